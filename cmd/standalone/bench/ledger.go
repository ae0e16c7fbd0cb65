package bench

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

const ledgerWriters = 8

// ledgerRatio posts entries of two lines, one in a transaction, and compares with bare INSERTs of the same rows into the same tables, in takes
// that alternate. The triggers of the tables count for both; the sealer, which puts what is posted into the chain meanwhile, only for postings.
func ledgerRatio(ctx context.Context, r *report) (err error) {
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	at := time.Now().UTC().Truncate(time.Millisecond)
	post := func(tx pgx.Tx) error {
		return ledger.Post(ctx, tx, ledger.Entry{Kind: ledger.Received, Subject: uuid.New(), Application: uuid.New(), At: at, Postings: []ledger.Posting{
			{Account: ledger.Clearing("transport"), Amount: 25000, Currency: "ILS"}, {Account: ledger.Receivable("transport"), Amount: -25000, Currency: "ILS"},
		}})
	}
	insert := func(tx pgx.Tx) error {
		id := uuid.New()
		b := &pgx.Batch{}
		b.Queue("INSERT INTO entry (id, kind, subject, application, at) VALUES ($1, 'received', $2, $3, $4)", id, uuid.New(), uuid.New(), at)
		b.Queue(`INSERT INTO posting (entry, line, account, amount, currency)
			VALUES ($1, 1, 'clearing:transport:gateway', 25000, 'ILS'), ($1, 2, 'receivable:transport', -25000, 'ILS')`, id)
		return tx.SendBatch(ctx, b).Close()
	}
	var ratios, perS []float64
	for i := range takes + 1 {
		posted, err := sealed(ctx, d, func() (float64, error) { return perSecond(ctx, d, post) })
		if err != nil {
			return err
		}
		inserted, err := perSecond(ctx, d, insert)
		if err != nil {
			return err
		}
		if i > 0 { // the first take warms up
			ratios, perS = append(ratios, posted/inserted), append(perS, posted)
		}
	}
	r.figure("ledger.posted_per_s", median(perS), "/s")
	r.figure("ledger.ratio_to_insert", median(ratios), "ratio")
	return nil
}

// sealOften is how often the sealer works in a take, which is too short to be looked at every second.
const sealOften = 100 * time.Millisecond

// sealed measures while a sealer is at work. What there was before is sealed before, so that a take pays for its own entries.
func sealed(ctx context.Context, d *database, measure func() (float64, error)) (float64, error) {
	sealer := ledger.NewSealer(d.pool, nil)
	for {
		n, err := sealer.Seal(ctx)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
	}
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		tick := time.NewTicker(sealOften)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				failed <- nil
				return
			case <-tick.C:
			}
			if _, err := sealer.Seal(ctx); err != nil {
				failed <- err
				return
			}
		}
	}()
	value, err := measure()
	close(stop)
	return value, errors.Join(err, <-failed)
}

// perSecond runs transactions from several writers for one take.
func perSecond(ctx context.Context, d *database, do func(pgx.Tx) error) (float64, error) {
	counts, errs := make([]int, ledgerWriters), make([]error, ledgerWriters)
	began := time.Now()
	var wg sync.WaitGroup
	for i := range ledgerWriters {
		wg.Go(func() {
			for errs[i] == nil && time.Since(began) < ledgerTake {
				errs[i] = postgres.InTx(ctx, d.pool, do)
				counts[i]++
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / time.Since(began).Seconds(), errors.Join(errs...)
}
