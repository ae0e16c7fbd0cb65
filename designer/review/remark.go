package review

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// thread is a remark with what was answered.
type thread struct {
	ID, Who, When, Place string
	Version              string // at which proposal it was made, where that is another than the one that is shown
	Text                 string
	Settled              string // by whom and when; "" of an open one
	Settle               string // where it is settled; "" for whom that is not to say
	Answers              []thread
	Say                  *sayForm
}

// sayForm is a form for a remark.
type sayForm struct {
	ID, Action, Path string
	Place            []string
	Answers          string
	Label            string
	Line             bool // asks for a line
}

// talk are the remarks of a change, until each has found its place on the page.
type talk struct {
	v       *visit
	s       *subject
	open    bool // something may be said
	threads map[string][]thread
	forms   int
	count   int // that are not settled
}

func placeKey(path string, place []string) string { return path + "\x00" + strings.Join(place, "\x00") }

// talk reads the remarks.
func (v *visit) talk(s *subject) (*talk, error) {
	list, err := v.o.Changes.Remarks(v.ctx, s.change.Number)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, r := range list {
		people = append(people, r.Author, r.ResolvedBy)
	}
	names, err := v.names(people)
	if err != nil {
		return nil, err
	}
	open, err := v.o.Changes.MaySay(v.ctx, v.person, s.change)
	if err != nil {
		return nil, err
	}
	t := &talk{v: v, s: s, open: open, threads: map[string][]thread{}}
	begun := map[uuid.UUID]uuid.UUID{} // by each remark the one with which its thread began
	first := map[uuid.UUID]change.Remark{}
	answers := map[uuid.UUID][]thread{}
	for _, r := range list { // the oldest first: what is answered stands before
		if root, answered := begun[r.Answers]; answered {
			begun[r.ID] = root
			answers[root] = append(answers[root], t.one(r, names))
			continue
		}
		begun[r.ID], first[r.ID] = r.ID, r
	}
	for _, r := range list {
		if _, is := first[r.ID]; !is {
			continue
		}
		one := t.one(r, names)
		one.Answers = answers[r.ID]
		if r.ResolvedAt.IsZero() {
			t.count++
		}
		if t.open && r.ResolvedAt.IsZero() {
			one.Say = t.form(r.Path, r.Place, v.locale.T("review.remark.answer"))
			one.Say.Answers = r.ID.String()
			if r.Author == v.person.ID || change.IsAnalyst(v.person, s.change.Authority) {
				one.Settle = changePath(s.change.Number) + "/remarks/" + r.ID.String() + "/settle"
			}
		}
		key := placeKey(r.Path, r.Place)
		t.threads[key] = append(t.threads[key], one)
	}
	return t, nil
}

func (t *talk) one(r change.Remark, names map[uuid.UUID]string) thread {
	l := t.v.locale
	out := thread{ID: r.ID.String(), Who: names[r.Author], When: l.DateTime(r.At), Text: r.Text, Place: strings.Join(r.Place, " › ")}
	if len(r.Place) == 2 && r.Place[0] == lineKind {
		out.Place = l.T("review.text.line", "line", r.Place[1])
	}
	if t.s.proposal != nil && r.Proposal != t.s.proposal.Number {
		out.Version = l.T("review.version.draft")
		if r.Proposal > 0 {
			out.Version = l.T("review.version.number", "number", r.Proposal)
		}
	}
	if !r.ResolvedAt.IsZero() {
		out.Settled = l.T("review.remark.settled", "name", names[r.ResolvedBy], "at", l.DateTime(r.ResolvedAt))
	}
	return out
}

// form is one for a remark at a place.
func (t *talk) form(path string, place []string, label string) *sayForm {
	if !t.open {
		return nil
	}
	t.forms++
	return &sayForm{ID: "say-" + strconv.Itoa(t.forms), Action: changePath(t.s.change.Number) + "/remarks", Path: path, Place: place, Label: label}
}

// at takes what was remarked at a place: it stands there and nowhere else.
func (t *talk) at(path string, place []string) []thread {
	key := placeKey(path, place)
	out := t.threads[key]
	delete(t.threads, key)
	return out
}

// of takes what was remarked on a file and stands at no place of it that is shown.
func (t *talk) of(path string) (out []thread) { return t.rest(path + "\x00") }

// rest takes what stands nowhere else.
func (t *talk) rest(beginning string) (out []thread) {
	var keys []string
	for key := range t.threads {
		if strings.HasPrefix(key, beginning) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		out = append(out, t.threads[key]...)
		delete(t.threads, key)
	}
	return out
}

// lineKind begins the place of a line.
const lineKind = "line"

// placeOf is the place of what a change speaks of, in its file.
func placeOf(c *compare.Change) (path string, place []string) {
	for _, p := range c.Subject {
		place = append(place, p.Kind, p.Code)
	}
	if c.Key != "" {
		place = append(place, c.Key)
	}
	if path = c.New.File; path == "" {
		path = c.Old.File
	}
	return path, place
}

// say adds a remark.
func (v *visit) say() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	r := change.Remark{Path: v.r.PostForm.Get("path"), Place: v.r.PostForm["place"], Text: v.r.PostForm.Get("text")}
	if line := v.r.PostForm.Get("line"); line != "" {
		n, err := strconv.Atoi(line)
		if err != nil || n < 1 {
			return change.ErrInvalid
		}
		r.Place = []string{lineKind, strconv.Itoa(n)}
	}
	if answers := v.r.PostForm.Get("answers"); answers != "" {
		if r.Answers, err = uuid.Parse(answers); err != nil {
			return change.ErrInvalid
		}
	}
	if strings.TrimSpace(r.Text) == "" {
		s, err := v.subject()
		if err != nil {
			return err
		}
		return v.show(s, http.StatusUnprocessableEntity, typed{errors: []ui.FieldError{{Name: "remarks", Text: v.locale.T("review.remark.empty")}}}, nil)
	}
	id, err := v.o.Changes.Say(v.ctx, v.person, number, r)
	if err != nil {
		return err
	}
	return v.redirect(reviewPath(number) + "#remark-" + id.String())
}

// settle says that a remark is dealt with.
func (v *visit) settle() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(v.r.PathValue("remark"))
	if err != nil {
		return change.ErrNotFound
	}
	if err := v.o.Changes.Resolve(v.ctx, v.person, number, id); err != nil {
		return err
	}
	return v.redirect(reviewPath(number) + "?" + url.Values{"done": {"settled"}}.Encode() + "#remark-" + id.String())
}
