// Package application keeps the book of applications: it takes a submission, starts its workflow, brings acts to it, carries out the effects
// of its steps and answers who may read what.
//
// It owns the tables application, application_form, answer, timeline, task, act and idempotency; no other package names them in SQL. It
// never decides what happens next (the machine does), never calls a gateway and never prints a paper (ports do, in the same transaction), and
// it logs identifiers only.
//
//	book := application.New(application.Options{Pool: pool, Releases: store, Relay: relay, Temporal: client, …})
//	v, err := book.Submit(ctx, application.Submission{Applicant: me, Service: "transport.driving-licence.renew", Form: form, Key: key})
//	v, err = book.Settle(ctx, v.ID, application.Started)
//	answer, err := book.Act(ctx, actor, v.ID, application.ActRequest{Task: task, Action: "approve", Revision: 1}, key)
package application
