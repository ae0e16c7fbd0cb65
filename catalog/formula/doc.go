// Package formula compiles and evaluates the formulas of a service definition:
// typed CEL expressions over a form, step results and tariffs.
//
// It owns the language (which operators and functions exist, what they mean on
// whole numbers, exact decimals, money and dates), the check that a formula can
// never meet an absent value unguarded, and the Go values that formulas read
// and give. It does no I/O, knows no files (a [Problem] carries byte offsets
// into the formula), reads no clock and has no randomness: the same values
// always give the same result.
//
//	env, err := formula.NewEnv([]formula.Field{{Name: "form", Type: formula.Type{
//		Kind: formula.KindObject, Object: &formula.Object{Name: "form", Fields: []formula.Field{
//			{Name: "years", Type: formula.Type{Kind: formula.KindInt}},
//		}},
//	}}})
//	f, problems := env.Compile("form.years >= 5 and form.years != 7", formula.Type{Kind: formula.KindBool})
//	ok, err := f.Eval(formula.Values{"form": map[string]any{"years": int64(5)}})
//
// # Words and operators
//
// and, or and not are accepted beside &&, || and !. The word not binds weaker
// than a comparison, as in speech: not a == b means not (a == b); the symbol !
// binds tightly, as in CEL.
//
// # Numbers
//
// A literal with a point (0.1) is an exact decimal, never a binary float.
// Whole numbers and decimals mix in arithmetic and comparison, and a whole
// number is accepted wherever a formula must give a decimal. +, - and * are
// exact; / always gives a decimal, exact to 34 significant digits (half-even),
// so 7 / 2 is 3.5 and not 3. round, roundUp and roundDown turn a decimal into
// a whole number. % is for whole numbers only.
//
// # Money
//
// An amount is a whole number of the currency's minor unit (JOD has three
// decimals). Amounts of one currency add, subtract and compare; two currencies
// are an error of evaluation. Money times a number is rounded half-even to the
// minor unit. Money divided by a number has no value until it is rounded:
// round(m / 3), roundUp(m / 3), roundDown(m / 3), each to whole units of the
// currency. round goes to the nearest, a half away from zero; roundUp never
// goes down and roundDown never up. The sum of an empty list of money is a
// zero of no currency, which adds to and compares with any; a formula may not
// give it as its result.
//
// # Dates
//
// A date is a calendar day without time or zone. Adding months or years keeps
// the day of the month, or takes the month's last day where that day does not
// exist: 31 January plus one month is 28 (or 29) February, and 29 February plus
// one year is 28 February. One full month (year) has passed on the day that
// adding it to the first date gives. fullYears, fullMonths count those and
// monthsBegun counts a month from the day after the previous one was full; all
// three are 0 when the second date is not after the first. daysBetween is
// negative when it is before.
//
// # Absent values
//
// A field that may be absent must be guarded where it is read: has(form.x) and
// …, has(form.x) ? … : …, not has(form.x) or …, orElse(form.x, default), or the
// same condition under which the field is present, in the same positions.
package formula
