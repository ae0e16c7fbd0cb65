package machine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// corrected is a plan that comes to its payments again after each correction: pay, and where it asks for a share the rest, then a look, from where
// it goes back. It may go back from a payment too.
func corrected(t testing.TB, how plan.PayNode, more ...func(*plan.Plan)) *machine.Program {
	t.Helper()
	p, err := bill(t, []plan.Fee{{Code: "a", Amount: `money("1.03 ILS") * form.n`, Head: "permits"}}, append([]func(*plan.Plan){func(pl *plan.Plan) {
		pl.Scope[0].Fields = append(pl.Scope[0].Fields, plan.Field{Name: "m", Kind: "int"})
		pl.Reads = append(pl.Reads, "form.m")
		pl.Fees = append(pl.Fees, plan.Fee{Code: "b", When: "form.m > 0", Amount: `money("2.57 ILS") * form.m`, Shares: []plan.Share{{Authority: "roads", Percent: "66.6"}, {Authority: "town", Percent: "33.4"}}})
		how.Fees = []string{"a", "b"}
		rest := &plan.PayNode{Fees: how.Fees, Rest: true}
		end := func(outcome, what string) plan.Node {
			return plan.Node{Key: "end/" + outcome, Kind: plan.End, End: &plan.EndNode{Outcome: outcome, Refund: []plan.Refund{{Fee: "a", What: what}, {Fee: "b", What: what}}}}
		}
		pl.Nodes = []plan.Node{
			{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &how}, {Key: "rest", Step: "rest", Kind: plan.Pay, Pay: rest},
			{Key: "look", Step: "look", Kind: plan.Review, Review: &plan.ReviewNode{Role: "clerk", Decisions: []plan.Decision{{Action: "approve"}, {Action: "sendBack"}, {Action: "refuse"}}}},
			{Key: "mend", Step: "mend", Kind: plan.Correct, Correct: &plan.CorrectNode{Frozen: []string{}}}, end("completed", "keep"), end("refused", "all"),
		}
		pl.Edges = []plan.Edge{
			{From: 0, To: 1, On: "paid"}, {From: 1, To: 2, On: "paid"}, {From: 2, To: 4, On: "approve"}, {From: 2, To: 3, On: "sendBack"}, {From: 2, To: 5, On: "refuse"},
			{From: 3, To: 0, On: machine.Submit, Back: true, Invalidates: []string{"pay", "rest", "look"}},
		}
		pl.Anytime = []plan.Anytime{{Event: "moved", By: "clerk", To: 3}}
		pl.Reopen = &plan.Reopen{Role: "clerk", Within: plan.Span{Count: 30, Unit: "days"}, Outcomes: []string{"refused"}, Times: 9, To: 0}
	}}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// money follows an application by what its effects say of money.
type money struct {
	t    testing.TB
	p    *machine.Program
	s    machine.State
	at   time.Time
	last []activity.Effect
	paid map[string]map[string]int64 // by visit and fee: what was paid and is kept
	asks map[string][]activity.Line
}

func follow(t testing.TB, p *machine.Program, n, m int) *money {
	f := &money{t: t, p: p, at: monday, paid: map[string]map[string]int64{}, asks: map[string][]activity.Line{}}
	s := start()
	s.Reads = form(n, m)
	f.take(machine.Event{Start: s})
	return f
}

func form(n, m int) map[string]json.RawMessage {
	return raw("form.n", strconv.Itoa(n), "form.m", strconv.Itoa(m), "form.disabled", "false")
}

func (f *money) take(e machine.Event) {
	f.t.Helper()
	next, effects, refused := f.p.Step(f.s, e)
	if refused != "" {
		f.t.Fatalf("%s: %s", refused, encode(f.t, e))
	}
	f.s, f.last = next, effects
	for _, e := range effects {
		at := fmt.Sprintf("%s/%d", e.Node, e.Visit)
		if e.Assessment != nil {
			if e.Assessment.Total < 0 {
				f.t.Fatalf("%d is asked for", e.Assessment.Total)
			} else if e.Assessment.Total > 0 {
				f.asks[at] = e.Assessment.Lines
			}
			for _, l := range e.Assessment.Less {
				f.less(l)
			}
		}
		if e.Kind == activity.Done && e.Outcome == machine.Paid && f.paid[at] == nil {
			f.paid[at] = map[string]int64{}
			for _, l := range f.asks[at] {
				f.paid[at][l.Fee] += l.Amount
			}
		}
		for _, x := range e.Refunds {
			for _, of := range f.paid {
				if x.What == "all" {
					delete(of, x.Fee)
				}
				if of["a"] == 0 && of["b"] == 0 {
					delete(of, activity.RoundingLine)
				}
			}
		}
	}
}

// less: more than was paid never goes back, of no fee and of no payment.
func (f *money) less(l activity.Less) {
	f.t.Helper()
	of := f.paid[fmt.Sprintf("%s/%d", l.Node, l.Visit)]
	back, left := int64(0), int64(0)
	for _, x := range l.Lines {
		of[x.Fee] += x.Amount
		back -= x.Amount
		if x.Fee != activity.RoundingLine && (of[x.Fee] < 0 || x.Amount >= 0) {
			f.t.Fatalf("%d of %s goes back, which leaves %d", -x.Amount, x.Fee, of[x.Fee])
		}
	}
	for _, amount := range of {
		left += amount
	}
	if back <= 0 || left < 0 {
		f.t.Fatalf("%d goes back of %s/%d, which leaves %d\n%s", back, l.Node, l.Visit, left, encode(f.t, f.s.Assessments))
	}
}

func (f *money) kept() (sum int64) {
	for _, of := range f.paid {
		for _, amount := range of {
			sum += amount
		}
	}
	return sum
}

// act lets whoever is waited for do something; false where nobody waits for that.
func (f *money) act(action string, reads map[string]json.RawMessage) bool {
	f.t.Helper()
	f.at = f.at.Add(time.Hour)
	for _, w := range f.p.Waits(f.s) {
		if slices.Contains(w.Actions, action) {
			a := w.Act(action, "O1", activity.Facts{At: f.at})
			a.Reads = reads
			f.take(machine.Event{Act: a})
			return true
		}
	}
	return false
}

func (f *money) without(action string) {
	f.t.Helper()
	f.at = f.at.Add(time.Hour)
	f.take(machine.Event{Act: &activity.Act{Facts: activity.Facts{At: f.at}, Action: action, Actor: "O1", Comment: true, Capacities: []string{"roads:clerk"}}})
}

// correct sends the application back, corrects it and pays what that asks for.
func (f *money) correct(n, m int) {
	f.t.Helper()
	if !f.act(machine.Submit, form(n, m)) {
		f.pay()
		f.act("sendBack", nil)
		f.act(machine.Submit, form(n, m))
	}
	f.pay()
}

func (f *money) pay() {
	f.t.Helper()
	for f.act(machine.Paid, nil) {
	}
}

// whole is what somebody would pay who had said so at first.
func whole(t testing.TB, p *machine.Program, n, m int) int64 {
	t.Helper()
	f := follow(t, p, n, m)
	f.pay()
	return f.kept()
}

func TestACorrectionThatMakesAFeeLessGivesTheDifferenceBack(t *testing.T) {
	f := follow(t, corrected(t, plan.PayNode{}), 100, 10)
	f.pay()
	frozen := encode(t, f.s.Assessments[0].Lines)
	for _, c := range []struct {
		n, m int
		less string // of pay/1, pay/2 …: fee and amount
		asks string
	}{
		{60, 10, "pay/1 a -4120", ""},                                 // less
		{90, 10, "", "a 3090; 3090"},                                  // and more
		{40, 10, "pay/3 a -3090 pay/1 a -2060", ""},                   // and less, of the newest payment first
		{40, 0, "pay/1 b -2570", ""},                                  // one is not due at all any more
		{0, 20, "pay/1 a -4120", "b 5140 roads=3423 town=1717; 5140"}, // nothing is set off
		{0, 0, "pay/6 b -5140", ""},
		{1, 0, "", "a 103; 103"},
	} {
		f.act("sendBack", nil)
		f.act(machine.Submit, form(c.n, c.m))
		less, asks := "", ""
		for _, e := range f.last {
			if e.Assessment == nil {
				continue
			}
			for _, l := range e.Assessment.Less {
				for _, x := range l.Lines {
					less += fmt.Sprintf(" %s/%d %s %d", l.Node, l.Visit, x.Fee, x.Amount)
					if x.Fee == "a" && x.Head != "permits" {
						t.Errorf("the head of %s is %q", x.Fee, x.Head)
					}
				}
			}
			if e.Assessment.Total > 0 {
				for i := range e.Assessment.Lines {
					e.Assessment.Lines[i].Changes = nil
				}
				asks = billed(e.Assessment)
			}
		}
		if less = less[min(1, len(less)):]; less != c.less || asks != c.asks {
			t.Errorf("%d, %d: %q goes back and %q is asked for, not %q and %q", c.n, c.m, less, asks, c.less, c.asks)
		}
		if f.pay(); f.kept() != whole(t, f.p, c.n, c.m) {
			t.Errorf("%d, %d: %d is kept", c.n, c.m, f.kept())
		}
	}
	if now := encode(t, f.s.Assessments[0].Lines); now != frozen {
		t.Errorf("what was frozen has changed:\n%s\n%s", frozen, now)
	}
	f.act("refuse", nil)
	if !slices.ContainsFunc(f.last, func(e activity.Effect) bool { return fmt.Sprint(e.Refunds) == "[{a all}]" }) {
		t.Errorf("nothing is left of b, and it is said of it that it goes back: %s", encode(t, f.last))
	}
}

// A share that was paid, or instalments, are more than the whole only where the whole has become less than they were: till then less is still due.
func TestWhatHasBecomeLessFirstMakesLessDue(t *testing.T) {
	f := follow(t, corrected(t, plan.PayNode{Share: 40}), 100, 0)
	f.act(machine.Paid, nil) // 41.20 of 103.00
	f.without("moved")
	f.act(machine.Submit, form(50, 0))
	if f.kept() != 4120 || !f.act(machine.Paid, nil) || f.kept() != 5150 {
		t.Errorf("%d is kept of a fee of 51.50, of which 41.20 were paid", f.kept())
	}
	f.correct(10, 0)
	if f.kept() != 1030 {
		t.Errorf("%d is kept of a fee of 10.30", f.kept())
	}
	f = follow(t, corrected(t, plan.PayNode{Instalments: &plan.Instalments{Count: 4, Every: plan.Span{Count: 1, Unit: "weeks"}, Missed: plan.Escalate}}), 100, 0)
	f.act(machine.Paid, nil)
	f.act(machine.Paid, nil) // 51.50 of 103.00
	f.without("moved")
	f.act(machine.Submit, form(60, 0))
	if f.act(machine.Paid, nil); f.kept() != 5150+258 {
		t.Errorf("%d is kept after the first of four instalments of what is left of 61.80", f.kept())
	}
	f.without("moved")
	if f.act(machine.Submit, form(20, 0)); f.kept() != 2060 || !f.act("refuse", nil) {
		t.Errorf("%d is kept of a fee of 20.60", f.kept())
	}
}

// Whatever is corrected, as often as anybody likes, by whichever way it is paid and rounded: what is kept is what would have been paid for it at first.
func TestWhatIsKeptIsWhatIsDueHoweverOftenItIsCorrected(t *testing.T) {
	less := 0
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		how := plan.PayNode{}
		switch rnd.IntN(3) {
		case 1:
			how.Share = 1 + rnd.IntN(95)
		case 2:
			how.Instalments = &plan.Instalments{Count: 2 + rnd.IntN(3), Every: plan.Span{Count: 1, Unit: "weeks"}, Missed: plan.Escalate}
		}
		p := corrected(t, how, func(pl *plan.Plan) {
			if rnd.IntN(4) > 0 {
				pl.Total = &plan.Rounding{To: []string{"0.50", "1.00", "7.00"}[rnd.IntN(3)] + " ILS", Way: []string{"up", "down", "nearest", "half-even"}[rnd.IntN(4)], Difference: "applicant"}
			}
		})
		n, m := rnd.IntN(40), rnd.IntN(5)
		f := follow(t, p, n, m)
		told := fmt.Sprintf("seed %d: %d, %d", seed, n, m)
		for range 12 {
			switch rnd.IntN(8) {
			case 0, 1: // sent back in the middle of a payment
				for range rnd.IntN(3) {
					f.act(machine.Paid, nil)
				}
				f.without("moved")
			case 2:
				if f.pay(); f.act("refuse", nil) {
					if f.kept() != 0 {
						t.Fatalf("%s: %d is kept of what was refused: %v\n%s", told, f.kept(), f.paid, encode(t, f.s.Assessments))
					}
					f.without(machine.Reopen)
				}
			}
			n, m = rnd.IntN(40), rnd.IntN(5)
			before := f.kept()
			if f.correct(n, m); f.kept() < before {
				less++
			}
			told += fmt.Sprintf("; %d, %d", n, m)
			if want := whole(t, p, n, m); f.s.Status == machine.Open && f.kept() != want {
				t.Fatalf("%s: %d is kept of %d\n%s", told, f.kept(), want, encode(t, f.s.Assessments))
			}
		}
	}
	if less < 300 {
		t.Errorf("it has become less %d times", less)
	}
}
