package servicetest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// reply is what somebody does about a wait, and when; silent is nothing.
type reply struct {
	at     time.Time
	do     func()
	silent bool
}

// replyTo is the reply to a wait; it stays the same until it is given, or until the wait's clock has run out.
func (r *rehearsal) replyTo(w machine.Wait) *reply {
	key := visit{w.Node, w.Visit}
	if w.Kind == machine.IncidentTask {
		key.node += "!" // what is asked of the operator is another thing than what was asked before
	}
	if known := r.replies[key]; known != nil {
		return known
	}
	do, silent := r.respond(w)
	answer := &reply{at: r.now, silent: silent || do == nil}
	answer.do = func() {
		delete(r.replies, key) // several may be asked one after the other at one wait, as the members of a panel are
		do()
	}
	if !answer.silent && len(r.differences) == 0 {
		answer.at = r.later(w)
	}
	r.replies[key] = answer
	return answer
}

// respond finds what the scenario says about a wait.
func (r *rehearsal) respond(w machine.Wait) (do func(), silent bool) {
	switch w.Kind {
	case machine.LookupWait:
		return r.lookup(w)
	case machine.IncidentTask:
		return r.incident(w)
	case machine.PaymentTask:
		word, said, spent := taken(r, "pay", r.sc.Pay, w)
		switch {
		case spent:
			return exhausted(r, r.sc.Pay, w)
		case said && word.Value == catalog.NotPaid:
			return nil, true
		case said && word.Value != catalog.Paid:
			r.differ("scenario-pay", word.Range(), "{word:q} is neither paid nor not", "word", word.Value)
			return nil, true
		}
		return func() { r.act(w.Act(machine.Paid, "gateway", r.facts())) }, false
	case machine.PayoutTask: // it arrives
		return func() { r.act(w.Act(machine.PaidOut, "gateway", r.facts())) }, false
	case machine.CorrectTask:
		return r.correct(w)
	case machine.EventTask, machine.SuspendWait: // an event comes by itself
		return nil, true
	case machine.ChildTask:
		return r.child(w)
	case machine.PlaceTask:
		if w.Role == machine.Applicant && !r.says(w) { // who says nothing else takes the place
			return func() { r.act(w.Act(machine.Accept, applicant, r.facts())) }, false
		}
	case machine.AppointmentTask:
		if slices.Contains(w.Actions, machine.Book) {
			return r.book(w)
		}
	}
	if len(w.Actions) == 0 { // only time, or somebody outside, goes on from here
		return nil, true
	}
	return r.decide(w)
}

// decide takes the decision that the scenario names.
func (r *rehearsal) decide(w machine.Wait) (do func(), silent bool) {
	word, said, spent := taken(r, "decide", r.sc.Decide, w)
	switch {
	case w.Role == machine.Public && (spent || said && r.used["decide/"+w.Step] > 1 && !r.listed(w)):
		return nil, true // nobody else says anything
	case spent:
		return exhausted(r, r.sc.Decide, w)
	case !said && r.sc.Expect.Waits.Value == w.Step:
		return nil, true
	case !said && onlySends(w):
		word.Value = catalog.SubmitOutcome
	case !said:
		r.differ("scenario-decision", r.sc.Title.Range(), "the scenario does not say what is decided at {step}", "step", w.Step).
			help("Write {decide}; the decisions are {names}, and silence.", "decide", "decide: {"+w.Step+": "+w.Actions[0]+"}", "names", strings.Join(w.Actions, ", "))
		return nil, true
	case word.Value == catalog.Silence:
		return nil, true
	case r.triaged(w) && word.Value == catalog.Taken:
		word.Value = machine.Submit
	case r.triaged(w) && word.Value == catalog.SetAside:
		return func() {}, false
	}
	if !slices.Contains(w.Actions, word.Value) {
		d := r.differ("scenario-decision", word.Range(), "at {step} nobody can decide {word:q}", "step", w.Step, "word", word.Value)
		d.Suggestion = diag.Near(word.Value, w.Actions)
		return nil, true
	}
	return func() {
		r.deciders++
		a := w.Act(word.Value, "officer-"+strconv.Itoa(r.deciders), r.facts()) // everybody decides once: four eyes are told apart, and votes
		a.Comment = true
		if written, ok, _ := taken(r, "fields", r.sc.Fields, w); ok {
			a.Reads = r.fields(w, written)
		}
		if len(r.differences) == 0 {
			r.act(a)
		}
	}, false
}

// says tells whether the scenario has one more reply to a decision in a list.
func (r *rehearsal) says(w machine.Wait) bool {
	said, _ := r.sc.Decide.Get(w.Step)
	return said.Listed && r.used["decide/"+w.Step] < len(said.Values)
}

// onlySends tells that whoever is asked has something to write and nothing to decide.
func onlySends(w machine.Wait) bool {
	return w.Role != machine.Public && slices.Equal(w.Actions, []string{catalog.SubmitOutcome})
}

// triaged tells whether an officer looks at what is said before it counts: the scenario then says taken or setAside.
func (r *rehearsal) triaged(w machine.Wait) bool {
	return slices.ContainsFunc(r.u.p.Plan().Nodes, func(n plan.Node) bool { return n.Key == w.Node && n.Invite != nil && n.Invite.Triage != nil })
}

// listed tells whether the scenario replies to a decision with a list.
func (r *rehearsal) listed(w machine.Wait) bool {
	said, _ := r.sc.Decide.Get(w.Step)
	return said.Listed
}

// book takes the next working day, unless the scenario says silence.
func (r *rehearsal) book(w machine.Wait) (do func(), silent bool) {
	if said, _ := r.sc.Decide.Get(w.Step); len(said.Values) == 1 && said.Values[0].Value == catalog.Silence {
		taken(r, "decide", r.sc.Decide, w)
		return nil, true
	}
	return func() {
		a := w.Act(machine.Book, applicant, r.facts())
		a.Reference = r.u.calendar.after(r.now, catalog.Duration{Count: 1, Unit: catalog.WorkingDays}).UTC().Format(time.RFC3339)
		r.act(a)
	}, false
}

// child ends the service that was started.
func (r *rehearsal) child(w machine.Wait) (do func(), silent bool) {
	outcome, said, spent := taken(r, "started", r.sc.Started, w)
	switch {
	case spent:
		return exhausted(r, r.sc.Started, w)
	case said && outcome.Value == catalog.Silence, !said && r.sc.Expect.Waits.Value == w.Step:
		return nil, true
	case !said:
		r.differ("scenario-decision", r.sc.Title.Range(), "the scenario does not say how the service ends that {step} has started", "step", w.Step).
			help("Write {started}, or silence.", "started", "started: {"+w.Step+": issued}")
		return nil, true
	}
	return func() {
		a := w.Act(w.Actions[0], "service", r.facts())
		raw, _ := json.Marshal(outcome.Value) // a text always can be
		for i := range r.u.p.Plan().Nodes {
			if n := &r.u.p.Plan().Nodes[i]; n.Key == w.Node {
				a.Reads = map[string]json.RawMessage{n.Root() + ".outcome": raw}
			}
		}
		r.act(a)
	}, false
}

// correct sends the form back with what the scenario changes in it.
func (r *rehearsal) correct(w machine.Wait) (do func(), silent bool) {
	change, said, spent := taken(r, "corrections", r.sc.Corrections, w)
	switch {
	case spent:
		return exhausted(r, r.sc.Corrections, w)
	case said && change.Kind == source.Scalar && change.Value == catalog.Silence:
		return nil, true
	case said && change.Kind != source.Mapping:
		r.differ("scenario-value", change.Range(), "a correction is fields with values, or silence")
		return nil, true
	}
	return func() {
		reads := r.corrected(change)
		if reads == nil {
			return
		}
		a := w.Act(machine.Submit, applicant, r.facts())
		a.Reads = reads
		r.act(a)
	}, false
}

// incident is skipped by the operator where the scenario decides so, and looked at again where it has another answer of the registry.
func (r *rehearsal) incident(w machine.Wait) (do func(), silent bool) {
	if word, said, _ := taken(r, "decide", r.sc.Decide, w); said && word.Value == machine.Skip {
		if slices.Contains(w.Actions, machine.Skip) {
			return func() { r.act(w.Act(machine.Skip, "operator", r.facts())) }, false
		}
		r.differ("scenario-decision", word.Range(), "the operator cannot skip {step} here ({why})", "step", w.Step, "why", r.u.p.Skips(w.Node, w.Incident).Why)
		return nil, true
	}
	name := r.asks(w.Node)
	answers, _ := r.sc.Answers.Get(name)
	if name != "" && answers.Listed && r.used["answers/"+name] < len(answers.Values) {
		return func() { r.act(w.Act(machine.Retry, "operator", r.facts())) }, false
	}
	if r.sc.Expect.Waits.Value == w.Step {
		return nil, true
	}
	r.differ("scenario-incident", r.sc.Title.Range(), "at {node} an operator would be asked: {incident}", "node", w.Node, "incident", w.Incident).
		help("Write {waits} in place of end where that is meant.", "waits", "waits: "+w.Step)
	return nil, true
}

// asks is the operation that a node asks, or "".
func (r *rehearsal) asks(node string) string {
	for i := range r.u.p.Plan().Nodes {
		if n := &r.u.p.Plan().Nodes[i]; n.Key == node && n.Lookup != nil {
			return n.Lookup.Registry + "/" + n.Lookup.Operation
		}
	}
	return ""
}

// lookup answers as a registry does.
func (r *rehearsal) lookup(w machine.Wait) (do func(), silent bool) {
	switch w.Lookup.Do {
	case activity.Draw:
		return r.draw(w)
	case activity.Change, activity.Begin:
		return r.done(w)
	case activity.Authority:
		return func() {
			a := r.u.authority(w.Lookup)
			a.Facts = r.facts()
			r.step(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: a}})
		}, false
	}
	name := w.Lookup.Registry + "/" + w.Lookup.Operation
	answers, given := r.sc.Answers.Get(name)
	if !given && takesBack(w.Node) { // it is done, where nothing is said
		return func() {
			r.step(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: activity.Answer{Facts: r.facts(), Found: true}}})
		}, false
	}
	if !given {
		_, op := r.u.c.Operation(name)
		fields := ""
		if op != nil {
			fields = strings.Join(op.Gives.Keys(), ": …, ") + ": …"
		}
		r.differ("scenario-answer", r.sc.Title.Range(), "the scenario does not say what {lookup} answers", "lookup", name).
			help("Write {answers}, or notFound, or failed.", "answers", "answers: {"+name+": {"+fields+"}}")
		return nil, true
	}
	value, ok := answers.Time(r.used["answers/"+name])
	if !ok {
		r.differ("scenario-answer", answers.Range(), "{lookup} is asked once more than it answers here", "lookup", name).
			help("Add what it answers then.")
		return nil, true
	}
	r.used["answers/"+name]++
	a, ok := r.read(value, name)
	if !ok {
		return nil, true
	}
	return func() {
		a.Facts = r.facts()
		r.step(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: a}})
	}, false
}

// authority answers as the platform does: whether the catalogue has the authority that the application names.
func (u *unit) authority(l *activity.Lookup) activity.Answer {
	return activity.Answer{Found: u.c.Authority(l.Subject) != nil}
}

// read reads an answer of the operation called name as it is written; false is a difference.
func (r *rehearsal) read(value *source.Node, name string) (a activity.Answer, ok bool) {
	switch {
	case value.Kind == source.Scalar && value.Value == catalog.Failed:
		a.Failed = catalog.Failed
	case value.Kind == source.Mapping:
		_, op := r.u.c.Operation(name)
		a.Found, a.Values = true, r.object(value, typesOf(op.Gives))
	case value.Kind == source.Scalar && value.Value != catalog.NotFound:
		r.differ("scenario-value", value.Range(), "{value:q} is no answer", "value", value.Value).
			help("Write what it gives, notFound or failed.")
		return a, false
	}
	return a, len(r.differences) == 0
}

// draw gives the channel that the scenario names.
func (r *rehearsal) draw(w machine.Wait) (do func(), silent bool) {
	channel, said, spent := taken(r, "draw", r.sc.Draw, w)
	if spent {
		return exhausted(r, r.sc.Draw, w)
	}
	var have []string
	for _, c := range w.Lookup.Channels {
		have = append(have, c.Name)
	}
	if !said {
		r.differ("scenario-decision", r.sc.Title.Range(), "the scenario does not say what {step} draws", "step", w.Step).
			help("Write {draw}; the channels are {channels}.", "draw", "draw: {"+w.Step+": "+have[0]+"}", "channels", have)
		return nil, true
	}
	if !slices.Contains(have, channel.Value) {
		d := r.differ("scenario-decision", channel.Range(), "{step} cannot draw {word:q}", "step", w.Step, "word", channel.Value)
		d.Suggestion = diag.Near(channel.Value, have)
		return nil, true
	}
	return r.answered(w, "channel", channel.Value), false
}

// done carries out at once what is done inside the platform: a right that is granted or changed, a service that is started.
func (r *rehearsal) done(w machine.Wait) (do func(), silent bool) {
	if w.Lookup.Do == activity.Begin {
		return r.answered(w, "application", "scenario-started"), false
	}
	number := w.Lookup.Of
	if number == "" {
		number = "R-1"
	}
	answer := r.answered(w, "number", number)
	return func() {
		r.rights = append(r.rights, right{w.Lookup.Subject, w.Lookup.Operation})
		r.note(w.Step, "{right}: {change}", "right", w.Lookup.Subject, "change", w.Lookup.Operation)
		answer()
	}, false
}

// answered answers with one value.
func (r *rehearsal) answered(w machine.Wait, name, value string) func() {
	raw, _ := json.Marshal(value) // a text always can be
	return func() {
		r.step(machine.Event{Answer: &machine.LookupAnswer{Node: w.Node, Visit: w.Visit, Answer: activity.Answer{
			Facts: r.facts(), Found: true, Values: map[string]json.RawMessage{name: raw},
		}}})
	}
}

// taken takes the next of the replies under the wait's node or step. exhausted says that there are some, and fewer than are asked for.
func taken[T any](r *rehearsal, what string, said source.Map[source.Successive[T]], w machine.Wait) (v T, found, exhausted bool) {
	for _, key := range []string{w.Node, w.Step} {
		values, there := said.Get(key)
		if !there {
			continue
		}
		v, found = values.Time(r.used[what+"/"+key])
		r.used[what+"/"+key]++
		return v, found, !found
	}
	return v, false, false
}

// exhausted reports that a step asks more often than the scenario replies.
func exhausted[T any](r *rehearsal, said source.Map[source.Successive[T]], w machine.Wait) (func(), bool) {
	values, there := said.Get(w.Node)
	if !there {
		values, _ = said.Get(w.Step)
	}
	r.differ("scenario-reply", values.Range(), "{step} asks once more than the scenario replies", "step", w.Step).
		help("Add a reply for that time, or write one reply that stands for every time.")
	return nil, true
}

// later is when a reply comes that takes what the scenario says. What the platform does by itself at the same step takes no time.
func (r *rehearsal) later(w machine.Wait) time.Time {
	now := r.now
	if w.From.After(now) { // nobody may act before
		now = w.From.In(r.u.p.Zone())
	}
	if itselfDone(w) {
		return now
	}
	d, said, _ := taken(r, "takes", r.sc.Takes, w)
	if !said {
		return now
	}
	duration, ok := catalog.ParseDuration(d.Value)
	if !ok {
		r.noDuration(d)
		return r.now
	}
	return r.u.calendar.after(now, duration)
}

func (r *rehearsal) noDuration(t source.Text) {
	d := r.differ("scenario-duration", t.Range(), "{text:q} is no duration such as 3 working days", "text", t.Value)
	d.Suggestion = catalog.DurationMeant(t.Value)
}
