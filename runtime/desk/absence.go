package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// absencePage is the body of the template absence: who stands in for the officer, and for whom the officer does.
type absencePage struct {
	Given, Taken []standIn
	Fields       []ui.Component // of a new one; nil where the officer has nobody or nothing to name
	Submit       ui.Button
}

// standIn is a role in which somebody acts for another for a while.
type standIn struct {
	Role, Name string
	Period     string
	End        string // receives a POST that takes it back; "" where it is another's
}

// given is what was typed about a stand-in.
type given struct {
	role, colleague, since, until string
	errors                        []ui.FieldError
}

func (g given) problem(name string) string { return typed{errors: g.errors}.problem(name) }

// absence shows who stands in for whom.
func (v *visit) absence() error { return v.standIns(given{}, http.StatusOK) }

func (v *visit) standIns(was given, status int) error {
	list, err := v.o.People.Delegations(v.ctx, v.officer.ID)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, d := range list {
		ids = append(ids, d.From, d.To)
	}
	names, err := v.o.People.Named(v.ctx, ids)
	if err != nil {
		return err
	}
	body := absencePage{Submit: ui.Button{Text: v.locale.T("desk.absence.submit")}}
	for _, d := range list {
		s := standIn{Role: v.role(d.Capacity), Name: v.name(names[d.From])}
		s.Period = v.locale.T("desk.absence.period", "since", v.locale.Date(d.Since), "until", v.locale.LastDay(d.Until))
		if d.From == v.officer.ID {
			s.Name, s.End = v.name(names[d.To]), "/desk/absence/"+d.ID.String()+"/end"
			body.Given = append(body.Given, s)
		} else {
			body.Taken = append(body.Taken, s)
		}
	}
	if body.Fields, err = v.newStandIn(was); err != nil {
		return err
	}
	page := v.page(v.locale.T("desk.absence.title"), body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.queue.title"), Href: "/desk"}, {Text: page.Title}}
	page.Errors = was.errors
	return v.render(status, "absence", page)
}

// own are the roles that the officer holds without delegation: only those can be given.
func (v *visit) own() []string {
	return slices.DeleteFunc(slices.Clone(v.officer.Capacities), func(c string) bool { return v.officer.Delegated[c] != uuid.Nil })
}

func (v *visit) newStandIn(was given) ([]ui.Component, error) {
	roles := ui.Radios{Field: ui.Field{Name: "_role", Label: v.locale.T("desk.absence.role"), Error: was.problem("_role")}}
	who := ui.Select{Field: ui.Field{Name: "_colleague", Label: v.locale.T("desk.absence.colleague"), Error: was.problem("_colleague")}}
	var authorities []string
	for i, c := range v.own() {
		roles.Options = append(roles.Options, ui.Option{Value: c, Text: v.role(c), Selected: c == was.role || was.role == "" && i == 0})
		if a, _, _ := strings.Cut(c, ":"); !slices.Contains(authorities, a) {
			authorities = append(authorities, a)
		}
	}
	for _, a := range authorities {
		colleagues, err := v.o.People.Colleagues(v.ctx, a)
		if err != nil {
			return nil, err
		}
		for _, p := range colleagues {
			id := p.ID.String()
			if p.ID != v.officer.ID && !slices.ContainsFunc(who.Options, func(o ui.Option) bool { return o.Value == id }) {
				who.Options = append(who.Options, ui.Option{Value: id, Text: v.name(p), Selected: id == was.colleague})
			}
		}
	}
	if len(roles.Options) == 0 || len(who.Options) == 0 {
		return nil, nil
	}
	return []ui.Component{
		ui.Hidden{Name: filling.KeyControl, Value: uuid.NewString()}, roles, who,
		v.dayInput("_since", "desk.absence.since", was.since, was), v.dayInput("_until", "desk.absence.until", was.until, was),
	}, nil
}

// dayInput asks for a day; value is YYYY-M-D as it was typed.
func (v *visit) dayInput(name, label, value string, was given) ui.Component {
	parts := strings.SplitN(value, "-", 3)
	in := ui.DateInput{Field: ui.Field{Name: name, Label: v.locale.T(label), Error: was.problem(name)}}
	if len(parts) == 3 {
		in.Year, in.Month, in.Day = parts[0], parts[1], parts[2]
	}
	return in
}

// entrust lets a colleague act in a role of the officer's from the beginning of one day to the end of another.
func (v *visit) entrust() error {
	controls, err := filling.New(v.ctx, filling.Options{Locale: v.locale}).Read(v.w, v.r)
	if err != nil {
		return err
	}
	typedDay := func(name string) string {
		return controls[name+"-year"] + "-" + controls[name+"-month"] + "-" + controls[name+"-day"]
	}
	was := given{role: controls["_role"], colleague: controls["_colleague"], since: typedDay("_since"), until: typedDay("_until")}
	wrong := func(name, key string) {
		was.errors = append(was.errors, ui.FieldError{Name: name, Text: v.locale.T(key)})
	}
	d := identity.Delegation{Capacity: was.role, From: v.officer.ID}
	if !slices.Contains(v.own(), was.role) {
		wrong("_role", "desk.absence.noRole")
	}
	if d.To, err = uuid.Parse(was.colleague); err != nil {
		wrong("_colleague", "desk.absence.noColleague")
	}
	var first, last error
	if d.Since, first = v.beginningOf(was.since); first != nil {
		wrong("_since", "desk.absence.noDay")
	}
	if d.Until, last = v.beginningOf(was.until); last != nil {
		wrong("_until", "desk.absence.noDay")
	}
	d.Until = d.Until.AddDate(0, 0, 1) // with its last day
	if len(was.errors) > 0 {
		return v.standIns(was, http.StatusUnprocessableEntity)
	}
	id, err := v.o.People.Delegate(v.ctx, d)
	switch {
	case errors.Is(err, identity.ErrNotHeld):
		wrong("_role", "desk.absence.noRole")
	case errors.Is(err, identity.ErrNoColleague):
		wrong("_colleague", "desk.absence.noColleague")
	case errors.Is(err, identity.ErrPeriod):
		wrong("_until", "desk.absence.noPeriod")
	case err != nil:
		return err
	}
	if len(was.errors) > 0 {
		return v.standIns(was, http.StatusUnprocessableEntity)
	}
	authority, _, _ := strings.Cut(d.Capacity, ":")
	err = v.o.Audit(v.ctx, audit.Entry{Authority: authority, Actor: v.officer.ID.String(), Action: "delegate", Subject: id.String(),
		Detail: map[string]string{"capacity": d.Capacity, "to": d.To.String(), "since": d.Since.Format(time.RFC3339), "until": d.Until.Format(time.RFC3339)}})
	if err != nil { // what is not in the audit does not hold
		return errors.Join(err, v.o.People.EndDelegation(v.ctx, v.officer.ID, id))
	}
	http.Redirect(v.w, v.r, "/desk/absence", http.StatusSeeOther)
	return nil
}

// endStandIn takes back what the officer has given.
func (v *visit) endStandIn() error {
	id, err := uuid.Parse(v.r.PathValue("id"))
	if err != nil {
		return application.ErrNotFound
	}
	list, err := v.o.People.Delegations(v.ctx, v.officer.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(d identity.Delegation) bool { return d.ID == id && d.From == v.officer.ID })
	if i < 0 {
		return application.ErrNotFound
	}
	authority, _, _ := strings.Cut(list[i].Capacity, ":")
	err = v.o.Audit(v.ctx, audit.Entry{Authority: authority, Actor: v.officer.ID.String(), Action: "delegation-ended", Subject: id.String(),
		Detail: map[string]string{"capacity": list[i].Capacity, "to": list[i].To.String()}})
	if err != nil {
		return err
	}
	if err := v.o.People.EndDelegation(v.ctx, v.officer.ID, id); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, "/desk/absence", http.StatusSeeOther)
	return nil
}

// beginningOf is the beginning of a day in the catalogue's zone.
func (v *visit) beginningOf(text string) (time.Time, error) {
	zone, err := time.LoadLocation(v.o.Releases.Reference().Zone)
	if err != nil {
		return time.Time{}, err
	}
	return time.ParseInLocation("2006-1-2", text, zone)
}
