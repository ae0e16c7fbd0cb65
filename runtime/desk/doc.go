// Package desk is the officers' pages: the queue of tasks and, for each application, everything that is needed to decide on it.
//
// It owns its templates, messages and sheet, and no data: what an officer may see and do is decided by the application capability, and every
// read of somebody's data is put into the audit before it is shown. It may not name pgx or Temporal. All pages work without JavaScript;
// a decision carries the revision of the task that was looked at and an idempotency key.
//
//	d, err := desk.New(desk.Options{Book: book, Releases: store, Payments: payments, Documents: archive, Audit: record})
//	d.Register(mux) // GET /desk, GET and POST below /desk/applications/{id}
package desk
