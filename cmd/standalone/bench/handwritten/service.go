package handwritten

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/cmd/standalone/bench/licence"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Places at which an application can be; steps and ends have the keys that the compiled plan gives them.
const (
	nodeLicence    = "licence"
	nodePay        = "pay"
	nodeReview     = "review"
	nodeCorrection = "review/sendBack"
	nodeCard       = "card"
)

// mostReturns is how often an application may be sent back.
const mostReturns = 2

// application is everything that is remembered of one.
type application struct {
	progress
	number string // of the licence
	years  int64

	licenceVisit, reviewVisit, returned int
	task                                *activity.Task
	lines                               []activity.Line
	paid                                bool
}

func (a *application) state() *progress { return &a.progress }

func (a *application) begin() error {
	if err := json.Unmarshal(a.start.Reads["form.licenceNumber"], &a.number); err != nil {
		return err
	}
	if err := json.Unmarshal(a.start.Reads["form.years"], &a.years); err != nil {
		return err
	}
	a.register()
	return nil
}

// register enters the question to the register.
func (a *application) register() {
	a.licenceVisit++
	a.node, a.status, a.task = nodeLicence, open, nil
	a.effect(activity.Entered, a.licenceVisit)
}

// question is what the licensing register is asked while the application waits for it.
func (a *application) question() *activity.Lookup {
	if a.node != nodeLicence || a.task != nil {
		return nil
	}
	return &activity.Lookup{
		Application: a.start.Application, Node: nodeLicence, Visit: a.licenceVisit, Registry: "licensing", Operation: "licence-by-number",
		With: []activity.Argument{{Name: "number", Value: a.start.Reads["form.licenceNumber"]}},
		Keep: []string{"holder", "expiresOn", "unpaidFines", "blocked"},
	}
}

// answered decides by what the register said.
func (a *application) answered(answer activity.Answer) {
	a.facts(answer.Facts)
	if answer.Failed != "" {
		a.incident("lookup-failed")
		return
	}
	if !answer.Found {
		a.done("notFound", "")
		a.end("licence/notFound", "refused", true)
		return
	}
	var l licence.Licence
	if err := l.Read(answer.Values); err != nil {
		a.incident("lookup-failed")
		return
	}
	var applicant string
	if err := json.Unmarshal(a.start.Reads["applicant.nationalNumber"], &applicant); err != nil {
		a.incident("no-value")
		return
	}
	lines, err := licence.Fees(a.start.Tariff, a.years, l.ExpiresOn, licence.Day(a.start.Facts.At))
	if err != nil {
		a.incident("no-value")
		return
	}
	a.done("found", "")
	switch {
	case l.Holder != applicant:
		a.end("holder/refused", "refused", true)
	case l.Blocked:
		a.end("bar/refused", "refused", true)
	case l.UnpaidFines > 0:
		a.end("fines/refused", "refused", true)
	default:
		a.pay(lines)
	}
}

func (a *application) pay(lines []activity.Line) {
	a.node, a.status = nodePay, open
	a.effect(activity.Entered, 1)
	var total int64
	for _, l := range lines {
		total += l.Amount
	}
	if total == 0 {
		a.done("paid", "")
		a.review()
		return
	}
	a.status, a.lines = waiting, lines
	a.dueAt = licence.EndOfDay(a.at, 14)
	due := a.dueAt
	a.effect(activity.Assess, 1).Assessment = &activity.Assessment{
		Currency: "ILS", Lines: lines, Total: total, Tariff: a.start.Tariff.Version, DueAt: &due,
	}
}

func (a *application) review() {
	a.reviewVisit++
	a.node, a.status = nodeReview, open
	a.effect(activity.Entered, a.reviewVisit)
	due, err := licence.EndOfWorkingDay(a.at, 2, a.calendar)
	if err != nil {
		a.incident("no-calendar")
		return
	}
	a.dueAt = due
	a.open(&activity.Task{
		Kind: "review", Role: "transport:licensing-officer", Actions: []string{"approve", "sendBack", "refuse"}, Comment: []string{"sendBack", "refuse"},
	})
}

func (a *application) correction() {
	a.returned++
	a.node, a.status = nodeCorrection, waiting
	a.effect(activity.Entered, a.returned)
	a.dueAt = licence.EndOfDay(a.at, 30)
	a.open(&activity.Task{Kind: "correct", Role: "applicant", Actions: []string{"submit"}, Frozen: []string{"licenceNumber", "years"}})
}

func (a *application) card() {
	a.node, a.status = nodeCard, open
	a.effect(activity.Entered, 1)
	e := a.effect(activity.Issue, 1)
	e.Document, e.Deliver = "driving-licence", []string{"download", "pick-up", "post", "email"}
	a.done("issued", "")
	a.end("end/issued", "issued", false)
}

// due takes the end of a time limit.
func (a *application) due(at time.Time) {
	a.at, a.dueAt = at, time.Time{}
	switch a.node {
	case nodePay:
		a.effect(activity.Cancel, 1).Outcome = "lapse"
		a.done("lapse", "")
		a.end("pay/lapse", "lapsed", false)
	case nodeReview:
		a.effect(activity.Escalate, a.reviewVisit)
	case nodeCorrection:
		a.close("refuse", "")
		a.done("refuse", "")
		a.refund("review/refuse", "refused")
	}
}

// visit is how often the present place was entered.
func (a *application) visit() int {
	switch a.node {
	case nodeLicence:
		return a.licenceVisit
	case nodeReview:
		return a.reviewVisit
	case nodeCorrection:
		return a.returned
	}
	return 1
}

func (a *application) effect(kind activity.EffectKind, visit int) *activity.Effect {
	return a.effectAt(kind, a.node, visit)
}

func (a *application) done(outcome, actor string) {
	e := a.effect(activity.Done, a.visit())
	e.Outcome, e.Actor = outcome, actor
}

func (a *application) open(t *activity.Task) {
	t.Revision = 1
	if !a.dueAt.IsZero() {
		due := a.dueAt
		t.DueAt = &due
	}
	a.task = t
	a.effect(activity.OpenTask, a.visit()).Task = t
}

func (a *application) close(outcome, actor string) {
	e := a.effect(activity.CloseTask, a.visit())
	e.Outcome, e.Actor = outcome, actor
	a.task, a.dueAt = nil, time.Time{}
}

func (a *application) incident(code string) {
	a.dueAt, a.status = time.Time{}, open
	a.open(&activity.Task{Kind: "incident", Role: "transport:operator", Actions: []string{"retry"}})
	a.effects[len(a.effects)-1].Reason = "incident." + code
}

func (a *application) end(node, outcome string, reason bool) {
	a.node, a.status, a.outcome, a.task, a.dueAt = node, ended, outcome, nil, time.Time{}
	e := a.effect(activity.Ended, 1)
	e.Outcome = outcome
	if reason {
		e.Reason = node
	}
}

// refund ends the application and gives the renewal fee back, not the fine.
func (a *application) refund(node, outcome string) {
	a.node = node
	var refunds []activity.LineRefund
	if a.paid {
		for _, r := range []activity.LineRefund{{Fee: licence.Renewal, What: "all"}, {Fee: licence.Late, What: "keep"}} {
			if slices.ContainsFunc(a.lines, func(l activity.Line) bool { return l.Fee == r.Fee && l.Amount > 0 }) {
				refunds = append(refunds, r)
			}
		}
	}
	if len(refunds) > 0 {
		a.effect(activity.Refund, 1).Refunds = refunds
	}
	a.end(node, outcome, false)
}
