package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
)

var channels = []string{"download", "pick-up", "post"}

// issues: what is issued exists, and can be delivered.
func issues(p *pass) {
	c := p.catalogue
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.IssueStep {
			continue
		}
		if c.Document(step.Issue.Value) == nil && c.Complete("documents") {
			p.add(unknown("document", step.Issue, codesOf(c.Documents, func(x *catalog.Document) string { return x.Code.Value })))
		}
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
	}
}
