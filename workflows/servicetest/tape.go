package servicetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// tape is what is kept of a walk of moves beside where it is: what a scenario must say so that it goes the same way, the way itself, and why each
// branch was taken.
type tape struct {
	w       *Walk
	example *catalog.Scenario // whose applicant it has, nil for the usual one
	as      string
	filled  map[string]any    // by the trigger
	opened  []activity.Answer // to what is asked before the form
	asked   []string          // which operations
	pending *activity.Lookup
	barred  string

	open   map[visit]*slot // what is waited for now
	slots  []*slot         // in the order in which a scenario is asked
	turns  int
	begun  map[string]any // the form as it was sent first
	sent   map[string]any // and last
	first  map[string]time.Time
	latest string // the step that was waited at last
	ended  time.Time
	ticked time.Time // when a clock ran out last
	passed int       // clocks that ran out on the way to a time
	beside map[string][]string
	events []string

	seen     map[machine.Mark]int // until the event that is taken
	due      visit                // of its clock
	judged   []Judged
	passages []Passage
}

// slot is one reply that a scenario is asked for.
type slot struct {
	in, name string // key of the scenario and name under it; in is "" where nothing is written
	step     string
	word     string // the reply as it is written
	said     bool
	list     bool // it is written in a list, however often it comes
	from     time.Time
	takes    string
	asked    []int // at which turns; several where a clock broke the silence
}

// Judged is a condition on the way and what it was decided by.
type Judged struct {
	At       time.Time
	From, To string // keys of the nodes that it leads from and to
	Guard    string
	Held     bool
	Reads    []string // what it reads, as "form.years = 5"
}

// Passage is one node that was entered, or left by an outcome.
type Passage struct {
	Node    string
	Outcome string
	Left    bool
}

// Judged are the conditions that were asked so far, in their order, and Passed the way.
func (w *Walk) Judged() []Judged  { return w.tape.judged }
func (w *Walk) Passed() []Passage { return w.tape.passages }

func newTape(w *Walk, sc *catalog.Scenario, as string) *tape {
	return &tape{w: w, example: sc, as: as, open: map[visit]*slot{}, first: map[string]time.Time{}, beside: map[string][]string{}}
}

// silences are the words for nobody replying, by the key under which replies are written.
var silences = map[string]string{"decide": catalog.Silence, "pay": catalog.NotPaid, "corrections": catalog.Silence, "started": catalog.Silence, "book": catalog.Silence}

// slotOf is what a scenario is asked about a wait.
func (t *tape) slotOf(w machine.Wait) *slot {
	s := &slot{name: w.Step, step: w.Step, from: t.w.now}
	if w.From.After(s.from) {
		s.from = w.From.In(t.w.now.Location())
	}
	switch w.Kind {
	case machine.LookupWait:
		switch w.Lookup.Do {
		case activity.Draw:
			s.in = "draw"
		case activity.Ask, activity.Write:
			s.in, s.name = "answers", w.Lookup.Registry+"/"+w.Lookup.Operation
		}
	case machine.IncidentTask:
		s.in = "incident"
	case machine.PaymentTask:
		s.in = "pay"
	case machine.CorrectTask:
		s.in = "corrections"
	case machine.ChildTask:
		s.in = "started"
	case machine.PayoutTask, machine.EventTask, machine.SuspendWait, machine.ClockWait, machine.DeadlineWait:
	case machine.AppointmentTask:
		if s.in = "decide"; slices.Contains(w.Actions, machine.Book) {
			s.in = "book"
		}
	default:
		if len(w.Actions) > 0 {
			s.in = "decide"
		}
		s.list = w.Role == machine.Public || w.Kind == machine.PlaceTask && w.Role == machine.Applicant
	}
	return s
}

// keyOf tells one wait from the next, as a scenario does.
func keyOf(w machine.Wait) visit {
	if w.Kind == machine.IncidentTask {
		return visit{w.Node + "!", w.Visit}
	}
	return visit{w.Node, w.Visit}
}

// look notes what is waited for now.
func (t *tape) look() {
	waits := t.w.Waits()
	now := map[visit]*slot{}
	for _, w := range waits {
		key := keyOf(w)
		if now[key] = t.open[key]; now[key] == nil {
			now[key] = t.slotOf(w)
			t.ask(now[key])
			t.slots = append(t.slots, now[key])
		}
		if _, known := t.first[w.Step]; !known && w.Step != "" {
			t.first[w.Step] = t.w.now
		}
		if w.Step != "" {
			t.latest = w.Step
		}
	}
	t.open = now
}

// ask lets a scenario be asked once more.
func (t *tape) ask(s *slot) {
	s.asked = append(s.asked, t.turns)
	t.turns++
}

// answer notes the reply to a wait. What stays there is asked again.
func (t *tape) answer(node string, n int, word string) {
	key := visit{node + "!", n}
	if t.open[key] == nil {
		key = visit{node, n}
	}
	s := t.open[key]
	if s == nil {
		return
	}
	s.said, s.word = true, word
	s.takes = t.since(s.from)
	delete(t.open, key)
}

// since is how long it has been, as a definition writes it; "" is nothing. What comes right behind the end of a clock comes a minute after it: at
// the same instant a scenario lets the reply come first.
func (t *tape) since(from time.Time) string {
	now := t.w.now
	if now.Equal(t.ticked) && now.After(from) {
		now = now.Add(time.Minute)
	}
	return span(from, now)
}

// mostCount bounds the number of a duration.
const mostCount = 9999

// span writes how long it is from one instant to another.
func span(from, to time.Time) string {
	if !to.After(from) {
		return ""
	}
	if days := int(to.Sub(from).Hours()/24 + 0.5); days > 0 && days <= mostCount && from.AddDate(0, 0, days).Equal(to) {
		return fmt.Sprintf("%d days", days)
	}
	if minutes := int((to.Sub(from) + time.Minute - 1) / time.Minute); minutes <= mostCount {
		return fmt.Sprintf("%d minutes", minutes)
	}
	if hours := int((to.Sub(from) + time.Hour - 1) / time.Hour); hours <= mostCount {
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d days", min(mostCount, int(to.Sub(from)/(24*time.Hour))+1))
}

// before remembers of an event what is gone when it was taken.
func (t *tape) before(e machine.Event) {
	t.seen, t.due = maps.Clone(t.w.trace.Seen), visit{}
	if e.Due != nil {
		if w, armed := t.w.NextClock(); armed {
			t.due = keyOf(w)
		}
	}
}

// after keeps what came of an event.
func (t *tape) after(e machine.Event, effects []activity.Effect) {
	switch {
	case e.Start != nil:
		t.first[""] = t.w.now
		t.begun = t.w.Named(t.w.typed)
		t.sent = t.begun
	case e.Answer != nil:
		word := answered(e.Answer.Answer)
		if s := t.open[visit{e.Answer.Node, e.Answer.Visit}]; s != nil && s.in == "draw" {
			word, _ = decodedValue(e.Answer.Answer.Values["channel"]).(string)
		}
		t.answer(e.Answer.Node, e.Answer.Visit, word)
	case e.Due != nil:
		t.ticked = t.w.now
		if s := t.open[t.due]; s != nil {
			t.ask(s)
		}
	case e.Act != nil && e.Act.Node == "":
		t.happened(e.Act)
	case e.Act != nil:
		t.acted(e.Act)
	}
	t.pass(effects)
	t.judge()
	t.look()
	if _, ended := t.w.Ended(); ended && t.ended.IsZero() {
		t.ended = t.w.now
	}
}

// answered is what a registry answers or a draw gives, as a definition writes it.
func answered(a activity.Answer) string {
	switch {
	case a.Failed != "":
		return catalog.Failed
	case !a.Found:
		return catalog.NotFound
	}
	out := map[string]any{}
	for name, raw := range a.Values {
		out[name] = decodedValue(raw)
	}
	return flow(out)
}

// acted notes a decision and what was written beside it.
func (t *tape) acted(a *activity.Act) {
	word := a.Action
	i := slices.IndexFunc(t.w.Plan().Nodes, func(n plan.Node) bool { return n.Key == a.Node })
	if i < 0 {
		return
	}
	n := &t.w.Plan().Nodes[i]
	s := t.open[visit{a.Node, a.Visit}]
	if s == nil || t.open[visit{a.Node + "!", a.Visit}] != nil {
		t.answer(a.Node, a.Visit, word)
		return
	}
	switch s.in {
	case "corrections":
		word = flow(t.corrected())
	case "started":
		word, _ = decodedValue(a.Reads[n.Root()+".outcome"]).(string)
	case "decide":
		if n.Invite != nil && n.Invite.Triage != nil && word == machine.Submit {
			word = catalog.Taken
		}
		t.beside[n.Step] = append(t.beside[n.Step], flow(beside(a.Reads, n.Root())))
	}
	t.answer(a.Node, a.Visit, word)
}

// corrected is what is typed otherwise than before.
func (t *tape) corrected() map[string]any {
	out := map[string]any{}
	now := t.w.Named(t.w.typed)
	for code, v := range now {
		if flow(v) != flow(t.sent[code]) {
			out[code] = v
		}
	}
	for code := range t.sent {
		if _, there := now[code]; !there {
			out[code] = ""
		}
	}
	t.sent = now
	return out
}

// happened notes what came from outside.
func (t *tape) happened(a *activity.Act) {
	event := "event: " + a.Action
	if a.About != "" {
		event += ", about: " + quoted(a.About)
	}
	if gives := brought(a.Reads); len(gives) > 0 {
		event += ", gives: " + flow(gives)
	}
	switch at := t.waitingFor(a.Action); {
	case a.Action == machine.Reopen:
		if after := t.since(t.ended); after != "" {
			event += ", after: " + after
		}
		t.ended = time.Time{}
	case at != "":
		event += ", at: " + at
		if after := t.since(t.first[at]); after != "" {
			event += ", after: " + after
		}
	default:
		if after := t.since(t.first[""]); after != "" {
			event += ", after: " + after
		}
	}
	t.events = append(t.events, "{"+event+"}")
}

// brought is what an event gives, by name.
func brought(reads map[string]json.RawMessage) map[string]any {
	out := map[string]any{}
	for path, raw := range reads {
		if _, name, ok := strings.Cut(path, "."); ok {
			out[name] = decodedValue(raw)
		}
	}
	return out
}

// waitingFor is the step from which an event is counted: that which waits for it, else the latest.
func (t *tape) waitingFor(event string) string {
	for _, w := range t.open {
		if w.step == "" {
			continue
		}
		for i := range t.w.Plan().Nodes {
			if n := &t.w.Plan().Nodes[i]; n.Step == w.step && n.Wait != nil && n.Wait.Event == event {
				return w.step
			}
		}
	}
	if t.latest != "" && slices.ContainsFunc(slices.Collect(maps.Values(t.open)), func(s *slot) bool { return s.step == t.latest }) {
		return t.latest
	}
	return ""
}

// pass keeps the way.
func (t *tape) pass(effects []activity.Effect) {
	for i := range effects {
		switch e := &effects[i]; e.Kind {
		case activity.Entered, activity.Ended:
			if e.Node != "" {
				t.passages = append(t.passages, Passage{Node: e.Node})
			}
		case activity.Done:
			t.passages = append(t.passages, Passage{Node: e.Node, Outcome: e.Outcome, Left: true})
		}
	}
}

// judge keeps the conditions that were asked just now, with what they read.
func (t *tape) judge() {
	var fresh []machine.Mark
	for m, n := range t.w.trace.Seen {
		if m.What == machine.GuardMark && n > t.seen[m] {
			fresh = append(fresh, m)
		}
	}
	if len(fresh) == 0 {
		return
	}
	slices.SortFunc(fresh, func(a, b machine.Mark) int { return a.At - b.At })
	values, err := t.w.values()
	if err != nil {
		values = nil
	}
	pl := t.w.Plan()
	for _, m := range fresh {
		e := &pl.Edges[m.At]
		j := Judged{At: t.w.now, From: pl.Nodes[e.From].Key, To: pl.Nodes[e.To].Key, Guard: e.Guard, Held: m.Held}
		for _, path := range t.w.u.reads(e.Guard) {
			v, ok := valueAt(values, path)
			if _, table := v.(*formula.Table); ok && !table {
				j.Reads = append(j.Reads, path+" = "+fmt.Sprint(v))
			}
		}
		t.judged = append(t.judged, j)
	}
}

// reads are the paths that a condition reads.
func (u *unit) reads(guard string) []string {
	if u.env == nil {
		fields, err := machine.Fields(u.p.Plan().Scope)
		if err != nil {
			return nil
		}
		if u.env, err = formula.NewEnv(fields); err != nil {
			return nil
		}
	}
	f, _ := u.env.Compile(guard, formula.Type{Kind: formula.KindBool})
	if f == nil {
		return nil
	}
	return f.Reads()
}
