// Package right keeps the register of rights: permits, licences and benefits, which outlive the applications that grant and change them.
//
// It owns the tables right, right_version and right_number. What may become of a right is decided by the rule in rule.go, which knows no
// database, on the declaration that holds on that day. It never decides that a right is due (a plan does), and shows a stranger only what the
// declaration publishes: never the holder.
//
// A right has no workflow of its own. That one is over is worked out when it is read, from its last day; nothing needs to happen at midnight,
// however many rights there are.
//
//	register := right.New(right.Options{Pool: pool, Kind: kind, Zone: zone})
//	number, err := register.Change(ctx, right.Request{Application: id, Node: "grant", Visit: 1, Right: "stall", What: right.Granted, …})
//	entry, err := register.Public(ctx, number)
package right
