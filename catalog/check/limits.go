package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// timeLimits: every wait has an end or somebody who is told, what happens then is one of what can happen there, and nothing is decided by
// silence that is not written twice.
func timeLimits(p *pass) {
	for step := range p.service.AllSteps() {
		w := &step.Within
		switch kind := step.Kind(); kind {
		case catalog.PayStep:
			needLimit(p, step, "it is not written how long the payment may take", "Write within: {14 days: lapse}.")
			ladder(p, step, w, atLimit{words: []string{catalog.RemindWord, catalog.LapseWord}, leave: true})
		case catalog.ReviewStep, catalog.InspectStep:
			if !w.Given() {
				p.add(warning("no-limit", step.KeyRange(string(kind)), "the {kind} has no time limit", "kind", string(kind)).
					WithHelp("Write within: {2 working days: escalate}."))
			}
			ladder(p, step, w, atLimit{words: []string{catalog.RemindWord, catalog.EscalateWord, catalog.LapseWord}, decisions: step.Decisions.Keys()})
		case catalog.InviteStep:
			needLimit(p, step, "it is not written how long the answer may take, and what silence means", "Write within: {14 days: …} with what follows.")
			r := atLimit{words: []string{catalog.RemindWord, catalog.LapseWord}, decisions: step.Decisions.Keys(), leave: true}
			if step.Decisions.Len() == 0 {
				r.words = append(r.words, catalog.ContinueWord)
			}
			ladder(p, step, w, r)
		case catalog.AppointmentStep:
			needLimit(p, step, "it is not written until when an appointment must be booked", "Write within: {30 days: lapse}.")
			ladder(p, step, w, atLimit{words: []string{catalog.RemindWord, catalog.LapseWord, catalog.ContinueWord}, leave: true})
		case catalog.WaitStep:
			if step.Wait.Has("event") {
				needLimit(p, step, "it is not written how long the event is waited for", "Write within: {90 days: continue}, or what else follows.")
			} else if w.Given() {
				p.add(problem("misplaced-key", step.KeyRange("within"), "a step that has {kind} has no {key}", "kind", diag.Phrase("wait without event"), "key", "within").
					WithHelp("It goes on by itself when the time has come."))
			}
			ladder(p, step, w, atLimit{words: []string{catalog.EscalateWord, catalog.LapseWord, catalog.ContinueWord}, leave: true})
		case catalog.StartStep:
			waits := step.Wait != nil && step.Wait.Ends
			if waits {
				needLimit(p, step, "it is not written how long the other service is waited for", "Write within: {30 days: escalate}.")
			} else if w.Given() {
				p.add(problem("misplaced-key", step.KeyRange("within"), "a step that has {kind} has no {key}", "kind", diag.Phrase("start without wait"), "key", "within").
					WithHelp("Write wait: true where it is waited for."))
			}
			ladder(p, step, w, atLimit{words: []string{catalog.EscalateWord, catalog.LapseWord, catalog.ContinueWord}})
		}
		silence(p, step)
		for i := range step.Decisions.Entries {
			d := &step.Decisions.Entries[i].Value
			if !d.Returns() {
				continue
			}
			r := atLimit{words: []string{catalog.RemindWord, catalog.LapseWord}, leave: true, applicant: true}
			r.decisions = step.Decisions.Keys()
			ladder(p, step, &d.Within, r)
		}
	}
	if d := p.service.Deadline; d != nil {
		ladder(p, nil, &d.Within, atLimit{words: []string{catalog.RemindWord, catalog.EscalateWord, catalog.LapseWord}, whole: true})
	}
}

func needLimit(p *pass, step *catalog.Step, what, help diag.Phrase) {
	if !step.Within.Given() {
		p.add(problem("no-limit", step.KeyRange(string(step.Kind())), what).WithHelp(help))
	}
}

// atLimit is what may happen when a time limit is over.
type atLimit struct {
	words, decisions []string
	leave            bool // somebody outside is waited for: the last limit must lead on
	applicant        bool // the limit of a correction
	whole            bool // the deadline
}

// ladder looks at the limits of one wait.
func ladder(p *pass, step *catalog.Step, l *catalog.Ladder, r atLimit) {
	var left *catalog.Rung
	for i := range l.Rungs {
		rung := &l.Rungs[i]
		countable(p, rung.Limit, rung.Key)
		sound := consequence(p, step, rung, r)
		if left != nil && rung.Anchor == catalog.FromStart && left.Anchor == catalog.FromStart {
			p.add(problem("limit-never-over", rung.Key.Range(), "this time limit is never over: {limit} leads away before", "limit", left.Key.Value).
				WithRelated(left.Key.Range(), "the one before").WithHelp("Write what leads away last."))
		}
		if sound && !rung.Then.Stays() && left == nil {
			left = rung
		}
		if i > 0 && notLater(&l.Rungs[i-1], rung) {
			p.add(problem("limits-order", rung.Key.Range(), "{limit} is not later than {before}", "limit", rung.Key.Value, "before", l.Rungs[i-1].Key.Value).
				WithHelp("Write the time limits in the order in which they are over."))
		}
	}
	last := l.Last()
	switch {
	case last == nil || left != nil || !slices.Contains(r.words, last.Then.Word.Value):
	case r.leave || last.Then.Word.Value == catalog.RemindWord:
		p.add(problem("limit-without-end", last.Then.Head(), "after this nothing happens: whoever is silent is waited for without end").
			WithHelp("Add one more time limit that leads on, such as {…, 30 days: lapse}."))
	}
}

// consequence looks at what happens when one limit is over, and tells that it can.
func consequence(p *pass, step *catalog.Step, rung *catalog.Rung, r atLimit) bool {
	c := &rung.Then
	if c.Word.IsZero() {
		lead(p, c)
		return true
	}
	word := c.Word.Value
	if slices.Contains(r.words, word) {
		return true
	}
	have := slices.Clone(r.words)
	if !r.applicant {
		have = append(have, r.decisions...)
	} else {
		for i := range step.Decisions.Entries {
			if e := &step.Decisions.Entries[i]; e.Value.Has("end") || e.Value.Against {
				have = append(have, e.Key.Value)
			}
		}
	}
	if !slices.Contains(r.decisions, word) {
		p.add(unknown("consequence", c.Word, have))
		return false
	}
	d := decisionNamed(step, c.Word)
	switch {
	case d.Returns() || d.AtMost > 0:
		p.add(problem("unbounded-return", c.Word.Range(), "a time limit cannot send back").WithHelp("Write one of {names}.", "names", have))
		return false
	case d.InFavour() && (r.applicant || step.Silence.Value != word):
		d := problem("silent-approval", c.Word.Range(), "nothing is approved by silence")
		if r.applicant {
			p.add(d.WithHelp("Write lapse, or a decision that ends."))
		} else {
			p.add(d.WithHelp("Write escalate, lapse, or a decision that ends. Where the law says so, write silence: {name} at the step too.", "name", word))
		}
	}
	return true
}

// lead looks at a consequence that is a mapping: it ends, or goes on at a step.
func lead(p *pass, c *catalog.Consequence) {
	switch {
	case c.Has("end") && c.Has("to"):
		p.add(problem("decision", c.KeyRange("to"), "a consequence leads to one place: this one has {keys}", "keys", []string{"end", "to"}).WithHelp("Keep one of them."))
	case c.Has("end"):
		outcomeCode(p, c.End)
		for _, key := range []string{"atMost", "then"} {
			if c.Has(key) {
				p.add(problem("misplaced-key", c.KeyRange(key), "a consequence that ends has no {key}", "key", key).WithHelp("It belongs to one that has to."))
			}
		}
	case !c.Has("to"):
		p.add(problem("decision", c.Head(), "this leads nowhere").WithHelp("Write {to: step} or {end: outcome}."))
	case c.Has("refund"):
		p.add(problem("misplaced-key", c.KeyRange("refund"), "nothing is refunded where it goes on").WithHelp("Write refund where it ends."))
	}
	if c.Has("atMost") && (c.AtMost < 1 || c.AtMost > mostRounds) {
		p.add(problem("unbounded-return", c.RangeOf("atMost"), "it is not written how often").WithHelp("Write atMost: 2 (up to 20)."))
	}
	if c.Then != nil {
		follows(p, c.Then)
	}
}

// follows looks at a consequence that is continue or a mapping.
func follows(p *pass, c *catalog.Consequence) {
	switch {
	case c.Word.IsZero():
		lead(p, c)
	case c.Word.Value != catalog.ContinueWord:
		p.add(unknown("consequence", c.Word, []string{catalog.ContinueWord, "{to: …}", "{end: …}"}))
	}
}

// silence: what stands when nobody has answered is written at the step and in its limits.
func silence(p *pass, step *catalog.Step) {
	name := step.Silence
	if name.IsZero() {
		return
	}
	switch {
	case decisionNamed(step, name) == nil:
		p.add(unknown("decision", name, step.Decisions.Keys()))
	case !step.Within.Names(name.Value):
		p.add(problem("silence-never", name.Range(), "no time limit leads to {name}, so silence never means it", "name", name.Value).
			WithHelp("Write {within}.", "within", "within: {20 working days: "+name.Value+"}"))
	}
}

// notLater tells that b is surely not later than a.
func notLater(a, b *catalog.Rung) bool {
	if a.Anchor == catalog.FromStart && b.Anchor == catalog.FromStart {
		if a.Limit.Unit == b.Limit.Unit {
			return a.Limit.Count >= b.Limit.Count
		}
		least, _ := hours(a.Limit)
		_, most := hours(b.Limit)
		return least >= most
	}
	if a.Anchor == catalog.FromStart || b.Anchor == catalog.FromStart || strings.TrimSpace(a.Day.Value) != strings.TrimSpace(b.Day.Value) {
		return false
	}
	_, latest := fromDay(b)
	earliest, _ := fromDay(a)
	return earliest >= latest
}

// fromDay is how many hours after its day the limit is over, at least and at most.
func fromDay(r *catalog.Rung) (least, most int) {
	least, most = hours(r.Limit)
	switch r.Anchor {
	case catalog.BeforeDay:
		return -most, -least
	case catalog.OnDay:
		return 0, 0
	}
	return least, most
}

// hours is how long a duration is, at least and at most: a working day may have weekends and a feast in it.
func hours(d catalog.Duration) (least, most int) {
	n := d.Count
	switch d.Unit {
	case catalog.Minutes:
		return n / 60, n/60 + 1
	case catalog.Hours:
		return n, n
	case catalog.Days:
		return n * 24, n * 24
	case catalog.WorkingDays:
		return n * 24, n*24*7/4 + 14*24
	case catalog.WorkingHours: // a day has four of them at least
		return n, n*24*7/16 + 14*24
	case catalog.Weeks:
		return n * 168, n * 168
	case catalog.Months:
		return n * 28 * 24, n * 31 * 24
	}
	return n * 365 * 24, n * 366 * 24
}

// durationAt reports a text that is no duration.
func durationAt(p *pass, t source.Text) {
	if t.IsZero() {
		return
	}
	d, ok := catalog.ParseDuration(t.Value)
	if !ok {
		p.add(problem("duration", t.Range(), "{value:q} is no length of time", "value", t.Value).
			WithHelp("Write a count and a unit: 14 days, 2 working days, 3 hours.").WithSuggestion(catalog.DurationMeant(t.Value)))
	}
	countable(p, d, t)
}
