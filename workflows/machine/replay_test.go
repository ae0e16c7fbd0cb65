package machine_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// recorded is a history as it is written down while it happens.
type recorded struct {
	machine.History
	answers map[string]map[int]activity.Answer
}

func record(first *activity.Start) *recorded {
	r := &recorded{History: machine.History{Start: *first, Until: first.Facts.At}, answers: map[string]map[int]activity.Answer{}}
	r.Know = func(time.Time) activity.Facts { return activity.Facts{} }
	r.Answer = func(l activity.Lookup) (activity.Answer, bool) {
		a, asked := r.answers[l.Node][l.Visit]
		return a, asked
	}
	return r
}

// took keeps an event that took effect at an instant.
func (r *recorded) took(e machine.Event, at time.Time) {
	r.Until = at
	switch {
	case e.Act != nil:
		r.Acts = append(r.Acts, *e.Act)
	case e.Answer != nil && e.Answer.Answer.Failed == "": // failures are not kept
		if r.answers[e.Answer.Node] == nil {
			r.answers[e.Answer.Node] = map[int]activity.Answer{}
		}
		r.answers[e.Answer.Node][e.Answer.Visit] = e.Answer.Answer
	}
}

// lived takes a random application through a plan, a minute an event, and lets time limits run out when they are over.
func lived(rnd *rand.Rand, p *machine.Program, events int) (*recorded, machine.State, bool) {
	first := start()
	s, _, refused := p.Step(machine.State{}, machine.Event{Start: first})
	if refused != "" {
		return nil, s, false
	}
	r, at := record(first), first.Facts.At
	for range events {
		at = at.Add(time.Minute)
		e := randomEvent(rnd, p, s, at)
		if w, failed := failure(p, s); failed { // what is done about it is all that is kept of it
			e = machine.Event{Act: &activity.Act{Facts: activity.Facts{At: at}, Node: w.Node, Visit: w.Visit, Revision: w.Revision, Actor: "O1", Comment: true,
				Action: w.Actions[rnd.IntN(len(w.Actions))], Capacities: []string{w.Role}}}
		} else if m, armed := s.DueAt(); armed && s.Status != machine.Ended && (rnd.IntN(6) == 0 || !at.Before(m.DueAt)) {
			if at = m.DueAt; at.Before(r.Until) {
				at = r.Until
			}
			e = machine.Event{Due: &machine.Due{At: m.DueAt}}
		} else if e.Due != nil {
			continue
		}
		if e.Answer != nil {
			e.Answer.Answer.Facts.Calendar = nil // the same one all the time
		} else if e.Act != nil {
			e.Act.Facts.Calendar = nil
		}
		next, _, refused := p.Step(s, e)
		if refused != "" {
			continue
		}
		r.took(e, at)
		s = next
		if e.Answer != nil && e.Answer.Answer.Failed == "" && slices.ContainsFunc(p.Waits(s), func(w machine.Wait) bool { return w.Node == e.Answer.Node && w.Kind == machine.IncidentTask }) {
			break // it would be answered in the same words for ever
		}
	}
	return r, s, true
}

// failure is the question that has failed and for which an operator is asked.
func failure(p *machine.Program, s machine.State) (machine.Wait, bool) {
	for _, w := range p.Waits(s) {
		if w.Kind == machine.IncidentTask && (w.Incident == "lookup-failed" || w.Incident == "action-failed") {
			return w, true
		}
	}
	return machine.Wait{}, false
}

// Whatever an application has lived through, its own plan goes the same way again.
func TestAHistoryReplayedByItsOwnPlanEndsWhereItDid(t *testing.T) {
	ran, acts := 0, 0
	for seed := range uint64(600) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		p, err := machine.Load(randomPlan(t, rnd))
		if err != nil {
			continue
		}
		h, want, began := lived(rnd, p, 60)
		if _, failed := failure(p, want); !began || failed {
			continue
		}
		ran++
		acts += len(h.Acts)
		got, parting := p.Replay(h.History)
		if parting != nil {
			t.Fatalf("seed %d: %+v", seed, *parting)
		}
		if a, b := encode(t, got), encode(t, want); a != b {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, a, b)
		}
		if parting := p.Compare(got, p, want); parting != nil {
			t.Fatalf("seed %d: equal states differ: %+v", seed, *parting)
		}
	}
	if ran < 200 || acts < 1000 {
		t.Errorf("only %d applications with %d acts lived", ran, acts)
	}
}

// issued is a licence that was paid, sent back once and issued.
func issued(t testing.TB) (*recorded, *machine.Program, machine.State) {
	p := licence(t)
	j := begin(t, p)
	h := record(start())
	take := func(e machine.Event) {
		t.Helper()
		j.at = j.at.Add(2 * time.Hour)
		switch {
		case e.Act != nil:
			e.Act.Facts.At = j.at
		case e.Answer != nil:
			e.Answer.Answer.Facts.At = j.at
		}
		j.must(e)
		h.took(e, j.at)
	}
	take(j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")}))
	take(j.act("paid"))
	take(j.act("sendBack", comment))
	take(j.act("submit", func(a *activity.Act) { a.Reads = start().Reads }))
	take(j.act("approve"))
	j.ended("issued")
	return h, p, j.s
}

func TestAnotherPlanSaysWhereItPartsFromAHistory(t *testing.T) {
	gone := func(action string) func(*plan.Plan) {
		return func(pl *plan.Plan) {
			r := node(pl, "review").Review
			r.Decisions = slices.DeleteFunc(r.Decisions, func(d plan.Decision) bool { return d.Action == action })
		}
	}
	for name, c := range map[string]struct {
		change func(*plan.Plan)
		want   *machine.Parting
	}{
		"nothing else":       {func(*plan.Plan) {}, nil},
		"another fee":        {func(pl *plan.Plan) { pl.Fees[0].Amount = "tariff.perYear * form.years * 2" }, nil},
		"another role":       {func(pl *plan.Plan) { node(pl, "review").Review.Role = "director" }, nil},
		"no way back":        {gone("sendBack"), &machine.Parting{Code: machine.NotTaken, Step: "review", To: string(machine.UnknownAction)}},
		"another outcome":    {func(pl *plan.Plan) { node(pl, "end/issued").End.Outcome = "granted" }, &machine.Parting{Code: machine.EndsAs, To: "granted", Was: "issued"}},
		"refused by a rule":  {guarded(`form.years == 5`), &machine.Parting{Code: machine.EndsBefore, Step: "pay", To: "refused"}},
		"a renamed step":     {func(pl *plan.Plan) { node(pl, "review").Key, node(pl, "review").Step = "look", "look" }, &machine.Parting{Code: machine.NotThere, Step: "review", To: "look"}},
		"a renamed question": {func(pl *plan.Plan) { node(pl, "licence").Key = "licence2" }, &machine.Parting{Code: machine.NotAsked, Step: "licence"}},
		"a formula that has no value": {func(pl *plan.Plan) { pl.Fees[0].Amount = "tariff.perYear * (form.years / (form.years - 5))" },
			&machine.Parting{Code: machine.FindsNoWay, Step: "pay", To: "no-value"}},
		"a shorter limit": {func(pl *plan.Plan) {
			node(pl, "pay").Pay.Clock.Rungs = []plan.Rung{{Span: plan.Span{Count: 1, Unit: "hours"}, Then: "lapse"}}
		}, &machine.Parting{Code: machine.EndsBefore, Step: "pay", To: "lapsed"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, was, state := issued(t)
			p := licence(t, c.change)
			got, parting := p.Replay(h.History)
			if parting == nil {
				parting = p.Compare(got, was, state)
			}
			switch {
			case (parting == nil) != (c.want == nil):
				t.Errorf("%+v, want %+v", parting, c.want)
			case parting != nil && *parting != *c.want:
				t.Errorf("%+v, want %+v", *parting, *c.want)
			}
		})
	}
}

// guarded makes the gate behind the question refuse by a formula.
func guarded(when string) func(*plan.Plan) {
	return func(pl *plan.Plan) {
		for i := range pl.Edges {
			if e := &pl.Edges[i]; pl.Nodes[e.To].Key == "fines/refused" {
				e.Guard = when
			}
		}
	}
}

// What was open and is not told to its end waits where it waited, or says where else.
func TestAnOpenApplicationIsComparedByWhatItWaitsFor(t *testing.T) {
	h, was, _ := issued(t)
	h.Acts = h.Acts[:1] // paid, and nobody has looked at it yet
	h.Until = h.Acts[0].Facts.At
	state, parting := was.Replay(h.History)
	if parting != nil {
		t.Fatal(*parting)
	}
	p := licence(t, func(pl *plan.Plan) { node(pl, "review").Key, node(pl, "review").Step = "look", "look" })
	got, parting := p.Replay(h.History)
	if parting != nil {
		t.Fatal(*parting)
	}
	if d := p.Compare(got, was, state); d == nil || *d != (machine.Parting{Code: machine.WaitsOther, Step: "review", To: "look"}) {
		t.Errorf("%+v", d)
	}
	if d := was.Compare(state, was, state); d != nil {
		t.Errorf("%+v", *d)
	}
}

func BenchmarkReplay(b *testing.B) {
	h, p, was := issued(b)
	b.ReportAllocs()
	for b.Loop() {
		s, parting := p.Replay(h.History)
		if parting != nil || p.Compare(s, p, was) != nil {
			b.Fatal(parting)
		}
	}
}
