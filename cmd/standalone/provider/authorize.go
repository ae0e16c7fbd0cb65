package provider

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// request is an authorization request that passed every check.
type request struct {
	client      Client
	redirectURI string
	state       string
	nonce       string
	challenge   string
	query       url.Values // as it came
}

// S256 always gives 43 letters.
var challengePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// readRequest checks the request in the query and answers the browser itself when it cannot go on. Until client and
// redirect address are known to belong together the browser is sent nowhere.
func (p *Provider) readRequest(w http.ResponseWriter, r *http.Request) (request, bool) {
	q := r.URL.Query()
	req := request{redirectURI: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"), query: q}
	var known bool
	if req.client, known = p.client(q.Get("client_id")); !known {
		p.refuse(w, r, "This application is not known here.", "هذا التطبيق غير معروف هنا.")
		return req, false
	}
	if !slices.Contains(req.client.RedirectURIs, req.redirectURI) {
		p.refuse(w, r, "The return address does not belong to this application.", "عنوان العودة لا يخص هذا التطبيق.")
		return req, false
	}
	for name, values := range q {
		if len(values) > 1 {
			p.backWithError(w, r, req, "invalid_request", name+" is given twice")
			return req, false
		}
	}
	switch {
	case q.Get("response_type") != "code":
		p.backWithError(w, r, req, "unsupported_response_type", "only code is supported")
	case !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		p.backWithError(w, r, req, "invalid_scope", "scope must contain openid")
	case q.Get("code_challenge_method") != "S256" || !challengePattern.MatchString(req.challenge):
		p.backWithError(w, r, req, "invalid_request", "PKCE with S256 is required")
	case q.Get("prompt") == "none":
		p.backWithError(w, r, req, "login_required", "a person must be chosen")
	default:
		return req, true
	}
	return req, false
}

// choose shows the page with the sample people.
func (p *Provider) choose(w http.ResponseWriter, r *http.Request) {
	if req, ok := p.readRequest(w, r); ok {
		p.showPeople(w, r, req)
	}
}

// chosen sends the browser back with a code for the person picked.
func (p *Provider) chosen(w http.ResponseWriter, r *http.Request) {
	req, ok := p.readRequest(w, r)
	if !ok {
		return
	}
	if r.PostFormValue("person") == "" { // the button to leave
		p.backWithError(w, r, req, "access_denied", "nobody was chosen")
		return
	}
	person, ok := p.person(r.PostFormValue("person"))
	if !ok {
		p.refuse(w, r, "There is no such sample person.", "لا يوجد شخص تجريبي كهذا.")
		return
	}
	now := p.now()
	code, ok := p.codes.add(grant{
		clientID: req.client.ID, redirectURI: req.redirectURI, challenge: req.challenge, nonce: req.nonce,
		subject: person.Subject, ends: now.Add(codeLife),
	}, now)
	if !ok {
		p.backWithError(w, r, req, "temporarily_unavailable", "too many sign-ins at once")
		return
	}
	p.back(w, r, req, url.Values{"code": {code}})
}

func (p *Provider) backWithError(w http.ResponseWriter, r *http.Request, req request, code, description string) {
	p.back(w, r, req, url.Values{"error": {code}, "error_description": {description}})
}

func (p *Provider) back(w http.ResponseWriter, r *http.Request, req request, with url.Values) {
	if req.state != "" {
		with.Set("state", req.state)
	}
	with.Set("iss", p.issuer)
	http.Redirect(w, r, extend(req.redirectURI, with), http.StatusSeeOther)
}

// extend adds parameters to an address that may have some already. The address was checked when the provider was made.
func extend(address string, with url.Values) string {
	if strings.Contains(address, "?") {
		return address + "&" + with.Encode()
	}
	return address + "?" + with.Encode()
}

// endSession sends the browser back. There is no session to end: every sign-in asks again.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	to := r.FormValue("post_logout_redirect_uri")
	known := slices.ContainsFunc(p.clients, func(c Client) bool { return slices.Contains(c.PostLogoutRedirectURIs, to) })
	switch {
	case to == "":
		p.showNote(w, r, http.StatusOK, "You are signed out.", "تم تسجيل خروجك.")
	case !known:
		p.refuse(w, r, "The return address does not belong to any application.", "عنوان العودة لا يخص أي تطبيق.")
	default:
		if state := r.FormValue("state"); state != "" {
			to = extend(to, url.Values{"state": {state}})
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	}
}
