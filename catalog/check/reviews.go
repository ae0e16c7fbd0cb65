package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// reviews: whoever decides is known, reads what it is about, and each decision leads somewhere.
func reviews(p *pass) {
	for step := range p.service.AllSteps() {
		kind := step.Kind()
		if role := step.Role(); !role.IsZero() && catalog.NamesAuthority(step.Of.Value) {
			knownRole(p, role, step.Of)
		} else if !role.IsZero() {
			namedAuthority(p, step, role)
		}
		if !step.Decides() && kind != catalog.AppointmentStep {
			continue
		}
		if !step.Has("title") {
			p.add(problem("no-title", step.Code.Range(), "a step that has {kind} needs a title: the applicant reads it in the timeline", "kind", string(kind)).
				WithHelp("Write title in each language."))
		}
		switch kind {
		case catalog.ReviewStep, catalog.InspectStep:
			if step.Decisions.Len() == 0 {
				p.add(problem("no-decisions", step.RangeOf("decisions"), "the officer has nothing to decide").
					WithHelp("Write decisions: {approve: continue, refuse: {end: refused}}."))
			}
		case catalog.PlaceStep:
			for _, outcome := range placeOutcomes {
				if _, given := step.Decisions.Get(outcome); !given {
					p.add(problem("no-decisions", step.RangeOf("decisions"), "it is not written what {name} leads to", "name", outcome).
						WithHelp("Write decisions: {placed: continue, reserve: {end: reserve}, refused: {end: refused}}."))
				}
			}
		}
		for i := range step.Decisions.Entries {
			decision(p, step, &step.Decisions.Entries[i])
		}
		if step.Decisions.Len() > 0 && kind != catalog.PlaceStep {
			offered(p, step)
		}
		panel(p, step)
		notSame(p, step)
	}
}

// placeOutcomes are what a round can say.
var placeOutcomes = []string{"placed", "reserve", "refused"}

func knownRole(p *pass, role, of source.Text) {
	c := p.catalogue
	a := c.Authority(p.service.Authority.Value)
	if !of.IsZero() {
		a = c.Authority(of.Value)
		if a == nil && c.Complete("authorities") {
			p.add(unknown("authority", of, codesOf(c.Authorities, func(x *catalog.Authority) string { return x.Code.Value })))
		}
	}
	if a == nil || !c.Sound(a.Head().File) || !c.Sound(catalog.SettingsFile) || role.Value == "" || c.Role(a.Code.Value, role.Value) != nil {
		return
	}
	p.add(unknown("role", role, roleCodes(c.Roles(a.Code.Value))).WithRelated(a.Code.Range(), "roles are declared by the authority"))
}

func roleCodes(roles []*catalog.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.Code.Value
	}
	return out
}

// namedAuthority: a task that goes to whatever authority the application names is one of a role that each of them has, and what can be chosen is
// an authority.
func namedAuthority(p *pass, step *catalog.Step, role source.Text) {
	c := p.catalogue
	if role.Value != "" && c.Sound(catalog.SettingsFile) && c.CommonRole(role.Value) == nil {
		own := slices.IndexFunc(c.Authorities, func(a *catalog.Authority) bool { return c.Role(a.Code.Value, role.Value) != nil })
		if own < 0 {
			common := make([]string, len(c.Settings.Roles))
			for i := range c.Settings.Roles {
				common[i] = c.Settings.Roles[i].Code.Value
			}
			p.add(unknown("role", role, common).WithRelated(step.Of.Range(), "the application may name any authority here"))
		} else {
			p.add(problem("own-role", role.Range(), "{role} is a role of single authorities, and the application may name one that does not have it", "role", role.Value).
				WithRelated(step.Of.Range(), "the application may name any authority here").
				WithRelated(c.Role(c.Authorities[own].Code.Value, role.Value).Code.Range(), "here it is declared").
				WithHelp("Declare it under roles of catalogue.yaml in place of there: every authority has it then."))
		}
	}
	if !c.Complete("authorities") {
		return
	}
	path := step.Of.Value
	if p.kindAt(path) != formula.KindText {
		return
	}
	for _, code := range p.domain(path).texts {
		if c.Authority(code) == nil {
			p.add(unknownAt("authority", p.choiceAt(path, code, step.Of.Range()), code, codesOf(c.Authorities, func(x *catalog.Authority) string { return x.Code.Value })).
				WithRelated(step.Of.Range(), "the task goes to the authority that this gives"))
		}
	}
}

// choiceAt is where a field of the service offers a value, or otherwise.
func (p *pass) choiceAt(path, value string, otherwise diag.Range) diag.Range {
	root, code, _ := strings.Cut(path, ".")
	for _, l := range p.service.FieldLists() {
		asked, found := l.At(code)
		if l.Root != root || !found {
			continue
		}
		for i := range asked.Field.Options {
			if at := asked.Field.Options[i].Value; at.Value == value {
				return at.Range()
			}
		}
	}
	return otherwise
}

// decision looks at one decision: it continues, goes on elsewhere within bounds, counts against, or ends.
func decision(p *pass, step *catalog.Step, e *source.Entry[catalog.Decision]) {
	d := &e.Value
	if !catalog.IsName(e.Key.Value) && e.Key.Value != catalog.ContinueWord {
		p.add(problem("code", e.Key.Range(), "this {what} cannot have the code {code:q}", "code", e.Key.Value, "what", diag.Phrase("decision")).
			WithHelp("Write a small letter, then letters and digits: sendBack."))
	}
	if step.Kind() == catalog.PlaceStep && !slices.Contains(placeOutcomes, e.Key.Value) {
		p.add(unknown("outcome of a round", e.Key, placeOutcomes))
	}
	if d.Has("comment") && d.Comment.Value != "required" && d.Comment.Value != "optional" {
		p.add(unknown("kind of comment", d.Comment, []string{"required", "optional"}))
	}
	var ways []string
	for _, key := range []string{"continue", "to", "end", "against"} {
		if d.Has(key) {
			ways = append(ways, key)
		}
	}
	switch {
	case len(ways) > 1:
		p.add(problem("decision", d.KeyRange(ways[1]), "a decision leads to one place: this one has {keys}", "keys", ways).WithHelp("Keep one of them."))
		return
	case len(ways) == 0 && !d.Continue:
		p.add(problem("decision", e.Key.Range(), "the decision {name} leads nowhere", "name", e.Key.Value).
			WithHelp("Write continue, {to: applicant, …} or {end: refused, …}."))
		return
	}
	only := func(what diag.Phrase, keys ...string) {
		for _, key := range keys {
			if d.Has(key) {
				p.add(problem("misplaced-key", d.KeyRange(key), "a decision that {what} has no {key}", "what", what, "key", key).
					WithHelp("It belongs to another kind of decision."))
			}
		}
	}
	switch {
	case d.Has("end"):
		outcomeCode(p, d.End)
		only("ends", "atMost", "then", "within", "invalidates")
	case d.Against:
		only("is against", "atMost", "then", "within", "invalidates", "refund", "text")
	case d.Returns():
		sendBack(p, step, e)
		only("sends back", "text")
		if d.Has("refund") {
			p.add(problem("misplaced-key", d.KeyRange("refund"), "nothing is refunded when an application is sent back").WithHelp("Write refund where it ends."))
		}
	case d.Has("to"):
		only("goes on elsewhere", "within", "refund", "text")
		bounded(p, step, e)
	default:
		only("continues", "atMost", "then", "within", "refund", "text")
	}
}

func outcomeCode(p *pass, outcome source.Text) {
	if !kebabForm.MatchString(outcome.Value) {
		p.add(problem("code", outcome.Range(), "{code:q} cannot be an outcome", "code", outcome.Value).WithHelp("Write one word such as refused."))
	}
}

// sendBack: the applicant corrects the form, so often and so long.
func sendBack(p *pass, step *catalog.Step, e *source.Entry[catalog.Decision]) {
	d := &e.Value
	if d.AtMost < 1 || d.AtMost > mostRounds {
		p.add(problem("unbounded-return", d.RangeOf("atMost"), "it is not written how many times {name} may happen", "name", e.Key.Value).
			WithHelp("Write atMost: 2 (up to 20), and then: with the decision that stands after the last."))
	}
	if !d.Has("then") {
		p.add(problem("unbounded-return", e.Key.Range(), "it is not written what stands after the last {name}", "name", e.Key.Value).
			WithHelp("Write then: with the decision that stands for one more."))
	} else {
		standsAfter(p, step, d)
	}
	if !d.Within.Given() {
		p.add(problem("no-limit", e.Key.Range(), "it is not written how long the applicant may take").WithHelp("Write within: {30 days: refuse}."))
	}
}

// bounded: a decision that goes on elsewhere needs a bound only where it leads back, which loops looks at; here its two keys fit.
func bounded(p *pass, step *catalog.Step, e *source.Entry[catalog.Decision]) {
	d := &e.Value
	if d.Has("atMost") && (d.AtMost < 1 || d.AtMost > mostRounds) {
		p.add(problem("unbounded-return", d.RangeOf("atMost"), "it is not written how many times {name} may happen", "name", e.Key.Value).
			WithHelp("Write atMost: 2 (up to 20), and then: with the decision that stands after the last."))
	}
	switch {
	case d.Has("atMost") && !d.Has("then"):
		p.add(problem("unbounded-return", e.Key.Range(), "it is not written what stands after the last {name}", "name", e.Key.Value).
			WithHelp("Write then: with the decision that stands for one more."))
	case d.Has("then"):
		standsAfter(p, step, d)
	}
}

func standsAfter(p *pass, step *catalog.Step, d *catalog.Decision) {
	if target := decisionNamed(step, d.Then); target == nil {
		p.add(unknown("decision", d.Then, step.Decisions.Keys()))
	} else if target.Returns() || target.AtMost > 0 {
		p.add(problem("unbounded-return", d.Then.Range(), "after the last return comes another return").WithHelp("Write a decision that ends or continues."))
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

// offered: one decision at least can be taken whatever the case.
func offered(p *pass, step *catalog.Step) {
	for i := range step.Decisions.Entries {
		if step.Decisions.Entries[i].Value.When.IsZero() {
			return
		}
	}
	p.add(problem("no-decisions", step.KeyRange("decisions"), "every decision is offered only sometimes, so perhaps none is").
		WithHelp("Leave one decision without when."))
}

// panel: enough members vote, and a tie is decided.
func panel(p *pass, step *catalog.Step) {
	b := step.Panel
	if b == nil {
		return
	}
	if b.Members < 2 || b.Members > 99 {
		p.add(problem("panel", b.RangeOf("members"), "a panel has 2 to 99 members").WithHelp("Write members: 5. One member alone is an ordinary review."))
	} else if b.Quorum < 1 || b.Quorum > b.Members {
		p.add(problem("panel", b.RangeOf("quorum"), "a quorum is at most as many as there are members").
			WithHelp("Write a quorum from 1 to {most}.", "most", b.Members))
	}
	if step.Has("assign") { // every member votes, so it is nobody's alone
		p.add(problem("misplaced-key", step.KeyRange("assign"), "a step that has {kind} has no {key}", "kind", "panel", "key", "assign"))
	}
	durationAt(p, b.Notice)
	switch d := decisionNamed(step, b.Tie); {
	case b.Tie.IsZero():
	case d == nil:
		p.add(unknown("decision", b.Tie, step.Decisions.Keys()))
	case !d.When.IsZero():
		p.add(problem("panel", b.Tie.Range(), "the decision that stands at a tie is offered only sometimes").WithHelp("Name one without when."))
	}
}

// notSame: four eyes need an earlier decision by an officer.
func notSame(p *pass, step *catalog.Step) {
	for _, name := range step.NotSame {
		other := p.service.Step(name.Value)
		officers := []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep}
		switch {
		case other == nil || !slices.Contains(officers, other.Kind()):
			p.add(unknown("review", name, stepCodes(p.service, officers...)))
		case other == step:
			p.add(problem("four-eyes", name.Range(), "a step cannot differ from itself").WithHelp("Name an earlier review."))
		case p.flow.At(step) >= 0 && !p.flow.Perhaps(p.flow.At(step), name.Value) && !beside(p.flow, p.flow.At(step), p.flow.At(other)):
			p.add(problem("four-eyes", name.Range(), "{name} comes only after this step, so nobody has decided there yet", "name", name.Value).
				WithRelated(other.Code.Range(), "the other review").WithHelp("Write notSame at the later of the two."))
		}
	}
}
