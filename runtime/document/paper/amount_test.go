package paper

import "testing"

func TestAnAmountIsWrittenAsALanguageHasIt(t *testing.T) {
	for _, c := range []struct{ language, value, want string }{
		{"ar", "3932000.00 ILS", "3,932,000.00 ILS"}, {"en", "1000.000 JOD", "1,000.000 JOD"}, {"fr", "1234567.50 EUR", "1\u202f234\u202f567,50 EUR"},
		{"kk", "3932000.00 KZT", "3\u00a0932\u00a0000,00 KZT"}, {"ru", "-12345 KZT", "-12\u00a0345 KZT"}, {"tr", "123456.00 TRY", "123,456.00 TRY"},
		{"en", "999.99 USD", "999.99 USD"}, {"en", "0.01 USD", "0.01 USD"}, {"ru", "2026", "2026"}, {"en", "1000.00 ILS more", "1000.00 ILS more"}, {"en", "–", "–"},
	} {
		if got := amount(c.language, c.value); got != c.want {
			t.Errorf("%s: %q is written %q, want %q", c.language, c.value, got, c.want)
		}
	}
}
