// Package payment carries a fee through its whole life: assessed, due, paid at the gateway, cancelled, given back.
//
// It owns the tables assessment, payment, checkout, checkout_line, receipt_number, deposit, payout, gateway_event, bill, bill_inquiry, bill_notice,
// refund, dispute and money_incident, and the client of the test gateway, one of the providers (package provider) that can be paid at. Every change of a payment is
// posted in the ledger in the same transaction. What a provider keeps for itself is an expense of the authority, expense:AUTHORITY:PROVIDER, when the day is
// compared. It never decides that something is due or goes back: the machine does, or two officers do. Only
// money that nobody was waiting for goes back by itself, whole. Amounts are minor units. It logs identifiers only.
//
//	desk := payment.New(payment.Options{Pool: pool, Providers: []payment.At{{Name: "gateway", Provider: gateway}}, Acts: book, Wake: relay.Wake, CallbackURL: url})
//	relay.Handle(desk.Handlers())
//	err := desk.Assess(ctx, tx, payment.AssessRequest{Application: id, Node: "pay", Visit: 1, Assessment: a, …})
//	url, err := desk.Checkout(ctx, payment.CheckoutRequest{Payment: p, Description: title, ReturnURL: back})
//	status, err := desk.Callback(ctx, body, r.Header)
package payment
