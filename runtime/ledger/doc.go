// Package ledger keeps the double-entry book of fees: what is owed, received, cancelled and given back.
//
// It owns the tables entry, posting, entry_hash, period, carried and carried_upto; no other package writes them. Amounts are minor units of their
// currency, debits positive and credits negative. An account belongs to one authority and one currency. An entry balances in each currency and
// for each authority, and nothing is ever changed or deleted: a mistake is put right by a counter-entry that two officers answer for. A month
// of an authority that is closed takes no more entries; what comes late is booked in the month that is open. A sealer puts all entries into one
// chain of hashes, so that whoever writes them never waits for another: a lock for each posting would let one at a time through. The package
// does not know why money moves; payment does.
//
//	err := ledger.Post(ctx, tx, ledger.Entry{
//		Kind: ledger.Received, Subject: payment, Application: application, At: now.In(zone),
//		Postings: []ledger.Posting{
//			{Account: ledger.Clearing("transport"), Amount: 25000, Currency: "ILS"},
//			{Account: ledger.Receivable("transport"), Amount: -25000, Currency: "ILS"},
//		},
//	})
//	trial, err := ledger.New(pool).Trial(ctx, ledger.Scope{Authority: "transport", Until: "2026-11-30"})
//	err = ledger.Verify(ctx, pool)
package ledger
