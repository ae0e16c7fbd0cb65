package diag

import (
	"encoding/json"
	"io"
)

// WriteJSON writes one object with the number of errors and warnings and the diagnostics in the order of the
// list. The same list always gives the same bytes. The only errors are those of w.
func WriteJSON(w io.Writer, list List) error {
	if list == nil {
		list = List{}
	}
	errors := list.errors()
	return writeIndented(w, struct {
		Errors      int  `json:"errors"`
		Warnings    int  `json:"warnings"`
		Diagnostics List `json:"diagnostics"`
	}{errors, len(list) - errors, list})
}

// writeIndented writes v for people too: indented, and with < and > as they are.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
