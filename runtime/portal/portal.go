package portal

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed *.html messages/*.yaml
var files embed.FS

// Options of a Portal. Site may be zero; Popular, Now and Log may be missing; everything else must be given.
type Options struct {
	Site         ui.Site
	Releases     Releases
	Applications Applications
	Payments     Payments
	Documents    Documents
	Rights       Rights
	Appointments Appointments
	Scripts      form.Scripts // runs the validation scripts of forms
	Audit        Audit
	// Receipt gives the paper of the receipt of a payment of an application, which it draws where it is not there yet; nil: there are no receipts.
	Receipt func(ctx context.Context, v *application.View, payment uuid.UUID) (paper string, err error)
	// Wallets gives papers to wallets and reads what their holders show; nil: there are none.
	Wallets Wallets
	// Delivery brings papers to offices where their holders collect them, and to the post, and sends links to them; nil: there are none.
	Delivery Delivery
	// History says what releases have changed of a service; nil: that is not told.
	History History
	// PublicURL is the address of this installation without a slash at its end; gateways send people back to it.
	PublicURL string
	// Banks says that banks and wallets take bills by their reference.
	Banks bool
	// Popular gives service codes, the most used first; nil: the order of the catalogue.
	Popular func() []string
	Now     func() time.Time
	Log     *slog.Logger
}

// Portal is the handlers of the citizens' pages. It is safe for parallel use.
type Portal struct {
	o     Options
	ui    *ui.Templates
	forms *form.Cache

	verifying chan struct{} // holds one for each file that is being verified
	linking   chan struct{} // holds one for each paper that is being given by a link

	mu    sync.Mutex // guards the ones below
	found *index
	head  int64 // the release that was indexed

	openings map[openingKey]opening

	drawn drawn
}

// New parses the pages. It fails when a template, a message or an option is missing.
func New(o Options) (*Portal, error) {
	if o.Releases == nil || o.Applications == nil || o.Payments == nil || o.Documents == nil || o.Rights == nil || o.Appointments == nil || o.Scripts == nil || o.Audit == nil {
		return nil, errors.New("portal: an option is missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Site.Footer == nil {
		o.Site.Footer = footer
	}
	templates, err := ui.New(o.Site, files, "*.html")
	if err != nil {
		return nil, err
	}
	return &Portal{o: o, ui: templates, forms: form.NewCache(o.Scripts), verifying: make(chan struct{}, mostVerifying), linking: make(chan struct{}, mostLinking)}, nil
}

// Register puts every page of the portal on a mux, with the page of an unknown address.
func (p *Portal) Register(mux *http.ServeMux) {
	for pattern, page := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /{$}":                                    p.home,
		"GET /services":                               p.services,
		"GET /services/{code}":                        p.service,
		"GET /services/{code}/changes":                p.changes,
		"GET /services/{code}/apply":                  p.apply,
		"POST /services/{code}/apply":                 p.answer,
		"POST /services/{code}/submit":                p.submit,
		"GET /services/{code}/behalf":                 p.behalf,
		"POST /services/{code}/behalf":                p.behalfBegun,
		"GET /applications":                           p.applications,
		"GET /applications/{id}":                      p.application,
		"GET /applications/{id}/correct/{task}":       p.correct,
		"POST /applications/{id}/correct/{task}":      p.corrected,
		"GET /applications/{id}/withdraw":             p.withdraw,
		"POST /applications/{id}/withdraw":            p.withdrawn,
		"GET /applications/{id}/uploads/{upload}":     p.upload,
		"GET /applications/{id}/say/{event}":          p.say,
		"POST /applications/{id}/say/{event}":         p.said,
		"GET /applications/{id}/place/{task}/{what}":  p.saidOfPlace,
		"POST /applications/{id}/place/{task}/{what}": p.answerPlace,
		"GET /asked/{task}":                           p.asked,
		"POST /asked/{task}":                          p.replied,
		"GET /invitations/{token}":                    p.invited,
		"GET /hearings":                               p.hearings,
		"GET /hearings/{task}":                        p.hearing,
		"POST /hearings/{task}":                       p.spoken,
		"GET /messages":                               p.inbox,
		"GET /documents/{id}":                         p.document,
		"GET /wallet/{id}":                            p.wallet,
		"POST /wallet/{id}":                           p.walletOffered,
		"GET /collect/{id}":                           p.collect,
		"POST /collect/{id}":                          p.collectChosen,
		"GET /post/{id}":                              p.post,
		"POST /post/{id}":                             p.postAsked,
		"GET /email/{id}":                             p.email,
		"POST /email/{id}":                            p.emailAsked,
		"GET /link/{token}":                           p.linked,
		"POST /link/{token}":                          p.linkUsed,
		"GET /applications/{id}/receipts/{payment}":   p.receipt,
		"GET /pay/{payment}":                          p.pay,
		"GET /pay/{payment}/return":                   p.paid,
		"GET /pay/{payment}/bank":                     p.bank,
		"GET /pay/{payment}/bill":                     p.share,
		"GET /payments":                               p.payments,
		"GET /payments/pay":                           p.payTogether,
		"GET /payments/return":                        p.paidTogether,
		"GET /applications/{id}/appointment/{task}":   p.choose,
		"POST /applications/{id}/appointment/{task}":  p.book,
		"GET /applications/{id}/payouts/{payout}":     p.account,
		"POST /applications/{id}/payouts/{payout}":    p.accountGiven,
		"GET /rights":                                 p.rights,
		"GET /rights/check":                           p.checkRight,
		"GET /verify":                                 p.verify,
		"GET /verify/{id}":                            p.verifyID,
		"POST /verify":                                p.verifyFile,
		"GET /help":                                   p.about("help"),
		"GET /accessibility":                          p.about("accessibility"),
		"GET /privacy":                                p.about("privacy"),
		"GET /about-sample-data":                      p.about("sample"),
		"/":                                           func(http.ResponseWriter, *http.Request) error { return errNotFound },
		"GET /drafts/{draft}":                         p.offered,
		"GET /drafts/{draft}/apply":                   p.apply,
		"POST /drafts/{draft}/apply":                  p.answer,
		"POST /drafts/{draft}/submit":                 p.submit,
		"POST /drafts/{draft}/decline":                p.declined,
		"GET /drafts/{draft}/sent":                    p.counterSent,
	} {
		mux.HandleFunc(pattern, p.handle(page))
	}
}
