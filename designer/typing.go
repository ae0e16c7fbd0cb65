package designer

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/change"
)

// splice is an edit as the editor in the browser and this package tell it to each other; places are bytes.
type splice struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Text string `json:"text"`
}

// madeEdit is an edit of somebody.
type madeEdit struct {
	Version int64 `json:"version"`
	splice
	Mine bool `json:"mine"`
}

// marked is a finding with its place.
type marked struct {
	From  int    `json:"from"`
	To    int    `json:"to"`
	Error bool   `json:"error"`
	Text  string `json:"text"`
	Help  string `json:"help,omitempty"`
}

// told is what the editor is told after each edit, and while nothing is typed.
type told struct {
	Version  int64      `json:"version"`
	Edits    []madeEdit `json:"edits"`
	Findings []marked   `json:"findings"`
	Others   string     `json:"others"`
}

func (v *visit) json(status int, body any) error {
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Cache-Control", "no-store")
	v.w.WriteHeader(status)
	return json.NewEncoder(v.w).Encode(body)
}

// tell answers with what was edited since a version, and what is found in the file now.
func (b *workbench) tell(status int, version int64) error {
	out := told{Version: version, Edits: []madeEdit{}, Findings: []marked{}}
	made, err := b.o.Changes.Since(b.ctx, b.ch.Number, b.file, version)
	if err != nil {
		return err
	}
	for _, m := range made {
		out.Version = m.Version
		out.Edits = append(out.Edits, madeEdit{m.Version, splice{m.Splice.Start, m.Splice.End, m.Splice.Text}, m.By == b.person.ID})
	}
	// The text was read before the edits: findings of an older one are told with the next answer.
	if out.Version == b.text.Version {
		list := slices.Clone(b.findings)
		list.Sort()
		for _, f := range list.Once().Cap(mostMarked) {
			if f = f.In(b.told()); f.Range.File == b.file || f.Range.File == "" {
				out.Findings = append(out.Findings, marked{f.Range.Start.Offset, f.Range.End.Offset, f.Severity == 0, f.Summary, f.Help})
			}
		}
	}
	others, err := b.o.Changes.Here(b.ctx, b.person, b.ch.Number, b.file)
	if err != nil {
		return err
	}
	if out.Others, err = b.others(others); err != nil {
		return err
	}
	return b.json(status, out)
}

// mostMarked is how many findings the editor shows.
const mostMarked = 200

// since tells the editor what others have done.
func (v *visit) since() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(v.r.FormValue("version"), 10, 64)
	if err != nil || version < 0 {
		return change.ErrInvalid
	}
	return b.tell(http.StatusOK, version)
}

// typed takes what was typed, where it rests on the text as it stands; else the editor is told what to put below it first, with the status 409.
func (v *visit) typed() error {
	version, err := strconv.ParseInt(v.r.PostFormValue("version"), 10, 64)
	if err != nil {
		return change.ErrInvalid
	}
	var typed []splice
	if err := json.Unmarshal([]byte(v.r.PostFormValue("edits")), &typed); err != nil {
		return change.ErrInvalid
	}
	number, err := v.number()
	if err != nil {
		return err
	}
	splices := make([]source.Splice, len(typed))
	for i, s := range typed {
		splices[i] = source.Splice{Start: s.From, End: s.To, Text: s.Text}
	}
	status := http.StatusOK
	made, err := v.o.Changes.Type(v.ctx, v.person, number, v.r.FormValue("file"), version, splices)
	if errors.Is(err, change.ErrStale) {
		status = http.StatusConflict
	} else if err != nil && !errors.Is(err, change.ErrNothing) {
		return err
	} else if made.Version > 0 {
		version = made.Version
	}
	b, err := v.open()
	if err != nil {
		return err
	}
	return b.tell(status, version)
}

// asked is the view of what stands in the editor, with the place that it asks about.
func (v *visit) asked() (*editor.View, int, error) {
	b, err := v.open()
	if err != nil {
		return nil, 0, err
	}
	offset, err := strconv.Atoi(v.r.PostFormValue("offset"))
	content := v.r.PostFormValue("text")
	if err != nil || offset < 0 || offset > len(content) || len(content) > change.MostFile {
		return nil, 0, change.ErrInvalid
	}
	return editor.Of(b.c, b.file, []byte(content)), offset, nil
}

// proposal is something that could stand at the cursor.
type proposal struct {
	Label  string `json:"label"`
	Detail string `json:"detail"`
	Doc    string `json:"doc"`
	Insert string `json:"insert"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

// complete lists what could stand at the cursor.
func (v *visit) complete() error {
	view, offset, err := v.asked()
	if err != nil {
		return err
	}
	const most = 100
	out := []proposal{}
	for _, item := range view.Complete(offset) {
		if len(out) == most {
			break
		}
		insert := item.Insert
		if insert == "" || item.Snippet {
			insert = plainOf(item)
		}
		doc, _ := reference.Help(item.Doc, v.locale.Lang())
		out = append(out, proposal{item.Label, item.Detail, doc, insert, item.From, item.To})
	}
	return v.json(http.StatusOK, out)
}

// placeToFill is a place of a snippet, with the text that stands in it.
var placeToFill = regexp.MustCompile(`\$(?:\{[0-9]+:?([^}]*)\}|[0-9])`)

// plainOf is what a proposal writes, without the places to fill.
func plainOf(item editor.Item) string {
	if !item.Snippet {
		return item.Label
	}
	return placeToFill.ReplaceAllString(item.Insert, "$1")
}

// hover explains what stands at a place.
func (v *visit) hover() error {
	view, offset, err := v.asked()
	if err != nil {
		return err
	}
	found, ok := view.Hover(offset)
	if !ok {
		return v.json(http.StatusOK, struct{}{})
	}
	return v.json(http.StatusOK, map[string]any{"text": found.Text, "from": found.Range.Start.Offset, "to": found.Range.End.Offset})
}
