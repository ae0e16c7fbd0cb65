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

// items are what is paid for, each with its amount.
func items(o provider.Order) (out []*api.CheckoutSessionCreateLineItemParams, err error) {
	lines, sum := o.Lines, formula.Money{Currency: o.Amount.Currency}
	if len(lines) == 0 {
		lines = []provider.OrderLine{{Amount: o.Amount, Description: o.Description}}
	}
	for _, l := range lines {
		if err := payable(l.Amount); err != nil {
			return nil, err
		}
		sum.Minor += l.Amount.Minor
		out = append(out, &api.CheckoutSessionCreateLineItemParams{
			Quantity: api.Int64(1),
			PriceData: &api.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: api.String(strings.ToLower(l.Amount.Currency)), UnitAmount: &l.Amount.Minor,
				ProductData: &api.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: api.String(name(l.Description, o))},
			},
		})
		if l.Amount.Currency != o.Amount.Currency {
			return nil, &provider.Refused{Code: "lines-differ"}
		}
	}
	if sum != o.Amount {
		return nil, &provider.Refused{Code: "lines-differ"}
	}
	return out, nil
}

// name is what is paid for, in the language of the payer where it has one.
func name(description map[string]string, o provider.Order) string {
	for _, l := range []string{o.Language, "ar", "en"} {
		if text := description[l]; text != "" {
			return text
		}
	}
	return o.Reference
}
