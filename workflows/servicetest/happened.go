package servicetest

import (
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Entry is one thing that happened in a scenario.
type Entry struct {
	At   time.Time `json:"at"`             // in the plan's zone
	Step string    `json:"step,omitempty"` // "" for what concerns the whole application
	What string    `json:"what"`           // in words, as "found" or "renewal 250.00 ILS due by 2026-12-06"
}

func (e Entry) String() string {
	if e.Step == "" {
		return e.What
	}
	return e.Step + ": " + e.What
}

// Story tells what happened in one line, each day once: "2026-11-22 submitted → licence: found → …".
func Story(entries []Entry) string {
	var b strings.Builder
	day := ""
	for _, e := range entries {
		if b.Len() > 0 {
			b.WriteString(" → ")
		}
		if d := e.At.Format(time.DateOnly); d != day {
			day = d
			b.WriteString(d + " ")
		}
		b.WriteString(e.String())
	}
	return b.String()
}

func (r *rehearsal) note(step, what string) {
	r.happened = append(r.happened, Entry{At: r.now, Step: step, What: what})
}

// record keeps what the effects of one step of the machine say.
func (r *rehearsal) record(effects []activity.Effect) {
	for i := range effects {
		e := &effects[i]
		switch e.Kind {
		case activity.Entered:
			r.reached(e.Step)
		case activity.Done:
			r.note(e.Step, e.Outcome)
		case activity.OpenTask:
			r.open(e.Step, e.Task.Role, e.Task.DueAt)
			if e.Reason != "" {
				r.note(e.Step, "an operator is asked ("+strings.TrimPrefix(e.Reason, "incident.")+")")
			} else {
				r.note(e.Step, "asks "+e.Task.Role+r.until(e.Task.DueAt))
			}
		case activity.Escalate:
			r.note(e.Step, "overdue, escalated")
		case activity.Assess:
			r.open(e.Step, applicant, e.Assessment.DueAt)
			r.fees = append(r.fees, e.Assessment.Lines...)
			r.note(e.Step, r.lines(e.Assessment.Lines)+" due"+r.until(e.Assessment.DueAt))
		case activity.Cancel:
			r.note(e.Step, "no longer to be paid")
		case activity.Issue:
			r.documents = append(r.documents, e.Document)
			r.note(e.Step, e.Document+" issued")
		case activity.ShowRows:
			r.note(e.Step, "the answer is shown")
		case activity.Refund:
			r.refunds = append(r.refunds, e.Refunds...)
			for _, x := range e.Refunds {
				r.note("", x.Fee+map[string]string{"all": " goes back", "keep": " stays"}[x.What])
			}
		case activity.Ended:
			if e.Step != "" {
				r.reached(e.Step)
			}
			r.ended = e.Node
			r.dates["end"] = r.now.Format(time.DateOnly)
			r.note("", "ended "+e.Outcome)
		}
	}
}

func (r *rehearsal) reached(step string) {
	if len(r.path) == 0 || r.path[len(r.path)-1] != step {
		r.path = append(r.path, step)
	}
	r.dates[step] = r.now.Format(time.DateOnly)
}

func (r *rehearsal) open(step, role string, due *time.Time) {
	r.tasks[step] = append(r.tasks[step], task{role, r.lastDay(due)})
}

// lastDay is the last day on which something may still be done, or never.
func (r *rehearsal) lastDay(due *time.Time) string {
	if due == nil {
		return never
	}
	return due.In(r.u.p.Zone()).Add(-time.Nanosecond).Format(time.DateOnly)
}

func (r *rehearsal) until(due *time.Time) string {
	if due == nil {
		return ""
	}
	return " by " + r.lastDay(due)
}

func (r *rehearsal) lines(lines []activity.Line) string {
	words := make([]string, len(lines))
	for i, l := range lines {
		words[i] = l.Fee + " " + r.money(l.Amount)
	}
	return strings.Join(words, ", ")
}

func (r *rehearsal) money(minor int64) string {
	return formula.Money{Minor: minor, Currency: r.u.p.Plan().Currency}.String()
}
