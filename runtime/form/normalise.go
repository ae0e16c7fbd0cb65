package form

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var fieldTypes = catalog.FieldType("").Values()

// written says how the value of a field is written, so that normalise asks once.
type written int

const (
	asLine written = iota
	asText
	asInteger
	asDecimal
	asMoney
	asDate
	asTruth
	asConsent
	asIdentity
	asUpload
	asPhone
	asMail
	asWholeChoice
	asTextChoice
	asIBAN
)

func writtenAs(f *plan.FormField) written {
	switch catalog.FieldType(f.Type) {
	case catalog.LongTextField:
		return asText
	case catalog.IntegerField:
		return asInteger
	case catalog.DecimalField:
		return asDecimal
	case catalog.MoneyField:
		return asMoney
	case catalog.DateField:
		return asDate
	case catalog.YesNoField:
		return asTruth
	case catalog.ConsentField:
		return asConsent
	case catalog.NationalField:
		return asIdentity
	case catalog.FileField:
		return asUpload
	case catalog.PhoneField:
		return asPhone
	case catalog.EmailField:
		return asMail
	case catalog.IBANField:
		return asIBAN
	case catalog.ChoiceField, catalog.ChoicesField:
		if f.Kind == "int" || f.Of == "int" {
			return asWholeChoice
		}
		return asTextChoice
	}
	return asLine
}

// normalise gives the one form of a value, nil when there is no answer, or the code of a problem. What it gives it gives again for itself.
//
// No type of the language declares a person's name, so letters (hamza, alef) are never changed.
func normalise(f *field, raw any, currency string) (v any, code string) {
	if raw == nil {
		return nil, ""
	}
	switch f.written {
	case asLine, asTextChoice, asMail, asIdentity, asUpload, asPhone, asIBAN:
		text, ok := raw.(string)
		if !ok {
			return nil, TypeProblem
		}
		if f.written == asTextChoice && slices.Contains(f.Options, text) {
			return text, "" // however its value is written
		}
		return orAbsent(compact(f.written, line(text)))
	case asText:
		text, ok := raw.(string)
		if !ok {
			return nil, TypeProblem
		}
		return orAbsent(paragraphs(text))
	case asTruth, asConsent:
		return truth(raw, f.written == asConsent)
	case asDate:
		return day(raw)
	case asMoney:
		return money(raw, currency)
	}
	return number(raw, f.written)
}

func orAbsent(s string) (any, string) {
	if s == "" {
		return nil, ""
	}
	return s, ""
}

// compact takes out what people put between the groups of a number.
func compact(w written, s string) string {
	switch w {
	case asIdentity:
		return ungrouped.Replace(s)
	case asIBAN:
		return strings.ToUpper(ungrouped.Replace(s))
	case asUpload:
		return strings.ToLower(s)
	case asPhone:
		s = ungrouped.Replace(s)
		if strings.HasPrefix(s, "00") {
			return "+" + s[2:]
		}
	}
	return s
}

var ungrouped = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "")

func truth(raw any, consent bool) (any, string) {
	b, ok := raw.(bool)
	if text, isText := raw.(string); isText {
		switch strings.ToLower(line(text)) {
		case "":
			return nil, ""
		case "on", "yes", "true", "1":
			b, ok = true, true
		case "no", "false", "0":
			b, ok = false, true
		}
	}
	switch {
	case !ok:
		return nil, TypeProblem
	case consent && !b:
		return nil, "" // a box that is not ticked is no answer
	}
	return b, ""
}

// number reads whole and decimal numbers, as JSON or as people write them.
func number(raw any, w written) (any, string) {
	code := TypeProblem
	if w == asWholeChoice {
		code = OptionProblem
	}
	text, ok := numeral(raw)
	if !ok {
		return nil, code
	}
	if text == "" {
		return nil, ""
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil { // nearly every number
		return json.Number(strconv.FormatInt(n, 10)), ""
	}
	d, err := formula.ParseDecimal(text)
	if err != nil {
		return nil, code
	}
	canonical := d.String() // JSON has one kind of number: 5.0 is whole too
	if _, err := strconv.ParseInt(canonical, 10, 64); err != nil && w != asDecimal {
		return nil, code
	}
	return json.Number(canonical), ""
}

var grouped = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

// numeral gives the plain digits of a number; "" when there is no answer. A comma is taken as the mark between thousands where it can be
// nothing else, and refused otherwise: 1,5 is one and a half in one place and no number in another.
func numeral(raw any) (string, bool) {
	switch v := raw.(type) {
	case json.Number:
		return string(v), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case string:
		s := strings.ReplaceAll(line(v), " ", "")
		if grouped.MatchString(s) {
			s = strings.ReplaceAll(s, ",", "")
		}
		return strings.TrimPrefix(s, "+"), true
	}
	return "", false
}

// money reads an amount without its currency, or with it, as the API writes amounts. It must be the plan's.
func money(raw any, currency string) (any, string) {
	switch v := raw.(type) {
	case map[string]any:
		if len(v) != 2 || v["currency"] != currency {
			return nil, TypeProblem
		}
		raw = v["value"]
	case string:
		raw = strings.TrimSuffix(line(v), " "+currency)
	}
	text, ok := numeral(raw)
	if !ok {
		return nil, TypeProblem
	}
	if text == "" {
		return nil, ""
	}
	m, err := formula.ParseMoney(text + " " + currency)
	if err != nil {
		return nil, TypeProblem
	}
	return m.Value(), ""
}
