package portal_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var (
	today   = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	layla   = identity.Person{ID: uuid.MustParse("00000000-0000-4000-8000-000000000001"), Name: map[string]string{"ar": "ليلى خليل النجار", "en": "Layla Al-Najjar"}, NationalNumber: "401234567", BirthDate: "1988-03-21", Sex: "female"}
	yusuf   = identity.Person{ID: uuid.MustParse("00000000-0000-4000-8000-000000000002"), Name: map[string]string{"ar": "يوسف أحمد حمدان", "en": "Yusuf Hamdan"}, NationalNumber: "402345674", BirthDate: "1961-07-02", Sex: "male"}
	pdfFile = []byte("%PDF-1.7 sample startxref %%EOF")
)

const (
	licence   = "transport.driving-licence.renew"
	fines     = "transport.traffic-fines.enquiry"
	insurance = "health.insurance.renew"
	birth     = "interior.birth-certificate.first"
)

// world is the portal with everything round it kept in memory.
type world struct {
	releases
	book       *book
	desk       *desk
	archive    *archive
	wallets    *wallets
	diary      *diary
	deliveries deliveries
	records    []audit.Entry
	person     *identity.Person // who is signed in
	handler    http.Handler
	pages      *portal.Portal
	history    history
	log        *slog.Logger
}

func newWorld(t testing.TB, more ...*release.Live) *world {
	t.Helper()
	w := &world{releases: sample(t), book: &book{byKey: map[string]*application.View{}, sent: map[string]application.Submission{}}, archive: &archive{}, wallets: &wallets{}, diary: &diary{}}
	w.releases.list = append(slices.Clone(w.releases.list), more...)
	w.book.world, w.desk = w, &desk{book: w.book}
	pages, err := portal.New(portal.Options{
		Releases: w.releases, Applications: w.book, Payments: w.desk, Documents: w.archive, Wallets: w.wallets, Delivery: &w.deliveries, Rights: register{}, Appointments: w.diary, Scripts: allValid{}, PublicURL: "https://diwan.example", Banks: true, History: &w.history,
		Audit:   func(_ context.Context, e audit.Entry) error { w.records = append(w.records, e); return nil },
		Popular: func() []string { return []string{licence, insurance, fines} },
		Now:     func() time.Time { return today }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(ui.StaticPath, ui.Static())
	pages.Register(mux)
	w.pages, w.log = pages, slog.New(slog.DiscardHandler)
	w.handler = ui.SecurityHeaders(ui.Lang(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.person != nil {
			r = r.WithContext(identity.WithPerson(r.Context(), w.person))
		}
		mux.ServeHTTP(rw, r)
	})))
	return w
}

type releases struct {
	reference *release.Reference
	list      []*release.Live
}

// compiled is the sample catalogue, compiled once for all tests.
var compiled = sync.OnceValues(func() (releases, error) {
	c, found := catalog.Load(os.DirFS("../../samples/palestine"))
	if found.HasErrors() {
		return releases{}, errors.New(found[0].Summary)
	}
	built, found := release.Build(c)
	if found.HasErrors() {
		return releases{}, errors.New(found[0].Summary)
	}
	out := releases{reference: &built.Reference}
	for _, s := range built.Services {
		out.list = append(out.list, &release.Live{Service: s.Plan.Service, Authority: s.Plan.Authority, PlanDigest: "p:" + s.Plan.Service,
			TextsDigest: "t:" + s.Plan.Service, Plan: s.Plan, Texts: s.Texts})
	}
	return out, nil
})

func sample(t testing.TB) releases {
	t.Helper()
	out, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (r releases) Head() release.Head            { return release.Head{ID: 1} }
func (r releases) Services() []*release.Live     { return r.list }
func (r releases) Reference() *release.Reference { return r.reference }

func (r releases) Service(code string) (*release.Live, bool) {
	i := slices.IndexFunc(r.list, func(l *release.Live) bool { return l.Service == code })
	if i < 0 {
		return nil, false
	}
	return r.list[i], true
}

func (r releases) Plan(digest string) (*plan.Plan, bool) {
	l, ok := r.Service(strings.TrimPrefix(digest, "p:"))
	if !ok {
		return nil, false
	}
	return l.Plan, true
}

func (r releases) Texts(digest string) (*plan.Texts, bool) {
	l, ok := r.Service(strings.TrimPrefix(digest, "t:"))
	if !ok {
		return nil, false
	}
	return l.Texts, true
}

// allValid finds every number good but 0000000.
type allValid struct{}

func (allValid) Call(_ context.Context, _ *script.Script, value any, _ map[string]any) (script.Result, error) {
	return script.Result{Valid: value != "0000000"}, nil
}

// book keeps applications in memory. quote is what every quote says; acts are answered with code.
type book struct {
	world *world
	mu    sync.Mutex
	all   []*application.View
	byKey map[string]*application.View
	sent  map[string]application.Submission
	acts  []application.ActRequest
	code  string
	known string   // what registries answer, "" = nothing
	asked []string // of registries
	down  bool
	quote func(form map[string]any) (application.Quote, error)
	begun func(*application.View) // what the first steps do

	drafts      []*application.Draft
	clerk       uuid.UUID // who fills in those at the counter
	counter     []*release.Live
	invitations []invitation
	messages    []application.Message
	own         *application.OwnForm // of what is asked
	hearing     *application.Hearing
	said        map[uuid.UUID]*application.Statement
}

func (b *book) Ask(_ context.Context, registry, operation string, with map[string]json.RawMessage) (bool, json.RawMessage, error) {
	b.asked = append(b.asked, registry+"/"+operation+string(with["nationalNumber"]))
	if b.down {
		return false, nil, application.ErrUnavailable
	}
	return b.known != "", json.RawMessage(b.known), nil
}

func (b *book) Quote(_ context.Context, _ application.Person, service string, form map[string]any) (application.Quote, error) {
	if b.quote == nil {
		return application.Quote{}, application.ErrUnavailable
	}
	return b.quote(form)
}

func (b *book) Submit(_ context.Context, s application.Submission) (*application.View, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v := b.byKey[s.Key]; v != nil {
		if !same(b.sent[s.Key].Form, s.Form) {
			return nil, application.ErrKeyReused
		}
		return v, nil
	}
	for _, before := range b.sent {
		if slices.ContainsFunc(s.Uploads, func(id uuid.UUID) bool { return slices.Contains(before.Uploads, id) }) {
			return nil, application.ErrNotFound
		}
	}
	live, _ := b.world.Service(s.Service)
	v := &application.View{ID: uuid.New(), Reference: "D7K2-94QM", Service: s.Service, Authority: live.Authority, Applicant: s.Applicant.ID,
		Plan: live.PlanDigest, Texts: live.TextsDigest, Language: s.Language, Status: application.Received, Form: s.Form, Labels: s.Labels, Facts: s.Applicant.Facts,
		SubmittedAt: today, Timeline: []application.Event{{At: today, Kind: "submitted", Actor: "applicant"}}}
	b.byKey[s.Key], b.sent[s.Key] = v, s
	b.all = append(b.all, v)
	return v, nil
}

func same(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if a[k] != b[k] {
			return false
		}
	}
	return true
}

func (b *book) Settle(_ context.Context, id uuid.UUID, _ func(application.Progress) bool) (bool, error) {
	for _, v := range b.all {
		if v.ID == id && v.Status == application.Received && b.begun != nil {
			b.begun(v)
		}
	}
	return true, nil
}

func (b *book) Act(_ context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error) {
	if actor.Kind == application.Party {
		return b.replied(actor, r)
	}
	if _, err := b.ForApplicant(context.Background(), actor.Person, id); err != nil {
		return application.ActAnswer{}, err
	}
	b.acts = append(b.acts, r)
	return application.ActAnswer{Act: uuid.New(), Code: b.code}, nil
}

func (b *book) ForApplicant(_ context.Context, person, id uuid.UUID) (*application.View, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range b.all {
		if v.ID == id && v.Applicant == person {
			return v, nil
		}
	}
	return nil, application.ErrNotFound
}

func (b *book) TextsOf(_ context.Context, id uuid.UUID) (string, error) {
	for _, v := range b.all {
		if v.ID == id {
			return v.Texts, nil
		}
	}
	return "", application.ErrNotFound
}

func (b *book) ListForApplicant(_ context.Context, person uuid.UUID, _ application.Page) (out application.Paged[application.Summary], err error) {
	for _, v := range b.all {
		if v.Applicant != person {
			continue
		}
		s := application.Summary{ID: v.ID, Reference: v.Reference, Service: v.Service, Texts: v.Texts, Status: v.Status, Step: v.Step, Outcome: v.Outcome, SubmittedAt: v.SubmittedAt}
		if i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.Open() && t.Role == "applicant" }); i >= 0 {
			s.Asked = v.Tasks[i].Kind
		}
		out.Items = append(out.Items, s)
	}
	return out, nil
}

// desk keeps payments by application.
type desk struct {
	book     *book
	payments map[uuid.UUID][]payment.View
	payouts  map[uuid.UUID][]payment.Payout
	settled  payment.Status // what the gateway says when it is asked
	bill     payment.BillStatus
	down     bool
	offered  []string // where can be paid
	failure  string
}

func (d *desk) OfApplication(_ context.Context, id uuid.UUID) ([]payment.View, error) {
	if d.failure != "" {
		return nil, errors.New(d.failure)
	}
	return d.payments[id], nil
}

func (d *desk) PayoutsOf(_ context.Context, id uuid.UUID) ([]payment.Payout, error) {
	return d.payouts[id], nil
}

func (d *desk) GiveAccount(_ context.Context, application, id uuid.UUID, account string) error {
	for i := range d.payouts[application] {
		if x := &d.payouts[application][i]; x.ID == id && x.Asks {
			x.Asks, x.Status, x.Account = false, payment.PayoutRequested, account[len(account)-4:]
			return nil
		}
	}
	return payment.ErrNotDue
}

func (d *desk) ApplicationOf(_ context.Context, id uuid.UUID) (uuid.UUID, error) {
	for of, list := range d.payments {
		if slices.ContainsFunc(list, func(v payment.View) bool { return v.ID == id }) {
			return of, nil
		}
	}
	return uuid.Nil, payment.ErrNotFound
}

func (d *desk) Bill(_ context.Context, id uuid.UUID) (payment.Bill, error) {
	for _, list := range d.payments {
		for _, v := range list {
			if v.ID == id {
				b := payment.Bill{Reference: "4170123456789" + "01", Amount: formula.Money{Minor: v.Amount, Currency: v.Currency}, Status: d.bill, DueAt: v.DueAt}
				return b, nil
			}
		}
	}
	return payment.Bill{}, payment.ErrNotFound
}

func (d *desk) Offered() []string { return d.offered }

func (d *desk) Checkout(_ context.Context, r payment.CheckoutRequest) (string, error) {
	if d.down {
		return "", payment.ErrUnavailable
	}
	return "https://" + cmp.Or(r.Provider, "gateway") + ".example/" + r.Payment.String() + "?back=" + r.ReturnURL, nil
}

func (d *desk) Confirm(context.Context, uuid.UUID) (payment.Status, error) {
	if d.down {
		return "", payment.ErrUnavailable
	}
	return d.settled, nil
}

// archive keeps uploads and papers in memory.
type archive struct {
	uploads []stored
	papers  map[uuid.UUID][]document.Issued
	found   document.Verification
}

type stored struct {
	document.Upload
	owner uuid.UUID
	body  []byte
}

func (a *archive) Upload(_ context.Context, owner uuid.UUID, name string, r io.Reader) (document.Upload, error) {
	body, err := io.ReadAll(r)
	switch {
	case err != nil:
		return document.Upload{}, err
	case !bytes.HasPrefix(body, []byte("%PDF")):
		return document.Upload{}, document.ErrType
	}
	u := document.Upload{ID: uuid.New(), Name: name, MediaType: "application/pdf", Size: int64(len(body)), State: document.Clean}
	if bytes.Contains(body, []byte("%waits")) {
		u.State = document.Waiting
	}
	a.uploads = append(a.uploads, stored{u, owner, body})
	return u, nil
}

func (a *archive) StatOf(context.Context, uuid.UUID, uuid.UUID) (document.Upload, error) {
	return document.Upload{}, document.ErrNotFound
}

func (a *archive) Stat(_ context.Context, owner, id uuid.UUID) (document.Upload, error) {
	for _, u := range a.uploads {
		if u.ID == id && u.owner == owner {
			return u.Upload, nil
		}
	}
	return document.Upload{}, document.ErrNotFound
}

func (a *archive) OpenUploadOf(_ context.Context, _, id uuid.UUID) (*document.File, error) {
	for _, u := range a.uploads {
		if u.ID == id {
			return &document.File{Name: u.Name, MediaType: u.MediaType, Body: u.body}, nil
		}
	}
	return nil, document.ErrNotFound
}

func (a *archive) OfApplication(_ context.Context, id uuid.UUID) ([]document.Issued, error) {
	return a.papers[id], nil
}

func (a *archive) ApplicationOf(_ context.Context, id string) (uuid.UUID, error) {
	for of, list := range a.papers {
		if slices.ContainsFunc(list, func(d document.Issued) bool { return d.ID == id }) {
			return of, nil
		}
	}
	return uuid.Nil, document.ErrNotFound
}

func (a *archive) Open(_ context.Context, _ uuid.UUID, id string) (*document.File, error) {
	return &document.File{Name: id + ".pdf", MediaType: "application/pdf", Body: pdfFile}, nil
}

func (a *archive) Download(ctx context.Context, of uuid.UUID, id string) (*document.File, error) {
	for _, d := range a.papers[of] {
		if d.ID == id && d.Withheld {
			return nil, document.ErrNotFound
		}
	}
	return a.Open(ctx, of, id)
}

func (a *archive) Verify(_ context.Context, id string) (document.Verification, error) {
	if id == a.found.ID {
		return a.found, nil
	}
	return document.Verification{Status: document.Unknown}, nil
}

func (a *archive) VerifyFile(_ context.Context, r io.Reader) (document.Verification, error) {
	body, err := io.ReadAll(r)
	if err == nil && bytes.Equal(body, pdfFile) {
		return a.found, nil
	}
	return document.Verification{Status: document.Altered, Number: a.found.Number}, err
}

// What the application is wired with.
var (
	_ portal.Releases     = (*release.Store)(nil)
	_ portal.Applications = (*application.Book)(nil)
	_ portal.Payments     = (*payment.Desk)(nil)
	_ portal.Documents    = (*document.Archive)(nil)
)

func (b *book) Offers(_ context.Context, person uuid.UUID) (out []application.Draft, err error) {
	for _, d := range b.drafts {
		if d.Applicant.ID == person && !d.Officer && d.Applicant.Behalf == nil && d.Application == nil {
			out = append(out, *d)
		}
	}
	return out, nil
}

func (b *book) Counter([]string) []*release.Live { return b.counter }

func (b *book) Draft(_ context.Context, caller, id uuid.UUID) (*application.Draft, error) {
	for _, d := range b.drafts {
		if d.ID == id && (d.Officer && caller == b.clerk || d.Applicant.Behalf != nil && d.Applicant.Behalf.ID == caller || !d.Officer && d.Applicant.Behalf == nil && d.Applicant.ID == caller) {
			return d, nil
		}
	}
	return nil, application.ErrNotFound
}

func (b *book) SendDraft(ctx context.Context, caller, id uuid.UUID, s application.Submission) (uuid.UUID, string, error) {
	d, err := b.Draft(ctx, caller, id)
	if err != nil {
		return uuid.Nil, "", err
	}
	s.Applicant, s.Key = d.Applicant, "draft "+id.String()
	v, err := b.Submit(ctx, s)
	if err != nil {
		return uuid.Nil, "", err
	}
	d.Application, d.Reference = &v.ID, v.Reference
	return v.ID, v.Reference, nil
}

func (b *book) Capacities(service string) []plan.Representation {
	s, ok := b.world.Service(service)
	if !ok || !s.Plan.ByApplicant() {
		return nil
	}
	return s.Plan.Form.OnBehalf
}

func (b *book) BeginOnBehalf(_ context.Context, by application.Person, service, as string, of application.Principal, _, _ string) (uuid.UUID, error) {
	if of.BirthDate != "" && of.BirthDate != yusuf.BirthDate || of.NationalNumber != yusuf.NationalNumber {
		return uuid.Nil, application.ErrInvalid
	}
	d := &application.Draft{ID: uuid.New(), Service: service, Applicant: application.Person{ID: yusuf.ID, Facts: yusuf.Facts()}, Name: yusuf.Name, Until: today.Add(time.Hour)}
	d.Applicant.Behalf = &application.Behalf{As: as, ID: by.ID, Facts: by.Facts}
	b.drafts = append(b.drafts, d)
	return d.ID, nil
}

func (b *book) Decline(_ context.Context, person, id uuid.UUID) error {
	b.drafts = slices.DeleteFunc(b.drafts, func(d *application.Draft) bool { return d.ID == id && d.Applicant.ID == person })
	return nil
}
