package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
)

var (
	errNotPaid = errors.New("the checkout is not paid")
	errTooMuch = errors.New("more than what is left of the payment")
)

// refund gives back a part or all of a paid checkout.
func (g *Gateway) refund(w http.ResponseWriter, r *http.Request) {
	body, key, ok := readBody(w, r)
	if !ok {
		return
	}
	var asked struct {
		Amount amount `json:"amount"`
	}
	if problem := decode(body, &asked); problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	plain, problem := asked.Amount.check()
	if problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	if g.faults.refuseRefund() {
		refuse(w, http.StatusUnprocessableEntity, "card-closed", "the card to which it would go is closed")
		return
	}
	id, c, err := g.store.insertRefund(r.Context(), refundRow{
		id: "rf_" + rand.Text(), checkout: r.PathValue("id"), key: key, bodyHash: hash(body), value: asked.Amount.Value, amount: plain, currency: asked.Amount.Currency,
		at: g.now(),
	}, func(c checkout, id string) []callback {
		return g.callbacks(c, "checkout.refunded", asked.Amount.Value, id)
	})
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such checkout")
	case errors.Is(err, errConflict):
		refuse(w, http.StatusConflict, "key-reused", err.Error())
	case errors.Is(err, errNotPaid):
		refuse(w, http.StatusConflict, "not-paid", err.Error())
	case errors.Is(err, errTooMuch):
		refuse(w, http.StatusUnprocessableEntity, "too-much", err.Error())
	case err != nil:
		g.fail(w, err)
	default:
		g.nudge()
		answer(w, http.StatusCreated, map[string]any{
			"id": id, "checkout": c.ID, "reference": c.Reference, "status": "refunded",
			"amount": amount{Value: asked.Amount.Value, Currency: c.Currency},
		})
	}
}

type refundRow struct {
	id, checkout, key, amount, currency string

	bodyHash []byte
	value    json.RawMessage
	at       time.Time
}

// insertRefund keeps the refund, or finds the one that its key made before, and returns its id. The checkout's row is
// locked, so that two refunds cannot both take the same rest.
func (s store) insertRefund(ctx context.Context, f refundRow, callbacks func(checkout, string) []callback) (id string, c checkout, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		c, err = scanCheckout(tx.QueryRow(ctx, `select `+checkoutColumns+` from sample_gateway.checkout where id = $1 for update`, f.checkout))
		if err != nil {
			return err
		}
		var before []byte
		err = tx.QueryRow(ctx, `select id, body_hash from sample_gateway.refund where checkout = $1 and key = $2`, f.checkout, f.key).Scan(&id, &before)
		if err == nil && string(before) != string(f.bodyHash) {
			return errConflict
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if c.Status != "paid" || c.Currency != f.currency {
			return errNotPaid
		}
		var fits bool
		if err := tx.QueryRow(ctx, `
			select `+goneOf+` + $2::text::numeric <= $3::text::numeric`, f.checkout, f.amount, c.Amount).Scan(&fits); err != nil {
			return err
		}
		if !fits {
			return errTooMuch
		}
		if _, err := tx.Exec(ctx, `
			insert into sample_gateway.refund (id, checkout, key, body_hash, value, amount, at) values ($1, $2, $3, $4, $5, $6::text::numeric, $7)`,
			f.id, f.checkout, f.key, f.bodyHash, f.value, f.amount, f.at); err != nil {
			return err
		}
		id = f.id
		return insertCallbacks(ctx, tx, callbacks(c, id))
	})
	return id, c, err
}
