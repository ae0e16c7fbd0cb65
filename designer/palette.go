package designer

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// pattern is something that can be put into a list, as it is written first.
type pattern struct {
	Name string // also of its message: designer.add.NAME
	Icon string
	// Body is YAML in which «code» is a new code and «text» words in each language.
	Body string
}

// fieldPatterns are those of the palette of field types, in the order of the reference.
func fieldPatterns() (out []pattern) {
	icons := map[catalog.FieldType]string{
		catalog.TextField: "pencil", catalog.LongTextField: "file-text", catalog.IntegerField: "chart-column", catalog.DecimalField: "scale", catalog.MoneyField: "banknote",
		catalog.DateField: "calendar", catalog.YesNoField: "circle-check", catalog.ChoiceField: "chevron-down", catalog.ChoicesField: "list-checks", catalog.FileField: "file-up",
		catalog.NationalField: "id-card", catalog.PhoneField: "phone", catalog.EmailField: "mail", catalog.IBANField: "credit-card", catalog.AddressField: "house",
		catalog.PersonField: "user", catalog.PlaceField: "map-pin", catalog.GroupField: "users", catalog.ConsentField: "check",
	}
	for _, name := range catalog.FieldType("").Values() {
		t := catalog.FieldType(name)
		body := "field: «code»\ntype: " + name + "\nlabel: «text»"
		switch t {
		case catalog.ChoiceField, catalog.ChoicesField:
			body += "\noptions:\n  - {value: a, label: «text»}\n  - {value: b, label: «text»}"
		case catalog.FileField:
			body += "\naccept: [pdf, jpeg, png]\nmaxSize: 5 MB"
		case catalog.GroupField:
			body += "\nrow: «text»\natLeast: 0\natMost: 5\nfields:\n  - field: name\n    type: text\n    label: «text»"
		case catalog.ConsentField:
			body += "\ndeclaration: «text»"
		case catalog.PersonField:
			body += "\nas: other"
		}
		out = append(out, pattern{name, icons[t], body})
	}
	return out
}

// stepPatterns are the steps of the palette; steps of other kinds are written as text.
var stepPatterns = []pattern{
	{"review", "user", "step: «code»\ntitle: «text»\nreview: «role»\ndecisions:\n  approve: continue\n  sendBack: {to: applicant, atMost: 2, then: refuse, within: {14 days: refuse}}\n  refuse: {end: refused, text: «text»}\nwithin: {3 working days: remind, 30 days: lapse}"},
	{"inspect", "search", "step: «code»\ntitle: «text»\ninspect: «role»\ndecisions:\n  approve: continue\n  refuse: {end: refused, text: «text»}\nwithin: {5 working days: remind, 30 days: lapse}"},
	{"pay", "banknote", "step: «code»\ntitle: «text»\npay: [«fee»]\nwithin: {14 days: lapse}"},
	{"issue", "badge-check", "step: «code»\ntitle: «text»\nissue: «document»\ndeliver: [download]"},
	{"notify", "bell", "step: «code»\nnotify: applicant\ntext: «text»"},
	{"refuse", "circle-x", "step: «code»\nwhen: «false»\nrefuse: «text»"},
	{"wait", "hourglass", "step: «code»\ntitle: «text»\nwait: {for: 3 days}"},
	{"end", "check", "step: «code»\nend: approved\ntext: «text»"},
}

// patternsOf are what can be put into a list of things of a type. Others have one: what they must have, empty.
func patternsOf(t reflect.Type) []pattern {
	switch t {
	case reflect.TypeFor[catalog.Field]():
		return fieldPatterns()
	case reflect.TypeFor[catalog.Step]():
		return stepPatterns
	case reflect.TypeFor[catalog.Section]():
		return []pattern{{"section", "plus", "section: «code»\ntitle: «text»\nfields:\n  - field: «field»\n    type: text\n    label: «text»"}}
	case reflect.TypeFor[catalog.Fee]():
		return []pattern{{"fee", "banknote", "fee: «code»\ntitle: «text»\namount: money(\"10.00 «currency»\")"}}
	case reflect.TypeFor[catalog.Option]():
		return []pattern{{"option", "plus", "value: «code»\nlabel: «text»"}}
	case reflect.TypeFor[catalog.Case]():
		return nil
	}
	var body []string
	for _, k := range source.Spec(t) {
		if !k.Required {
			continue
		}
		switch s, _ := shapeOf(k); s {
		case textShape:
			body = append(body, k.Name+": «text»")
		case choiceShape:
			body = append(body, k.Name+": "+k.Type.Values[0])
		case formulaShape:
			body = append(body, k.Name+": «false»")
		case scalarShape:
			body = append(body, k.Name+": «code»")
		default:
			return nil // not to be had without writing
		}
	}
	if len(body) == 0 {
		return nil
	}
	return []pattern{{"item", "plus", strings.Join(body, "\n")}}
}

// skeleton is a pattern as it is put into a file.
func (v *visit) skeleton(p pattern, c *catalog.Catalogue, s *catalog.Service, taken map[string]bool) string {
	name := p.Name
	if name == "item" || strings.Contains(name, "-") {
		name = "new"
	}
	words := make([]string, 0, len(c.Settings.Languages))
	for _, lang := range c.Settings.Languages {
		words = append(words, lang.Value+": "+source.Quote(v.ui.Locale(lang.Value).T("designer.add."+p.Name)))
	}
	role, fee, document := "officer", "fee", "document"
	if s != nil {
		if roles := c.Roles(s.Authority.Value); len(roles) > 0 {
			role = roles[0].Code.Value
		}
		if len(s.Fees) > 0 {
			fee = s.Fees[0].Code.Value
		}
	}
	if len(c.Documents) > 0 {
		document = c.Documents[0].Code.Value
	}
	return strings.NewReplacer("«code»", fresh(name, taken), "«field»", fresh("field", taken), "«text»", "{"+strings.Join(words, ", ")+"}", "«role»", role, "«fee»", fee, "«document»", document,
		"«currency»", c.Settings.Currency.Value, "«false»", "1 == 2").Replace(p.Body)
}

// fresh is a code that nothing in the file has yet.
func fresh(name string, taken map[string]bool) string {
	for i := 1; ; i++ {
		if code := fmt.Sprintf("%s%d", name, i); !taken[code] {
			taken[code] = true
			return code
		}
	}
}

// takenIn are all short texts of a file: a new code is none of them.
func takenIn(n *source.Node, into map[string]bool) map[string]bool {
	switch n.Kind {
	case source.Scalar:
		into[n.Value] = true
	case source.List:
		for _, item := range n.Items() {
			takenIn(item, into)
		}
	case source.Mapping:
		for key, value := range n.Pairs() {
			into[key.Value] = true
			takenIn(value, into)
		}
	}
	return into
}
