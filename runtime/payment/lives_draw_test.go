package payment_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Places of the nodes of a life.
const (
	atPay = iota
	atLook
	atBack
	atKept
	atAid
	atMend
	atRest
	atCompleted
	atRefused
	atLapsed
	atWithdrawn
)

// drawLife draws a plan: a fee and a deposit, at once, in instalments or in two shares; a look at what was rented, which may send the application
// back to be corrected, so that the fee is worked out again, and is more or less; the deposit back or kept; and money paid out.
func drawLife(rnd *rand.Rand) (*machine.Program, error) {
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	currency := pick("ILS", "ILS", "JOD") // with two decimals and three
	money := func(most, least int) string {
		if currency == "JOD" {
			return fmt.Sprintf(`money("%d.%03d JOD")`, rnd.IntN(most), least+rnd.IntN(1000-least))
		}
		return fmt.Sprintf(`money("%d.%02d ILS")`, rnd.IntN(most), least+rnd.IntN(100-least))
	}
	to := pick("", account, account, closed, refused)
	if to != "" {
		to = `"` + to + `"`
	}
	end := func(outcome, permit, deposit string) plan.Node {
		return plan.Node{Key: "end/" + outcome, Kind: plan.End, End: &plan.EndNode{Outcome: outcome, Refund: []plan.Refund{{Fee: "permit", What: permit}, {Fee: "deposit", What: deposit}}}}
	}
	settle := func(key, what string) plan.Node {
		return plan.Node{Key: key, Step: key, Kind: plan.Settle, Settle: &plan.SettleNode{Fees: []string{"deposit"}, What: what}}
	}
	days := func(n int) plan.Span { return plan.Span{Count: n, Unit: "days"} }
	clock := &plan.Clock{Rungs: []plan.Rung{{Span: days(3), Then: plan.Remind}, {Span: days(7), Then: "lapse"}}}
	permit := plan.Fee{Code: "permit", Amount: money(300, 0) + " * form.n"}
	if rnd.IntN(3) == 0 {
		permit.Shares = []plan.Share{{Authority: "town", Percent: "66.6"}, {Authority: "state", Percent: "33.4"}}
	}
	deposit := money(80, 0)
	if rnd.IntN(4) == 0 {
		deposit = fmt.Sprintf(`money("0.00 %s")`, currency)
	}
	if rnd.IntN(4) == 0 {
		deposit += " * form.n"
	}
	pl := &plan.Plan{
		Format: plan.Format, Service: "s", Authority: "town", Currency: currency, Zone: "Asia/Hebron",
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "n", Kind: "int"}}}}, Reads: []string{"form.n"},
		Fees: []plan.Fee{permit, {Code: "deposit", Deposit: true, Amount: deposit}},
		Nodes: []plan.Node{
			atPay:  {Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit", "deposit"}, Clock: clock}},
			atLook: {Key: "look", Step: "look", Kind: plan.Review, Review: &plan.ReviewNode{Role: "clerk", Decisions: []plan.Decision{{Action: "clean"}, {Action: "dirty"}, {Action: "refuse"}, {Action: "sendBack"}}}},
			atBack: settle("back", "release"), atKept: settle("kept", "forfeit"),
			atAid:       {Key: "aid", Step: "aid", Kind: plan.PayOut, PayOut: &plan.PayOutNode{Amount: money(90, 1), Account: to}},
			atMend:      {Key: "mend", Step: "look", Kind: plan.Correct, Correct: &plan.CorrectNode{Frozen: []string{}}},
			atRest:      {Key: "rest", Step: "rest", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}, Rest: true, Clock: clock}},
			atCompleted: end("completed", "keep", "keep"), atRefused: end("refused", "all", "all"), atLapsed: end("lapsed", pick("keep", "all"), "all"),
			atWithdrawn: end("withdrawn", pick("keep", "all"), pick("keep", "all")),
		},
		Edges: []plan.Edge{
			{From: atPay, To: atLook, On: "paid"}, {From: atPay, To: atLapsed, On: "lapse"},
			{From: atLook, To: atRest, On: "clean"}, {From: atLook, To: atKept, On: "dirty"}, {From: atLook, To: atRefused, On: "refuse"}, {From: atLook, To: atMend, On: "sendBack"},
			{From: atMend, To: atPay, On: machine.Submit, Back: true, Invalidates: []string{"pay", "rest"}},
			{From: atRest, To: atBack, On: "paid"}, {From: atRest, To: atLapsed, On: "lapse"},
			{From: atBack, To: atAid, On: "settled"}, {From: atKept, To: atAid, On: "settled"}, {From: atAid, To: atCompleted, On: "paidOut"},
		},
		Withdraw: atWithdrawn,
	}
	if rnd.IntN(3) == 0 {
		to := map[string]string{"ILS": pick("0.50", "1.00", "5.00"), "JOD": pick("0.100", "1.000")}[currency]
		pl.Total = &plan.Rounding{To: to + " " + currency, Way: pick("up", "down", "nearest"), Difference: "applicant"}
	}
	switch pay := pl.Nodes[atPay].Pay; rnd.IntN(4) {
	case 0: // all at once
	case 1:
		pay.Share = 1 + rnd.IntN(99)
	default:
		pay.Instalments = &plan.Instalments{Count: 2 + rnd.IntN(4), Every: plan.Span{Count: 1, Unit: "weeks"}, Missed: pick("lapse", plan.Escalate)}
	}
	return machine.Load(pl)
}
