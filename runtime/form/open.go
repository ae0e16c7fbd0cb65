package form

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Ask asks a registry: found is false when it knows no such thing. The error means that nobody can tell now.
type Ask func(ctx context.Context, registry, operation string, with map[string]json.RawMessage) (found bool, answer json.RawMessage, err error)

// before is a lookup before the form, may a condition of those who may fill it in.
type before struct {
	*plan.BeforeLookup
	with []*expression
}

type may struct {
	must *expression
	end  string
}

func (f *Form) compileBefore(c *compiler) error {
	for i := range f.list.Before {
		b := before{BeforeLookup: &f.list.Before[i]}
		for _, a := range b.With {
			e, err := c.compile(a.Formula, loose(formula.Type{Kind: kinds[a.Kind]}))
			if err != nil {
				return fmt.Errorf("before %s: %w", b.Result, err)
			}
			b.with = append(b.with, e)
		}
		c.given[b.Result] = true
		f.before = append(f.before, b)
	}
	for i, e := range f.list.Eligible {
		must, err := c.condition(e.Must)
		if err != nil {
			return fmt.Errorf("eligible %d: %w", i, err)
		}
		f.may = append(f.may, may{must, e.End})
	}
	return nil
}

// Opens tells that something is asked or decided before the form is filled in.
func (f *Form) Opens() bool { return len(f.before) > 0 || len(f.may) > 0 }

// Open makes the lookups before the form and decides whether the applicant may fill it in. It gives the context with the answers, and as refused
// the key of the reason in the plan's texts, "" where they may. The error is that of ask, or says which value is of another type than declared;
// with is then given back as it was.
func (f *Form) Open(ctx context.Context, with Context, ask Ask) (opened Context, refused string, err error) {
	opened = with
	opened.Given = map[string]map[string]any{}
	for root, answer := range with.Given {
		opened.Given[root] = answer
	}
	for i := range f.before {
		b := &f.before[i]
		found, answer, err := f.ask(ctx, b, opened, ask)
		if err != nil {
			return with, "", err
		}
		switch {
		case found:
			opened.Given[b.Result] = answer
		case !b.Optional:
			return opened, b.End, nil
		}
	}
	a, err := f.newAnswers(opened)
	if err != nil {
		return with, "", err
	}
	for _, m := range f.may {
		if !a.holds(m.must) { // one without a value does not hold either: nobody has shown that they may
			return opened, m.end, nil
		}
	}
	return opened, "", nil
}

func (f *Form) ask(ctx context.Context, b *before, with Context, ask Ask) (bool, map[string]any, error) {
	a, err := f.newAnswers(with)
	if err != nil {
		return false, nil, err
	}
	args := make(map[string]json.RawMessage, len(b.with))
	for i, e := range b.with {
		v, err := a.eval(e)
		if err != nil {
			return false, nil, fmt.Errorf("before %s: argument %s: %w", b.Result, b.With[i].Name, err)
		}
		if args[b.With[i].Name], err = json.Marshal(formula.EncodeValue(v)); err != nil {
			return false, nil, err
		}
	}
	found, raw, err := ask(ctx, b.Registry, b.Operation, args)
	if err != nil || !found {
		return false, nil, err
	}
	v, err := decodeJSON(raw)
	answer, _ := v.(map[string]any)
	if err == nil && answer == nil {
		err = fmt.Errorf("before %s: the answer is not an object", b.Result)
	}
	return true, answer, err
}
