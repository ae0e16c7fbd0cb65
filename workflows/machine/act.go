package machine

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// act takes what a person or another system did, if they may and it still fits.
func (r *run) act(a *activity.Act) Refusal {
	if a.Node == "" {
		return r.occur(a)
	}
	if !r.stand(a.Node, a.Visit) {
		return Closed
	}
	n, t := r.node(), r.t().Task
	switch {
	case t == nil:
		return Closed
	case !t.system() && a.Revision != t.Revision: // other systems know no revisions
		return Revision
	case t.Kind == AppointmentTask && a.Action == Book && r.s.Suspended == nil:
		return r.book(n, t, a)
	case !slices.Contains(a.Capacities, t.Role):
		return Forbidden
	case !slices.Contains(t.Actions, a.Action):
		return UnknownAction
	case r.s.Suspended != nil && t.personal():
		return Suspended
	}
	switch t.Kind {
	case ReviewTask, InviteTask:
		return r.decide(a)
	case CorrectTask:
		return r.submit(a)
	case AppointmentTask:
		return r.appointed(n, t, a)
	case EventTask:
		return r.happens(a)
	case PaymentTask:
		r.paid()
		if !r.nextInstalment(n, a.Actor) {
			r.goOn(Paid, a.Actor)
		}
	case ChildTask:
		kept, given, bad := r.brought(n, a)
		if bad != "" {
			return bad
		}
		if given {
			r.learn(kept)
			r.effect(activity.Keep).Values = kept.Values
		}
		r.gone(r.t().Node, r.t().Visit) // what has ended is not withdrawn any more
		r.goOn(a.Action, "")
	case PlaceTask:
		return r.placed(a)
	case PayoutTask:
		if a.Action == Failed { // nothing was paid; trying again is another visit, and another payout
			r.close(PaidOut, "")
			r.incident(PayoutFailed)
			return ""
		}
		r.goOn(PaidOut, a.Actor)
	case IncidentTask:
		if a.Action == Skip {
			return r.skip(n, t, a)
		}
		r.retry(n, t, a.Actor)
	}
	return ""
}

// system tells the tasks that no person answers.
func (t *Task) system() bool {
	k := t.Kind
	return k == PaymentTask || k == EventTask || k == ChildTask || k == PayoutTask || k == PlaceTask && t.Role == Rounds
}

// personal tells the tasks in which somebody decides, says or does something about the application; they stand still with it. An incident is
// about the system.
func (t *Task) personal() bool { return !t.system() && t.Kind != IncidentTask }

// retry tries again what an incident has stopped. What is done outside keeps its visit, so that it is never done twice.
func (r *run) retry(n *node, t *Task, actor string) {
	r.close(Retry, actor)
	switch u := r.t().Undoing; {
	case u != nil:
		r.takeBack(u.To, r.written(u.Node, u.Visit)) // fits has looked that it is there
	case t.After != "":
		r.goOn(t.After, actor)
	case asks(n.Kind) && n.Kind != plan.Lookup:
		r.ask(n)
	default:
		r.walk(r.t().Node)
	}
}

func (r *run) correct(n *node) {
	if !r.arm(n) {
		return
	}
	r.open(&Task{Kind: CorrectTask, Role: Applicant, Actions: []string{Submit}}, &activity.Task{Frozen: n.Correct.Frozen})
}

// submit takes a corrected form: its values replace those of the form, while what is known of the applicant, and of who applies for them, stays
// as it was.
func (r *run) submit(a *activity.Act) Refusal {
	reads := make(map[string]json.RawMessage, len(r.p.reads))
	for _, path := range r.p.reads {
		from := a.Reads
		if path.root == Applicant || path.root == representative {
			from = r.s.Reads
		}
		if v, ok := from[path.full]; ok {
			reads[path.full] = v
		}
	}
	next := r.s
	next.Reads = reads
	if len(reads) == 0 {
		next.Reads = nil
	}
	values := r.p.valuesOf(&next)
	if values.err != nil && r.values.err == nil {
		return Invalid
	}
	for _, path := range r.node().Correct.Frozen {
		path = "form." + strings.TrimPrefix(path, "form.")
		if !same(r.s.Reads[path], reads[path]) {
			return Frozen
		}
	}
	r.s.Reads, r.values, r.local = next.Reads, values, nil
	r.goOn(Submit, a.Actor)
	return ""
}
