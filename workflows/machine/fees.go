package machine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// fee is one fee line, ready to be worked out.
type fee struct {
	*plan.Fee
	order           int // place among the plan's fees
	when, amount    *expression
	exempt          []*expression
	rebates         []rebate
	atLeast, atMost *expression
	round           *rounding
	shares          []share
	inRows          []int // facts in rows that its formulas read, by index
}

type rebate struct {
	when    *expression     // nil = always
	percent formula.Decimal // where amount is nil
	amount  *expression
}

type share struct {
	authority string
	percent   formula.Decimal
}

// sum is a subtotal.
type sum struct {
	*plan.Subtotal
	after int // it is known when the fee of this place has been worked out
	round *rounding
}

// feeEnv is what the formulas of fees compile in; the plain one where they read nothing more.
func feeEnv(plain *formula.Env, scope []formula.Field, reads []string) (*formula.Env, error) {
	if len(reads) == 0 {
		return plain, nil
	}
	fields := slices.Clone(scope)
	lines := formula.Object{Name: "fees"}
	for _, path := range reads {
		root, name, _ := strings.Cut(path, ".")
		i := slices.IndexFunc(fields, func(f formula.Field) bool { return f.Name == root })
		switch {
		case root == "fees":
			lines.Fields = append(lines.Fields, formula.Field{Name: name, Type: formula.Type{Kind: formula.KindMoney}})
		case path == "asOf.assessed" && i >= 0 && fields[i].Type.Object != nil:
			days := formula.Object{Name: root, Fields: slices.Clone(fields[i].Type.Object.Fields)}
			days.Fields = append(days.Fields, formula.Field{Name: name, Type: formula.Type{Kind: formula.KindDate}})
			fields[i].Type.Object = &days
		default:
			return nil, fmt.Errorf("fees read %q, which they cannot", path)
		}
	}
	return formula.NewEnv(append(fields, formula.Field{Name: "fees", Type: formula.Type{Kind: formula.KindObject, Object: &lines}}))
}

func (p *Program) loadFees(c *compiler) error {
	for i := range p.plan.Fees {
		f, err := p.loadFee(c, &p.plan.Fees[i])
		if err != nil {
			return fmt.Errorf("fee %s: %w", p.plan.Fees[i].Code, err)
		}
		f.order = i
		p.fees[f.Code] = f
	}
	for i := range p.plan.Subtotals {
		s := sum{Subtotal: &p.plan.Subtotals[i]}
		var err error
		if s.round, err = p.loadRounding(s.Round); err != nil {
			return fmt.Errorf("subtotal %s: %w", s.Code, err)
		}
		for _, line := range s.Of {
			if p.fees[line] == nil {
				return fmt.Errorf("subtotal %s: no such fee %q", s.Code, line)
			}
			s.after = max(s.after, p.fees[line].order)
		}
		p.sums = append(p.sums, s)
	}
	var err error
	if p.total, err = p.loadRounding(p.plan.Total); err != nil {
		return fmt.Errorf("total: %w", err)
	}
	return nil
}

func (p *Program) loadFee(c *compiler, pl *plan.Fee) (*fee, error) {
	f := &fee{Fee: pl}
	var err error
	compile := func(text, kind string, guards ...string) *expression {
		if text == "" || err != nil {
			return nil
		}
		var e *expression
		e, err = c.compile(source{text: text, kind: kind, fee: true}, guards...)
		return e
	}
	f.when = compile(pl.When, "bool")
	f.amount = compile(pl.Amount, "money", pl.When)
	for _, text := range pl.Exempt {
		f.exempt = append(f.exempt, compile(text, "bool", pl.When))
	}
	for _, r := range pl.Rebates {
		out := rebate{when: compile(r.When, "bool", pl.When), amount: compile(r.Amount, "money", pl.When, r.When)}
		if out.amount == nil && err == nil {
			out.percent, err = formula.ParseDecimal(r.Percent)
		}
		f.rebates = append(f.rebates, out)
	}
	f.atLeast, f.atMost = compile(pl.AtLeast, "money", pl.When), compile(pl.AtMost, "money", pl.When)
	if err != nil {
		return nil, err
	}
	if f.amount == nil || slices.Contains(f.exempt, nil) {
		return nil, fmt.Errorf("a line without an amount, or an exemption without a condition")
	}
	f.inRows = p.inRows(f)
	if f.round, err = p.loadRounding(pl.Round); err != nil {
		return nil, err
	}
	for _, s := range pl.Shares {
		percent, err := formula.ParseDecimal(s.Percent)
		if err != nil {
			return nil, fmt.Errorf("share of %s: %w", s.Authority, err)
		}
		f.shares = append(f.shares, share{s.Authority, percent})
	}
	return f, nil
}

// inRows are the facts in rows that the formulas of a fee read, in the order of the plan.
func (p *Program) inRows(f *fee) []int {
	read := append([]*expression{f.when, f.amount, f.atLeast, f.atMost}, f.exempt...)
	for _, r := range f.rebates {
		read = append(read, r.when, r.amount)
	}
	var out []int
	for _, e := range read {
		if e == nil {
			continue
		}
		for _, i := range e.facts {
			if p.facts[i].number != nil && !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}
