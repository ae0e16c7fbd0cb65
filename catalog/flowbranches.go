package catalog

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/source"
)

// decision leads where one decision leads.
func (b *flowBuilder) decision(st *Step, e *source.Entry[Decision], at place) {
	code, action, d := st.Code.Value, e.Key.Value, &e.Value
	w := Way{On: action, Gives: true, At: e.Key.Range()}
	var forgets []string
	for _, step := range d.Invalidates {
		forgets = append(forgets, step.Value)
	}
	if d.Has("to") {
		w.Bound, w.Back = d.AtMost > 0, !d.Returns()
	}
	if !d.Returns() { // else what was decided is decided anew over the corrected form, not beside the correction
		w.Invalidates = forgets
	}
	to := b.decided(st, e, at)
	b.way(code, to, w)
	if d.Returns() && !d.Has("end") && !d.Continue {
		b.way(to, code, Way{On: SubmitOutcome, Invalidates: forgets, At: e.Key.Range()})
		b.correctionLimits(st, to, e, at)
	}
}

// decided is the key to which a decision leads.
func (b *flowBuilder) decided(st *Step, e *source.Entry[Decision], at place) string {
	key, d := st.Code.Value+"/"+e.Key.Value, &e.Value
	switch {
	case d.Continue:
		return at.next()
	case d.Has("end"):
		i := b.end(key, st, at, d.End.Value, d.Text, d.Refund, e.Key.Range())
		b.f.Points[i].Decision = e
	case d.Returns():
		b.point(Point{Key: key, Kind: CorrectPoint, Step: st, Decision: e}, at)
	case d.Has("to"):
		return b.target(d.To.Value, at)
	case d.Against && at.area != 0:
		return b.join(at.area, true)
	default: // reported; what follows is looked at all the same
		return at.next()
	}
	return key
}

// silent leads where a decision leads that stands when a time limit is over.
func (b *flowBuilder) silent(st *Step, from string, e *source.Entry[Decision], at place, w Way) {
	w.On = e.Key.Value
	if e.Value.Returns() || e.Value.To.Value != "" && e.Value.AtMost > 0 {
		return // reported: a time limit sends nobody back
	}
	b.way(from, b.decided(st, e, at), w)
}

// correctionLimits are those of the applicant's correction.
func (b *flowBuilder) correctionLimits(st *Step, from string, e *source.Entry[Decision], at place) {
	l := &e.Value.Within
	for i := range l.Rungs {
		c := &l.Rungs[i].Then
		if d := decisionOf(st, c.Word.Value); d != nil && !c.Stays() && c.Word.Value != LapseWord {
			if d.Value.Has("end") || d.Value.Against {
				b.silent(st, from, d, at, Way{Silent: true, At: c.Head()})
			}
			continue
		}
		one := Ladder{Rungs: l.Rungs[i : i+1]}
		b.limits(st, from, &one, at)
	}
}

func (b *flowBuilder) choose(st *Step, at place) {
	code := st.Code.Value
	b.point(Point{Key: code, Kind: GatePoint, Step: st}, at)
	given := at.given[:len(at.given):len(at.given)]
	if len(st.Choose) == 0 { // reported
		b.way(code, at.next(), Way{At: st.Code.Range()})
	}
	for i := range st.Choose {
		c := &st.Choose[i]
		taken := b.way(code, "", Way{Guard: c.When, At: c.Head()})
		if b.wires[taken].to = b.entry(c.Steps); b.wires[taken].to == "" {
			b.wires[taken].to = at.next()
		}
		inside := at
		inside.given = given
		if c.When.Value != "" {
			inside.given = append(given[:len(given):len(given)], c.When)
			given = append(given[:len(given):len(given)], source.Text{Value: "not (" + c.When.Value + ")"})
		}
		inside.gates = append(at.gates[:len(at.gates):len(at.gates)], taken)
		b.list(c.Steps, inside)
	}
}

func (b *flowBuilder) repeat(st *Step, at place) {
	code, r := st.Code.Value, st.Repeat
	b.point(Point{Key: code, Kind: GatePoint, Step: st}, at)
	first := b.entry(r.Steps)
	if first == "" {
		first = code
	}
	b.way(code, first, Way{Guard: r.While, AtMost: r.AtMost, At: st.KeyRange("repeat")})
	if r.Then != nil {
		b.way(code, b.follow(st, r.Then, code, "then", at), Way{Guard: r.While, At: r.Then.Head()})
	}
	b.way(code, at.next(), Way{At: st.Code.Range()})
	inside := at
	inside.next = func() string { return code }
	b.list(r.Steps, inside)
}

func (b *flowBuilder) together(st *Step, at place) {
	code := st.Code.Value
	fork := b.point(Point{Key: code, Kind: StepPoint, Step: st}, at)
	branch := func(area Area, steps []Step) {
		area.Parent, area.Fork, area.Step = at.area, fork, st
		b.f.Areas = append(b.f.Areas, area)
		n := len(b.f.Areas) - 1
		inside := at
		inside.area, inside.next = n, func() string { return b.join(n, false) }
		if area.Branch != nil && area.Branch.When.Value != "" {
			inside.given = append(at.given[:len(at.given):len(at.given)], area.Branch.When)
		}
		entry := b.entry(steps)
		if entry == "" {
			entry = b.join(n, false)
		}
		b.areaEntry(n, entry)
		w := Way{Branch: area.Branch, At: st.Code.Range()}
		if w.Branch == nil {
			w.Branch = &Branch{}
		}
		b.way(code, entry, w)
		b.list(steps, inside)
	}
	for i := range st.Together.Branches {
		br := &st.Together.Branches[i]
		branch(Area{Branch: br}, br.Steps)
	}
	if e := st.Together.Each; e != nil {
		branch(Area{Each: e}, e.Steps)
	}
	b.way(code, at.next(), Way{On: DoneOutcome, At: st.Code.Range()})
	if o := st.Otherwise; o != nil {
		b.way(code, b.follow(st, o, code, OtherwiseOutcome, at), Way{On: OtherwiseOutcome, AtMost: o.AtMost, At: o.Head()})
		b.after(st, code, OtherwiseOutcome, o, at)
	}
}

// join is the key of the point at which the branch of an area ends; outside every branch there is none.
func (b *flowBuilder) join(area int, against bool) string {
	a := &b.f.Areas[area]
	if a.Fork < 0 {
		return ""
	}
	key := b.f.Points[a.Fork].Key + "/" + a.Code() + "/for"
	if against {
		key = b.f.Points[a.Fork].Key + "/" + a.Code() + "/against"
	}
	if i := b.f.Index(key); i >= 0 && b.f.Points[i].Area != area {
		key += "/" + strconv.Itoa(area) // two branches of one code, which is reported
	}
	if b.f.Index(key) < 0 {
		i := b.point(Point{Key: key, Kind: JoinPoint, Step: a.Step, Against: against}, place{area: area})
		b.f.Areas[area].Joins = append(b.f.Areas[area].Joins, i)
	}
	return key
}

// Code is that of the branch, or the name of the item.
func (a *Area) Code() string {
	switch {
	case a.Branch != nil:
		return a.Branch.Code.Value
	case a.Each != nil:
		return a.Each.Item.Value
	}
	return ""
}

func (b *flowBuilder) areaEntry(area int, key string) {
	for len(b.entries) <= area {
		b.entries = append(b.entries, "")
	}
	b.entries[area] = key
}

// deadline adds where the clock of the whole leads.
func (b *flowBuilder) deadline() {
	d := b.s.Deadline
	if d == nil {
		return
	}
	for i := range d.Within.Rungs {
		r := &d.Within.Rungs[i]
		key := "deadline/" + strconv.Itoa(i+1)
		switch c := &r.Then; {
		case c.Word.Value == LapseWord:
			b.end(key, nil, place{}, LapsedOutcome, Text{}, d.Refund, b.s.KeyRange("deadline"))
		case c.Has("end"):
			b.end(key, nil, place{}, c.End.Value, c.Text, c.Refund, c.KeyRange("end"))
		case c.Has("to"):
			key = b.target(c.To.Value, place{})
		default:
			continue
		}
		b.aside(key, Aside{Deadline: r})
	}
}

// anytime adds what may happen wherever the application is.
func (b *flowBuilder) anytime() {
	for i := range b.s.Anytime {
		a := &b.s.Anytime[i]
		prefix := "anytime/" + strconv.Itoa(i+1)
		next := func() string {
			switch {
			case a.Then.Has("end"):
				b.end(prefix, nil, place{}, a.Then.End.Value, a.Then.Text, a.Then.Refund, a.Then.KeyRange("end"))
				return prefix
			case a.Then.Has("to"):
				return b.target(a.Then.To.Value, place{})
			}
			return ""
		}
		b.list(a.Steps, place{next: next})
		key := b.entry(a.Steps)
		if key == "" {
			key = next()
		}
		b.aside(key, Aside{Anytime: a})
	}
}

func (b *flowBuilder) aside(key string, a Aside) {
	a.Point = -1
	b.f.Asides = append(b.f.Asides, a)
	for len(b.asides) < len(b.f.Asides) {
		b.asides = append(b.asides, "")
	}
	b.asides[len(b.asides)-1] = key
}

// connect turns keys into indexes. What leads to no point is left out: it is reported where it stands.
func (b *flowBuilder) connect() {
	f := b.f
	at := make([]int, len(b.wires))
	f.ways = make([][]int, len(f.Points))
	for i := range b.wires {
		w := &b.wires[i]
		at[i] = -1
		from, to := f.Index(w.from), f.Index(w.to)
		if from < 0 || to < 0 {
			continue
		}
		w.From, w.To = from, to
		at[i] = len(f.Ways)
		f.ways[from] = append(f.ways[from], at[i])
		f.Ways = append(f.Ways, w.Way)
	}
	for i := range f.Points {
		gates := f.Points[i].gates
		f.Points[i].gates = nil
		for _, g := range gates {
			f.Points[i].gates = append(f.Points[i].gates, at[g])
		}
	}
	for i, key := range b.entries {
		f.Areas[i].Entry = f.Index(key)
	}
	if len(b.entries) > 0 {
		f.Start = f.Areas[0].Entry
	}
	for i, key := range b.asides {
		if key != "" {
			f.Asides[i].Point = f.Index(key)
		}
	}
	for i := range f.Ways {
		w := &f.Ways[i]
		from, to := &f.Points[w.From], &f.Points[w.To]
		if w.Back = w.Back && to.Step != nil && f.Follows(w.To, w.From); !w.Back {
			continue
		}
		for _, step := range []string{to.Step.Code.Value, from.Step.Code.Value} {
			if !slices.Contains(w.Invalidates, step) {
				w.Invalidates = append(w.Invalidates, step)
			}
		}
	}
	f.known = f.learn(b.s)
}
