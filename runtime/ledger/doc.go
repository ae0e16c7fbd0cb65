// Package ledger keeps the double-entry book of fees: what is owed, received, cancelled and given back.
//
// It owns the tables entry and posting; no other package names them in SQL. Amounts are minor units of their currency, debits positive and
// credits negative. An entry balances in each currency, also by a constraint of the database, and nothing is ever changed or deleted: a
// mistake is put right by another entry. It does not know why money moves; payment does.
//
//	err := ledger.Post(ctx, tx, ledger.Entry{
//		Kind: ledger.Received, Subject: payment, Application: application, At: now,
//		Postings: []ledger.Posting{
//			{Account: ledger.Clearing, Amount: 25000, Currency: "ILS"},
//			{Account: ledger.Receivable("transport"), Amount: -25000, Currency: "ILS"},
//		},
//	})
package ledger
