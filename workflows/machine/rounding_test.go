package machine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// billIn is a plan in a currency that asks for fees of these amounts at once, unless it is changed.
func billIn(t *testing.T, currency string, amounts []string, more ...func(*plan.Plan)) *machine.Program {
	t.Helper()
	var fees []plan.Fee
	for i, a := range amounts {
		fees = append(fees, plan.Fee{Code: fmt.Sprintf("f%d", i), Amount: a})
	}
	p, err := bill(t, fees, append([]func(*plan.Plan){func(pl *plan.Plan) { pl.Currency = currency }}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// paidWhole pays whatever is asked for until nothing more is, and says how much each time; what was planned to come beside the first.
func paidWhole(t *testing.T, p *machine.Program) (paid, planned []int64) {
	t.Helper()
	at := start()
	at.Reads = raw("form.n", "1", "form.disabled", "false")
	s, effects, refused := p.Step(machine.State{}, machine.Event{Start: at})
	for range 20 {
		if refused != "" {
			t.Fatal(refused)
		}
		for _, e := range effects {
			if e.Assessment == nil {
				continue
			}
			if paid = append(paid, e.Assessment.Total); len(paid) == 1 {
				for _, c := range e.Assessment.Coming {
					planned = append(planned, c.Amount)
				}
			}
		}
		waits := p.Waits(s)
		if len(waits) == 0 {
			return paid, planned
		}
		s, effects, refused = p.Step(s, machine.Event{Act: waits[0].Act(machine.Paid, "gateway", activity.Facts{At: at.Facts.At.Add(time.Hour)})})
	}
	t.Fatal("it is asked for without end")
	return nil, nil
}

// Half of a minor unit goes to the even one, of two decimals and of three (ISO 80000-1, annex B, rule A); a tariff that rounds says how.
func TestAnAmountAtAnEdgeIsRoundedAsItIsSaid(t *testing.T) {
	for _, c := range []struct {
		currency, amount string
		to, way          string
		want             int64
	}{
		{"ILS", `percent(50, money("0.01 ILS"))`, "", "", 0}, {"ILS", `percent(50, money("0.03 ILS"))`, "", "", 2}, {"ILS", `percent(50, money("0.05 ILS"))`, "", "", 2},
		{"ILS", `percent(16, money("0.03 ILS"))`, "", "", 0}, {"ILS", `percent(16, money("0.04 ILS"))`, "", "", 1},
		{"JOD", `percent(50, money("0.001 JOD"))`, "", "", 0}, {"JOD", `percent(50, money("0.003 JOD"))`, "", "", 2}, {"JOD", `percent(16, money("1.003 JOD"))`, "", "", 160},
		{"ILS", `money("0.05 ILS")`, "0.10 ILS", "nearest", 10}, {"ILS", `money("0.04 ILS")`, "0.10 ILS", "nearest", 0}, {"ILS", `money("0.15 ILS")`, "0.10 ILS", "nearest", 20},
		{"ILS", `money("0.05 ILS")`, "0.10 ILS", "half-even", 0}, {"ILS", `money("0.15 ILS")`, "0.10 ILS", "half-even", 20}, {"ILS", `money("0.25 ILS")`, "0.10 ILS", "half-even", 20},
		{"ILS", `money("0.26 ILS")`, "0.10 ILS", "half-even", 30}, {"ILS", `money("0.01 ILS")`, "0.10 ILS", "up", 10}, {"ILS", `money("0.10 ILS")`, "0.10 ILS", "up", 10},
		{"ILS", `money("0.19 ILS")`, "0.10 ILS", "down", 10}, {"ILS", `money("0.00 ILS")`, "0.10 ILS", "up", 0},
		{"ILS", `money("1.02 ILS")`, "0.05 ILS", "nearest", 100}, {"ILS", `money("1.03 ILS")`, "0.05 ILS", "nearest", 105}, // no amount is half of a unit of five
		{"JOD", `money("0.005 JOD")`, "0.010 JOD", "half-even", 0}, {"JOD", `money("0.015 JOD")`, "0.010 JOD", "half-even", 20}, {"JOD", `money("0.005 JOD")`, "0.010 JOD", "nearest", 10},
		{"JOD", `money("7.001 JOD")`, "1.000 JOD", "up", 8000},
	} {
		p := billIn(t, c.currency, []string{c.amount}, func(pl *plan.Plan) {
			if c.to != "" {
				pl.Fees[0].Round = &plan.Rounding{To: c.to, Way: c.way, Difference: "authority"}
			}
		})
		if paid, _ := paidWhole(t, p); c.want == 0 && sum(paid) != 0 || c.want > 0 && !slices.Equal(paid, []int64{c.want}) {
			t.Errorf("%s, to %q %s: %d is asked for, not %d", c.amount, c.to, c.way, paid, c.want)
		}
	}
}

func sum(of []int64) (sum int64) {
	for _, n := range of {
		sum += n
	}
	return sum
}

// The first instalments bear what does not divide, each line by itself; one of nothing is none.
func TestInstalmentsThatDoNotDivideSumToTheWhole(t *testing.T) {
	for _, c := range []struct {
		currency string
		amounts  []string
		count    int
		want     []int64
	}{
		{"ILS", []string{`money("100.00 ILS")`}, 3, []int64{3334, 3333, 3333}},
		{"ILS", []string{`money("0.02 ILS")`}, 5, []int64{1, 1}},
		{"ILS", []string{`money("0.01 ILS")`, `money("0.01 ILS")`}, 2, []int64{2}},
		{"ILS", []string{`money("10.01 ILS")`, `money("0.03 ILS")`}, 4, []int64{252, 251, 251, 250}},
		{"JOD", []string{`money("1.000 JOD")`}, 3, []int64{334, 333, 333}},
		{"JOD", []string{`money("0.001 JOD")`}, 12, []int64{1}},
		{"ILS", []string{`money("9000000000000000.07 ILS")`}, 2, []int64{450000000000000004, 450000000000000003}},
	} {
		p := billIn(t, c.currency, c.amounts, func(pl *plan.Plan) {
			pl.Nodes[0].Pay.Instalments = &plan.Instalments{Count: c.count, Every: plan.Span{Count: 1, Unit: "weeks"}, Missed: plan.Escalate}
		})
		if paid, planned := paidWhole(t, p); !slices.Equal(paid, c.want) || !slices.Equal(planned, c.want[1:]) {
			t.Errorf("%v in %d: %d, planned %d; want %d", c.amounts, c.count, paid, planned, c.want)
		}
	}
}

// A share is rounded half to even, and the rest is whatever it has left.
func TestAShareAndTheRestSumToTheWhole(t *testing.T) {
	for _, c := range []struct {
		currency, amount string
		share            int
		want             []int64
	}{
		{"ILS", `money("0.03 ILS")`, 50, []int64{2, 1}}, {"ILS", `money("0.05 ILS")`, 50, []int64{2, 3}}, {"ILS", `money("0.01 ILS")`, 50, []int64{1}},
		{"ILS", `money("100.01 ILS")`, 33, []int64{3300, 6701}}, {"ILS", `money("0.01 ILS")`, 99, []int64{1}}, {"JOD", `money("0.005 JOD")`, 30, []int64{2, 3}},
		{"JOD", `money("99.999 JOD")`, 1, []int64{1000, 98999}},
	} {
		p := billIn(t, c.currency, []string{c.amount}, func(pl *plan.Plan) {
			pl.Nodes[0].Pay.Share = c.share
			pl.Nodes = slices.Insert(pl.Nodes, 1, plan.Node{Key: "rest", Step: "rest", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"f0"}, Rest: true}})
			pl.Edges = []plan.Edge{{From: 0, To: 1, On: "paid"}, {From: 1, To: 2, On: "paid"}}
		})
		paid, _ := paidWhole(t, p)
		if paid = slices.DeleteFunc(paid, func(n int64) bool { return n == 0 }); !slices.Equal(paid, c.want) {
			t.Errorf("%d %% of %s: %d is asked for, not %d", c.share, c.amount, paid, c.want)
		}
	}
}
