package formula

import (
	"errors"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Failure is why an evaluation gave no value. The set is closed; each is a
// stable code.
type Failure string

// The failures. WrongValue means that the caller's values do not have the
// declared types.
const (
	AbsentValue      Failure = "absent-value"
	DivisionByZero   Failure = "division-by-zero"
	CurrencyMismatch Failure = "currency-mismatch"
	NoCurrency       Failure = "no-currency"
	Overflow         Failure = "overflow"
	CostExceeded     Failure = "cost-exceeded"
	WrongValue       Failure = "wrong-value"
	NoRow            Failure = "no-row" // of a table, for the keys; or of a fact
)

// EvalError is the error of Eval. Field is the name of the field that was
// absent or of the wrong type, or of the table without a row, where one is to blame; Kinds says of which kinds the keys were. It never holds
// a value.
type EvalError struct {
	Failure Failure
	Field   string
	Kinds   string
}

var failureText = map[Failure]string{
	AbsentValue:      "a value is absent",
	DivisionByZero:   "division by zero",
	CurrencyMismatch: "amounts of different currencies",
	NoCurrency:       "the sum of an empty list has no currency",
	Overflow:         "the result is too large",
	CostExceeded:     "the evaluation takes too long",
	WrongValue:       "a value has another type than declared",
	NoRow:            "no row fits this case",
}

func (e *EvalError) Error() string {
	s := "formula: " + failureText[e.Failure]
	if e.Field != "" {
		s += ": " + e.Field
	}
	if e.Kinds != "" {
		s += " (" + e.Kinds + ")"
	}
	return s
}

// Is matches errors of the same failure, so that
// errors.Is(err, &EvalError{Failure: AbsentValue}) holds for any field.
func (e *EvalError) Is(target error) bool {
	t, ok := target.(*EvalError)
	return ok && t.Failure == e.Failure && (t.Field == "" || t.Field == e.Field)
}

func failure(f Failure) *EvalError { return &EvalError{Failure: f} }

// fail wraps a failure as a CEL value. It is always fresh: the interpreter
// writes a node number into it.
func fail(f Failure) ref.Val { return types.WrapErr(failure(f)) }

// evalError finds our error in what CEL gives. Whatever else CEL reports can
// only come from values that do not have their declared types, and its text
// may hold them, so it is dropped.
func evalError(err error) *EvalError {
	var e *EvalError
	if errors.As(err, &e) {
		return e
	}
	return failure(WrongValue)
}
