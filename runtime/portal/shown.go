package portal

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// disclosed is what the holder of a credential has chosen to show, and nothing else.
type disclosed struct {
	Claims ui.SummaryList
	Bound  string // for whom and when the holder has signed it, or that they have not
}

// looksShown tells what a wallet has written into a file from a PDF.
func looksShown(body *bufio.Reader) bool {
	start, _ := body.Peek(2) // a shorter file is neither
	return string(start) == "ey"
}

// verifyShown reads what somebody has pasted. It is kept nowhere.
func (p *Portal) verifyShown(w http.ResponseWriter, r *http.Request, body io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(body, sdjwt.MaxText+1))
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(text)) == "" {
		return p.verifyForm(w, r, http.StatusUnprocessableEntity, "verify.noShown", nil)
	}
	shown, err := p.o.Wallets.Verify(r.Context(), string(text))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		return json.NewEncoder(w).Encode(p.shownJSON(shown))
	}
	l := p.locale(r)
	out := p.result(l, shown.Verification)
	if shown.Status != document.Unknown && shown.Status != document.Altered {
		out.Disclosed = p.disclosed(l, shown)
		if shown.Status == document.Valid {
			out.Text = l.T("verify.shownValid")
		}
	}
	return p.verifyForm(w, r, http.StatusOK, "", out)
}

// shownJSON is the same as programs read it.
func (p *Portal) shownJSON(s credential.Shown) any {
	claims := map[string]any{}
	for _, c := range s.Claims {
		claims[c.Name] = c.Value
	}
	return struct {
		publicJSON
		Claims map[string]any `json:"claims"`
	}{p.public(s.Verification), claims}
}

func (p *Portal) disclosed(l *ui.Locale, s credential.Shown) *disclosed {
	out := &disclosed{Bound: l.T("verify.notBound")}
	if s.Bound != nil {
		out.Bound = l.T("verify.bound", "audience", s.Bound.Audience, "time", l.DateTime(time.Unix(s.Bound.IssuedAt, 0)))
	}
	for _, c := range s.Claims {
		label, kind := c.Name, ""
		if i := slices.IndexFunc(s.Type.Claims, func(t credential.TypeClaim) bool { return t.Name == c.Name }); i >= 0 {
			label, kind = cmp.Or(l.Pick(s.Type.Claims[i].Label), c.Name), s.Type.Claims[i].Kind
		}
		out.Claims.Rows = append(out.Claims.Rows, ui.SummaryRow{Key: label, Value: disclosedValue(l, kind, c.Value)})
	}
	return out
}

// disclosedValue writes a value as the language has it.
func disclosedValue(l *ui.Locale, kind string, value any) string {
	switch v := value.(type) {
	case bool:
		if v {
			return l.T("verify.yes")
		}
		return l.T("verify.no")
	case string:
		if kind == "date" {
			return cmp.Or(l.Day(v), v)
		}
		return v
	case []any:
		var lines []string
		for _, item := range v {
			var parts []string
			if record, ok := item.(map[string]any); ok {
				for _, name := range slices.Sorted(maps.Keys(record)) {
					parts = append(parts, disclosedValue(l, "", record[name]))
				}
			}
			lines = append(lines, strings.Join(parts, ", "))
		}
		return strings.Join(lines, "\n")
	}
	return fmt.Sprint(value)
}
