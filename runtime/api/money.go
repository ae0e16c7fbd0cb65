package api

import (
	"strconv"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// Money is an amount with all its decimals.
type Money struct {
	Value    string `json:"value" example:"250.00" doc:"Decimal with all decimals of the currency"`
	Currency string `json:"currency" example:"ILS" doc:"ISO 4217"`
}

// money writes an amount in minor units.
func money(minor int64, currency string) Money {
	digits := ui.MinorDigits(currency)
	sign, n := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, n = "-", n[1:]
	}
	for len(n) <= digits {
		n = "0" + n
	}
	if digits > 0 {
		n = n[:len(n)-digits] + "." + n[len(n)-digits:]
	}
	return Money{Value: sign + n, Currency: currency}
}
