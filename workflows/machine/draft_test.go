package machine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// draft is a small plan that a test draws: nodes by key, edges as "from -outcome> to".
type draft struct {
	*plan.Plan
	t testing.TB
}

func drawn(t testing.TB, nodes ...plan.Node) *draft {
	d := &draft{&plan.Plan{
		Format: plan.Format, Service: "s", Authority: "town", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{
				{Name: "area", Kind: "int"}, {Name: "event", Kind: "date"},
				{Name: "owners", Kind: "list", Fields: []plan.Field{{Name: "number", Kind: "text"}, {Name: "share", Kind: "int"}}},
			}},
			{Name: "owner", Kind: "record", Fields: []plan.Field{{Name: "number", Kind: "text"}, {Name: "share", Kind: "int"}}},
			{Name: "ownerNumber", Kind: "int"},
			{Name: "asOf", Kind: "record", Fields: []plan.Field{{Name: "submitted", Kind: "date"}}},
			{Name: "visit", Kind: "record", Fields: []plan.Field{{Name: "safe", Kind: "bool", Optional: true}, {Name: "count", Kind: "int", Optional: true}}},
			{Name: "drawn", Kind: "record", Fields: []plan.Field{{Name: "channel", Kind: "text"}}},
			{Name: "sums", Kind: "record", Fields: []plan.Field{{Name: "double", Kind: "int"}}},
			{Name: "child", Kind: "record", Fields: []plan.Field{{Name: "outcome", Kind: "text", Optional: true}}},
		},
		Reads: []string{"form.area", "form.event", "form.owners"},
		Fees:  []plan.Fee{{Code: "permit", Amount: `money("100.05 ILS")`}, {Code: "deposit", Amount: `money("50.00 ILS")`}},
		Nodes: nodes,
	}, t}
	return d
}

func (d *draft) at(key string) int {
	for i := range d.Nodes {
		if d.Nodes[i].Key == key {
			return i
		}
	}
	d.t.Fatalf("no node %s", key)
	return -1
}

// wire adds edges, one a line.
func (d *draft) wire(text string) *draft {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		from, rest, _ := strings.Cut(line, " -")
		on, to, ok := strings.Cut(rest, "> ")
		if !ok {
			d.t.Fatalf("edge %q", line)
		}
		d.Edges = append(d.Edges, plan.Edge{From: d.at(from), To: d.at(to), On: on})
	}
	return d
}

// edge is the last edge that was drawn from one node to another.
func (d *draft) edge(from, to string) *plan.Edge {
	for i := len(d.Edges) - 1; i >= 0; i-- {
		if e := &d.Edges[i]; d.Nodes[e.From].Key == from && d.Nodes[e.To].Key == to {
			return e
		}
	}
	d.t.Fatalf("no edge from %s to %s", from, to)
	return nil
}

func (d *draft) program() *machine.Program {
	d.t.Helper()
	p, err := machine.Load(d.Plan)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

// begin starts an application of the plan on monday.
func (d *draft) begin() *journey { d.t.Helper(); return d.beginAt(monday) }

func (d *draft) beginAt(at time.Time) *journey {
	d.t.Helper()
	j := &journey{t: d.t, p: d.program(), at: at}
	j.must(machine.Event{Start: &activity.Start{
		Application: "A1", Applicant: "P1", Facts: activity.Facts{At: at, Calendar: week},
		Reads: raw("form.area", "120", "form.event", `"2026-03-20"`, "form.owners", `[{"number":"1","share":50},{"number":"2","share":30},{"number":"3","share":20}]`),
	}})
	return j
}

func review(key string, actions ...string) plan.Node {
	n := plan.Node{Key: key, Step: key, Kind: plan.Review, Review: &plan.ReviewNode{Role: "clerk"}}
	for _, a := range actions {
		n.Review.Decisions = append(n.Review.Decisions, plan.Decision{Action: a})
	}
	return n
}

func fork(key string, need int) plan.Node {
	return plan.Node{Key: key, Step: key, Kind: plan.Fork, Fork: &plan.ForkNode{Need: need}}
}

func (d *draft) branch(fork, key, entry string) *draft {
	n := &d.Nodes[d.at(fork)]
	n.Fork.Branches = append(n.Fork.Branches, plan.Branch{Key: key, Entry: d.at(entry)})
	return d
}

func join(key string, against bool) plan.Node {
	return plan.Node{Key: key, Kind: plan.Join, Join: &plan.JoinNode{Against: against}}
}

func end(outcome string) plan.Node {
	return plan.Node{Key: "end/" + outcome, Kind: plan.End, End: &plan.EndNode{Outcome: outcome}}
}

// decide answers the wait at a step, of the item where there are several.
func (j *journey) decide(step, action string, change ...func(*activity.Act)) machine.Refusal {
	j.t.Helper()
	for _, w := range j.p.Waits(j.s) {
		if w.Step != step || len(w.Actions) == 0 {
			continue
		}
		a := w.Act(action, "O1", activity.Facts{At: j.at})
		for _, c := range change {
			c(a)
		}
		return j.step(machine.Event{Act: a})
	}
	j.t.Fatalf("nothing is to be done at %s: %s", step, j.waits())
	return ""
}

func (j *journey) took(step, action string, change ...func(*activity.Act)) {
	j.t.Helper()
	if r := j.decide(step, action, change...); r != "" {
		j.t.Fatalf("%s at %s: %s", action, step, r)
	}
}

func by(actor string) func(*activity.Act) { return func(a *activity.Act) { a.Actor = actor } }

// waits is what is waited for, in short.
func (j *journey) waits() string {
	var out []string
	for _, w := range j.p.Waits(j.s) {
		s := w.Node + ":" + string(w.Kind)
		if w.Item > 0 {
			s += fmt.Sprintf("#%d", w.Item)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func (j *journey) waitsFor(want string) {
	j.t.Helper()
	if got := j.waits(); got != want {
		j.t.Fatalf("waits for\n got %s\nwant %s", got, want)
	}
}

func (j *journey) ended(outcome string) {
	j.t.Helper()
	if j.s.Status != machine.Ended || j.s.Outcome != outcome || len(j.s.Tokens) > 0 {
		j.t.Fatalf("%s %q, waits for %s", j.s.Status, j.s.Outcome, j.waits())
	}
}
