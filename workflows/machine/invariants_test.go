package machine_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// randomSteps is few in every run; `make faults` asks for a million.
var randomSteps = flag.Int("steps", 6000, "how many steps TestRandomPlansKeepEveryPromise lets take effect")

// course is one application on its way, and what is known of it from its effects alone.
type course struct {
	t    testing.TB
	p    *machine.Program
	s    machine.State
	done map[visit]string // outcome by which a visit was left
	open map[visit]int    // revision of the task that is open
	owed map[visit]bool   // payments that are due

	entered []visit        // what writes have entered that can be taken back, in order
	undone  map[visit]bool // of it, what was taken back, or left to an operator
}

type visit struct {
	node  string
	visit int
}

func newCourse(t testing.TB, p *machine.Program) *course {
	return &course{t: t, p: p, done: map[visit]string{}, open: map[visit]int{}, owed: map[visit]bool{}, undone: map[visit]bool{}}
}

// take lets one event happen and gives the first promise that is broken.
func (c *course) take(e machine.Event) error {
	before, event := encode(c.t, c.s), encode(c.t, e)
	trace := &machine.Trace{}
	next, effects, refused := c.p.StepTraced(c.s, e, trace)
	again, effects2, refused2 := c.p.Step(roundTrip(c.t, c.s), e)
	after := encode(c.t, next)
	switch {
	case after != encode(c.t, again) || encode(c.t, effects) != encode(c.t, effects2) || refused != refused2:
		return fmt.Errorf("the same state and event gave two results:\n%s\n%s", after, encode(c.t, again))
	case encode(c.t, c.s) != before || encode(c.t, e) != event:
		return fmt.Errorf("Step changed what it was given")
	case after != encode(c.t, roundTrip(c.t, next)):
		return fmt.Errorf("the state does not survive its JSON: %s", after)
	case refused != "" && (after != before || len(effects) > 0):
		return fmt.Errorf("refused as %s and changed something", refused)
	case refused != "":
		return nil
	case next.Sequence != c.s.Sequence+1:
		return fmt.Errorf("sequence %d after %d", next.Sequence, c.s.Sequence)
	case len(effects) > c.most():
		return fmt.Errorf("%d effects of one step", len(effects))
	}
	was := c.s
	c.s = next
	for _, check := range []func() error{
		c.progress, c.quorum,
		func() error { return c.follow(effects) },
		func() error { return c.clocks(was, effects) },
		func() error { return c.standing(was, effects) },
		func() error { return c.invalidation(was, trace) },
		func() error { return c.takingBack(was, e, effects) },
	} {
		if err := check(); err != nil {
			return fmt.Errorf("%w\nbefore %s\nafter  %s", err, before, after)
		}
	}
	return nil
}

// most bounds the effects of one step: ways with a limit may lead round as often as they say, and every node that is entered has a few.
func (c *course) most() int {
	rounds := 1
	for _, e := range c.p.Plan().Edges {
		rounds += e.AtMost
	}
	return 5*len(c.p.Plan().Nodes)*rounds + 20*(1+len(c.s.Tokens))
}

// progress: whoever has not ended waits for somebody, something or a moment.
func (c *course) progress() error {
	waits := c.p.Waits(c.s)
	for _, w := range waits {
		if w.Lookup == nil && len(w.Actions) == 0 && (len(w.Clock) == 0 || w.Kind == machine.DeadlineWait && len(waits) == 1) {
			return fmt.Errorf("a branch at %s waits for nothing", w.Node)
		}
	}
	if (len(waits) == 0) != (c.s.Status == machine.Ended) {
		return fmt.Errorf("%s at %s waits for nothing, or has ended and waits", c.s.Status, c.p.Key(c.s))
	}
	return nil
}

// quorum: a region that could be decided has been.
func (c *course) quorum() error {
	for _, t := range c.s.Tokens {
		if t.Region == nil {
			continue
		}
		favour, live := 0, 0
		for _, b := range t.Region.Ended {
			if !b.Against {
				favour++
			}
		}
		for _, o := range c.s.Tokens {
			if o.Of == t.ID {
				live++
			}
		}
		if live != t.Region.Live || favour >= t.Region.Need || favour+live < t.Region.Need {
			return fmt.Errorf("token %d: %d in favour and %d running of %d needed, and it waits; it counts %d", t.ID, favour, live, t.Region.Need, t.Region.Live)
		}
	}
	return nil
}

// follow: no visit is left twice, no task is opened over an open one or closed without, and nothing stays behind at the end.
func (c *course) follow(effects []activity.Effect) error {
	for _, e := range effects {
		at := visit{e.Node, e.Visit}
		switch e.Kind {
		case activity.Done:
			if was, is := c.done[at]; is {
				return fmt.Errorf("%v was left by %s and now by %s", at, was, e.Outcome)
			}
			c.done[at] = e.Outcome
		case activity.OpenTask:
			if revision, is := c.open[at]; is && e.Task.Kind != string(machine.IncidentTask) && e.Task.Revision <= revision {
				return fmt.Errorf("the task of %v is opened over the open one", at)
			}
			c.open[at] = e.Task.Revision
		case activity.CloseTask:
			if _, is := c.open[at]; !is {
				return fmt.Errorf("no task of %v is open", at)
			}
			delete(c.open, at)
		case activity.Assess, activity.PayOut:
			if c.owed[at] {
				return fmt.Errorf("%v is to be paid twice", at)
			}
			c.owed[at] = true
		case activity.Cancel:
			if !c.owed[at] {
				return fmt.Errorf("nothing is due at %v that could be cancelled", at)
			}
			delete(c.owed, at)
		}
		if e.Kind == activity.Done && (e.Outcome == machine.Paid || e.Outcome == machine.PaidOut) {
			delete(c.owed, at)
		}
	}
	if c.s.Status == machine.Ended && len(c.open) > 0 {
		return fmt.Errorf("it has ended, and these tasks are open: %v", slices.Collect(maps.Keys(c.open)))
	}
	return nil
}

func (c *course) postponed(old, now []machine.Moment) error {
	if c.p.Plan().LateHolidays != plan.Extend {
		return errors.New("limits are postponed, and the plan does not say so")
	}
	for _, m := range now {
		same := func(o machine.Moment) bool {
			working := strings.HasPrefix(o.In, "working")
			return o.Then == m.Then && o.In == m.In && (o.DueAt.Equal(m.DueAt) || working && o.DueAt.Before(m.DueAt))
		}
		if !slices.ContainsFunc(old, same) {
			return fmt.Errorf("%v is postponed to %v", old, now)
		}
	}
	return nil
}

// clocks: what was promised to a token that has not moved stands, but for what is over. What is postponed is so where the plan lets it, and nothing
// ends earlier.
func (c *course) clocks(was machine.State, effects []activity.Effect) error {
	if was.Suspended != nil && c.s.Suspended == nil {
		return nil // they count on: standing looks at them
	}
	for _, t := range c.s.Tokens {
		i := slices.IndexFunc(was.Tokens, func(o machine.Token) bool {
			return o.ID == t.ID && o.Node == t.Node && o.Visit == t.Visit && o.Of == t.Of
		})
		if i < 0 || was.Tokens[i].Task == nil || t.Task == nil || t.Task.Kind != was.Tokens[i].Task.Kind || t.Part != was.Tokens[i].Part {
			continue
		}
		if slices.ContainsFunc(effects, func(e activity.Effect) bool { return e.Kind == activity.Postponed }) {
			if err := c.postponed(was.Tokens[i].Clock, t.Clock); err != nil {
				return err
			}
			continue
		}
		if old := was.Tokens[i].Clock; len(t.Clock) > len(old) || !slices.Equal(t.Clock, old[len(old)-len(t.Clock):]) {
			return fmt.Errorf("the clock of token %d has changed: %v, %v", t.ID, old, t.Clock)
		}
	}
	return nil
}

// standing: what is suspended enters no step and asks nobody; resumed, no time limit has become shorter.
func (c *course) standing(was machine.State, effects []activity.Effect) error {
	if c.s.Suspended != nil {
		if at, armed := c.s.DueAt(); !armed || !at.DueAt.Equal(c.s.Suspended.Until) || at.Then != machine.Resume {
			return fmt.Errorf("it is suspended, and %v comes next", at)
		}
		for _, e := range effects {
			if was.Suspended != nil && (e.Kind == activity.Entered || e.Kind == activity.Issue || e.Kind == activity.Refund || e.Kind == activity.OpenTask && e.Task.Kind != string(machine.IncidentTask)) {
				return fmt.Errorf("it is suspended, and at %s there is %s", e.Node, e.Kind)
			}
		}
		return nil
	}
	for _, t := range c.s.Tokens {
		if t.HeldAt != nil || t.Next != nil {
			return fmt.Errorf("token %d stands still in an application that does not", t.ID)
		}
		i := slices.IndexFunc(was.Tokens, func(o machine.Token) bool {
			return o.ID == t.ID && o.Node == t.Node && o.Visit == t.Visit && o.HeldAt != nil && o.Next == nil
		})
		if i < 0 || len(t.Clock) != len(was.Tokens[i].Clock) { // it went on
			continue
		}
		for j := range t.Clock {
			if t.Clock[j].DueAt.Before(was.Tokens[i].Clock[j].DueAt) {
				return fmt.Errorf("the clock of token %d has become shorter: %v, %v", t.ID, was.Tokens[i].Clock, t.Clock)
			}
		}
	}
	return nil
}

// invalidation: what was decided is forgotten only where a way that was taken says so, or with the branch in which it was decided.
func (c *course) invalidation(was machine.State, trace *machine.Trace) error {
	forgotten := map[string]bool{}
	back := false
	entered := map[int]bool{}
	for m := range trace.Seen {
		switch m.What {
		case machine.NodeMark:
			entered[m.At] = true
		case machine.EdgeMark:
			e := c.p.Plan().Edges[m.At]
			back = back || e.Back
			for _, step := range e.Invalidates {
				forgotten[step] = true
			}
		}
	}
	for _, d := range was.Deciders {
		if slices.Contains(c.s.Deciders, d) || forgotten[c.p.Plan().Nodes[d.Node].Step] || entered[d.Node] {
			continue
		}
		if d.In != 0 && !slices.ContainsFunc(c.s.Tokens, func(t machine.Token) bool { return t.ID == d.In }) {
			continue // its branch is over
		}
		return fmt.Errorf("the decision of %s at %s is forgotten, and nothing says so", d.Actor, c.p.Plan().Nodes[d.Node].Key)
	}
	for step := range forgotten {
		for _, a := range c.s.Assessments {
			if n := c.p.Plan().Nodes[a.Node]; n.Step == step && a.Paid && !a.Superseded && !back && !entered[a.Node] && wasPaid(was, a) {
				return fmt.Errorf("what was paid at %s is forgotten and counts on", n.Key)
			}
		}
	}
	return nil
}

// takingBack: what was entered stands at a success, or was taken back exactly once, the last of it first.
func (c *course) takingBack(was machine.State, e machine.Event, effects []activity.Effect) error {
	nodes := c.p.Plan().Nodes
	at := func(node string, v int) *machine.Token {
		i := slices.IndexFunc(was.Tokens, func(t machine.Token) bool { return nodes[t.Node].Key == node && t.Visit == v })
		if i < 0 {
			return nil
		}
		return &was.Tokens[i]
	}
	switch {
	case e.Answer != nil:
		t := at(e.Answer.Node, e.Answer.Visit)
		n := &nodes[t.Node]
		done := e.Answer.Answer.Failed == "" && (e.Answer.Answer.Found || n.Withdraw != nil) // what has ended by itself need not be withdrawn
		switch {
		case !done || n.Kind != plan.Undo && n.Undo() == "":
		case n.Kind != plan.Undo:
			v := visit{n.Key, t.Visit}
			c.entered = append(slices.DeleteFunc(c.entered, func(o visit) bool { return o == v }), v)
		default:
			v := visit{nodes[t.Undoing.Node].Key, t.Undoing.Visit}
			left := slices.DeleteFunc(slices.Clone(c.entered), func(o visit) bool { return c.undone[o] })
			if !slices.Contains(left, v) {
				return fmt.Errorf("%v is taken back, and does not stand", v)
			}
			if c.p.IsBeingUndone(was) && nodes[t.Undoing.To].End.Undo && left[len(left)-1] != v {
				return fmt.Errorf("%v is taken back before %v, which was entered later", v, left[len(left)-1])
			}
			c.undone[v] = true
		}
	case e.Act != nil && e.Act.Action == "ended": // what has ended is not withdrawn any more
		c.undone[visit{e.Act.Node, e.Act.Visit}] = true
	case e.Act != nil && e.Act.Action == machine.Skip:
		if t := at(e.Act.Node, e.Act.Visit); t.Undoing != nil {
			c.undone[visit{nodes[t.Undoing.Node].Key, t.Undoing.Visit}] = true
		}
	}
	var stands, noted []visit
	for _, v := range c.entered {
		if !c.undone[v] {
			stands = append(stands, v)
		}
	}
	if c.s.Status == machine.Ended {
		i := slices.IndexFunc(effects, func(e activity.Effect) bool { return e.Kind == activity.Ended })
		j := slices.IndexFunc(nodes, func(n plan.Node) bool { return n.Key == effects[i].Node })
		if nodes[j].End.Undo && len(stands) > 0 {
			return fmt.Errorf("it has ended %s, and %v stands", nodes[j].Key, stands)
		}
		for _, w := range was.Written {
			if v := (visit{nodes[w.Node].Key, w.Visit}); w.Void && slices.Contains(stands, v) {
				return fmt.Errorf("%v was invalidated, and stands at the end", v)
			}
		}
		return nil
	}
	for _, w := range c.s.Written {
		if w.Asked == nil {
			noted = append(noted, visit{nodes[w.Node].Key, w.Visit})
		}
	}
	if !slices.Equal(stands, noted) {
		return fmt.Errorf("%v stands, and this is noted: %v", stands, noted)
	}
	return nil
}

func wasPaid(was machine.State, a machine.Assessment) bool {
	return slices.ContainsFunc(was.Assessments, func(o machine.Assessment) bool { return o.Node == a.Node && o.Visit == a.Visit && o.Paid })
}

// broken lets events happen one after the other and gives the first promise that is broken, nil where none is.
func broken(t testing.TB, pl *plan.Plan, events []machine.Event) error {
	p, err := machine.Load(pl)
	if err != nil {
		return nil // a shrunk plan that does not load breaks nothing
	}
	c := newCourse(t, p)
	for i, e := range events {
		if err := c.take(e); err != nil {
			return fmt.Errorf("event %d: %w", i+1, err)
		}
	}
	return nil
}

// shrink leaves out events as long as some promise is still broken.
func shrink(t testing.TB, pl *plan.Plan, events []machine.Event) []machine.Event {
	for again := true; again; {
		again = false
		for i := len(events) - 1; i > 0; i-- {
			if fewer := slices.Delete(slices.Clone(events), i, i+1); broken(t, pl, fewer) != nil {
				events, again = fewer, true
			}
		}
	}
	return events
}

func TestRandomPlansKeepEveryPromise(t *testing.T) {
	steps, ends, incidents, refused, suspended, held := 0, 0, 0, 0, 0, 0
	for seed := uint64(0); steps < *randomSteps; seed++ {
		rnd := rand.New(rand.NewPCG(seed, 7))
		pl := randomPlan(t, rnd)
		p, err := machine.Load(pl)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		c := newCourse(t, p)
		at := monday
		var events []machine.Event
		for i := range 40 {
			at = at.Add(time.Duration(rnd.IntN(100)) * time.Hour)
			e := randomEvent(rnd, p, c.s, at)
			if i == 0 {
				e = machine.Event{Start: start()}
			}
			events = append(events, e)
			before := c.s.Sequence
			if err := c.take(e); err != nil {
				events = shrink(t, pl, events)
				var story strings.Builder
				for _, e := range events {
					fmt.Fprintf(&story, "  %s\n", encode(t, e))
				}
				t.Fatalf("seed %d: %v\nplan %s\nand these events lead there:\n%s", seed, broken(t, pl, events), encode(t, pl), &story)
			}
			if c.s.Sequence == before {
				refused++
			} else {
				steps++
				if c.s.Suspended != nil {
					suspended++
				}
				if slices.ContainsFunc(c.s.Tokens, func(t machine.Token) bool { return t.Next != nil }) {
					held++
				}
			}
			if slices.ContainsFunc(p.Waits(c.s), func(w machine.Wait) bool { return w.Kind == machine.IncidentTask }) {
				incidents++
			}
			if c.s.Status == machine.Ended && i > 0 && rnd.IntN(3) == 0 {
				break
			}
		}
		if c.s.Status == machine.Ended {
			ends++
		}
	}
	t.Logf("%d steps took effect, %d events were refused, %d applications ended, %d steps left an incident, %d a suspension, %d something that goes on after it", steps, refused, ends, incidents, suspended, held)
	if ends < *randomSteps/150 || incidents < *randomSteps/60 || refused < *randomSteps/60 || suspended < *randomSteps/100 || held < *randomSteps/1000 {
		t.Fatalf("the events are too tame: %d ends, %d incidents, %d refused, %d suspended, %d held", ends, incidents, refused, suspended, held)
	}
}
