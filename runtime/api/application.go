package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Application is one application as the caller sees it: an applicant their own, an officer those of the authority in which a role is held.
type Application struct {
	ID          uuid.UUID         `json:"id"`
	Reference   string            `json:"reference" example:"D7K2-94QM"`
	Service     string            `json:"service"`
	Status      string            `json:"status" enum:"received,open,waiting,ended" doc:"received: stored and not yet started; waiting: for the applicant"`
	Step        string            `json:"step,omitempty"`
	Outcome     string            `json:"outcome" doc:"Empty until the application has ended"`
	Reason      plan.Text         `json:"reason,omitempty"`
	SubmittedAt time.Time         `json:"submittedAt"`
	EndedAt     *time.Time        `json:"endedAt,omitempty"`
	ErasedAt    *time.Time        `json:"erasedAt,omitempty" doc:"Everything personal of it was erased, since it is kept no longer: form, comments, uploads"`
	ErasedBy    string            `json:"erasedBy,omitempty" example:"5 years after end" doc:"How long the service keeps its applications"`
	Withdraw    bool              `json:"withdrawable" doc:"The caller may send the act withdraw now"`
	Suspended   *time.Time        `json:"suspendedUntil,omitempty" doc:"The application stands still, and goes on by itself then at the latest; absent where it does not"`
	Undoing     bool              `json:"undoing,omitempty" doc:"What was entered elsewhere is being taken back, before the application ends or before it is entered anew"`
	Anytime     []string          `json:"anytime,omitempty" doc:"What else the caller may do now without a task: send it as the action of an act"`
	Round       *Round            `json:"round,omitempty" doc:"Where it stands, where the service gives places in rounds"`
	Tasks       []OpenTask        `json:"tasks" doc:"Open tasks on which the caller may act"`
	Timeline    []Event           `json:"timeline"`
	Fees        []FeeLine         `json:"fees" doc:"As they were assessed"`
	Payments    []Payment         `json:"payments" doc:"What is and was to be paid, in the order in which it became due"`
	Payouts     []Payout          `json:"payouts,omitempty" doc:"What is and was paid out, in the order in which it was decided"`
	Answer      []Row             `json:"answer,omitempty" doc:"Of an enquiry"`
	Documents   []Document        `json:"documents"`
	Related     []Related         `json:"related,omitempty" doc:"Applications that it has started, and the one that has started it, as far as the caller may see them"`
	Form        map[string]any    `json:"form" doc:"As last submitted or corrected, normalised"`
	Labels      map[string]string `json:"labels,omitempty" doc:"What the registry called the answers that were chosen from its records, when they were sent: by field/value, as in vehicle/6-1234-96"`
}

// Related is another application to which one is tied.
type Related struct {
	ID        uuid.UUID `json:"id"`
	Reference string    `json:"reference"`
	Service   string    `json:"service"`
	Status    string    `json:"status" enum:"received,open,waiting,ended"`
	Outcome   string    `json:"outcome"`
	Parent    bool      `json:"parent,omitempty" doc:"It has started this one"`
}

// OpenTask is something that the caller is asked to do. Act on it with its id and revision.
type OpenTask struct {
	ID       uuid.UUID  `json:"id"`
	Step     string     `json:"step"`
	Kind     string     `json:"kind" enum:"review,invite,correct,appointment,place,incident"`
	Actions  []string   `json:"actions"`
	Comment  []string   `json:"commentRequired,omitempty" doc:"Actions that need a comment"`
	Frozen   []string   `json:"frozen,omitempty" doc:"Fields of the form that can no longer be changed"`
	Revision int        `json:"revision"`
	DueAt    *time.Time `json:"dueAt,omitempty"`
	Overdue  bool       `json:"overdue,omitempty"`
	From     *time.Time `json:"from,omitempty" doc:"Nobody may act before"`
	Panel    *Panel     `json:"panel,omitempty" doc:"Where several decide together: each of them votes once"`
	Claimed  *Claimed   `json:"claimed,omitempty" doc:"Somebody works on it: nobody else decides until then"`
	Fields   []Field    `json:"fields,omitempty" doc:"What is filled in beside the action, and sent as its data"`
}

// Round is where an application stands in the round of its service.
type Round struct {
	Opens   string `json:"opens" format:"date"`
	Closes  string `json:"closes" format:"date" doc:"The last day on which one may apply"`
	Status  string `json:"status" enum:"applied,waiting,placed,reserve,refused,taken,back,left" doc:"applied: on its way to the step; waiting: for the ranking; taken: its place was used; back: handed back; left: ended without one"`
	Reserve int    `json:"reserve,omitempty" doc:"Place on the reserve list, from 1"`
	Quota   string `json:"quota,omitempty" doc:"Code of the quota whose place it has"`
}

// Panel is how several officers decide together. How they vote nobody reads before the decision.
type Panel struct {
	Members int `json:"members"`
	Quorum  int `json:"quorum" doc:"Votes that are needed at least"`
	Voted   int `json:"voted" doc:"Members who have"`
}

// Claimed says that an officer works on a task.
type Claimed struct {
	Mine     bool      `json:"mine"`
	Until    time.Time `json:"until"`
	Assigned string    `json:"assigned,omitempty" enum:"load,turns" doc:"Why it went to them, where they have not taken it: they had the fewest tasks, or it was their turn"`
}

// Event is one item of the timeline.
type Event struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" example:"done"`
	Step    string    `json:"step"`
	Outcome string    `json:"outcome"`
	Actor   string    `json:"actor" doc:"applicant, officer, party (somebody who was asked), gateway, system or empty"`
	Comment string    `json:"comment"`
}

// FeeLine is one line of an assessment or of a quote.
type FeeLine struct {
	Fee    string    `json:"fee"`
	Title  plan.Text `json:"title"`
	Amount Money     `json:"amount"`
	// Full and Changes say how it came to Amount where something was taken off, bounded or rounded.
	Full    *Money      `json:"full,omitempty" doc:"The amount before the changes"`
	Changes []FeeChange `json:"changes,omitempty" doc:"What changed it, in order"`
}

// FeeChange is what an exemption, a rebate, a bound or rounding made of a line.
type FeeChange struct {
	Kind   string    `json:"kind" enum:"exempt,rebate,atLeast,atMost,round,part"`
	Reason plan.Text `json:"reason,omitempty" doc:"Why, of an exemption or a rebate"`
	By     Money     `json:"by" doc:"Below zero where it takes off"`
}

// Payment is what is or was to be paid at once. The API takes no money: Checkout leads to who does.
type Payment struct {
	ID       string     `json:"id"`
	Lines    []FeeLine  `json:"lines" doc:"What the amount is made of"`
	Amount   Money      `json:"amount"`
	Status   string     `json:"status" enum:"due,paid,cancelled,waived,refunding,refunded" doc:"due: open it at checkout, in time; paid: the gateway has confirmed it, or a till, a bank or a wallet has taken it; waived: officers have let the applicant off, and nothing is to be paid; cancelled: nothing is to be paid any more; refunding: something goes back and is not yet there; refunded: all or a part went back, see refunded"`
	Checkout string     `json:"checkout,omitempty" format:"uri" doc:"A page to be opened in a browser; there only while it can be paid. It needs no sign-in, so whoever has the link may pay. It redirects (303) to the gateway's own page, which takes the money and sends the browser back to this installation; opened again it leads to the same checkout. Neither money nor cards are taken by the API. The gateway reports to the installation, not to you: read the application again until status is paid"`
	DueAt    *time.Time `json:"dueAt,omitempty" doc:"Until when it is to be paid, where there is a limit. After that it can no longer be, unless late says so"`
	Late     bool       `json:"late,omitempty" doc:"It can still be paid after dueAt"`
	Part     int        `json:"part,omitempty" doc:"Of a payment by instalments: which it is, from 1"`
	Parts    int        `json:"parts,omitempty" doc:"How many instalments there are"`
	Coming   []Coming   `json:"coming,omitempty" doc:"The instalments after it, as they were planned: each becomes a payment of its own when the one before it is paid"`
	PaidAt   *time.Time `json:"paidAt,omitempty"`
	Waived   []Waiver   `json:"waived,omitempty" doc:"What officers have let the applicant off: amount and lines are without it, unless all of it was waived"`
	Refunded *Money     `json:"refunded,omitempty" doc:"What went back or is on its way, where anything is"`
	Less     []FeeLine  `json:"less,omitempty" doc:"What a correction has made less than was paid, of each fee: it is part of refunded. Amount and lines stay as they were asked for"`
	Deposits []Deposit  `json:"deposits,omitempty" doc:"What of a payment that was made is or was held, and is not a fee"`
}

// Waiver is what officers have let the applicant off, and why.
type Waiver struct {
	Amount Money  `json:"amount"`
	Reason string `json:"reason"`
	Basis  string `json:"basis" doc:"The law that it stands on"`
}

// Coming is an instalment that is not asked for yet.
type Coming struct {
	Amount Money     `json:"amount"`
	DueAt  time.Time `json:"dueAt"`
}

// Payout is money that goes out to the applicant, or to somebody whom the definition names.
type Payout struct {
	ID      string     `json:"id"`
	Step    string     `json:"step"`
	Amount  Money      `json:"amount"`
	Status  string     `json:"status" enum:"wanted,requested,sent,paid,failed,cancelled,returned,by-hand" doc:"wanted: an account is asked for, on the applicant's page; requested and sent: on its way, and what becomes of it is not known; failed: nothing was paid, and an operator is asked; returned: it had been paid and came back, an account is asked for, and an operator; by-hand: paid past the gateway"`
	Account string     `json:"account,omitempty" doc:"The last characters of the account number"`
	Failure string     `json:"failure,omitempty" doc:"The gateway's code"`
	EndedAt *time.Time `json:"endedAt,omitempty"`
}

// Deposit is what of a payment is held, or what has become of it.
type Deposit struct {
	Fee       string     `json:"fee"`
	Amount    Money      `json:"amount"`
	Status    string     `json:"status" enum:"held,released,forfeited" doc:"released: it is on its way back, or back, as refunded says; forfeited: it stays with the authority"`
	HeldWith  string     `json:"heldWith,omitempty" doc:"Code of the right as long as which it is held"`
	SettledAt *time.Time `json:"settledAt,omitempty"`
}

// Document is an issued paper. Href gives the PDF, with the bearer token.
type Document struct {
	ID     string    `json:"id"`
	Title  plan.Text `json:"title"`
	Number string    `json:"number"`
	Status string    `json:"status" enum:"valid,suspended,replaced,revoked,expired"`
	Since  time.Time `json:"since" doc:"Since when it has this status"`
	By     string    `json:"replacedBy,omitempty" doc:"Number of the paper that came in its place"`
	Href   string    `json:"href,omitempty" doc:"Where its holder downloads it; missing where it comes to them otherwise"`
	Ways   []Way     `json:"delivery,omitempty" doc:"How it is brought to its holder, beside the download"`
}

// Way is how far a paper has come to an office or by post.
type Way struct {
	Channel string     `json:"channel" enum:"pick-up,post,email"`
	State   string     `json:"state" doc:"Of pick-up: offered, asked, ready, collected, returned. Of post: offered, asked, manifested, handed, underway, delivered, returned, lost. Of email: offered, asked, sent, failed, over"`
	Since   time.Time  `json:"since"`
	Office  string     `json:"office,omitempty" doc:"Code of the office that was asked"`
	Until   *time.Time `json:"until,omitempty" doc:"Until when the office keeps it, or the link lasts"`
	Item    string     `json:"item,omitempty" doc:"Number of the postal item (UPU S10)"`
}

// justSubmitted is how long after its submission a read waits, a bounded moment, for the first answers of registries.
const justSubmitted = 10 * time.Second

// role is in which role the caller sees an application.
type role struct{ applicant, officer bool }

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (a *API) application(described huma.API) {
	op := a.operation(described, http.MethodGet, "applications/{id}", "get-application", "One application")
	huma.Register(described, op, func(ctx context.Context, in *idInput) (*answer[Application], error) {
		id, err := uuid.Parse(in.ID)
		if err != nil {
			return nil, problem(ctx, "not-found")
		}
		v, as, err := a.view(ctx, id)
		if err == nil && (v.Status == application.Received || v.Status == application.Open && a.o.Now().Sub(v.SubmittedAt) < justSubmitted) {
			// Who has just submitted wants to see what came of it, such as the answer of an enquiry.
			if _, err = a.o.Book.Settle(ctx, id, application.Answered); err == nil {
				v, as, err = a.view(ctx, id)
			}
		}
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.shown(ctx, v, as)
	})
}

// view reads an application in every role in which the caller may.
func (a *API) view(ctx context.Context, id uuid.UUID) (v *application.View, as role, err error) {
	person := caller(ctx)
	v, err = a.o.Book.ForApplicant(ctx, person.ID, id)
	if as.applicant = err == nil; err != nil && !errors.Is(err, application.ErrNotFound) {
		return nil, as, err
	}
	if len(person.Capacities) == 0 {
		return v, as, err
	}
	official, err := a.o.Book.ForOfficer(ctx, person.Capacities, id)
	switch {
	case err == nil:
		as.officer = true
		return official, as, nil
	case as.applicant && errors.Is(err, application.ErrNotFound):
		return v, as, nil
	}
	return nil, as, err
}

// shown answers with an application, and notes that an officer has read it.
func (a *API) shown(ctx context.Context, v *application.View, as role) (*answer[Application], error) {
	if as.officer && !as.applicant {
		if err := a.o.Audit(ctx, entry(caller(ctx), "read", v, nil)); err != nil {
			return nil, a.fail(ctx, err)
		}
	}
	out, err := a.present(ctx, v, as)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &answer[Application]{Body: out}, nil
}

func (a *API) present(ctx context.Context, v *application.View, as role) (Application, error) {
	texts, ok := a.o.Releases.Texts(v.Texts)
	if !ok {
		return Application{}, application.ErrUnavailable
	}
	out := Application{
		ID: v.ID, Reference: v.Reference, Service: v.Service, Status: string(v.Status), Step: v.Step, Outcome: v.Outcome,
		Reason: texts.Reasons[v.Reason], SubmittedAt: v.SubmittedAt, EndedAt: v.EndedAt, ErasedAt: v.ErasedAt, ErasedBy: v.ErasedBy, Withdraw: v.Withdrawable && as.applicant, Undoing: v.Undoing, Suspended: v.SuspendedUntil,
		Tasks: []OpenTask{}, Timeline: make([]Event, len(v.Timeline)), Fees: []FeeLine{}, Payments: []Payment{}, Documents: []Document{},
		Anytime: v.Anytime, Answer: rows(v.Answer), Form: v.Form, Labels: v.Labels,
	}
	if r := v.Round; r != nil {
		out.Round = &Round{r.Opens, r.Closes, r.Status, r.Reserve, r.Place}
	}
	for _, r := range v.Related {
		out.Related = append(out.Related, Related{r.ID, r.Reference, r.Service, string(r.Status), r.Outcome, r.Parent})
	}
	for i, e := range v.Timeline {
		out.Timeline[i] = Event{e.At, e.Kind, e.Step, e.Outcome, e.Actor, e.Comment}
	}
	for _, t := range v.Tasks {
		if t.Open() && mine(caller(ctx), t, as) {
			open := OpenTask{ID: t.ID, Step: t.Step, Kind: t.Kind, Actions: t.Actions, Comment: t.Comment, Frozen: t.Frozen, Revision: t.Revision,
				DueAt: t.DueAt, Overdue: t.Overdue, From: t.From, Fields: a.asked(v, t, texts)}
			if t.Panel != nil {
				open.Panel = &Panel{t.Panel.Members, t.Panel.Quorum, t.Voted}
			}
			if who, is := t.ClaimedBy(a.o.Now()); is {
				open.Claimed = &Claimed{who == caller(ctx).ID, *t.ClaimedUntil, t.Assigned}
			}
			out.Tasks = append(out.Tasks, open)
		}
	}
	if err := a.addMoney(ctx, &out, texts); err != nil {
		return out, err
	}
	return out, a.addDocuments(ctx, &out)
}

// asked are the fields that a task asks for beside its action.
func (a *API) asked(v *application.View, t application.Task, texts *plan.Texts) (out []Field) {
	pl, ok := a.o.Releases.Plan(v.Plan)
	if !ok || !t.Form {
		return nil
	}
	words := map[string]plan.FieldText{}
	for _, w := range texts.OwnFields[t.Step] {
		words[w.Code] = w
	}
	for i := range pl.Nodes {
		if n := &pl.Nodes[i]; n.Key == t.Node && n.Own() != nil {
			for _, f := range n.Own().Fields {
				out = append(out, field(f, words[f.Code]))
			}
		}
	}
	return out
}
