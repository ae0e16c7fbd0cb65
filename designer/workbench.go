package designer

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// The sides of a file. Those that are not of its kind are left out.
const (
	headTab    = "head"
	formTab    = "form"
	stepsTab   = "steps"
	feesTab    = "fees"
	textsTab   = "texts"
	previewTab = "preview"
	tryTab     = "try"
	textTab    = "text"
)

// tabKeys are the keys of a service whose things a side shows.
var tabKeys = map[string][]string{
	formTab:  {"form", "eligible", "evidence", "validate", "before", "onBehalf"},
	stepsTab: {"steps", "deadline", "anytime", "suspend", "reopen", "withdraw"},
	feesTab:  {"fees", "subtotals", "total", "facts"},
}

// workbench is one file of a change in somebody's hands during one request.
type workbench struct {
	*visit
	ch       *change.Change
	c        *catalog.Catalogue
	file     string
	tab      string
	at       edit.Path
	text     change.Text
	root     *source.Node // nil: the text cannot be read
	kind     reflect.Type // nil: there is no outline of it
	service  *catalog.Service
	editable bool
	findings diag.List
	all      []thing   // see everything
	left     []skipped // translations that were not taken just now
	walking  *walkPart // the walk that goes on, nil for none
}

// editPage is the body of the template edit.
type editPage struct {
	Number        int64
	Title, File   string
	Change        ui.Link
	Tag           ui.Tag
	Tabs          []branch
	Tab           string
	Action        string
	Editable      bool
	Others        string // who else is here
	Outline       []line
	Add           []addition
	Panel         *panel
	Moves         []moving
	Paper         *paperPart
	Amount        *amountPart
	Wrap          []choice // inside of what the selected step can be put
	WrapAt        moving
	Picture       template.HTML
	Text          string
	Version       int64
	Rows          int
	Findings      []finding
	FindingsTitle string
	Texts         *textsPart
	Preview       *previewPart
	Family        *familyPart
	Try           *tryPart
	Fees          []feePart
	Chart         *chartPart
	Tariff        ui.Link // of which the fees are made
	Unreadable    bool
	PictureLabel  string
}

// line is one line of the outline.
type line struct {
	Title, Note, Icon, Href, At, List string
	Flow                              string // who acts, where it leads
	Index, Depth                      int
	Selected, First, Last, Movable    bool
	Lanes                             bool // what is below runs beside each other
	Errors                            int
	Below                             []line
}

// addition is a list into which something can be put.
type addition struct {
	Title, List string
	Index       int
	Choices     []choice
}

type choice struct{ Name, Title, Icon string }

// moving is a button that moves the selected thing one place on.
type moving struct {
	List, Text, Icon string
	From, To         int
}

// mostReads is how often a file is looked at until nobody has edited it meanwhile.
const mostReads = 4

// open reads what a request asks for.
func (v *visit) open() (*workbench, error) {
	number, err := v.number()
	if err != nil {
		return nil, err
	}
	b := &workbench{visit: v, file: v.r.FormValue("file"), tab: v.r.FormValue("tab")}
	if b.ch, err = v.o.Changes.Find(v.ctx, number); err != nil {
		return nil, err
	}
	var reading diag.List
	for range mostReads { // what is shown and what is found in it are of one moment, also where somebody edits between the two looks
		if b.c, reading, _, err = v.o.Changes.Catalogue(v.ctx, number); err != nil {
			return nil, err
		}
		if b.text, err = v.o.Changes.Text(v.ctx, number, b.file); err != nil {
			return nil, err
		}
		if now, there := b.c.Files[b.file]; there == b.text.There && bytes.Equal(now, b.text.Body) {
			break
		}
	}
	if b.text.There && !bytes.Equal(b.c.Files[b.file], b.text.Body) {
		b.c, reading = b.c.WithFile(b.file, b.text.Body)
	}
	if _, there := b.c.Files[b.file]; !there && !b.text.There {
		return nil, change.ErrNotFound
	}
	base, err := v.o.Changes.Base(v.ctx, number)
	if err != nil {
		return nil, err
	}
	owner := change.Owner(base, b.file)
	b.editable = change.IsAnalyst(v.person, b.ch.Authority) && b.ch.Status.Editable() && (owner == "" || owner == b.ch.Authority)
	b.root, _ = edit.Root(b.file, b.text.Body)
	b.kind = kindOf(b.root)
	b.service = serviceOf(b.c, b.file)
	for _, f := range reading {
		if f.Range.File == b.file {
			b.findings.Add(f)
		}
	}
	if b.service != nil && !b.findings.HasErrors() {
		b.findings.Add(check.Service(b.c, b.service)...)
	}
	if b.tab == "" || !slices.Contains(b.tabs(), b.tab) {
		b.tab = b.tabs()[0]
	}
	if b.root != nil {
		b.at = edit.Read(b.root, v.r.FormValue("at"))
	}
	return b, nil
}

// tabs are the sides that a file has.
func (b *workbench) tabs() []string {
	switch {
	case b.family() != nil && b.service != nil:
		return []string{familyTab, textsTab, previewTab, tryTab, textTab}
	case b.family() != nil:
		return []string{familyTab, textTab}
	case b.kind == nil && b.service != nil:
		return []string{textTab, previewTab, tryTab, textsTab}
	case b.kind == nil:
		return []string{textTab}
	case b.kind == reflect.TypeFor[catalog.Service]():
		return []string{formTab, stepsTab, feesTab, headTab, textsTab, previewTab, tryTab, textTab}
	}
	return []string{headTab, textsTab, textTab}
}

// keys are those of the things that the open side shows; nil is all.
func (b *workbench) keys() []string {
	if b.tab == headTab && b.kind == reflect.TypeFor[catalog.Service]() {
		return []string{"triggers", "round"}
	}
	return tabKeys[b.tab]
}

// edit is the workbench of one file.
func (v *visit) edit() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	return b.show(http.StatusOK, nil)
}

func (b *workbench) show(status int, flash []ui.Banner) error {
	others, err := b.o.Changes.Here(b.ctx, b.person, b.ch.Number, b.file)
	if err != nil {
		return err
	}
	body := editPage{
		Number: b.ch.Number, Title: b.fileTitle(b.c, b.file), File: b.file, Change: ui.Link{Text: b.ch.Words.Title, Href: changePath(b.ch.Number)}, Tag: b.statusTag(b.ch.Status),
		Tab: b.tab, Action: changePath(b.ch.Number) + "/edit", Editable: b.editable, Version: b.text.Version, Unreadable: b.root == nil,
		Findings: b.addressed(b.visit.findings(b.c, b.ch.Number, slices.Clone(b.findings), b.file)),
	}
	if body.Others, err = b.others(others); err != nil {
		return err
	}
	for _, tab := range b.tabs() {
		body.Tabs = append(body.Tabs, branch{Title: b.locale.T("designer.tab." + tab), Href: editPath(b.ch.Number, b.file, tab), Current: tab == b.tab})
	}
	p := b.page(body.Title, nil)
	switch b.tab {
	case textTab:
		body.Text, body.Rows = string(b.text.Body), 34
		p.Scripts = append(p.Scripts, static("editor.js"))
	case textsTab:
		body.Texts = b.textsPart()
		body.Texts.Translation = b.translationPart(b.left)
	case tryTab:
		if body.Try = b.tryPart(); b.walking != nil {
			p.Errors = b.walking.Errors
		}
	case previewTab:
		body.Preview = b.previewPart()
	case familyTab:
		body.Family = b.familyPart()
	default:
		b.outlined(&body)
	}
	if b.tab == stepsTab {
		body.Picture = b.picture(nil)
		body.PictureLabel = b.locale.T("designer.steps.picture")
	}
	if b.tab == feesTab {
		body.Fees, body.Chart = b.feeParts(), b.chart()
		if b.service != nil {
			if t := b.c.Tariff(b.service.Tariff.Value); t != nil {
				body.Tariff = ui.Link{Text: b.say(t.Title), Href: editPath(b.ch.Number, t.Range().File, "")}
			}
		}
	}
	p.Body, p.Flash = body, flash
	return b.render(status, "edit", p)
}

// others says who else is in the change now.
func (b *workbench) others(list []change.Presence) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	var ids []uuid.UUID
	for _, p := range list {
		ids = append(ids, p.Person)
	}
	names, err := b.names(ids)
	if err != nil {
		return "", err
	}
	var who []string
	for _, p := range list {
		if name := names[p.Person]; name != "" {
			who = append(who, name)
		}
	}
	return strings.Join(who, b.locale.T("designer.and")), nil
}

// outlined fills the outline, the palette and the property panel.
func (b *workbench) outlined(body *editPage) {
	if b.kind == nil {
		return
	}
	things := b.things()
	n, t := typeAt(b.root, b.kind, b.at)
	if n == nil || n.Kind != source.Mapping || len(b.at) == 0 {
		b.at, n, t = nil, b.root, b.kind
		if len(things) > 0 && b.tab != headTab { // what one comes for is open at once
			b.at, n, t = things[0].Path, things[0].Node, things[0].Type
		}
	}
	body.Outline = b.lines(things, 0)
	if len(b.at) > 0 || b.tab == headTab {
		p := b.propertiesOf(n, t, b.at)
		p.Editable = b.editable
		p.Title = b.locale.T("designer.tab." + b.tab)
		for i := range things {
			if x := things[i].find(b.at.String()); x != nil {
				p.Title = b.titled(x)
				body.Moves = b.moves(x)
				if x.Type == reflect.TypeFor[catalog.Step]() && x.Index >= 0 {
					body.WrapAt = moving{List: x.Of.String(), From: x.Index}
					for _, p := range wrappings {
						body.Wrap = append(body.Wrap, choice{p.Name, b.locale.T("designer.wrap." + p.Name), p.Icon})
					}
				}
			}
		}
		body.Panel = &p
		body.Amount = b.amountPart(n, t)
		if t == reflect.TypeFor[catalog.Step]() {
			body.Paper = b.paperPart(n)
		}
	}
	if b.editable {
		b.additions(body, things, n, t)
	}
}

// things are those of the open side, in the order in which it lists its keys.
func (b *workbench) things() (out []thing) {
	keys := b.keys()
	if keys == nil {
		return b.everything()
	}
	for _, key := range keys {
		out = append(out, outline(b.root, b.kind, nil, []string{key})...)
	}
	return out
}

// moves are the buttons that move a thing in its list.
func (b *workbench) moves(x *thing) (out []moving) {
	if x.Index > 0 {
		out = append(out, moving{x.Of.String(), b.locale.T("designer.up"), "upload", x.Index, x.Index - 1})
	}
	if x.Index >= 0 && !x.Last {
		out = append(out, moving{x.Of.String(), b.locale.T("designer.down"), "chevron-down", x.Index, x.Index + 1})
	}
	return out
}

// languages are those of the catalogue that have boxes of their own.
func (b *workbench) languages() (out []string) {
	for _, l := range b.c.Settings.Languages {
		if slices.Contains(textLanguages, l.Value) {
			out = append(out, l.Value)
		}
	}
	return out
}

func (b *workbench) lines(things []thing, depth int) (out []line) {
	for i := range things {
		x := &things[i]
		l := line{Title: b.titled(x), Note: b.noteOf(x), Icon: iconOf(x), Href: editPath(b.ch.Number, b.file, b.tab) + "&" + url.Values{"at": {x.Path.String()}}.Encode(),
			At: x.Path.String(), List: x.Of.String(), Index: x.Index, Depth: depth, Selected: x.Path.String() == b.at.String(), First: x.Index == 0, Last: x.Last, Movable: x.Index >= 0 && b.editable}
		for _, f := range b.findings {
			if f.Range.File == b.file && f.Range.Start.Offset >= x.Start && f.Range.Start.Offset < x.Node.Range().End.Offset {
				l.Errors++
			}
		}
		l.Lanes = len(x.Below) > 1 && (x.Below[0].Type == reflect.TypeFor[catalog.Branch]() || x.Below[0].Type == reflect.TypeFor[catalog.Case]())
		l.Flow = b.flowNote(x)
		l.Below = b.lines(x.Below, depth+1)
		out = append(out, l)
	}
	return out
}

// titled is what a thing is called: by its own words, else by those of its key.
func (b *workbench) titled(x *thing) string {
	if name, is := x.Path[len(x.Path)-1].(string); is {
		if x.Type == reflect.TypeFor[catalog.Decision]() {
			return b.decisionTitle(name, x.Node)
		}
		if said := x.titled(b.locale.Pick); said != name {
			return said
		}
		return b.keyLabel(name)
	}
	return x.titled(b.locale.Pick)
}

// noteOf says of what kind a thing is.
func (b *workbench) noteOf(x *thing) string {
	switch x.Type {
	case reflect.TypeFor[catalog.Field]():
		if _, n := x.Node.Get("type"); n != nil {
			return b.word("type", n.Value)
		}
	case reflect.TypeFor[catalog.Step]():
		for _, p := range stepPatterns {
			if key, _ := x.Node.Get(p.Name); key != nil {
				return b.locale.T("designer.add." + p.Name)
			}
		}
		for _, kind := range catalog.StepKinds() {
			if key, _ := x.Node.Get(string(kind)); key != nil {
				return string(kind)
			}
		}
	}
	if x.Type == reflect.TypeFor[catalog.Decision]() || x.Type == reflect.TypeFor[catalog.Branch]() || x.Type == reflect.TypeFor[catalog.Case]() {
		return "" // where it stands says it
	}
	return b.keyLabel(x.Key)
}

func iconOf(x *thing) string {
	switch x.Type {
	case reflect.TypeFor[catalog.Field]():
		if _, n := x.Node.Get("type"); n != nil {
			for _, p := range fieldPatterns() {
				if p.Name == n.Value {
					return p.Icon
				}
			}
		}
	case reflect.TypeFor[catalog.Step]():
		for _, p := range stepPatterns {
			if key, _ := x.Node.Get(p.Name); key != nil {
				return p.Icon
			}
		}
		return "route"
	case reflect.TypeFor[catalog.Decision]():
		return "gavel"
	case reflect.TypeFor[catalog.Branch](), reflect.TypeFor[catalog.Case]():
		return "route"
	case reflect.TypeFor[catalog.Fee]():
		return "banknote"
	}
	return "file-text"
}

// additions are the lists into which something can be put: that in which the selected thing stands, those inside of it, and those of the side.
func (b *workbench) additions(body *editPage, things []thing, n *source.Node, t reflect.Type) {
	add := func(title string, list edit.Path, index int, of reflect.Type) {
		a := addition{Title: title, List: list.String(), Index: index}
		for _, p := range patternsOf(of) {
			if b.skeleton(p) != "" {
				a.Choices = append(a.Choices, choice{p.Name, b.locale.T("designer.add." + p.Name), p.Icon})
			}
		}
		if len(a.Choices) > 0 && !slices.ContainsFunc(body.Add, func(o addition) bool { return o.List == a.List }) {
			body.Add = append(body.Add, a)
		}
	}
	into := func() {
		may := allowed(n, t)
		for _, k := range source.Spec(t) {
			_, value := n.Get(k.Name)
			if of := listOf(k); of != nil && may(k.Name) && (value == nil || value.Kind == source.List) {
				add(b.locale.T("designer.palette.into", "what", b.labelOf(t, k.Name)), b.at.To(k.Name), -1, of)
			}
		}
	}
	behind := func() {
		for i := range things {
			if x := things[i].find(b.at.String()); x != nil && x.Index >= 0 {
				add(b.locale.T("designer.palette.behind", "what", b.titled(x)), x.Of, x.Index+1, x.Type)
			}
		}
	}
	switch {
	case len(b.at) == 0:
	case t == reflect.TypeFor[catalog.Section]():
		into()
		behind()
	default:
		behind()
		into()
	}
	keys := b.keys()
	if keys == nil {
		for _, k := range source.Spec(b.kind) {
			keys = append(keys, k.Name)
		}
	}
	for _, name := range keys {
		for _, k := range source.Spec(b.kind) {
			if of := listOf(k); of != nil && k.Name == name {
				add(b.locale.T("designer.palette.into", "what", b.keyLabel(k.Name)), edit.Path{k.Name}, -1, of)
			}
		}
	}
}

// act makes one edit of the workbench and leads back to where it was made.
func (v *visit) act() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	if b.isWalk() { // which changes nothing
		return b.walked()
	}
	if !b.editable {
		return change.ErrForeign
	}
	at := b.at.String()
	var conflicts []merge.Conflict
	switch act := v.r.PostFormValue("act"); act {
	case "undo":
		_, err = v.o.Changes.Undo(v.ctx, v.person, b.ch.Number, b.file)
	case "redo":
		_, err = v.o.Changes.Redo(v.ctx, v.person, b.ch.Number, b.file)
	case "save":
		version, bad := strconv.ParseInt(v.r.PostFormValue("version"), 10, 64)
		if bad != nil {
			return change.ErrInvalid
		}
		whole := strings.ReplaceAll(v.r.PostFormValue("text"), "\r\n", "\n")
		_, conflicts, err = v.o.Changes.Save(v.ctx, v.person, b.ch.Number, b.file, version, []byte(whole))
		if errors.Is(err, change.ErrOverlap) {
			b.tab, b.text.Body = textTab, []byte(whole)
			return b.show(http.StatusConflict, []ui.Banner{{Kind: ui.Failure, Title: v.locale.T("designer.problem.conflict"), Text: v.locale.T("designer.problem.places", "count", len(conflicts))}})
		}
	default:
		var do edit.Do
		if do, at, err = b.visual(act); err == nil {
			_, err = v.o.Changes.Edit(v.ctx, v.person, b.ch.Number, b.file, do)
		}
	}
	if problem := b.refusal(err); problem != "" {
		return b.show(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: v.locale.T("designer.problem.title"), Text: problem}})
	}
	if err != nil && !errors.Is(err, change.ErrNothing) {
		return err
	}
	to := editPath(b.ch.Number, b.file, b.tab)
	if at != "" {
		to += "&" + url.Values{"at": {at}}.Encode()
	}
	return v.redirect(to)
}

// refusal says why an edit was not made, where whoever has asked for it can do something about that.
func (b *workbench) refusal(err error) string {
	pasted := (*pasteProblem)(nil)
	switch {
	case errors.As(err, &pasted):
		return b.locale.T("designer.table.cells", "row", pasted.row, "cells", pasted.cells, "want", pasted.want)
	case errors.Is(err, errRows):
		return b.locale.T("designer.table.refused")
	case errors.Is(err, edit.ErrUnreadable):
		return b.locale.T("designer.problem.unreadable")
	case errors.Is(err, edit.ErrGone):
		return b.locale.T("designer.problem.gone")
	case errors.Is(err, source.ErrRefused), errors.Is(err, source.ErrStale):
		return b.locale.T("designer.problem.refused")
	case errors.Is(err, errAmount):
		return b.locale.T("designer.amount.refused")
	case errors.Is(err, errBanding):
		return b.locale.T("designer.amount.ends")
	case errors.Is(err, errPaper):
		return b.locale.T("designer.paper.refused")
	case errors.Is(err, errName):
		return b.locale.T("designer.problem.name")
	case errors.Is(err, errNumber):
		return b.locale.T("designer.problem.number")
	case errors.Is(err, errCondition):
		return b.locale.T("designer.problem.condition")
	case errors.Is(err, change.ErrOverlap):
		return b.locale.T("designer.problem.overlap")
	}
	return ""
}

// visual is an edit of the visual side, with what is selected after it.
func (b *workbench) visual(act string) (do edit.Do, at string, err error) {
	form := b.r.PostForm
	if act == "mend" {
		from, bad := strconv.Atoi(form.Get("from"))
		to, worse := strconv.Atoi(form.Get("to"))
		if bad != nil || worse != nil {
			return nil, "", change.ErrInvalid
		}
		return edit.Mend(from, to, form.Get("old"), form.Get("new")), b.at.String(), nil
	}
	if b.root == nil {
		return nil, "", edit.ErrUnreadable
	}
	if act == "refund" {
		return b.refunded(form.Get("from"))
	}
	index := func(name string) int {
		n, err := strconv.Atoi(form.Get(name))
		if err != nil {
			return -1
		}
		return n
	}
	list := edit.Read(b.root, form.Get("list"))
	if key, is := strings.CutPrefix(act, "condition:"); is {
		return b.conditional(key, posted(form))
	}
	switch act {
	case "set":
		if b.kind == nil {
			return nil, "", edit.ErrUnreadable
		}
		n, t := typeAt(b.root, b.kind, b.at)
		if n == nil {
			return nil, "", edit.ErrGone
		}
		list, err := b.changesOf(n, t, b.at, posted(form))
		return edit.All(list...), b.at.String(), err
	case "texts":
		return b.translated(form), "", nil
	case familyTab:
		return b.parameters(form)
	case "add":
		pattern, ok := b.pattern(list, form.Get("what"))
		if !ok {
			return nil, "", change.ErrInvalid
		}
		i := index("index")
		n := b.root.Lookup(list...)
		if n == nil {
			i = -1
		}
		selected := i
		if i < 0 {
			selected = len(n.Items())
		}
		body := b.skeleton(pattern)
		if body == "" {
			return nil, "", change.ErrInvalid
		}
		return edit.Insert(b.file, list, i, body, b.orderAt(list)), list.To(selected).String(), nil
	case "expect":
		return b.expectAnew(index("from")), b.at.String(), nil
	case "forget":
		return edit.Remove(b.file, edit.Path{"scenarios", index("from")}), b.at.String(), nil
	case "amount":
		return b.amount()
	case "paper":
		return b.newPaper()
	case "wrap":
		i := index("from")
		at := slices.IndexFunc(wrappings, func(p pattern) bool { return p.Name == form.Get("what") })
		if n, t := typeAt(b.root, b.kind, list.To(i)); n == nil || t != reflect.TypeFor[catalog.Step]() || at < 0 {
			return nil, "", change.ErrInvalid
		}
		body := b.skeleton(wrappings[at])
		return edit.Wrap(b.file, list, i, func(item string) string { return placed(body, "«item»", item) }), list.To(i).String(), nil
	case "remove":
		return edit.Remove(b.file, b.at), "", nil
	case "move":
		from, to := index("from"), index("to")
		if from < 0 || to < 0 {
			return nil, "", change.ErrInvalid
		}
		if into := form.Get("into"); into != "" && into != form.Get("list") {
			return edit.Carry(b.file, list, from, edit.Read(b.root, into), to), "", nil
		}
		return edit.Move(b.file, list, from, to), list.To(to).String(), nil
	}
	return nil, "", change.ErrInvalid
}

// placed puts a text of several lines into a place of another, below the column at which the place stands.
func placed(body, place, text string) string {
	before, _, _ := strings.Cut(body, place)
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		if i > 0 && lines[i] != "" {
			lines[i] = strings.Repeat(" ", column) + lines[i]
		}
	}
	return strings.Replace(body, place, strings.Join(lines, "\n"), 1)
}

// pattern finds a pattern of the palette of a list.
func (b *workbench) pattern(list edit.Path, name string) (pattern, bool) {
	if b.kind == nil || len(list) == 0 {
		return pattern{}, false
	}
	n, t := typeAt(b.root, b.kind, list[:len(list)-1])
	if n == nil {
		return pattern{}, false
	}
	for _, k := range source.Spec(t) {
		if of := listOf(k); of != nil && k.Name == list[len(list)-1] {
			for _, p := range patternsOf(of) {
				if p.Name == name {
					return p, true
				}
			}
		}
	}
	return pattern{}, false
}

// orderAt is the order of the keys beside a list.
func (b *workbench) orderAt(list edit.Path) []string {
	if _, t := typeAt(b.root, b.kind, list[:len(list)-1]); t != nil {
		return orderOf(t)
	}
	return nil
}
