package compare

import (
	"encoding/json"
	"io"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// written is a change as programs read it.
type written struct {
	Kind       string            `json:"kind"`
	Concern    Concern           `json:"concern"`
	Definition Part              `json:"definition"`
	Subject    []Part            `json:"subject"`
	Key        string            `json:"key,omitempty"`
	Old        *diag.Range       `json:"old,omitempty"`
	New        *diag.Range       `json:"new,omitempty"`
	Args       map[string]string `json:"args,omitempty"`
	Affects    []string          `json:"affects,omitempty"`
	Sentence   map[string]string `json:"sentence"`
}

// WriteJSON writes one object with the number of changes and the changes in order, each with its sentence in both languages. The same
// difference always gives the same bytes. The only errors are those of out.
func (d Difference) WriteJSON(out io.Writer) error {
	changes := make([]written, len(d))
	for i, c := range d {
		changes[i] = written{Kind: c.Kind, Concern: c.Concern, Definition: c.Definition, Subject: c.Subject, Key: c.Key, Args: c.Args(), Affects: c.Affects,
			Sentence: map[string]string{"ar": c.Sentence("ar"), "en": c.Sentence("en")}}
		if c.Subject == nil {
			changes[i].Subject = []Part{}
		}
		if c.Old.File != "" {
			changes[i].Old = &c.Old
		}
		if c.New.File != "" {
			changes[i].New = &c.New
		}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Count   int       `json:"count"`
		Changes []written `json:"changes"`
	}{len(d), changes})
}
