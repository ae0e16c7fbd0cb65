package bench

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// tills takes what is due in cash at one till, as one clerk does: receipt number, postings, the application's act and the commit. Assessing is not
// measured.
func tills(ctx context.Context, r *report) (err error) {
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	desk := payment.New(payment.Options{Pool: d.pool, Acts: acts{}})
	counter := till.New(till.Options{Pool: d.pool, Payments: desk})
	clerk := uuid.New()
	if _, err := d.pool.Exec(ctx, "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'bench', 'clerk', '{}')", clerk); err != nil {
		return err
	}
	if _, err := counter.Open(ctx, till.Opening{Authority: "transport", Number: 1, Clerk: clerk, Float: map[string]int64{"ILS": 20000}}); err != nil {
		return err
	}
	var due uuid.UUID
	assess := func() error {
		application := uuid.New()
		err := postgres.InTx(ctx, d.pool, func(tx pgx.Tx) error {
			return desk.Assess(ctx, tx, payment.AssessRequest{Application: application, Authority: "transport", Node: "pay", Visit: 1, At: time.Now(), Assessment: activity.Assessment{
				Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}}, Total: 28000, Tariff: "licences@2026-01-01"}})
		})
		if err != nil {
			return err
		}
		payments, err := desk.OfApplication(ctx, application)
		if err != nil || len(payments) != 1 {
			return errors.Join(err, errors.New("not one payment is due"))
		}
		due = payments[0].ID
		return nil
	}
	took, err := perFresh(assess, func() error {
		k, err := counter.Take(ctx, till.Taking{ID: uuid.New(), Clerk: clerk, Payment: due, Tendered: 30000})
		if err == nil && (k.Change() != 2000 || k.Receipt == "") {
			err = errors.New("the change or the receipt is wrong")
		}
		return err
	})
	if err != nil {
		return err
	}
	r.figure("till.take_ms", millis(took), "ms")
	return nil
}

// acts writes what applications are told where the relay would find it.
type acts struct{}

func (acts) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	return uuid.New(), outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: a.Application.String() + a.Key, Lane: a.Application.String()})
}
