// Package gateway is a test payment gateway: a merchant's interface, a page that looks like a bank's, and signed
// callbacks.
//
// It owns the schema `sample_gateway` in the database given and nothing else there. It moves no money, and may only
// run in standalone and in tests. Its faults are switched on through its own interface, so that a platform can be
// tested against a gateway that repeats, forges, delays and forgets.
//
//	g, err := gateway.New(ctx, gateway.Options{Pool: pool, Address: "http://127.0.0.1:8082", Key: key, Secret: secret})
//	if err != nil {
//		return err
//	}
//	go g.Run(ctx) // delivers callbacks
//	server.Handler = g.Handler()
package gateway
