package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// callbackLimit bounds one attempt.
	callbackLimit = 10 * time.Second
	// lease is how long a claimed callback stays away from others; after a crash it is sent again then.
	lease = 30 * time.Second
	// maxAttempts bounds the tries: with the usual backoff about an hour.
	maxAttempts = 20
	maxBackoff  = 5 * time.Minute
	// idle bounds the wait when nothing is known to be due.
	idle = 10 * time.Second
)

// callback is one message to the merchant.
type callback struct {
	id       int64
	checkout string // or payout
	payout   string
	url      string
	body     string
	forged   bool
	due      time.Time
	attempts int
}

// callbacks builds what is sent for an event, faults included. value is the money that the event is about.
func (g *Gateway) callbacks(c checkout, event string, value json.RawMessage, refund string) []callback {
	now := g.now()
	body, err := json.Marshal(struct {
		Event      string    `json:"event"`
		Checkout   string    `json:"checkout"`
		Refund     string    `json:"refund,omitempty"`
		Reference  string    `json:"reference"`
		Status     string    `json:"status"`
		Amount     amount    `json:"amount"`
		OccurredAt time.Time `json:"occurredAt"`
	}{event, c.ID, refund, c.Reference, c.Status, amount{value, c.Currency}, now.UTC().Truncate(time.Second)})
	if err != nil { // the value came out of a jsonb column or a decoder
		g.log.Error("gateway: callback not built", "checkout", c.ID, "err", err)
		return nil
	}
	return g.faults.apply(callback{checkout: c.ID, body: string(body), due: now})
}

func insertCallbacks(ctx context.Context, tx pgx.Tx, all []callback) error {
	for _, c := range all {
		if _, err := tx.Exec(ctx, `insert into sample_gateway.callback (checkout, payout, body, forged, due) values (nullif($1, ''), nullif($2, ''), $3, $4, $5)`, c.checkout, c.payout, c.body, c.forged, c.due); err != nil {
			return err
		}
	}
	return nil
}

// end gives an open checkout its last status and sends the callback for it.
func (g *Gateway) end(ctx context.Context, id, status string) (checkout, error) {
	c, err := g.store.end(ctx, id, status, g.now(), func(c checkout) []callback { return g.callbacks(c, "checkout."+status, c.Value, "") })
	g.nudge()
	return c, err
}

// nudge makes Run look again.
func (g *Gateway) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// Run delivers callbacks, lets checkouts expire and payouts arrive until ctx ends. What is not delivered then is delivered by
// the next Run.
func (g *Gateway) Run(ctx context.Context) {
	for ctx.Err() == nil {
		worked, err := g.work(ctx)
		if err != nil && ctx.Err() == nil {
			g.log.Error("gateway: callbacks", "err", err)
		}
		if worked {
			continue
		}
		wait, err := g.store.untilNext(ctx, g.now())
		if err != nil {
			wait = time.Second
		}
		timer := time.NewTimer(min(max(wait, time.Millisecond), idle))
		select {
		case <-ctx.Done():
		case <-g.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// work does what is due now and says whether there was anything.
func (g *Gateway) work(ctx context.Context) (bool, error) {
	over, err := g.store.expired(ctx, g.now())
	for _, id := range over {
		if _, endErr := g.end(ctx, id, "expired"); endErr != nil {
			err = errors.Join(err, endErr)
		}
	}
	if err != nil {
		return false, err
	}
	settled, err := g.settlePayouts(ctx)
	if err != nil {
		return false, err
	}
	c, err := g.store.claimCallback(ctx, g.now())
	if errors.Is(err, errNotFound) {
		return len(over)+settled > 0, nil
	}
	if err != nil {
		return false, err
	}
	sendErr := g.send(ctx, c)
	if ctx.Err() != nil {
		return false, ctx.Err() // the lease brings it back
	}
	switch {
	case sendErr == nil:
		err = g.store.endCallback(ctx, c.id, "delivered")
	case c.forged || c.attempts >= maxAttempts:
		err = g.store.endCallback(ctx, c.id, "given up")
	default:
		g.log.Warn("gateway: callback not taken", "checkout", c.checkout, "payout", c.payout, "attempt", c.attempts, "err", sendErr)
		err = g.store.postponeCallback(ctx, c.id, g.now().Add(g.wait(c.attempts)))
	}
	return err == nil, err
}

// wait is the pause after the given number of attempts.
func (g *Gateway) wait(attempts int) time.Duration {
	wait := g.backoff
	for range attempts - 1 {
		wait = min(2*wait, maxBackoff)
	}
	return wait
}

// send posts the callback; any 2xx is success.
func (g *Gateway) send(ctx context.Context, c callback) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	secret := g.secret
	if c.forged {
		secret += " of somebody else"
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Gateway-Signature", sign(secret, g.now(), c.body))
	resp, err := g.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answered %d", resp.StatusCode)
	}
	return nil
}

// sign is the value of the header Gateway-Signature.
func sign(secret string, at time.Time, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// claimCallback takes the oldest that is due, out of reach of others for the lease.
func (s store) claimCallback(ctx context.Context, now time.Time) (c callback, err error) {
	err = s.pool.QueryRow(ctx, `
		update sample_gateway.callback as b set attempts = b.attempts + 1, due = $2
		where b.id = (select id from sample_gateway.callback where ended is null and due <= $1 order by due, id limit 1 for update skip locked)
		returning b.id, coalesce(b.checkout, ''), coalesce(b.payout, ''),
			coalesce((select callback_url from sample_gateway.checkout where id = b.checkout), (select callback_url from sample_gateway.payout where id = b.payout)),
			b.body, b.forged, b.attempts`,
		now, now.Add(lease)).Scan(&c.id, &c.checkout, &c.payout, &c.url, &c.body, &c.forged, &c.attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	return c, err
}

func (s store) endCallback(ctx context.Context, id int64, how string) error {
	_, err := s.pool.Exec(ctx, `update sample_gateway.callback set ended = $2 where id = $1`, id, how)
	return err
}

func (s store) postponeCallback(ctx context.Context, id int64, due time.Time) error {
	_, err := s.pool.Exec(ctx, `update sample_gateway.callback set due = $2 where id = $1`, id, due)
	return err
}

// untilNext is the time until the next callback or expiry.
func (s store) untilNext(ctx context.Context, now time.Time) (time.Duration, error) {
	var next *time.Time
	err := s.pool.QueryRow(ctx, `
		select least((select min(due) from sample_gateway.callback where ended is null),
			(select min(expires) from sample_gateway.checkout where status = 'open'),
			(select min(due) from sample_gateway.payout where status = 'pending'))`).Scan(&next)
	if err != nil || next == nil {
		return idle, err
	}
	return next.Sub(now), nil
}
