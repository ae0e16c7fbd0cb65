package machine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

func readPlan(t testing.TB) *plan.Plan {
	t.Helper()
	b, err := os.ReadFile("testdata/driving-licence.json")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// licence loads the driving-licence plan, changed where a test needs it.
func licence(t testing.TB, change ...func(*plan.Plan)) *machine.Program {
	t.Helper()
	pl := readPlan(t)
	for _, c := range change {
		c(pl)
	}
	p, err := machine.Load(pl)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func node(pl *plan.Plan, key string) *plan.Node {
	for i := range pl.Nodes {
		if pl.Nodes[i].Key == key {
			return &pl.Nodes[i]
		}
	}
	panic(key)
}

func raw(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

// monday is 2026-03-02, 10:00 in Hebron.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// week is worked from Sunday to Thursday; the slice begins on Sunday, 1 March 2026.
var week = &worktime.Calendar{Version: "1", From: "2026-03-01", Week: "aaaaa--", Hours: []worktime.Hours{{480, 900}}}

func start() *activity.Start {
	return &activity.Start{
		Interpreter: 1, Application: "A1", Applicant: "P1", Facts: activity.Facts{At: monday, Calendar: week},
		Reads: raw("form.licenceNumber", `"1234567"`, "form.years", "5", "applicant.birthDate", `"1990-02-01"`),
		Tariff: &activity.Tariff{Version: "licences@2026-01-01", Amounts: raw(
			"perYear", `{"value":"50.00","currency":"ILS"}`, "latePerMonth", `{"value":"10.00","currency":"ILS"}`,
			"lateCap", `{"value":"100.00","currency":"ILS"}`)},
	}
}

// journey takes an application through events and notes what they lead to.
type journey struct {
	t       testing.TB
	p       *machine.Program
	s       machine.State
	at      time.Time
	effects []activity.Effect
}

func begin(t testing.TB, p *machine.Program) *journey {
	t.Helper()
	j := &journey{t: t, p: p, at: monday}
	j.must(machine.Event{Start: start()})
	return j
}

func (j *journey) step(e machine.Event) machine.Refusal {
	j.t.Helper()
	before := encode(j.t, j.s)
	next, effects, refused := j.p.Step(j.s, e)
	if after := encode(j.t, j.s); after != before {
		j.t.Fatalf("Step changed the state that it was given:\n%s\n%s", before, after)
	}
	if refused != "" && (encode(j.t, next) != before || len(effects) > 0) {
		j.t.Fatalf("a refused event (%s) changed something", refused)
	}
	j.s, j.effects = next, effects
	return refused
}

func (j *journey) must(e machine.Event) {
	j.t.Helper()
	if r := j.step(e); r != "" {
		j.t.Fatalf("refused: %s at %s", r, j.p.Key(j.s))
	}
}

func (j *journey) answer(a activity.Answer) machine.Event {
	if a.Facts.At.IsZero() {
		a.Facts.At = j.at
	}
	return machine.Event{Answer: &machine.LookupAnswer{Node: j.asked().Node, Visit: j.asked().Visit, Answer: a}}
}

// valid answers the licence lookup with a licence that expires on the day.
func (j *journey) valid(expires string) {
	j.t.Helper()
	j.must(j.answer(activity.Answer{Found: true, Values: raw("expiresOn", `"`+expires+`"`, "unpaidFines", "0", "holder", `"not kept"`)}))
}

func (j *journey) act(action string, change ...func(*activity.Act)) machine.Event {
	a := &activity.Act{ID: "act", Facts: activity.Facts{At: j.at}, Action: action, Actor: "O1", Node: j.p.Key(j.s)}
	if waits := j.p.Waits(j.s); len(waits) > 0 && waits[0].Role != "" {
		w := waits[0]
		a.Node, a.Visit, a.Revision, a.Capacities = w.Node, w.Visit, w.Revision, []string{"something-else", w.Role}
	}
	for _, c := range change {
		c(a)
	}
	return machine.Event{Act: a}
}

func comment(a *activity.Act) { a.Comment = true }

func (j *journey) wait() { j.t.Helper(); j.must(machine.Event{Due: &machine.Due{At: j.dueAt()}}) }

// asked is the question that the application waits for, or nil.
func (j *journey) asked() *activity.Lookup {
	for _, w := range j.p.Waits(j.s) {
		if w.Lookup != nil {
			return w.Lookup
		}
	}
	return nil
}

// task is the open task of the first branch, or nil.
func (j *journey) task() *machine.Task { return j.s.Tokens[0].Task }

// dueAt is the next time limit.
func (j *journey) dueAt() time.Time {
	j.t.Helper()
	m, ok := j.s.DueAt()
	if !ok {
		j.t.Fatal("no clock is armed")
	}
	return m.DueAt
}

// told is what the effects say, one word each, for comparison.
func told(effects []activity.Effect) string {
	var b strings.Builder
	for i, e := range effects {
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(string(e.Kind) + ":" + e.Node)
		if e.Outcome != "" {
			b.WriteString("=" + e.Outcome)
		}
		if e.Reason != "" {
			b.WriteString("!" + e.Reason)
		}
	}
	return b.String()
}

func (j *journey) expect(want string) {
	j.t.Helper()
	if got := told(j.effects); got != want {
		j.t.Fatalf("effects\n got %s\nwant %s", got, want)
	}
}

func encode(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// roundTrip decodes what encoding gave, as a continued run does.
func roundTrip(t testing.TB, s machine.State) machine.State {
	t.Helper()
	var out machine.State
	d := json.NewDecoder(bytes.NewReader([]byte(encode(t, s))))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func lines(a *activity.Assessment) string {
	var b strings.Builder
	for _, l := range a.Lines {
		fmt.Fprintf(&b, "%s=%d ", l.Fee, l.Amount)
	}
	return fmt.Sprintf("%s= %d %s", b.String(), a.Total, a.Currency)
}
