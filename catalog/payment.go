package catalog

import (
	"strconv"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Instalments splits a payment.
type Instalments struct {
	source.Ranged
	Count  int         `diwan:"count,required" doc:"How many payments, the first at once."`
	Every  source.Text `diwan:"every,required" doc:"Time between them: 1 month."`
	Missed source.Text `diwan:"missed,required" doc:"What a missed one leads to: lapse or escalate."`
}

// Share is a part of a payment: so many percent now, or the rest.
type Share struct {
	source.Text
	Percent int // 0 for the rest
}

// RestWord asks for what an earlier share has left.
const RestWord = "rest"

// DecodeNode takes 1 to 99, or rest.
func (s *Share) DecodeNode(n *source.Node, dec *source.Decoder) {
	percent, err := strconv.Atoi(n.Value)
	if n.Kind != source.Scalar || n.Value != RestWord && (err != nil || percent < 1 || percent > 99) {
		dec.Expected(n, "1 to 99 (percent that are due now), or rest", RestWord)
		return
	}
	dec.Decode(n, &s.Text)
	s.Percent = percent
}

// Describe names the shape for the language reference.
func (*Share) Describe() source.Type { return source.Type{Kind: "1 to 99 (percent), or rest"} }

// PayOut is money that the authority pays.
type PayOut struct {
	source.Ranged
	To     source.Text `diwan:"to,required" doc:"applicant, or a formula of a person of the form."`
	Amount source.Text `diwan:"amount,required" doc:"Formula of the amount."`

	Account source.Text `diwan:"account" doc:"Formula of the account number (IBAN) to which it goes. Without it, it goes back to the card by which the application was paid for, or the applicant is asked."`
}
