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

// dispute is what the bank of a payer has taken back of a checkout until it is decided.
type dispute struct{ ID, Checkout, Amount, Currency, Status string }

// goneOf is what has gone of the checkout $1: given back, or taken back by the bank of its payer.
const goneOf = `((select coalesce(sum(amount), 0) from sample_gateway.refund where checkout = $1)
	+ (select coalesce(sum(amount), 0) from sample_gateway.dispute where checkout = $1 and status <> 'won'))`

const selectDispute = `select d.id, d.checkout, d.amount::text, c.currency, d.status from sample_gateway.dispute d join sample_gateway.checkout c on c.id = d.checkout where d.id = $1`

func scanDispute(row pgx.Row) (d dispute, err error) {
	err = row.Scan(&d.ID, &d.Checkout, &d.Amount, &d.Currency, &d.Status)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	return d, err
}

func (d dispute) money() map[string]string {
	return map[string]string{"value": d.Amount, "currency": d.Currency}
}

func (g *Gateway) readDispute(w http.ResponseWriter, r *http.Request) {
	d, err := scanDispute(g.store.pool.QueryRow(r.Context(), selectDispute, r.PathValue("id")))
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such dispute")
	case err != nil:
		g.fail(w, err)
	default:
		answer(w, http.StatusOK, map[string]any{"id": d.ID, "checkout": d.Checkout, "status": d.Status, "reason": "fraudulent", "taken": true, "amount": d.money()})
	}
}

// raiseDispute lets the bank of a payer take back what is left of a paid checkout, as it does when the payer says that the card was stolen.
func (g *Gateway) raiseDispute(w http.ResponseWriter, r *http.Request) {
	d, err := g.dispute(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such checkout")
	case errors.Is(err, errNotPaid):
		refuse(w, http.StatusConflict, "not-paid", "nothing is left of what was paid")
	case err != nil:
		g.fail(w, err)
	default:
		answer(w, http.StatusCreated, map[string]any{"id": d.ID})
	}
}

func (g *Gateway) dispute(ctx context.Context, checkout string) (d dispute, err error) {
	err = pgx.BeginFunc(ctx, g.store.pool, func(tx pgx.Tx) error {
		c, err := scanCheckout(tx.QueryRow(ctx, `select `+checkoutColumns+` from sample_gateway.checkout where id = $1 for update`, checkout))
		if err != nil {
			return err
		}
		if c.Status != "paid" {
			return errNotPaid
		}
		d = dispute{ID: "dp_" + rand.Text(), Checkout: c.ID, Currency: c.Currency, Status: "taken"}
		err = tx.QueryRow(ctx, `insert into sample_gateway.dispute (id, checkout, amount, status, at)
			select $2, $1, rest, 'taken', $4 from (select $3::text::numeric - `+goneOf+` as rest) x where rest > 0 returning amount::text`, c.ID, d.ID, c.Amount, g.now()).Scan(&d.Amount)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNotPaid
		}
		if err != nil {
			return err
		}
		return insertCallbacks(ctx, tx, g.disputeCallbacks(d))
	})
	g.nudge()
	return d, err
}

// endDispute decides a dispute: won gives the money to the merchant, lost leaves it with the payer.
func (g *Gateway) endDispute(w http.ResponseWriter, r *http.Request) {
	status := map[string]string{"win": "won", "lose": "lost"}[r.PathValue("end")]
	if status == "" {
		refuse(w, http.StatusNotFound, "not-found", "a dispute is won or lost: win, lose")
		return
	}
	_, err := g.decideDispute(r.Context(), r.PathValue("id"), status)
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such dispute, or it is over")
	case err != nil:
		g.fail(w, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func (g *Gateway) decideDispute(ctx context.Context, id, status string) (d dispute, err error) {
	err = pgx.BeginFunc(ctx, g.store.pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update sample_gateway.dispute set status = $2, ended = $3 where id = $1 and status = 'taken'`, id, status, g.now())
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return errNotFound
		}
		if d, err = scanDispute(tx.QueryRow(ctx, selectDispute, id)); err != nil {
			return err
		}
		return insertCallbacks(ctx, tx, g.disputeCallbacks(d))
	})
	g.nudge()
	return d, err
}

func (g *Gateway) disputeCallbacks(d dispute) []callback {
	now := g.now()
	body, err := json.Marshal(struct {
		Event      string            `json:"event"`
		Dispute    string            `json:"dispute"`
		Checkout   string            `json:"checkout"`
		Status     string            `json:"status"`
		Amount     map[string]string `json:"amount"`
		OccurredAt time.Time         `json:"occurredAt"`
	}{"dispute." + d.Status, d.ID, d.Checkout, d.Status, d.money(), now.UTC().Truncate(time.Second)})
	if err != nil { // strings only
		g.log.Error("gateway: callback not built", "dispute", d.ID, "err", err)
		return nil
	}
	return g.faults.apply(callback{checkout: d.Checkout, body: string(body), due: now})
}
