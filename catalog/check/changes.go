package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// changes: what is granted or changed is a right that there is, with its terms, and it becomes what it can become by this service.
func changes(p *pass) {
	for step := range p.service.AllSteps() {
		switch step.Kind() {
		case catalog.GrantStep:
			knownRight(p, step.Grant)
		case catalog.ChangeStep:
			knownRight(p, step.Change)
			mayChange(p, step)
		default:
			continue
		}
		if terms := p.catalogue.RightTerms(step); terms != nil {
			stepTerms(p, step, terms)
		}
	}
}

// mayChange: the right names the service among those that may do so.
func mayChange(p *pass, step *catalog.Step) {
	if step.To.IsZero() {
		return
	}
	if !slices.Contains(catalog.RightChanges(), step.To.Value) {
		p.add(unknown("change of a right", step.To, catalog.RightChanges()))
		return
	}
	r := p.catalogue.Right(step.Change.Value)
	if r == nil || !p.catalogue.Sound(r.Head().File) {
		return
	}
	for i := range r.May.Entries {
		may := &r.May.Entries[i]
		known := slices.Contains(catalog.RightChanges(), may.Key.Value) && !slices.ContainsFunc(may.Value, func(s source.Text) bool { return p.catalogue.Service(s.Value) == nil })
		if !known || may.Key.Value == step.To.Value && slices.Contains(values(may.Value), p.service.Code.Value) {
			return // where a name is misspelt, the service is probably meant
		}
	}
	at := r.Code.Range()
	if r.Has("may") {
		at = r.KeyRange("may")
	}
	p.add(problem("may-not-change", step.To.Range(), "{right} does not say that this service may make it {change}", "right", r.Code.Value, "change", step.To.Value).
		WithRelated(at, "the right").WithHelp("Write {may} at the right, if the law lets the service do so.", "may", "may: {"+step.To.Value+": ["+p.service.Code.Value+"]}"))
}

// stepTerms: those that the right needs are said, and no others.
func stepTerms(p *pass, step *catalog.Step, terms []catalog.Term) {
	right := step.Grant
	if step.Kind() == catalog.ChangeStep {
		right = step.Change
	}
	var names []string
	declared := p.catalogue.Right(right.Value).Code.Range()
	for _, t := range terms {
		names = append(names, t.Name)
		if _, said := step.With.Get(t.Name); !said && t.Needed {
			p.add(problem("missing-term", headOf(step), "{right} needs the term {name}", "right", right.Value, "name", t.Name).
				WithRelated(declared, "the right").WithHelp("Write {with}.", "with", "with: {"+t.Name+": …}"))
		}
	}
	for i := range step.With.Entries {
		if key := step.With.Entries[i].Key; !slices.Contains(names, key.Value) {
			p.add(unknown("term", key, names).WithRelated(declared, "the right"))
		}
	}
}

// neverChanged: who may change a right does so somewhere.
func neverChanged(o *overview, r *catalog.Right, change source.Text, service source.Text) {
	s := o.catalogue.Service(service.Value)
	if s == nil || !o.catalogue.Sound(s.File) || !slices.Contains(catalog.RightChanges(), change.Value) {
		return
	}
	for step := range s.AllSteps() {
		if to := step.To.Value; step.Change.Value == r.Code.Value && (to == change.Value || !slices.Contains(catalog.RightChanges(), to)) {
			return // one that is misspelt is reported there
		}
	}
	o.add(warning("never-changes", service.Range(), "{service} never makes the right {change}", "service", service.Value, "change", change.Value).
		WithRelated(s.Code.Range(), "the service").WithHelp("Write a step there with {step}, or remove it here.", "step", "change: "+r.Code.Value+", to: "+change.Value))
}

// neverTold: a reminder of an end that the right never has reminds nobody.
func neverTold(o *overview, r *catalog.Right) {
	if len(r.Reminders) == 0 || !o.catalogue.Complete("services") {
		return
	}
	granted := false
	for _, s := range o.catalogue.Services {
		for step := range s.AllSteps() {
			if step.Grant.Value != r.Code.Value {
				continue
			}
			if _, ends := step.With.Get("validUntil"); ends {
				return
			}
			granted = true
		}
	}
	if granted {
		o.add(warning("never-told", r.RangeOf("reminders"), "no service grants {right} with an end, so nobody is ever reminded of it", "right", r.Code.Value).
			WithHelp("Write validUntil in the with of the step that grants it, or remove the reminders."))
	}
}
