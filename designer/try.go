package designer

import (
	"html/template"
	"slices"
	"strconv"

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
	Scenario     int // which example is chosen
	Carry        walkForm
	Start        []ui.Component // with what a walk begins
	Walk         *walkPart      // in place of all this, a walk that goes on
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
	part := &tryPart{Carry: b.walkForm("")}
	if b.service == nil || b.unsound() {
		part.Broken = true
		return part
	}
	if part.Walk = b.walking; part.Walk != nil {
		return part
	}
	report := servicetest.New(b.c, b.o.Scripts).Service(b.service, nil)
	if report.Problems.HasErrors() {
		part.Broken = true
		return part
	}
	part.Start = b.startOfWalk()
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
	part.Scenario = chosen
	b.story(part, &report.Results[chosen])
	if b.editable && len(part.Differences) > 0 {
		part.Mends = b.exampleMends(chosen)
	}
	return part
}

// story tells one example step by step, and lights its way in the picture.
func (b *workbench) story(part *tryPart, r *servicetest.Result) {
	part.Title = r.Scenario.Title.Value
	k := &walking{workbench: b, suite: servicetest.New(b.c, b.o.Scripts), moves: servicetest.New(b.c, b.o.Scripts).Moves(b.service, r.Scenario), seen: map[string]bool{}}
	walked := k.replay()
	if k.way == nil {
		return
	}
	for _, e := range r.Happened {
		part.Story = append(part.Story, k.happening(e))
	}
	for i := range r.Differences {
		part.Differences = append(part.Differences, r.Differences[i].Diagnostic.In(b.told()).Summary)
	}
	taken := &draw.Taken{Visits: map[string]int{}}
	if walked && k.way.Started() {
		taken = k.taken()
	}
	part.Picture = b.picture(taken)
}

// startOfWalk asks with what a walk begins.
func (b *workbench) startOfWalk() (out []ui.Component) {
	with := ui.Select{Field: ui.Field{Name: "scenario", Label: b.locale.T("designer.walk.with")}, Prompt: b.locale.T("designer.walk.usual")}
	for i := range b.service.Scenarios {
		with.Options = append(with.Options, ui.Option{Value: strconv.Itoa(i), Text: b.service.Scenarios[i].Title.Value})
	}
	if len(with.Options) > 0 {
		out = append(out, with)
	}
	out = append(out, ui.Input{Field: ui.Field{Name: dayControl, Label: b.locale.T("designer.walk.on"), Hint: b.locale.T("designer.walk.onHint"), Optional: true}, Width: 10, MaxLength: 10, Dir: "ltr"})
	if len(b.service.OnBehalf) > 0 {
		as := ui.Select{Field: ui.Field{Name: asControl, Label: b.locale.T("designer.walk.as")}, Prompt: b.locale.T("designer.word.applicant")}
		for i := range b.service.OnBehalf {
			code := string(b.service.OnBehalf[i].As)
			as.Options = append(as.Options, ui.Option{Value: code, Text: b.said("designer.word."+code, code)})
		}
		out = append(out, as)
	}
	return out
}
