package catalog

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// mostSteps bounds the graph; a service with more is several services.
const mostSteps = 400

// whenSuffix is that of the gate before a step that happens only sometimes.
const whenSuffix = "/when"

// Flow works out the graph. It is never nil and always ends: what is wrong in a definition is left out of it, and found by the checker.
func (s *Service) Flow() *Flow {
	b := &flowBuilder{s: s, f: &Flow{Start: -1, index: map[string]int{}, Areas: []Area{{Fork: -1}}}}
	if len(s.Steps) > 0 {
		b.list(s.Steps, place{next: b.lastEnd})
		b.areaEntry(0, b.entry(s.Steps))
	}
	if w := s.Withdraw; w != nil {
		i := b.end("end/"+WithdrawnOutcome, nil, place{}, WithdrawnOutcome, Text{}, w.Refund, s.KeyRange("withdraw"))
		b.f.Asides = append(b.f.Asides, Aside{Point: i, Withdraw: true})
	}
	b.deadline()
	b.anytime()
	b.connect()
	return b.f
}

// TooManySteps is the first step beyond those that one service may have, or nil.
func (s *Service) TooManySteps() *Step {
	n := 0
	for st := range s.AllSteps() {
		if n++; n > mostSteps {
			return st
		}
	}
	return nil
}

type flowBuilder struct {
	s       *Service
	f       *Flow
	wires   []wire
	entries []string         // of areas, keys
	asides  []string         // of asides, keys where they lead to a step
	steps   map[string]*Step // that can be told apart, by code
}

// wire is a way between keys.
type wire struct {
	Way
	from, to string
}

// place is where a list of steps stands.
type place struct {
	area  int
	given []source.Text
	gates []int         // wires
	next  func() string // key of what follows the list
}

func (b *flowBuilder) list(steps []Step, at place) {
	for i := range steps {
		st := &steps[i]
		if !b.first(st) {
			continue
		}
		here := at
		here.next = func() string {
			if key := b.entry(steps[i+1:]); key != "" {
				return key
			}
			return at.next()
		}
		b.step(st, here)
	}
}

// first tells that st is one of the steps that can be told apart: it has a code that none before it has, and there are not too many.
func (b *flowBuilder) first(st *Step) bool {
	if b.steps == nil {
		b.steps = map[string]*Step{}
		for st := range b.s.AllSteps() {
			if _, twice := b.steps[st.Code.Value]; !twice && st.Code.Value != "" && len(b.steps) < mostSteps {
				b.steps[st.Code.Value] = st
			}
		}
	}
	return b.steps[st.Code.Value] == st
}

// entry is the key at which a list begins, or "" where it is empty.
func (b *flowBuilder) entry(steps []Step) string {
	for i := range steps {
		if b.first(&steps[i]) {
			return entryOf(&steps[i])
		}
	}
	return ""
}

// entryOf is the key at which one comes to a step.
func entryOf(st *Step) string {
	if st.When.Value != "" && !decidesItself(st) {
		return st.Code.Value + whenSuffix
	}
	return st.Code.Value
}

// decidesItself: these kinds are gates themselves.
func decidesItself(st *Step) bool {
	switch st.Kind() {
	case RefuseStep, EndStep, GoStep:
		return true
	}
	return false
}

// lastEnd is the end of those who pass the last step.
func (b *flowBuilder) lastEnd() string {
	outcome := CompletedOutcome
	for st := range b.s.AllSteps() {
		if st.Has(string(IssueStep)) {
			outcome = IssuedOutcome
			break
		}
	}
	at := diag.Range{}
	if n := len(b.s.Steps); n > 0 {
		at = b.s.Steps[n-1].Code.Range()
	}
	b.end("end/"+outcome, nil, place{}, outcome, Text{}, source.Map[source.Text]{}, at)
	return "end/" + outcome
}

func (b *flowBuilder) point(p Point, at place) int {
	if i := b.f.Index(p.Key); i >= 0 {
		return i
	}
	p.Area, p.gates = at.area, at.gates
	if p.Given == nil {
		p.Given = at.given
	}
	b.f.Points = append(b.f.Points, p)
	b.f.index[p.Key] = len(b.f.Points) - 1
	return len(b.f.Points) - 1
}

func (b *flowBuilder) end(key string, st *Step, at place, outcome string, text Text, refund source.Map[source.Text], refundAt diag.Range) int {
	return b.point(Point{Key: key, Kind: EndPoint, Step: st, Outcome: outcome, Text: text, Refund: refund, RefundAt: refundAt}, at)
}

// way adds a way and gives its wire.
func (b *flowBuilder) way(from, to string, w Way) int {
	b.wires = append(b.wires, wire{w, from, to})
	return len(b.wires) - 1
}

// step makes the points and ways of one step.
func (b *flowBuilder) step(st *Step, at place) {
	code, kind, here := st.Code.Value, st.Kind(), st.Code.Range()
	switch kind {
	case RefuseStep:
		b.point(Point{Key: code, Kind: GatePoint, Step: st}, at)
		b.end(code+"/"+RefusedOutcome, st, at, RefusedOutcome, st.Refuse, st.Refund, st.KeyRange("refuse"))
		b.guarded(st, code+"/"+RefusedOutcome, at)
		return
	case EndStep:
		b.point(Point{Key: code, Kind: GatePoint, Step: st}, at)
		b.end(code+"/"+st.End.Value, st, at, st.End.Value, st.Text, st.Refund, st.KeyRange("end"))
		b.guarded(st, code+"/"+st.End.Value, at)
		return
	case GoStep:
		b.point(Point{Key: code, Kind: GatePoint, Step: st}, at)
		b.way(code, b.target(st.Go.Value, at), Way{Guard: st.When, AtMost: st.AtMost, At: st.Go.Range()})
		if st.Then != nil {
			b.way(code, b.follow(st, st.Then, code, "then", at), Way{Guard: st.When, At: st.KeyRange("then")})
		}
		if st.When.Value != "" {
			b.way(code, at.next(), Way{At: here})
		}
		return
	}
	inside := at
	if st.When.Value != "" {
		gate := code + whenSuffix
		b.point(Point{Key: gate, Kind: GatePoint, Step: st}, at)
		taken := b.way(gate, code, Way{Guard: st.When, At: here})
		b.way(gate, at.next(), Way{At: here})
		inside.given = append(at.given[:len(at.given):len(at.given)], st.When)
		inside.gates = append(at.gates[:len(at.gates):len(at.gates)], taken)
	}
	switch kind {
	case ChooseStep:
		b.choose(st, inside)
		return
	case RepeatStep:
		b.repeat(st, inside)
		return
	case TogetherStep:
		b.together(st, inside)
		return
	}
	b.point(Point{Key: code, Kind: StepPoint, Step: st}, inside)
	switch kind {
	case LookupStep:
		b.end(code+"/"+NotFoundOutcome, st, inside, RefusedOutcome, notFound(st), st.Refund, st.KeyRange("notFound"))
		b.way(code, at.next(), Way{On: FoundOutcome, Gives: true, At: here})
		b.way(code, code+"/"+NotFoundOutcome, Way{On: NotFoundOutcome, At: here})
	case PayStep:
		b.way(code, at.next(), Way{On: PaidOutcome, Gives: true, Pays: true, At: here})
		if i := st.Instalments; i != nil && i.Missed.Value == LapseWord {
			b.lapse(st, code, code+"/"+LapseWord, inside, Way{On: LapseWord, Pays: true, At: i.Missed.Range()})
		}
		b.limits(st, code, &st.Within, inside)
	case ReviewStep, InspectStep, InviteStep, PlaceStep:
		for i := range st.Decisions.Entries {
			b.decision(st, &st.Decisions.Entries[i], inside)
		}
		if kind != InviteStep && st.Decisions.Len() == 0 { // reported; what follows is looked at all the same
			b.way(code, at.next(), Way{Gives: true, At: here})
		}
		if kind == InviteStep && st.Decisions.Len() == 0 && st.Invite.Value != PublicInvited {
			b.way(code, at.next(), Way{On: SubmitOutcome, Gives: true, At: here})
		}
		b.limits(st, code, &st.Within, inside)
	case AppointmentStep:
		b.way(code, at.next(), Way{On: AttendedOutcome, Gives: true, At: here})
		if st.Missed != nil {
			b.way(code, b.follow(st, st.Missed, code, MissedOutcome, inside), Way{On: MissedOutcome, AtMost: st.Missed.AtMost, At: st.Missed.Head()})
			b.after(st, code, MissedOutcome, st.Missed, inside)
		}
		b.limits(st, code, &st.Within, inside)
	case WaitStep:
		on := OverOutcome
		if st.Wait != nil && st.Wait.Has("event") {
			on = HappenedOutcome
		}
		b.way(code, at.next(), Way{On: on, Gives: true, At: here})
		b.limits(st, code, &st.Within, inside)
	case StartStep:
		on := StartedOutcome
		if st.Wait != nil && st.Wait.Ends {
			on = EndedOutcome
		}
		b.way(code, at.next(), Way{On: on, Gives: true, At: here})
		b.limits(st, code, &st.Within, inside)
	case AnswerStep:
		b.end("end/"+AnsweredOutcome, nil, place{}, AnsweredOutcome, Text{}, source.Map[source.Text]{}, here)
		b.way(code, "end/"+AnsweredOutcome, Way{On: AnsweredOutcome, At: here})
	case "":
		// A step of no kind or of several is reported; what follows it is looked at as if it did something.
		b.way(code, at.next(), Way{Gives: true, At: here})
	default:
		b.way(code, at.next(), Way{On: only[kind], Gives: true, At: here})
	}
}

func notFound(st *Step) Text {
	if st.NotFound == nil {
		return Text{}
	}
	return st.NotFound.Refuse
}

// guarded leads to a key where the step's condition holds, and past it otherwise.
func (b *flowBuilder) guarded(st *Step, to string, at place) {
	b.way(st.Code.Value, to, Way{Guard: st.When, At: st.Code.Range()})
	if st.When.Value != "" {
		b.way(st.Code.Value, at.next(), Way{At: st.Code.Range()})
	}
}

// target is the key at which one comes to a step by its code. A step that there is not is reported; there it is as if the next one followed.
func (b *flowBuilder) target(code string, at place) string {
	b.first(&Step{})
	if st := b.steps[code]; st != nil {
		return entryOf(st)
	}
	if at.next == nil {
		return ""
	}
	return at.next()
}

// lapse leads to the end with the outcome lapsed.
func (b *flowBuilder) lapse(st *Step, from, key string, at place, w Way) {
	written := st.KeyRange(string(st.Kind()))
	if st.Kind() == PayStep && st.Within.Given() {
		written = st.KeyRange("within")
	}
	b.end(key, st, at, LapsedOutcome, Text{}, st.Refund, written)
	b.way(from, key, w)
}

// follow is the key to which a consequence leads; name makes the key of its end.
func (b *flowBuilder) follow(st *Step, c *Consequence, from, name string, at place) string {
	switch {
	case c.Has("end"):
		key := from + "/" + name
		b.end(key, st, at, c.End.Value, c.Text, c.Refund, c.KeyRange("end"))
		return key
	case c.Has("to"):
		return b.target(c.To.Value, at)
	case c.Word.Value == ContinueWord:
		return at.next()
	}
	return ""
}

// after adds the way for one more than a consequence may be taken.
func (b *flowBuilder) after(st *Step, from, on string, c *Consequence, at place) {
	if c.Then != nil {
		b.way(from, b.follow(st, c.Then, from, on+"/then", at), Way{On: on, At: c.KeyRange("then")})
	}
}

// limits adds where time limits lead that do more than tell somebody.
func (b *flowBuilder) limits(st *Step, from string, l *Ladder, at place) {
	over := 0
	for i := range l.Rungs {
		c := &l.Rungs[i].Then
		// What the public has said by then is there when the time is over.
		w := Way{Silent: true, Gives: st.Invite.Value == PublicInvited && from == st.Code.Value, At: c.Head()}
		switch {
		case c.Stays():
		case c.Word.Value == LapseWord:
			w.On = LapseWord
			b.lapse(st, from, from+"/"+LapseWord, at, w)
		case c.Has("to") || c.Has("end") || c.Word.Value == ContinueWord:
			// Several such limits have outcomes of their own: over, over2.
			w.On = OverOutcome
			if over++; over > 1 {
				w.On += strconv.Itoa(over)
			}
			w.AtMost, w.Back = c.AtMost, c.Has("to")
			b.way(from, b.follow(st, c, from, w.On, at), w)
			b.after(st, from, w.On, c, at)
		default:
			if d := decisionOf(st, c.Word.Value); d != nil {
				b.silent(st, from, d, at, w)
			}
		}
	}
}

func decisionOf(st *Step, name string) *source.Entry[Decision] {
	i := slices.IndexFunc(st.Decisions.Entries, func(e source.Entry[Decision]) bool { return e.Key.Value == name })
	if i < 0 {
		return nil
	}
	return &st.Decisions.Entries[i]
}
