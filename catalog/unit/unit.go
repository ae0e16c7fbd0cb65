// Package unit is the closed table of units of measurement in which a number of a form or a registry may be given, with their exact factors and
// their names in the languages of the product.
//
// It knows nothing of formulas or files. The factors are those of the SI Brochure (9th edition, 2019): the prefixes of chapter 3, and of table 8
// the minute, the hour, the day, the hectare, the litre and the tonne. The metric carat of 200 mg, the troy ounce of 31.1034768 g and the metric
// horsepower of 75 kgf·m/s (735.49875 W) are those of NIST Special Publication 811 (2008), appendix B, in full length; the dunam is the metric one
// of 1,000 m². A unit is added here, with its source, and nowhere else.
//
//	r, ok := unit.Ratio("kg", "t") // 1/1000
package unit

import (
	"math/big"
	"slices"
	"strings"
	"sync"
)

// Kind is what a unit measures. Only units of one kind convert into each other.
type Kind string

// The kinds.
const (
	Mass   Kind = "mass"
	Length Kind = "length"
	Area   Kind = "area"
	Volume Kind = "volume"
	Time   Kind = "time"
	Energy Kind = "energy"
	Power  Kind = "power"
)

// Unit is one row of the table. Factor is how many of the first unit of its kind it is.
type Unit struct {
	Code   string
	Kind   Kind
	Factor *big.Rat // exact; not to be changed

	names [languages]string
	also  string // other spellings, in small letters
}

// languages are ar, en, fr, kk and ru.
const languages = 5

var order = [languages]string{"ar", "en", "fr", "kk", "ru"}

var table = sync.OnceValue(func() []Unit {
	out := make([]Unit, len(rows))
	for i, r := range rows {
		factor, ok := new(big.Rat).SetString(r.factor)
		if !ok {
			panic("unit: the factor of " + r.code)
		}
		out[i] = Unit{Code: r.code, Kind: r.kind, Factor: factor, names: r.names, also: r.also}
	}
	return out
})

// All is the table, in the order of the reference.
func All() []Unit { return slices.Clone(table()) }

// Codes are the codes of all units.
func Codes() []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = rows[i].code
	}
	return out
}

// Of is the unit with that code.
func Of(code string) (Unit, bool) {
	i := slices.IndexFunc(rows, func(r row) bool { return r.code == code })
	if i < 0 {
		return Unit{}, false
	}
	return table()[i], true
}

// Meant is the code that another spelling stands for, such as kg for kilo; "" where it is none that is known.
func Meant(spelling string) string {
	spelling = strings.ToLower(strings.TrimSpace(spelling))
	if spelling == "" {
		return ""
	}
	for _, is := range []func(row) bool{
		func(r row) bool { return strings.ToLower(r.code) == spelling },
		func(r row) bool { return slices.Contains(strings.Fields(r.also), spelling) },
		func(r row) bool {
			return slices.ContainsFunc(r.names[:], func(n string) bool { return strings.ToLower(n) == spelling })
		},
	} {
		if i := slices.IndexFunc(rows, is); i >= 0 {
			return rows[i].code
		}
	}
	return ""
}

// Ratio is how many of one unit another is: a number in from times it is the number in to. It is false where one is not known, or where the two
// are of different kinds.
func Ratio(from, to string) (*big.Rat, bool) {
	a, ok := Of(from)
	b, also := Of(to)
	if !ok || !also || a.Kind != b.Kind {
		return nil, false
	}
	return new(big.Rat).Quo(a.Factor, b.Factor), true
}

// Name is what a unit is called behind a number, in a language; in English where it has no name in that language. A code that is no unit is
// its own name.
func Name(code, lang string) string {
	u, ok := Of(code)
	if !ok {
		return code
	}
	i := slices.Index(order[:], lang)
	if i < 0 {
		i = slices.Index(order[:], "en")
	}
	return u.names[i]
}
