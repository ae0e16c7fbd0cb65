package portal

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// behalfPage asks for whom somebody applies, and in which capacity.
type behalfPage struct {
	Service, Action string
	Fields          []ui.Component
	Submit          ui.Button
}

// behalfTyped is what was typed there.
type behalfTyped struct{ as, number, day, month, year string }

func behalfPath(service string) string { return "/services/" + service + "/behalf" }

// behalf asks for whom. The number travels in the body of the request and in no address.
func (p *Portal) behalf(w http.ResponseWriter, r *http.Request) error {
	s, capacities, me, err := p.capacities(r)
	if err != nil {
		return err
	}
	if me.NationalNumber == "" {
		return p.refuse(w, r, &ineligible{p.locale(r).Pick(s.Texts.Title), "/services/" + s.Service, p.locale(r).T("behalf.noNumber")})
	}
	return p.askForWhom(w, r, http.StatusOK, s, capacities, behalfTyped{}, nil)
}

func (p *Portal) capacities(r *http.Request) (*release.Live, []plan.Representation, *identity.Person, error) {
	s, ok := p.o.Releases.Service(r.PathValue("code"))
	if !ok {
		return nil, nil, nil, errNotFound
	}
	capacities := p.o.Applications.Capacities(s.Service)
	if len(capacities) == 0 {
		return nil, nil, nil, errNotFound
	}
	me, err := p.me(r)
	return s, capacities, me, err
}

// askForWhom shows the page; wrong says by the name of a field which message stands at it.
func (p *Portal) askForWhom(w http.ResponseWriter, r *http.Request, status int, s *release.Live, capacities []plan.Representation, typed behalfTyped, wrong map[string]string) error {
	l := p.locale(r)
	problem := func(name string) string {
		if wrong[name] == "" {
			return ""
		}
		return l.T(wrong[name])
	}
	radios := ui.Radios{Field: ui.Field{Name: "as", Label: l.T("behalf.as"), Error: problem("as")}}
	paper := false
	for i := range capacities {
		c := &capacities[i]
		hint := l.T("behalf.byRegister")
		if c.Registry == "" {
			hint, paper = l.T("behalf.byPaper"), true
		}
		radios.Options = append(radios.Options, ui.Option{Value: c.As, Text: capacity(l, s.Texts, c.As), Hint: hint, Selected: c.As == typed.as || len(capacities) == 1})
	}
	fields := []ui.Component{radios, ui.Input{Field: ui.Field{Name: "number", Label: l.T("behalf.number"), Error: problem("number")},
		Value: typed.number, Width: 20, Dir: "ltr", MaxLength: 64}}
	if paper {
		fields = append(fields, ui.DateInput{Field: ui.Field{Name: "born", Label: l.T("behalf.born"), Hint: l.T("behalf.bornHint"), Error: problem("born")},
			Day: typed.day, Month: typed.month, Year: typed.year})
	}
	page := p.page(r, l.T("behalf.title"))
	page.Back = &ui.BackLink{Text: l.Pick(s.Texts.Title), Href: "/services/" + s.Service}
	page.Path = behalfPath(s.Service)
	for _, name := range []string{"as", "number", "born"} {
		if text := problem(name); text != "" {
			page.Errors = append(page.Errors, ui.FieldError{Name: name, Text: text})
		}
	}
	page.Body = behalfPage{Service: l.Pick(s.Texts.Title), Action: behalfPath(s.Service), Fields: fields, Submit: ui.Button{Text: l.T("action.continue")}}
	w.Header().Set("Cache-Control", "private, no-store")
	return p.ui.Render(w, r, status, "behalf", page)
}

// behalfBegun opens the form for the person who is named.
func (p *Portal) behalfBegun(w http.ResponseWriter, r *http.Request) error {
	s, capacities, me, err := p.capacities(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	typed := behalfTyped{as: r.PostFormValue("as"), number: form.Line(r.PostFormValue("number")),
		day: r.PostFormValue("born-day"), month: r.PostFormValue("born-month"), year: r.PostFormValue("born-year")}
	wrong := map[string]string{}
	at := slices.IndexFunc(capacities, func(c plan.Representation) bool { return c.As == typed.as })
	if at < 0 {
		wrong["as"] = "behalf.noCapacity"
	}
	switch typed.number {
	case "":
		wrong["number"] = "behalf.noPerson"
	case me.NationalNumber:
		wrong["number"] = "behalf.self"
	}
	born := ""
	if at >= 0 && capacities[at].Registry == "" {
		var readable bool
		if born, readable = form.ReadDate(typed.year, typed.month, typed.day); !readable || born == "" {
			wrong["born"] = "behalf.noBirth"
		}
	}
	if len(wrong) > 0 {
		return p.askForWhom(w, r, http.StatusUnprocessableEntity, s, capacities, typed, wrong)
	}
	by := application.Person{ID: me.ID, Facts: me.Facts()}
	id, err := p.o.Applications.BeginOnBehalf(r.Context(), by, s.Service, typed.as, application.Principal{NationalNumber: typed.number, BirthDate: born}, p.locale(r).Lang(), "")
	switch {
	case errors.Is(err, application.ErrTooMany):
		return p.askForWhom(w, r, http.StatusTooManyRequests, s, capacities, typed, map[string]string{"number": "behalf.tooMany"})
	case errors.Is(err, application.ErrInvalid), errors.Is(err, application.ErrForbidden):
		// Which of the two was wrong is not told: nobody finds out here who was born when.
		return p.askForWhom(w, r, http.StatusUnprocessableEntity, s, capacities, typed, map[string]string{"number": "behalf.unknown"})
	case err != nil:
		return err
	}
	return see(w, r, draftPath(id)+"/apply")
}

// capacity is what a capacity is called: by the service, else as it is usually called.
func capacity(l *ui.Locale, texts *plan.Texts, as string) string {
	return cmp.Or(l.Pick(texts.OnBehalf[as]), l.T("behalf.capacity."+as))
}

// by is who has applied, with who did so for them.
func (o *opened) by() application.Person {
	a := application.Person{ID: o.Applicant, Facts: o.Facts}
	if o.Representative != nil {
		as, _ := o.View.Behalf["as"].(string)
		a.Behalf = &application.Behalf{As: as, ID: *o.Representative, Facts: o.View.Behalf}
	}
	return a
}

// behalf says who has applied for whom, to either of them.
func (o *opened) behalf(me *identity.Person) string {
	if o.Representative == nil {
		return ""
	}
	key, facts := "behalf.byOther", o.View.Behalf
	if *o.Representative == me.ID {
		key, facts = "behalf.byYou", o.Facts
	}
	name, _ := facts["name"].(string)
	number, _ := facts["nationalNumber"].(string)
	as, _ := o.View.Behalf["as"].(string)
	return o.l.T(key, "name", cmp.Or(name, number), "capacity", capacity(o.l, o.texts, as))
}
