package editor

import (
	"github.com/diwan-gov/diwan/catalog/formula"
)

// Gives tells what the formula at a byte gives, whatever is wanted of it there. It is false where no formula stands, and where so much is wrong with it
// that it gives nothing.
func (v *View) Gives(offset int) (formula.Type, bool) {
	s := v.spotAt(offset)
	if s == nil || s.isKey || textSense(s) != formulaSense || len(s.node.Value) > formula.MaxSource {
		return formula.Type{}, false
	}
	env, err := formula.NewEnv(v.scopeAt(s))
	if err != nil { // the scope has problems that the checker tells
		return formula.Type{}, false
	}
	made, _ := env.Compile(s.node.Value, formula.Type{Kind: formula.KindAny})
	if made == nil {
		return formula.Type{}, false
	}
	return made.Type(), true
}
