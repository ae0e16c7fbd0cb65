package servicetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// errUnsaid says that the scenario does not say what a registry answers. The machine asks again, and it is reported there.
var errUnsaid = errors.New("not said")

// opens opens the form as the portal does: registries answer what is asked before it, and it is decided whether the applicant may fill it in.
// It gives the key of the reason why not, or "", and compares it with what is expected.
func (r *rehearsal) opens() string {
	asked := map[string]int{}
	with, refused, err := r.u.f.Open(context.Background(), r.context(), func(_ context.Context, registry, operation string, _ map[string]json.RawMessage) (bool, json.RawMessage, error) {
		name := registry + "/" + operation
		answers, said := r.sc.Answers.Get(name)
		for said {
			n, ok := answers.Time(asked[name])
			asked[name]++
			switch {
			case !ok || !answers.Listed && isFailure(n):
				return false, nil, errUnsaid
			case isFailure(n):
				continue // and whoever applies tries again
			case n.Kind != source.Mapping:
				return false, nil, nil
			}
			_, op := r.u.c.Operation(name)
			raw, err := json.Marshal(r.object(n, typesOf(op.Gives)))
			return true, raw, err
		}
		return false, nil, errUnsaid
	})
	if err != nil {
		return ""
	}
	r.before = with.Given
	if refused != "" {
		r.barred = ground(r.u.p.Plan(), refused)
	}
	x := &r.sc.Expect
	switch ground := ground(r.u.p.Plan(), refused); {
	case refused != "" && x.Has("findings"):
		r.differ("scenario-findings", x.RangeOf("findings"), "nobody is asked the form: {reason}", "reason", r.reason(refused)).
			help("Write {expect} where that is what the scenario shows.", "expect", "expect: {ineligible: "+ground+"}")
	case refused != "":
		r.note("", "may not apply: {reason}", "reason", r.reason(refused))
		if x.Has("ineligible") && !slices.Contains(r.grounds(refused), x.Ineligible.Value) {
			d := r.differ("scenario-ineligible", x.Ineligible.Range(), "the applicant may not apply because of {have}, not of {want}", "have", ground, "want", x.Ineligible.Value)
			d.help("Write {expect}, or change what the answers and the applicant show.", "expect", "ineligible: "+ground)
			d.Want, d.Have = x.Ineligible.Value, ground
		}
	case x.Has("ineligible"):
		d := r.differ("scenario-ineligible", x.Ineligible.Range(), "the applicant may apply")
		d.help("Let the applicant and the answers show why not, or say how the application ends.")
		d.Want = x.Ineligible.Value
	}
	return refused
}

func isFailure(n *source.Node) bool { return n.Kind == source.Scalar && n.Value == catalog.Failed }

// ground is how a scenario names why somebody may not apply: the name of what was asked before the form, or the place of the condition, from 1.
func ground(p *plan.Plan, refused string) string {
	for i, e := range p.Form.Eligible {
		if e.End == refused {
			return strconv.Itoa(i + 1)
		}
	}
	_, name, _ := strings.Cut(refused, "/")
	name, _, _ = strings.Cut(name, "/")
	return name
}

// grounds are all that a scenario may write for it: the reason in one of the languages too.
func (r *rehearsal) grounds(refused string) []string {
	out := []string{ground(r.u.p.Plan(), refused)}
	for _, lang := range r.u.c.Settings.Languages {
		if words := r.u.texts.Reasons[refused].In(lang.Value); words != "" {
			out = append(out, words)
		}
	}
	return out
}

// reason is the reason in English, or in another language that has it.
func (r *rehearsal) reason(refused string) string {
	return r.u.texts.Reasons[refused].In("en", r.u.texts.Languages...)
}
