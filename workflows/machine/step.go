package machine

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Step takes one event. It gives the state after it and the effects that the shell must have carried out before the next event, in
// order. A refused event gives the state that came in and no effects. It is pure: nothing that hangs on s or e is changed, and equal
// inputs give equal results. What the application then waits for stands in the state: Asked, Clock and Task.
func (p *Program) Step(s State, e Event) (State, []activity.Effect, Refusal) {
	return p.step(s, e, nil)
}

func (p *Program) step(s State, e Event, t *Trace) (State, []activity.Effect, Refusal) {
	r := runs.Get().(*run)
	defer r.reuse()
	r.p, r.s, r.values, r.trace = p, s, s.values, t
	if refused := r.take(e); refused != "" {
		return s, nil, refused
	}
	r.tell()
	r.s.Sequence++
	r.s.values = r.values.share()
	return r.s, slices.Clone(r.effects), ""
}

// runs are used again, with the array of their effects: a step would otherwise cost more for its own bookkeeping than for what it does.
var runs = sync.Pool{New: func() any { return &run{effects: make([]activity.Effect, 0, 8)} }}

// reuse gives the run back and keeps nothing of the application.
func (r *run) reuse() {
	clear(r.effects)
	*r = run{effects: r.effects[:0]}
	runs.Put(r)
}

// run is one step on its way. Its state is a shallow copy: what hangs on it is replaced, never written to.
type run struct {
	p       *Program
	s       State
	at      time.Time
	values  *values
	local   *values // what the current token's scope knows beside
	localOf int
	effects []activity.Effect
	// arrivals are the tokens that have been forked and the nodes that they are to enter.
	arrivals  []arrival
	cur       int  // index of the token that moves
	visited   bool // s.Visits is already this run's own copy
	left      int  // nodes that may still be entered
	postponed bool // limits end later than they did
	dry       bool // stop at a payment, even one of zero, without asking for it, and take reviews to be decided in favour
	assumed   bool // a dry run has taken a review to be decided
	trace     *Trace
}

type arrival struct{ token, node int }

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
	case r.s.Status == Ended && e.Act != nil && e.Act.Action == Reopen && e.Act.Node == "":
		return r.takeUp(e.Act)
	case r.s.Status == Ended:
		return Over
	case !r.p.fits(&r.s):
		return Invalid
	}
	r.s.Tokens = slices.Clone(r.s.Tokens)
	r.left = r.p.most
	if r.values == nil {
		r.values = r.p.valuesOf(&r.s)
	}
	var refused Refusal
	switch {
	case e.Act != nil:
		r.facts(e.Act.Facts)
		refused = r.act(e.Act)
	case e.Answer != nil:
		r.facts(e.Answer.Answer.Facts)
		refused = r.answer(e.Answer)
	default:
		r.facts(activity.Facts{At: e.Due.At, Calendar: e.Due.Calendar, Tariffs: e.Due.Tariffs})
		refused = r.due()
	}
	if refused == "" {
		r.conclude()
	}
	return refused
}

// errNoText says that a formula of text gave something else; Load does not let that happen.
var errNoText = errors.New("no text")

// conclude says where the application now is: where the applicant is waited for, else at its first token.
func (r *run) conclude() {
	if r.s.Status == Ended {
		r.s.Case, r.s.Suspended = nil, nil
		return
	}
	r.keepDeadline()
	r.s.Status, r.s.Node = Open, r.s.Tokens[0].Node
	for i := range r.s.Tokens {
		if t := r.s.Tokens[i].Task; t != nil && (t.Role == Applicant || t.Kind == PaymentTask) {
			r.s.Status, r.s.Node = Waiting, r.s.Tokens[i].Node
			return
		}
	}
}

// fits tells a state of this plan from one of another.
func (p *Program) fits(s *State) bool {
	if len(s.Tokens) == 0 || s.Node < 0 || s.Node >= len(p.nodes) || len(s.Visits) != len(p.nodes) || s.Tokens[0].Of != 0 {
		return false
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		if t.Node < 0 || t.Node >= len(p.nodes) || i > 0 && (t.Of == 0 || indexOf(s.Tokens[:i], t.Of) < 0) || indexOf(s.Tokens[:i], t.ID) >= 0 {
			return false
		}
		n := &p.nodes[t.Node]
		kind := n.Kind
		if t.Asked != nil && !asks(kind) && (kind != plan.Review || n.of == nil) || t.Region != nil && kind != plan.Fork || t.Region == nil && i+1 < len(s.Tokens) && s.Tokens[i+1].Of == t.ID {
			return false
		}
		if t.Task != nil && !t.Task.fits(kind) {
			return false
		}
		if t.Next != nil && (s.Suspended == nil || *t.Next < 0 || *t.Next >= len(p.nodes) || t.Task != nil || t.Asked != nil) {
			return false
		}
	}
	return p.undoes(s)
}

func (t *Task) fits(kind plan.Kind) bool {
	switch t.Kind {
	case ReviewTask:
		return kind == plan.Review
	case CorrectTask:
		return kind == plan.Correct
	case PaymentTask:
		return kind == plan.Pay
	case InviteTask:
		return kind == plan.Invite
	case AppointmentTask:
		return kind == plan.Appointment
	case EventTask:
		return kind == plan.Wait && len(t.Actions) == 1
	case ChildTask:
		return kind == plan.Start
	case PlaceTask:
		return kind == plan.Place
	case PayoutTask:
		return kind == plan.PayOut
	}
	return t.Kind == IncidentTask
}

// facts takes what every event brings.
func (r *run) facts(f activity.Facts) {
	r.at = f.At.UTC()
	if was := r.s.Calendar; f.Calendar != nil {
		r.s.Calendar = f.Calendar
		r.lengthen(was)
	}
	if f.Tariffs != nil {
		r.s.Tariffs = f.Tariffs
		if r.values != nil && r.values.tariff != "" {
			r.values = r.values.with("tariff", nil)
		}
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
	r.s.Tokens = []Token{{ID: 1}}
	r.left = r.p.most
	r.values = r.p.valuesOf(&r.s)
	r.walk(0)
	r.conclude()
	return ""
}

// stand makes the token that is at a visit of a node the current one.
func (r *run) stand(key string, visit int) bool {
	i, known := r.p.index[key]
	if !known {
		return false
	}
	for at := range r.s.Tokens {
		if t := &r.s.Tokens[at]; t.Node == i && t.Visit == visit {
			r.cur = at
			return true
		}
	}
	return false
}

// due takes the rung that is over the longest.
func (r *run) due() Refusal {
	if o := r.s.Suspended; o != nil {
		if r.at.Before(o.Until) {
			return r.early()
		}
		return r.resume("")
	}
	first := -1
	for i := range r.s.Tokens {
		if c := r.s.Tokens[i].Clock; len(c) > 0 && (first < 0 || c[0].DueAt.Before(r.s.Tokens[first].Clock[0].DueAt)) {
			first = i
		}
	}
	if c := r.s.Case; c.runs() && (first < 0 || c.Clock[0].DueAt.Before(r.s.Tokens[first].Clock[0].DueAt)) {
		if r.at.Before(c.Clock[0].DueAt) {
			return r.early()
		}
		r.overdue()
		return ""
	}
	if first < 0 || r.at.Before(r.s.Tokens[first].Clock[0].DueAt) {
		return r.early()
	}
	r.cur = first
	t := r.t()
	over := t.Clock[0]
	r.mark(Mark{What: LimitMark, At: t.Node, Name: over.Then})
	if t.Clock = t.Clock[1:]; len(t.Clock) == 0 {
		t.Clock = nil
	}
	switch over.Then {
	case plan.Remind:
		r.effect(activity.Remind)
	case plan.Escalate:
		r.effect(activity.Escalate)
	default:
		if n := r.node(); n.Kind == plan.Invite && n.Invite.Whom == Public && t.Task != nil && n.Root() != "" {
			r.counted(n, t.Task.Heard)
		}
		r.goOn(over.Then, "")
	}
	return ""
}
