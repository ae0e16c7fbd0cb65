// Package identity says who is asking: people sign in with OpenID Connect and keep a session, programs bring a bearer token of the same
// issuer.
//
// It owns the tables person, delegation and sessions and the cookie diwan_session. What is known about a person is what the issuer attests, taken over at
// each sign-in; it decides nothing about what a person may do beyond listing the capacities (authority:role), those among
// them that a colleague has delegated for a while. It keeps no passwords and
// writes nothing personal to logs or addresses.
//
//	people, err := identity.New(identity.Options{Pool: pool, Issuer: issuer, ClientID: id, ClientSecret: secret, PublicURL: url})
//	people.Routes(mux)                          // GET /sign-in, GET /sign-in/callback, POST /sign-out
//	handler := people.Load(mux)                 // puts the Person into the context
//	mux.Handle("GET /applications", people.Require(list))
//	person, ok := identity.FromContext(r.Context())
package identity
