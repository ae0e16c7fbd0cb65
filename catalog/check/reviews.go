package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Words for what happens when a time limit is over.
const (
	lapse    = "lapse"
	escalate = "escalate"
)

// reviews: an officer's task says who, what and where each decision leads, and every wait has a limit.
func reviews(p *pass) {
	for i := range p.service.Steps {
		step := &p.service.Steps[i]
		if step.Kind() != catalog.ReviewStep {
			continue
		}
		role(p, step)
		if !step.Has("title") {
			p.add(problem("no-title", step.Code.Range(), "a review needs a title: the applicant reads it in the timeline").
				WithHelp("Write title in each language."))
		}
		if !step.Within.Given() {
			p.add(warning("no-limit", step.KeyRange("review"), "the review has no time limit").WithHelp("Write within: {2 working days: escalate}."))
		} else {
			expiry(p, step, step.Within.Then, true)
		}
		if step.Decisions.Len() == 0 {
			p.add(problem("no-decisions", step.RangeOf("decisions"), "the officer has nothing to decide").
				WithHelp("Write decisions: {approve: continue, refuse: {end: refused}}."))
		}
		for j := range step.Decisions.Entries {
			decision(p, step, &step.Decisions.Entries[j])
		}
	}
}

func role(p *pass, step *catalog.Step) {
	a := p.catalogue.Authority(p.service.Authority.Value)
	if a == nil || !p.catalogue.Sound(a.Head().File) || step.Review.Value == "" || a.Role(step.Review.Value) != nil {
		return
	}
	var have []string
	for i := range a.Roles {
		have = append(have, a.Roles[i].Code.Value)
	}
	p.add(unknown("role", step.Review, have).WithRelated(a.Code.Range(), "roles are declared by the authority"))
}

// decision looks at one decision: it continues, sends back within bounds, or ends.
func decision(p *pass, step *catalog.Step, e *source.Entry[catalog.Decision]) {
	d := &e.Value
	if !catalog.IsName(e.Key.Value) {
		p.add(problem("code", e.Key.Range(), "this {what} cannot have the code {code:q}", "code", e.Key.Value, "what", diag.Phrase("decision")).
			WithHelp("Write a small letter, then letters and digits: sendBack."))
	}
	if d.Continue {
		return
	}
	back, end := d.Has("to"), d.Has("end")
	switch {
	case back && end:
		p.add(problem("decision", d.KeyRange("end"), "a decision sends back or ends, not both"))
	case end:
		if !endForm.MatchString(d.End.Value) {
			p.add(problem("code", d.End.Range(), "{code:q} cannot be an outcome", "code", d.End.Value).WithHelp("Write one word such as refused."))
		}
		for _, key := range []string{"atMost", "then", "within"} {
			if d.Has(key) {
				p.add(problem("misplaced-key", d.KeyRange(key), "a decision that ends has no {key}", "key", key).WithHelp("It belongs to one that sends back."))
			}
		}
	case back:
		sendBack(p, step, e)
	default:
		p.add(problem("decision", e.Key.Range(), "the decision {name} leads nowhere", "name", e.Key.Value).
			WithHelp("Write continue, {to: applicant, …} or {end: refused, …}."))
	}
}

var endForm = kebabForm

func sendBack(p *pass, step *catalog.Step, e *source.Entry[catalog.Decision]) {
	d := &e.Value
	if d.To.Value != "applicant" {
		p.add(unknown("place to send back to", d.To, []string{"applicant"}))
	}
	if d.Has("refund") {
		p.add(problem("misplaced-key", d.KeyRange("refund"), "nothing is refunded when an application is sent back").WithHelp("Write refund where it ends."))
	}
	if d.AtMost < 1 || d.AtMost > mostRounds {
		p.add(problem("unbounded-return", d.RangeOf("atMost"), "it is not written how many times {name} may happen", "name", e.Key.Value).
			WithHelp("Write atMost: 2 (up to 20), and then: with the decision that stands after the last."))
	}
	if !d.Has("then") {
		p.add(problem("unbounded-return", e.Key.Range(), "it is not written what stands after the last {name}", "name", e.Key.Value).
			WithHelp("Write then: with the decision that stands for one more."))
	} else if target := decisionNamed(step, d.Then); target == nil {
		p.add(unknown("decision", d.Then, step.Decisions.Keys()))
	} else if target.Has("to") {
		p.add(problem("unbounded-return", d.Then.Range(), "after the last return comes another return").WithHelp("Write a decision that ends or continues."))
	}
	if !d.Within.Given() {
		p.add(problem("no-limit", e.Key.Range(), "it is not written how long the applicant may take").WithHelp("Write within: {30 days: refuse}."))
	} else {
		expiry(p, step, d.Within.Then, false)
	}
}

// mostRounds bounds return loops; more is a conversation and no review.
const mostRounds = 20

func decisionNamed(step *catalog.Step, name source.Text) *catalog.Decision {
	for i := range step.Decisions.Entries {
		if step.Decisions.Entries[i].Key.Value == name.Value {
			return &step.Decisions.Entries[i].Value
		}
	}
	return nil
}

// expiry looks at what happens when the limit of a review, or of a correction, is over.
func expiry(p *pass, step *catalog.Step, then source.Text, mayEscalate bool) {
	have := []string{lapse}
	if mayEscalate {
		have = append(have, escalate)
	}
	d := decisionNamed(step, then)
	if slices.Contains(have, then.Value) && d == nil {
		return
	}
	for _, e := range step.Decisions.Entries {
		if e.Value.Has("end") {
			have = append(have, e.Key.Value)
		}
	}
	switch {
	case d == nil:
		p.add(unknown("consequence", then, have))
	case d.Continue:
		p.add(problem("silent-approval", then.Range(), "nothing is approved by silence").WithHelp("Write escalate, lapse, or a decision that ends."))
	case d.Has("to"):
		p.add(problem("unbounded-return", then.Range(), "a time limit cannot send back").WithHelp("Write one of {names}.", "names", have))
	}
}
