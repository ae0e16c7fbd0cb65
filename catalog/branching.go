package catalog

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Case is one of the branches of which the first that fits is taken; one without when fits always.
type Case struct {
	source.Ranged
	When  source.Text `diwan:"when" doc:"Formula: the branch is taken when it is true; the last may have none."`
	Steps []Step      `diwan:"steps,required" doc:"What happens then; may be empty."`
}

// Together is branches that run beside each other: written ones, or one for each item of a list.
type Together struct {
	source.Ranged
	Branches []Branch
	Each     *Each
}

// Branch is one of several that run beside each other.
type Branch struct {
	source.Ranged
	Code  source.Text `diwan:"branch,required" doc:"Code of the branch."`
	Title Text        `diwan:"title" doc:"What it is called in the timeline."`
	When  source.Text `diwan:"when" doc:"Formula: the branch runs, and counts, only when it is true."`
	Steps []Step      `diwan:"steps,required" doc:"What happens in it. Its end counts in favour, a decision {against: true} against."`
}

// Each is one branch for each item of a list, counted when it is reached.
type Each struct {
	source.Ranged
	Item   source.Text `diwan:"each,required" doc:"Name under which formulas inside read the item; its number is read as nameNumber."`
	In     source.Text `diwan:"in,required" doc:"Formula of the list."`
	AtMost int         `diwan:"atMost,required" doc:"Most items for which branches are made."`
	Steps  []Step      `diwan:"steps,required" doc:"What happens for each item."`
}

// Number is the name under which formulas read the number of the item, beginning with 1.
func (e *Each) Number() string { return e.Item.Value + "Number" }

// DecodeNode takes a list of branches, or {each: …}.
func (t *Together) DecodeNode(n *source.Node, dec *source.Decoder) {
	switch n.Kind {
	case source.List:
		dec.Decode(n, &t.Branches)
	case source.Mapping:
		dec.Decode(n, &t.Each)
	default:
		dec.Expected(n, "branches [{branch: …, steps: […]}, …] or {each: item, in: list, atMost: 20, steps: […]}")
	}
	source.Take(n, &t.Ranged)
}

// Describe names the shapes for the language reference.
func (*Together) Describe() source.Type {
	branch := source.Type{Kind: "mapping", Go: reflect.TypeFor[Branch]()}
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "list", Of: &branch, Doc: "Branches."},
		{Kind: "mapping", Go: reflect.TypeFor[Each](), Doc: "One branch for each item of a list."},
	}}
}

// Repeat is steps that happen again while a condition holds, at most so often.
type Repeat struct {
	source.Ranged
	AtMost int          `diwan:"atMost,required" doc:"Most rounds."`
	While  source.Text  `diwan:"while,required" doc:"Formula, asked before each round: another round follows while it is true."`
	Steps  []Step       `diwan:"steps,required" doc:"What happens in each round."`
	Then   *Consequence `diwan:"then,required" doc:"What follows where it is still true after the last round."`
}
