package schema

import (
	"bytes"
	"encoding/json"
	"errors"
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
	iban           = `^[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}$`
	amount         = `^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,3})?$` // a currency has at most three decimals; which one is not the service's to say
)

// FromService is FromFields of a service's form.
func FromService(s *catalog.Service) ([]byte, error) { return FromFields(s.FieldList()) }

// FromFields writes the JSON Schema of a list of fields as it is submitted: normalised, and without the values of hidden fields. It is
// published, so it holds no text of any language, and the same definition always gives the same bytes. Fields stand in order. A field is
// required when it is neither optional nor under a condition; whether one with a condition is needed follows from visibility. What the
// server works out is marked readOnly and never required: who sends a form leaves it out.
//
// What the closed set can't say is not in it and stays with the form's own validation: the limits of dates and of money, what a file must
// be, the check digits of an IBAN, and a pattern that browsers read differently from RE2 (see Pattern). The error names the field; Compile
// takes whatever comes out.
func FromFields(l catalog.FieldList) ([]byte, error) {
	o := object{}
	o.add("$schema", quoted(Draft))
	var m members
	for section, f := range l.Fields() {
		if err := m.add(f, section.When.Value != ""); err != nil {
			return nil, err
		}
	}
	m.close(&o)
	return []byte(o.String()), nil
}

// members are the fields of an object on its way.
type members struct {
	required   []string
	properties bytes.Buffer
}

func (m *members) add(f *catalog.Field, conditional bool) error {
	property, err := fromField(f)
	if err != nil {
		return fmt.Errorf("schema of field %s: %w", f.Code.Value, err)
	}
	if m.properties.Len() > 0 {
		m.properties.WriteByte(',')
	}
	fmt.Fprintf(&m.properties, "%s:%s", quoted(f.Code.Value), property)
	if needed(f) && !conditional {
		m.required = append(m.required, f.Code.Value)
	}
	return nil
}

// needed tells that nobody may leave the field out where it is shown.
func needed(f *catalog.Field) bool {
	if f.When.Value != "" || f.Require.Value != "" || derived(f) {
		return false
	}
	if f.IsList() {
		fewest, _ := f.Bounds()
		return fewest > 0
	}
	return !f.Optional
}

// derived tells that the server works the value out.
func derived(f *catalog.Field) bool { return f.Value.Value != "" || f.ReadOnly }

func (m *members) close(o *object) {
	o.add("type", quoted("object"))
	o.add("additionalProperties", "false")
	if len(m.required) > 0 {
		o.add("required", encoded(m.required))
	}
	o.add("properties", "{"+m.properties.String()+"}")
}

// fromInner is the object of a row or of a record.
func fromInner(f *catalog.Field) (string, error) {
	var o object
	var m members
	inner := f.Inner()
	for i := range inner {
		if err := m.add(&inner[i], false); err != nil {
			return "", err
		}
	}
	if f.ReadOnly {
		o.add("readOnly", "true")
	}
	m.close(&o)
	return o.String(), nil
}

// fromList is a list of items within the bounds of the field; answers and files differ, rows need not.
func fromList(f *catalog.Field, item string) string {
	var o object
	o.add("type", quoted("array"))
	fewest, most := f.Bounds()
	if fewest > 0 {
		o.add("minItems", strconv.Itoa(fewest))
	}
	if most > 0 {
		o.add("maxItems", strconv.Itoa(most))
	}
	if f.Type != catalog.GroupField {
		o.add("uniqueItems", "true")
	}
	o.add("items", item)
	return o.String()
}

func fromField(f *catalog.Field) (string, error) {
	o := object{}
	if derived(f) {
		o.add("readOnly", "true")
	}
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
		err := fromNumber(&o, f)
		return o.String(), err
	case catalog.MoneyField:
		shape(amount)
	case catalog.DateField:
		o.add("type", quoted("string"))
		o.add("format", quoted("date"))
	case catalog.YesNoField:
		o.add("type", quoted("boolean"))
	case catalog.ChoiceField:
		err := fromChoice(&o, f)
		return o.String(), err
	case catalog.ChoicesField:
		item := object{}
		err := fromChoice(&item, f)
		return fromList(f, item.String()), err
	case catalog.GroupField:
		item, err := fromInner(f)
		return fromList(f, item), err
	case catalog.AddressField, catalog.PersonField, catalog.PlaceField:
		return fromInner(f)
	case catalog.FileField:
		shape(uploadID)
		if f.Several() {
			return fromList(f, o.String()), nil
		}
	case catalog.IBANField:
		shape(iban)
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

func fromNumber(o *object, f *catalog.Field) error {
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
			return fmt.Errorf("%s: %w", limit.keyword, err)
		}
		o.add(limit.keyword, d.String())
	}
	return nil
}

func fromChoice(o *object, f *catalog.Field) error {
	if f.From != nil { // what there is to choose from is another thing for everybody
		o.add("type", quoted("string"))
		o.add("maxLength", strconv.Itoa(maxText))
		return nil
	}
	if len(f.Options) == 0 {
		return errors.New("a choice without options")
	}
	var values bytes.Buffer
	for i := range f.Options {
		if i > 0 {
			values.WriteByte(',')
		}
		if f.OptionKind() == formula.KindInt {
			values.WriteString(f.Options[i].Value.Value)
		} else {
			values.WriteString(quoted(f.Options[i].Value.Value))
		}
	}
	o.add("enum", "["+values.String()+"]")
	return nil
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
