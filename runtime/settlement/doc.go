// Package settlement compares, day by day, what the book says that a provider has taken in and paid out with what the provider's own list and
// its settlement file say, and keeps every difference until it is explained.
//
// It owns the tables settlement_day, settlement_line and settlement_difference, and the parsers of settlement files (CSV and ISO 20022
// camt.053.001.08). It posts nothing: a difference is mended where it arose, and then the next comparison finds it gone, or an officer says why
// it stands. A day is signed off when nothing is open, and is closed from then on. It logs identifiers and numbers of lines only.
//
//	books := settlement.New(settlement.Options{Pool: pool, Ours: payments, Providers: map[string]settlement.Provider{"gateway": gateway}, Zone: zone})
//	err := books.Look(ctx)                       // compares every day that is over, and again those that have something open
//	day, err := books.Day(ctx, "gateway", "2026-11-21")
//	err = books.Explain(ctx, day.Differences[0].ID, officer, "the bank has charged a fee")
//	err = books.SignOff(ctx, "gateway", "2026-11-21", officer)
package settlement
