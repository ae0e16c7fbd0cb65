package portal

import "net/http"

// invited follows the link of an invitation: it leads to the sign-in, and then to the task if it is asked of whoever has signed in.
func (p *Portal) invited(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	task, err := p.o.Applications.Invitation(r.Context(), me.NationalNumber, r.PathValue("token"))
	if err == nil {
		return see(w, r, "/asked/"+task.String())
	}
	if status(err) != http.StatusNotFound {
		return err
	}
	l := p.locale(r)
	page := p.page(r, l.T("invitation.title"))
	page.Body = notYoursPage{Text: l.T("invitation.text")}
	return p.ui.Render(w, r, http.StatusNotFound, "notYours", page)
}

type notYoursPage struct{ Text string }
