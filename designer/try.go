package designer

import (
	"html/template"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// tryPart is what the examples of a service come to, and one of them step by step.
type tryPart struct {
	Broken, None bool
	Examples     []example
	Reached, All int
	Missing      []string // what no example reaches
	Story        []happening
	Differences  []string
	Mends        []mend // what can be done about an example that comes out otherwise
	Title        string
	Picture      template.HTML
	Form         template.HTML // by which an example is added; nothing where it cannot
}

// example is one scenario with how it came out.
type example struct {
	branch
	Tag ui.Tag
}

// happening is one thing that happened.
type happening struct{ At, Step, What string }

// tryPart runs the scenarios of the service.
func (b *workbench) tryPart() *tryPart {
	part := &tryPart{}
	if b.service == nil || b.unsound() {
		part.Broken = true
		return part
	}
	report := servicetest.New(b.c, b.o.Scripts).Service(b.service, nil)
	if report.Problems.HasErrors() {
		part.Broken = true
		return part
	}
	if b.editable {
		part.Form = b.exampleForm()
	}
	chosen := min(max(0, b.chosen()), max(0, len(report.Results)-1))
	links := b.scenarios(chosen, false)
	for i := range report.Results {
		tag := ui.Tag{State: ui.Done, Text: b.locale.T("designer.try.passed")}
		if !report.Results[i].Passed() {
			tag = ui.Tag{State: ui.Overdue, Text: b.locale.T("designer.try.failed")}
		}
		part.Examples = append(part.Examples, example{links[i], tag})
	}
	for _, p := range report.Coverage {
		if part.All++; p.Times > 0 {
			part.Reached++
		} else if !slices.Contains(part.Missing, p.Name) {
			part.Missing = append(part.Missing, p.Name)
		}
	}
	if part.None = len(report.Results) == 0; part.None {
		return part
	}
	b.story(part, &report.Results[chosen])
	if b.editable && len(part.Differences) > 0 {
		part.Mends = b.exampleMends(chosen)
	}
	return part
}

// story tells one example step by step, and lights its way in the picture.
func (b *workbench) story(part *tryPart, r *servicetest.Result) {
	part.Title = r.Scenario.Title.Value
	taken := &draw.Taken{Visits: map[string]int{}}
	for _, e := range r.Happened {
		day := b.locale.Day(e.At.Format(time.DateOnly))
		one := happening{At: day, What: e.In(b.told()), Step: e.Step}
		if s := b.service.Step(e.Step); s != nil {
			if title := b.say(s.Title); title != "" {
				one.Step = title
			}
			taken.Visits[e.Step] = 1
		}
		part.Story = append(part.Story, one)
	}
	for i := range r.Differences {
		part.Differences = append(part.Differences, r.Differences[i].Diagnostic.In(b.told()).Summary)
	}
	part.Picture = b.picture(taken)
}
