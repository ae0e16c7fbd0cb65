package designer

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// changesPage is the body of the template changes.
type changesPage struct {
	Table ui.Table
	Start []ui.Component // nil: the person is analyst of no authority that may change it
	About string         // the service that is to be changed
	File  string
}

// changes lists changes; with a file, those that touch it, and a form that begins another one.
func (v *visit) changes() error {
	return v.showChanges(http.StatusOK, change.Words{}, nil)
}

func (v *visit) showChanges(status int, was change.Words, problems []ui.FieldError) error {
	c, err := v.o.Changes.Live(v.ctx)
	if err != nil {
		return err
	}
	file := v.r.FormValue("file")
	before, _ := strconv.ParseInt(v.r.FormValue("before"), 10, 64)
	list, err := v.o.Changes.List(v.ctx, change.Filter{Path: file, Before: max(0, before), Authority: v.r.FormValue("of")})
	if err != nil {
		return err
	}
	names, err := v.authors(list)
	if err != nil {
		return err
	}
	body := changesPage{File: file, Table: ui.Table{
		Caption: v.locale.T("designer.changes.title"), QuietCaption: true,
		Columns: []ui.Column{{Text: v.locale.T("designer.change.title")}, {Text: v.locale.T("designer.home.authority")}, {Text: v.locale.T("designer.change.author")}, {Text: v.locale.T("designer.change.edited")}, {Text: v.locale.T("designer.change.status")}},
		Empty:   &ui.Empty{Title: v.locale.T("designer.changes.none"), Text: v.locale.T("designer.changes.noneText"), Drawing: "documents"},
	}}
	for _, ch := range list {
		tag := v.statusTag(ch.Status)
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: ch.Words.Title, Href: changePath(ch.Number), Note: v.locale.T("designer.change.number", "number", ch.Number)},
			{Text: v.authority(c, ch.Authority)}, {Text: names[ch.Author]}, {Text: v.locale.DateTime(ch.EditedAt)}, {Tag: &tag},
		}})
	}
	if s := serviceOf(c, file); s != nil {
		body.About = v.say(s.Title)
		if was.Title == "" {
			was.Title = v.locale.T("designer.start.of", "service", body.About)
		}
	}
	body.Start = v.startForm(c, file, was, problems)
	p := v.page(v.locale.T("designer.changes.title"), body)
	p.Errors = problems
	return v.render(status, "changes", p)
}

// startForm begins a change of what belongs to one of the authorities whose analyst the person is.
func (v *visit) startForm(c *catalog.Catalogue, file string, was change.Words, problems []ui.FieldError) []ui.Component {
	mine := change.Authorities(v.person)
	if owner := change.Owner(c, file); owner != "" {
		mine = slices.DeleteFunc(mine, func(a string) bool { return a != owner })
	}
	if len(mine) == 0 {
		return nil
	}
	out := []ui.Component{
		ui.Hidden{Name: "file", Value: file},
		ui.Input{Field: ui.Field{Name: "title", Label: v.locale.T("designer.start.title"), Hint: v.locale.T("designer.start.hint"), Error: problem(problems, "title")}, Value: was.Title, MaxLength: change.MostTitle},
	}
	if len(mine) == 1 {
		return append(out, ui.Hidden{Name: "authority", Value: mine[0]})
	}
	choice := ui.Radios{Field: ui.Field{Name: "authority", Label: v.locale.T("designer.start.authority"), Error: problem(problems, "authority")}}
	for i, a := range mine {
		choice.Options = append(choice.Options, ui.Option{Value: a, Text: v.authority(c, a), Selected: i == 0})
	}
	return append(out, choice)
}

func problem(problems []ui.FieldError, name string) string {
	for _, p := range problems {
		if p.Name == name {
			return p.Text
		}
	}
	return ""
}

func serviceOf(c *catalog.Catalogue, file string) *catalog.Service {
	for _, s := range c.Services {
		if s.File == file {
			return s
		}
	}
	return nil
}

// authors are the names of those who have begun changes.
func (v *visit) authors(list []*change.Change) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, ch := range list {
		ids = append(ids, ch.Author)
	}
	return v.names(ids)
}

func (v *visit) names(ids []uuid.UUID) (map[uuid.UUID]string, error) {
	people, err := v.o.People.Named(v.ctx, ids)
	out := map[uuid.UUID]string{}
	for id, p := range people {
		out[id] = p.DisplayName(v.locale.Lang())
	}
	return out, err
}

// start begins a change and leads into it.
func (v *visit) start() error {
	w := change.Words{Title: v.r.PostFormValue("title")}
	ch, err := v.o.Changes.Start(v.ctx, v.person, w, v.r.PostFormValue("authority"))
	if errors.Is(err, change.ErrInvalid) {
		return v.showChanges(http.StatusUnprocessableEntity, w, []ui.FieldError{{Name: "title", Text: v.locale.T("designer.start.noTitle")}})
	}
	if err != nil {
		return err
	}
	if file := v.r.PostFormValue("file"); file != "" {
		return v.redirect(editPath(ch.Number, file, ""))
	}
	return v.redirect(changePath(ch.Number))
}

// editPath is the workbench of a file.
func editPath(number int64, file, tab string) string {
	q := url.Values{"file": {file}}
	if tab != "" {
		q.Set("tab", tab)
	}
	return changePath(number) + "/edit?" + q.Encode()
}

// changePage is the body of the template change.
type changePage struct {
	Number   int64
	Title    string
	Tag      ui.Tag
	Facts    ui.SummaryList
	Files    ui.Table
	Findings []finding
	Words    []ui.Component
	Editable bool
	Path     string
	New      []ui.Component
	Empty    bool
	Withdraw bool
	Merge    string // where what was released meanwhile is taken over; "" where nothing was

	Action, File, Tab string // of the workbench: nothing is mended here
}

// change is a change's own page.
func (v *visit) change() error {
	return v.showChange(http.StatusOK, nil, nil, nil)
}

func (v *visit) showChange(status int, was *change.Words, problems []ui.FieldError, findings diag.List) error {
	ch, c, reading, err := v.opened()
	if err != nil {
		return err
	}
	number := ch.Number
	names, err := v.names([]uuid.UUID{ch.Author})
	if err != nil {
		return err
	}
	base, err := v.o.Changes.Base(v.ctx, number)
	if err != nil {
		return err
	}
	if findings == nil {
		findings = reading
	}
	mine := change.IsAnalyst(v.person, ch.Authority)
	body := changePage{
		Number: number, Title: ch.Words.Title, Tag: v.statusTag(ch.Status), Path: changePath(number), Editable: mine && ch.Status.Editable(), Empty: len(ch.Files) == 0,
		Withdraw: mine && (ch.Status.Editable() || ch.Status == change.Proposed), Findings: v.findings(c, number, findings, ""),
		Facts: ui.SummaryList{Rows: []ui.SummaryRow{
			{Key: v.locale.T("designer.home.authority"), Value: v.authority(c, ch.Authority)},
			{Key: v.locale.T("designer.change.author"), Value: names[ch.Author]},
			{Key: v.locale.T("designer.change.reason"), Value: ch.Words.Reason, Missing: ch.Words.Reason == ""},
			{Key: v.locale.T("designer.change.basis"), Value: ch.Words.Basis},
			{Key: v.locale.T("designer.change.from"), Value: v.liveFrom(ch.Words.LiveFrom)},
		}},
		Files: ui.Table{Caption: v.locale.T("designer.change.files"), Columns: []ui.Column{{Text: v.locale.T("designer.change.file")}, {Text: v.locale.T("designer.change.what")}},
			Empty: &ui.Empty{Title: v.locale.T("designer.change.noFiles"), Text: v.locale.T("designer.change.noFilesText"), Drawing: "documents", Action: &ui.Button{Text: v.locale.T("designer.home.title"), Href: homePath, Kind: ui.Secondary}}},
	}
	if body.Editable {
		behind, err := v.o.Changes.Behind(v.ctx, ch)
		if err != nil {
			return err
		}
		if behind {
			body.Merge = mergePath(number)
		}
	}
	for _, file := range ch.Files {
		_, was := base.Files[file]
		_, is := c.Files[file]
		what := ui.Tag{State: ui.Open, Text: v.locale.T("designer.change.edits")}
		switch {
		case !was:
			what = ui.Tag{State: ui.Done, Text: v.locale.T("designer.change.adds")}
		case !is:
			what = ui.Tag{State: ui.Refused, Text: v.locale.T("designer.change.removes")}
		}
		body.Files.Rows = append(body.Files.Rows, ui.Row{Cells: []ui.Cell{{Text: v.fileTitle(c, file), Href: editPath(number, file, ""), Note: file}, {Tag: &what}}})
	}
	w := ch.Words
	if was != nil {
		w = *was
	}
	body.Words = v.wordsForm(w, problems)
	p := v.page(ch.Words.Title, body)
	p.Errors = problems
	return v.render(status, "change", p)
}

func (v *visit) liveFrom(t time.Time) string {
	if t.IsZero() {
		return v.locale.T("designer.change.atOnce")
	}
	return v.locale.DateTime(t)
}

// fileTitle says what a file declares.
func (v *visit) fileTitle(c *catalog.Catalogue, file string) string {
	if s := serviceOf(c, file); s != nil {
		return v.say(s.Title)
	}
	if t, ok := titleIn(c, file); ok {
		return v.say(t)
	}
	return file
}

// titleIn is the title of what a file declares.
func titleIn(c *catalog.Catalogue, file string) (catalog.Text, bool) {
	for path, declared := range c.Definitions() {
		if path != file {
			continue
		}
		switch d := declared.(type) {
		case *catalog.Service:
			return d.Title, true
		case *catalog.Authority:
			return d.Title, true
		case *catalog.Registry:
			return d.Title, true
		case *catalog.Tariff:
			return d.Title, true
		case *catalog.Calendar:
			return d.Title, true
		case *catalog.Document:
			return d.Title, true
		case *catalog.Event:
			return d.Title, true
		case *catalog.Right:
			return d.Title, true
		case *catalog.Blueprint:
			return d.Title, true
		}
	}
	return catalog.Text{}, false
}

func (v *visit) wordsForm(w change.Words, problems []ui.FieldError) []ui.Component {
	day := ui.DateInput{Field: ui.Field{Name: "from", Label: v.locale.T("designer.change.from"), Hint: v.locale.T("designer.change.fromHint"), Optional: true, Error: problem(problems, "from")}}
	hour := ui.Input{Field: ui.Field{Name: "hour", Label: v.locale.T("designer.change.hour"), Hint: v.locale.T("designer.change.hourHint", "zone", v.zone().String()), Optional: true, Error: problem(problems, "hour")}, Width: 5, MaxLength: 5, Dir: "ltr"}
	switch {
	case v.r.PostForm.Has("from-day"): // as it was typed
		day.Day, day.Month, day.Year, hour.Value = v.r.PostFormValue("from-day"), v.r.PostFormValue("from-month"), v.r.PostFormValue("from-year"), v.r.PostFormValue("hour")
	case !w.LiveFrom.IsZero():
		local := w.LiveFrom.In(v.zone())
		day.Day, day.Month, day.Year, hour.Value = strconv.Itoa(local.Day()), strconv.Itoa(int(local.Month())), strconv.Itoa(local.Year()), local.Format("15:04")
	}
	return []ui.Component{
		ui.Input{Field: ui.Field{Name: "title", Label: v.locale.T("designer.start.title"), Error: problem(problems, "title")}, Value: w.Title, MaxLength: change.MostTitle},
		ui.Textarea{Field: ui.Field{Name: "reason", Label: v.locale.T("designer.change.reason"), Hint: v.locale.T("designer.change.reasonHint"), Error: problem(problems, "reason")}, Value: w.Reason, Rows: 4, MaxLength: change.MostReason},
		ui.Textarea{Field: ui.Field{Name: "basis", Label: v.locale.T("designer.change.basis"), Optional: true}, Value: w.Basis, Rows: 2, MaxLength: change.MostReason},
		day, hour,
	}
}

// typedMoment is when a change is to go live, as it was typed: a day and an hour of it, midnight without one. Zero: as soon as it is approved.
func (v *visit) typedMoment() (at time.Time, problems []ui.FieldError) {
	iso, ok := form.ReadDate(v.r.PostFormValue("from-year"), v.r.PostFormValue("from-month"), v.r.PostFormValue("from-day"))
	day, err := time.ParseInLocation(time.DateOnly, iso, v.zone())
	hour, minute, readable := form.ReadTime(v.r.PostFormValue("hour"))
	if !ok || iso != "" && (err != nil || day.Year() < 2000 || day.Year() > 2200) {
		problems = append(problems, ui.FieldError{Name: "from", Text: v.locale.T("designer.change.noDay")})
	}
	if !readable {
		problems = append(problems, ui.FieldError{Name: "hour", Text: v.locale.T("designer.change.noHour")})
	} else if hour+minute > 0 && iso == "" && ok {
		problems = append(problems, ui.FieldError{Name: "from", Text: v.locale.T("designer.change.hourOfWhat")})
	}
	if problems != nil || iso == "" {
		return time.Time{}, problems
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, v.zone()), nil
}

func (v *visit) zone() *time.Location {
	if v.o.Site.Zone != nil {
		return v.o.Site.Zone
	}
	return time.UTC
}

// describe gives a change other words.
func (v *visit) describe() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	w := change.Words{Title: v.r.PostFormValue("title"), Reason: v.r.PostFormValue("reason"), Basis: v.r.PostFormValue("basis")}
	var problems []ui.FieldError
	w.LiveFrom, problems = v.typedMoment()
	if problems == nil {
		err = v.o.Changes.Describe(v.ctx, v.person, number, w)
		if errors.Is(err, change.ErrInvalid) {
			problems = append(problems, ui.FieldError{Name: "title", Text: v.locale.T("designer.start.noTitle")})
		} else if err != nil {
			return err
		}
	}
	if problems != nil {
		return v.showChange(http.StatusUnprocessableEntity, &w, problems, nil)
	}
	return v.redirect(changePath(number))
}

// propose asks reviewers.
func (v *visit) propose() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	_, err = v.o.Changes.Propose(v.ctx, v.person, number)
	broken := (*change.Broken)(nil)
	switch {
	case err == nil:
		return v.redirect(changePath(number))
	case errors.As(err, &broken):
		return v.showChange(http.StatusUnprocessableEntity, nil, []ui.FieldError{{Name: "findings", Text: v.locale.T("designer.propose.broken", "count", len(broken.Findings))}}, broken.Findings)
	case errors.Is(err, change.ErrInvalid):
		return v.showChange(http.StatusUnprocessableEntity, nil, []ui.FieldError{{Name: "reason", Text: v.locale.T("designer.propose.noReason")}}, nil)
	case errors.Is(err, change.ErrMoved):
		return v.showMerge(http.StatusConflict, false, []ui.FieldError{{Name: "conflicts", Text: v.locale.T("designer.propose.moved")}})
	case errors.Is(err, change.ErrNothing):
		return v.showChange(http.StatusUnprocessableEntity, nil, []ui.FieldError{{Name: "files", Text: v.locale.T("designer.change.noFiles")}}, nil)
	case errors.Is(err, change.ErrNoRoute):
		return v.showChange(http.StatusUnprocessableEntity, nil, []ui.FieldError{{Name: "files", Text: v.locale.T("designer.propose.noRoute")}}, nil)
	}
	return err
}

// withdraw ends a change, once that is confirmed.
func (v *visit) withdraw() error {
	number, err := v.number()
	if err != nil {
		return err
	}
	if v.r.PostFormValue("sure") == "" {
		body := confirmPage{ui.Confirm{Title: v.locale.T("designer.withdraw.title"), Text: v.locale.T("designer.withdraw.text"), Action: changePath(number) + "/withdraw", Yes: v.locale.T("designer.withdraw.yes"), Warning: true,
			No: ui.Link{Text: v.locale.T("designer.withdraw.no"), Href: changePath(number)}, Fields: []ui.Hidden{{Name: "sure", Value: "yes"}}}}
		return v.render(http.StatusOK, "confirm", v.page(v.locale.T("designer.withdraw.title"), body))
	}
	if err := v.o.Changes.Withdraw(v.ctx, v.person, number); err != nil {
		return err
	}
	return v.redirect(changesPath)
}

// confirmPage is the body of the template confirm.
type confirmPage struct{ Confirm ui.Confirm }

// finding is a problem of a definition, as a page shows it.
type finding struct {
	Error   bool
	Text    string
	Help    string
	Where   string // file and line
	Line    int
	Href    string // where it is mended
	Suggest string
	Code    string
	At      int     // the byte at which it stands in the open file; below 0 elsewhere
	Side    ui.Link // the thing in which it stands, where the workbench shows it
	Mends   []mend  // what one click puts right, in the file that is open
}

// mend is a finding that one click puts right.
type mend struct {
	Act, Text, From, To, Old, New string
}

// noRefund is the finding that a fee may be paid, and it is not said what becomes of it.
const noRefund = "no-refund"

// findings are problems as a page shows them; file leaves the name of the file that is open away.
func (v *visit) findings(c *catalog.Catalogue, number int64, list diag.List, file string) (out []finding) {
	const most = 60
	list.Sort()
	for _, f := range list.Once().Cap(most) {
		f = f.In(v.told())
		one := finding{Error: f.Severity == diag.Error, Text: f.Summary, Help: f.Help, Line: f.Range.Start.Line, Suggest: f.Suggestion, Code: string(f.Code), At: -1}
		if f.Range.File == file {
			one.At = f.Range.Start.Offset
		}
		if f.Range.File != "" {
			one.Href = editPath(number, f.Range.File, "text") + "&line=" + strconv.Itoa(one.Line) + "#line"
			one.Where = v.locale.T("designer.finding.line", "line", one.Line)
			if f.Range.File == file && f.Suggestion != "" && f.Range.End.Offset > f.Range.Start.Offset {
				text := c.Files[file]
				if f.Range.End.Offset > len(text) {
					continue
				}
				one.Mends = append(one.Mends, mend{"mend", v.locale.T("designer.mend.button", "meant", f.Suggestion), strconv.Itoa(f.Range.Start.Offset), strconv.Itoa(f.Range.End.Offset), string(text[f.Range.Start.Offset:f.Range.End.Offset]), f.Suggestion})
			}
			if rule := f.Args["refund"]; f.Range.File == file && f.Code == noRefund && rule != "" {
				one.Mends = append(one.Mends, mend{Act: "refund", Text: v.locale.T("designer.mend.refund"), From: strconv.Itoa(f.Range.Start.Offset)})
			}
			if f.Range.File != file {
				one.Where = f.Range.File + ":" + strconv.Itoa(one.Line)
			}
		}
		out = append(out, one)
	}
	return out
}
