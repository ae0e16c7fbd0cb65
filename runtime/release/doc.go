// Package release keeps releases: the whole catalogue by digest, with the plan and the texts of every service and the reference data that
// hang beside them.
//
// It owns the tables release, plan, texts and release_service. A plan or a text is written once and never changed; a catalogue with errors
// never becomes a release, so the last good one stays. It does not know who may publish.
//
//	r, findings := release.Build(catalogue)
//	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error { _, err := release.Publish(ctx, tx, r); return err })
//	store, err := release.Open(ctx, pool, plansInUse)
//	live, ok := store.Service("transport.driving-licence.renew")
package release
