package right

import (
	"bytes"
	"encoding/json"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Plain writes what a term says without any language: true, 12, 12.50, 250.00 ILS, a text, or 2027-01-31. Where the value is a code that the
// declaration has words for, words are these.
func (s Said) Plain() (value string, words plan.Text) {
	d := json.NewDecoder(bytes.NewReader(s.Value))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return "", nil
	}
	switch v := v.(type) {
	case string:
		return v, s.Words[v]
	case bool:
		if v {
			return "true", nil
		}
		return "false", nil
	case json.Number:
		return v.String(), nil
	case map[string]any: // money
		amount, _ := v["value"].(string)
		currency, _ := v["currency"].(string)
		if amount != "" {
			return amount + " " + currency, nil
		}
	}
	return string(s.Value), nil
}
