package servicetest

import (
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// unshown warns of the endings that no scenario reaches, and of the triggers that none uses.
func unshown(points []Point) diag.List {
	var list diag.List
	for _, p := range points {
		if p.Kind == TriggerPoint && p.Times == 0 {
			list.Add(diag.New(diag.Warning, "trigger-not-shown", p.Range, "no scenario begins with {name}", "name", p.Name).
				WithHelp("Write a scenario with {trigger}.", "trigger", "trigger: {"+p.Name+"}"))
		}
		if p.Kind == EndingPoint && p.Times == 0 {
			list.Add(diag.New(diag.Warning, "ending-not-shown", p.Range, ends(p.how), "outcome", p.Name).
				WithHelp("Write a scenario that goes this way."))
		}
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
	for _, a := range pl.Anytime {
		if a.To == node {
			return u.s.KeyRange("anytime"), itself
		}
	}
	first, suffix, _ := strings.Cut(n.Key, "/")
	if n.Step == "" {
		if at, ok := u.groundAt(first, suffix); ok {
			return at, itself
		}
	}
	step := u.s.Step(n.Step)
	if step == nil { // several steps share it
		for _, e := range pl.Edges {
			if e.To == node {
				return u.stepRange(pl.Nodes[e.From].Step), itself
			}
		}
		return u.s.KeyRange("steps"), itself
	}
	for i := range step.Decisions.Entries {
		if e := &step.Decisions.Entries[i]; strings.HasPrefix(suffix+"/", e.Key.Value+"/") {
			if suffix != e.Key.Value {
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

// groundAt is the place of what keeps somebody from applying at all, by the key of its end: before/person/notFound, eligible/0/refused.
func (u *unit) groundAt(kind, rest string) (diag.Range, bool) {
	name, _, _ := strings.Cut(rest, "/")
	switch kind {
	case "before":
		for i := range u.s.Before {
			if b := &u.s.Before[i]; b.As.Value == name {
				return b.KeyRange("notFound"), true
			}
		}
	case "onBehalf":
		for i := range u.s.OnBehalf {
			if r := &u.s.OnBehalf[i]; string(r.As) == name && r.Mandate != nil {
				return r.KeyRange("mandate"), true
			}
		}
	case "eligible":
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(u.s.Eligible) {
			return u.s.Eligible[i].Head(), true
		}
	}
	return diag.Range{}, false
}
