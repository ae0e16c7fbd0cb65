// Package api is the JSON API of Diwan under /api/v1: what a ministry's own app or another system does for a person who has signed in. It
// offers what the pages offer and nothing more, by the same capabilities and the same rules.
//
// It owns no data and decides nothing: who may read or act is decided by the capabilities below it, and every form is validated by
// runtime/form. It may not name pgx or Temporal. Operations and their types are published at /api/v1/openapi.json (OpenAPI 3.1), which is
// the one answer that needs no bearer token. Errors are RFC 9457 problems in the language of Accept-Language; words of the catalogue are
// maps of languages.
//
//	handler, err := api.New(api.Options{Book: book, Releases: store, …})
//	mux.Handle("/api/v1/", handler)
package api
