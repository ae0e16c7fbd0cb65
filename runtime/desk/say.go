package desk

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// says are the links to what the officer may say of an application wherever it is, by the definition's own words.
func (k *kase) says() []ui.Component {
	if k.a.Status == application.Ended || k.a.Status == application.Received || k.a.Applicant == k.officer.ID {
		return nil
	}
	var out []ui.Component
	for _, event := range k.sayable() {
		out = append(out, ui.Button{Text: k.eventTitle(event), Kind: ui.AsLink, Href: sayPath(k.a, event)})
	}
	if len(out) > 0 {
		out = slices.Insert(out, 0, ui.Component(ui.Heading{Text: k.locale.T("desk.say.title")}))
	}
	return out
}

func (k *kase) sayable() (events []string) {
	for _, a := range k.plan.Anytime {
		if a.By != "" && a.By != string(application.Applicant) && slices.Contains(k.officer.Capacities, k.plan.Authority+":"+a.By) {
			events = append(events, a.Event)
		}
	}
	return events
}

func (k *kase) eventTitle(event string) string {
	return cmp.Or(k.locale.Pick(k.texts.Anytime[event]), event)
}

func sayPath(a *application.View, event string) string {
	return "/desk/applications/" + a.ID.String() + "/say/" + url.PathEscape(event)
}

// saying is the application and the event that the address names.
func (v *visit) saying() (*kase, string, error) {
	a, err := v.application()
	if err != nil {
		return nil, "", err
	}
	k := &kase{visit: v, a: a}
	var known, found bool
	k.texts, known = v.o.Releases.Texts(a.Texts)
	k.plan, found = v.o.Releases.Plan(a.Plan)
	if !known || !found {
		return nil, "", application.ErrUnavailable
	}
	event := v.r.PathValue("event")
	if !slices.ContainsFunc(k.plan.Anytime, func(e plan.Anytime) bool { return e.Event == event }) {
		return nil, "", application.ErrNotFound
	}
	return k, event, nil
}

// say asks before something is said that changes where an application goes.
func (v *visit) say() error {
	k, event, err := v.saying()
	if err != nil {
		return err
	}
	if !slices.Contains(k.sayable(), event) {
		return errForbidden
	}
	title := k.eventTitle(event)
	body := confirmPage{
		Title: title, Text: v.locale.T("desk.say.text", "reference", k.a.Reference), Action: sayPath(k.a, event),
		Fields: []ui.Component{ui.Hidden{Name: "key", Value: uuid.NewString()}},
		Yes:    ui.Button{Text: title, Kind: ui.Warning},
		Back:   ui.Button{Text: v.locale.T("desk.say.back"), Kind: ui.Secondary, Href: "/desk/applications/" + k.a.ID.String()},
	}
	return v.render(http.StatusOK, "confirm", v.page(title, body))
}

func (v *visit) announce() error {
	k, event, err := v.saying()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return errors.Join(application.ErrInvalid, err)
	}
	if err := v.record("act", k.a, map[string]string{"action": event}); err != nil {
		return err
	}
	answer, err := v.o.Book.Act(v.ctx, v.actor(), k.a.ID, application.ActRequest{Action: event}, v.r.PostForm.Get("key"))
	switch {
	case err != nil:
		return err
	case answer.Code != "":
		return v.refused(k.a, answer.Code, typed{})
	}
	what := "decided"
	if answer.Pending {
		what = "pending"
	}
	http.Redirect(v.w, v.r, "/desk?"+url.Values{"done": {what}, "of": {k.a.Reference}}.Encode(), http.StatusSeeOther)
	return nil
}
