package plain

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/cmd/standalone/bench/licence"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Name is the workflow type under which it is registered.
const Name = "bench.driving-licence.plain"

// mostReturns is how often an application may be sent back.
const mostReturns = 2

// Workflow renews one licence.
func Workflow(ctx workflow.Context, start activity.Start) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second})
	a := &application{start: start, at: start.Facts.At, calendar: start.Facts.Calendar}
	if err := workflow.SetUpdateHandler(ctx, activity.ActUpdate, a.act); err != nil {
		return err
	}
	l, found, err := a.askRegister(ctx)
	if err != nil {
		return err
	}
	switch {
	case !found:
		return a.end(ctx, "licence/notFound", "refused", "licence/notFound")
	case l.Holder != a.nationalNumber():
		return a.end(ctx, "holder/refused", "refused", "holder/refused")
	case l.Blocked:
		return a.end(ctx, "bar/refused", "refused", "bar/refused")
	case l.UnpaidFines > 0:
		return a.end(ctx, "fines/refused", "refused", "fines/refused")
	}
	if over, err := a.takePayment(ctx, l); over || err != nil {
		return err
	}
	for visit := 1; ; visit++ {
		decision, err := a.review(ctx, visit)
		if err != nil {
			return err
		}
		switch decision {
		case "withdraw":
			return a.endWithRefund(ctx, "end/withdrawn", "withdrawn")
		case "refuse":
			return a.endWithRefund(ctx, "review/refuse", "refused")
		case "approve":
			return a.issue(ctx)
		}
		answer, err := a.correct(ctx, visit)
		if err != nil {
			return err
		}
		switch answer {
		case "withdraw":
			return a.endWithRefund(ctx, "end/withdrawn", "withdrawn")
		case "refuse":
			return a.endWithRefund(ctx, "review/refuse", "refused")
		}
	}
}

func (a *application) askRegister(ctx workflow.Context) (l licence.Licence, found bool, err error) {
	if err := a.enter(ctx, "licence", 1, "open"); err != nil {
		return l, false, err
	}
	var answer activity.Answer
	err = workflow.ExecuteActivity(ctx, activity.LookupName, activity.Lookup{
		Application: a.start.Application, Node: "licence", Visit: 1, Registry: "licensing", Operation: "licence-by-number",
		With: []activity.Argument{{Name: "number", Value: a.start.Reads["form.licenceNumber"]}},
		Keep: []string{"holder", "expiresOn", "unpaidFines", "blocked"},
	}).Get(ctx, &answer)
	if err != nil {
		return l, false, err
	}
	a.at = answer.Facts.At
	if !answer.Found {
		return l, false, a.leave(ctx, "notFound", nil)
	}
	if err := l.Read(answer.Values); err != nil {
		return l, false, err
	}
	return l, true, a.leave(ctx, "found", nil)
}

// takePayment is over when the application has ended without one.
func (a *application) takePayment(ctx workflow.Context, l licence.Licence) (over bool, err error) {
	if err := a.enter(ctx, "pay", 1, "waiting"); err != nil {
		return false, err
	}
	if a.lines, err = a.fees(l); err != nil {
		return false, err
	}
	due := licence.EndOfDay(a.at, 14)
	assessment := &activity.Assessment{Currency: "ILS", Lines: a.lines, Tariff: a.start.Tariff.Version, DueAt: &due}
	for _, line := range a.lines {
		assessment.Total += line.Amount
	}
	a.expect(task{role: "gateway", actions: []string{"paid"}})
	if err := a.write(ctx, activity.Effect{Kind: activity.Assess, Assessment: assessment}, nil); err != nil {
		return false, err
	}
	act, err := a.await(ctx, due)
	switch {
	case err != nil:
		return false, err
	case act == nil:
		return true, a.unpaid(ctx, "lapse", nil, "pay/lapse", "lapsed")
	case act.Action == "withdraw":
		return true, a.unpaid(ctx, "withdraw", act, "end/withdrawn", "withdrawn")
	}
	a.paid = true
	return false, a.leave(ctx, "paid", act)
}

func (a *application) unpaid(ctx workflow.Context, outcome string, act *activity.Act, node, end string) error {
	cancel := activity.Effect{Kind: activity.Cancel, Outcome: outcome}
	if act != nil {
		cancel.Actor = act.Actor
	}
	if err := a.write(ctx, cancel, nil); err != nil {
		return err
	}
	if err := a.leave(ctx, outcome, act); err != nil {
		return err
	}
	return a.end(ctx, node, end, "")
}

// review gives the decision that counts.
func (a *application) review(ctx workflow.Context, visit int) (decision string, err error) {
	if err := a.enter(ctx, "review", visit, "open"); err != nil {
		return "", err
	}
	due, err := licence.EndOfWorkingDay(a.at, 2, a.calendar)
	if err != nil {
		return "", err
	}
	t := task{
		kind: "review", role: "transport:licensing-officer", actions: []string{"approve", "sendBack", "refuse"},
		comment: []string{"sendBack", "refuse"}, notBy: a.start.Applicant,
	}
	if err := a.openTask(ctx, t, due); err != nil {
		return "", err
	}
	act, err := a.await(ctx, due)
	if err == nil && act == nil {
		a.expect(t)
		if err := a.write(ctx, activity.Effect{Kind: activity.Escalate}, nil); err != nil {
			return "", err
		}
		act, err = a.await(ctx, time.Time{})
	}
	if err != nil {
		return "", err
	}
	decision = act.Action
	if decision == "sendBack" && visit > mostReturns {
		decision = "refuse"
	}
	return decision, a.closeTask(ctx, decision, act)
}

func (a *application) correct(ctx workflow.Context, visit int) (answer string, err error) {
	if err := a.enter(ctx, "review/sendBack", visit, "waiting"); err != nil {
		return "", err
	}
	due := licence.EndOfDay(a.at, 30)
	t := task{kind: "correct", role: "applicant", actions: []string{"submit"}, frozen: []string{"licenceNumber", "years"}}
	if err := a.openTask(ctx, t, due); err != nil {
		return "", err
	}
	act, err := a.await(ctx, due)
	if err != nil {
		return "", err
	}
	if act == nil {
		return "refuse", a.closeTask(ctx, "refuse", nil)
	}
	return act.Action, a.closeTask(ctx, act.Action, act)
}

func (a *application) issue(ctx workflow.Context) error {
	if err := a.enter(ctx, "card", 1, "open"); err != nil {
		return err
	}
	if err := a.write(ctx, activity.Effect{Kind: activity.Issue, Document: "driving-licence", Deliver: []string{"download", "pick-up", "post", "email"}}, nil); err != nil {
		return err
	}
	if err := a.leave(ctx, "issued", nil); err != nil {
		return err
	}
	return a.end(ctx, "end/issued", "issued", "")
}
