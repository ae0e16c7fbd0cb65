// Package registry asks other systems' registers over HTTP: POST {base}/{registry}/{operation} with JSON arguments and a bearer key.
//
// It owns how a registry is reached; what it answers is declared in the catalogue, and an answer that is not of the declared types never gets
// further. 200 is an answer, 404 with {"code":"not-found"} means that the registry knows no such thing, 5xx, 408, 429 and silence may be tried
// again, and everything else is permanent, the 404 of a wrong address too. It stores nothing and logs nothing.
//
//	r := registry.New(registry.Options{Endpoints: map[string]registry.Endpoint{"licensing": {URL: base, Key: key}}, Gives: gives})
//	found, body, err := r.Ask(ctx, "licensing", "licence-by-number", args)
package registry
