package desk_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// books is a ledger in memory: entries in their order, and what was done to it.
type books struct {
	entries     []ledger.Written
	corrections []proposal.Proposal
	closed      []ledger.Closing
	next        string // month that can be closed
	broken      *ledger.TamperedError
}

// book adds an entry of a day.
func (b *books) book(kind ledger.Kind, application uuid.UUID, day string, postings ...ledger.Posting) *ledger.Written {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	b.entries = append(b.entries, ledger.Written{
		Entry: ledger.Entry{Kind: kind, Subject: uuid.New(), Application: application, At: at.Add(9 * time.Hour), Postings: postings},
		ID:    uuid.NewSHA1(uuid.Nil, []byte{byte(len(b.entries))}), Number: int64(len(b.entries) + 1), Day: day,
	})
	return &b.entries[len(b.entries)-1]
}

func (b *books) Authorities(context.Context) (out []string, err error) {
	for _, e := range b.entries {
		out = append(out, e.Authorities()...)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (b *books) Trial(_ context.Context, s ledger.Scope) (out []ledger.Balance, err error) {
	for _, e := range b.entries {
		for _, p := range e.Postings {
			if !fits(s, e, p) {
				continue
			}
			i := slices.IndexFunc(out, func(x ledger.Balance) bool { return x.Account == p.Account && x.Currency == p.Currency })
			if i < 0 {
				i, out = len(out), append(out, ledger.Balance{Account: p.Account, Currency: p.Currency})
			}
			out[i].Debit, out[i].Credit, out[i].Amount = out[i].Debit+max(p.Amount, 0), out[i].Credit+max(-p.Amount, 0), out[i].Amount+p.Amount
		}
	}
	slices.SortStableFunc(out, func(x, y ledger.Balance) int { return cmp.Compare(x.Currency, y.Currency) })
	return out, nil
}

func fits(s ledger.Scope, e ledger.Written, p ledger.Posting) bool {
	a, _ := ledger.ParseAccount(p.Account)
	return (s.Authority == "" || a.Authority == s.Authority) && (s.Until == "" || e.Day <= s.Until) && (s.Account == "" || p.Account == s.Account) &&
		(s.Currency == "" || p.Currency == s.Currency) && (s.Application == uuid.Nil || e.Application == s.Application)
}

func (b *books) Entries(_ context.Context, s ledger.Scope, before int64) (list []ledger.Written, more bool, err error) {
	const size = 50
	for _, e := range slices.Backward(b.entries) {
		if (before == 0 || e.Number < before) && slices.ContainsFunc(e.Postings, func(p ledger.Posting) bool { return fits(s, e, p) }) {
			list = append(list, e)
		}
	}
	return list[:min(len(list), size)], len(list) > size, nil
}

func (b *books) OfApplication(_ context.Context, id uuid.UUID) (list []ledger.Written, err error) {
	for _, e := range b.entries {
		if e.Application == id {
			list = append(list, e)
		}
	}
	return list, nil
}

func (b *books) One(_ context.Context, id uuid.UUID) (*ledger.Written, error) {
	for _, e := range b.entries {
		if e.ID == id {
			return &e, nil
		}
	}
	return nil, ledger.ErrNotFound
}

func (b *books) Head(context.Context) (ledger.Head, error) {
	return ledger.Head{Number: int64(len(b.entries)), Hash: make([]byte, 32)}, nil
}

func (b *books) Link(_ context.Context, number int64) (ledger.Head, error) {
	if number < 1 || number > int64(len(b.entries)) {
		return ledger.Head{}, ledger.ErrNotFound
	}
	return ledger.Head{Number: number, Hash: make([]byte, 32)}, nil
}

func (b *books) VerifyNext(ctx context.Context, from ledger.Head) (ledger.Head, bool, error) {
	if b.broken != nil {
		return from, false, b.broken
	}
	head, err := b.Head(ctx)
	return head, false, err
}

func (b *books) Periods(context.Context, string, time.Time) (out []ledger.Period, next string, err error) {
	for _, c := range slices.Backward(b.closed) {
		out = append(out, ledger.Period{Month: c.Month, ClosedBy: c.By, ClosedAt: c.At})
	}
	return out, b.next, nil
}

func (b *books) ClosePeriod(_ context.Context, c ledger.Closing) error {
	if c.Month != b.next {
		return ledger.ErrNotOver
	}
	b.closed, b.next = append(b.closed, c), ""
	return nil
}

func (b *books) Propose(_ context.Context, authorities []string, entry uuid.UUID, reason string, by uuid.UUID, at time.Time) (uuid.UUID, error) {
	if strings.TrimSpace(reason) == "" {
		return uuid.Nil, proposal.ErrReason
	}
	e, err := b.One(context.Background(), entry)
	if err != nil || !slices.Contains(authorities, e.Authorities()[0]) {
		return uuid.Nil, ledger.ErrNotFound
	}
	c := proposal.Proposal{ID: uuid.New(), Kind: ledger.Correcting, Subject: entry, Authority: e.Authorities()[0], Reason: reason, ProposedBy: by, ProposedAt: at, Status: proposal.Proposed}
	b.corrections = append(b.corrections, c)
	return c.ID, nil
}

func (b *books) Decide(_ context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID, at time.Time) error {
	for i := range b.corrections {
		c := &b.corrections[i]
		switch {
		case c.ID != id || !slices.Contains(authorities, c.Authority):
			continue
		case approve && c.ProposedBy == by:
			return proposal.ErrOwn
		}
		c.Status, c.DecidedBy, c.DecidedAt = proposal.Declined, by, &at
		if !approve {
			return nil
		}
		c.Status = proposal.Approved
		j := slices.IndexFunc(b.entries, func(e ledger.Written) bool { return e.ID == c.Subject })
		var postings []ledger.Posting
		for _, p := range b.entries[j].Postings {
			postings = append(postings, ledger.Posting{Account: p.Account, Amount: -p.Amount, Currency: p.Currency})
		}
		counter := b.book(ledger.Reversed, b.entries[j].Application, at.Format(time.DateOnly), postings...)
		counter.Reverses, counter.Reason, counter.ProposedBy, counter.Approved = c.Subject, c.Reason, c.ProposedBy, by
		b.entries[j].ReversedBy = counter.ID
		return nil
	}
	return ledger.ErrNotFound
}

func (b *books) Corrections(_ context.Context, authorities []string) (list []proposal.Proposal, err error) {
	for _, c := range b.corrections {
		if slices.Contains(authorities, c.Authority) {
			list = append(list, c)
		}
	}
	return list, nil
}

func (b *books) CorrectionOf(_ context.Context, entry uuid.UUID) (*proposal.Proposal, error) {
	for _, c := range slices.Backward(b.corrections) {
		if c.Subject == entry {
			return &c, nil
		}
	}
	return nil, nil
}

// requests are refunds by request in memory.
type requests struct {
	left []payment.Refundable
	all  []payment.RefundRequest
}

func (r *requests) Refundable(context.Context, uuid.UUID) ([]payment.Refundable, error) {
	return r.left, nil
}

func (r *requests) RefundRequestsOf(context.Context, uuid.UUID) ([]payment.RefundRequest, error) {
	return r.all, nil
}

func (r *requests) RefundRequests(_ context.Context, authorities []string) (list []payment.RefundRequest, err error) {
	for _, x := range r.all {
		if x.Status == proposal.Proposed && slices.Contains(authorities, x.Authority) {
			list = append(list, x)
		}
	}
	return list, nil
}

func (r *requests) RequestRefund(_ context.Context, authorities []string, id uuid.UUID, fees []string, reason string, by uuid.UUID) (uuid.UUID, error) {
	if !slices.Contains(authorities, "transport") {
		return uuid.Nil, payment.ErrNotFound
	}
	r.all = append(r.all, payment.RefundRequest{Proposal: proposal.Proposal{ID: uuid.New(), Subject: id, Authority: "transport", Reason: reason, ProposedBy: by, ProposedAt: now,
		Status: proposal.Proposed}, Application: layla, Fees: fees})
	return r.all[len(r.all)-1].ID, nil
}

func (r *requests) DecideRefund(_ context.Context, _ []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	i := slices.IndexFunc(r.all, func(x payment.RefundRequest) bool { return x.ID == id })
	x := &r.all[i]
	switch {
	case approve && x.ProposedBy == by:
		return proposal.ErrOwn
	case approve && len(r.left) == 0:
		return payment.ErrNothing
	}
	x.Status, x.DecidedBy, x.DecidedAt = proposal.Declined, by, &now
	if approve {
		x.Status, r.left = proposal.Approved, nil
	}
	return nil
}
