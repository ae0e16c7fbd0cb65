package formula

import (
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Money is an amount in the minor unit of an ISO 4217 currency: 250.00 ILS is
// {25000, "ILS"}, 1.500 JOD is {1500, "JOD"}. The zero value is a zero of no
// currency.
type Money struct {
	Minor    int64
	Currency string
}

// exponents holds how many decimals a currency has (ISO 4217). A currency that
// is not here is refused rather than guessed.
var exponents = map[string]int{
	"AED": 2, "BHD": 3, "CHF": 2, "DZD": 2, "EGP": 2, "EUR": 2, "GBP": 2, "ILS": 2,
	"IQD": 3, "JOD": 3, "JPY": 0, "KWD": 3, "KZT": 2, "LBP": 2, "LYD": 3, "MAD": 2,
	"OMR": 3, "QAR": 2, "SAR": 2, "SYP": 2, "TND": 3, "TRY": 2, "USD": 2, "YER": 2,
}

var (
	errMoneySyntax   = errors.New(`not an amount of money: write "250.00 ILS"`)
	errMoneyCurrency = errors.New("unknown currency: write an ISO 4217 code such as ILS, JOD or USD")
	errMoneyDecimals = errors.New("more decimals than the currency has")
	errMoneyBounds   = errors.New("the amount is too large")
)

// CurrencyExponent returns how many decimals the currency has, and whether it
// is known.
func CurrencyExponent(currency string) (int, bool) {
	n, ok := exponents[currency]
	return n, ok
}

// ParseMoney reads "250.00 ILS": a plain decimal, one space, a currency. Fewer
// decimals than the currency has are fine, more are refused. The error does
// not repeat the text.
func ParseMoney(s string) (Money, error) {
	value, currency, ok := strings.Cut(s, " ")
	if !ok {
		return Money{}, errMoneySyntax
	}
	return newMoney(value, currency)
}

func newMoney(value, currency string) (Money, error) {
	exp, ok := exponents[currency]
	if !ok {
		return Money{}, errMoneyCurrency
	}
	if len(value) > 24 {
		return Money{}, errMoneyBounds
	}
	whole, fraction, point := strings.Cut(value, ".")
	digits := strings.TrimPrefix(whole, "-")
	if !isDigits(digits) || point && !isDigits(fraction) {
		return Money{}, errMoneySyntax
	}
	if len(fraction) > exp {
		return Money{}, errMoneyDecimals
	}
	minor, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", exp-len(fraction)), 10, 64)
	if err != nil {
		return Money{}, errMoneyBounds
	}
	return Money{Minor: minor, Currency: currency}, nil
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Value is the amount as text with all decimals of the currency: "250.00".
func (m Money) Value() string {
	exp := exponents[m.Currency]
	s := strconv.FormatInt(m.Minor, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if exp == 0 {
		return sign + s
	}
	if len(s) <= exp {
		s = strings.Repeat("0", exp+1-len(s)) + s
	}
	return sign + s[:len(s)-exp] + "." + s[len(s)-exp:]
}

// String is what ParseMoney reads: "250.00 ILS".
func (m Money) String() string {
	if m.Currency == "" {
		return m.Value()
	}
	return m.Value() + " " + m.Currency
}

type moneyJSON struct {
	Value    string `json:"value"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"value":"250.00","currency":"ILS"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(moneyJSON{m.Value(), m.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Money) UnmarshalJSON(b []byte) error {
	var raw moneyJSON
	if err := json.Unmarshal(b, &raw); err != nil {
		return errMoneySyntax
	}
	v, err := newMoney(raw.Value, raw.Currency)
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// common gives the currency of two amounts; the zero of no currency goes with
// any.
func (m Money) common(n Money) (string, *EvalError) {
	switch {
	case m.Currency == n.Currency, n.Currency == "" && n.Minor == 0:
		return m.Currency, nil
	case m.Currency == "" && m.Minor == 0:
		return n.Currency, nil
	}
	return "", failure(CurrencyMismatch)
}

func (m Money) add(n Money) (Money, *EvalError) {
	currency, err := m.common(n)
	if err != nil {
		return Money{}, err
	}
	sum, ok := addInt64(m.Minor, n.Minor)
	if !ok {
		return Money{}, failure(Overflow)
	}
	return Money{sum, currency}, nil
}

func (m Money) neg() (Money, *EvalError) {
	n, ok := subInt64(0, m.Minor)
	if !ok {
		return Money{}, failure(Overflow)
	}
	return Money{n, m.Currency}, nil
}

// times multiplies and rounds half-even to the minor unit.
func (m Money) times(factor Decimal) (Money, *EvalError) {
	product, err := NewDecimal(m.Minor, 0).mul(factor)
	if err != nil {
		return Money{}, err
	}
	minor, err := product.whole(apd.RoundHalfEven)
	if err != nil {
		return Money{}, err
	}
	return Money{minor, m.Currency}, nil
}

// Percent is so many percent of the amount, rounded half-even to the minor unit (ISO 80000-1, annex B, rule A). The error is an *EvalError.
func (m Money) Percent(n Decimal) (Money, error) {
	p, err := m.percent(n)
	if err != nil {
		return Money{}, err
	}
	return p, nil
}

func (m Money) percent(n Decimal) (Money, *EvalError) {
	hundredth, err := n.mul(NewDecimal(1, -2))
	if err != nil {
		return Money{}, err
	}
	return m.times(hundredth)
}

// quotient is money divided by a number, exactly, in minor units.
type quotient struct {
	minor    *big.Rat
	currency string
}

func (m Money) over(divisor Decimal) (quotient, *EvalError) {
	d := divisor.raw()
	if d.IsZero() {
		return quotient{}, failure(DivisionByZero)
	}
	coefficient := new(big.Int).Set(d.Coeff.MathBigInt())
	if d.Negative {
		coefficient.Neg(coefficient)
	}
	by := new(big.Rat).SetInt(coefficient)
	// The exponent is within maxDigits, so the power is small.
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(d.Exponent, -d.Exponent))), nil)
	if d.Exponent < 0 {
		by.Quo(by, new(big.Rat).SetInt(power))
	} else {
		by.Mul(by, new(big.Rat).SetInt(power))
	}
	return quotient{by.Quo(new(big.Rat).SetInt64(m.Minor), by), m.Currency}, nil
}

// rounding is how an amount becomes whole units of its currency.
type rounding int

const (
	nearest rounding = iota // a half goes away from zero
	upward
	downward
)

var apdRounding = map[rounding]apd.Rounder{
	nearest: apd.RoundHalfUp, upward: apd.RoundCeiling, downward: apd.RoundFloor,
}

func (q quotient) round(mode rounding) (Money, *EvalError) {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponents[q.currency])), nil)
	units := new(big.Rat).Quo(q.minor, new(big.Rat).SetInt(unit))
	num, den := units.Num(), units.Denom() // den > 0
	var whole *big.Int
	switch mode {
	case downward:
		whole = floorDiv(num, den)
	case upward:
		whole = new(big.Int).Neg(floorDiv(new(big.Int).Neg(num), den))
	default:
		// floor(|x| + 1/2), with the sign put back.
		twice := new(big.Int).Add(new(big.Int).Lsh(new(big.Int).Abs(num), 1), den)
		whole = twice.Quo(twice, new(big.Int).Lsh(den, 1))
		if num.Sign() < 0 {
			whole.Neg(whole)
		}
	}
	whole.Mul(whole, unit)
	if !whole.IsInt64() {
		return Money{}, failure(Overflow)
	}
	return Money{whole.Int64(), q.currency}, nil
}

// floorDiv is the greatest whole number not above n/d, for d > 0. Div in
// math/big is Euclidean, which is the floor for a positive divisor.
func floorDiv(n, d *big.Int) *big.Int { return new(big.Int).Div(n, d) }
