package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// whole: the clock of the whole application, what may happen anytime, and its round.
func whole(p *pass) {
	if d := p.service.Deadline; d != nil {
		for _, word := range d.Paused {
			have := append([]string{catalog.ApplicantPlace, string(catalog.PayStep)}, stepCodes(p.service)...)
			if !slices.Contains(have, word.Value) {
				p.add(unknown("step", word, have))
			}
		}
		if x := d.Extension; x != nil {
			durationAt(p, x.By)
			knownRole(p, x.Role, source.Text{})
		}
		if d.Has("refund") && !d.Within.Names(catalog.LapseWord) {
			p.add(warning("no-refund", d.KeyRange("refund"), "the step ends nothing by itself, so this refund never happens").
				WithHelp("Write it in the decision that ends."))
		}
	}
	anytime(p)
	suspend(p)
	reopen(p)
	round(p)
}

// suspend: somebody may, and there is an end to it.
func suspend(p *pass) {
	o := p.service.Suspend
	if o == nil {
		return
	}
	knownRole(p, o.By, source.Text{})
	durationAt(p, o.For)
	if o.Has("atMost") && (o.AtMost < 1 || o.AtMost > 9) {
		p.add(problem("suspend", o.RangeOf("atMost"), "an application is suspended 1 to 9 times").WithHelp("Leave it out for once."))
	}
}

// reopen: somebody may, it goes on at a step of the whole, and nothing was given out that would stand beside another decision.
func reopen(p *pass) {
	o := p.service.Reopen
	if o == nil {
		return
	}
	knownRole(p, o.By, source.Text{})
	durationAt(p, o.Within)
	switch step := p.service.Step(o.To.Value); {
	case o.To.IsZero():
	case step == nil:
		p.add(unknown("step", o.To, stepCodes(p.service)))
	case p.flow.Before(step) >= 0 && p.flow.Points[p.flow.Before(step)].Area != 0:
		p.add(problem("reopen", o.To.Range(), "{step} stands in a branch: nobody can go on there alone", "step", o.To.Value).WithHelp("Name a step outside of branches."))
	}
	if o.Has("atMost") && (o.AtMost < 1 || o.AtMost > 9) {
		p.add(problem("reopen", o.RangeOf("atMost"), "an application is reopened 1 to 9 times").WithHelp("Leave it out for once."))
	}
	for _, outcome := range o.Outcomes {
		var ends []int
		for i := range p.flow.Points {
			if at := &p.flow.Points[i]; at.Kind == catalog.EndPoint && at.Outcome == outcome.Value {
				ends = append(ends, i)
			}
		}
		switch {
		case len(ends) == 0:
			var have []string
			for i := range p.flow.Points {
				if at := &p.flow.Points[i]; at.Kind == catalog.EndPoint && !slices.Contains(have, at.Outcome) {
					have = append(have, at.Outcome)
				}
			}
			p.add(unknown("outcome", outcome, have))
		case slices.ContainsFunc(ends, func(i int) bool { return p.flow.Points[i].Earned() }):
			p.add(problem("reopen", outcome.Range(), "an application that has ended {outcome} is not reopened: the applicant has what it was for", "outcome", outcome.Value).
				WithHelp("Revoke what was given in a service of its own."))
		default:
			issued(p, outcome, ends)
			refunded(p, outcome, ends)
		}
	}
}

// issued: no paper stands at an end after which everything may be decided otherwise.
func issued(p *pass, outcome source.Text, ends []int) {
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.IssueStep || !slices.ContainsFunc(ends, func(i int) bool { return p.flow.Perhaps(i, step.Code.Value) && !withdrawal(p, i) }) {
			continue
		}
		revoked := false
		for other := range p.service.AllSteps() {
			revoked = revoked || other.Kind() == catalog.RevokeStep && other.Revoke.Value == step.Issue.Value
		}
		if !revoked {
			p.add(problem("reopen", outcome.Range(), "an application that has ended {outcome} may have issued {document}, which would stand beside another decision", "outcome", outcome.Value, "document", step.Issue.Value).
				WithRelated(step.Code.Range(), "the step").WithHelp("Revoke the document before that end."))
		}
	}
}

// refunded: what goes back at such an end is asked for again.
func refunded(p *pass, outcome source.Text, ends []int) {
	step := p.service.Step(p.service.Reopen.To.Value)
	if step == nil || p.flow.Before(step) < 0 {
		return
	}
	for _, fee := range p.flow.Paid(p.flow.Before(step)) {
		if slices.ContainsFunc(ends, func(i int) bool { what, _ := p.flow.Points[i].Refund.Get(fee); return what.Value == "all" }) {
			p.add(problem("reopen", outcome.Range(), "where an application ends {outcome} {fee} goes back, and {step} comes after its payment: nobody would ask for it again", "outcome", outcome.Value, "fee", fee, "step", step.Code.Value).
				WithHelp("Let it go on at the step that asks for the fee, or before it."))
			return
		}
	}
}

// withdrawal tells the end to which an applicant comes from anywhere: what was issued by then is not known.
func withdrawal(p *pass, end int) bool {
	return slices.ContainsFunc(p.flow.Asides, func(a catalog.Aside) bool { return a.Point == end })
}

// anytime: what may happen is known by somebody, and leads to an end or a step.
func anytime(p *pass) {
	names := newRegister("event", func(s string) bool { return stepForm.MatchString(s) || serviceForm.MatchString(s) }, stepHelp, p.add)
	for i := range p.service.Anytime {
		a := &p.service.Anytime[i]
		names.enter(a.Event)
		switch a.By.Value {
		case "", catalog.ApplicantPlace:
		case catalog.EventWord:
			knownEvent(p, a.Event)
		default:
			if p.roleOf(a.By.Value, source.Text{}) == nil && p.catalogue.Authority(p.service.Authority.Value) != nil {
				have := []string{catalog.ApplicantPlace, catalog.EventWord}
				p.add(unknown("role", a.By, append(have, roleCodes(p.catalogue.Roles(p.service.Authority.Value))...)))
			}
		}
		if a.Has("about") && a.By.Value != catalog.EventWord {
			p.add(problem("misplaced-key", a.KeyRange("about"), "what somebody says has no {key}", "key", "about").WithHelp("It belongs to an event from outside."))
		}
		if !a.Has("then") {
			continue
		}
		if a.Then.Word.IsZero() {
			lead(p, &a.Then)
			continue
		}
		p.add(unknown("consequence", a.Then.Word, []string{"{to: …}", "{end: …}"}))
	}
}

// round: it opens before it closes, has places, and a step waits for one.
func round(p *pass) {
	r := p.service.Round
	var waiting *catalog.Step
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.PlaceStep {
			continue
		}
		switch {
		case step.Place.Value != "round":
			p.add(unknown("place", step.Place, []string{"round"}))
		case r == nil:
			p.add(problem("no-round", step.Place.Range(), "the service has no round in which there are places").
				WithHelp("Write round: with opens, closes, rank and places at the top of the service."))
		case waiting != nil:
			p.add(problem("twice", step.KeyRange("place"), "two steps wait for a place").WithRelated(waiting.KeyRange("place"), "the first one").
				WithHelp("Let one step wait, and both ways lead to it."))
		}
		waiting = step
	}
	if r == nil {
		return
	}
	if waiting == nil {
		p.add(problem("no-round", p.service.KeyRange("round"), "no step waits for a place in the round").
			WithHelp("Write a step with place: round, and decisions: {placed: continue, reserve: {end: reserve}, refused: {end: refused}}."))
	}
	for _, d := range []source.Text{r.Opens, r.Closes} {
		if !d.IsZero() && !isDate(d.Value) {
			p.add(notDate(d.Range(), d.Value))
			return
		}
	}
	if r.Closes.Value < r.Opens.Value {
		p.add(problem("round", r.Closes.Range(), "the round closes before it opens").WithRelated(r.Opens.Range(), "it opens here").
			WithHelp("Write closes after {day}.", "day", r.Opens.Value))
	}
	if r.Has("places") && (r.Places < 1 || r.Places > 1_000_000) {
		p.add(problem("round", r.RangeOf("places"), "a round has 1 to 1000000 places").WithHelp("Write how many are placed, such as places: 30."))
	}
	durationAt(p, r.Accept)
	kept := 0
	codes := newRegister("quota", catalog.IsName, nameHelp, p.add)
	for i := range r.Quota.Entries {
		codes.enter(r.Quota.Entries[i].Key)
		kept += max(r.Quota.Entries[i].Value.Places, 0)
	}
	if kept > r.Places && r.Places > 0 {
		p.add(problem("round", r.KeyRange("quota"), "the quotas keep {kept} places, but there are only {places}", "kept", kept, "places", r.Places).
			WithHelp("Write smaller quotas, or more places."))
	}
}

// events looks at what other systems tell.
func events(o *overview) {
	c := o.catalogue
	for _, e := range c.Events {
		if !e.Authority.IsZero() && c.Authority(e.Authority.Value) == nil && c.Complete("authorities") {
			o.add(unknown("authority", e.Authority, codesOf(c.Authorities, func(x *catalog.Authority) string { return x.Code.Value })))
		}
		if !e.About.IsZero() && !slices.Contains(e.Gives.Keys(), e.About.Value) {
			o.add(unknown("field", e.About, e.Gives.Keys()))
		}
	}
}
