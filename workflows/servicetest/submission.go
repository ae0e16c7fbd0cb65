package servicetest

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// submit judges a form as the portal does. Problems are compared with the findings that the scenario expects of its form, or are
// differences, each at its field. ok says that the form may go on.
func (r *rehearsal) submit(typed map[string]any, given []*source.Node, expected *catalog.Expectation) (map[string]json.RawMessage, bool) {
	out, problems, err := r.judge(typed)
	if err != nil {
		r.differ("scenario-form", r.sc.RangeOf("form"), "the form cannot be judged: {problem}", "problem", err.Error())
		return nil, false
	}
	if expected != nil && expected.Has("findings") {
		r.found(problems, given, expected)
		return nil, false
	}
	for _, p := range problems {
		r.refused(p, given)
	}
	if len(problems) > 0 {
		return nil, false
	}
	return out, true
}

// refused reports a problem of the form that the scenario does not expect.
func (r *rehearsal) refused(p form.Problem, given []*source.Node) {
	field := strings.TrimPrefix(p.Path, "/")
	d := r.differ("scenario-form", at(given, p.Path, r.sc.RangeOf("form")), "the form is refused at {field}: {message}", "field", field, "message", r.words(p))
	d.Have = field + ": " + code(p)
	d.help("Write what an applicant can write, or {expect} where the refusal is what the scenario shows.", "expect", "expect: {findings: {"+field+": "+code(p)+"}}")
}

// found compares the problems of the form with the findings that are expected.
func (r *rehearsal) found(problems []form.Problem, given []*source.Node, x *catalog.Expectation) {
	seen := map[string]bool{}
	for _, p := range problems {
		field := strings.TrimPrefix(p.Path, "/")
		seen[field] = true
		r.note("", "refused at {field} ({code})", "field", field, "code", code(p))
		want, expected := x.Findings.Get(field)
		switch {
		case !expected:
			d := r.differ("scenario-findings", x.RangeOf("findings"), "{field} is refused too: {message}", "field", field, "message", r.words(p))
			d.Have = field + ": " + code(p)
		case !slices.Contains(r.names(p), want.Value):
			d := r.differ("scenario-findings", want.Range(), "{field} is refused with {have}, not with {want}", "field", field, "have", code(p), "want", want.Value)
			d.Want, d.Have = want.Value, code(p)
			d.help("The message is: {message}", "message", r.words(p))
		}
	}
	for _, e := range x.Findings.Entries {
		if !seen[e.Key.Value] {
			d := r.differ("scenario-findings", e.Key.Range(), "{field} is not refused", "field", e.Key.Value)
			d.Want = e.Value.Value
		}
	}
}

// code is the shortest name of a problem: the script's own, or that of its kind.
func code(p form.Problem) string {
	if own := p.Args["code"]; p.Code == form.ScriptProblem && own != "" {
		return own
	}
	return p.Code
}

// names are all that a scenario may call a problem.
func (r *rehearsal) names(p form.Problem) []string {
	out := []string{p.Code, code(p)}
	for _, lang := range r.u.c.Settings.Languages {
		out = append(out, p.Text(r.u.texts, lang.Value))
	}
	return out
}

// words is the message in English, as the findings are, or in another language that has it.
func (r *rehearsal) words(p form.Problem) string { return p.Text(r.u.texts, "en") }

// at is the place of a JSON pointer in the first of the mappings that has it.
func at(given []*source.Node, pointer string, otherwise diag.Range) diag.Range {
	for _, n := range given {
		for _, name := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
			if n = member(n, name); n == nil {
				break
			}
		}
		if n != nil {
			return n.Range()
		}
	}
	return otherwise
}

func member(n *source.Node, name string) *source.Node {
	if n == nil {
		return nil
	}
	if n.Kind == source.List {
		i, err := strconv.Atoi(name)
		if items := n.Items(); err == nil && i >= 0 && i < len(items) {
			return items[i]
		}
		return nil
	}
	_, v := n.Get(name)
	return v
}

// written is a mapping of the scenario as it comes from a browser: texts as they are typed, groups and lists as they are.
func (r *rehearsal) written(n *source.Node) map[string]any {
	out := map[string]any{}
	if n == nil || n.Kind != source.Mapping {
		return out
	}
	for key, value := range n.Pairs() {
		out[key.Value] = r.answer(named(r.u.p.Plan().Form.Fields, key.Value), value)
	}
	return out
}

func (r *rehearsal) answer(field *plan.FormField, n *source.Node) any {
	switch n.Kind {
	case source.Scalar:
		if field != nil && field.Type == string(catalog.FileField) {
			return r.upload(n.Value, field.Accept)
		}
		if n.Style == source.Plain && (n.Value == "true" || n.Value == "false") {
			return n.Value == "true"
		}
		return n.Value
	case source.List:
		out := []any{}
		for _, item := range n.Items() {
			out = append(out, r.answer(field, item))
		}
		return out
	case source.Mapping:
		out := map[string]any{}
		for key, value := range n.Pairs() {
			var inner *plan.FormField
			if field != nil {
				inner = named(field.Fields, key.Value)
			}
			out[key.Value] = r.answer(inner, value)
		}
		return out
	}
	return nil
}

func named(fields []plan.FormField, code string) *plan.FormField {
	for i := range fields {
		if fields[i].Code == code {
			return &fields[i]
		}
	}
	return nil
}

// corrected judges the form after a correction and gives its read set; nil where it is refused.
func (r *rehearsal) corrected(change *source.Node) map[string]json.RawMessage {
	typed := maps.Clone(r.typed)
	maps.Copy(typed, r.written(change))
	form, ok := r.submit(typed, []*source.Node{change, r.sc.Form}, nil)
	if !ok {
		return nil
	}
	r.typed = typed
	r.papers.fill(form)
	return r.reads(form)
}

// indulgent stands in where nothing runs scripts.
type indulgent struct{}

func (indulgent) Call(context.Context, *script.Script, any, map[string]any) (script.Result, error) {
	return script.Result{Valid: true}, nil
}
