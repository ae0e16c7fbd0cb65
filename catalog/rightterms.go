package catalog

import "github.com/diwan-gov/diwan/catalog/formula"

// NumberTerm is the number of a right, by which a step that changes one says which.
const NumberTerm = "number"

// Term is something that a step may, or must, say of a right.
type Term struct {
	Name   string
	Type   formula.Type
	Needed bool
}

// StepTerms are what a step says under with: of a grant the terms of the right, its end, and its holder where that is not the applicant: always, where no
// person holds it; of a change the number of the right, and what becomes another.
func (r *Right) StepTerms(change string) []Term {
	text := formula.Type{Kind: formula.KindText}
	var out []Term
	if change != "" {
		out = append(out, Term{NumberTerm, text, true})
	}
	for name, t := range r.Terms.All() {
		if ft, ok := t.Formula(); ok {
			out = append(out, Term{name, ft, change == "" && !t.Optional})
		}
	}
	out = append(out, Term{"validUntil", formula.Type{Kind: formula.KindDate}, change == "renewed"})
	if change == "" || change == "transferred" {
		out = append(out, Term{"holder", text, change != "" || r.Holder != "" && r.Holder != PersonHolder})
	}
	return out
}

// RightTerms are what the step s says of its right; nil where it grants and changes none, or one that there is not.
func (c *Catalogue) RightTerms(s *Step) []Term {
	switch s.Kind() {
	case GrantStep:
		if r := c.Right(s.Grant.Value); r != nil && c.Sound(r.Head().File) {
			return r.StepTerms("")
		}
	case ChangeStep:
		if r := c.Right(s.Change.Value); r != nil && c.Sound(r.Head().File) {
			return r.StepTerms(s.To.Value)
		}
	}
	return nil
}

// TermType is the type of a term of the step's right; any type where that is not known.
func (c *Catalogue) TermType(s *Step, name string) formula.Type {
	for _, t := range c.RightTerms(s) {
		if t.Name == name {
			return t.Type
		}
	}
	return formula.Type{}
}
