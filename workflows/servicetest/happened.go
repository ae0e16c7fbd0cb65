package servicetest

import (
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Entry is one thing that happened in a scenario.
type Entry struct {
	At   time.Time `json:"at"`             // in the plan's zone
	Step string    `json:"step,omitempty"` // "" for what concerns the whole application
	What string    `json:"what"`           // in words, as "found" or "renewal 250.00 ILS due by 2026-12-06"

	// Kind and Subject say of what kind the effect was, where it made something: issue and the document's code, answer and the
	// node's key, ended and the key of the reason.
	Kind    activity.EffectKind `json:"-"`
	Subject string              `json:"-"`

	what diag.Message
}

func (e Entry) String() string {
	if e.Step == "" {
		return e.What
	}
	return e.Step + ": " + e.What
}

// In is the entry in a language; nil is English.
func (e Entry) In(l *diag.Language) string {
	if e.Step == "" {
		return e.what.In(l)
	}
	return e.Step + ": " + e.what.In(l)
}

// Words is In without the step, and with what called gives in the place of codes: those of an outcome, of whoever is asked or told, of a document
// or of a fee, each by the name of its place in the sentence.
func (e Entry) Words(l *diag.Language, called func(place, code string) string) string {
	what := diag.Message{Phrase: e.what.Phrase, Args: make(diag.Args, len(e.what.Args))}
	for place, value := range e.what.Args {
		if code, is := value.(string); is {
			value = called(place, code)
		}
		what.Args[place] = value
	}
	return what.In(l)
}

// Story tells what happened in one line, each day once: "2026-11-22 submitted → licence: found → …".
func Story(entries []Entry) string { return story(entries).String() }

// story is Story, to be told in any language.
func story(entries []Entry) diag.Message {
	var all diag.Message
	day := ""
	for i, e := range entries {
		next := e.what
		if e.Step != "" {
			next = diag.Say("{step}: {what}", "step", e.Step, "what", next)
		}
		if d := e.At.Format(time.DateOnly); d != day {
			day = d
			next = diag.Say("{day} {what}", "day", d, "what", next)
		}
		if i == 0 {
			all = next
			continue
		}
		all = diag.Say("{before} → {then}", "before", all, "then", next)
	}
	return all
}

func (r *course) note(step string, phrase diag.Phrase, args ...any) {
	what := diag.Say(phrase, args...)
	r.happened = append(r.happened, Entry{At: r.now, Step: step, What: what.String(), what: what})
}

// record keeps what the effects of one step of the machine say.
func (r *course) record(effects []activity.Effect) {
	for i := range effects {
		e := &effects[i]
		switch e.Kind {
		case activity.Entered:
			if !takesBack(e.Node) {
				r.reached(e.Step)
			}
		case activity.Done:
			if takesBack(e.Node) && e.Outcome != machine.Skip && e.Outcome != machine.CalledOff {
				r.undone = append(r.undone, e.Step)
			}
			r.note(e.Step, "{outcome}", "outcome", e.Outcome)
		case activity.OpenTask:
			r.open(e.Step, e.Task.Role, e.Task.DueAt)
			if e.Reason != "" {
				r.note(e.Step, "an operator is asked ({reason})", "reason", strings.TrimPrefix(e.Reason, "incident."))
			} else {
				r.due(e.Step, "asks {what}", "asks {what} by {day}", e.Task.DueAt, e.Task.Role)
			}
		case activity.Escalate:
			r.note(e.Step, "overdue, escalated")
		case activity.Remind:
			r.note(e.Step, "reminded")
		case activity.Voted:
			r.note(e.Step, "one says {decision}", "decision", e.Outcome)
		case activity.Notice:
			whom := e.Notice.Whom
			if e.Notice.Role != "" {
				whom = e.Notice.Role
			}
			r.notices = append(r.notices, told{e.Step, whom})
			r.note(e.Step, "{whom} is told", "whom", whom)
		case activity.Revoke:
			r.note(e.Step, "{document} revoked", "document", e.Document)
		case activity.PayOut:
			amount := r.money(e.PayOut.Amount)
			r.paidOut = append(r.paidOut, told{e.Step, amount})
			r.note(e.Step, "{amount} paid out", "amount", amount)
		case activity.Settle:
			for _, fee := range e.Settlement.Fees {
				r.deposits = append(r.deposits, told{fee, e.Settlement.What})
				r.note(e.Step, map[string]diag.Phrase{"release": "{fee} goes back", "forfeit": "{fee} stays"}[e.Settlement.What], "fee", fee)
			}
		case activity.Extended:
			r.note("", "the deadline is extended")
		case activity.Suspended:
			r.note("", "suspended until {day} at most", "day", r.lastDay(e.Until))
		case activity.Postponed:
			r.note("", "a day off was published")
			for _, d := range e.Dues {
				r.postponed(d)
			}
		case activity.Resumed:
			r.note("", "resumed")
			for _, d := range e.Dues {
				r.postponed(d)
			}
		case activity.Reopened:
			r.note("", "reopened")
		case activity.Assess:
			r.open(e.Step, applicant, e.Assessment.DueAt)
			r.fees = append(r.fees, e.Assessment.Lines...)
			r.asked[e.Step] = e.Assessment.Lines
			if e.Assessment.Total > 0 || len(e.Assessment.Less) == 0 {
				r.due(e.Step, "{what} due", "{what} due by {day}", e.Assessment.DueAt, r.lines(e.Assessment.Lines))
			}
			for _, l := range e.Assessment.Less {
				r.fees = append(r.fees, l.Lines...)
				r.note(e.Step, "less is due since the correction: {what}", "what", r.lines(l.Lines))
			}
		case activity.Cancel:
			r.note(e.Step, "no longer to be paid")
		case activity.Keep:
			r.papers.know(r.u.p.Plan(), e.Node, e.Values)
		case activity.Issue:
			r.documents = append(r.documents, e.Document)
			r.papers.issue(r, e.Document)
			r.note(e.Step, "{document} issued", "document", e.Document)
			r.made(e.Kind, e.Document)
		case activity.ShowRows:
			r.note(e.Step, "the answer is shown")
			r.made(e.Kind, e.Node)
		case activity.Refund:
			r.refunds = append(r.refunds, e.Refunds...)
			for _, x := range e.Refunds {
				r.note("", map[string]diag.Phrase{"all": "{fee} goes back", "keep": "{fee} stays"}[x.What], "fee", x.Fee)
			}
		case activity.Ended:
			if e.Step != "" {
				r.reached(e.Step)
			}
			r.dates["end"] = r.now.Format(time.DateOnly)
			r.note("", "ended {outcome}", "outcome", e.Outcome)
			r.made(e.Kind, e.Reason)
		}
	}
}

// takesBack tells the nodes that take back what a step has written.
func takesBack(node string) bool { return strings.HasSuffix(node, catalog.UndoSuffix) }

// made says what the last entry is of.
func (r *course) made(kind activity.EffectKind, subject string) {
	last := &r.happened[len(r.happened)-1]
	last.Kind, last.Subject = kind, subject
}

func (r *course) reached(step string) {
	if len(r.path) == 0 || r.path[len(r.path)-1] != step {
		r.path = append(r.path, step)
	}
	r.dates[step] = r.now.Format(time.DateOnly)
}

func (r *course) open(step, role string, due *time.Time) {
	r.tasks[step] = append(r.tasks[step], task{role, r.lastDay(due)})
}

// postponed notes that a task is due later than it was.
func (r *course) postponed(d activity.NewDue) {
	for i := range r.u.p.Plan().Nodes {
		n := &r.u.p.Plan().Nodes[i]
		tasks := r.tasks[n.Step]
		if n.Key == d.Node && len(tasks) > 0 {
			tasks = slices.Clone(tasks) // an earlier place of a walk holds them too
			tasks[len(tasks)-1].due = r.lastDay(&d.DueAt)
			r.tasks[n.Step] = tasks
			r.note(n.Step, "due by {day} now", "day", r.lastDay(&d.DueAt))
		}
	}
}

// lastDay is the last day on which something may still be done, or never.
func (r *course) lastDay(due *time.Time) string {
	if due == nil {
		return never
	}
	return due.In(r.u.p.Zone()).Add(-time.Nanosecond).Format(time.DateOnly)
}

// due notes what has a last day, where it has one.
func (r *course) due(step string, never, by diag.Phrase, due *time.Time, what string) {
	if due == nil {
		r.note(step, never, "what", what)
		return
	}
	r.note(step, by, "what", what, "day", r.lastDay(due))
}

func (r *course) lines(lines []activity.Line) string {
	words := make([]string, len(lines))
	for i, l := range lines {
		words[i] = l.Fee + " " + r.money(l.Amount)
	}
	return strings.Join(words, ", ")
}

func (r *course) money(minor int64) string {
	return formula.Money{Minor: minor, Currency: r.u.p.Plan().Currency}.String()
}
