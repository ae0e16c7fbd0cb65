package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// Longest texts, in characters, where a definition says nothing.
const (
	maxText     = 200
	maxLongText = 4000
	maxEmail    = 254
)

// Patterns of the field types that are texts of one shape.
const (
	nationalNumber = `^[0-9]{9}$`
	phoneNumber    = `^(?:05[0-9]{8}|\+[1-9][0-9]{7,14})$` // a mobile number of the country, or an international one
	uploadID       = `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`
	amount         = `^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,3})?$` // a currency has at most three decimals; which one is not the service's to say
)

// FromService writes the JSON Schema of a service's form as it is submitted: normalised, and without the values of hidden fields. It is
// published, so it holds no text of any language, and the same definition always gives the same bytes. Fields stand in form order. A field
// is required when it is neither optional nor under a condition; whether one with a condition is needed follows from visibility.
//
// What the closed set can't say is not in it and stays with the form's own validation: the limits of dates and of money, what a file must
// be, and a pattern that browsers read differently from RE2 (see Pattern). The error names the field; Compile takes whatever comes out.
func FromService(s *catalog.Service) ([]byte, error) {
	var required []string
	var properties bytes.Buffer
	for section, f := range s.Fields() {
		property, err := fromField(f)
		if err != nil {
			return nil, fmt.Errorf("schema of field %s: %w", f.Code.Value, err)
		}
		if properties.Len() > 0 {
			properties.WriteByte(',')
		}
		fmt.Fprintf(&properties, "%s:%s", quoted(f.Code.Value), property)
		if !f.Optional && section.When.Value == "" && f.When.Value == "" {
			required = append(required, f.Code.Value)
		}
	}
	o := object{}
	o.add("$schema", quoted(Draft))
	o.add("type", quoted("object"))
	o.add("additionalProperties", "false")
	if len(required) > 0 {
		o.add("required", encoded(required))
	}
	o.add("properties", "{"+properties.String()+"}")
	return []byte(o.String()), nil
}

func fromField(f *catalog.Field) (string, error) {
	o := object{}
	shape := func(pattern string) {
		o.add("type", quoted("string"))
		o.add("pattern", quoted(pattern))
	}
	switch f.Type {
	case catalog.TextField, catalog.LongTextField:
		o.add("type", quoted("string"))
		limit := maxText
		if f.Type == catalog.LongTextField {
			limit = maxLongText
		}
		o.add("maxLength", strconv.Itoa(limit))
		if p, ok := Pattern(f.Pattern.Value); ok && f.Pattern.Value != "" {
			o.add("pattern", quoted(p))
		}
	case catalog.IntegerField, catalog.DecimalField:
		return fromNumber(f)
	case catalog.MoneyField:
		shape(amount)
	case catalog.DateField:
		o.add("type", quoted("string"))
		o.add("format", quoted("date"))
	case catalog.YesNoField:
		o.add("type", quoted("boolean"))
	case catalog.ChoiceField:
		return fromChoice(f)
	case catalog.FileField:
		shape(uploadID)
	case catalog.NationalField:
		shape(nationalNumber)
	case catalog.PhoneField:
		shape(phoneNumber)
	case catalog.EmailField:
		o.add("type", quoted("string"))
		o.add("format", quoted("email"))
		o.add("maxLength", strconv.Itoa(maxEmail))
	case catalog.ConsentField:
		o.add("const", "true")
	default:
		return "", fmt.Errorf("type %q", f.Type)
	}
	return o.String(), nil
}

func fromNumber(f *catalog.Field) (string, error) {
	o := object{}
	name := "number"
	if f.Type == catalog.IntegerField {
		name = "integer"
	}
	o.add("type", quoted(name))
	for _, limit := range []struct{ keyword, value string }{{"minimum", f.Min.Value}, {"maximum", f.Max.Value}} {
		if limit.value == "" {
			continue
		}
		d, err := formula.ParseDecimal(limit.value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", limit.keyword, err)
		}
		o.add(limit.keyword, d.String())
	}
	return o.String(), nil
}

func fromChoice(f *catalog.Field) (string, error) {
	if len(f.Options) == 0 {
		return "", fmt.Errorf("a choice without options")
	}
	var values bytes.Buffer
	for i := range f.Options {
		if i > 0 {
			values.WriteByte(',')
		}
		if f.Kind() == formula.KindInt {
			values.WriteString(f.Options[i].Value.Value)
		} else {
			values.WriteString(quoted(f.Options[i].Value.Value))
		}
	}
	o := object{}
	o.add("enum", "["+values.String()+"]")
	return o.String(), nil
}

// object writes a JSON object whose keys keep their order.
type object struct{ b bytes.Buffer }

func (o *object) add(key, value string) {
	if o.b.Len() > 0 {
		o.b.WriteByte(',')
	}
	o.b.WriteString(quoted(key) + ":" + value)
}

func (o *object) String() string { return "{" + o.b.String() + "}" }

func quoted(s string) string { return encoded(s) }

// encoded writes texts and lists of texts, which can't fail, without HTML escapes: patterns stay readable.
func encoded(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("schema: " + err.Error())
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}
