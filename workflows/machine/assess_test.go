package machine_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// bill is a plan that asks for all its fees at once.
func bill(t testing.TB, fees []plan.Fee, more ...func(*plan.Plan)) (*machine.Program, error) {
	t.Helper()
	pl := &plan.Plan{
		Format: plan.Format, Service: "s", Authority: "roads", Currency: "ILS", Zone: "UTC", Withdraw: -1, Fees: fees,
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "n", Kind: "int"}, {Name: "disabled", Kind: "bool"}}},
			{Name: "asOf", Kind: "record", Fields: []plan.Field{{Name: "submitted", Kind: "date"}}},
		},
		Reads: []string{"form.n", "form.disabled"},
		Nodes: []plan.Node{{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{}}, {Key: "end", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}},
		Edges: []plan.Edge{{From: 0, To: 1, On: "paid"}},
	}
	for _, f := range fees {
		pl.Nodes[0].Pay.Fees = append(pl.Nodes[0].Pay.Fees, f.Code)
	}
	for _, m := range more {
		m(pl)
	}
	return machine.Load(pl)
}

func assessed(t testing.TB, p *machine.Program, n int, disabled bool) *activity.Assessment {
	t.Helper()
	s := start()
	s.Reads = raw("form.n", strconv.Itoa(n), "form.disabled", fmt.Sprint(disabled))
	_, effects, refused := p.Step(machine.State{}, machine.Event{Start: s})
	if refused != "" {
		t.Fatal(refused)
	}
	for _, e := range effects {
		if e.Assessment != nil {
			return e.Assessment
		}
	}
	t.Fatalf("nothing was assessed: %s", encode(t, effects))
	return nil
}

func billed(a *activity.Assessment) string {
	out := ""
	for _, l := range a.Lines {
		out += fmt.Sprintf("%s %d", l.Fee, l.Amount)
		for _, c := range l.Changes {
			out += fmt.Sprintf(" %s/%d%+d", c.Kind, c.Index, c.By)
		}
		for _, s := range l.Shares {
			out += fmt.Sprintf(" %s=%d", s.Authority, s.Amount)
		}
		out += "; "
	}
	return out + fmt.Sprint(a.Total)
}

func TestALineSaysHowItCameAbout(t *testing.T) {
	fees := []plan.Fee{
		{Code: "card", Amount: `money("10.05 ILS") * form.n`, Exempt: []string{"form.n > 90", "form.disabled"},
			Rebates: []plan.Rebate{{Percent: "20"}, {When: "form.n == 3", Amount: `money("0.10 ILS")`}},
			AtLeast: `money("9.00 ILS")`, AtMost: `money("20.00 ILS")`, Round: &plan.Rounding{To: "0.50 ILS", Way: "nearest"}},
		{Code: "stamp", When: "form.n != 4", Amount: `money("2.01 ILS")`, Shares: []plan.Share{{Authority: "roads", Percent: "66.6"}, {Authority: "town", Percent: "33.4"}}},
		{Code: "vat", Amount: "percent(16, fees.card + fees.stamp)"},
		{Code: "onNet", Amount: "percent(10, fees.net)"},
		{Code: "held", Amount: `asOf.assessed > asOf.submitted ? money("5.00 ILS") : money("1.00 ILS")`, Deposit: true},
	}
	p, err := bill(t, fees, func(pl *plan.Plan) {
		pl.Subtotals = []plan.Subtotal{{Code: "net", Of: []string{"card", "stamp"}, Round: &plan.Rounding{To: "1.00 ILS", Way: "up", Difference: "applicant"}}}
		pl.FeeReads = []string{"asOf.assessed", "fees.card", "fees.net", "fees.stamp"}
		pl.Total = &plan.Rounding{To: "0.10 ILS", Way: "down", Difference: "authority"}
		pl.Nodes[0].Pay.Fees = []string{"held", "vat", "stamp", "onNet", "card"} // the order of the plan's fees counts
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n        int
		disabled bool
		want     string
	}{
		// 10.05 - 2.01 = 8.04, at least 9.00; net 11.01 becomes 12.00; 16 % of 11.01 is 1.7616
		{1, false, "card 900 rebate/0-201 atLeast/0+96; stamp 201 roads=134 town=67; vat 176; onNet 120; held 100; rounding 93; 1590"},
		// 30.15 - 6.03 - 0.10 = 24.02, at most 20.00
		{3, false, "card 2000 rebate/0-603 rebate/1-10 atMost/0-402; stamp 201 roads=134 town=67; vat 352; onNet 230; held 100; rounding 97; 2980"},
		// 40.20 - 8.04 = 32.16 …, without the stamp
		{4, false, "card 2000 rebate/0-804 atMost/0-1216; vat 320; onNet 200; held 100; 2620"},
		{2, true, "card 0 exempt/1-2010; stamp 201 roads=134 town=67; vat 32; onNet 30; held 100; rounding 97; 460"},
	} {
		a := assessed(t, p, c.n, c.disabled)
		if got := billed(a); got != c.want {
			t.Errorf("n = %d: %s\nwant       %s", c.n, got, c.want)
		}
		if !a.Lines[len(a.Lines)-1].Deposit && !a.Lines[len(a.Lines)-2].Deposit {
			t.Error("the deposit is not marked")
		}
	}
}

func TestWhoeverNeedNotPayIsToldWhyAndPassesAtOnce(t *testing.T) {
	p, err := bill(t, []plan.Fee{{Code: "card", Amount: `money("10.00 ILS")`, Exempt: []string{"form.disabled"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := start()
	s.Reads = raw("form.n", "1", "form.disabled", "true")
	next, effects, _ := p.Step(machine.State{}, machine.Event{Start: s})
	if next.Status != machine.Ended || len(next.Assessments) != 1 || billed(effects[1].Assessment) != "card 0 exempt/0-1000; 0" {
		t.Fatalf("%+v\n%s", next, encode(t, effects))
	}
}

// Whatever the lines: they sum to the total, each is what its changes say, its shares are all of it, and rounding makes less of it than its unit.
func TestNoLineLosesOrInventsMoney(t *testing.T) {
	ways := []string{"up", "down", "nearest", "half-even"}
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		amount := func() string { return fmt.Sprintf(`money("%d.%02d ILS")`, rnd.IntN(400), rnd.IntN(100)) }
		round := func() *plan.Rounding {
			units := []string{"0.01", "0.05", "0.30", "1.00", "7.00"}
			return &plan.Rounding{To: units[rnd.IntN(len(units))] + " ILS", Way: ways[rnd.IntN(4)], Difference: []string{"authority", "applicant"}[rnd.IntN(2)]}
		}
		var fees []plan.Fee
		var lines, reads []string
		for i := range 1 + rnd.IntN(4) {
			code := fmt.Sprintf("f%d", i)
			f := plan.Fee{Code: code, Amount: amount() + " * form.n"}
			if i > 0 && rnd.IntN(2) == 0 {
				f.Amount = fmt.Sprintf("percent(%d, fees.f%d)", rnd.IntN(200), rnd.IntN(i))
			}
			if rnd.IntN(4) == 0 {
				f.Exempt = []string{"form.n == 2"}
			}
			if rnd.IntN(3) == 0 {
				f.Rebates = []plan.Rebate{{Percent: strconv.Itoa(1 + rnd.IntN(100))}, {Amount: amount()}}
			}
			if rnd.IntN(3) == 0 {
				f.AtLeast = amount()
			}
			if rnd.IntN(3) == 0 {
				f.AtMost = amount()
			}
			if rnd.IntN(2) == 0 {
				f.Round = round()
			}
			if rnd.IntN(2) == 0 {
				f.Shares = []plan.Share{{Authority: "a", Percent: "33.4"}, {Authority: "b", Percent: "33.3"}, {Authority: "c", Percent: "33.3"}}
			}
			fees, lines, reads = append(fees, f), append(lines, code), append(reads, "fees."+code)
		}
		total := round()
		p, err := bill(t, fees, func(pl *plan.Plan) {
			pl.FeeReads, pl.Total = append(reads, "fees.sum"), total
			pl.Subtotals = []plan.Subtotal{{Code: "sum", Of: lines, Round: round()}}
			rnd.Shuffle(len(lines), func(i, j int) {
				nodes := pl.Nodes[0].Pay.Fees
				nodes[i], nodes[j] = nodes[j], nodes[i]
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		s := start()
		s.Reads = raw("form.n", strconv.Itoa(1+rnd.IntN(3)), "form.disabled", "false")
		_, effects, refused := p.Step(machine.State{}, machine.Event{Start: s})
		if refused != "" {
			t.Fatal(refused)
		}
		for _, e := range effects {
			if e.Assessment != nil {
				balanced(t, seed, e.Assessment)
			} else if e.Task != nil {
				t.Errorf("seed %d: %s", seed, e.Reason)
			}
		}
	}
}

func balanced(t *testing.T, seed uint64, a *activity.Assessment) {
	t.Helper()
	var sum int64
	for _, l := range a.Lines {
		sum += l.Amount
		if len(l.Changes) > 0 {
			was := l.Full
			for _, c := range l.Changes {
				was += c.By
			}
			if was != l.Amount {
				t.Errorf("seed %d: %s is %d, its changes make %d", seed, l.Fee, l.Amount, was)
			}
		}
		var shared int64
		for _, s := range l.Shares {
			shared += s.Amount
		}
		if len(l.Shares) > 0 && shared != l.Amount {
			t.Errorf("seed %d: %s is %d, its shares %d", seed, l.Fee, l.Amount, shared)
		}
		if most := int64(2 * 700); l.Fee == activity.RoundingLine && (l.Amount >= most || l.Amount <= -most) { // the subtotal's and the total's unit
			t.Errorf("seed %d: rounding makes %d", seed, l.Amount)
		} else if l.Fee != activity.RoundingLine && l.Amount < 0 {
			t.Errorf("seed %d: %s is below zero", seed, l.Fee)
		}
	}
	if sum != a.Total || a.Total < 0 {
		t.Errorf("seed %d: the lines sum to %d, the total is %d", seed, sum, a.Total)
	}
}

func TestAPlanWhoseFeesCannotBeWorkedOutIsRefused(t *testing.T) {
	for name, change := range map[string]func(*plan.Plan){
		"unit of another currency": func(pl *plan.Plan) { pl.Fees[0].Round = &plan.Rounding{To: "1.000 JOD", Way: "up"} },
		"unknown way":              func(pl *plan.Plan) { pl.Total = &plan.Rounding{To: "1.00 ILS", Way: "about"} },
		"percent that is none":     func(pl *plan.Plan) { pl.Fees[0].Rebates = []plan.Rebate{{Percent: "many"}} },
		"share that is none":       func(pl *plan.Plan) { pl.Fees[0].Shares = []plan.Share{{Authority: "a", Percent: "x"}} },
		"subtotal of nothing":      func(pl *plan.Plan) { pl.Subtotals = []plan.Subtotal{{Code: "x", Of: []string{"none"}}} },
		"reads what is not there":  func(pl *plan.Plan) { pl.FeeReads = []string{"form.n"} },
		"line that reads a line":   func(pl *plan.Plan) { pl.Fees[0].Amount = "fees.card" },
	} {
		if _, err := bill(t, []plan.Fee{{Code: "card", Amount: `money("10.00 ILS")`}}, change); err == nil {
			t.Errorf("%s: it was loaded", name)
		}
	}
}

// A line keeps which rows held of the facts that it reads, also through another fact, and says nothing of facts that it does not read.
func TestALineKeepsTheRowsThatHeld(t *testing.T) {
	p, err := bill(t, []plan.Fee{{Code: "plain", Amount: `money("1.00 ILS")`}, {Code: "tax", Amount: `money("1.00 ILS") * facts.twice`}}, func(pl *plan.Plan) {
		pl.Facts = []plan.Fact{
			{Name: "rate", Kind: "int", Formula: `(form.n > 5) ? (16) : (12)`, Row: `(form.n > 5) ? 1 : 2`},
			{Name: "other", Kind: "int", Formula: `(form.disabled) ? (1) : (2)`, Row: `(form.disabled) ? 1 : 2`},
			{Name: "twice", Kind: "int", Formula: `facts.rate * 2`},
		}
		pl.Scope = append(pl.Scope, plan.Field{Name: "facts", Kind: "record", Fields: []plan.Field{{Name: "rate", Kind: "int"}, {Name: "other", Kind: "int"}, {Name: "twice", Kind: "int"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, row := range map[int]int{9: 1, 3: 2} {
		a := assessed(t, p, n, false)
		if got := fmt.Sprint(a.Lines[0].Rows, a.Lines[1].Rows); got != fmt.Sprintf("[] [{rate %d}]", row) {
			t.Errorf("n = %d: %s", n, got)
		}
	}
}
