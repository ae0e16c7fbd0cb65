package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// closedAccount ends the number of an account that is closed, for tests and demonstrations: what is sent there comes back.
const closedAccount = "0404"

var ibanPattern = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$`)

// payout is money that goes out on the merchant's word.
type payout struct {
	ID, Key, Reference, Currency, IBAN, Checkout, CallbackURL, Status, Failure string

	BodyHash []byte
	Value    json.RawMessage // as the merchant wrote it
	Amount   string          // the same as a plain number
	Due      time.Time       // when it arrives, or comes back
}

// createPayout takes an order to pay out. The same key with the same body gives the payout as it stands, and pays nothing more.
func (g *Gateway) createPayout(w http.ResponseWriter, r *http.Request) {
	body, key, ok := readBody(w, r)
	if !ok {
		return
	}
	var asked struct {
		Reference   string `json:"reference"`
		Amount      amount `json:"amount"`
		Destination struct {
			IBAN     string `json:"iban"`
			Checkout string `json:"checkout"` // the card by which it was paid
		} `json:"destination"`
		CallbackURL string `json:"callbackUrl"`
	}
	problem := decode(body, &asked)
	plain, amountProblem := asked.Amount.check()
	switch {
	case problem != "":
	case asked.Reference == "":
		problem = "reference is missing"
	case amountProblem != "":
		problem = amountProblem
	case (asked.Destination.IBAN == "") == (asked.Destination.Checkout == ""):
		problem = "destination needs an iban or a checkout"
	case !absolute(asked.CallbackURL):
		problem = "callbackUrl must be an absolute http address"
	}
	if problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	if asked.Destination.IBAN != "" && !ibanPattern.MatchString(asked.Destination.IBAN) {
		refuse(w, http.StatusUnprocessableEntity, "destination-invalid", "that is no account number")
		return
	}
	if asked.Destination.Checkout != "" {
		if c, err := g.store.readCheckout(r.Context(), asked.Destination.Checkout); err != nil || c.Status != "paid" {
			refuse(w, http.StatusUnprocessableEntity, "destination-unknown", "nobody has paid at that checkout")
			return
		}
	}
	held, lost := g.faults.payout()
	p, err := g.store.insertPayout(r.Context(), payout{
		ID: "po_" + rand.Text(), Key: key, BodyHash: hash(body), Reference: asked.Reference, Value: asked.Amount.Value, Amount: plain,
		Currency: asked.Amount.Currency, IBAN: asked.Destination.IBAN, Checkout: asked.Destination.Checkout, CallbackURL: asked.CallbackURL, Due: g.now().Add(held),
	})
	switch {
	case errors.Is(err, errConflict):
		refuse(w, http.StatusConflict, "key-reused", err.Error())
		return
	case err != nil:
		g.fail(w, err)
		return
	}
	g.nudge()
	if lost { // it was taken all the same
		refuse(w, http.StatusServiceUnavailable, "unavailable", "try again later")
		return
	}
	answer(w, http.StatusCreated, p.shown())
}

func (p payout) shown() map[string]any {
	out := map[string]any{"id": p.ID, "status": p.Status, "reference": p.Reference, "amount": amount{p.Value, p.Currency}}
	if p.Failure != "" {
		out["failure"] = p.Failure
	}
	return out
}

func (g *Gateway) readPayout(w http.ResponseWriter, r *http.Request) {
	p, err := scanPayout(g.store.pool.QueryRow(r.Context(), `select `+payoutColumns+` from sample_gateway.payout where id = $1`, r.PathValue("id")))
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such payout")
	case err != nil:
		g.fail(w, err)
	default:
		answer(w, http.StatusOK, p.shown())
	}
}

// settlePayouts lets payouts arrive, or come back from accounts that are closed, and tells the merchant.
func (g *Gateway) settlePayouts(ctx context.Context) (settled int, err error) {
	err = pgx.BeginFunc(ctx, g.store.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select `+payoutColumns+` from sample_gateway.payout where status = 'pending' and due <= $1 order by due limit 100 for update skip locked`, g.now())
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (payout, error) { return scanPayout(row) })
		if err != nil {
			return err
		}
		for _, p := range list {
			p.Status = "paid"
			if strings.HasSuffix(p.IBAN, closedAccount) {
				p.Status, p.Failure = "failed", "account-closed"
			}
			if _, err := tx.Exec(ctx, `update sample_gateway.payout set status = $2, failure = $3, ended = $4 where id = $1`, p.ID, p.Status, p.Failure, g.now()); err != nil {
				return err
			}
			if err := insertCallbacks(ctx, tx, g.payoutCallbacks(p)); err != nil {
				return err
			}
		}
		settled = len(list)
		return nil
	})
	return settled, err
}

// returnPayout lets a payout come back that has arrived, as a bank does days later when nobody of that name has the account.
func (g *Gateway) returnPayout(w http.ResponseWriter, r *http.Request) {
	err := pgx.BeginFunc(r.Context(), g.store.pool, func(tx pgx.Tx) error {
		p, err := scanPayout(tx.QueryRow(r.Context(), `update sample_gateway.payout set status = 'returned', failure = 'recipient-unknown', returned = $2
			where id = $1 and status = 'paid' returning `+payoutColumns, r.PathValue("id"), g.now()))
		if err != nil {
			return err
		}
		return insertCallbacks(r.Context(), tx, g.payoutCallbacks(p))
	})
	switch {
	case errors.Is(err, errNotFound):
		refuse(w, http.StatusNotFound, "not-found", "there is no such payout, or it has not arrived")
	case err != nil:
		g.fail(w, err)
	default:
		g.nudge()
		w.WriteHeader(http.StatusNoContent)
	}
}

func (g *Gateway) payoutCallbacks(p payout) []callback {
	now := g.now()
	body, err := json.Marshal(struct {
		Event      string    `json:"event"`
		Payout     string    `json:"payout"`
		Reference  string    `json:"reference"`
		Status     string    `json:"status"`
		Failure    string    `json:"failure,omitempty"`
		Amount     amount    `json:"amount"`
		OccurredAt time.Time `json:"occurredAt"`
	}{"payout." + p.Status, p.ID, p.Reference, p.Status, p.Failure, amount{p.Value, p.Currency}, now.UTC().Truncate(time.Second)})
	if err != nil { // the value came out of a jsonb column
		g.log.Error("gateway: callback not built", "payout", p.ID, "err", err)
		return nil
	}
	return g.faults.apply(callback{payout: p.ID, body: string(body), due: now})
}

const payoutColumns = `id, key, reference, currency, iban, checkout, callback_url, status, failure, body_hash, value, amount::text, due`

func scanPayout(row pgx.Row) (p payout, err error) {
	err = row.Scan(&p.ID, &p.Key, &p.Reference, &p.Currency, &p.IBAN, &p.Checkout, &p.CallbackURL, &p.Status, &p.Failure, &p.BodyHash, &p.Value, &p.Amount, &p.Due)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	return p, err
}

// insertPayout keeps p, or returns the one that its key made before; another body under that key is errConflict.
func (s store) insertPayout(ctx context.Context, p payout) (payout, error) {
	if _, err := s.pool.Exec(ctx, `
		insert into sample_gateway.payout (id, key, body_hash, reference, value, amount, currency, iban, checkout, callback_url, status, due)
		values ($1, $2, $3, $4, $5, $6::text::numeric, $7, $8, $9, $10, 'pending', $11)
		on conflict (key) do nothing`,
		p.ID, p.Key, p.BodyHash, p.Reference, p.Value, p.Amount, p.Currency, p.IBAN, p.Checkout, p.CallbackURL, p.Due); err != nil {
		return payout{}, err
	}
	kept, err := scanPayout(s.pool.QueryRow(ctx, `select `+payoutColumns+` from sample_gateway.payout where key = $1`, p.Key))
	if err == nil && string(kept.BodyHash) != string(p.BodyHash) {
		err = errConflict
	}
	return kept, err
}
