package unit_test

import (
	"math/big"
	"testing"

	"github.com/diwan-gov/diwan/catalog/unit"
)

func TestUnitsOfOneKindConvertExactly(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"kg", "t", "1/1000"}, {"t", "kg", "1000"}, {"g", "mg", "1000"}, {"ct", "g", "1/5"}, {"ozt", "g", "77758692/2500000"},
		{"dunam", "m2", "1000"}, {"ha", "dunam", "10"}, {"km2", "ha", "100"}, {"cm3", "ml", "1"}, {"m3", "l", "1000"},
		{"h", "min", "60"}, {"min", "d", "1/1440"}, {"kWh", "MJ", "18/5"}, {"J", "kWh", "1/3600000"}, {"hp", "kW", "0.73549875"}, {"m", "m", "1"},
	} {
		want, _ := new(big.Rat).SetString(c.want)
		got, ok := unit.Ratio(c.from, c.to)
		if !ok || got.Cmp(want) != 0 {
			t.Errorf("%s in %s: %v, want %s", c.from, c.to, got, c.want)
		}
	}
	for _, c := range [][2]string{{"kg", "m"}, {"kW", "kWh"}, {"m2", "m3"}, {"kg", "stone"}, {"", "kg"}} {
		if r, ok := unit.Ratio(c[0], c[1]); ok {
			t.Errorf("%s in %s: %v", c[0], c[1], r)
		}
	}
}

func TestEveryUnitHasItsNamesAndOneCode(t *testing.T) {
	codes, first := map[string]bool{}, map[unit.Kind]bool{}
	for _, u := range unit.All() {
		if codes[u.Code] || u.Factor.Sign() <= 0 {
			t.Errorf("%s", u.Code)
		}
		if !first[u.Kind] && u.Factor.Cmp(big.NewRat(1, 1)) != 0 {
			t.Errorf("%s is the first of %s, but not 1", u.Code, u.Kind)
		}
		codes[u.Code], first[u.Kind] = true, true
		for _, lang := range []string{"ar", "en", "fr", "kk", "ru"} {
			if unit.Name(u.Code, lang) == "" {
				t.Errorf("%s has no name in %s", u.Code, lang)
			}
		}
		if got := unit.Meant(u.Code); got != u.Code {
			t.Errorf("%s is taken for %s", u.Code, got)
		}
	}
	if unit.Name("kg", "ar") != "كغ" || unit.Name("kg", "he") != "kg" || unit.Name("boxes", "ar") != "boxes" {
		t.Error("names")
	}
}

func TestOtherSpellingsAreUnderstood(t *testing.T) {
	for spelling, want := range map[string]string{
		"KG": "kg", "Kilo": "kg", "tonnes": "t", "m²": "m2", "sqm": "m2", "دونم": "dunam", "dunum": "dunam", "litre": "l", "L": "l", "cc": "cm3",
		"kwh": "kWh", "boxes": "", "": "",
	} {
		if got := unit.Meant(spelling); got != want {
			t.Errorf("%q: %q, want %q", spelling, got, want)
		}
	}
}
