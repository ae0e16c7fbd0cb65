package designer

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// newPage is the body of the template new.
type newPage struct {
	Action  string
	Leaflet string // where one is made of a ministry's paper
	Fields  []ui.Component
}

// shortCode is the last word of a service's code, and the name of its file.
var shortCode = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const longestCode = 60

// newService asks for what a new service begins with.
func (v *visit) newService() error {
	return v.showNew(http.StatusOK, nil)
}

func (v *visit) showNew(status int, problems []ui.FieldError) error {
	number, err := v.number()
	if err != nil {
		return err
	}
	ch, err := v.o.Changes.Find(v.ctx, number)
	if err != nil {
		return err
	}
	if !change.IsAnalyst(v.person, ch.Authority) || !ch.Status.Editable() {
		return change.ErrForeign
	}
	c, _, _, err := v.o.Changes.Catalogue(v.ctx, number)
	if err != nil {
		return err
	}
	from := ui.Select{Field: ui.Field{Name: "from", Label: v.locale.T("designer.new.from")}, Prompt: v.locale.T("designer.new.blank")}
	from.Optional = true
	for _, s := range c.Services {
		if _, there := c.Files[s.File]; there && s.Authority.Value == ch.Authority {
			from.Options = append(from.Options, ui.Option{Value: s.File, Text: v.say(s.Title), Selected: v.r.FormValue("from") == s.File})
		}
	}
	for _, p := range c.Blueprints {
		value := fromBlueprint + p.Code.Value
		from.Options = append(from.Options, ui.Option{Value: value, Text: v.locale.T("designer.family.new", "name", v.say(p.Title)), Selected: v.r.FormValue("from") == value})
	}
	fields := []ui.Component{from}
	for _, l := range c.Settings.Languages {
		fields = append(fields, ui.Input{Field: ui.Field{Name: "title." + l.Value, Label: v.locale.T("designer.new.name") + " – " + v.language(l.Value), Error: problem(problems, "title."+l.Value)}, Value: v.r.FormValue("title." + l.Value), MaxLength: change.MostTitle})
	}
	fields = append(fields, ui.Input{Field: ui.Field{Name: "code", Label: v.locale.T("designer.new.code"), Hint: v.locale.T("designer.new.codeHint"), Error: problem(problems, "code")}, Value: v.r.FormValue("code"), Width: 30, Dir: "ltr", MaxLength: longestCode})
	p := v.page(v.locale.T("designer.new.title"), newPage{Action: changePath(number) + "/new", Leaflet: leafletPath(number), Fields: fields})
	p.Errors = problems
	return v.render(status, "new", p)
}

var errTaken = errors.New("designer: the file is there already")

// makeService makes a new service in a change and leads to its workbench.
func (v *visit) makeService() error {
	ch, c, _, err := v.opened()
	if err != nil {
		return err
	}
	number := ch.Number
	var problems []ui.FieldError
	titles := map[string]string{}
	for _, l := range c.Settings.Languages {
		if titles[l.Value] = strings.TrimSpace(v.r.PostFormValue("title." + l.Value)); titles[l.Value] == "" || strings.ContainsAny(titles[l.Value], "\n\r") {
			problems = append(problems, ui.FieldError{Name: "title." + l.Value, Text: v.locale.T("designer.new.noName")})
		}
	}
	short := strings.TrimSpace(v.r.PostFormValue("code"))
	code, file := ch.Authority+"."+short, "services/"+ch.Authority+"/"+short+".yaml"
	if _, there := c.Files[file]; !shortCode.MatchString(short) || len(short) > longestCode {
		problems = append(problems, ui.FieldError{Name: "code", Text: v.locale.T("designer.new.noCode")})
	} else if there || c.Service(code) != nil {
		problems = append(problems, ui.FieldError{Name: "code", Text: v.locale.T("designer.new.taken")})
	}
	if problems != nil {
		return v.showNew(http.StatusUnprocessableEntity, problems)
	}
	body := v.blank(c, ch.Authority, code, titles)
	if p, is := strings.CutPrefix(v.r.PostFormValue("from"), fromBlueprint); is {
		family := blueprintOf(c, p)
		if family == nil || family.Service == nil {
			return change.ErrNotFound
		}
		body = member(family, c, ch.Authority, code, titles)
	} else if from := v.r.PostFormValue("from"); from != "" {
		if body, err = copied(c, from, ch.Authority, code, titles); err != nil {
			return err
		}
	}
	_, err = v.o.Changes.Edit(v.ctx, v.person, number, file, func(now []byte) ([]byte, error) {
		if now != nil {
			return nil, errTaken
		}
		return body, nil
	})
	if errors.Is(err, errTaken) {
		return v.showNew(http.StatusUnprocessableEntity, []ui.FieldError{{Name: "code", Text: v.locale.T("designer.new.taken")}})
	}
	if err != nil {
		return err
	}
	return v.redirect(editPath(number, file, ""))
}

// copied is the text of a service of the same authority with another code and other titles.
func copied(c *catalog.Catalogue, from, authority, code string, titles map[string]string) ([]byte, error) {
	s := serviceOf(c, from)
	if s == nil || s.Authority.Value != authority {
		return nil, change.ErrNotFound
	}
	list := []edit.Do{edit.Set(from, edit.Path{"service"}, code, nil)}
	for _, l := range c.Settings.Languages {
		list = append(list, edit.Set(from, edit.Path{"title", l.Value}, titles[l.Value], textLanguages))
	}
	return edit.All(list...)(c.Files[from])
}

// blank is a service that can be tried at once: one question, one review.
func (v *visit) blank(c *catalog.Catalogue, authority, code string, titles map[string]string) []byte {
	say := func(key string) string {
		var parts []string
		for _, l := range c.Settings.Languages {
			text := titles[l.Value]
			if key != "" {
				text = v.ui.Locale(l.Value).T(key)
			}
			parts = append(parts, l.Value+": "+source.Quote(text))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	roles := c.Roles(authority)
	role := "officer"
	if i := slices.IndexFunc(roles, func(r *catalog.Role) bool { return r.Code.Value != change.Analyst && r.Code.Value != change.Reviewer }); i >= 0 {
		role = roles[i].Code.Value
	}
	return []byte(strings.NewReplacer("«code»", code, "«authority»", authority, "«title»", say(""), "«section»", say("designer.new.section"), "«question»", say("designer.new.question"),
		"«review»", say("designer.add.review"), "«refused»", say("designer.new.refused"), "«done»", say("designer.new.done"), "«role»", role).Replace(blankService))
}

const blankService = `service: «code»
title: «title»
summary: «title»
authority: «authority»
type: certificate
promised: 5 working days
keep: 5 years after end

form:
  - section: request
    title: «section»
    fields:
      - field: question
        type: text
        label: «question»

steps:
  - step: review
    title: «review»
    review: «role»
    decisions:
      approve: continue
      sendBack: {to: applicant, atMost: 2, then: refuse, within: {14 days: refuse}}
      refuse: {end: refused, text: «refused»}
    within: {3 working days: remind, 30 days: lapse}
  - step: done
    end: approved
    text: «done»

scenarios:
  - scenario: approved
    on: 2026-11-22
    form: {question: x}
    decide: {review: approve}
    expect: {path: [review, done], end: approved}
  - scenario: refused
    on: 2026-11-22
    form: {question: x}
    decide: {review: refuse}
    expect: {path: [review], end: refused}
`
