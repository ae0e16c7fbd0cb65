package formula

import (
	"errors"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Bounds of decimals: what may be written, sent or given as a result, and what
// a calculation may grow to on its way. Beyond them an evaluation ends with
// [Overflow].
const (
	maxInputDigits   = 38
	maxInputExponent = 38
	maxInputLength   = 80
	maxDigits        = 200
)

// Decimal is an exact decimal number; the zero value is 0. It is immutable and
// safe for parallel use. Compare with Cmp, never with ==.
type Decimal struct{ d *apd.Decimal }

var (
	errDecimalSyntax = errors.New("not a decimal number")
	errDecimalBounds = errors.New("a decimal number has at most 38 digits and an exponent of at most 38")

	zeroDecimal = apd.New(0, 0)
	// Precision 0 switches rounding off: addition and multiplication are exact.
	exact = apd.BaseContext.WithPrecision(0)
	// The precision of division, that of IEEE decimal128.
	division = func() *apd.Context {
		c := apd.BaseContext.WithPrecision(34)
		c.Rounding = apd.RoundHalfEven
		return c
	}()
)

// NewDecimal returns coefficient × 10^exponent. The exponent is cut to the
// bounds of ParseDecimal.
func NewDecimal(coefficient int64, exponent int32) Decimal {
	return Decimal{apd.New(coefficient, min(max(exponent, -maxInputExponent), maxInputExponent))}
}

// ParseDecimal reads an optional sign, digits with at most one point, and an
// optional exponent; at most 38 significant digits and, without trailing zeros,
// an exponent between -38 and 38. It reads every String of a number within
// these bounds. The error does not repeat the text.
func ParseDecimal(s string) (Decimal, error) {
	if len(s) > maxInputLength {
		return Decimal{}, errDecimalBounds
	}
	digits, point, i := 0, false, 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	for ; i < len(s) && s[i] != 'e' && s[i] != 'E'; i++ {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] == '.' && !point:
			point = true
		default:
			return Decimal{}, errDecimalSyntax
		}
	}
	if digits == 0 {
		return Decimal{}, errDecimalSyntax
	}
	d, _, err := apd.NewFromString(s)
	if err != nil || d.Form != apd.Finite {
		return Decimal{}, errDecimalSyntax
	}
	if d.Exponent > 2*maxDigits || d.Exponent < -2*maxDigits || !(Decimal{d}).storable() {
		return Decimal{}, errDecimalBounds
	}
	return Decimal{d}, nil
}

// storable: within what ParseDecimal accepts.
func (x Decimal) storable() bool {
	var reduced apd.Decimal
	reduced.Reduce(x.raw())
	return reduced.NumDigits() <= maxInputDigits &&
		reduced.Exponent <= maxInputExponent && reduced.Exponent >= -maxInputExponent
}

func (x Decimal) raw() *apd.Decimal {
	if x.d == nil {
		return zeroDecimal
	}
	return x.d
}

// Cmp is -1, 0 or 1 as x is less than, equal to or greater than y.
func (x Decimal) Cmp(y Decimal) int { return x.raw().Cmp(y.raw()) }

// String is the canonical text: no exponent, no trailing zeros after the
// point, no negative zero. Equal numbers give equal text.
func (x Decimal) String() string {
	s := x.raw().Text('f')
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// MarshalJSON writes the canonical text as a JSON number.
func (x Decimal) MarshalJSON() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalJSON reads a JSON number or string within the bounds of ParseDecimal.
func (x *Decimal) UnmarshalJSON(b []byte) error {
	d, err := ParseDecimal(strings.Trim(string(b), `"`))
	if err != nil {
		return err
	}
	*x = d
	return nil
}

// checked refuses what has grown out of the bounds.
func checked(d *apd.Decimal, err error) (Decimal, *EvalError) {
	if err != nil || d.Form != apd.Finite || d.NumDigits() > maxDigits ||
		d.Exponent > maxDigits || d.Exponent < -maxDigits {
		return Decimal{}, failure(Overflow)
	}
	return Decimal{d}, nil
}

func (x Decimal) add(y Decimal) (Decimal, *EvalError) {
	d := new(apd.Decimal)
	_, err := exact.Add(d, x.raw(), y.raw())
	return checked(d, err)
}

func (x Decimal) sub(y Decimal) (Decimal, *EvalError) {
	d := new(apd.Decimal)
	_, err := exact.Sub(d, x.raw(), y.raw())
	return checked(d, err)
}

func (x Decimal) mul(y Decimal) (Decimal, *EvalError) {
	d := new(apd.Decimal)
	_, err := exact.Mul(d, x.raw(), y.raw())
	return checked(d, err)
}

func (x Decimal) div(y Decimal) (Decimal, *EvalError) {
	if y.raw().IsZero() {
		return Decimal{}, failure(DivisionByZero)
	}
	d := new(apd.Decimal)
	_, err := division.Quo(d, x.raw(), y.raw())
	return checked(d, err)
}

// Plus is the sum, for numbers within the bounds of ParseDecimal.
func (x Decimal) Plus(y Decimal) Decimal {
	sum, _ := x.add(y)
	return sum
}

func (x Decimal) neg() Decimal { return Decimal{new(apd.Decimal).Neg(x.raw())} }

// whole rounds to a whole number.
func (x Decimal) whole(mode apd.Rounder) (int64, *EvalError) {
	c := apd.BaseContext.WithPrecision(2 * maxDigits)
	c.Rounding = mode
	d := new(apd.Decimal)
	if _, err := c.RoundToIntegralValue(d, x.raw()); err != nil {
		return 0, failure(Overflow)
	}
	n, err := d.Int64()
	if err != nil {
		return 0, failure(Overflow)
	}
	return n, nil
}
