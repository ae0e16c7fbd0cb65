package desk_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	licensing = "transport:licensing-officer"
	operator  = "transport:operator"
	service   = "transport.driving-licence.renew"
	report    = "b0000000-0000-4000-8000-000000000001"
)

var (
	now   = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	leila = person("a0000000-0000-4000-8000-000000000003", "ليلى منصور", "Leila Mansour", licensing)
	amin  = person("a0000000-0000-4000-8000-000000000004", "أمين عودة", "Amin Odeh", operator)
	nurse = person("a0000000-0000-4000-8000-000000000005", "هبة سالم", "Hiba Salem", "health:nurse")
	hiba  = person("a0000000-0000-4000-8000-000000000006", "هبة قاسم", "Hiba Qasem", licensing)
	rana  = person("a0000000-0000-4000-8000-000000000001", "رنا الخطيب", "Rana Khatib")
)

func person(id, ar, en string, capacities ...string) *identity.Person {
	return &identity.Person{ID: uuid.MustParse(id), Name: map[string]string{"ar": ar, "en": en}, Capacities: capacities, Officer: len(capacities) > 0}
}

func text(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }

var texts = &plan.Texts{
	Service: service, Languages: []string{"ar", "en"}, Title: text("تجديد رخصة القيادة", "Driving licence renewal"), Sample: true,
	Sections: []plan.SectionText{{Code: "licence", Title: text("رخصتك", "Your licence")}, {Code: "contact", Title: text("التواصل معك", "How to reach you")}},
	Fields: []plan.FieldText{
		{Code: "licenceNumber", Label: text("رقم الرخصة", "Licence number")},
		{Code: "years", Label: text("مدة التجديد", "Renew for"), Options: []plan.OptionText{{Label: text("سنة واحدة", "One year")}, {Label: text("خمس سنوات", "Five years")}}},
		{Code: "medicalReport", Label: text("تقرير طبي", "Medical report")},
		{Code: "phone", Label: text("رقم الهاتف المحمول", "Mobile phone")},
		{Code: "declaration", Label: text("أقرّ بأن المعلومات صحيحة", "I declare that this is correct")},
		{Code: "note", Label: text("ملاحظة", "Note")},
		{Code: "vehicle", Label: text("المركبة", "Vehicle")},
		{Code: "others", Label: text("مركبات أخرى", "Other vehicles")},
	},
	Fees: map[string]plan.Text{"renewal": text("رسم التجديد", "Renewal fee"), "late": text("غرامة تأخير", "Late fine")},
	Steps: map[string]plan.Text{"licence": text("الاستعلام من سجل الترخيص", "Check in the licensing register"), "pay": text("دفع الرسوم", "Payment"),
		"review": text("مراجعة موظف الترخيص", "Review by a licensing officer"), "card": text("إصدار الرخصة", "Issue of the licence")},
	OwnFields: map[string][]plan.FieldText{"visit": {
		{Code: "fit", Label: text("هل المركبة صالحة؟", "Is the vehicle fit?")}, {Code: "lacks", Label: text("ما ينقصها", "What it lacks")}, {Code: "photo", Label: text("صورة", "Photo")}}},
	Documents: map[string]plan.DocumentText{"driving-licence": {Title: text("رخصة قيادة", "Driving licence")}},
	Reasons:   map[string]plan.Text{"review/refuse": text("التقرير الطبي لا يكفي", "The medical report is not sufficient")},
}

var renewal = &plan.Plan{
	Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Reopen: &plan.Reopen{Role: "licensing-officer", To: 1, Outcomes: []string{"refused"}, Times: 1},
	Scope: []plan.Field{{Name: "visit", Kind: "record", Fields: []plan.Field{{Name: "fit", Kind: "bool"}, {Name: "lacks", Kind: "text"}, {Name: "photo", Kind: "text"}}}},
	Nodes: []plan.Node{
		{Key: "licence", Step: "licence", Kind: plan.Lookup, Lookup: &plan.LookupNode{Registry: "licensing", Operation: "licence-by-number", Result: "licence"}},
		{Key: "visit", Step: "visit", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Result: "visit", Form: &plan.Form{
			Root: "visit", Schema: json.RawMessage(`{"type": "object", "additionalProperties": false, "properties": {
				"fit": {"type": "boolean"}, "lacks": {"type": "string"}, "photo": {"type": "string"}}}`),
			Fields: []plan.FormField{
				{Code: "fit", Section: "visit", Type: "yes-no", Kind: "bool"}, {Code: "lacks", Section: "visit", Type: "text", Kind: "text", When: "visit.fit == false"},
				{Code: "photo", Section: "visit", Type: "file", Kind: "text", Optional: true, Accept: []string{"pdf"}}}}}},
	},
	Form: plan.Form{Fields: []plan.FormField{
		{Code: "licenceNumber", Section: "licence", Type: "text", Kind: "text"}, {Code: "years", Section: "licence", Type: "choice", Kind: "int", Options: []string{"1", "5"}},
		{Code: "medicalReport", Section: "licence", Type: "file", Kind: "text", When: "facts.age >= 60"}, {Code: "phone", Section: "contact", Type: "phone", Kind: "text"},
		{Code: "declaration", Section: "contact", Type: "consent", Kind: "bool"}, {Code: "note", Section: "contact", Type: "text", Kind: "text", Optional: true},
		{Code: "vehicle", Section: "licence", Type: "choice", Kind: "text", From: &plan.OptionsFrom{List: "owned.vehicles", Value: "plate", Label: "model"}},
		{Code: "others", Section: "licence", Type: "choices", Kind: "text", From: &plan.OptionsFrom{List: "owned.vehicles", Value: "plate", Label: "model"}}}},
}

// world stands in for every capability and keeps the rules that the desk relies on, in memory.
type world struct {
	changes   string // service by which changes of the catalogue go
	views     map[uuid.UUID]*application.View
	off       []payment.Waiver
	payments  []payment.View               // nil = one that is paid
	before    map[uuid.UUID]map[string]any // the form as it was first submitted
	acts      map[string]application.ActRequest
	audit     []audit.Entry
	filter    application.QueueFilter
	pending   bool
	late      string // code that the machine gives although the task looked open
	next      string
	broken    error
	unlisted  error // of the audit
	uploads   []string
	scanned   document.State // of every upload; "" = clean
	delegated []identity.Delegation
	filled    []application.RegistryAnswer // own forms
	begun     []string                     // forms that were opened for somebody

	plan       *plan.Plan // nil: the renewal
	live       []*release.Live
	granted    []right.Entry // by every application
	messages   []application.Message
	statements []application.Statement
	incidents  []*payment.Incident

	holds     []document.Hold
	heldPaper bool
	turned    bool // the paper was revoked meanwhile
}

func newWorld() *world {
	return &world{views: map[uuid.UUID]*application.View{}, before: map[uuid.UUID]map[string]any{}, acts: map[string]application.ActRequest{}}
}

func (w *world) Queue(_ context.Context, who application.Actor, f application.QueueFilter, _ application.Page) (out application.Paged[application.QueueItem], err error) {
	w.filter = f
	for _, v := range w.views {
		for _, t := range v.Tasks {
			if t.Open() && slices.Contains(who.Capacities, t.Role) && (!f.Overdue || t.Overdue) && strings.HasPrefix(v.Reference, strings.ToUpper(f.Reference)) {
				out.Items = append(out.Items, application.QueueItem{Task: t, Application: v.ID, Reference: v.Reference, Service: v.Service, Authority: v.Authority, Texts: "t", SubmittedAt: v.SubmittedAt})
			}
		}
	}
	slices.SortFunc(out.Items, func(a, b application.QueueItem) int {
		if a.Task.Overdue != b.Task.Overdue {
			return map[bool]int{true: -1, false: 1}[a.Task.Overdue]
		}
		return a.Task.OpenedAt.Compare(b.Task.OpenedAt)
	})
	out.Next = w.next
	return out, w.broken
}

func (w *world) QueueCounts(ctx context.Context, who application.Actor) ([]application.QueueCount, error) {
	list, err := w.Queue(ctx, who, application.QueueFilter{}, application.Page{})
	byRole := map[string]*application.QueueCount{}
	var out []application.QueueCount
	for _, q := range list.Items {
		if byRole[q.Task.Role] == nil {
			byRole[q.Task.Role] = &application.QueueCount{Role: q.Task.Role, Service: q.Service}
		}
		byRole[q.Task.Role].Open++
		if q.Task.Overdue {
			byRole[q.Task.Role].Overdue++
		}
	}
	for _, role := range []string{licensing, operator} {
		if c := byRole[role]; c != nil {
			out = append(out, *c)
		}
	}
	return out, err
}

func (w *world) ForOfficer(_ context.Context, capacities []string, id uuid.UUID) (*application.View, error) {
	v := w.views[id]
	if v == nil || !slices.ContainsFunc(capacities, func(c string) bool { return strings.HasPrefix(c, v.Authority+":") }) {
		return nil, application.ErrNotFound
	}
	return v, w.broken
}

func (w *world) Corrections(_ context.Context, _ []string, id uuid.UUID) ([]application.FormVersion, error) {
	versions := []application.FormVersion{{Version: 1, Form: w.views[id].Form}}
	if before := w.before[id]; before != nil {
		versions = []application.FormVersion{{Version: 1, Form: before}, {Version: 2, Form: w.views[id].Form}}
	}
	return versions, nil
}

func (w *world) Answers(context.Context, []string, uuid.UUID) ([]application.RegistryAnswer, error) {
	return append(w.filled, application.RegistryAnswer{Node: "licence", Visit: 1, Found: true, At: now.Add(-50 * time.Hour), Values: map[string]any{
		"holder": "401234567", "expiresOn": "2027-01-01", "unpaidFines": json.Number("0"), "finesTotal": map[string]any{"value": "0.00", "currency": "ILS"}, "blocked": false, "vehicleClass": "B",
	}}), nil
}

func (w *world) OwnForm(_ context.Context, v *application.View, t application.Task) (*application.OwnForm, error) {
	n := &renewal.Nodes[slices.IndexFunc(renewal.Nodes, func(n plan.Node) bool { return n.Key == t.Node })]
	f, err := form.CompileFields(renewal, n.Own(), nil)
	return &application.OwnForm{Form: f, With: form.Context{Given: map[string]map[string]any{"form": v.Form}}, Texts: texts.Own(n.Step)}, err
}

func (w *world) Handle(_ context.Context, who application.Actor, id, task uuid.UUID, action, comment string) (string, error) {
	v := w.views[id]
	t := &v.Tasks[slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID == task })]
	until := now.Add(24 * time.Hour)
	switch {
	case !slices.Contains(who.Capacities, t.Role):
		return "forbidden", nil
	case action == application.Recuse && comment == "":
		return "comment-required", nil
	case action == application.Recuse:
		v.Recused = append(v.Recused, who.Person)
	case action == application.Claim:
		t.Claimant, t.ClaimedUntil = &who.Person, &until
	case action == application.Release:
		t.Claimant, t.ClaimedUntil = nil, nil
	}
	return "", nil
}

// everybody is who may be named in a world.
var everybody = []*identity.Person{leila, amin, nurse, rana, hiba, amal, basem}

func (w *world) Named(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]*identity.Person, error) {
	out := map[uuid.UUID]*identity.Person{}
	for _, p := range everybody {
		if slices.Contains(ids, p.ID) {
			out[p.ID] = p
		}
	}
	return out, nil
}

func (w *world) Holders(_ context.Context, capacity string) (out []*identity.Person, err error) {
	for _, p := range everybody {
		if slices.Contains(p.Capacities, capacity) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (w *world) Colleagues(_ context.Context, authority string) (out []*identity.Person, err error) {
	for _, p := range everybody {
		if slices.ContainsFunc(p.Capacities, func(c string) bool { return strings.HasPrefix(c, authority+":") }) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (w *world) Delegate(_ context.Context, d identity.Delegation) (uuid.UUID, error) {
	if !d.Since.Before(d.Until) {
		return uuid.Nil, identity.ErrPeriod
	}
	d.ID = uuid.New()
	w.delegated = append(w.delegated, d)
	return d.ID, nil
}

func (w *world) EndDelegation(_ context.Context, from, id uuid.UUID) error {
	w.delegated = slices.DeleteFunc(w.delegated, func(d identity.Delegation) bool { return d.ID == id && d.From == from })
	return nil
}

func (w *world) Delegations(context.Context, uuid.UUID) ([]identity.Delegation, error) {
	return w.delegated, nil
}

func (w *world) Act(_ context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest, key string) (application.ActAnswer, error) {
	if first, again := w.acts[key]; again {
		if first.Action != r.Action || first.Comment != r.Comment {
			return application.ActAnswer{}, application.ErrKeyReused
		}
		return application.ActAnswer{Pending: w.pending}, nil
	}
	v := w.views[id]
	if r.Task == uuid.Nil {
		w.acts[key] = r
		return application.ActAnswer{}, nil
	}
	t := &v.Tasks[slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID == r.Task })]
	code := w.late
	switch {
	case !slices.Contains(actor.Capacities, t.Role):
		code = "forbidden"
	case !t.Open():
		code = "closed"
	case t.Revision != r.Revision:
		code = "revision"
	case actor.Person == v.Applicant:
		code = "own-application"
	}
	if code == "" {
		w.acts[key] = r
		if !w.pending {
			t.ClosedAt = &now
		}
	}
	return application.ActAnswer{Code: code, Pending: w.pending && code == ""}, nil
}

func (w *world) Service(code string) (*release.Live, bool) {
	return &release.Live{Service: code, Texts: texts, Plan: renewal}, code == service
}
func (w *world) Services() []*release.Live { return w.live }

func (w *world) Plan(string) (*plan.Plan, bool)     { return cmp.Or(w.plan, renewal), true }
func (w *world) Texts(d string) (*plan.Texts, bool) { return texts, d == "t" }
func (w *world) Reference() *release.Reference {
	return &release.Reference{
		Heads:   []release.RevenueHead{{Code: "1422", Title: text("رسوم إدارية", "Administrative fees")}},
		Changes: w.changes, Zone: "Asia/Hebron", Currency: "ILS", Authorities: []release.Authority{{Code: "transport", Roles: []release.Role{{Code: "licensing-officer", Title: text("موظف ترخيص", "Licensing officer")}}, Offices: []release.Office{
			{Code: "ramallah", Title: text("مكتب ترخيص رام الله", "Ramallah licensing office")}, {Code: "nablus", Title: text("مكتب ترخيص نابلس", "Nablus licensing office")}}}},
		Registries: []release.Registry{{Code: "licensing", Operations: []release.Operation{{Code: "licence-by-number", Gives: []plan.Field{
			{Name: "holder", Kind: "text"}, {Name: "expiresOn", Kind: "date"}, {Name: "unpaidFines", Kind: "int"}, {Name: "finesTotal", Kind: "money"}, {Name: "blocked", Kind: "bool"}}}}}},
	}
}

type paying struct {
	*world
	*requests
}

func (t paying) Incidents(_ context.Context, authorities []string, n int) (out []payment.Incident, _ error) {
	for _, i := range t.incidents {
		if i.ClosedAt == nil && slices.Contains(authorities, i.Authority) {
			out = append(out, *i)
		}
	}
	return out[:min(n, len(out))], nil
}

func (t paying) CountIncidents(ctx context.Context, authorities []string) (int, error) {
	list, err := t.Incidents(ctx, authorities, len(t.incidents))
	return len(list), err
}

func (t paying) IncidentsOf(_ context.Context, id uuid.UUID) (out []payment.Incident, _ error) {
	for _, i := range t.incidents {
		if i.Application == id {
			out = append(out, *i)
		}
	}
	return out, nil
}

func (t paying) ActOnIncident(_ context.Context, a payment.IncidentAct) error {
	at := slices.IndexFunc(t.incidents, func(i *payment.Incident) bool {
		return i.ID == a.Incident && i.Application == a.Application && slices.Contains(a.Authorities, i.Authority)
	})
	switch {
	case at < 0:
		return payment.ErrNotFound
	case t.incidents[at].ClosedAt != nil || t.incidents[at].Forgoing != nil:
		return payment.ErrNotDue
	}
	t.incidents[at].ClosedAt, t.incidents[at].Outcome, t.incidents[at].Reason = &now, a.Action, a.Reason
	return nil
}

func (t paying) Forgo(_ context.Context, authorities []string, application, incident uuid.UUID, reason string, by uuid.UUID) error {
	at := slices.IndexFunc(t.incidents, func(i *payment.Incident) bool {
		return i.ID == incident && i.Application == application && slices.Contains(authorities, i.Authority)
	})
	switch {
	case at < 0:
		return payment.ErrNotFound
	case t.incidents[at].Forgoing != nil:
		return proposal.ErrProposed
	}
	t.incidents[at].Forgoing = &proposal.Proposal{ID: uuid.New(), Kind: payment.Forgoing, Subject: incident, Authority: "transport", Reason: reason, ProposedBy: by, ProposedAt: now, Status: proposal.Proposed}
	return nil
}

func (t paying) DecideForgoing(_ context.Context, authorities []string, _, id uuid.UUID, approve bool, by uuid.UUID) error {
	at := slices.IndexFunc(t.incidents, func(i *payment.Incident) bool {
		return i.Forgoing != nil && i.Forgoing.ID == id && slices.Contains(authorities, i.Authority)
	})
	switch {
	case at < 0:
		return proposal.ErrNotFound
	case approve && t.incidents[at].Forgoing.ProposedBy == by:
		return proposal.ErrOwn
	}
	if i := t.incidents[at]; approve {
		i.ClosedAt, i.Outcome, i.Reason = &now, payment.IncidentForgo, i.Forgoing.Reason
	}
	t.incidents[at].Forgoing = nil
	return nil
}

func (paying) PayoutsOf(context.Context, uuid.UUID) ([]payment.Payout, error) { return nil, nil }

func (t paying) OfApplication(context.Context, uuid.UUID) ([]payment.View, error) {
	if t.payments != nil {
		return t.payments, nil
	}
	at := now.Add(-49 * time.Hour)
	return []payment.View{{ID: uuid.New(), Amount: 27000, Currency: "ILS", Status: payment.Paid, PaidAt: &at,
		Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 2000}}}}, nil
}

type archive struct{ *world }

func (a archive) Upload(_ context.Context, _ uuid.UUID, name string, body io.Reader) (document.Upload, error) {
	_, err := io.Copy(io.Discard, body)
	a.uploads = append(a.uploads, name)
	return document.Upload{ID: uuid.MustParse(report), Name: name, MediaType: "application/pdf", Size: 100, State: document.Clean}, err
}

func (a archive) Stat(_ context.Context, _, id uuid.UUID) (document.Upload, error) {
	return document.Upload{ID: id, Name: "photo.pdf", MediaType: "application/pdf", Size: 100, State: document.Clean}, nil
}

func (a archive) StatOf(_ context.Context, _, id uuid.UUID) (document.Upload, error) {
	up := document.Upload{ID: id, Name: "تقرير-2026.pdf", Size: 352_000, State: document.Clean}
	if a.scanned != "" {
		up.State = a.scanned
	}
	return up, nil
}

func (a archive) OfApplication(_ context.Context, id uuid.UUID) ([]document.Issued, error) {
	if a.views[id].Outcome != "issued" {
		return nil, nil
	}
	d := document.Issued{ID: "abc234", Number: "DL-2026-000001", Title: text("رخصة قيادة", "Driving licence"), Status: document.Valid, IssuedAt: now, ValidUntil: "2031-11-21"}
	if d.Held = a.heldPaper; d.Held {
		d.Status = document.Suspended
	}
	return []document.Issued{d}, nil
}

func (a archive) Open(_ context.Context, _ uuid.UUID, id string) (*document.File, error) {
	return file(id == "abc234")
}

func (a archive) OpenUploadOf(_ context.Context, _, id uuid.UUID) (*document.File, error) {
	return file(id.String() == report)
}

func file(known bool) (*document.File, error) {
	if !known {
		return nil, document.ErrNotFound
	}
	return &document.File{Name: "a.pdf", MediaType: "application/pdf", Body: []byte("%PDF-1.7")}, nil
}

// add puts an application under review into the world, with a task for a role.
func (w *world) add(reference, role string) *application.View {
	due := now.Add(30 * time.Hour)
	v := &application.View{
		ID: uuid.NewSHA1(uuid.Nil, []byte(reference)), Reference: reference, Service: service, Authority: "transport", Applicant: rana.ID, Plan: "p", Texts: "t", Language: "ar",
		Status: application.Open, Node: "review", Step: "review", SubmittedAt: now.Add(-51 * time.Hour),
		Form:  map[string]any{"licenceNumber": "1234567", "years": json.Number("5"), "medicalReport": report, "phone": "0599123456", "declaration": true},
		Facts: map[string]any{"name": "رنا الخطيب", "nationalNumber": "401234567", "birthDate": "1962-03-03", "age": json.Number("64"), "sex": "female"},
		Timeline: []application.Event{
			{At: now.Add(-51 * time.Hour), Kind: "submitted", Actor: "applicant"}, {At: now.Add(-50 * time.Hour), Kind: "entered", Step: "licence", Actor: "system"},
			{At: now.Add(-50 * time.Hour), Kind: "done", Step: "licence", Outcome: "found", Actor: "system"}, {At: now.Add(-49 * time.Hour), Kind: "paid", Step: "pay", Outcome: "paid", Actor: "gateway"},
		},
		Tasks: []application.Task{{ID: uuid.NewSHA1(uuid.Nil, []byte(reference+"task")), Node: "review", Step: "review", Visit: 1, Kind: "review", Role: role,
			Actions: []string{"approve", "sendBack", "refuse"}, Comment: []string{"sendBack", "refuse"}, Revision: 1, OpenedAt: now.Add(-48 * time.Hour), DueAt: &due}},
	}
	w.views[v.ID] = v
	return v
}

// corrected is one that was sent back and has come again.
func (w *world) corrected(v *application.View) {
	w.before[v.ID] = map[string]any{"licenceNumber": "1234568", "years": json.Number("5"), "phone": "0599123456", "declaration": true}
	v.Timeline = append(v.Timeline,
		application.Event{At: now.Add(-30 * time.Hour), Kind: "done", Step: "review", Outcome: "sendBack", Actor: "officer", Comment: "التقرير غير واضح.\nارفع صورة أوضح من فضلك."},
		application.Event{At: now.Add(-20 * time.Hour), Kind: "done", Step: "review", Outcome: "submit", Actor: "applicant"})
}

var errBroken = errors.New("the disk is on fire")

func (w *world) Counter(capacities []string) (out []*release.Live) {
	if slices.Contains(capacities, licensing) {
		l, _ := w.Service(service)
		out = append(out, l)
	}
	return out
}

func (w *world) BeginFor(_ context.Context, officer application.Actor, code, number, _ string) (uuid.UUID, error) {
	w.begun = append(w.begun, officer.Person.String()+" "+code+" "+number)
	if number == "x" {
		return uuid.Nil, application.ErrInvalid
	}
	return uuid.MustParse(report), nil
}

func (w *world) Suspended(context.Context, application.Actor) (out []application.Standstill, _ error) {
	for _, v := range w.views {
		if v.SuspendedUntil != nil {
			out = append(out, application.Standstill{ID: v.ID, Reference: v.Reference, Service: v.Service, Texts: v.Texts, SubmittedAt: v.SubmittedAt, Until: *v.SuspendedUntil})
		}
	}
	return out, nil
}

func (w *world) Path(_ context.Context, _ []string, id uuid.UUID) (out []application.Passed, _ error) {
	for _, e := range w.views[id].Timeline {
		p := application.Passed{Event: e, Node: e.Step}
		if e.Actor == "officer" {
			p.By = leila.ID
		}
		out = append(out, p)
	}
	return out, nil
}
