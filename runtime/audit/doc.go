// Package audit records who read or did what, so that it can be shown later that nothing was changed or left out.
//
// It owns the tables audit and audit_seal. A record is added in the transaction of what it records; a sealer then puts the records of each
// authority into a chain of hashes, so that writers never wait for each other. A record holds identifiers and codes only, no personal data.
// A chain shows a record that was changed, added or removed up to its last seal; that the newest seals were removed together with their
// records shows only beside a copy of the last hash kept elsewhere.
//
//	err := audit.Record(ctx, tx, audit.Entry{Authority: "transport", Actor: officer, Action: "read", Subject: application})
//	go audit.NewSealer(pool, log).Run(ctx)
//	err = audit.Verify(ctx, pool, "transport")
package audit
