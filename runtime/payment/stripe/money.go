package stripe

import (
	"slices"
	"strings"

	api "github.com/stripe/stripe-go/v85"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// most is what Stripe takes at once, in minor units.
const most = 99_999_999

// payable refuses what Stripe could only take as another amount: of currencies with three decimals it takes no thousandth.
func payable(m formula.Money) error {
	decimals, known := formula.CurrencyExponent(m.Currency)
	switch {
	case !known:
		return &provider.Refused{Code: "currency-unknown"}
	case m.Minor <= 0 || m.Minor > most:
		return &provider.Refused{Code: "amount-out-of-bounds"}
	case decimals == 3 && m.Minor%10 != 0:
		return &provider.Refused{Code: "amount-too-fine"}
	}
	return nil
}

// money is an amount as Stripe writes it; the zero of none in a currency that we do not know.
func money(minor int64, currency api.Currency) formula.Money {
	m := formula.Money{Minor: minor, Currency: strings.ToUpper(string(currency))}
	if _, known := formula.CurrencyExponent(m.Currency); !known {
		return formula.Money{}
	}
	return m
}

// languages are those of ours in which Stripe greets. It has no Arabic.
var languages = []string{"en", "fr", "tr", "ru"}

func locale(language string) *string {
	if slices.Contains(languages, language) {
		return &language
	}
	return api.String("auto")
}

// name is what is paid for, in the language of the payer where it has one.
func name(o provider.Order) string {
	for _, l := range []string{o.Language, "ar", "en"} {
		if text := o.Description[l]; text != "" {
			return text
		}
	}
	return o.Reference
}
