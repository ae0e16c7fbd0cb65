package servicetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// mostEvents bounds a scenario; return loops are bounded by the plan.
const mostEvents = 500

// Run compiles a service and runs its scenarios. The findings are those of the compiler, or those of the scenarios.
func Run(c *catalog.Catalogue, s *catalog.Service) diag.List {
	pl, _, list := compile.Compile(c, s)
	if pl == nil {
		return list
	}
	p, err := machine.Load(pl)
	if err != nil {
		return diag.List{diag.New(diag.Error, "plan", s.Head(), "the plan does not load: {problem}", "problem", err.Error())}
	}
	return append(list, Scenarios(c, s, p)...)
}

// Scenarios runs the scenarios of s on its program.
func Scenarios(c *catalog.Catalogue, s *catalog.Service, p *machine.Program) diag.List {
	var list diag.List
	conditions := newConditions(c.Scope(s))
	for i := range s.Scenarios {
		r := &rehearsal{c: c, s: s, p: p, conditions: conditions, sc: &s.Scenarios[i]}
		r.run()
		list.Add(r.list...)
	}
	list.Sort()
	return list
}

// rehearsal is one scenario as it runs.
type rehearsal struct {
	c    *catalog.Catalogue
	s    *catalog.Service
	p    *machine.Program
	sc   *catalog.Scenario
	list diag.List
	*conditions

	at    time.Time
	state machine.State
	path  []string
	fees  []activity.Line
}

func (r *rehearsal) add(code string, at diag.Range, summary string, args ...string) {
	r.list.Add(diag.New(diag.Error, code, at, summary, args...))
}

func (r *rehearsal) run() {
	start, ok := r.start()
	if !ok {
		return
	}
	r.step(machine.Event{Start: start})
	for range mostEvents {
		if len(r.list) > 0 || r.state.Status == machine.Ended {
			break
		}
		r.next()
	}
	if len(r.list) == 0 {
		r.compare()
	}
}

func (r *rehearsal) step(e machine.Event) {
	next, effects, refused := r.p.Step(r.state, e)
	if refused != "" {
		r.add("scenario", r.sc.Title.Range(), "the application cannot go on at {node}: {problem}", "node", r.p.Key(r.state), "problem", string(refused))
		return
	}
	r.state = next
	for _, e := range effects {
		if e.Kind == activity.Entered || e.Kind == activity.Ended {
			if e.Step != "" && (len(r.path) == 0 || r.path[len(r.path)-1] != e.Step) {
				r.path = append(r.path, e.Step)
			}
		}
		if e.Assessment != nil {
			r.fees = append(r.fees, e.Assessment.Lines...)
		}
	}
}

// next does what the application waits for.
func (r *rehearsal) next() {
	if asked := r.state.Asked; asked != nil {
		r.answer(asked)
		return
	}
	t := r.state.Task
	if t == nil {
		r.add("scenario", r.sc.Title.Range(), "the application waits for nothing at {node}", "node", r.p.Key(r.state))
		return
	}
	if t.Kind == machine.IncidentTask {
		r.add("scenario-incident", r.sc.Title.Range(), "at {node} an operator would be asked: {incident}", "node", r.p.Key(r.state), "incident", t.Incident)
		return
	}
	act := activity.Act{ID: "scenario", Facts: activity.Facts{At: r.at}, Node: r.p.Key(r.state), Visit: t.Visit, Revision: t.Revision,
		Action: t.Actions[0], Actor: "officer", Capacities: []string{t.Role}, Comment: true, Reads: r.state.Reads}
	switch r.ends(); {
	case r.ends() == "lapsed" && r.state.Clock != nil && r.state.Clock.Then != "escalate":
		r.step(machine.Event{Due: &machine.Due{At: r.state.Clock.DueAt}})
		return
	case r.ends() == "withdrawn":
		act.Node, act.Action, act.Capacities = "", machine.Withdraw, []string{machine.Applicant}
	case t.Kind == machine.ReviewTask:
		code := r.p.Plan().Nodes[r.state.Node].Step
		decision, ok := r.sc.Decide.Get(code)
		if !ok {
			r.add("scenario-decision", r.sc.Title.Range(), "the scenario does not say what is decided at {step}", "step", code)
			return
		}
		act.Action = decision.Value
	}
	r.step(machine.Event{Act: &act})
}

// ends is the outcome that the applicant brings about at the step where the application is, or "".
func (r *rehearsal) ends() string {
	path, end := r.sc.Expect.Path, r.sc.Expect.End.Value
	if end != "lapsed" && end != "withdrawn" || len(path) > 0 && path[len(path)-1].Value != r.p.Plan().Nodes[r.state.Node].Step {
		return ""
	}
	return end
}

func (r *rehearsal) answer(asked *activity.Lookup) {
	name := asked.Registry + "/" + asked.Operation
	_, given := r.sc.Answers.Get(name)
	if given == nil {
		r.add("scenario-answer", r.sc.Title.Range(), "the scenario does not say what {lookup} answers", "lookup", name)
		return
	}
	a := activity.Answer{Facts: activity.Facts{At: r.at}}
	if given.Kind == source.Mapping {
		_, op := r.c.Operation(name)
		a.Found = true
		a.Values = r.object(given, typesOf(op))
	}
	r.step(machine.Event{Answer: &machine.LookupAnswer{Node: asked.Node, Visit: asked.Visit, Answer: a}})
}

// compare says where something else came out.
func (r *rehearsal) compare() {
	x := &r.sc.Expect
	if r.state.Status != machine.Ended {
		r.add("scenario", r.sc.Title.Range(), "the application does not end")
		return
	}
	if want := texts(x.Path); x.Has("path") && !slices.Equal(want, r.path) {
		r.add("scenario-path", x.RangeOf("path"), "the path is {have}", "have", "["+strings.Join(r.path, ", ")+"]")
	}
	if x.End.Value != r.state.Outcome {
		r.add("scenario-end", x.End.Range(), "the application ends {have}", "have", r.state.Outcome)
	}
	var have []string
	same := len(r.fees) == x.Fees.Len()
	for _, l := range r.fees {
		m := formula.Money{Minor: l.Amount, Currency: r.p.Plan().Currency}
		have = append(have, fmt.Sprintf("%s: %s", l.Fee, m))
		want, ok := x.Fees.Get(l.Fee)
		wanted, err := formula.ParseMoney(want.Value)
		same = same && ok && err == nil && wanted == m
	}
	if !same {
		at := x.KeyRange("end")
		if x.Has("fees") {
			at = x.RangeOf("fees")
		}
		r.add("scenario-fees", at, "the fees are {have}", "have", "{"+strings.Join(have, ", ")+"}")
	}
}

func texts(ts []source.Text) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.Value
	}
	return out
}
