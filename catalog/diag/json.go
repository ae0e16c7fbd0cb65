package diag

import (
	"encoding/json"
	"io"
)

// WriteJSON writes one object with the number of errors and warnings and the diagnostics in the order of the
// list. Each says under "in" the same in every one of the other languages. The same list always gives the same
// bytes. The only errors are those of w.
func WriteJSON(w io.Writer, list List, others ...*Language) error {
	type told struct {
		Summary string   `json:"summary"`
		Help    string   `json:"help,omitempty"`
		Related []string `json:"related,omitempty"`
	}
	type spoken struct {
		Diagnostic
		In map[string]told `json:"in,omitempty"`
	}
	all := make([]spoken, len(list))
	for i, d := range list {
		all[i].Diagnostic = d
		for _, l := range others {
			if all[i].In == nil {
				all[i].In = map[string]told{}
			}
			in := d.In(l)
			t := told{Summary: in.Summary, Help: in.Help}
			for _, r := range in.Related {
				t.Related = append(t.Related, r.Message)
			}
			all[i].In[l.tag()] = t
		}
	}
	errors := list.errors()
	return writeIndented(w, struct {
		Errors      int      `json:"errors"`
		Warnings    int      `json:"warnings"`
		Diagnostics []spoken `json:"diagnostics"`
	}{errors, len(list) - errors, all})
}

// writeIndented writes v for people too: indented, and with < and > as they are.
func writeIndented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
