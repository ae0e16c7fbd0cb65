package formula

import (
	"errors"
	"slices"
	"strings"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// Formula is a checked formula, ready to run. It is immutable and safe for
// parallel use.
type Formula struct {
	source  string
	typ     Type
	reads   []string
	program interpreter.InterpretableV2
	loops   bool
	decimal bool // a whole number is to be given as a decimal
}

// Values are what a formula reads, by the names of the scope; objects are
// nested maps. The Go values are those of DecodeValue. A key that is missing,
// or nil, is an absent value.
type Values map[string]any

// Source is the text that was compiled.
func (f *Formula) Source() string { return f.source }

// Type is the type of what Eval gives.
func (f *Formula) Type() Type { return f.typ }

// Reads lists the dotted paths that the formula reads or asks for, sorted:
// "form.years", "licence.expiresOn". Of a list it is the list's path, whatever
// is read of its items.
func (f *Formula) Reads() []string { return slices.Clone(f.reads) }

// maxCost bounds one evaluation of a formula with macros over lists, in steps
// of CEL; about a tenth of a second.
const maxCost = 1_000_000

var costLimit = interpreter.CostObserver(interpreter.CostTrackerFactory(func() (*cost.Tracker, error) {
	return interpreter.NewCostTracker(sizes{}, interpreter.CostTrackerLimit(maxCost))
}))

// sizes charges functions that go through a list or a text for its length.
type sizes struct{}

func (sizes) CallCost(_, _ string, args []ref.Val, _ ref.Val) *uint64 {
	total := uint64(1)
	for _, arg := range args {
		switch v := arg.(type) {
		case types.String:
			total += uint64(len(v)) / 16
		case tableVal:
			total += uint64(len(v.table.Rows)) / 4
		case traits.Lister:
			if n, ok := v.Size().(types.Int); ok {
				total += uint64(n)
			}
		}
	}
	return &total
}

// Eval gives the value of the formula: bool, int64, Decimal, Money, string,
// Date, []any or map[string]any. The error is an *EvalError and holds no value
// of the form. It reads the values and never writes to them.
func (f *Formula) Eval(v Values) (any, error) {
	out, err := f.run(v)
	if err != nil {
		return nil, err
	}
	result, failed := native(out)
	if failed != nil {
		return nil, failed
	}
	if n, whole := result.(int64); whole && f.decimal {
		return NewDecimal(n, 0), nil
	}
	return result, nil
}

func (f *Formula) run(v Values) (out ref.Val, err error) {
	frame, ferr := interpreter.NewExecutionFrame(scope(v))
	if ferr != nil {
		return nil, failure(WrongValue)
	}
	if !f.loops {
		out = f.program.Exec(frame)
		frame.Close()
		return out, nil
	}
	// CEL ends an evaluation that costs too much by a panic. The frame is then
	// left to the garbage collector: it must not go back into its pool half used.
	defer func() {
		if r := recover(); r != nil {
			var cancelled interpreter.EvalCancelledError
			if e, ok := r.(error); !ok || !errors.As(e, &cancelled) {
				panic(r)
			}
			out, err = nil, failure(CostExceeded)
		}
	}()
	out = f.program.Exec(frame)
	frame.Close()
	return out, nil
}

// scope lets CEL find the variables. A map is one word, so it costs no
// allocation.
type scope map[string]any

func (s scope) ResolveName(name string) (any, bool) {
	if variable, ok := strings.CutPrefix(name, variablePrefix); ok {
		v := s[variable]
		if v == nil {
			return types.WrapErr(&EvalError{Failure: AbsentValue, Field: variable}), true
		}
		return v, true
	}
	if name == rootVariable {
		return map[string]any(s), true
	}
	return nil, false
}

func (s scope) Parent() interpreter.Activation { return nil }
