package servicetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Moves are those by which a person would walk the way of a scenario, so that it can be gone step by step, and left at any. There are none where s
// does not compile, and as many as it comes to where the scenario stops half way. A day that is published as a day off has no move.
func (x *Suite) Moves(s *catalog.Service, sc *catalog.Scenario) []Move {
	u, _ := x.compile(s)
	if u == nil {
		return nil
	}
	r := newRehearsal(u, sc, new(machine.Trace))
	f := &follower{r: r, moves: []Move{{Do: Begins, Day: sc.On.Value, Example: sc.Title.Value}}}
	r.watch = f
	r.run()
	return f.moves
}

// follower makes a move of everything that a rehearsal takes.
type follower struct {
	r     *rehearsal
	moves []Move
	now   time.Time // at which the moves are
	start *Move     // the form, while what was asked before it is asked again
}

func (f *follower) before(e machine.Event) {
	r := f.r
	if e.Start != nil {
		f.now = r.now
		f.start = &Move{Do: Submits, Form: r.named(r.typed)}
		return
	}
	waits := r.u.p.Waits(r.state)
	if e.Answer != nil {
		i := slices.IndexFunc(waits, func(w machine.Wait) bool { return w.Node == e.Answer.Node && w.Visit == e.Answer.Visit })
		if i < 0 || itselfDone(waits[i]) {
			return
		}
		if f.start != nil && waits[i].Step == "" {
			f.moves = append(f.moves, Move{Do: Answers, What: answered(e.Answer.Answer)})
			return
		}
		f.sent()
		f.come()
		m := Move{Do: Answers, Node: e.Answer.Node, Visit: e.Answer.Visit, What: answered(e.Answer.Answer)}
		if waits[i].Lookup.Do == activity.Draw {
			m.Do = Gives
			m.What, _ = decodedValue(e.Answer.Answer.Values["channel"]).(string)
		}
		f.moves = append(f.moves, m)
		return
	}
	f.sent()
	if e.Due != nil {
		f.moves = append(f.moves, Move{Do: Passes})
		f.now = r.now
		return
	}
	f.come()
	if e.Act != nil {
		f.act(e.Act, waits)
	}
}

func (f *follower) after(machine.Event, []activity.Effect) {
	if f.start != nil && !slices.ContainsFunc(f.r.u.p.Waits(f.r.state), func(w machine.Wait) bool { return w.Kind == machine.LookupWait && w.Step == "" }) {
		if f.r.barred == "" {
			f.sent()
		}
	}
}

// sent puts the form behind what was asked before it.
func (f *follower) sent() {
	if f.start != nil {
		f.moves = append(f.moves, *f.start)
		f.start = nil
	}
}

// come lets time pass to where the rehearsal is.
func (f *follower) come() {
	if f.r.now.After(f.now) {
		f.moves = append(f.moves, Move{Do: Waits, What: f.r.now.Format(clockForm)})
		f.now = f.r.now
	}
}

func (f *follower) act(a *activity.Act, waits []machine.Wait) {
	if a.Node == "" {
		if a.Action == catalog.Withdraws {
			f.moves = append(f.moves, Move{Do: Retires})
			return
		}
		m := Move{Do: Happens, What: a.Action, About: a.About}
		if gives := brought(a.Reads); len(gives) > 0 {
			m.With = flow(gives)
		}
		f.moves = append(f.moves, m)
		return
	}
	i := slices.IndexFunc(waits, func(w machine.Wait) bool { return w.Node == a.Node && w.Visit == a.Visit })
	if i < 0 {
		return
	}
	m := Move{Do: Acts, Node: a.Node, Visit: a.Visit, What: a.Action}
	switch root := f.r.root(a.Node); {
	case waits[i].Kind == machine.CorrectTask:
		m.Do, m.What, m.Form = Corrects, "", f.r.named(f.r.typed)
	case waits[i].Kind == machine.ChildTask:
		m.Do = Gives
		m.What, _ = decodedValue(a.Reads[root+".outcome"]).(string)
	case len(a.Reads) > 0:
		m.With = flow(beside(a.Reads, root))
	}
	f.moves = append(f.moves, m)
}

// beside is what is written under a root.
func beside(reads map[string]json.RawMessage, root string) map[string]any {
	out := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(reads)) {
		if name, own := strings.CutPrefix(path, root+"."); own && root != "" {
			out[name] = decodedValue(reads[path])
		}
	}
	return out
}
