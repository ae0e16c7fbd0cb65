package check

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// step adds the formulas of one step, without those of the steps inside it.
func (l *positions) step(step *catalog.Step) {
	c := l.p.catalogue
	here := l.p.flow.At(step)
	l.put(step.When, yesNo, l.p.flow.Before(step))
	kind := step.Kind()
	for _, e := range step.With.Entries {
		want := some
		switch kind {
		case catalog.LookupStep:
			_, op := c.Operation(step.Ask.Value)
			want = argumentType(op, e.Key.Value)
		case catalog.WriteStep:
			_, op := c.Operation(step.Write.Value)
			want = argumentType(op, e.Key.Value)
		case catalog.GrantStep, catalog.ChangeStep:
			want = c.TermType(step, e.Key.Value)
		case catalog.StartStep:
			if other := c.Service(step.Start.Value); other != nil {
				if _, f := other.Field(e.Key.Value); f != nil {
					want = f.Given()
				}
			}
		}
		l.put(e.Value, want, here)
	}
	if step.Undo != nil && !step.Undo.Write.IsZero() {
		_, op := c.Operation(step.Undo.Write.Value)
		for _, e := range step.Undo.With.Entries {
			l.put(e.Value, argumentType(op, e.Key.Value), here, c.Own(step)).own = step.Code.Value
		}
	}
	for i := range step.Answer {
		row := &step.Answer[i]
		l.put(row.When, yesNo, here)
		l.put(row.Value, some, here, row.When).row = true
	}
	l.ladder(&step.Within, here)
	for i := range step.Decisions.Entries {
		d := &step.Decisions.Entries[i].Value
		l.put(d.When, yesNo, here)
		l.ladder(&d.Within, l.p.flow.Index(step.Code.Value+"/"+step.Decisions.Entries[i].Key.Value))
	}
	l.ownForm(step, here)
	l.person(step.About, here)
	if !catalog.NamesAuthority(step.Of.Value) {
		l.put(step.Of, text, here)
	}
	switch kind {
	case catalog.InviteStep:
		if step.Invite.Value != catalog.ApplicantPlace && step.Invite.Value != catalog.PublicInvited {
			l.person(step.Invite, here)
		}
	case catalog.NotifyStep:
		if step.Notify.Value != catalog.ApplicantPlace && l.p.roleOf(step.Notify.Value, source.Text{}) == nil && formulaLike(step.Notify.Value) {
			l.person(step.Notify, here)
		}
	case catalog.PayOutStep:
		if step.PayOut.To.Value != catalog.ApplicantPlace {
			l.person(step.PayOut.To, here)
		}
		l.put(step.PayOut.Amount, money, here)
		l.put(step.PayOut.Account, text, here)
	case catalog.WaitStep:
		l.put(step.Wait.Until, day, here)
		l.put(step.Wait.About, text, here)
	case catalog.ComputeStep:
		for _, e := range step.Compute.Entries {
			l.put(e.Value, some, here)
		}
	case catalog.ChooseStep:
		var before []source.Text
		for i := range step.Choose {
			when := step.Choose[i].When
			l.put(when, yesNo, here, before...)
			if when.Value != "" {
				before = append(before, source.Text{Value: "not (" + when.Value + ")"})
			}
		}
	case catalog.RepeatStep:
		l.put(step.Repeat.While, yesNo, here)
	case catalog.TogetherStep:
		for i := range step.Together.Branches {
			l.put(step.Together.Branches[i].When, yesNo, here)
		}
		if e := step.Together.Each; e != nil {
			l.put(e.In, formula.Type{Kind: formula.KindList}, here)
		}
	case catalog.IssueStep:
		l.document(step, here)
	}
}

// document adds the formulas of the paper that a step issues.
func (l *positions) document(step *catalog.Step, here int) {
	d := l.p.catalogue.Document(step.Issue.Value)
	if d == nil || !l.p.catalogue.Sound(d.Head().File) {
		return
	}
	paper := func(at *position) {
		at.paper, at.issued, at.row = true, step.Issue.Range(), at.want.Kind == formula.KindAny
	}
	paper(l.put(d.Valid, day, here))
	for i := range d.Rows {
		row := &d.Rows[i]
		paper(l.put(row.When, yesNo, here))
		at := l.put(row.Value, some, here, row.When)
		paper(at)
		at.list = listed(d, row)
	}
}

// person adds a formula that names somebody: a national number, or a person of the form.
func (l *positions) person(who source.Text, here int) { l.put(who, some, here).person = true }

// ladder adds the days to which time limits are tied.
func (l *positions) ladder(ladder *catalog.Ladder, here int) {
	for i := range ladder.Rungs {
		l.put(ladder.Rungs[i].Day, day, here)
	}
}

// ownForm adds the formulas of what an officer or an invited person fills in, who may read what stands before in the same form.
func (l *positions) ownForm(step *catalog.Step, here int) {
	own := source.Text{Value: "has(" + step.Code.Value + ")"}
	for a := range catalog.NewFieldList(step.Code.Value, step.Fields).All() {
		put := func(text source.Text, want formula.Type, guards ...source.Text) *position {
			at := l.put(text, want, here, append(guards, own)...)
			at.own, at.group = step.Code.Value, a.Group
			return at
		}
		kind := a.Field.Given()
		put(a.Field.When, yesNo, a.Conditions()[1:]...)
		put(a.Field.Require, yesNo, a.Conditions()...)
		put(a.Field.ListFormula(), some, a.Conditions()...).offers = a.Field.From
		put(a.Field.Value, kind, a.Conditions()...)
		put(a.Field.Prefill, kind)
	}
}

// whole adds the formulas of what concerns the whole application.
func (l *positions) whole() {
	s, flow := l.p.service, l.p.flow
	if d := s.Deadline; d != nil {
		l.put(d.NotBefore, day, flow.Start)
		l.ladder(&d.Within, flow.Start)
	}
	for _, a := range flow.Asides {
		if a.Anytime != nil {
			l.put(a.Anytime.When, yesNo, a.Point)
			l.put(a.Anytime.About, text, a.Point)
		}
	}
	if r := s.Round; r != nil {
		at := flow.Start
		for step := range s.AllSteps() {
			if step.Kind() == catalog.PlaceStep {
				at = flow.At(step)
			}
		}
		number := formula.Type{Kind: formula.KindDecimal}
		l.put(r.Rank, number, at)
		l.put(r.Tie, number, at)
		for i := range r.Quota.Entries {
			l.put(r.Quota.Entries[i].Value.When, yesNo, at)
		}
	}
}

// formulaLike tells a formula from the code of a role.
func formulaLike(s string) bool { return !kebabForm.MatchString(s) }
