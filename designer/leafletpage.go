package designer

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/draw"
)

// leafletPage is the body of the template leaflet: first what stands on the leaflet, then what each question is and what will be made.
type leafletPage struct {
	Action, Other string
	Fields        []ui.Component // of the first page
	Carried       []ui.Hidden    // of the first page, on the second
	Questions     []leafletRow
	Facts         ui.SummaryList
	Picture       template.HTML
	Problems      []string
	Ready         bool
}

// leafletRow is one question, whose kind is to be said.
type leafletRow struct {
	Words    []inLanguage
	Kind     ui.Select
	Optional ui.Checkboxes
}

// Controls of the wizard, and its bounds.
const (
	leafletDo     = "do"
	leafletShow   = "show"
	leafletMake   = "make"
	leafletBack   = "back"
	paidFirst     = "first"
	paidLast      = "last"
	feeKept       = "keep"
	sideBySide    = "together"
	mostAsked     = 60
	longestAsked  = 200
	mostDeciders  = 3
	mostPromised  = 365
	leafletText   = mostAsked * (longestAsked + 2) // of a box of questions, in letters
	usualPromised = 5
)

// beside are the same words in each language, side by side where there is room.
type beside struct{ Body []ui.Component }

func (beside) Component() string { return "designer/beside" }

func leafletPath(number int64) string { return changePath(number) + "/leaflet" }

// leafletOf is what was typed. What cannot be taken is said at its control.
func (v *visit) leafletOf(c *catalog.Catalogue, authority string) (l *leaflet, problems []ui.FieldError) {
	wrong := func(name, key string, args ...any) {
		problems = append(problems, ui.FieldError{Name: name, Text: v.locale.T("designer.leaflet.wrong."+key, args...)})
	}
	l = &leaflet{Authority: authority, Later: v.entered("paid") == paidLast, Keeps: v.entered("refused") == feeKept, Together: v.entered("order") == sideBySide, SendBack: v.entered("back") != "",
		On: v.o.Now().In(v.zone()).Format(time.DateOnly), say: func(lang, key string) string { return v.ui.Locale(lang).T(key) }}
	words := func(name string, most int) (out map[string]string, given int) {
		out = map[string]string{}
		for _, lang := range l.Languages {
			out[lang] = strings.Join(strings.Fields(v.entered(name+"."+lang)), " ")
			if out[lang] != "" {
				given++
			}
			if utf8.RuneCountInString(out[lang]) > most {
				wrong(name+"."+lang, "long", "most", most)
			}
		}
		return out, given
	}
	for _, lang := range c.Settings.Languages {
		l.Languages = append(l.Languages, lang.Value)
	}
	each := func(name string, words map[string]string) {
		for _, lang := range l.Languages {
			if words[lang] == "" {
				wrong(name+"."+lang, "words")
			}
		}
	}
	var given int
	l.Title, _ = words("title", change.MostTitle)
	each("title", l.Title)
	if l.Summary, given = words("summary", 2*longestAsked); given == 0 {
		l.Summary = l.Title
	} else {
		each("summary", l.Summary)
	}
	if l.Code = v.entered("code"); l.Code == "" {
		l.Code = codeOfTitle(l.Title)
	}
	_, document := c.Files["documents/"+l.Code+".yaml"]
	switch _, there := c.Files[l.file()]; {
	case !shortCode.MatchString(l.Code) || len(l.Code) > longestCode:
		problems = append(problems, ui.FieldError{Name: "code", Text: v.locale.T("designer.new.noCode")})
	case there || c.Service(authority+"."+l.Code) != nil || document || c.Document(l.Code) != nil:
		problems = append(problems, ui.FieldError{Name: "code", Text: v.locale.T("designer.new.taken")})
	}
	l.Days = usualPromised
	if typed := v.entered("days"); typed != "" {
		days, err := strconv.Atoi(numberOf(typed))
		if l.Days = days; err != nil || days < 1 || days > mostPromised {
			wrong("days", "days", "most", mostPromised)
		}
	}
	v.questionsOf(l, wrong)
	if typed := v.entered("fee"); typed != "" {
		var err error
		if l.Fee, err = amountOf(typed, c.Settings.Currency.Value); err != nil || !strings.ContainsAny(strings.Fields(l.Fee)[0], "123456789") {
			wrong("fee", "fee")
		}
	}
	for i := range mostDeciders {
		name := "role." + strconv.Itoa(i)
		typed := v.entered(name)
		at := slices.IndexFunc(deciders(c, authority), func(r *catalog.Role) bool { return r.Code.Value == typed })
		switch {
		case typed == "":
		case at < 0:
			wrong(name, "role")
		default:
			l.Deciders = append(l.Deciders, decider{typed, deciders(c, authority)[at].Title.Plain()})
		}
	}
	if len(l.Deciders) == 0 {
		wrong("role.0", "role")
	}
	if paper, given := words("paper", change.MostTitle); given > 0 {
		each("paper", paper)
		l.Paper = paper
	}
	return l, problems
}

// questionsOf reads the questions, one on each line, the same ones in each language; what was said of a question on the second page holds.
func (v *visit) questionsOf(l *leaflet, wrong func(name, key string, args ...any)) {
	lines := map[string][]string{}
	for _, lang := range l.Languages {
		for line := range strings.Lines(v.entered("questions." + lang)) {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				lines[lang] = append(lines[lang], line)
			}
			if utf8.RuneCountInString(line) > longestAsked {
				wrong("questions."+lang, "long", "most", longestAsked)
				return
			}
		}
		switch n := len(lines[lang]); {
		case n == 0:
			wrong("questions."+lang, "none")
		case n > mostAsked:
			wrong("questions."+lang, "many", "most", mostAsked)
		case lang != l.Languages[0] && n != len(lines[l.Languages[0]]):
			wrong("questions."+lang, "uneven", "count", n, "language", v.language(l.Languages[0]), "first", len(lines[l.Languages[0]]))
		default:
			continue
		}
		return
	}
	for i := range lines[l.Languages[0]] {
		one := map[string]string{}
		for _, lang := range l.Languages {
			one[lang] = lines[lang][i]
		}
		q, ok := question(one, l.Languages)
		if !ok {
			wrong("questions."+l.Languages[len(l.Languages)-1], "options", "number", i+1)
			return
		}
		if kind := catalog.FieldType(v.entered("kind." + strconv.Itoa(i))); slices.Contains(kindsFor(q), kind) {
			q.Kind = kind
		}
		q.Optional = v.entered("optional."+strconv.Itoa(i)) != ""
		if q.Kind != catalog.ChoiceField { // a colon is then a part of the words
			q.Words, q.Options = one, nil
		}
		l.Questions = append(l.Questions, q)
	}
}

// kindsFor are those that a question can have: a choice needs answers.
func kindsFor(q leafletQuestion) []catalog.FieldType {
	if len(q.Options) > 1 {
		return leafletKinds
	}
	return slices.DeleteFunc(slices.Clone(leafletKinds), func(k catalog.FieldType) bool { return k == catalog.ChoiceField })
}

func (v *visit) entered(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// codeOfTitle is a short code of the first words of an English title.
func codeOfTitle(title map[string]string) string {
	var parts []string
	for _, w := range codeWord.FindAllString(title["en"], -1) {
		if w = strings.ToLower(w); !slices.Contains(fillers, w) && len(parts) < 4 {
			parts = append(parts, w)
		}
	}
	code := strings.Join(parts, "-")
	return code[:min(len(code), longestCode)]
}

// deciders are the roles of an authority that decide on applications.
func deciders(c *catalog.Catalogue, authority string) []*catalog.Role {
	return slices.DeleteFunc(c.Roles(authority), func(r *catalog.Role) bool {
		return r.Code.Value == change.Analyst || r.Code.Value == change.Reviewer
	})
}

// leaflet shows the first page of the wizard.
func (v *visit) leaflet() error {
	ch, c, err := v.making()
	if err != nil {
		return err
	}
	return v.showLeaflet(ch, c, http.StatusOK, nil)
}

// making is the change in which something new is made, with its catalogue.
func (v *visit) making() (*change.Change, *catalog.Catalogue, error) {
	ch, c, _, err := v.opened()
	if err == nil && (!change.IsAnalyst(v.person, ch.Authority) || !ch.Status.Editable()) {
		err = change.ErrForeign
	}
	return ch, c, err
}

// fromLeaflet takes what was typed: it asks what each question is, shows what would be made, goes back, or makes it.
func (v *visit) fromLeaflet() error {
	ch, c, err := v.making()
	if err != nil {
		return err
	}
	l, problems := v.leafletOf(c, ch.Authority)
	switch {
	case v.entered(leafletDo) == leafletBack:
		return v.showLeaflet(ch, c, http.StatusOK, nil)
	case problems != nil:
		return v.showLeaflet(ch, c, http.StatusUnprocessableEntity, problems)
	}
	now, found := l.in(c)
	if v.entered(leafletDo) != leafletMake {
		return v.showQuestions(ch, c, now, l, found, http.StatusOK)
	}
	if found.HasErrors() {
		return v.showQuestions(ch, c, now, l, found, http.StatusUnprocessableEntity)
	}
	for _, file := range l.files() {
		_, err = v.o.Changes.Edit(v.ctx, v.person, ch.Number, file.path, func(now []byte) ([]byte, error) {
			if now != nil {
				return nil, errTaken
			}
			return []byte(file.body), nil
		})
		if errors.Is(err, errTaken) {
			return v.showLeaflet(ch, c, http.StatusUnprocessableEntity, []ui.FieldError{{Name: "code", Text: v.locale.T("designer.new.taken")}})
		}
		if err != nil {
			return err
		}
	}
	return v.redirect(editPath(ch.Number, l.file(), ""))
}

// titleOf is what a role is called.
func (l *leaflet) titleOf(role string) map[string]string {
	for _, d := range l.Deciders {
		if d.Role == role {
			return d.Title
		}
	}
	return nil
}

func (l *leaflet) file() string { return "services/" + l.Authority + "/" + l.Code + ".yaml" }

type written struct{ path, body string }

// files are those that are made: the document before the service that issues it.
func (l *leaflet) files() (out []written) {
	if l.Paper != nil {
		out = append(out, written{"documents/" + l.Code + ".yaml", l.paper()})
	}
	return append(out, written{l.file(), l.service()})
}

// in is the catalogue with what is made, and what is found in it.
func (l *leaflet) in(c *catalog.Catalogue) (now *catalog.Catalogue, found diag.List) {
	now = c
	for _, file := range l.files() {
		now, found = now.WithFile(file.path, []byte(file.body))
	}
	found = slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
		return d.Range.File != l.file() && d.Range.File != "documents/"+l.Code+".yaml"
	})
	if s := now.Service(l.Authority + "." + l.Code); s != nil {
		found.Add(check.Service(now, s)...)
	}
	return now, found
}

func (v *visit) showLeaflet(ch *change.Change, c *catalog.Catalogue, status int, problems []ui.FieldError) error {
	p := v.page(v.locale.T("designer.leaflet.title"), leafletPage{Action: leafletPath(ch.Number), Other: changePath(ch.Number) + "/new", Fields: v.leafletFields(c, ch.Authority, problems)})
	p.Errors = problems
	return v.render(status, "leaflet", p)
}

// leafletFields are what the first page asks, with what was typed.
func (v *visit) leafletFields(c *catalog.Catalogue, authority string, problems []ui.FieldError) []ui.Component {
	t := func(key string) string { return v.locale.T("designer.leaflet." + key) }
	field := func(name, key string, optional bool) ui.Field {
		return ui.Field{Name: name, Label: t(key), Optional: optional, Error: problem(problems, name)}
	}
	hinted := func(f ui.Field, key string, args ...any) ui.Field {
		f.Hint = v.locale.T("designer.leaflet."+key, args...)
		return f
	}
	first := v.r.Method == http.MethodGet
	each := func(control func(f ui.Field, lang string) ui.Component, name, key string, optional bool) (out []ui.Component) {
		for _, lang := range c.Settings.Languages {
			f := field(name+"."+lang.Value, key, optional)
			f.Label += " – " + v.language(lang.Value)
			out = append(out, control(f, lang.Value))
		}
		return out
	}
	line := func(f ui.Field, lang string) ui.Component {
		return ui.Input{Field: f, Value: v.entered(f.Name), Dir: ui.Dir(lang), MaxLength: change.MostTitle}
	}
	box := func(rows, most int) func(f ui.Field, lang string) ui.Component {
		return func(f ui.Field, lang string) ui.Component {
			return ui.Textarea{Field: f, Value: v.r.PostFormValue(f.Name), Rows: rows, MaxLength: most}
		}
	}
	choice := func(name, key string, usual string, options ...string) ui.Radios {
		now := v.entered(name)
		if now == "" {
			now = usual
		}
		r := ui.Radios{Field: field(name, key+".title", false)}
		for _, o := range options {
			r.Options = append(r.Options, ui.Option{Value: o, Text: t(key + "." + o), Selected: o == now})
		}
		return r
	}
	part := func(key string, body ...ui.Component) ui.Component {
		return ui.Fieldset{Field: ui.Field{Name: "part-" + key, Label: t("part." + key)}, Body: body}
	}
	what := []ui.Component{beside{each(line, "title", "name", false)}, beside{each(box(2, 2*longestAsked), "summary", "summary", true)}}
	what = append(what, ui.Input{Field: hinted(field("code", "code", true), "codeHint"), Value: v.entered("code"), Width: 30, Dir: "ltr", MaxLength: longestCode},
		ui.Input{Field: field("days", "days", true), Type: ui.Digits, Value: v.entered("days"), Width: 4, MaxLength: 3, Suffix: t("daysUnit")})
	asked := each(box(8, leafletText), "questions", "questions", false)
	for i := range asked {
		one := asked[i].(ui.Textarea)
		one.Field = hinted(one.Field, "questionsHint")
		asked[i] = one
	}
	paid := choice("paid", "paid", paidFirst, paidFirst, paidLast)
	paid.Options[0].Reveal = []ui.Component{choice("refused", "refused", "all", "all", feeKept)}
	roles := []ui.Component{}
	for i := range mostDeciders {
		name := "role." + strconv.Itoa(i)
		s := ui.Select{Field: field(name, "role."+strconv.Itoa(i), i > 0)}
		for _, r := range deciders(c, authority) {
			s.Options = append(s.Options, ui.Option{Value: r.Code.Value, Text: v.say(r.Title), Selected: v.entered(name) == r.Code.Value})
		}
		roles = append(roles, s)
	}
	roles = append(roles, choice("order", "order", "after", "after", sideBySide),
		ui.Checkboxes{Field: ui.Field{Name: "back", Label: t("back.title"), Optional: true}, Options: []ui.Option{{Value: "yes", Text: t("back.yes"), Selected: first || v.entered("back") != ""}}})
	return []ui.Component{
		part("what", what...), part("asked", beside{asked}),
		part("cost", ui.Input{Field: hinted(field("fee", "fee", true), "feeHint"), Value: v.entered("fee"), Width: 10, Dir: "ltr", MaxLength: 15, Suffix: c.Settings.Currency.Value}, paid),
		part("deciders", roles...), part("paper", beside{each(line, "paper", "paper", true)}),
	}
}

// carried are the controls of the first page, as they were typed.
func (v *visit) carried() (out []ui.Hidden) {
	for name, values := range v.r.PostForm {
		said := name == leafletDo || strings.HasPrefix(name, "kind.") || strings.HasPrefix(name, "optional.")
		if !said && len(values) > 0 {
			out = append(out, ui.Hidden{Name: name, Value: values[0]})
		}
	}
	slices.SortFunc(out, func(a, b ui.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// showQuestions asks what each question is, and shows what would be made.
func (v *visit) showQuestions(ch *change.Change, c, now *catalog.Catalogue, l *leaflet, found diag.List, status int) error {
	body := leafletPage{Action: leafletPath(ch.Number), Carried: v.carried(), Ready: !found.HasErrors()}
	for i, q := range l.Questions {
		number := strconv.Itoa(i)
		row := leafletRow{Kind: ui.Select{Field: ui.Field{Name: "kind." + number, Label: v.locale.T("designer.leaflet.kind")}}}
		var words []string
		for _, lang := range l.Languages {
			text := q.Words[lang]
			for k, o := range q.Options {
				text += between(k, lang) + o[lang]
			}
			row.Words = append(row.Words, inLanguage{Lang: lang, Dir: ui.Dir(lang), Value: text})
			words = append(words, text)
		}
		read, _ := question(map[string]string{l.Languages[0]: words[0]}, l.Languages[:1])
		for _, kind := range kindsFor(read) {
			row.Kind.Options = append(row.Kind.Options, ui.Option{Value: string(kind), Text: v.locale.T("designer.add." + string(kind)), Selected: kind == q.Kind})
		}
		row.Optional = ui.Checkboxes{Field: ui.Field{Name: "optional." + number, Label: v.locale.T("designer.leaflet.optional")}, Options: []ui.Option{{Value: "yes", Text: v.locale.T("designer.leaflet.optionalYes"), Selected: q.Optional}}}
		body.Questions = append(body.Questions, row)
	}
	t := func(key string) string { return v.locale.T("designer.leaflet." + key) }
	fee, paper := t("free"), t("noPaper")
	if l.Fee != "" {
		when := paidFirst
		if l.Later {
			when = paidLast
		}
		fee = l.Fee + " – " + t("paid."+when)
	}
	if l.Paper != nil {
		paper = v.locale.Pick(l.Paper)
	}
	body.Facts = ui.SummaryList{Rows: []ui.SummaryRow{
		{Key: t("name"), Value: v.locale.Pick(l.Title)}, {Key: t("code"), Value: l.Authority + "." + l.Code}, {Key: t("part.cost"), Value: fee}, {Key: t("part.paper"), Value: paper},
	}}
	if s := now.Service(l.Authority + "." + l.Code); s != nil {
		if pl, texts, _ := compile.Compile(now, s); pl != nil {
			// Our own picture: every word of it is escaped where it is drawn.
			body.Picture = template.HTML(draw.SVG(pl, texts, draw.Options{Lang: v.locale.Lang(), Name: func(_, code string) string { return v.locale.Pick(l.titleOf(code)) }}))
		}
	}
	for _, d := range found {
		d = d.In(v.told())
		body.Problems = append(body.Problems, strings.TrimSpace(d.Summary+". "+d.Help))
	}
	return v.render(status, "leaflet", v.page(v.locale.T("designer.leaflet.check"), body))
}

// between stands before an answer of a list: the first is behind a colon.
func between(i int, lang string) string {
	switch {
	case i == 0:
		return ": "
	case lang == "ar":
		return "، "
	}
	return ", "
}
