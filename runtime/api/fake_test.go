package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/api"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	renewal = "transport.driving-licence.renew"
	enquiry = "transport.traffic-fines.enquiry"
	officer = "transport:licensing-officer"
)

var (
	now   = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	rana  = person("a0000000-0000-4000-8000-000000000001", "401234567")
	omar  = person("a0000000-0000-4000-8000-000000000002", "402234567")
	leila = person("a0000000-0000-4000-8000-000000000003", "403234567", officer)
	clerk = person("a0000000-0000-4000-8000-000000000004", "404234567", "transport:archivist")
	nurse = person("a0000000-0000-4000-8000-000000000005", "405234567", "health:nurse")
)

func person(id, number string, capacities ...string) *identity.Person {
	return &identity.Person{ID: uuid.MustParse(id), NationalNumber: number, Capacities: capacities}
}

func services() []*release.Live {
	text := func(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }
	p := &plan.Plan{
		Format: plan.Format, Service: renewal, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron",
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{
				{Name: "licenceNumber", Kind: "text"}, {Name: "years", Kind: "int"}, {Name: "report", Kind: "text", When: "form.years == 5"}}},
			{Name: "applicant", Kind: "record", Fields: []plan.Field{{Name: "nationalNumber", Kind: "text"}}},
			{Name: "visit", Kind: "record", Fields: []plan.Field{{Name: "places", Kind: "int"}}}},
		Fees: []plan.Fee{{Code: "renewal", Amount: "1"}},
		Nodes: []plan.Node{{Key: "pay", Step: "pay", Kind: plan.Pay}, {Key: "review", Step: "review", Kind: plan.Review}, {Key: "review/end", Step: "review", Kind: plan.End},
			{Key: "visit", Step: "visit", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Result: "visit", Form: &plan.Form{Root: "visit",
				Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["places"],"properties":{"places":{"type":"integer","minimum":1}}}`),
				Fields: []plan.FormField{{Code: "places", Section: "visit", Type: "integer", Kind: "int", Min: "1"}}}}}},
		Withdraw: 2,
		Form: plan.Form{
			Schema: json.RawMessage(`{"type":"object","additionalProperties":false,"required":["licenceNumber","years"],"properties":{"licenceNumber":{"type":"string","pattern":"^(?:[0-9]{7})$"},"years":{"type":"integer","enum":[1,5]},"report":{"type":"string"}}}`),
			Fields: []plan.FormField{
				{Code: "licenceNumber", Section: "licence", Type: "text", Kind: "text", Pattern: "[0-9]{7}"},
				{Code: "years", Section: "licence", Type: "choice", Kind: "int", Options: []string{"1", "5"}},
				{Code: "report", Section: "licence", Type: "file", Kind: "text", When: "form.years == 5", Accept: []string{"pdf"}, MaxSize: 5000}},
		},
	}
	t := &plan.Texts{
		Service: renewal, Languages: []string{"ar", "en"}, Title: text("تجديد رخصة القيادة", "Driving licence renewal"), Summary: text("جدّد رخصتك", "Renew it"),
		Promised: "3 working days", Type: "licence.renew", Keywords: map[string][]string{"en": {"driver"}},
		Fields: []plan.FieldText{{Code: "licenceNumber", Label: text("رقم الرخصة", "Licence number"), Message: text("رقم الرخصة سبعة أرقام", "A licence number has seven digits")},
			{Code: "years", Options: []plan.OptionText{{Label: text("سنة", "One year")}, {Label: text("خمس سنوات", "Five years")}}}, {Code: "report"}},
		OwnFields: map[string][]plan.FieldText{"visit": {{Code: "places", Label: text("عدد الأماكن", "Places")}}},
		Fees:      map[string]plan.Text{"renewal": text("رسم التجديد", "Renewal fee")},
		Steps:     map[string]plan.Text{"pay": text("الدفع", "Payment"), "review": text("المراجعة", "Review")},
		Reasons:   map[string]plan.Text{"fines": text("عليك مخالفات", "You have fines")},
	}
	fines := &plan.Plan{Service: enquiry, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Form: plan.Form{Schema: json.RawMessage(`{"type":"object"}`)}}
	finesTexts := &plan.Texts{Title: text("الاستعلام عن المخالفات", "Traffic fine enquiry"), Type: "enquiry"}
	return []*release.Live{
		{Service: renewal, Authority: "transport", PlanDigest: "p1", TextsDigest: "t1", Plan: p, Texts: t},
		{Service: enquiry, Authority: "transport", PlanDigest: "p2", TextsDigest: "t2", Plan: fines, Texts: finesTexts},
	}
}

// world stands in for every capability; it keeps the rules that the API relies on, in memory.
type world struct {
	mu       sync.Mutex
	live     []*release.Live
	views    map[uuid.UUID]*application.View
	keys     map[string]kept
	payments map[uuid.UUID][]payment.View
	uploads  map[uuid.UUID]uuid.UUID // to owner
	papers   map[string]uuid.UUID    // to application
	audit    []audit.Entry
	quote    application.Quote
	settled  int
	told     []application.Told
	pending  bool   // acts are stored and not delivered
	broken   error  // of every read
	known    string // what registries answer, "" = nothing

	invitation *application.Asked
	invited    string // national number
	acted      application.Actor
	begun      *application.Draft // for somebody else

	collects []delivery.Collection
	posts    []delivery.Posting
	tracked  []string // by carriers
	withheld bool     // papers come to their holders otherwise
}

type kept struct {
	request string
	answer  any
}

func newWorld() *world {
	return &world{live: services(), views: map[uuid.UUID]*application.View{}, keys: map[string]kept{}, payments: map[uuid.UUID][]payment.View{},
		uploads: map[uuid.UUID]uuid.UUID{}, papers: map[string]uuid.UUID{}}
}

// once is the idempotency of Submit, Act and Once.
func (w *world) once(key string, request, fresh any) (any, bool, error) {
	b, err := json.Marshal(request)
	if err != nil {
		return nil, false, err
	}
	if k, used := w.keys[key]; used {
		if k.request != string(b) {
			return nil, false, application.ErrKeyReused
		}
		return k.answer, false, nil
	}
	w.keys[key] = kept{string(b), fresh}
	return fresh, true, nil
}

func (w *world) Submit(_ context.Context, s application.Submission) (*application.View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := &application.View{ID: uuid.New(), Reference: "D7K2-94QM", Service: s.Service, Authority: "transport", Applicant: s.Applicant.ID, Plan: "p1", Texts: "t1",
		Status: application.Received, Form: s.Form, Facts: s.Applicant.Facts, SubmittedAt: now}
	got, fresh, err := w.once("submit "+s.Applicant.ID.String()+s.Key, []any{s.Service, s.Form, s.Uploads}, v)
	if err != nil {
		return nil, err
	}
	if fresh {
		w.views[v.ID] = v
	}
	return got.(*application.View), nil
}

// Only Yusuf can be applied for, by whoever has 402345674 at hand; d is the form that is begun.
func (w *world) BeginOnBehalf(_ context.Context, by application.Person, service, as string, of application.Principal, _, key string) (uuid.UUID, error) {
	if of.NationalNumber != "402345674" {
		return uuid.Nil, application.ErrInvalid
	}
	d := &application.Draft{ID: uuid.NewSHA1(by.ID, []byte(key)), Service: service, Applicant: application.Person{ID: uuid.NewSHA1(by.ID, []byte(of.NationalNumber)),
		Facts: map[string]any{"nationalNumber": of.NationalNumber}, Behalf: &application.Behalf{As: as, ID: by.ID, Facts: by.Facts}}}
	w.begun = d
	return d.ID, nil
}

func (w *world) Draft(_ context.Context, _, id uuid.UUID) (*application.Draft, error) {
	if w.begun == nil || w.begun.ID != id {
		return nil, application.ErrNotFound
	}
	return w.begun, nil
}

func (w *world) SendDraft(ctx context.Context, _, id uuid.UUID, s application.Submission) (uuid.UUID, string, error) {
	s.Applicant, s.Key = w.begun.Applicant, "draft "+id.String()
	v, err := w.Submit(ctx, s)
	if err != nil {
		return uuid.Nil, "", err
	}
	v.Representative = &w.begun.Applicant.Behalf.ID
	return v.ID, v.Reference, nil
}

func (w *world) Settle(_ context.Context, id uuid.UUID, until func(application.Progress) bool) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settled++
	v := *w.views[id]
	v.Status, v.Sequence = application.Open, 1
	w.views[id] = &v
	return until(application.Progress{Status: v.Status, Sequence: 1}), nil
}

func (w *world) Act(_ context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acted = actor
	v := w.views[id]
	code := ""
	i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID == r.Task })
	switch {
	case v.Status == application.Ended:
		code = "ended"
	case i < 0:
	case actor.Kind == application.Officer && !slices.Contains(actor.Capacities, v.Tasks[i].Role), actor.Kind == application.Applicant && v.Tasks[i].Role != "applicant":
		code = "forbidden"
	case !v.Tasks[i].Open():
		code = "closed"
	case v.Tasks[i].Revision != r.Revision:
		code = "revision"
	case !slices.Contains(v.Tasks[i].Actions, r.Action):
		code = "unknown-action"
	case actor.Kind == application.Officer && actor.Person == v.Applicant:
		code = "own-application"
	case slices.Contains(v.Tasks[i].Comment, r.Action) && r.Comment == "":
		code = "comment-required"
	}
	got, fresh, err := w.once("act "+actor.Person.String()+key, r, application.ActAnswer{Code: code, Pending: w.pending && code == ""})
	if err != nil || !fresh {
		answer, _ := got.(application.ActAnswer)
		return answer, err
	}
	if code == "" && !w.pending {
		next := *v
		next.Tasks = slices.Clone(v.Tasks)
		if i >= 0 {
			next.Tasks[i].ClosedAt, next.Tasks[i].Outcome = &now, r.Action
		}
		if r.Data != nil {
			next.Form = r.Data
		}
		if r.Action != "submit" {
			next.Status, next.Outcome = application.Ended, map[string]string{"approve": "issued", "refuse": "refused", "withdraw": "withdrawn"}[r.Action]
		}
		w.views[id] = &next
	}
	return got.(application.ActAnswer), nil
}

func (w *world) OwnForm(_ context.Context, v *application.View, t application.Task) (*application.OwnForm, error) {
	pl := w.live[0].Plan
	n := &pl.Nodes[slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == t.Node })]
	f, err := form.CompileFields(pl, n.Own(), nil)
	return &application.OwnForm{Form: f, With: form.Context{Given: map[string]map[string]any{"form": v.Form}}, Texts: w.live[0].Texts.Own(n.Step)}, err
}

func (w *world) Handle(_ context.Context, who application.Actor, id, task uuid.UUID, action, comment string) (string, error) {
	v := w.views[id]
	t := &v.Tasks[slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID == task })]
	until := now.Add(24 * time.Hour)
	switch {
	case action == application.Recuse && comment == "":
		return "comment-required", nil
	case t.Claimant != nil && *t.Claimant != who.Person:
		return "claimed", nil
	case action == application.Claim:
		t.Claimant, t.ClaimedUntil = &who.Person, &until
	case action == application.Release:
		t.Claimant, t.ClaimedUntil = nil, nil
	}
	return "", nil
}

func (w *world) Tell(_ context.Context, capacities []string, t application.Told) error {
	w.told = append(w.told, t)
	switch {
	case t.Type != "civil.birth-recorded":
		return application.ErrNotFound
	case !slices.Contains(capacities, "events:civil"):
		return application.ErrForbidden
	case strings.Contains(string(t.Data), "bad"):
		return &application.BadEvent{Field: "mother"}
	}
	return nil
}

func (w *world) Once(ctx context.Context, actor, key, route string, body []byte, do func(context.Context) (int, []byte, error)) (int, []byte, error) {
	type stored struct {
		status int
		body   []byte
	}
	w.mu.Lock()
	got, fresh, err := w.once("once "+actor+key, []any{route, body}, &stored{})
	w.mu.Unlock()
	if err != nil {
		return 0, nil, err
	}
	s := got.(*stored)
	if fresh {
		if s.status, s.body, err = do(ctx); err != nil {
			delete(w.keys, "once "+actor+key)
		}
	}
	return s.status, s.body, err
}

func (w *world) Ask(context.Context, string, string, map[string]json.RawMessage) (bool, json.RawMessage, error) {
	return w.known != "", json.RawMessage(w.known), w.broken
}

func (w *world) Quote(context.Context, application.Person, string, map[string]any) (application.Quote, error) {
	return w.quote, w.broken
}

func (w *world) find(id uuid.UUID, may func(*application.View) bool) (*application.View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v := w.views[id]; v != nil && may(v) {
		return v, w.broken
	}
	return nil, fmt.Errorf("read: %w", application.ErrNotFound)
}

func (w *world) ForApplicant(_ context.Context, person, id uuid.UUID) (*application.View, error) {
	return w.find(id, func(v *application.View) bool {
		return v.Applicant == person || v.Representative != nil && *v.Representative == person
	})
}

func (w *world) ForOfficer(_ context.Context, capacities []string, id uuid.UUID) (*application.View, error) {
	return w.find(id, func(v *application.View) bool {
		return slices.ContainsFunc(capacities, func(c string) bool { return c[:len(v.Authority)] == v.Authority })
	})
}

func (w *world) ListForApplicant(_ context.Context, person uuid.UUID, p application.Page) (out application.Paged[application.Summary], err error) {
	for _, v := range w.views {
		if v.Applicant == person {
			out.Items = append(out.Items, application.Summary{ID: v.ID, Reference: v.Reference, Service: v.Service, Status: v.Status})
		}
	}
	if p.After == "broken" {
		return out, application.ErrInvalid
	}
	out.Next = fmt.Sprint(p.Size)
	return out, nil
}

func (w *world) Queue(_ context.Context, who application.Actor, f application.QueueFilter, _ application.Page) (out application.Paged[application.QueueItem], err error) {
	for _, v := range w.views {
		for _, t := range v.Tasks {
			if t.Open() && slices.Contains(who.Capacities, t.Role) && (!f.Overdue || t.Overdue) && (f.Service == "" || f.Service == v.Service) {
				out.Items = append(out.Items, application.QueueItem{Task: t, Application: v.ID, Reference: v.Reference, Service: v.Service})
			}
		}
	}
	return out, nil
}

func (w *world) Service(code string) (*release.Live, bool) {
	i := slices.IndexFunc(w.live, func(l *release.Live) bool { return l.Service == code })
	if i < 0 {
		return nil, false
	}
	return w.live[i], true
}

func (w *world) Services() []*release.Live          { return w.live }
func (w *world) Plan(d string) (*plan.Plan, bool)   { return w.live[d[1]-'1'].Plan, true }
func (w *world) Texts(d string) (*plan.Texts, bool) { return w.live[d[1]-'1'].Texts, true }
func (w *world) Reference() *release.Reference      { return &release.Reference{} }

// load stands in for identity's Guard.Load: a token is the ID of a person.
func load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, given := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
		for _, p := range []*identity.Person{rana, omar, leila, clerk, nurse, registrar, carrier} {
			if token == p.ID.String() || r.Header.Get("Cookie") == p.ID.String() {
				r, given = r.WithContext(identity.WithPerson(r.Context(), p)), false
			}
		}
		if given {
			api.Refuse(w, r, http.StatusUnauthorized, identity.ErrToken)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// desk and archive are the capabilities whose methods have the same names.
type desk struct{ *world }

func (d desk) PayoutsOf(context.Context, uuid.UUID) ([]payment.Payout, error) { return nil, nil }

func (d desk) OfApplication(_ context.Context, id uuid.UUID) ([]payment.View, error) {
	return d.payments[id], nil
}

type archive struct{ *world }

func (a archive) Upload(_ context.Context, owner uuid.UUID, _ string, body io.Reader) (document.Upload, error) {
	b, err := io.ReadAll(body)
	if err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		return document.Upload{}, document.ErrType
	}
	id := uuid.New()
	a.uploads[id] = owner
	return document.Upload{ID: id}, nil
}

func (a archive) StatOf(context.Context, uuid.UUID, uuid.UUID) (document.Upload, error) {
	return document.Upload{}, document.ErrNotFound
}

func (a archive) Stat(_ context.Context, owner, id uuid.UUID) (document.Upload, error) {
	if a.uploads[id] != owner {
		return document.Upload{}, document.ErrNotFound
	}
	return document.Upload{ID: id, Size: 1000, MediaType: "application/pdf"}, nil
}

func (a archive) OfApplication(_ context.Context, id uuid.UUID) (out []document.Issued, err error) {
	for paper, of := range a.papers {
		if of == id {
			out = append(out, document.Issued{ID: paper, Number: "DL-2026-000001", Status: document.Valid, Withheld: a.withheld})
		}
	}
	return out, nil
}

func (a archive) ApplicationOf(_ context.Context, id string) (uuid.UUID, error) {
	of, ok := a.papers[id]
	if !ok {
		return of, document.ErrNotFound
	}
	return of, nil
}

func (a archive) Open(_ context.Context, of uuid.UUID, id string) (*document.File, error) {
	if a.papers[id] != of {
		return nil, document.ErrNotFound
	}
	return &document.File{Name: "DL-2026-000001.pdf", MediaType: "application/pdf", Body: []byte("%PDF-1.7")}, nil
}

func (a archive) Download(ctx context.Context, of uuid.UUID, id string) (*document.File, error) {
	if a.withheld {
		return nil, document.ErrNotFound
	}
	return a.Open(ctx, of, id)
}

// sample is an application of Rana's, under review.
func (w *world) sample() *application.View {
	due := now.Add(48 * time.Hour)
	v := &application.View{
		ID: uuid.New(), Reference: "D7K2-94QM", Service: renewal, Authority: "transport", Applicant: rana.ID, Plan: "p1", Texts: "t1", Language: "ar",
		Status: application.Open, Node: "review", Step: "review", Sequence: 3, SubmittedAt: now, Withdrawable: true,
		Form: map[string]any{"licenceNumber": "1234567", "years": json.Number("1")}, Facts: rana.Facts(),
		Timeline: []application.Event{{At: now, Kind: "submitted", Actor: "applicant"}, {At: now, Kind: "paid", Step: "pay", Visit: 1, Outcome: "paid", Actor: "gateway"}},
		Tasks: []application.Task{{ID: uuid.New(), Node: "review", Step: "review", Visit: 1, Kind: "review", Role: officer, Actions: []string{"approve", "sendBack", "refuse"},
			Comment: []string{"refuse"}, Revision: 1, OpenedAt: now, DueAt: &due}},
	}
	w.views[v.ID] = v
	w.payments[v.ID] = []payment.View{{ID: uuid.New(), Amount: 5000, Currency: "ILS", Status: payment.Paid, Lines: []activity.Line{{Fee: "renewal", Amount: 5000}}}}
	return v
}

// correcting is the same, sent back to Rana.
func (w *world) correcting() *application.View {
	v := w.sample()
	v.Status = application.Waiting
	v.Tasks = []application.Task{{ID: uuid.New(), Node: "review/correct", Step: "review", Kind: "correct", Role: "applicant", Actions: []string{"submit"},
		Frozen: []string{"licenceNumber"}, Revision: 1, OpenedAt: now}}
	return v
}

// inspected is the same at a step with a form of its own.
func (w *world) inspected() *application.View {
	v := w.sample()
	v.Tasks[0].Node, v.Tasks[0].Step, v.Tasks[0].Form = "visit", "visit", true
	return v
}
