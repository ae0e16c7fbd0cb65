package catalog

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Surely tells that every way to point i has come past the step with that code, so that what it gives is there.
func (f *Flow) Surely(i int, code string) bool {
	bit, ok := f.known.bits[code]
	return ok && bit < f.known.fees && f.known.surely[i].has(bit)
}

// Perhaps tells that some way to point i has.
func (f *Flow) Perhaps(i int, code string) bool {
	bit, ok := f.known.bits[code]
	return ok && bit < f.known.fees && f.known.perhaps[i].has(bit)
}

// Paid lists the fees that may have been paid when an application comes to point i, in the order of the steps that ask for them.
func (f *Flow) Paid(i int) []string {
	var out []string
	for bit := f.known.fees; bit < len(f.known.codes); bit++ {
		if f.known.paid[i].has(bit) {
			out = append(out, f.known.codes[bit])
		}
	}
	return out
}

// Follows tells that an application that is at point from may come to point to, after at least one way. Branches count as ways.
func (f *Flow) Follows(from, to int) bool { return f.leads(from, to, nil, true) }

// Repeats tells that an application may come to point i again in such a way that what happened there happens anew. By a way back it comes
// to it with what stands.
func (f *Flow) Repeats(i int) bool { return f.leads(i, i, nil, false) }

// Avoids tells that an application may come to point to without passing any of some other points.
func (f *Flow) Avoids(to int, others []int) bool {
	return f.Start >= 0 && !slices.Contains(others, f.Start) && f.leads(f.Start, to, others, true)
}

func (f *Flow) leads(from, to int, without []int, back bool) bool {
	seen := make([]bool, len(f.Points))
	for _, i := range without {
		seen[i] = true
	}
	queue := []int{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		next := f.ways[at]
		joins := f.Points[at].Kind == JoinPoint
		if joins { // it goes on behind the together step
			next = f.ways[f.Areas[f.Points[at].Area].Fork]
		}
		for _, i := range next {
			w := &f.Ways[i]
			if joins && w.Branch != nil || w.Back && !back {
				continue
			}
			if w.To == to {
				return true
			}
			if !seen[w.To] {
				seen[w.To] = true
				queue = append(queue, w.To)
			}
		}
	}
	return false
}

// presence says how what a step gives is declared to formulas: always there once the step was passed, there when a condition holds, or
// optional. Where it is known to be there all the same, formulas need not ask: see Scope.CompileAt.
func (f *Flow) presence(c *Catalogue, s *Service, st *Step) (when string, optional bool) {
	at := f.At(st)
	code := st.Code.Value
	bit, ok := f.known.bits[code]
	if at < 0 || !ok {
		return st.When.Value, false
	}
	var readers []bool
	plain, conditional := true, true
	for i := range f.Points {
		if f.Points[i].Kind == EndPoint && !f.Points[i].Earned() || !f.known.perhaps[i].has(bit) || f.known.surely[i].has(bit) {
			continue
		}
		if readers == nil {
			readers = f.readers(c, s, code)
		}
		read := readers[i] || f.Points[i].Kind == EndPoint
		// Where a condition says when it is there, it is always asked for, but only those who read it need the condition to tell the truth.
		plain = plain && !read && len(f.Points[at].Given) == 0
		conditional = conditional && (!read || f.known.unless[i].has(bit))
	}
	if plain {
		return "", false
	}
	given := f.Points[at].Given
	if !conditional || len(given) == 0 || f.mayChange(s, at, given) {
		return "", true
	}
	for _, g := range given {
		when = Both(when, g.Value)
	}
	return when, false
}

// mayChange tells that conditions read what is given again after they were asked, so that they may since say something else.
func (f *Flow) mayChange(s *Service, at int, given []source.Text) bool {
	from := at
	if g := f.Points[at].gates; len(g) > 0 && g[0] >= 0 {
		from = f.Ways[g[0]].From
	}
	for _, g := range given {
		for _, code := range f.mentioned(s, g.Value) {
			if i := f.Index(code); f.Follows(from, i) {
				return true
			}
		}
	}
	return false
}

// mentioned lists the steps whose values a formula names, through the facts too.
func (f *Flow) mentioned(s *Service, text string) []string {
	texts := []string{text}
	seen := map[string]bool{}
	for i := 0; i < len(texts); i++ {
		for _, name := range mentionedFacts(texts[i]) {
			if seen[name] {
				continue
			}
			seen[name] = true
			if fact, ok := s.Facts.Get(name); ok {
				for _, t := range fact.Formulas() {
					texts = append(texts, t.Value)
				}
			}
		}
	}
	var out []string
	for _, code := range f.known.codes[:f.known.fees] {
		for _, t := range texts {
			if mentionsRoot(t, code) {
				out = append(out, code)
				break
			}
		}
	}
	return out
}

// Earned tells of an end to which one comes by passing the last step, or by an answer.
func (p *Point) Earned() bool {
	return p.Key == "end/"+IssuedOutcome || p.Key == "end/"+CompletedOutcome || p.Key == "end/"+AnsweredOutcome
}

// Enters tells that point to stands under conditions that point from does not, so that a way between them would pass them by.
func (f *Flow) Enters(from, to int) bool {
	for _, gate := range f.Points[to].gates {
		if !slices.Contains(f.Points[from].gates, gate) {
			return true
		}
	}
	return false
}
