// Package portal is what citizens see: find a service, apply, pay, follow, correct, withdraw, receive a document and verify one.
//
// It owns pages and nothing else: no table, no rule of a service, no decision. Forms are validated by runtime/form, applications are kept
// by runtime/application; what the portal needs of them stands in ports.go. Every page works without JavaScript; htmx only saves a
// round. A handler, its template and its page struct share a name: home.go and home.html.
//
// A form is kept nowhere until it is sent: what was typed on earlier pages travels as hidden values, and uploads, stored at once, by their
// IDs.
//
//	pages, err := portal.New(portal.Options{Releases: store, Applications: book, …})
//	pages.Register(mux)
package portal
