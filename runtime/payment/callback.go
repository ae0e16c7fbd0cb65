package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// MaxCallback bounds the body of a callback; read at most one byte more than this.
const MaxCallback = 64 << 10

// event is the body of a callback.
type event struct {
	Event     string   `json:"event"` // checkout.paid, payout.failed, …
	Checkout  string   `json:"checkout"`
	Payout    string   `json:"payout"`
	Failure   string   `json:"failure"`
	Reference string   `json:"reference"`
	Status    string   `json:"status"`
	Amount    reported `json:"amount"`
}

// reported is an amount as somebody else writes it. One that is no amount of a currency that we know is the zero of none: it equals nothing
// that is due, so the event is kept as a mismatch and not refused as no event.
type reported struct{ formula.Money }

// UnmarshalJSON never fails.
func (r *reported) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &r.Money) != nil {
		r.Money = formula.Money{}
	}
	return nil
}

// Callback takes what the gateway reports; header is its Gateway-Signature. It gives the HTTP status to answer with: 200 once the event is
// stored and dealt with, also when it is a repeat; 401 for a wrong signature and 400 for what is no event, which change nothing; 413; 503
// when it should come again. The error is for the log, and nil with 200.
func (d *Desk) Callback(ctx context.Context, body []byte, header string) (status int, err error) {
	if len(body) > MaxCallback {
		return http.StatusRequestEntityTooLarge, errors.New("payment: callback too large")
	}
	at, ok := signed(header, body, d.Secrets)
	if !ok {
		return http.StatusUnauthorized, errors.New("payment: callback with a wrong signature")
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil || e.Event == "" || e.Checkout == "" && e.Payout == "" {
		return http.StatusBadRequest, errors.New("payment: callback is no event")
	}
	// The gateway repeats an event byte for byte; two that differ are two, and settling knows a checkout that it has seen.
	sum := sha256.Sum256(body)
	key := hex.EncodeToString(sum[:])
	if err := storeEvent(ctx, d.Pool, key, body); err != nil {
		return http.StatusServiceUnavailable, err
	}
	c := checkout{ID: e.Checkout, Status: e.Status, Reference: e.Reference, Amount: e.Amount.Money}
	out := sentPayout{ID: e.Payout, Status: e.Status, Reference: e.Reference, Failure: e.Failure, Amount: e.Amount.Money}
	payout := e.Payout != "" && strings.HasPrefix(e.Event, "payout.")
	if age := d.Now().Sub(at); age > tolerance || age < -tolerance {
		// Signed once, but perhaps recorded and sent again by somebody: only the gateway knows what is true now.
		switch {
		case payout:
			out, err = d.Gateway.readPayout(ctx, e.Payout)
		case e.Event == "checkout.paid":
			c, err = d.Gateway.read(ctx, e.Checkout)
		}
		if err != nil {
			return http.StatusServiceUnavailable, err
		}
	}
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		dealt, err := lockEvent(ctx, tx, key)
		if err != nil || dealt {
			return err
		}
		result := resultIgnored
		switch {
		case payout:
			result, err = d.settlePayout(ctx, tx, out)
		case e.Event == "checkout.paid" && c.Status == checkoutPaid:
			result, err = d.settle(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		if err := endEvent(ctx, tx, key, result); err != nil {
			return err
		}
		d.Fault.At("callback:before-commit")
		return nil
	})
	if err != nil {
		return http.StatusServiceUnavailable, err
	}
	d.Fault.At("callback:after-commit")
	d.Wake()
	return http.StatusOK, nil
}
