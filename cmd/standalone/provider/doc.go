// Package provider is a small real OpenID Connect provider with sample people instead of passwords.
//
// It owns its signing key and the pages on which a sample person is chosen. It may never run outside of
// standalone: whoever reaches it can be anybody. Everything else is as a national provider would do it: authorization
// code with PKCE (S256 only), discovery, published keys, signed tokens, exact redirect addresses.
//
//	p, err := provider.New(provider.Options{
//		Issuer: "http://127.0.0.1:8081", KeyDir: "data/provider", People: people,
//		Clients: []provider.Client{{ID: "portal", Secret: secret, RedirectURIs: []string{"http://127.0.0.1:8080/sign-in/done"}}},
//	})
//	if err != nil {
//		return err
//	}
//	server.Handler = p.Handler()
package provider
