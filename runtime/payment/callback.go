package payment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// MaxCallback bounds the body of a callback; read at most one byte more than this.
const MaxCallback = 64 << 10

// Callback takes what a provider reports, and header is how it was sent: whose signature it bears says which provider that is. It gives the HTTP status to answer with: 200 once
// the report is stored and dealt with, also when it is a repeat; 401 for a wrong signature and 400 for what is no report, which change nothing;
// 413; 503 when it should come again. The error is for the log, and nil with 200.
func (d *Desk) Callback(ctx context.Context, body []byte, header http.Header) (status int, err error) {
	if len(body) > MaxCallback {
		return http.StatusRequestEntityTooLarge, errors.New("payment: callback too large")
	}
	at, said, err := d.read(body, header)
	switch {
	case errors.Is(err, provider.ErrForged):
		return http.StatusUnauthorized, err
	case err != nil:
		return http.StatusBadRequest, err
	}
	// A provider repeats a report byte for byte; two that differ are two, and settling knows a checkout that it has seen.
	sum := sha256.Sum256(body)
	key := hex.EncodeToString(sum[:])
	if err := storeEvent(ctx, d.Pool, key, body); err != nil {
		return http.StatusServiceUnavailable, err
	}
	age := d.Now().Sub(said.SignedAt)
	doubted := age > tolerance || age < -tolerance
	if !doubted {
		if doubted, err = d.otherAmount(ctx, said.Checkout); err != nil {
			return http.StatusServiceUnavailable, err
		}
	}
	if doubted {
		if said, err = d.askAbout(ctx, at, said); err != nil {
			return http.StatusServiceUnavailable, err
		}
	}
	var dispute provider.Dispute
	if said.Dispute != "" { // however fresh: reports about it come in any order
		if dispute, err = d.asksAboutDispute(ctx, at, said.Dispute); err != nil {
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
		case said.Dispute != "":
			result, err = d.settleDispute(ctx, tx, at.Name, dispute)
		case said.Payout != nil:
			result, err = d.settlePayout(ctx, tx, at.Name, *said.Payout)
		case said.Checkout != nil && said.Checkout.Status == provider.Paid:
			result, err = d.settle(ctx, tx, at.Name, *said.Checkout)
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

// read finds the provider that has signed a report. ErrForged where none has.
func (d *Desk) read(body []byte, header http.Header) (At, provider.Report, error) {
	for _, at := range d.Providers {
		signature := header.Get(at.SignatureHeader())
		if signature == "" {
			continue
		}
		if said, err := at.Read(body, signature); !errors.Is(err, provider.ErrForged) {
			return at, said, err
		}
	}
	return At{}, provider.Report{}, provider.ErrForged
}

// tolerance is how old or early a signature may be and still be believed by itself.
const tolerance = 5 * time.Minute

// otherAmount tells whether a paid checkout is said to have taken another amount than is due. What is no amount at all is not asked about.
func (d *Desk) otherAmount(ctx context.Context, c *provider.Checkout) (bool, error) {
	if c == nil || c.Status != provider.Paid {
		return false, nil
	}
	id, err := uuid.Parse(c.Reference)
	if err != nil {
		return false, nil // several payments, or none of ours
	}
	p, err := readPayment(ctx, d.Pool, id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return p.currency == c.Amount.Currency && c.Amount.Minor > 0 && p.amount != c.Amount.Minor, err
}

// askAbout asks the provider about what was signed once, but perhaps recorded and sent again by somebody, and about what cannot be as it should: only
// the provider knows what is true now.
func (d *Desk) askAbout(ctx context.Context, at At, said provider.Report) (provider.Report, error) {
	switch {
	case said.Payout != nil:
		now, err := at.AskPayout(ctx, said.Payout.ID)
		return provider.Report{Payout: &now}, err
	case said.Checkout != nil && said.Checkout.Status == provider.Paid:
		now, err := at.Ask(ctx, said.Checkout.ID)
		return provider.Report{Checkout: &now}, err
	}
	return said, nil
}
