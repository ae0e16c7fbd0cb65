// Package release keeps releases: the whole catalogue by digest, with the plan and the texts of every service and the reference data that
// hang beside them, signed by the platform's key; and which release is live from when on.
//
// It owns the tables source, reference, release, release_service, plan, texts and publication. What a release holds is written once and never
// changed; a catalogue with errors never becomes a release, so the last good one stays. A release whose signature is not one of the platform's is
// never used. It does not know who may publish.
//
//	r, findings := release.Build(catalogue)
//	err := postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
//		id, err := release.Keep(ctx, tx, keys, r)
//		if err == nil {
//			_, err = release.Publish(ctx, tx, id, release.Publication{Way: release.Folder, Actor: "operator"})
//		}
//		return err
//	})
//	store, err := release.Open(ctx, pool, keys, plansInUse)
//	live, ok := store.Service("transport.driving-licence.renew")
package release
