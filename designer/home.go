package designer

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// homePage is the body of the template home.
type homePage struct {
	Filters ui.Filters
	Tree    []branch // authorities
	All     branch
	Found   int
	Table   ui.Table
	Pages   ui.Pagination
}

// branch leads to the services of one authority.
type branch struct {
	Title, Href string
	Count       int
	Current     bool
}

// perPage is how many services one page of the catalogue shows.
const perPage = 40

// missingText is the finding of a text that is not there in a language.
const missingText = "missing-language"

// checked are the findings of a whole catalogue, by file.
type checked struct {
	of       *catalog.Catalogue
	findings map[string]diag.List
}

// check looks through the live catalogue, once for each release.
func (d *Designer) check(c *catalog.Catalogue) map[string]diag.List {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.checked == nil || d.checked.of != c {
		d.checked = &checked{c, map[string]diag.List{}}
		for _, f := range check.Check(c) {
			d.checked.findings[f.Range.File] = append(d.checked.findings[f.Range.File], f)
		}
	}
	return d.checked.findings
}

// edited says when each file of a catalogue was changed last.
type edited struct {
	of    *catalog.Catalogue
	files map[string]release.Edition
}

// editions asks when the files of the live catalogue were changed last, once for each release.
func (v *visit) editions(c *catalog.Catalogue) (map[string]release.Edition, error) {
	v.mu.Lock()
	known := v.edited
	v.mu.Unlock()
	if known != nil && known.of == c {
		return known.files, nil
	}
	files, err := v.o.Changes.Editions(v.ctx)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.edited = &edited{c, files}
	return files, nil
}

// lately are the spans of the filter by the last change, in days.
var lately = []int{7, 30, 365}

// home shows the services of the live catalogue.
func (v *visit) home() error {
	c, err := v.o.Changes.Live(v.ctx)
	if err != nil {
		return err
	}
	open, err := v.openChanges()
	if err != nil {
		return err
	}
	editions, err := v.editions(c)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	since, _ := strconv.Atoi(q.Get("since"))
	after := v.o.Now().AddDate(0, 0, -since)
	authority, words, family, state := q.Get("authority"), q.Get("q"), q.Get("family"), q.Get("state")
	counts, total := map[string]int{}, 0
	var findings map[string]diag.List
	if state == "findings" || state == "missing" {
		findings = v.check(c)
	}
	var found []*catalog.Service
	for _, s := range c.Services {
		if !matches(s, words) || family != "" && !slices.Contains(c.MadeOf(s.File), family) {
			continue
		}
		if since > 0 && editions[s.File].LiveFrom.Before(after) {
			continue
		}
		switch state {
		case "live", "withdrawn":
			if (s.Closed.Len() > 0) != (state == "withdrawn") {
				continue
			}
		case "changing":
			if len(open[s.File]) == 0 {
				continue
			}
		case "findings":
			if len(findings[s.File]) == 0 {
				continue
			}
		case "missing":
			if !slices.ContainsFunc(findings[s.File], func(f diag.Diagnostic) bool { return f.Code == missingText }) {
				continue
			}
		}
		counts[s.Authority.Value]++
		total++
		if authority == "" || s.Authority.Value == authority {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b *catalog.Service) int {
		if since > 0 { // the latest first
			return editions[b.File].LiveFrom.Compare(editions[a.File].LiveFrom)
		}
		return cmp.Or(strings.Compare(a.Authority.Value, b.Authority.Value), strings.Compare(a.Code.Value, b.Code.Value))
	})
	body := homePage{Found: len(found), All: branch{v.locale.T("designer.home.all"), v.at("authority", ""), total, authority == ""}}
	for _, a := range c.Authorities {
		if n := counts[a.Code.Value]; n > 0 {
			body.Tree = append(body.Tree, branch{v.say(a.Title), v.at("authority", a.Code.Value), n, authority == a.Code.Value})
		}
	}
	body.Filters = v.homeFilters(c, words, family, state, since)
	page, _ := strconv.Atoi(q.Get("page"))
	pages := (len(found) + perPage - 1) / perPage
	page = max(1, min(page, pages))
	body.Pages = ui.Paginate(page, pages, func(p int) string { return v.at("page", strconv.Itoa(p)) })
	shown := found[min(len(found), (page-1)*perPage):min(len(found), page*perPage)]
	body.Table = ui.Table{
		Caption: v.locale.T("designer.home.services"), QuietCaption: true,
		Columns: []ui.Column{{Text: v.locale.T("designer.home.service")}, {Text: v.locale.T("designer.home.authority")}, {Text: v.locale.T("designer.home.findings")}, {Text: v.locale.T("designer.home.open")}, {Text: v.locale.T("designer.home.changed")}},
		Empty:   &ui.Empty{Title: v.locale.T("designer.home.none"), Drawing: "search"},
	}
	for _, s := range shown {
		body.Table.Rows = append(body.Table.Rows, v.homeRow(c, s, open[s.File], editions[s.File]))
	}
	return v.render(200, "home", v.page(v.locale.T("designer.home.title"), body))
}

func (v *visit) homeRow(c *catalog.Catalogue, s *catalog.Service, open []*change.Change, edition release.Edition) ui.Row {
	name := ui.Cell{Text: v.say(s.Title), Href: changesPath + "?" + url.Values{"file": {s.File}}.Encode(), Note: s.Code.Value}
	findings, missing := 0, 0
	for _, f := range check.Service(c, s) {
		if f.Code == missingText {
			missing++
		} else {
			findings++
		}
	}
	var found ui.Cell
	if findings > 0 {
		found.Body = append(found.Body, ui.Tag{State: ui.Waiting, Text: v.locale.T("designer.home.count", "count", findings)})
	}
	if missing > 0 {
		found.Body = append(found.Body, ui.Tag{State: ui.Waiting, Text: v.locale.T("designer.home.untranslated", "count", missing)})
	}
	if findings+missing == 0 {
		found.Tag = &ui.Tag{State: ui.Done, Text: v.locale.T("designer.home.sound")}
	}
	var changing ui.Cell
	for _, ch := range open {
		changing.Body = append(changing.Body, changeLink{Href: changePath(ch.Number), Text: v.locale.T("designer.change.number", "number", ch.Number), Tag: v.statusTag(ch.Status)})
	}
	if s.Closed.Len() > 0 {
		name.Body = append(name.Body, ui.Tag{State: ui.Ended, Text: v.locale.T("designer.home.state.withdrawn")})
	}
	changed := ui.Cell{Body: []ui.Component{lastChange{Href: "/designer/services/" + s.Code.Value + "/history", Day: v.locale.Date(edition.LiveFrom.In(v.zone()))}}}
	return ui.Row{Cells: []ui.Cell{name, {Text: v.authority(c, s.Authority.Value)}, found, changing, changed}}
}

// lastChange is the day of a service's last change, and leads to all of them.
type lastChange struct{ Href, Day string }

func (lastChange) Component() string { return "designer/last-change" }

// changeLink leads to a change and says how it stands.
type changeLink struct {
	Href, Text string
	Tag        ui.Tag
}

func (changeLink) Component() string { return "designer/change-link" }

func (v *visit) homeFilters(c *catalog.Catalogue, words, family, state string, since int) ui.Filters {
	var families []ui.Option
	for file, declared := range c.Definitions() {
		if b, is := declared.(*catalog.Blueprint); is {
			families = append(families, ui.Option{Value: file, Text: v.say(b.Title), Selected: file == family})
		}
	}
	var states []ui.Option
	for _, s := range []string{"live", "changing", "withdrawn", "findings", "missing"} {
		states = append(states, ui.Option{Value: s, Text: v.locale.T("designer.home.state." + s), Selected: s == state})
	}
	var spans []ui.Option
	for _, days := range lately {
		spans = append(spans, ui.Option{Value: strconv.Itoa(days), Text: v.locale.T("designer.home.since.days" + strconv.Itoa(days)), Selected: days == since})
	}
	f := ui.Filters{Action: homePath, Fields: []ui.Component{
		ui.Hidden{Name: "authority", Value: v.r.URL.Query().Get("authority")},
		ui.Input{Field: ui.Field{Name: "q", Label: v.locale.T("designer.home.search")}, Value: words, Width: 20},
		ui.Select{Field: ui.Field{Name: "family", Label: v.locale.T("designer.home.family")}, Prompt: v.locale.T("designer.home.any"), Options: families},
		ui.Select{Field: ui.Field{Name: "state", Label: v.locale.T("designer.home.state.title")}, Prompt: v.locale.T("designer.home.any"), Options: states},
		ui.Select{Field: ui.Field{Name: "since", Label: v.locale.T("designer.home.since.title")}, Prompt: v.locale.T("designer.home.any"), Options: spans},
	}}
	if words+family+state != "" || since > 0 {
		f.Clear = homePath
	}
	return f
}

// at is the address of this page with one parameter changed, back on its first page.
func (v *visit) at(name, value string) string {
	q := v.r.URL.Query()
	q.Del("page")
	q.Del("lang")
	if q.Del(name); value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return v.r.URL.Path
	}
	return v.r.URL.Path + "?" + q.Encode()
}

// matches tells whether all words stand in a service's code, titles or keywords.
func matches(s *catalog.Service, words string) bool {
	if strings.TrimSpace(words) == "" {
		return true
	}
	var all strings.Builder
	all.WriteString(s.Code.Value + " ")
	for _, t := range s.Title.All() {
		all.WriteString(t.Value + " ")
	}
	for _, list := range s.Keywords.All() {
		for _, t := range list {
			all.WriteString(t.Value + " ")
		}
	}
	text := strings.ToLower(all.String())
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// openChanges are those that are not over, by the files that they change.
func (v *visit) openChanges() (map[string][]*change.Change, error) {
	list, err := v.o.Changes.List(v.ctx, change.Filter{Open: true})
	out := map[string][]*change.Change{}
	for _, ch := range list {
		for _, file := range ch.Files {
			out[file] = append(out[file], ch)
		}
	}
	return out, err
}

func (v *visit) statusTag(s change.Status) ui.Tag {
	states := map[change.Status]string{change.Draft: ui.Draft, change.Proposed: ui.Waiting, change.Returned: ui.Returned, change.Approved: ui.Approved, change.Refused: ui.Refused, change.Withdrawn: ui.Ended}
	return ui.Tag{State: states[s], Text: v.locale.T("designer.status." + string(s))}
}
