// Package outbox delivers what a transaction promised to another system, after it has committed and at least once.
//
// It owns the table outbox. A row is added in the transaction that makes the promise and handled outside of it, so a crash between any two
// points loses nothing; handlers must be idempotent. It knows neither Temporal nor a gateway: those are in the handlers.
//
//	err := outbox.Add(ctx, tx, outbox.Message{Kind: "start", Subject: id, Lane: id})
//	…commit…
//	relay.Wake()                                // or relay.Deliver(ctx, "start", id), to answer with what came of it
package outbox
