package portal

import (
	"crypto/rand"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const mostPosted = 1 << 20 // bytes of a form without files

type withdrawPage struct{ Confirm ui.Confirm }

// withdraw asks first, and says what of the money goes back.
func (p *Portal) withdraw(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	o, err := p.open(r, me)
	if err != nil {
		return err
	}
	here := "/applications/" + o.ID.String()
	if !o.Withdrawable {
		return see(w, r, here+"?notice=changed")
	}
	confirm := ui.Confirm{
		Title: o.l.T("withdraw.title"), Text: o.l.T("withdraw.text", "service", o.l.Pick(o.texts.Title), "reference", o.Reference),
		Action: here + "/withdraw", Yes: o.l.T("withdraw.yes"), Warning: true, No: ui.Link{Text: o.l.T("withdraw.no"), Href: here},
		Fields: []ui.Hidden{{Name: "key", Value: rand.Text()}},
	}
	if rows := o.returned(); len(rows) > 0 {
		confirm.Body = append(confirm.Body, ui.SummaryList{Title: o.l.T("withdraw.money"), Rows: rows})
	} else {
		confirm.Body = append(confirm.Body, ui.Inset{Text: o.l.T("withdraw.nothingPaid")})
	}
	page := p.page(r, o.l.T("withdraw.title"))
	page.Back, page.Body = &ui.BackLink{Href: here}, withdrawPage{confirm}
	return p.ui.Render(w, r, http.StatusOK, "withdraw", page)
}

func (p *Portal) withdrawn(w http.ResponseWriter, r *http.Request) error {
	return p.confirmed(w, r, application.ActRequest{Action: application.Withdraw}, "withdrawn")
}

// confirmed sends what the applicant has confirmed. done is the notice of what has come of it.
func (p *Portal) confirmed(w http.ResponseWriter, r *http.Request, act application.ActRequest, done string) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostPosted)
	answer, err := p.o.Applications.Act(r.Context(), applicant(me), id, act, r.PostFormValue("key"))
	if err != nil {
		return err
	}
	return see(w, r, "/applications/"+id.String()+"?notice="+outcome(answer, done))
}

// applicant is a person who acts on an application of their own.
func applicant(me *identity.Person) application.Actor {
	return application.Actor{Person: me.ID, Kind: application.Applicant}
}

// outcome is the notice of what came of an act.
func outcome(a application.ActAnswer, done string) string {
	switch {
	case a.Pending:
		return "pending"
	case a.TookEffect():
		return done
	}
	return "changed"
}
