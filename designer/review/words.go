package review

import (
	"cmp"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/designer/difference"
)

// group is what changes in one definition, in words.
type group struct {
	Title, File, Href string
	Concerns          []concern
}

type concern struct {
	Title string
	Money bool
	Items []item
}

// item is one difference, with what was remarked on it.
type item struct {
	Segments []difference.Segment
	Lines    string
	Threads  []thread
	Say      *sayForm
}

// mostItems is how many differences are told one by one.
const mostItems = 300

// told is the language in which differences, findings and pictures are told: Arabic, else English.
func (v *visit) told() string {
	if v.locale.Lang() == "ar" {
		return "ar"
	}
	return "en"
}

// groups tells a difference; left are those that are not told.
func (v *visit) groups(d compare.Difference, t *talk) (out []group, left int) {
	if left = len(d) - mostItems; left > 0 {
		d = d[:mostItems]
	}
	for _, g := range d.Groups() {
		one := group{Title: cmp.Or(v.locale.Pick(g.Definition.Name), g.Definition.Code), File: cmp.Or(g.New, g.Old)}
		for i := range g.Changes {
			c := &g.Changes[i]
			title := v.locale.T("review.concern." + string(c.Concern))
			if n := len(one.Concerns); n == 0 || one.Concerns[n-1].Title != title {
				one.Concerns = append(one.Concerns, concern{Title: title, Money: c.Concern == compare.Money})
			}
			last := &one.Concerns[len(one.Concerns)-1]
			row := item{Segments: difference.Segments(c.Segments(v.told()), v.told()), Lines: v.lines(c)}
			if t != nil {
				path, place := placeOf(c)
				row.Threads, row.Say = t.at(path, place), t.form(path, place, v.locale.T("review.remark.add"))
			}
			last.Items = append(last.Items, row)
		}
		out = append(out, one)
	}
	return out, max(0, left)
}

// lines says where a difference stands.
func (v *visit) lines(c *compare.Change) string {
	switch {
	case c.New.File != "" && c.New.Start.Line > 0:
		return v.locale.T("review.text.line", "line", c.New.Start.Line)
	case c.Old.File != "" && c.Old.Start.Line > 0:
		return v.locale.T("review.text.oldLine", "line", strconv.Itoa(c.Old.Start.Line))
	}
	return ""
}
