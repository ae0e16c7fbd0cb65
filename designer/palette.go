package designer

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
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

// stepPatterns are the steps of the palette, the usual first. One whose placeholder stands for something that the catalogue has not is not offered.
var stepPatterns = []pattern{
	{"review", "user", "step: «code»\ntitle: «text»\nreview: «role»\ndecisions:\n  approve: continue\n  sendBack: {to: applicant, atMost: 2, then: refuse, within: {14 days: refuse}}\n  refuse: {end: refused, text: «text»«refund»}\nwithin: {3 working days: remind, 30 days: lapse}"},
	{"pay", "banknote", "step: «code»\ntitle: «text»\npay: [«fee»]\nwithin: {14 days: lapse}"},
	{"issue", "badge-check", "step: «code»\ntitle: «text»\nissue: «document»\ndeliver: [download]"},
	{"notify", "bell", "step: «code»\nnotify: applicant\ntext: «text»"},
	{"ask", "search", "step: «code»\ntitle: «text»\nask: «lookup»\n«arguments»notFound:\n  refuse: «text»"},
	{"refuse", "circle-x", "step: «code»\nwhen: «false»\nrefuse: «text»"},
	{"inspect", "map-pin", "step: «code»\ntitle: «text»\ninspect: «role»\ndecisions:\n  approve: continue\n  refuse: {end: refused, text: «text»«refund»}\nwithin: {5 working days: remind, 30 days: lapse}"},
	{"appointment", "calendar", "step: «code»\ntitle: «text»\nappointment: «role»\nslots: {capacity: 1, minutes: 30}\nwithin: {30 days: lapse}\natMost: 2\nmissed: {end: lapsed}"},
	{"invite", "message-square", "step: «code»\ntitle: «text»\ninvite: applicant\nwithin: {14 days: remind, 30 days: lapse}\ndecisions:\n  submit: continue"},
	{"wait", "hourglass", "step: «code»\ntitle: «text»\nwait: {for: 3 days}"},
	{"choose", "route", "step: «code»\nchoose:\n  - when: «true»\n    steps:\n      - step: «other»\n        notify: applicant\n        text: «text»\n  - steps: []"},
	{"together", "users", "step: «code»\ntitle: «text»\ntogether:\n  - branch: «branch»\n    title: «text»\n    steps:\n      - step: «other»\n        notify: applicant\n        text: «text»\n  - branch: «branch»\n    title: «text»\n    steps:\n      - step: «other»\n        notify: applicant\n        text: «text»"},
	{"repeat", "refresh-cw", "step: «code»\nrepeat:\n  atMost: 2\n  while: «true»\n  steps:\n    - step: «other»\n      notify: applicant\n      text: «text»\n  then: continue"},
	{"write", "pencil", "step: «code»\ntitle: «text»\nwrite: «write»\n«writes»"},
	{"compute", "scale", "step: «code»\ncompute: {value: 1}"},
	{"start", "external-link", "step: «code»\ntitle: «text»\nstart: «service»"},
	{"go", "undo-2", "step: «code»\ngo: «step»\natMost: 1\nthen: continue"},
	{"end", "check", "step: «code»\nend: approved\ntext: «text»"},
}

// wrappings are the steps inside of which another one can be put; «item» is that one.
var wrappings = []pattern{
	{"together", "users", "step: «code»\ntitle: «text»\ntogether:\n  - branch: «branch»\n    title: «text»\n    steps:\n      - «item»\n  - branch: «branch»\n    title: «text»\n    steps:\n      - step: «other»\n        notify: applicant\n        text: «text»"},
	{"choose", "route", "step: «code»\nchoose:\n  - when: «true»\n    steps:\n      - «item»\n  - steps: []"},
	{"repeat", "refresh-cw", "step: «code»\nrepeat:\n  atMost: 2\n  while: «true»\n  steps:\n    - «item»\n  then: continue"},
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
	case reflect.TypeFor[catalog.TariffVersion]():
		return []pattern{{"version", "calendar", "«version»"}}
	case reflect.TypeFor[catalog.Case]():
		return []pattern{{"case", "plus", "when: «true»\nsteps: []"}}
	case reflect.TypeFor[catalog.Branch]():
		return []pattern{{"branch", "plus", "branch: «branch»\ntitle: «text»\nsteps:\n  - step: «other»\n    notify: applicant\n    text: «text»"}}
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

// skeleton is a pattern as it is put into a file; "" where the catalogue has nothing to put in one of its places.
func (b *workbench) skeleton(p pattern) string {
	taken := takenIn(b.root, map[string]bool{})
	name := p.Name
	if name == "item" || strings.Contains(name, "-") {
		name = "new"
	}
	first := func(sense, key string) string {
		if list := b.namedOf(sense, key); len(list) > 0 {
			return source.Quote(list[0].Code)
		}
		return ""
	}
	places := map[string]func() string{
		"«code»": func() string { return fresh(name, taken) }, "«field»": func() string { return fresh("field", taken) },
		"«other»": func() string { return fresh("notify", taken) }, "«branch»": func() string { return fresh("branch", taken) },
		"«text»": func() string { return b.inEach("designer.add." + p.Name) }, "«currency»": func() string { return b.c.Settings.Currency.Value },
		"«false»": func() string { return "1 == 2" }, "«true»": func() string { return "1 == 1" },
		"«role»": func() string { return first("role", "") }, "«fee»": func() string { return first("fee", "") }, "«document»": func() string { return first("document", "") },
		"«version»": b.nextVersion,
		"«step»":    func() string { return first("step", "") }, "«service»": func() string { return first("service", "") },
		"«lookup»": func() string { return first("operation", string(catalog.LookupStep)) }, "«write»": func() string { return first("operation", string(catalog.WriteStep)) },
	}
	body := p.Body
	for place, value := range places {
		for strings.Contains(body, place) {
			text := value()
			if text == "" {
				return ""
			}
			body = strings.Replace(body, place, text, 1)
		}
	}
	refund := ""
	if b.service != nil {
		var parts []string
		for _, f := range b.namedOf("fee", "") {
			parts = append(parts, f.Code+": all")
		}
		if len(parts) > 0 && b.pays() {
			refund = ", refund: {" + strings.Join(parts, ", ") + "}"
		}
	}
	return strings.NewReplacer("«refund»", refund, "«arguments»", b.arguments(first("operation", string(catalog.LookupStep))), "«writes»", b.arguments(first("operation", string(catalog.WriteStep)))).Replace(body)
}

// nextVersion is what a tariff says now, from the first day of the next year on; its amounts are what is edited then.
func (b *workbench) nextVersion() string {
	since := strconv.Itoa(b.o.Now().In(b.zone()).Year()+1) + "-01-01"
	list := b.root.Lookup("versions")
	if list == nil || list.Kind != source.List || list.Len() == 0 {
		return ""
	}
	last := list.Lookup(list.Len() - 1)
	text := []byte(list.Excerpt(list.Len() - 1))
	if _, was := last.Get("since"); was == nil || was.Value >= since {
		return ""
	}
	next, err := edit.All(edit.Set("", edit.Path{"since"}, since, nil), edit.Remove("", edit.Path{"until"}))(text)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(next), "\n")
}

// pays tells that the open service has a step at which something is paid.
func (b *workbench) pays() bool {
	for st := range b.service.AllSteps() {
		if st.Kind() == catalog.PayStep {
			return true
		}
	}
	return false
}

// argument is what is given for an argument of a type before the analyst says what.
var argument = map[string]string{"text": "applicant.nationalNumber", "integer": "1", "decimal": "1.0", "yes-no": "true", "date": "asOf.submitted", "money": `'money("1.00 «currency»")'`}

// arguments are those that an operation takes, each with the answer of the form that is likely meant.
func (b *workbench) arguments(ref string) string {
	_, op := b.c.Operation(ref)
	if op == nil || op.With.Len() == 0 {
		return ""
	}
	var parts []string
	for i := range op.With.Entries {
		e := &op.With.Entries[i]
		if e.Value.Optional {
			continue
		}
		value := argument[e.Value.Word]
		if value == "" {
			value = argument["text"]
		}
		if b.service != nil {
			for _, f := range b.service.Fields() {
				if f.Code.Value == e.Key.Value {
					value = "form." + e.Key.Value
				}
			}
		}
		parts = append(parts, e.Key.Value+": "+value)
	}
	if parts == nil {
		return ""
	}
	return "with: {" + strings.Join(parts, ", ") + "}\n"
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
