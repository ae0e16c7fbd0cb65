package compile

import (
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var (
	day   = formula.Type{Kind: formula.KindDate}
	money = formula.Type{Kind: formula.KindMoney}
	words = formula.Type{Kind: formula.KindText}
)

// clock makes the time limits of a wait at a point; nil where there are none.
func (k *compiler) clock(point int, l *catalog.Ladder) *plan.Clock {
	if !l.Given() {
		return nil
	}
	c := &plan.Clock{}
	over := 0
	for i := range l.Rungs {
		r := &l.Rungs[i]
		out := plan.Rung{Span: plan.Span{Count: r.Limit.Count, Unit: string(r.Limit.Unit)}, Then: r.Then.Word.Value}
		switch r.Anchor {
		case catalog.BeforeDay:
			out.Side = plan.Before
		case catalog.AfterDay:
			out.Side = plan.After
		}
		out.Date = k.formula(point, r.Day, day)
		if out.Then == "" || out.Then == catalog.ContinueWord {
			// The same names as in catalog.Flow: several limits that lead elsewhere have outcomes of their own.
			out.Then = catalog.OverOutcome
			if over++; over > 1 {
				out.Then += strconv.Itoa(over)
			}
		}
		c.Rungs = append(c.Rungs, out)
	}
	return c
}

// span is a length of time that the checker has found well-formed.
func span(t source.Text) plan.Span {
	d, _ := catalog.ParseDuration(t.Value)
	return plan.Span{Count: d.Count, Unit: string(d.Unit)}
}

func spanOf(t source.Text) *plan.Span {
	if t.IsZero() {
		return nil
	}
	s := span(t)
	return &s
}
