package machine

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Step takes one event. It gives the state after it and the effects that the shell must have carried out before the next event, in
// order. A refused event gives the state that came in and no effects. It is pure: nothing that hangs on s or e is changed, and equal
// inputs give equal results. What the application then waits for stands in the state: Asked, Clock and Task.
func (p *Program) Step(s State, e Event) (State, []activity.Effect, Refusal) {
	r := run{p: p, s: s, values: s.values}
	if refused := r.take(e); refused != "" {
		return s, nil, refused
	}
	r.s.Sequence++
	r.s.values = r.values
	return r.s, r.effects, ""
}

// run is one step on its way. Its state is a shallow copy: what hangs on it is replaced, never written to.
type run struct {
	p       *Program
	s       State
	at      time.Time
	values  *values
	effects []activity.Effect
	visited bool // s.Visits is already this run's own copy
	dry     bool // stop at a payment, even one of zero, without asking for it, and take reviews to be decided in favour
	assumed bool // a dry run has taken a review to be decided
}

func (r *run) take(e Event) Refusal {
	given := 0
	for _, is := range [...]bool{e.Start != nil, e.Act != nil, e.Answer != nil, e.Due != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return Invalid
	case (e.Start != nil) != (r.s.Status == ""):
		return Invalid
	case e.Start != nil:
		return r.start(e.Start)
	case !r.fits():
		return Invalid
	case r.s.Status == Ended:
		return Over
	}
	if r.values == nil {
		r.values = r.p.valuesOf(&r.s)
	}
	r.effects = make([]activity.Effect, 0, 6)
	switch {
	case e.Act != nil:
		r.facts(e.Act.Facts)
		return r.act(e.Act)
	case e.Answer != nil:
		r.facts(e.Answer.Answer.Facts)
		return r.answer(e.Answer)
	}
	r.at = e.Due.At.UTC()
	return r.due()
}

// fits tells a state of this plan from one of another.
func (r *run) fits() bool {
	s := &r.s
	if s.Node < 0 || s.Node >= len(r.p.nodes) || len(s.Visits) != len(r.p.nodes) {
		return false
	}
	kind := r.p.nodes[s.Node].Kind
	if s.Asked != nil && kind != plan.Lookup {
		return false
	}
	if s.Task == nil {
		return true
	}
	switch s.Task.Kind {
	case ReviewTask:
		return kind == plan.Review
	case CorrectTask:
		return kind == plan.Correct
	case PaymentTask:
		return kind == plan.Pay && len(s.Assessments) > 0
	}
	return s.Task.Kind == IncidentTask
}

// facts takes what every event brings.
func (r *run) facts(f activity.Facts) {
	r.at = f.At.UTC()
	if f.Calendar != nil {
		r.s.Calendar = f.Calendar
	}
}

func (r *run) start(s *activity.Start) Refusal {
	if s.Application == "" || s.Facts.At.IsZero() {
		return Invalid
	}
	r.facts(s.Facts)
	r.s.Application, r.s.Applicant = s.Application, s.Applicant
	r.s.Submitted = dayOf(r.at, r.p.zone).String()
	r.s.Reads, r.s.Tariff = s.Reads, s.Tariff
	r.s.Visits, r.visited = make([]int, len(r.p.nodes)), true
	r.values = r.p.valuesOf(&r.s)
	r.walk(0)
	return ""
}

// answer takes what a registry said, if it is the one that is waited for.
func (r *run) answer(a *LookupAnswer) Refusal {
	asked := r.s.Asked
	if asked == nil || a.Node != asked.Node || a.Visit != asked.Visit {
		return Late
	}
	result := r.node().Lookup.Result
	r.s.Asked = nil
	if a.Answer.Failed != "" {
		r.incident(LookupFailed)
		return ""
	}
	answers := slices.DeleteFunc(slices.Clone(r.s.Answers), func(o Answered) bool { return o.Result == result })
	outcome, object := "notFound", map[string]any(nil)
	if a.Answer.Found {
		kept := Answered{Result: result}
		for _, name := range asked.Keep {
			if v, ok := a.Answer.Values[name]; ok {
				kept.set(name, v)
			}
		}
		var err error
		if object, err = r.p.decodeRoot(result, kept.Values); err != nil {
			r.incident(LookupFailed)
			return ""
		}
		outcome, answers = "found", append(answers, kept)
	}
	if len(answers) == 0 {
		answers = nil
	}
	r.s.Answers, r.values = answers, r.values.with(result, object)
	r.goOn(outcome, "")
	return ""
}

// due takes the end of the armed clock.
func (r *run) due() Refusal {
	c := r.s.Clock
	if c == nil || r.at.Before(c.DueAt) {
		return Late
	}
	if c.Then == escalate {
		r.s.Clock = nil
		r.effect(activity.Escalate)
		return ""
	}
	r.goOn(c.Then, "")
	return ""
}

func (r *run) node() *node { return &r.p.nodes[r.s.Node] }

// effect adds an effect of the node where the application is; the caller fills in the rest.
func (r *run) effect(kind activity.EffectKind) *activity.Effect {
	n := r.node()
	r.effects = append(r.effects, activity.Effect{Kind: kind, Node: n.Key, Step: n.Step, Visit: r.s.Visits[r.s.Node]})
	return &r.effects[len(r.effects)-1]
}

// speaks tells nodes that a timeline shows from those that only decide.
func (n *node) speaks() bool { return n.Kind != plan.Gate && n.Kind != plan.End }
