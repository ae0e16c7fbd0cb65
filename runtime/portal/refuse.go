package portal

import "net/http"

// Refuse answers with the page of a status where no page of the portal is asked for, such as a sign-in that failed.
func (p *Portal) Refuse(w http.ResponseWriter, r *http.Request, status int) {
	page := p.page(r, "")
	page.Path = "/" // trying the same address again would lead nowhere
	if err := p.ui.Error(w, r, status, page, ""); err != nil {
		p.o.Log.ErrorContext(r.Context(), "portal", "page", r.Pattern, "error", err)
	}
}
