package bench

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ledger"
)

// check makes sure that each application has ended with its paper and that its money was assessed, received and adds up: a figure of work
// that was not done would be worth nothing.
func (w *world) check(ctx context.Context, ids []uuid.UUID) error {
	for _, id := range ids {
		if err := w.checkOne(ctx, id); err != nil {
			return fmt.Errorf("application %s: %w", id, err)
		}
	}
	trial, err := w.ledger.Trial(ctx, ledger.Scope{})
	if err != nil {
		return err
	}
	sums := map[string]int64{}
	for _, b := range trial {
		sums[b.Currency] += b.Amount
	}
	for currency, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("the ledger is out of balance by %d %s", sum, currency)
		}
	}
	return nil
}

func (w *world) checkOne(ctx context.Context, id uuid.UUID) error {
	v, err := w.book.ForOfficer(ctx, officer.Capacities, id)
	if err != nil {
		return err
	}
	if v.Outcome != "issued" {
		return fmt.Errorf("%s at %s, outcome %q", v.Status, v.Node, v.Outcome)
	}
	papers, err := w.archive.OfApplication(ctx, id)
	if err != nil {
		return err
	}
	if len(papers) != 1 {
		return fmt.Errorf("%d papers", len(papers))
	}
	entries, err := w.ledger.OfApplication(ctx, id)
	if err != nil {
		return err
	}
	sums, kinds := map[string]int64{}, map[ledger.Kind]int{}
	for _, e := range entries {
		kinds[e.Kind]++
		for _, p := range e.Postings {
			sums[p.Account] += p.Amount
		}
	}
	owed, taken, earned := sums[ledger.Receivable(v.Authority)], sums[ledger.Clearing(v.Authority)], sums[ledger.Revenue(v.Authority, "renewal")]
	if len(entries) != 2 || kinds[ledger.Assessed] != 1 || kinds[ledger.Received] != 1 || owed != 0 || taken <= 0 || taken != -earned {
		return fmt.Errorf("its money does not add up: entries %v, balances %v", kinds, sums)
	}
	return nil
}
