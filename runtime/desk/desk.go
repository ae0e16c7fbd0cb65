package desk

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed templates/*.html messages/*.yaml
var files embed.FS

// Options of a Desk. Site may be zero; Now and Log may be missing; everything else must be given.
type Options struct {
	Site      ui.Site
	Book      Book
	People    People
	Releases  Releases
	Payments  Payments
	Documents Documents
	Rights    Rights

	Appointments Appointments
	Rounds       Rounds     // none
	Ledger       Ledger     // none
	Settlement   Settlement // none
	Tills        Tills      // none
	Delivery     Delivery   // none
	Audit        Audit

	Now func() time.Time // time.Now
	Log *slog.Logger     // slog.Default()
}

// Desk is the handlers of the officers' pages. It is safe for parallel use.
type Desk struct {
	o  Options
	ui *ui.Templates
}

// New parses the pages. It fails when a template, a message or an option is missing.
func New(o Options) (*Desk, error) {
	if o.Book == nil || o.People == nil || o.Releases == nil || o.Payments == nil || o.Documents == nil || o.Rights == nil || o.Appointments == nil || o.Audit == nil {
		return nil, errors.New("desk: an option is missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	templates, err := ui.New(o.Site, files)
	if err != nil {
		return nil, err
	}
	return &Desk{o: o, ui: templates}, nil
}

// Register puts the pages on a mux that stands behind identity's Guard.Load, ui.Lang, ui.Policy and protection against requests of other
// sites.
func (d *Desk) Register(mux *http.ServeMux) {
	sheet.Register(mux)
	for pattern, page := range map[string]func(*visit) error{
		"GET /desk":                                                   (*visit).queue,
		"GET /desk/applications/{id}":                                 (*visit).look,
		"GET " + dayPath:                                              (*visit).day,
		"POST " + dayPath:                                             (*visit).openTimes,
		"POST " + dayPath + "/close":                                  (*visit).closeTime,
		"GET /desk/statements":                                        (*visit).statements,
		"GET /desk/statements/{id}":                                   (*visit).statement,
		"POST /desk/statements/{id}":                                  (*visit).triage,
		"GET /desk/messages":                                          (*visit).inbox,
		"POST /desk/applications/{id}/tasks/{task}/decide":            (*visit).decide,
		"GET " + roundsPath:                                           (*visit).rounds,
		"GET " + roundsPath + "/{service}/{opens}":                    (*visit).round,
		"GET " + roundsPath + "/{service}/{opens}/ranking.csv":        (*visit).roundCSV,
		"GET " + ledgerPath:                                           (*visit).trial,
		"GET " + ledgerPath + "/trial.csv":                            (*visit).trialCSV,
		"GET " + ledgerPath + "/entries":                              (*visit).entries,
		"GET " + ledgerPath + "/entries/{id}":                         (*visit).entry,
		"POST " + ledgerPath + "/entries/{id}/correct":                (*visit).propose,
		"GET " + ledgerPath + "/applications/{id}":                    (*visit).ofApplication,
		"POST " + ledgerPath + "/applications/{id}/refunds":           (*visit).requestRefund,
		"POST " + ledgerPath + "/applications/{id}/refunds/{request}": (*visit).decideRefund,
		"POST " + ledgerPath + "/applications/{id}/waivers":           (*visit).waive,
		"POST " + ledgerPath + "/applications/{id}/waivers/{waiver}":  (*visit).decideWaiver,
		"GET " + ledgerPath + "/corrections":                          (*visit).corrections,
		"POST " + ledgerPath + "/corrections/{id}":                    (*visit).decideCorrection,
		"GET " + ledgerPath + "/chain":                                (*visit).chain,
		"POST " + ledgerPath + "/close":                               (*visit).closePeriod,
		"GET " + settlementPath:                                       (*visit).settlementDays,
		"GET " + settlementPath + "/figures":                          (*visit).figures,
		"GET " + settlementPath + "/figures.csv":                      (*visit).figuresCSV,
		"GET " + settlementPath + "/differences/{id}":                 (*visit).difference,
		"POST " + settlementPath + "/differences/{id}":                (*visit).explain,
		"GET " + settlementPath + "/{provider}/{day}":                 (*visit).settlementDay,
		"POST " + settlementPath + "/{provider}/{day}":                (*visit).seesToDay,
		"GET " + settlementPath + "/{provider}/{day}/differences.csv": (*visit).differencesCSV,
		"GET " + tillPath:                                             (*visit).till,
		"GET " + tillPath + "/of/{id}":                                (*visit).tillOf,
		"POST " + tillPath + "/open":                                  (*visit).openTill,
		"POST " + tillPath + "/find":                                  (*visit).find,
		"GET " + tillPath + "/due/{id}":                               (*visit).due,
		"POST " + tillPath + "/due/{id}":                              (*visit).take,
		"POST " + tillPath + "/void":                                  (*visit).proposeVoid,
		"GET " + tillPath + "/count":                                  (*visit).count,
		"POST " + tillPath + "/count":                                 (*visit).closeTill,
		"POST " + tillPath + "/of/{id}/decide":                        (*visit).decideTill,
		"POST " + tillPath + "/of/{id}/deposit":                       (*visit).deposit,
		"POST " + tillPath + "/of/{id}/explain":                       (*visit).explainTill,
		"GET " + collectPath:                                          (*visit).collecting,
		"POST " + collectPath + "/find":                               (*visit).findCollected,
		"GET " + collectPath + "/{code}":                              (*visit).collected,
		"POST " + collectPath + "/{code}":                             (*visit).seesToCollected,
		"GET " + postPath:                                             (*visit).posting,
		"GET " + postPath + "/items/{paper}":                          (*visit).packing,
		"POST " + postPath + "/items/{paper}":                         (*visit).packs,
		"POST " + postPath + "/close":                                 (*visit).closes,
		"POST " + postPath + "/tracking":                              (*visit).tracking,
		"GET " + postPath + "/manifests/{manifest}":                   (*visit).manifest,
		"POST " + postPath + "/manifests/{manifest}":                  (*visit).hands,
		"GET " + postPath + "/manifests/{manifest}/manifest.csv":      (*visit).manifestCSV,
		"GET " + papersPath:                                           (*visit).papersWaiting,
		"POST /desk/applications/{id}/holds":                          (*visit).proposeHold,
		"POST /desk/applications/{id}/holds/{hold}":                   (*visit).decideHold,
		"GET /desk/absence":                                           (*visit).absence,
		"POST /desk/absence":                                          (*visit).entrust,
		"POST /desk/absence/{id}/end":                                 (*visit).endStandIn,
		"POST /desk/applications/{id}/tasks/{task}/{what}":            (*visit).handled,
		"POST /desk/applications/{id}/extend":                         func(v *visit) error { return v.withReason(application.Extend) },
		"POST /desk/applications/{id}/suspend":                        func(v *visit) error { return v.withReason(application.Suspend) },
		"POST /desk/applications/{id}/resume":                         (*visit).resume,
		"POST /desk/applications/{id}/reopen":                         func(v *visit) error { return v.withReason(application.Reopen) },
		"GET " + moneyPath:                                            (*visit).incidents,
		"POST /desk/applications/{id}/money/{incident}/{action}":      (*visit).seesTo,
		"POST /desk/applications/{id}/forgoings":                      (*visit).proposeForgoing,
		"POST /desk/applications/{id}/forgoings/{forgoing}":           (*visit).decideForgoing,
		"GET " + counterPath:                                          (*visit).counter,
		"POST " + counterPath:                                         (*visit).applyFor,
		"GET /desk/applications/{id}/path":                            (*visit).path,
		"GET /desk/applications/{id}/say/{event}":                     (*visit).say,
		"POST /desk/applications/{id}/say/{event}":                    (*visit).announce,
		"GET /desk/applications/{id}/uploads/{upload}":                (*visit).upload,
		"GET /desk/applications/{id}/documents/{document}":            (*visit).document,
		"/desk/": func(*visit) error { return application.ErrNotFound },
	} {
		mux.HandleFunc(pattern, d.handle(page))
	}
}

// visit is one request of one officer.
type visit struct {
	*Desk
	w       http.ResponseWriter
	r       *http.Request
	ctx     context.Context
	officer *identity.Person
	locale  *ui.Locale

	claimants map[uuid.UUID]*identity.Person // of the tasks of a queue
}

var errForbidden = errors.New("desk: no role")

func (d *Desk) handle(page func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		officer, known := identity.FromContext(r.Context())
		if !known {
			identity.ToSignIn(w, r, "/desk")
			return
		}
		v := &visit{Desk: d, w: w, r: r, ctx: r.Context(), officer: officer, locale: d.ui.Locale(ui.Language(r.Context()))}
		err := errForbidden
		if len(officer.Capacities) > 0 {
			err = page(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// fail answers with the page of an error; what is not foreseen is logged under the number that the page shows.
func (v *visit) fail(err error) {
	status := http.StatusInternalServerError
	tooLarge := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, filling.ErrTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, errForbidden):
		status = http.StatusForbidden
	case errors.Is(err, application.ErrNotFound), errors.Is(err, document.ErrNotFound), errors.Is(err, appointment.ErrNotFound), errors.Is(err, application.ErrInvalid), errors.Is(err, round.ErrNotFound),
		errors.Is(err, filling.ErrUnreadable):
		status = http.StatusNotFound
	case errors.Is(err, application.ErrUnavailable):
		status = http.StatusServiceUnavailable
	}
	v.ui.Fail(v.w, v.r, v.o.Log, "desk", status, v.page("", nil), err)
}

// changes tells whether the officer has to do with changes of the catalogue.
func (v *visit) changes() bool {
	return slices.ContainsFunc(v.officer.Capacities, func(c string) bool {
		_, role, _ := strings.Cut(c, ":")
		return role == change.Analyst || role == change.Reviewer
	})
}

// page is a page of the desk.
func (v *visit) page(title string, body any) ui.Page {
	news := v.news()
	nav := []ui.NavItem{
		{Text: v.locale.T("desk.queue.title"), Href: "/desk", Current: v.r.URL.Path == "/desk"},
		{Text: v.locale.T("desk.inbox.title"), Href: "/desk/messages", Current: v.r.URL.Path == "/desk/messages", Count: news.Unread},
		{Text: v.locale.T("desk.absence.title"), Href: "/desk/absence", Current: v.r.URL.Path == "/desk/absence"},
	}
	if len(v.o.Book.Counter(v.officer.Capacities)) > 0 {
		nav = append(nav, ui.NavItem{Text: v.locale.T("desk.counter.title"), Href: counterPath, Current: v.r.URL.Path == counterPath})
	}
	if v.changes() {
		nav = append(nav, ui.NavItem{Text: v.locale.T("desk.changes"), Href: "/designer/changes"})
	} else if slices.Contains(v.officer.Capacities, change.Platform+":"+operator) {
		nav = append(nav, ui.NavItem{Text: v.locale.T("desk.releases"), Href: "/designer/releases"})
	}
	p := ui.Page{
		Title: title, Wide: true, Body: body, Styles: []string{sheet.Path()},
		User: &ui.User{Name: v.officer.DisplayName(v.locale.Lang()), RoleLabel: v.roles(), Officer: true},
		Nav:  nav,
	}
	if len(v.seen()) > 0 || v.r.URL.Path == dayPath { // most roles see nobody in person
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.day.nav"), Href: dayPath, Current: v.r.URL.Path == dayPath})
	}
	if here := strings.HasPrefix(v.r.URL.Path, roundsPath); here || v.hasRounds() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.round.title"), Href: roundsPath, Current: here})
	}
	if len(v.tillsOf()) > 0 {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.till.title"), Href: tillPath, Current: strings.HasPrefix(v.r.URL.Path, tillPath), Count: v.tillsWait()})
	}
	if v.hasLedger() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.ledger.title"), Href: ledgerPath, Current: strings.HasPrefix(v.r.URL.Path, ledgerPath)})
	}
	if here := strings.HasPrefix(v.r.URL.Path, settlementPath); v.readsSettlement() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.settlement.title"), Href: settlementPath, Current: here, Count: v.openDifferences()})
	} else if v.hasFigures() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.settlement.figures"), Href: settlementPath + "/figures", Current: here})
	}
	if here, n := v.r.URL.Path == moneyPath, v.stuck(); here || n > 0 {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.stuck.title"), Href: moneyPath, Current: here, Count: n})
	}
	if v.hasOffices() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.collect.title"), Href: collectPath, Current: strings.HasPrefix(v.r.URL.Path, collectPath)})
	}
	if here := strings.HasPrefix(v.r.URL.Path, postPath); here || v.hasPost() {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.post.title"), Href: postPath, Current: here})
	}
	if here, n := v.r.URL.Path == papersPath, v.holdsWait(); here || n > 0 {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.hold.title"), Href: papersPath, Current: here, Count: n})
	}
	if here := strings.HasPrefix(v.r.URL.Path, "/desk/statements"); here || news.Statements > 0 {
		p.Nav = append(p.Nav, ui.NavItem{Text: v.locale.T("desk.statement.title"), Href: "/desk/statements", Current: here, Count: news.Statements})
	}
	return p
}

func (v *visit) render(status int, name string, page ui.Page) error {
	return v.ui.Render(v.w, v.r, status, name, page)
}

// roles are the titles of what the officer is.
func (v *visit) roles() string {
	var titles []string
	for _, c := range v.officer.Capacities {
		titles = append(titles, v.role(c))
	}
	const most = 2
	if len(titles) > most {
		titles = append(titles[:most], "…")
	}
	return strings.Join(titles, v.locale.T("desk.and"))
}

// role is the title of a capacity, or its code where the catalogue has none.
func (v *visit) role(capacity string) string {
	authority, code, _ := strings.Cut(capacity, ":")
	if a, ok := v.o.Releases.Reference().Authority(authority); ok {
		for _, r := range a.Roles {
			if r.Code == code {
				return v.locale.Pick(r.Title)
			}
		}
	}
	if code == operator || code == ledger.Cashier || code == ledger.Accountant || code == ledger.Auditor || code == ledger.Finance {
		return v.locale.T("desk." + code)
	}
	return code
}

// operator is the role that looks after incidents.
const operator = "operator"

// record puts something that the officer does with an application into the audit.
func (v *visit) record(action string, a *application.View, detail map[string]string) error {
	return v.o.Audit(v.ctx, audit.Entry{
		Authority: a.Authority, Actor: v.officer.ID.String(), Action: action, Subject: a.ID.String(), Detail: detail,
	})
}

// application reads the application that the address names; ErrNotFound also where it belongs to another authority.
func (v *visit) application() (*application.View, error) {
	id, err := uuid.Parse(v.r.PathValue("id"))
	if err != nil {
		return nil, application.ErrNotFound
	}
	return v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, id)
}
