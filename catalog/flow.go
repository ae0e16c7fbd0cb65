package catalog

import (
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Flow is the graph of a service's steps: the places at which an application can be and the ways between them. There is one for all who
// ask what can happen after what: the checker proves over it, the compiler makes the plan's nodes and edges of its points and ways, one
// for one, and it is drawn. Formulas stand in it as they are written.
type Flow struct {
	Points []Point
	Ways   []Way
	// Areas are the whole, first, and each branch of steps that run together.
	Areas []Area
	// Asides are the points to which an application may come from anywhere: withdrawal, the deadline, what may happen anytime.
	Asides []Aside
	// Start is the point at which an application begins, or -1 where there are no steps.
	Start int

	index map[string]int
	ways  [][]int // of each point, indexes of Ways
	known *knowledge
}

// PointKind is what happens at a point.
type PointKind uint8

// The kinds of point.
const (
	StepPoint    PointKind = iota // what the step is for
	GatePoint                     // nothing: the first way whose guard holds is taken
	CorrectPoint                  // the applicant corrects the form, as a decision wants it
	JoinPoint                     // a branch ends
	EndPoint                      // the application ends
)

// Point is one place at which an application can be.
type Point struct {
	Key  string // code of the step; code/suffix for the points beside it; end/outcome for ends that belong to no step
	Kind PointKind
	Step *Step // nil for ends that belong to no step
	Area int
	// Given are conditions that hold here: those of the step, and of the cases that it stands in.
	Given []source.Text

	Decision *source.Entry[Decision] // of a CorrectPoint, and of the end to which a decision leads
	Against  bool                    // of a JoinPoint
	Outcome  string                  // of an EndPoint
	Text     Text                    // of an EndPoint: what the applicant reads
	Refund   source.Map[source.Text] // of an EndPoint
	RefundAt diag.Range              // where it would be written

	gates []int // ways that must have been taken to be here, by the conditions
}

// Way leads from one point to another when the outcome of the point is On and Guard holds. Ways of a point are tried in their order.
type Way struct {
	From, To int
	On       string
	Guard    source.Text
	AtMost   int // how often it may be taken, 0 = always; after that the next that fits is
	// Bound tells that the step itself counts how often the way is taken: a decision with atMost.
	Bound bool
	// Back tells that the way returns to an earlier step. What was decided and answered stands, but for Invalidates: the step to which it
	// returns, the one that it leaves, and those that are named.
	Back        bool
	Invalidates []string
	// Branch is set where the way leads from a together step into one of its branches: all are taken.
	Branch *Branch
	Silent bool // by a time limit
	Gives  bool // the step's value is there afterwards
	Pays   bool // the step's fees may be paid afterwards
	At     diag.Range
}

// Area is the whole, or a branch of a together step.
type Area struct {
	Parent int
	Fork   int // point of the together step, -1 for the whole
	Step   *Step
	Branch *Branch // nil for each
	Each   *Each
	Entry  int   // its first point
	Joins  []int // where it ends
}

// Aside is a point to which an application may come from anywhere.
type Aside struct {
	Point    int
	Withdraw bool
	Deadline *Rung
	Anytime  *Anytime
}

// Index is the point with that key, or -1.
func (f *Flow) Index(key string) int {
	if i, ok := f.index[key]; ok {
		return i
	}
	return -1
}

// From are the ways that leave point i, in their order.
func (f *Flow) From(i int) []int { return f.ways[i] }

// At is the point of the step itself, or -1 where it has none since something is wrong with it.
func (f *Flow) At(s *Step) int {
	if i := f.Index(s.Code.Value); i >= 0 && f.Points[i].Step == s {
		return i
	}
	return -1
}

// Before is the point at which it is asked whether s happens: its gate, or itself.
func (f *Flow) Before(s *Step) int {
	if i := f.Index(s.Code.Value + whenSuffix); i >= 0 && f.Points[i].Step == s {
		return i
	}
	return f.At(s)
}

// Reached tells of each point whether an application can come to it.
func (f *Flow) Reached() []bool {
	reached := make([]bool, len(f.Points))
	var queue []int
	put := func(i int) {
		if i >= 0 && !reached[i] {
			reached[i] = true
			queue = append(queue, i)
		}
	}
	put(f.Start)
	for _, a := range f.Asides {
		put(a.Point)
	}
	waiting := map[int][]int{} // of together steps: what follows where a branch has ended
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if p := &f.Points[at]; p.Kind == JoinPoint {
			fork := f.Areas[p.Area].Fork
			for _, w := range waiting[fork] {
				if w := &f.Ways[w]; p.Against == (w.On == OtherwiseOutcome) {
					put(w.To)
				}
			}
			continue
		}
		for _, i := range f.ways[at] {
			w := &f.Ways[i]
			if w.Branch == nil && f.forks(at) && !f.passes(at, w.On, reached) {
				waiting[at] = append(waiting[at], i)
				continue
			}
			put(w.To)
		}
	}
	return reached
}

func (f *Flow) forks(i int) bool {
	return f.Points[i].Kind == StepPoint && f.Points[i].Step.Kind() == TogetherStep
}

// passes tells that a together step can be over by on, as far as is known by now: some branch has ended so, or none need run.
func (f *Flow) passes(fork int, on string, reached []bool) bool {
	some := false
	for a := range f.Areas {
		area := &f.Areas[a]
		if area.Fork != fork {
			continue
		}
		if area.Each != nil || area.Branch.When.Value != "" {
			some = true
		}
		for _, j := range area.Joins {
			if reached[j] && f.Points[j].Against == (on == OtherwiseOutcome) {
				return true
			}
		}
	}
	return some
}

// Inside tells whether area is outer or lies in it.
func (f *Flow) Inside(area, outer int) bool {
	for area != outer && area != 0 {
		area = f.Areas[area].Parent
	}
	return area == outer
}
