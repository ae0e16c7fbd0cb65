package check

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// mostItems bounds the branches that are counted at run time.
const mostItems = 200

// branches: what runs together can come together again, and it is written what follows when it cannot.
func branches(p *pass) {
	reached := p.flow.Reached()
	items := map[string]diag.Range{}
	for step := range p.service.AllSteps() {
		t := step.Together
		if step.Kind() != catalog.TogetherStep || t == nil {
			continue
		}
		most, sure := len(t.Branches), 0
		codes := newRegister("branch", stepForm.MatchString, stepHelp, p.add)
		for i := range t.Branches {
			b := &t.Branches[i]
			codes.enter(b.Code)
			if len(b.Steps) == 0 {
				p.add(problem("no-steps", b.RangeOf("steps"), "nothing happens in this branch").WithHelp("Write its steps, or remove it."))
			}
			if b.When.IsZero() {
				sure++
			}
		}
		if e := t.Each; e != nil {
			most = e.AtMost
			each(p, e)
			for other, at := range items {
				if other == e.Item.Value {
					p.add(problem("twice", e.Item.Range(), "the {what} {code:q} is declared twice", "what", diag.Phrase("item"), "code", other).
						WithRelated(at, "the first one").WithHelp("Give one of the two another code."))
				}
			}
			items[e.Item.Value] = e.Item.Range()
		} else if len(t.Branches) < 2 {
			p.add(problem("one-branch", step.KeyRange("together"), "branches that run beside each other are at least two").
				WithHelp("Write the steps one after the other, or one more branch."))
		}
		need := howMany(p, step, most)
		against := inFavour(p, step, reached)
		switch {
		case step.Otherwise == nil && against:
			p.add(problem("no-otherwise", step.KeyRange("together"), "a branch can go against, and it is not written what follows when too few are in favour").
				WithHelp("Write otherwise: {end: refused}, {to: step} or continue."))
		case step.Otherwise == nil && need > sure:
			p.add(problem("no-otherwise", step.KeyRange("until"), "perhaps fewer branches run than are needed, and it is not written what follows then").
				WithHelp("Write otherwise: {end: refused}, {to: step} or continue."))
		case step.Otherwise != nil && !against && need <= sure:
			p.add(warning("otherwise-never", step.KeyRange("otherwise"), "no branch can go against, so this never follows").
				WithHelp("Remove it, or write {against: true} at a decision in a branch."))
		}
	}
}

// howMany is how many branches are needed, 0 for all.
func howMany(p *pass, step *catalog.Step, most int) int {
	switch word := step.Until.Value; word {
	case "", "all":
		return 0
	case "any":
		return 1
	default:
		n, err := strconv.Atoi(word)
		switch {
		case err != nil || n < 1:
			p.add(problem("until", step.Until.Range(), "{value:q} is no number of branches", "value", word).WithHelp("Write all, any, or a number such as 2."))
		case n > most:
			p.add(problem("join-never", step.Until.Range(), "{need} branches in favour are needed, but there are only {have}", "need", word, "have", most).
				WithHelp("Write all, any, or a number up to {most}.", "most", most))
			return 0
		}
		return n
	}
}

// inFavour reports branches that can never end in favour, and tells whether one can end against.
func inFavour(p *pass, step *catalog.Step, reached []bool) (against bool) {
	fork := p.flow.At(step)
	if fork < 0 || !reached[fork] {
		return false
	}
	for i := range p.flow.Areas {
		a := &p.flow.Areas[i]
		if a.Fork != fork {
			continue
		}
		favour := false
		for _, j := range a.Joins {
			if reached[j] {
				favour = favour || !p.flow.Points[j].Against
				against = against || p.flow.Points[j].Against
			}
		}
		if favour || a.Branch != nil && len(a.Branch.Steps) == 0 || a.Branch != nil && p.told("leaves-branch", a.Branch.Range()) {
			continue // the last is why it never ends in favour
		}
		at := step.KeyRange("together")
		if a.Branch != nil {
			at = a.Branch.Code.Range()
		} else if a.Each != nil {
			at = a.Each.Item.Range()
		}
		p.add(problem("never-in-favour", at, "this branch can never end in favour").WithHelp("Let a decision in it continue."))
	}
	return against
}

// each: the item has a name of its own, and there is a bound.
func each(p *pass, e *catalog.Each) {
	if !e.Item.IsZero() {
		taken := slices.Contains(catalog.Roots(), e.Item.Value) || p.service.Step(e.Item.Value) != nil || p.service.Step(e.Number()) != nil
		if !catalog.IsName(e.Item.Value) || taken {
			p.add(problem("code", e.Item.Range(), "this {what} cannot have the code {code:q}", "code", e.Item.Value, "what", diag.Phrase("item")).
				WithHelp("Write a small letter, then letters and digits; it is not the code of a step."))
		}
	}
	if e.Has("atMost") && (e.AtMost < 1 || e.AtMost > mostItems) {
		p.add(problem("too-many-items", e.RangeOf("atMost"), "there are 1 to {most} branches", "most", mostItems).
			WithHelp("Write how many items there may be at most, such as atMost: 20."))
	}
	if e.Has("steps") && len(e.Steps) == 0 {
		p.add(problem("no-steps", e.RangeOf("steps"), "nothing happens in this branch").WithHelp("Write its steps, or remove it."))
	}
}
