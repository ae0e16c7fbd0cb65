package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

// Ours says to package settlement what the book has, by the keys that the provider knows it by.
func (d *Desk) Ours() settlement.Ours { return ours{d, ledger.New(d.Pool)} }

type ours struct {
	*Desk
	book *ledger.Book
}

// Moved gives the movements of a day.
func (o ours) Moved(ctx context.Context, provider, day string) ([]settlement.Movement, error) {
	moved, err := o.book.Moved(ctx, provider, day)
	if err != nil {
		return nil, err
	}
	list, err := o.keyed(ctx, moved)
	if err != nil {
		return nil, err
	}
	return o.whole(ctx, provider, day, list)
}

// whole puts, in the place of the parts of what was paid at once, the whole of it: under the last day on which a part is booked.
func (o ours) whole(ctx context.Context, provider, day string, list []settlement.Movement) ([]settlement.Movement, error) {
	var checkouts []string
	parts := map[settlement.Key]bool{}
	for _, m := range list {
		switch m.Kind {
		case settlement.Payment:
			checkouts = append(checkouts, m.ID)
		case settlement.Deposit, settlement.Chargeback, settlement.Reinstated: // of several tills under one slip, of several payments, perhaps
			parts[m.Key] = true
		}
	}
	joint, err := jointOnes(ctx, o.Pool, checkouts)
	for _, id := range joint {
		parts[settlement.Key{Kind: settlement.Payment, ID: id}] = true
	}
	if err != nil || len(parts) == 0 {
		return list, err
	}
	keys := slices.Collect(maps.Keys(parts))
	all, err := o.Known(ctx, provider, keys)
	list = slices.DeleteFunc(list, func(m settlement.Movement) bool { return parts[m.Key] })
	for _, m := range all {
		if m.Day == day {
			list = append(list, m)
		}
	}
	return list, err
}

// together sums the payments that were made at once, what a dispute is about of each, and what was brought to the bank under one slip: outside they
// are known as one.
func together(list []settlement.Movement) (out []settlement.Movement) {
	at := map[settlement.Key]int{}
	for _, m := range list {
		i, before := at[m.Key]
		if !before || m.Kind == settlement.Refund || m.Kind == settlement.Payout || m.Kind == settlement.Return {
			at[m.Key] = len(out)
			out = append(out, m)
			continue
		}
		sum := &out[i]
		if sum.Shares == nil {
			sum.Shares = []settlement.Share{{Authority: sum.Authority, Application: sum.Application, Amount: sum.Amount.Minor}}
		}
		sum.Shares = append(sum.Shares, settlement.Share{Authority: m.Authority, Application: m.Application, Amount: m.Amount.Minor})
		sum.Amount.Minor += m.Amount.Minor
		sum.Day = max(sum.Day, m.Day)
		if sum.Application != m.Application {
			sum.Application = uuid.Nil
		}
		if sum.Authority != m.Authority {
			sum.Authority = ""
		}
	}
	return out
}

// FirstDay is that of the first movement.
func (o ours) FirstDay(ctx context.Context, provider string) (string, error) {
	return o.book.FirstMoved(ctx, provider)
}

// Known gives the movements of keys.
func (o ours) Known(ctx context.Context, provider string, keys []settlement.Key) ([]settlement.Movement, error) {
	var checkouts, duplicates, deposits, disputes []string
	subjects := map[ledger.Kind][]uuid.UUID{}
	asked := map[settlement.Key]bool{}
	for _, k := range keys {
		asked[k] = true
		if slip, ok := slipOf(k); ok {
			deposits = append(deposits, slip)
		} else if k.Kind == settlement.Chargeback || k.Kind == settlement.Reinstated {
			disputes = append(disputes, k.ID)
		} else if k.Kind == settlement.Payment {
			checkouts, duplicates = append(checkouts, k.ID), append(duplicates, reasonDuplicate+k.ID)
		} else if id, err := uuid.Parse(k.ID); err == nil { // another key is none of ours
			for kind, as := range kindOf {
				if as == k.Kind {
					subjects[kind] = append(subjects[kind], id)
				}
			}
		}
	}
	rows, err := o.Pool.Query(ctx, `
		SELECT id FROM payment WHERE checkout = ANY($1) AND checkout <> '' AND paid_at IS NOT NULL
		UNION ALL SELECT id FROM refund WHERE reason = ANY($2) AND reason LIKE 'duplicate:%'
		UNION ALL SELECT r.id FROM refund r JOIN payment p ON p.id = r.payment WHERE p.checkout = ANY($1) AND p.checkout <> '' AND r.reason = $3`, checkouts, duplicates, reasonLate)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	if subjects[ledger.Received], err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	if rows, err = o.Pool.Query(ctx, "SELECT id FROM dispute WHERE provider = $1 AND theirs = ANY($2)", provider, disputes); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	if subjects[ledger.Disputed], err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	subjects[ledger.DisputeWon] = subjects[ledger.Disputed]
	var moved []ledger.Moved
	for kind, of := range subjects {
		some, err := o.book.MovedBy(ctx, provider, kind, of)
		if err != nil {
			return nil, err
		}
		moved = append(moved, some...)
	}
	some, err := o.book.MovedUnder(ctx, provider, ledger.TillBanked, deposits)
	if err != nil {
		return nil, err
	}
	list, err := o.keyed(ctx, append(moved, some...))
	var found []settlement.Movement
	for _, m := range list {
		if asked[m.Key] {
			found = append(found, m)
		}
	}
	return together(found), err
}

// slipOf is the number of the slip in the key of a deposit.
func slipOf(k settlement.Key) (string, bool) {
	end := strings.LastIndexByte(k.ID, ' ')
	if end < 0 || k.Kind != settlement.Deposit {
		return "", false
	}
	return k.ID[:end], true
}

// Turnover gives that of the book.
func (o ours) Turnover(ctx context.Context, from, until string) ([]settlement.Turnover, error) {
	list, err := o.book.Turnover(ctx, from, until)
	out := make([]settlement.Turnover, len(list))
	for i, t := range list {
		out[i] = settlement.Turnover(t)
	}
	return out, err
}

// kindOf is what a provider calls what an entry records.
var kindOf = map[ledger.Kind]settlement.Kind{
	ledger.Received: settlement.Payment, ledger.Refunded: settlement.Refund, ledger.PaidOut: settlement.Payout, ledger.PayoutReturned: settlement.Return,
	ledger.TillBanked: settlement.Deposit, ledger.Disputed: settlement.Chargeback, ledger.DisputeWon: settlement.Reinstated,
}

// keyed names each movement as the provider knows it. What came in is known by its checkout: of the payment, or of the refund by which money
// that nobody owed goes back; what was taken back by the provider's ID of the dispute.
func (o ours) keyed(ctx context.Context, moved []ledger.Moved) ([]settlement.Movement, error) {
	moved = slices.DeleteFunc(moved, func(m ledger.Moved) bool { return m.Kind == ledger.ProviderFee }) // no movement of its own
	var named []uuid.UUID
	theirs := []ledger.Kind{ledger.Received, ledger.Disputed, ledger.DisputeWon}
	for _, m := range moved {
		if slices.Contains(theirs, m.Kind) {
			named = append(named, m.Subject)
		}
	}
	rows, err := o.Pool.Query(ctx, `
		SELECT id, checkout FROM payment WHERE id = ANY($1)
		UNION ALL SELECT r.id, CASE WHEN starts_with(r.reason, $2) THEN substr(r.reason, length($2) + 1) ELSE p.checkout END
		FROM refund r JOIN payment p ON p.id = r.payment WHERE r.id = ANY($1)
		UNION ALL SELECT id, theirs FROM dispute WHERE id = ANY($1)`, named, reasonDuplicate)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	names := map[uuid.UUID]string{}
	var id uuid.UUID
	var name string
	if _, err := pgx.ForEachRow(rows, []any{&id, &name}, func() error { names[id] = name; return nil }); err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	out := make([]settlement.Movement, len(moved))
	for i, m := range moved {
		key := settlement.Key{Kind: settlement.Counter, ID: m.Subject.String()}
		if kind, ok := kindOf[m.Kind]; ok {
			key.Kind = kind
		}
		if name := names[m.Subject]; slices.Contains(theirs, m.Kind) && name != "" {
			key.ID = name
		}
		if m.Kind == ledger.TillBanked {
			key.ID = settlement.DepositKey(m.Reason, m.Currency)
		}
		out[i] = settlement.Movement{Key: key, Day: m.Day, Amount: formula.Money{Minor: m.Amount, Currency: m.Currency}, Authority: m.Authority, Application: m.Application}
	}
	return out, nil
}

// Settlement says to package settlement what the gateway has.
func (g *Gateway) Settlement() settlement.Provider { return settled{g} }

type settled struct{ g *Gateway }

// mostPages bounds the pages of one day's list.
const mostPages = 2000

// List asks page by page.
func (s settled) List(ctx context.Context, day string) (lines []settlement.Line, err error) {
	after := ""
	for range mostPages {
		var page struct {
			Movements []struct {
				Kind   settlement.Kind `json:"kind"`
				Key    string          `json:"key"`
				Amount formula.Money   `json:"amount"`
			} `json:"movements"`
			After string `json:"after"`
		}
		body, err := s.fetch(ctx, "/v1/movements?"+url.Values{"day": {day}, "after": {after}}.Encode(), "application/json")
		if err != nil {
			return nil, err
		}
		if body == nil {
			return nil, errors.New("payment: gateway: the day is not over there")
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("payment: gateway: answer not understood: %w", err)
		}
		for _, m := range page.Movements {
			lines = append(lines, settlement.Line{Key: settlement.Key{Kind: m.Kind, ID: m.Key}, Day: day, Number: len(lines) + 1, Amount: m.Amount})
		}
		if page.After == "" {
			return lines, nil
		}
		after = page.After
	}
	return nil, errors.New("payment: gateway: the list of a day does not end")
}

// File asks for the settlement file, camt.053 where there is one.
func (s settled) File(ctx context.Context, day string) ([]byte, error) {
	return s.fetch(ctx, "/v1/settlements/"+url.PathEscape(day), "application/xml, text/csv;q=0.5")
}

// fetch reads a file; nil where there is none yet.
func (s settled) fetch(ctx context.Context, path, accept string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.g.url+path, nil)
	if err != nil {
		return nil, fmt.Errorf("payment: gateway: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+s.g.key)
	req.Header.Set("Accept", accept)
	resp, err := s.g.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch body, err := io.ReadAll(io.LimitReader(resp.Body, settlement.MaxFile+1)); {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case resp.StatusCode == http.StatusNotFound:
		return nil, nil
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: answered %d", ErrUnavailable, resp.StatusCode)
	default:
		return body, nil
	}
}
