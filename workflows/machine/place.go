package machine

import (
	"errors"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// What a round gives.
const (
	Placed  = "placed"
	Reserve = "reserve" // the round is over, and no place was left for who is on the reserve list
	refused = "refused"
)

// places are the outcomes of a round.
var places = []string{Placed, Reserve, refused}

// What the applicant says to a place that is theirs for a while.
const (
	Accept  = "accept"
	Decline = "decline"
)

// round is the plan's made ready.
type round struct {
	*plan.Round
	rank, tie *expression
	quotas    []*expression
}

func (p *Program) loadRound(c *compiler) (err error) {
	pr := p.plan.Round
	if pr == nil {
		return nil
	}
	out := &round{Round: pr}
	if out.rank, err = c.compile(source{text: pr.Rank, kind: "decimal"}); err != nil {
		return err
	}
	if out.tie, err = c.optional(source{text: pr.Tie, kind: "decimal"}); err != nil {
		return err
	}
	for _, q := range pr.Quotas {
		e, err := c.compile(source{text: q.When, kind: "bool"})
		if err != nil {
			return err
		}
		out.quotas = append(out.quotas, e)
	}
	if pr.Accept != nil && !measured(*pr.Accept) {
		return errors.New("a time to accept without a length")
	}
	p.round = out
	return nil
}

// rank tells the round with what the application takes part, and waits for what it gives.
func (r *run) rank() {
	if r.p.round != nil {
		said, err := r.ranked()
		if err != nil {
			r.noValue(err)
			return
		}
		r.effect(activity.Ranked).Rank = said
	}
	r.t().Task = &Task{Kind: PlaceTask, Role: Rounds, Actions: places}
}

func (r *run) ranked() (out *activity.Rank, err error) {
	out = &activity.Rank{}
	if out.Rank, err = r.decimal(r.p.round.rank); err != nil {
		return nil, err
	}
	if out.Tie, err = r.decimal(r.p.round.tie); err != nil {
		return nil, err
	}
	for i, q := range r.p.round.quotas {
		counts, err := r.eval(q)
		if err != nil {
			return nil, err
		}
		if counts == true {
			out.Quotas = append(out.Quotas, r.p.round.Quotas[i].Code)
		}
	}
	return out, nil
}

// decimal is what a formula of a number gives, "" without one.
func (r *run) decimal(e *expression) (string, error) {
	if e == nil {
		return "", nil
	}
	v, err := r.eval(e)
	if err != nil {
		return "", err
	}
	switch n := v.(type) {
	case formula.Decimal:
		return n.String(), nil
	case int64:
		return strconv.FormatInt(n, 10), nil
	}
	return "", errNoNumber
}

// errNoNumber says that a formula of a number gave something else; Load does not let that happen.
var errNoNumber = errors.New("no number")

// placed takes what the round gives, and what the applicant says to a place that waits to be accepted.
func (r *run) placed(a *activity.Act) Refusal {
	t := r.t().Task
	if t.Role == Applicant {
		if a.Action == Accept {
			r.goOn(Placed, a.Actor)
		} else {
			r.goOn(refused, a.Actor)
		}
		return ""
	}
	if a.Action != Placed || r.p.round == nil || r.p.round.Accept == nil {
		r.goOn(a.Action, "")
		return ""
	}
	at, err := due(*r.p.round.Accept, r.at, r.p.zone, r.s.Calendar)
	if err != nil {
		r.incident(NoCalendar)
		r.t().Task.After = Placed
		return ""
	}
	r.keepClock([]Moment{{DueAt: at, Then: refused, In: countedIn(r.p.round.Accept.Unit)}})
	r.open(&Task{Kind: PlaceTask, Role: Applicant, Actions: []string{Accept, Decline}}, nil)
	return ""
}
