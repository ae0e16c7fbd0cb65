package designer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/difference"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// mergePage is the body of the template merge: what was released since a change was begun, and what it becomes with that.
type mergePage struct {
	Path      string
	Released  ui.Table
	Older     bool
	Groups    []releasedGroup
	Left      int // differences, and files, that are not told
	Conflicts []conflict
	Settled   bool // nothing is left to choose
	Editable  bool
	Joined    []joined // with the choices made
	Preview   bool
}

// releasedGroup is what a release changed in one definition, in words.
type releasedGroup struct {
	Title, File string
	Mine        bool // the change touches it too
	Sentences   [][]difference.Segment
}

// conflict is a place that both have changed.
type conflict struct {
	ID          string
	Where, File string
	Order       bool
	Sides       []conflictSide
	Choice      ui.Radios
}

// conflictSide is what stands there on one side; without pieces nothing does.
type conflictSide struct {
	Title  string
	Pieces []difference.Piece
}

// joined is what becomes of a file of the change.
type joined struct {
	Title, File string
	Lines       []difference.Line
	Cut         bool
}

// Bounds of what the page tells one by one.
const (
	mostSentences   = 200
	mostJoinedLines = 1000
)

// Sides by which a conflict is settled.
const (
	mine   = "mine"
	theirs = "theirs"
)

func mergePath(number int64) string { return changePath(number) + "/merge" }

// choiceName is the control for a conflict. It is named by what stands there, so that a choice counts for nothing that came later.
func choiceName(c merge.Conflict) string {
	sum := sha256.Sum256([]byte(strings.Join(append([]string{c.File, c.Base, c.Ours, c.Theirs, fmt.Sprint(c.Order)}, c.Path...), "\x00")))
	return "side-" + hex.EncodeToString(sum[:8])
}

// chosen are the choices that a request has brought.
func (v *visit) chosen(c merge.Conflict) (merge.Side, bool) {
	switch v.r.PostForm.Get(choiceName(c)) {
	case mine:
		return merge.Ours, true
	case theirs:
		return merge.Theirs, true
	}
	return merge.Ours, false
}

// merge shows what was released meanwhile.
func (v *visit) merge() error { return v.showMerge(http.StatusOK, false, nil) }

// takeOver shows what the choices make of the change, or makes it.
func (v *visit) takeOver() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	if v.r.PostForm.Get("act") == "preview" {
		return v.showMerge(http.StatusOK, true, nil)
	}
	open, err := v.o.Changes.Rebase(v.ctx, v.person, number, v.chosen)
	switch {
	case errors.Is(err, change.ErrOverlap):
		var problems []ui.FieldError
		for _, c := range open {
			problems = append(problems, ui.FieldError{Name: choiceName(c), Text: v.locale.T("designer.merge.choose", "where", c.File)})
		}
		return v.showMerge(http.StatusUnprocessableEntity, false, problems)
	case err != nil && !errors.Is(err, change.ErrNothing): // somebody else may have been faster
		return err
	}
	return v.redirect(changePath(number))
}

// showMerge renders the page with the choices of the request.
func (v *visit) showMerge(status int, preview bool, problems []ui.FieldError) error {
	ch, c, _, err := v.opened()
	if err != nil {
		return err
	}
	m, err := v.o.Changes.Meanwhile(v.ctx, ch.Number, v.chosen)
	if errors.Is(err, change.ErrNothing) {
		return v.redirect(changePath(ch.Number))
	}
	if err != nil {
		return err
	}
	l := v.locale
	body := mergePage{Path: mergePath(ch.Number), Older: m.Older, Settled: len(m.Open) == 0, Editable: change.IsAnalyst(v.person, ch.Authority) && ch.Status.Editable(), Left: m.Left,
		Preview: preview || len(m.Conflicts) == 0}
	if body.Released, err = v.released(m.Released); err != nil {
		return err
	}
	body.Groups = v.releasedWords(m, ch.Files, &body.Left)
	roots := map[string][]*source.Node{}
	for _, f := range m.Files {
		path := f.Mine.Path
		roots[path] = parsed(path, f.Mine.Body, m.Was.Files[path], m.Is.Files[path])
		if !body.Preview {
			continue
		}
		one := joined{Title: v.fileTitle(c, path), File: path, Lines: difference.Lines(f.Mine.Body, f.Body)}
		if one.Cut = len(one.Lines) > mostJoinedLines; one.Cut {
			one.Lines = one.Lines[:mostJoinedLines]
		}
		if len(one.Lines) > 0 {
			body.Joined = append(body.Joined, one)
		}
	}
	for i, one := range m.Conflicts {
		body.Conflicts = append(body.Conflicts, v.conflict(one, i, v.fileTitle(c, one.File), roots[one.File], problems))
	}
	for i, p := range problems { // in the words in which the place is called
		if at := slices.IndexFunc(body.Conflicts, func(one conflict) bool { return one.Choice.Name == p.Name }); at >= 0 {
			problems[i].Text = l.T("designer.merge.choose", "where", body.Conflicts[at].Where)
		}
	}
	page := v.page(l.T("designer.merge.title"), body)
	page.Crumbs = []ui.Link{{Text: l.T("designer.changes.title"), Href: changesPath}, {Text: ch.Words.Title, Href: changePath(ch.Number)}, {Text: l.T("designer.merge.crumb")}}
	page.Errors, page.Path = problems, mergePath(ch.Number)
	return v.render(status, "merge", page)
}

// released are the publications: when, what, why, by whom.
func (v *visit) released(list []change.Published) (ui.Table, error) {
	l := v.locale
	t := ui.Table{Caption: l.T("designer.merge.released"), Columns: []ui.Column{{Text: l.T("designer.merge.when")}, {Text: l.T("designer.change.title")}, {Text: l.T("designer.merge.by")}}}
	var people []uuid.UUID
	changes := make([]*change.Change, len(list))
	for i, p := range list {
		if by, err := uuid.Parse(p.Actor); err == nil {
			people = append(people, by)
		}
		if p.Change == 0 {
			continue
		}
		var err error
		if changes[i], err = v.o.Changes.Find(v.ctx, p.Change); err != nil {
			return t, err
		}
		people = append(people, changes[i].Author)
	}
	names, err := v.names(people)
	if err != nil {
		return t, err
	}
	for i, p := range list {
		what, who := ui.Cell{Text: p.Reason}, l.T("designer.merge.platform")
		if by, err := uuid.Parse(p.Actor); err == nil && names[by] != "" {
			who = names[by]
		}
		if ch := changes[i]; ch != nil {
			what, who = ui.Cell{Text: ch.Words.Title, Href: changePath(ch.Number) + "/review", Note: ch.Words.Reason}, names[ch.Author]
		}
		if what.Text == "" {
			what.Text = l.T("designer.merge.way." + string(p.Way))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.DateTime(p.LiveFrom)}, what, {Text: who}}})
	}
	return t, nil
}

// releasedWords is what was released in words, those definitions first that the change touches too.
func (v *visit) releasedWords(m *change.Meanwhile, files []string, left *int) (out []releasedGroup) {
	lang := "en" // in which differences are told where they are not in Arabic
	if v.locale.Lang() == "ar" {
		lang = "ar"
	}
	count := 0
	for _, g := range differing(m.Was, m.Is).Groups() {
		one := releasedGroup{Title: v.locale.Pick(g.Definition.Name), File: g.New, Mine: slices.Contains(files, g.New) || slices.Contains(files, g.Old)}
		if one.File == "" {
			one.File = g.Old
		}
		if one.Title == "" {
			one.Title = g.Definition.Code
		}
		for _, c := range g.Changes {
			if count++; count > mostSentences {
				*left++
				continue
			}
			c.Affects = nil // only files that changed are compared: which other services use them is not known here
			one.Sentences = append(one.Sentences, difference.Segments(c.Segments(lang), lang))
		}
		if len(one.Sentences) > 0 {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b releasedGroup) int {
		switch {
		case a.Mine == b.Mine:
			return 0
		case a.Mine:
			return -1
		}
		return 1
	})
	return out
}

// differing are the differences of definitions: the settings are there to read these by.
func differing(was, is *catalog.Catalogue) compare.Difference {
	return slices.DeleteFunc(compare.Catalogues(was, is), func(c compare.Change) bool {
		return c.Definition.Kind == "settings" && bytes.Equal(was.Files[catalog.SettingsFile], is.Files[catalog.SettingsFile])
	})
}

// conflict shows a place that both have changed.
func (v *visit) conflict(c merge.Conflict, i int, title string, roots []*source.Node, problems []ui.FieldError) conflict {
	l := v.locale
	out := conflict{ID: "conflict-" + strconv.Itoa(i+1), File: c.File, Order: c.Order, Where: title}
	if place := v.place(c.Path, roots); place != "" {
		out.Where += " › " + place
	}
	_, mineMarked := difference.Words(c.Base, c.Ours)
	baseMarked, theirsMarked := difference.Words(c.Base, c.Theirs)
	if c.Base == "" { // both are new: what differs between them counts
		mineMarked, theirsMarked = difference.Words(c.Ours, c.Theirs)
	}
	for i := range baseMarked { // against two sides at once there is nothing to mark
		baseMarked[i].Differs = false
	}
	out.Sides = []conflictSide{{l.T("designer.merge.before"), baseMarked}, {l.T("designer.merge.theirs"), theirsMarked}, {l.T("designer.merge.mine"), mineMarked}}
	name := choiceName(c)
	out.Choice = ui.Radios{Field: ui.Field{Name: name, Label: l.T("designer.merge.which"), Error: problem(problems, name)}}
	side, made := v.chosen(c)
	out.Choice.Options = []ui.Option{
		{Value: theirs, Text: l.T("designer.merge.keep.theirs"), Selected: made && side == merge.Theirs},
		{Value: mine, Text: l.T("designer.merge.keep.mine"), Selected: made && side == merge.Ours},
	}
	return out
}

// place says a path of a conflict: keys in words, and things by their titles.
func (v *visit) place(path []string, nodes []*source.Node) string {
	var out []string
	for _, step := range path {
		next := make([]*source.Node, 0, len(nodes))
		for _, n := range nodes {
			if below := stepInto(n, step); below != nil {
				next = append(next, below)
			}
		}
		nodes = next
		_, code, isThing := strings.Cut(step, " ")
		if !isThing {
			said := v.keyLabel(step)
			if slices.Contains(textLanguages, step) {
				said = v.language(step)
			}
			out = append(out, said)
			continue
		}
		said := code
		for _, n := range nodes {
			if title := v.titleAt(n); title != "" {
				said = title
				break
			}
		}
		out = append(out, said)
	}
	return strings.Join(out, " › ")
}

// titleAt is what a thing says that it is called.
func (v *visit) titleAt(n *source.Node) string {
	for _, key := range []string{"title", "label"} {
		if _, words := n.Get(key); words != nil && words.Kind == source.Mapping {
			if said := v.locale.Pick(languagesOf(words)); said != "" {
				return said
			}
		}
	}
	return ""
}

// stepInto goes one step of a conflict's path: a key, or the first key of a thing with its value.
func stepInto(n *source.Node, step string) *source.Node {
	if n.Kind == source.Mapping {
		_, below := n.Get(step)
		return below
	}
	for _, item := range n.Items() {
		if item.Kind == source.Scalar && item.Value == step {
			return item
		}
		for k, value := range item.Pairs() {
			if value.Kind == source.Scalar && k.Value+" "+value.Value == step {
				return item
			}
			break
		}
	}
	return nil
}

// parsed are the texts that can be read.
func parsed(name string, texts ...[]byte) (out []*source.Node) {
	for _, text := range texts {
		if text == nil {
			continue
		}
		if root, _ := source.Parse(name, text, source.Limits{}); root != nil {
			out = append(out, root)
		}
	}
	return out
}
