package servicetest

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Outcome is what came of a scenario, whatever it expects.
type Outcome struct {
	Ran  bool            // the application was accepted; without it there is nothing else
	Path []string        // steps that were reached, in order
	Fees []activity.Line // in minor units of the plan's currency
	End  string          // "" where the application still waits, or could not go on

	Documents []string // that were issued, in order
	Waits     string   // a step at which it still waits, or ""
	Barred    string   // why the form was not asked, as a scenario names it, or ""
	Stopped   string   // what is wrong with the scenario beside what it expects, in English, or ""
}

// stops tells that the difference is of what a scenario says, not of what it expects.
func (d *Difference) stops() bool {
	return d.Severity == diag.Error && !slices.Contains([]string{"path", "end", "fees", "total", "refunds", "tasks", "documents", "undone", "dates", "came", "ineligible"}, d.Aspect)
}

// Outcomes runs scenarios on s, which may be those of another version of the service: what they ask for and s does not know is
// left out of the outcome, not reported. There are none where s does not compile. The order is that of the scenarios.
func (x *Suite) Outcomes(s *catalog.Service, scenarios []catalog.Scenario) []Outcome {
	u, _ := x.compile(s)
	if u == nil {
		return nil
	}
	var trace machine.Trace
	out := make([]Outcome, len(scenarios))
	for i := range scenarios {
		r := rehearse(u, &scenarios[i], &trace)
		out[i] = Outcome{Ran: len(r.path) > 0 || r.state.Status == machine.Ended, Path: slices.Clone(r.path), Fees: r.fees, Documents: r.documents, Barred: r.barred}
		if r.state.Status == machine.Ended {
			out[i].End = r.state.Outcome
		}
		for _, w := range u.p.Waits(r.state) {
			if out[i].Waits == "" {
				out[i].Waits = w.Step
			}
		}
		if j := slices.IndexFunc(r.differences, func(d Difference) bool { return d.stops() }); j >= 0 {
			out[i].Stopped = r.differences[j].Summary
		}
	}
	return out
}
