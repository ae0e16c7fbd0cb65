package gateway

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/conformance"
)

func TestTheGatewayConforms(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Side {
		w := newWorld(t)
		faults := &conformance.Faults{}
		server := httptest.NewServer(faults.Wrap(w.gateway.Handler()))
		t.Cleanup(server.Close)
		client, err := payment.NewGateway(server.URL, "the-key", "the one to come", secret)
		if err != nil {
			t.Fatal(err)
		}
		end := func(id, status string) {
			if c, err := w.gateway.end(t.Context(), id, status); err != nil || c.Status != status {
				t.Fatalf("%s: %q, %v", id, c.Status, err)
			}
		}
		sum := func(sql string, args ...any) (minor int64) {
			if err := w.pool.QueryRow(t.Context(), sql, args...).Scan(&minor); err != nil {
				t.Fatal(err)
			}
			return minor
		}
		return &conformance.Side{
			Provider: client, Faults: faults,
			Pay:    func(id string) { end(id, "paid") },
			Expire: func(id string) { end(id, "expired") },
			Report: func(id string) []byte {
				c, err := w.gateway.store.readCheckout(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				return []byte(w.gateway.callbacks(c, "checkout."+c.Status, c.Value, "")[0].body)
			},
			Sign: func(body []byte, at time.Time, with string) string {
				if with == "" {
					with = secret
				}
				return sign(with, at, string(body))
			},
			Dispute: func(id string) string {
				d, err := w.gateway.dispute(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				return d.ID
			},
			Decide: func(id string, won bool) {
				if _, err := w.gateway.decideDispute(t.Context(), id, map[bool]string{true: "won", false: "lost"}[won]); err != nil {
					t.Fatal(err)
				}
			},
			DisputeReport: func(id string) []byte {
				d, err := scanDispute(w.pool.QueryRow(t.Context(), selectDispute, id))
				if err != nil {
					t.Fatal(err)
				}
				return []byte(w.gateway.disputeCallbacks(d)[0].body)
			},
			Opened: func() int { return int(sum(`select count(*) from sample_gateway.checkout`)) },
			GivenBack: func(id string) int64 {
				c, err := w.gateway.store.readCheckout(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				decimals, _ := formula.CurrencyExponent(c.Currency)
				return sum(`select (coalesce(sum(amount), 0) * 10::numeric ^ $2::int)::bigint from sample_gateway.refund where checkout = $1`, id, decimals)
			},
			PaidOut: func(reference string) int64 {
				return sum(`select (coalesce(sum(amount), 0) * 100)::bigint from sample_gateway.payout where reference = $1 and status in ('pending', 'paid')`, reference)
			},
			Account: "PS92PALS000000000400123456702",
			Fits:    func(formula.Money) bool { return true },
		}
	})
}
