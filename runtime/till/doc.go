// Package till lets clerks take cash at a counter, and answers for every coin of it.
//
// It owns the tables till, till_cash, till_taking, till_difference and till_deposit. A till belongs to an authority; one clerk opens it with the
// change that was counted, takes payments that are due, and counts it when the day ends. What was counted goes to the safe and from there to the
// bank. A clerk may have the last payment of the open till taken back, and a till that does not hold what it should is closed: both only when a
// second officer agrees (package proposal). What it has too much or too little is booked, and is a task for an accountant until it is explained.
// Every movement is posted in the ledger in the same transaction; whoever changes a till holds its row, so nothing comes into one that is closed.
// Amounts are minor units. It logs nothing.
//
//	tills := till.New(till.Options{Pool: pool, Payments: payments, Receipts: archive, Zone: zone})
//	id, err := tills.Open(ctx, till.Opening{Authority: "transport", Number: 1, Clerk: clerk, Float: map[string]int64{"ILS": 20000}})
//	taken, err := tills.Take(ctx, till.Taking{ID: key, Clerk: clerk, Payment: payment, Tendered: 30000})
//	closed, err := tills.Count(ctx, till.Count{Clerk: clerk, Cash: []till.CashCount{{Currency: "ILS", Amount: 48000}}})
package till
