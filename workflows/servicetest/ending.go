package servicetest

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// endings warns of the endings that no scenario reaches; ended are the keys of those that one does.
func (u *unit) endings(ended map[string]bool) diag.List {
	var list diag.List
	for i := range u.p.Plan().Nodes {
		n := &u.p.Plan().Nodes[i]
		if n.Kind != plan.End || ended[n.Key] {
			continue
		}
		at, how := u.ending(i)
		list.Add(diag.New(diag.Warning, "ending-not-shown", at, ends(how), "outcome", n.End.Outcome).
			WithHelp("Write a scenario that goes this way."))
	}
	return list
}

// way is how an application comes to an end.
type way int

const (
	itself way = iota // the place says it
	uncorrected
	expired
	notFound
)

func ends(how way) diag.Phrase {
	switch how {
	case uncorrected:
		return "no scenario ends {outcome} here when nobody corrects it in time"
	case expired:
		return "no scenario ends {outcome} here when the time is over"
	case notFound:
		return "no scenario ends {outcome} here when nothing is found"
	}
	return "no scenario ends {outcome} here"
}

// ending is the place in the definition of an end, and what leads to it where the place does not say that.
func (u *unit) ending(node int) (at diag.Range, how way) {
	pl := u.p.Plan()
	n := &pl.Nodes[node]
	if node == pl.Withdraw {
		return u.s.KeyRange("withdraw"), itself
	}
	_, suffix, _ := strings.Cut(n.Key, "/")
	step := u.s.Step(n.Step)
	if step == nil { // several steps share it
		if i := slices.IndexFunc(pl.Edges, func(e plan.Edge) bool { return e.To == node }); i >= 0 {
			step = u.s.Step(pl.Nodes[pl.Edges[i].From].Step)
		}
		if step == nil {
			return u.s.KeyRange("steps"), itself
		}
		return step.Code.Range(), itself
	}
	for i := range step.Decisions.Entries {
		if e := &step.Decisions.Entries[i]; strings.HasPrefix(suffix, e.Key.Value) {
			if strings.HasSuffix(suffix, "/lapse") {
				return e.Value.KeyRange("within"), uncorrected
			}
			return e.Key.Range(), itself
		}
	}
	switch {
	case suffix == "lapse":
		return step.KeyRange("within"), expired
	case suffix == catalog.NotFound && step.NotFound != nil:
		return step.KeyRange("notFound"), itself
	case suffix == catalog.NotFound:
		return step.Code.Range(), notFound
	}
	return step.Code.Range(), itself
}
