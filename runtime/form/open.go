package form

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Ask asks a registry: found is false when it knows no such thing. The error means that nobody can tell now.
type Ask func(ctx context.Context, registry, operation string, with map[string]json.RawMessage) (found bool, answer json.RawMessage, err error)

// before is a lookup before the form, may a condition of those who may fill it in.
type before struct {
	*plan.BeforeLookup
	question
}

type may struct {
	must *expression
	end  string
}

// behalf is a capacity in which somebody may apply for the applicant.
type behalf struct {
	*plan.Representation
	question
}

// question is what is asked of a registry.
type question struct {
	registry, operation string
	args                []plan.Argument
	with                []*expression
}

func (c *compiler) question(registry, operation string, args []plan.Argument, given ...string) (q question, err error) {
	q = question{registry: registry, operation: operation, args: args}
	for _, a := range args {
		e, err := c.compile(a.Formula, loose(formula.Type{Kind: kinds[a.Kind]}), given...)
		if err != nil {
			return q, err
		}
		q.with = append(q.with, e)
	}
	return q, nil
}

func (f *Form) compileBefore(c *compiler) error {
	for i := range f.list.OnBehalf {
		b := behalf{Representation: &f.list.OnBehalf[i]}
		var err error
		holds := (&catalog.Representation{As: catalog.PersonRole(b.As)}).Holds()
		if b.question, err = c.question(b.Registry, b.Operation, b.With, holds); err != nil {
			return fmt.Errorf("on behalf, %s: %w", b.As, err)
		}
		c.given[catalog.RepresentativeRoot] = true
		f.behalf = append(f.behalf, b)
	}
	for i := range f.list.Before {
		b := before{BeforeLookup: &f.list.Before[i]}
		var err error
		if b.question, err = c.question(b.Registry, b.Operation, b.With); err != nil {
			return fmt.Errorf("before %s: %w", b.Result, err)
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
func (f *Form) Opens() bool { return len(f.behalf) > 0 || len(f.before) > 0 || len(f.may) > 0 }

// Open proves first that whoever applies for the applicant may, before anything is asked about them. It makes the lookups before the form and decides whether the applicant may fill it in. It gives the context with the answers, and as refused
// the key of the reason in the plan's texts, "" where they may. The error is that of ask, or says which value is of another type than declared;
// with is then given back as it was.
func (f *Form) Open(ctx context.Context, with Context, ask Ask) (opened Context, refused string, err error) {
	opened = with
	opened.Given = map[string]map[string]any{}
	for root, answer := range with.Given {
		opened.Given[root] = answer
	}
	if refused, err := f.mandated(ctx, opened, ask); err != nil || refused != "" {
		return opened, refused, err
	}
	for i := range f.before {
		b := &f.before[i]
		found, answer, err := f.ask(ctx, &b.question, opened, ask)
		if err != nil {
			return with, "", fmt.Errorf("before %s: %w", b.Result, err)
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

// mandated proves that whoever applies for the applicant may: it gives the key of the reason why not, or "". In which capacity they apply was
// chosen by whoever made the context, so another than the plan has is an error.
func (f *Form) mandated(ctx context.Context, with Context, ask Ask) (refused string, err error) {
	who := with.Given[catalog.RepresentativeRoot]
	if who == nil {
		return "", nil
	}
	for i := range f.behalf {
		b := &f.behalf[i]
		if b.As != who["as"] {
			continue
		}
		if b.registry == "" { // the form asks for the paper
			return "", nil
		}
		found, _, err := f.ask(ctx, &b.question, with, ask)
		switch {
		case err != nil:
			return "", fmt.Errorf("on behalf, %s: %w", b.As, err)
		case !found:
			return b.End, nil
		}
		return "", nil
	}
	return "", errors.New("form: nobody may apply for the applicant in this capacity")
}

// ask asks a registry. The error is that of ask, or says what has no value or is no object.
func (f *Form) ask(ctx context.Context, q *question, with Context, ask Ask) (bool, map[string]any, error) {
	a, err := f.newAnswers(with)
	if err != nil {
		return false, nil, err
	}
	args := make(map[string]json.RawMessage, len(q.with))
	for i, e := range q.with {
		name := q.args[i].Name
		v, err := a.eval(e)
		if err != nil {
			return false, nil, fmt.Errorf("argument %s: %w", name, err)
		}
		if args[name], err = json.Marshal(formula.EncodeValue(v)); err != nil {
			return false, nil, err
		}
	}
	found, raw, err := ask(ctx, q.registry, q.operation, args)
	if err != nil || !found {
		return false, nil, err
	}
	v, err := decodeJSON(raw)
	answer, _ := v.(map[string]any)
	if err == nil && answer == nil {
		err = errors.New("the answer is not an object")
	}
	return true, answer, err
}
