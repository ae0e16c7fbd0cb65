package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
)

var channels = []string{"download", "pick-up", "post", "email"}

// issues: what is issued exists, shows what the application has given, and can be delivered.
func issues(p *pass) {
	c := p.catalogue
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.IssueStep {
			continue
		}
		if c.Document(step.Issue.Value) == nil && c.Complete("documents") {
			p.add(unknown("document", step.Issue, codesOf(c.Documents, func(x *catalog.Document) string { return x.Code.Value })))
		}
		proves(p, step)
		if len(step.Deliver) == 0 {
			p.add(problem("no-channel", step.RangeOf("deliver"), "it is not written how the document is delivered").
				WithHelp("Write deliver: [download]."))
		}
		for j, d := range step.Deliver {
			if !slices.Contains(channels, d.Value) {
				p.add(unknown("channel", d, channels))
			}
			if slices.Index(values(step.Deliver), d.Value) < j {
				p.add(problem("twice", d.Range(), "the channel {name:q} is given twice", "name", d.Value).WithHelp("Remove one of the two."))
			}
		}
		reached(p, step)
		collected(p, step)
	}
}

// reached: a link by e-mail is sent by the installations that have a mail server, and only for some days; there is another way to the document beside it.
func reached(p *pass, step *catalog.Step) {
	if len(step.Deliver) == 1 && step.Deliver[0].Value == "email" {
		p.add(warning("only-email", step.Deliver[0].Range(), "where the installation has no mail server, nobody ever gets this document").
			WithHelp("Write deliver: [download, email], or deliver: [pick-up, email]."))
	}
}

// collected: what is collected waits at an office, for a number of days.
func collected(p *pass, step *catalog.Step) {
	i := slices.Index(values(step.Deliver), "pick-up")
	authority := p.catalogue.Authority(p.service.Authority.Value)
	if i >= 0 && authority != nil && len(authority.Offices) == 0 {
		p.add(problem("no-office", step.Deliver[i].Range(), "{authority} has no office where the document could be collected", "authority", authority.Code.Value).
			WithRelated(authority.Code.Range(), "the authority").WithHelp("Write its offices in its file, or leave pick-up out."))
	}
	if step.Kept.IsZero() {
		return
	}
	durationAt(p, step.Kept)
	d, ok := catalog.ParseDuration(step.Kept.Value)
	switch whole := []catalog.Unit{catalog.Days, catalog.Weeks, catalog.Months}; {
	case i < 0:
		p.add(problem("kept", step.Kept.Range(), "the document is kept nowhere, since nobody collects it").WithHelp("Remove kept, or write deliver: [pick-up]."))
	case ok && !slices.Contains(whole, d.Unit):
		p.add(problem("kept", step.Kept.Range(), "an office keeps a document for days, weeks or months").WithHelp("Write a count and one of these units: 60 days."))
	}
}

// proves: a paper that shows a right is issued where that right was granted or changed before.
func proves(p *pass, step *catalog.Step) {
	d := p.catalogue.Document(step.Issue.Value)
	if d == nil || d.Proves.IsZero() || p.catalogue.Right(d.Proves.Value) == nil {
		return
	}
	at := p.flow.At(step)
	for given := range p.service.AllSteps() {
		if right := given.Grant.Value + given.Change.Value; right == d.Proves.Value && (at < 0 || p.flow.Perhaps(at, given.Code.Value)) {
			return
		}
	}
	p.add(problem("proves-nothing", step.Issue.Range(), "{document} shows the right {right}, which is neither granted nor changed before", "document", step.Issue.Value, "right", d.Proves.Value).
		WithRelated(d.Proves.Range(), "the right that it shows").WithHelp("Put the step behind the one that grants or changes the right."))
}
