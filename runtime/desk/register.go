package desk

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// registers show what other systems' registers have answered, the latest answer of each step.
func (k *kase) registers() ([]ui.Component, error) {
	answers, err := k.o.Book.Answers(k.ctx, k.officer.Capacities, k.a.ID)
	if err != nil {
		return nil, err
	}
	var parts []ui.Component
	for i, a := range answers {
		again := slices.ContainsFunc(answers[i+1:], func(b application.RegistryAnswer) bool { return b.Node == a.Node })
		if !again {
			parts = append(parts, k.register(a)...)
		}
	}
	return parts, nil
}

func (k *kase) register(a application.RegistryAnswer) []ui.Component {
	if filled, is := k.filled(a); is {
		return filled
	}
	step, _, _ := strings.Cut(a.Node, "/")
	list := ui.SummaryList{Title: k.stepTitle(step)}
	asked := ui.SummaryRow{Key: k.locale.T("desk.register.at"), Value: k.locale.DateTime(a.At)}
	if !a.Found {
		result := "desk.register.notFound"
		if k.skipped(step, a.Visit) {
			result = "desk.register.skipped"
		}
		list.Rows = []ui.SummaryRow{{Key: k.locale.T("desk.register.result"), Value: k.locale.T(result)}, asked}
		return []ui.Component{list}
	}
	result, gives := k.declared(a.Node)
	var tables []ui.Component
	for _, f := range fieldsOf(gives, a.Values) {
		value := a.Values[f.Name]
		label := k.column(result+"."+f.Name, f.Name)
		if lines, ok := value.([]any); ok {
			list.Rows = append(list.Rows, ui.SummaryRow{Key: label, Value: k.locale.Number(int64(len(lines)))})
			if len(lines) > 0 {
				tables = append(tables, k.lines(result+"."+f.Name, label, f.Fields, lines))
			}
			continue
		}
		list.Rows = append(list.Rows, ui.SummaryRow{Key: label, Value: k.coded(result+"."+f.Name, value, f.Kind)})
	}
	list.Rows = append(list.Rows, asked)
	return append([]ui.Component{list}, tables...)
}

// skipped tells whether an operator went on without an answer.
func (k *kase) skipped(step string, visit int) bool {
	return slices.ContainsFunc(k.a.Timeline, func(e application.Event) bool {
		return e.Kind == "done" && e.Outcome == application.Skip && e.Step == step && e.Visit == visit
	})
}

// filled shows what whoever decided at a node has filled in; false where a node has no form of its own.
func (k *kase) filled(a application.RegistryAnswer) ([]ui.Component, bool) {
	i := slices.IndexFunc(k.plan.Nodes, func(n plan.Node) bool { return n.Key == a.Node })
	if i < 0 || k.plan.Nodes[i].Own() == nil {
		return nil, false
	}
	n := &k.plan.Nodes[i]
	words := map[string]plan.FieldText{}
	for _, t := range k.texts.OwnFields[n.Step] {
		words[t.Code] = t
	}
	labelled := *k.a
	labelled.Labels = a.Labels
	own := &kase{visit: k.visit, a: &labelled, texts: k.texts, plan: k.plan}
	list := ui.SummaryList{Title: k.stepTitle(n.Step)}
	for _, f := range n.Own().Fields {
		if value, given := a.Values[f.Code]; given {
			list.Rows = append(list.Rows, own.row(f.Code, f, words[f.Code], value))
		}
	}
	list.Rows = append(list.Rows, ui.SummaryRow{Key: k.locale.T("desk.register.filled"), Value: k.locale.DateTime(a.At)})
	return []ui.Component{list}, true
}

// coded writes a value by the words that its registry's declaration has for it.
func (k *kase) coded(path string, value any, kind string) string {
	if code, ok := value.(string); ok {
		if words := k.locale.Pick(k.texts.Codes[path][code]); words != "" {
			return words
		}
	}
	return k.plain(value, kind)
}

// declared is the name by which formulas read the answers of a node, and what its registry says that it gives.
func (k *kase) declared(node string) (result string, gives []plan.Field) {
	for _, n := range k.plan.Nodes {
		if n.Key != node {
			continue
		}
		if n.Lookup == nil { // worked out, drawn or filled in
			return n.Root(), nil
		}
		if op, ok := k.o.Releases.Reference().Operation(n.Lookup.Registry, n.Lookup.Operation); ok {
			gives = op.Gives
		}
		return n.Lookup.Result, gives
	}
	return "", nil
}

// fieldsOf are the declared fields in their order, then what came beside them.
func fieldsOf(declared []plan.Field, values map[string]any) []plan.Field {
	out := slices.Clone(declared)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.ContainsFunc(declared, func(f plan.Field) bool { return f.Name == name }) {
			out = append(out, plan.Field{Name: name})
		}
	}
	return out
}

// lines are a list in an answer.
func (k *kase) lines(path, label string, declared []plan.Field, lines []any) ui.Component {
	first, _ := lines[0].(map[string]any)
	fields := fieldsOf(declared, first)
	t := ui.Table{Caption: label}
	for _, f := range fields {
		t.Columns = append(t.Columns, ui.Column{Text: k.column(path+"."+f.Name, f.Name), Number: f.Kind == "money" || f.Kind == "int" || f.Kind == "decimal"})
	}
	for _, line := range lines {
		object, _ := line.(map[string]any)
		row := ui.Row{}
		for _, f := range fields {
			row.Cells = append(row.Cells, ui.Cell{Text: k.coded(path+"."+f.Name, object[f.Name], f.Kind)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// column is the label of a field of an answer: what the texts say, what every register means by it, or its code in words.
func (k *kase) column(path, code string) string {
	if label := k.locale.Pick(k.texts.Columns[path]); label != "" {
		return label
	}
	return k.said("desk.column."+code, spaced(code))
}

// spaced writes expiresOn as expires on.
func spaced(code string) string {
	var out strings.Builder
	for i, r := range code {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}
