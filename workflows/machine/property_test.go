package machine_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// randomPlan makes a plan that loads, of any shape: loops, gates that go round, guards that fail, fees that are negative.
func randomPlan(t testing.TB, rnd *rand.Rand) *plan.Plan {
	pl := readPlan(t)
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	guard := func() string {
		if rnd.IntN(3) > 0 {
			return pick("", "form.years > 3", "has(form.note)", "form.years < 2")
		}
		return pick("", "", "form.years > 3", "licence.unpaidFines > 0", "facts.monthsLate > 1", "1 / (form.years - 5) > 0", "has(form.note)", "has(asOf.decided)")
	}
	clock := func() *plan.Clock {
		if rnd.IntN(3) == 0 {
			return nil
		}
		return &plan.Clock{Rungs: []plan.Rung{
			{Span: plan.Span{Count: 1 + rnd.IntN(20), Unit: pick("hours", "days", "working days", "working hours", "months")}, Then: pick("remind", "escalate", "lapse")},
			{Span: plan.Span{Count: 1 + rnd.IntN(20), Unit: pick("hours", "days", "working days", "working hours", "months")}, Then: pick("escalate", "lapse")},
		}}
	}
	pl.Fees[0].Amount = pick("tariff.perYear * form.years", "tariff.perYear * 0", "tariff.perYear * (3 - form.years)", "round(tariff.perYear / (form.years - 1))", `money("1.000 JOD")`)
	pl.Nodes, pl.Edges = nil, nil
	decisions := func() []plan.Decision {
		return []plan.Decision{{Action: "approve"}, {Action: "sendBack", AtMost: 1, Then: "refuse"}, {Action: "refuse", Comment: true, When: pick("", "", "form.years > 3")}}
	}
	// region makes the nodes of one region and gives their indexes; edges stay in it, or lead out to those round it.
	var region func(depth int, round []int) []int
	region = func(depth int, round []int) []int {
		var in, forks []int
		for range 2 + rnd.IntN(8-2*depth) {
			n := plan.Node{Key: "n" + strconv.Itoa(len(pl.Nodes)), Kind: plan.Kind(pick("lookup", "gate", "gate", "pay", "review", "correct", "issue", "answer", "end", "fork", "write", "wait", "compute", "invite", "pay-out", "start"))}
			n.Step = pick(n.Key, "shared")
			if depth > 0 && rnd.IntN(3) == 0 || depth > 0 && n.Kind == plan.End && rnd.IntN(4) > 0 {
				n.Kind = plan.Join
			}
			if n.Kind == plan.Fork && depth == 2 {
				n.Kind = plan.Gate
			}
			outcomes := []string{}
			switch n.Kind {
			case plan.Lookup, plan.Write:
				n.Lookup = &plan.LookupNode{Result: "licence", Keep: []string{"expiresOn", "unpaidFines"}, With: []plan.Argument{{Name: "n", Formula: "form.licenceNumber", Kind: "text"}}}
				outcomes = []string{"found", "notFound", "written"}
			case plan.Start:
				n.Start = &plan.StartNode{Service: "other", Wait: rnd.IntN(2) == 0, Clock: clock()}
				outcomes = []string{"started", "ended", "lapse"}
			case plan.Gate:
				outcomes = []string{""}
			case plan.Pay:
				n.Pay = &plan.PayNode{Fees: []string{"renewal", "late"}, Clock: clock(), Share: rnd.IntN(2) * 40, Rest: rnd.IntN(4) == 0}
				if rnd.IntN(3) == 0 {
					n.Pay.Instalments = &plan.Instalments{Count: 3, Every: plan.Span{Count: 1, Unit: "weeks"}, Missed: pick("lapse", "escalate")}
				}
				outcomes = []string{"paid", "lapse"}
			case plan.Review:
				n.Review = &plan.ReviewNode{Role: "officer", Clock: clock(), Decisions: decisions(), Of: pick("", "", `form.years > 3 ? "hebron" : "nablus"`, "form.licenceNumber")}
				switch rnd.IntN(4) {
				case 0:
					n.Review.Panel = &plan.Panel{Members: 3, Quorum: 2, Tie: "refuse"}
				case 1:
					n.Review.NotSame = []string{"shared"}
				}
				outcomes = []string{"approve", "sendBack", "refuse", "lapse"}
			case plan.Invite:
				n.Invite = &plan.InviteNode{Whom: pick("applicant", "public"), Clock: clock(), Decisions: decisions()}
				outcomes = []string{"approve", "sendBack", "refuse", "lapse"}
			case plan.Correct:
				n.Correct = &plan.CorrectNode{Frozen: []string{"licenceNumber"}, Clock: clock()}
				outcomes = []string{"submit", "lapse"}
			case plan.Wait:
				n.Wait = &plan.WaitNode{For: &plan.Span{Count: 3, Unit: pick("days", "working days")}, Event: pick("", "moved")}
				outcomes = []string{"over", "happened"}
			case plan.Compute:
				n.Compute = &plan.ComputeNode{Result: "licence", Values: []plan.Argument{{Name: "unpaidFines", Formula: pick("form.years", "licence.unpaidFines + 1"), Kind: "int"}}}
				outcomes = []string{"computed"}
			case plan.PayOut:
				n.PayOut = &plan.PayOutNode{Amount: pick("tariff.perYear", "tariff.perYear * (form.years - 1)")}
				outcomes = []string{"paidOut"}
			case plan.Issue:
				n.Issue = &plan.IssueNode{Document: "driving-licence"}
				outcomes = []string{"issued"}
			case plan.Answer:
				n.Answer = &plan.AnswerNode{Rows: []plan.Row{{Formula: "form.years", Kind: "int"}}}
				outcomes = []string{"answered"}
			case plan.Fork:
				n.Fork = &plan.ForkNode{}
				outcomes = []string{"done", "otherwise"}
			case plan.Join:
				n.Join = &plan.JoinNode{Against: rnd.IntN(2) == 0}
			case plan.End:
				n.End = &plan.EndNode{Outcome: "ended", Refund: []plan.Refund{{Fee: "renewal", What: "all"}}}
			}
			at := len(pl.Nodes)
			pl.Nodes = append(pl.Nodes, n)
			in = append(in, at)
			if n.Kind == plan.Fork {
				forks = append(forks, at)
			}
			for _, on := range outcomes {
				for k, ways := 0, 1+rnd.IntN(3); k < ways; k++ {
					e := plan.Edge{From: at, To: -1, On: on, Guard: guard()}
					if k == ways-1 && rnd.IntN(4) > 0 {
						e.Guard = ""
					}
					switch rnd.IntN(8) {
					case 0:
						e.AtMost = 1 + rnd.IntN(2)
					case 1:
						e.Back, e.Invalidates = true, []string{pick("shared", "n1", "n2")}
					case 2:
						if depth > 0 {
							e.Out, e.To = 1, round[rnd.IntN(len(round))]
						}
					}
					pl.Edges = append(pl.Edges, e)
				}
			}
		}
		for i := range pl.Edges {
			if e := &pl.Edges[i]; e.To < 0 && slices.Contains(in, e.From) {
				e.To = in[rnd.IntN(len(in))]
			}
		}
		for _, f := range forks {
			inner := region(depth+1, in)
			n := pl.Nodes[f].Fork
			for range 1 + rnd.IntN(3) {
				n.Branches = append(n.Branches, plan.Branch{Key: "b" + strconv.Itoa(len(n.Branches)), Entry: inner[rnd.IntN(len(inner))], When: pick("", "", "form.years > 3", "licence.unpaidFines > 0")})
			}
			n.Need = rnd.IntN(len(n.Branches) + 1)
		}
		return in
	}
	root := region(0, nil)
	for i := range pl.Nodes {
		switch n := &pl.Nodes[i]; {
		case n.Kind == plan.End:
			n.End.Undo = rnd.IntN(3) > 0
		case n.Kind == plan.Write && rnd.IntN(4) > 0:
			n.Lookup.Undo = n.Key + "/undo"
			pl.Nodes = append(pl.Nodes, plan.Node{Key: n.Lookup.Undo, Step: n.Step, Kind: plan.Undo, Lookup: &plan.LookupNode{
				With: []plan.Argument{{Name: "n", Formula: pick("form.licenceNumber", "form.licenceNumber", "licence.holder"), Kind: "text"}}}})
		}
	}
	for i := range pl.Nodes {
		if n := &pl.Nodes[i]; n.Kind == plan.Start && rnd.IntN(4) > 0 {
			n.Start.Undo = n.Key + "/undo"
			pl.Nodes = append(pl.Nodes, plan.Node{Key: n.Start.Undo, Step: n.Step, Kind: plan.Undo, Withdraw: &plan.WithdrawNode{Service: "other"}})
		}
	}
	pl.Withdraw = slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Kind == plan.End })
	if rnd.IntN(3) == 0 {
		pl.Deadline = &plan.Deadline{Paused: []string{"applicant", "n1"}, Ways: []plan.Way{{On: "lapse", To: root[rnd.IntN(len(root))]}}, Clock: plan.Clock{Rungs: []plan.Rung{
			{Span: plan.Span{Count: 5, Unit: "working days"}, Then: "escalate"}, {Span: plan.Span{Count: 2, Unit: "months"}, Then: "lapse"},
		}}}
	}
	if rnd.IntN(2) == 0 {
		pl.LateHolidays = plan.Extend
	}
	if rnd.IntN(3) == 0 {
		pl.Anytime = []plan.Anytime{{Event: "moved", To: root[rnd.IntN(len(root))], When: guard()}}
	}
	if rnd.IntN(2) == 0 {
		pl.Suspend = &plan.Suspend{Role: "officer", For: plan.Span{Count: 1 + rnd.IntN(60), Unit: pick("hours", "days", "working days")}, Times: 1 + rnd.IntN(3)}
	}
	if at := root[rnd.IntN(len(root))]; rnd.IntN(2) == 0 && pl.Nodes[at].Kind != plan.End {
		pl.Reopen = &plan.Reopen{Role: "officer", Within: plan.Span{Count: 30, Unit: pick("days", "working days")}, Outcomes: []string{"ended"}, Times: 2, To: at}
		if _, err := machine.Load(pl); err != nil {
			pl.Reopen = nil // nobody comes there
		}
	}
	return pl
}

// randomEvent makes an event that often fits the state and often does not.
func randomEvent(rnd *rand.Rand, p *machine.Program, s machine.State, at time.Time) machine.Event {
	facts := activity.Facts{At: at}
	if rnd.IntN(4) == 0 {
		facts.Calendar = []*worktime.Calendar{week, late(at.Format(time.DateOnly))}[rnd.IntN(2)]
	}
	values := raw("expiresOn", []string{`"2025-06-01"`, `"2027-01-01"`, "null", "true"}[rnd.IntN(4)], "unpaidFines", strconv.Itoa(rnd.IntN(3)))
	var w machine.Wait
	if waits := p.Waits(s); len(waits) > 0 {
		w = waits[rnd.IntN(len(waits))]
	}
	switch k := rnd.IntN(10); {
	case k == 0:
		return machine.Event{Start: start()}
	case k <= 3 && (w.Lookup != nil || k == 1):
		a := &machine.LookupAnswer{Node: w.Node, Visit: 1 + rnd.IntN(2), Answer: activity.Answer{Facts: facts, Found: rnd.IntN(4) > 0, Values: values}}
		if rnd.IntN(4) > 0 {
			a.Visit = w.Visit
		}
		if rnd.IntN(6) == 0 {
			a.Answer.Failed = "unavailable"
		}
		return machine.Event{Answer: a}
	case k == 4:
		if m, ok := s.DueAt(); ok {
			at = m.DueAt.Add(time.Duration(rnd.IntN(3)-1) * time.Hour)
		}
		return machine.Event{Due: &machine.Due{At: at, Calendar: facts.Calendar}}
	case s.Status == machine.Ended && k > 5:
		return machine.Event{Act: &activity.Act{Facts: facts, Action: machine.Reopen, Actor: "O1", Comment: rnd.IntN(4) > 0, Capacities: []string{"transport:officer"}}}
	case k == 5 && rnd.IntN(4) == 0:
		return machine.Event{Act: &activity.Act{Facts: facts, Action: []string{machine.Suspend, machine.Suspend, machine.Resume}[rnd.IntN(3)], Actor: "O1", Comment: rnd.IntN(4) > 0, Capacities: []string{"transport:officer"}}}
	case k == 5 && rnd.IntN(3) == 0:
		return machine.Event{Act: &activity.Act{Facts: facts, Action: []string{"withdraw", "moved"}[rnd.IntN(2)], Capacities: []string{"applicant", "events"}}}
	}
	a := &activity.Act{Facts: facts, Node: w.Node, Actor: []string{"P1", "O1", "O2"}[rnd.IntN(3)], Comment: rnd.IntN(2) == 0,
		Action: "approve", Reads: raw("form.licenceNumber", []string{`"1234567"`, `"7654321"`, "9"}[rnd.IntN(3)], "form.years", strconv.Itoa(rnd.IntN(7)))}
	if len(w.Actions) > 0 && rnd.IntN(8) > 0 {
		a.Visit, a.Revision, a.Capacities, a.Action = w.Visit, w.Revision, []string{w.Role}, w.Actions[rnd.IntN(len(w.Actions))]
	}
	return machine.Event{Act: a}
}

func FuzzStep(f *testing.F) {
	p := licence(f)
	for i, e := range []machine.Event{{Start: start()}, {Due: &machine.Due{At: monday}}, {Act: &activity.Act{Node: "pay", Action: "paid"}}} {
		f.Add([]byte(encode(f, machine.State{Sequence: i})), []byte(encode(f, e)))
	}
	j := begin(f, p)
	f.Add([]byte(encode(f, j.s)), []byte(encode(f, j.answer(activity.Answer{Found: true}))))
	j.valid("2026-01-01")
	f.Add([]byte(encode(f, j.s)), []byte(encode(f, j.act("paid"))))
	j.must(j.act("paid"))
	f.Add([]byte(encode(f, j.s)), []byte(encode(f, j.act("sendBack", comment))))
	f.Fuzz(func(t *testing.T, state, event []byte) {
		var s machine.State
		var e machine.Event
		if json.Unmarshal(state, &s) != nil || json.Unmarshal(event, &e) != nil {
			return
		}
		p.Step(s, e)
	})
}

func BenchmarkStep(b *testing.B) {
	p := licence(b)
	j := begin(b, p)
	events := []machine.Event{{Start: start()}}
	events = append(events, j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")}))
	j.must(events[1])
	events = append(events, j.act("paid"))
	j.must(events[2])
	events = append(events, j.act("approve"))
	b.ReportAllocs()
	steps := 0
	for b.Loop() {
		s := machine.State{}
		for _, e := range events {
			next, _, refused := p.Step(s, e)
			if refused != "" {
				b.Fatal(refused)
			}
			s = next
			steps++
		}
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
}

func TestOneProgramServesManyApplicationsAtOnce(t *testing.T) {
	p := licence(t)
	j := begin(t, p)
	shared, answer := j.s, j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"2026-01-01"`, "unpaidFines", "0")})
	want := ""
	var once sync.Once
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				next, effects, _ := p.Step(shared, answer)
				got := encode(t, next) + encode(t, effects)
				once.Do(func() { want = got })
				if got != want {
					t.Error("two applications disturb each other")
				}
			}
		})
	}
	wg.Wait()
}
