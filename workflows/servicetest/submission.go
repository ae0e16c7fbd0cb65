package servicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// submit judges a form as the portal does. Problems are compared with the findings that the scenario expects of its form, or are
// differences, each at its field. ok says that the form may go on.
func (r *rehearsal) submit(typed map[string]any, given []*source.Node, expected *catalog.Expectation) (map[string]json.RawMessage, bool) {
	values, problems, err := r.u.f.Validate(context.Background(), typed, r.context())
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
	out := make(map[string]json.RawMessage, len(values))
	for name, v := range values {
		b, err := json.Marshal(v)
		if err != nil {
			r.differ("scenario-value", r.sc.RangeOf("form"), "{name} cannot be kept", "name", name)
			return nil, false
		}
		out[name] = b
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
		out[key.Value] = r.answer(key.Value, value)
	}
	return out
}

func (r *rehearsal) answer(field string, n *source.Node) any {
	switch n.Kind {
	case source.Scalar:
		if f := fieldAt(r.u.p.Plan().Form.Fields, field); f != nil && f.Type == string(catalog.FileField) {
			return r.upload(n.Value, f.Accept)
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
			out[key.Value] = r.answer(field+"."+key.Value, value)
		}
		return out
	}
	return nil
}

// fieldAt is the field at a path, code or group.code; nil where there is none.
func fieldAt(fields []plan.FormField, path string) *plan.FormField {
	code, inner, nested := strings.Cut(path, ".")
	i := slices.IndexFunc(fields, func(f plan.FormField) bool { return f.Code == code })
	switch {
	case i < 0:
		return nil
	case nested:
		return fieldAt(fields[i].Fields, inner)
	}
	return &fields[i]
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
	return r.reads(form)
}

// context is what the form is judged with, beside the answers.
func (r *rehearsal) context() form.Context {
	with := form.Context{Applicant: map[string]any{}, Upload: r.uploaded}
	for name, raw := range r.person {
		var v any
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if d.Decode(&v) == nil {
			with.Applicant[name] = v
		}
	}
	with.Submitted, _ = formula.ParseDate(r.sc.On.Value)
	if names := r.u.f.TariffReads(); len(names) > 0 {
		if t := r.tariff(names); t != nil {
			with.Tariff = t.Amounts
		}
	}
	return with
}

// file is an upload of a scenario.
type file struct {
	size  int64
	media string
}

// usualSize is that of a file of which the scenario says nothing.
const usualSize = 200_000

// upload keeps a file and gives its ID. "report.pdf 6 MB" says its kind and its size; anything else is of a kind that is accepted.
func (r *rehearsal) upload(text string, accept []string) string {
	name, size, _ := strings.Cut(text, " ")
	f := file{usualSize, media[strings.TrimPrefix(path.Ext(name), ".")]}
	if f.media == "" && len(accept) > 0 {
		f.media = media[accept[0]]
	}
	if n, err := strconv.ParseFloat(strings.TrimSuffix(size, " MB"), 64); err == nil {
		f.size = int64(n * (1 << 20))
	}
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(r.uploads)+1)
	r.uploads[id] = f
	return id
}

var media = map[string]string{"pdf": "application/pdf", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png"}

func (r *rehearsal) uploaded(id string) (size int64, mediaType string, ok bool) {
	f, ok := r.uploads[id]
	return f.size, f.media, ok
}

// indulgent stands in where nothing runs scripts.
type indulgent struct{}

func (indulgent) Call(context.Context, *script.Script, any, map[string]any) (script.Result, error) {
	return script.Result{Valid: true}, nil
}
