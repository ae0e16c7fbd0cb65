package payment

import (
	"encoding/json"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

// SignatureHeader is provider.Provider.
func (g *Gateway) SignatureHeader() string { return "Gateway-Signature" }

// Read is provider.Provider.
func (g *Gateway) Read(body []byte, signature string) (provider.Report, error) {
	at, ok := signed(signature, body, g.secrets)
	if !ok {
		return provider.Report{}, provider.ErrForged
	}
	var e struct {
		Event     string   `json:"event"` // checkout.paid, payout.failed, …
		Checkout  string   `json:"checkout"`
		Payout    string   `json:"payout"`
		Dispute   string   `json:"dispute"`
		Failure   string   `json:"failure"`
		Reference string   `json:"reference"`
		Status    string   `json:"status"`
		Amount    reported `json:"amount"`
	}
	if err := json.Unmarshal(body, &e); err != nil || e.Event == "" || e.Checkout == "" && e.Payout == "" && e.Dispute == "" {
		return provider.Report{}, provider.ErrNoReport
	}
	r := provider.Report{SignedAt: at}
	switch {
	case e.Dispute != "":
		r.Dispute = e.Dispute
	case e.Payout != "" && e.Event == "payout."+e.Status:
		r.Payout = &provider.Payout{ID: e.Payout, Status: e.Status, Reference: e.Reference, Failure: e.Failure, Amount: e.Amount.Money}
	case e.Checkout != "" && e.Event == "checkout."+e.Status: // that something went back is reported with the status of what was paid
		r.Checkout = &provider.Checkout{ID: e.Checkout, Status: e.Status, Reference: e.Reference, Amount: e.Amount.Money}
	}
	return r, nil
}

// reported is an amount as somebody else writes it. One that is no amount of a currency that we know is the zero of none: it equals nothing
// that is due, so the report is kept as a mismatch and not refused as none.
type reported struct{ formula.Money }

// UnmarshalJSON never fails.
func (r *reported) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &r.Money) != nil {
		r.Money = formula.Money{}
	}
	return nil
}
