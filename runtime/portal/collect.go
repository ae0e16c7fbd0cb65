package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// collectPage is the body of the template collect: where a paper of one's own is collected, and what is shown there.
type collectPage struct {
	State  *ui.Banner
	Facts  *ui.SummaryList
	QR     *qrPicture // that the clerk scans
	Code   string     // that the clerk types
	Choice *ui.Details
	Action string
	Fields []ui.Component // of a choice that is still to be made; behind Choice where one was made
	Submit ui.Button
}

// collectTyped is what was typed about who collects a paper and where.
type collectTyped struct{ office, name, number string }

// Bounds of what is typed about another who collects, in bytes.
const (
	mostName   = 200
	mostNumber = 40
)

// collect shows how far a paper is on its way to an office, and lets its holder choose one.
func (p *Portal) collect(w http.ResponseWriter, r *http.Request) error {
	c, err := p.ownCollection(r)
	if err != nil {
		return err
	}
	return p.collectPage(w, r, http.StatusOK, c, collectTyped{}, nil)
}

// ownCollection is the collection of a paper of who asks.
func (p *Portal) ownCollection(r *http.Request) (delivery.Collection, error) {
	return ownOf(p, r, Delivery.Of, func(c delivery.Collection) string { return c.Paper })
}

// ownOf is the paper of who asks among those of its application that are delivered in one way.
func ownOf[T any](p *Portal, r *http.Request, list func(Delivery, context.Context, uuid.UUID) ([]T, error), paper func(T) string) (none T, err error) {
	if p.o.Delivery == nil {
		return none, errNotFound
	}
	id, of, err := p.ownPaper(r)
	if err != nil {
		return none, err
	}
	all, err := list(p.o.Delivery, r.Context(), of)
	if err != nil {
		return none, err
	}
	i := slices.IndexFunc(all, func(x T) bool { return paper(x) == id })
	if i < 0 {
		return none, errNotFound
	}
	return all[i], nil
}

// collectChosen asks an office to have a paper ready.
func (p *Portal) collectChosen(w http.ResponseWriter, r *http.Request) error {
	c, err := p.ownCollection(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	typed := collectTyped{office: r.PostFormValue("office"), name: form.Line(r.PostFormValue("name")), number: form.Line(r.PostFormValue("number"))}
	wrong := map[string]string{}
	if _, known := p.office(c.Authority, typed.office); !known {
		wrong["office"] = "collect.noOffice"
	}
	if typed.name == "" && typed.number != "" || len(typed.name) > mostName {
		wrong["name"] = "collect.noName"
	}
	if typed.number == "" && typed.name != "" || len(typed.number) > mostNumber {
		wrong["number"] = "collect.noNumber"
	}
	if len(wrong) > 0 {
		return p.collectPage(w, r, http.StatusUnprocessableEntity, c, typed, wrong)
	}
	var other *delivery.Other
	if typed.name != "" {
		other = &delivery.Other{Name: typed.name, Number: typed.number}
	}
	err = p.o.Delivery.Choose(r.Context(), c.Application, c.Paper, typed.office, other)
	if err != nil && !errors.Is(err, delivery.ErrState) { // it was handed over meanwhile: the page shows it
		return err
	}
	return see(w, r, "/collect/"+c.Paper)
}

func (p *Portal) office(authority, code string) (release.Office, bool) {
	a, ok := p.o.Releases.Reference().Authority(authority)
	if !ok {
		return release.Office{}, false
	}
	return a.Office(code)
}

func (p *Portal) collectPage(w http.ResponseWriter, r *http.Request, status int, c delivery.Collection, typed collectTyped, wrong map[string]string) error {
	posts, err := p.o.Delivery.PostOf(r.Context(), c.Application)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(posts, func(x delivery.Posting) bool { return x.Paper == c.Paper && x.Away() }) { // an old link: no office has it now
		return see(w, r, "/post/"+c.Paper)
	}
	l := p.locale(r)
	page := p.page(r, l.T("collect.title"))
	page.Back = &ui.BackLink{Href: "/applications/" + c.Application.String()}
	office, _ := p.office(c.Authority, c.Office)
	place := l.Pick(office.Title)
	body := collectPage{Action: "/collect/" + c.Paper, Submit: ui.Button{Text: l.T("collect.ask")}}
	facts := ui.SummaryList{Rows: []ui.SummaryRow{{Key: l.T("collect.document"), Value: l.Pick(c.Title) + "\n" + c.Number}}}
	where := []ui.SummaryRow{{Key: l.T("collect.office"), Value: place}, {Key: l.T("collect.address"), Value: l.Pick(office.Address)}, {Key: l.T("collect.open"), Value: l.Pick(office.Open)}}
	if c.Other != nil {
		where = append(where, ui.SummaryRow{Key: l.T("collect.other"), Value: c.Other.Name})
	}
	state := &ui.Banner{Kind: ui.Info, Title: l.T("collect.state." + string(c.State)), Text: l.T("collect.text." + string(c.State))}
	switch c.State {
	case delivery.Offered:
		state = nil
	case delivery.Asked:
		facts.Rows = append(facts.Rows, where...)
	case delivery.Ready:
		state.Kind = ui.Success
		if c.Until != nil {
			state.Text += "\n" + l.T("collect.until", "date", l.LastDay(*c.Until))
		}
		facts.Rows = append(facts.Rows, append(where, ui.SummaryRow{Key: l.T("collect.bring"), Value: l.T("collect.bringText")})...)
		if body.QR, err = picture(p.o.PublicURL + "/desk/collect/" + c.Code); err != nil {
			return err
		}
		body.Code = spacedCode(c.Code)
	case delivery.Collected:
		state.Kind, state.Text = ui.Success, ""
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: l.T("collect.office"), Value: place}, ui.SummaryRow{Key: l.T("collect.on"), Value: l.DateTime(c.Since)})
	case delivery.Returned:
		state.Kind = ui.Caution
	}
	body.State, body.Facts = state, &facts
	if c.State != delivery.Collected {
		if wrong == nil {
			typed.office = c.Office
			if c.Other != nil {
				typed.name, typed.number = c.Other.Name, c.Other.Number
			}
		}
		var errs []ui.FieldError
		body.Fields, errs = p.asksOffice(l, c.Authority, typed, wrong)
		page.Errors = errs
		if c.State == delivery.Asked || c.State == delivery.Ready {
			body.Choice = &ui.Details{Summary: l.T("collect.change"), Open: wrong != nil}
		}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "collect", page)
}

// asksOffice are the questions where a paper is collected, and by whom beside its holder.
func (p *Portal) asksOffice(l *ui.Locale, authority string, typed collectTyped, wrong map[string]string) (fields []ui.Component, errs []ui.FieldError) {
	say := func(name string) string {
		if wrong[name] == "" {
			return ""
		}
		errs = append(errs, ui.FieldError{Name: name, Text: l.T(wrong[name])})
		return l.T(wrong[name])
	}
	choose := ui.Radios{Field: ui.Field{Name: "office", Label: l.T("collect.choose"), Error: say("office")}}
	if a, ok := p.o.Releases.Reference().Authority(authority); ok {
		for _, o := range a.Offices {
			choose.Options = append(choose.Options, ui.Option{Value: o.Code, Text: l.Pick(o.Title), Hint: l.Pick(o.Address) + " · " + l.Pick(o.Open),
				Selected: o.Code == typed.office || len(a.Offices) == 1})
		}
	}
	return []ui.Component{choose, ui.Details{Summary: l.T("collect.another"), Open: typed.name+typed.number != "", Body: []ui.Component{
		ui.Text{Text: l.T("collect.anotherText")},
		ui.Input{Field: ui.Field{Name: "name", Label: l.T("collect.name"), Error: say("name"), Optional: true}, Value: typed.name, MaxLength: mostName},
		ui.Input{Field: ui.Field{Name: "number", Label: l.T("collect.number"), Error: say("number"), Optional: true}, Value: typed.number, Dir: "ltr", Width: 20, MaxLength: mostNumber},
	}}}, errs
}

// spacedCode writes a code in fours, to be read aloud.
func spacedCode(code string) string {
	var parts []string
	for part := range slices.Chunk([]byte(code), 4) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, "-")
}
