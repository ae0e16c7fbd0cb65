package servicetest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Sheet is what somebody fills in on a walk: the form of the service, or the own form of whoever is asked at a step.
type Sheet struct {
	Fields []plan.FormField
	form   *form.Form
	with   form.Context
	texts  *plan.Texts
	root   string // under which formulas read an own form
}

// Sheet is the form of the service as it stands now.
func (w *Walk) Sheet() *Sheet {
	return &Sheet{Fields: w.Plan().Form.Fields, form: w.u.f, with: w.context(), texts: w.u.texts}
}

// Own is what whoever is asked fills in beside the decision; nil where that is nothing.
func (w *Walk) Own(wait machine.Wait) (*Sheet, error) {
	pl := w.Plan()
	i := slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == wait.Node })
	if i < 0 {
		return nil, nil
	}
	n := &pl.Nodes[i]
	own := n.Own()
	if own == nil || n.Root() == "" {
		return nil, nil
	}
	f, err := form.CompileFields(pl, own, w.u.scripts)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", wait.Step, err)
	}
	with := w.context()
	given := map[string]map[string]any{catalog.FormRoot: plainValues(w.form)}
	for root, values := range with.Given {
		given[root] = values
	}
	for root, values := range w.answers {
		given[root] = plainValues(values)
	}
	with.Given = given
	return &Sheet{Fields: own.Fields, form: f, with: with, texts: w.u.texts.Own(wait.Step), root: n.Root()}, nil
}

// View is the sheet with what was typed, in one language; frozen fields are shown only.
func (s *Sheet) View(lang string, typed map[string]any, frozen []string) form.View {
	return s.Shown(lang, typed, nil, frozen)
}

// Shown is View with the problems that were found in what was typed.
func (s *Sheet) Shown(lang string, typed map[string]any, problems []form.Problem, frozen []string) form.View {
	return s.form.View(s.texts, lang, typed, problems, s.with, frozen)
}

// Parse reads the answers of a posted form.
func (s *Sheet) Parse(posted url.Values) map[string]any { return s.form.Parse(posted) }

// Problems judges what was typed.
func (s *Sheet) Problems(typed map[string]any) ([]form.Problem, error) {
	_, problems, err := s.form.Validate(context.Background(), typed, s.with)
	return problems, err
}

// Text is a problem in one language.
func (s *Sheet) Text(p form.Problem, lang string) string { return p.Text(s.texts, lang) }

// Fill lets somebody act on a wait with what they have filled in; own may be nil.
func (w *Walk) Fill(wait machine.Wait, action string, own *Sheet, typed map[string]any) error {
	if own == nil {
		return w.Act(wait, action)
	}
	values, problems, err := own.form.Validate(context.Background(), typed, own.with)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s: %s", wait.Step, problems[0].Path)
	}
	reads := make(map[string]json.RawMessage, len(values))
	for name, v := range values {
		if reads[own.root+"."+name], err = json.Marshal(v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	kept := make(map[string]json.RawMessage, len(values))
	for path, v := range reads {
		kept[strings.TrimPrefix(path, own.root+".")] = v
	}
	before := w.answers
	w.know(own.root, kept)
	if err := w.act(wait, action, reads); err != nil {
		w.answers = before
		return err
	}
	return nil
}
