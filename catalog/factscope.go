package catalog

import (
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// CompiledFact is a fact of a service as one formula.
type CompiledFact struct {
	Name    string
	Text    string // of the formula: as it is written, or made of the rows
	Row     string // formula that numbers the row that holds, from 1; "" where there are none
	Formula *formula.Formula
}

const fewerRows diag.Phrase = "Put the rows into a table of a tariff, or split the fact into two."

// fact compiles one fact whose own reads are known. Its Formula is nil where something is wrong.
func (sc *Scope) fact(env *formula.Env, e *factEntry) CompiledFact {
	out := CompiledFact{Name: e.Key.Value, Text: e.Value.Formula.Value}
	if out.Text != "" {
		f, list := sc.compile(env, e.Value.Formula, formula.Type{}, nil)
		sc.Problems.Add(list...)
		out.Formula = f
		return out
	}
	f := &e.Value
	periods, list := f.days(out.Name)
	sc.Problems.Add(list...)
	if len(list) > 0 {
		return out
	}
	types, ok := sc.rowTypes(env, f, periods)
	if !ok {
		return out
	}
	want := types[0]
	if slices.ContainsFunc(types, func(t formula.Type) bool { return t.Kind == formula.KindDecimal }) {
		want = formula.Type{Kind: formula.KindDecimal}
	}
	out.Text = f.lowered(periods, func(i int) string {
		if want.Kind == formula.KindDecimal && types[i].Kind == formula.KindInt {
			return bracketed(f.Cases[i].Value.Value) + " * 1.0"
		}
		return bracketed(f.Cases[i].Value.Value)
	})
	out.Row = f.lowered(periods, func(i int) string { return strconv.Itoa(i + 1) })
	compiled, problems := env.Compile(out.Text, formula.Type{Kind: want.Kind})
	if len(problems) > 0 { // of the rows together, since each of them compiles
		sc.Problems.Add(diag.Of(diag.Error, problems[0].Code, e.Key.Range(), problems[0].Said()).WithHelp(fewerRows))
	}
	out.Formula = compiled
	return out
}

// rowTypes compiles each part of a fact in its place, and gives the type of each row's value. It is false where something is wrong.
func (sc *Scope) rowTypes(env *formula.Env, f *Fact, periods []Period) ([]formula.Type, bool) {
	ok := true
	compile := func(t source.Text, want formula.Type, guards ...source.Text) *formula.Formula {
		compiled, list := sc.compile(env, t, want, guards)
		sc.Problems.Add(list...)
		ok = ok && compiled != nil
		return compiled
	}
	if !f.On.IsZero() {
		compile(f.On, formula.Type{Kind: formula.KindDate})
	}
	types := make([]formula.Type, len(f.Cases))
	first := -1
	for i := range f.Cases {
		c := &f.Cases[i]
		before := f.before(periods, i)
		if !c.When.IsZero() {
			compile(c.When, formula.Type{Kind: formula.KindBool}, before...)
		}
		value := compile(c.Value, formula.Type{}, append(before, c.When)...)
		if value == nil {
			continue
		}
		types[i] = value.Type()
		if first < 0 {
			first = i
		}
		if a, b := types[first].Kind, types[i].Kind; a != b && !(numeric(a) && numeric(b)) {
			sc.Problems.Add(diag.New(diag.Error, "fact-values", c.Value.Range(), "this gives {got}, but an earlier row gives {want}", "got", types[i].Said(), "want", types[first].Said()).
				WithRelated(f.Cases[first].Value.Range(), "the earlier row").WithHelp("Let all rows give values of one kind."))
			ok = false
		} else if a, b := types[first].Unit, types[i].Unit; a != "" && b != "" && a != b {
			sc.Problems.Add(diag.New(diag.Error, formula.CodeUnits, c.Value.Range(), "this is in {got}, but an earlier row is in {want}", "got", b, "want", a).
				WithRelated(f.Cases[first].Value.Range(), "the earlier row").WithHelp("Let all rows be in one unit."))
			ok = false
		}
	}
	return types, ok && first >= 0
}

// Guards are the conditions under which alone the value of row i is worked out: its own, and that no row before it has fitted. There are none for
// a fact with something wrong about its days.
func (f *Fact) Guards(i int) []source.Text {
	return append(f.before(f.Periods(), i), f.Cases[i].When)
}

// before are the conditions that hold where row i is tried: none of the rows before it in its period has fitted. Of a row that is tried in several
// periods it is what holds in all of them.
func (f *Fact) before(periods []Period, i int) []source.Text {
	var out []source.Text
	for j := range i {
		always := !f.Cases[j].When.IsZero() && !slices.ContainsFunc(periods, func(p Period) bool {
			return slices.Contains(p.Rows, i) && !slices.Contains(p.Rows, j)
		})
		if always {
			out = append(out, source.Text{Value: "not " + bracketed(f.Cases[j].When.Value)})
		}
	}
	return out
}

// lowered makes one formula of the rows: the periods from the earliest on, and in each its rows. Where the checker has proved that one fits, what
// stands behind the last is never reached; if a form could still bring such a case, it would stop there as a tariff without a row does.
func (f *Fact) lowered(periods []Period, value func(i int) string) string {
	var b strings.Builder
	for n, p := range periods {
		if n < len(periods)-1 {
			b.WriteString(bracketed(f.On.Value) + ` <= date("` + p.Until.String() + `") ? (`)
		}
		open := true
		for _, i := range p.Rows {
			if f.Cases[i].When.IsZero() {
				b.WriteString(value(i))
				open = false
				break
			}
			b.WriteString(bracketed(f.Cases[i].When.Value) + " ? " + value(i) + " : ")
		}
		if open {
			b.WriteString(formula.NoRowCall)
		}
		if n < len(periods)-1 {
			b.WriteString(") : ")
		}
	}
	return b.String()
}

// bracketed is a formula that can stand inside another.
func bracketed(text string) string {
	if strings.Contains(text, "//") { // a comment ends with its line
		text += "\n"
	}
	return "(" + text + ")"
}
