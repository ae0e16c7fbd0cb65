package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/release"
)

// patience bounds each wait for an application to come further.
const patience = 30 * time.Second

// officer decides about licences.
var officer = application.Actor{
	Person: uuid.MustParse("11111111-1111-4111-8111-111111111111"), Capacities: []string{"transport:licensing-officer"}, Kind: application.Officer,
}

// life is one application from its form to its paper, and how long people waited for an answer.
type life struct {
	id     uuid.UUID
	submit time.Duration // from the filled form until the application is committed and answered
	decide time.Duration // from the officer's click until the decision is answered and the paper is there
}

// live is what an applicant, the gateway and an officer do, one after the other, by the same calls as pages and callbacks make.
func (w *world) live(ctx context.Context, applicant application.Person) (l life, err error) {
	began := time.Now()
	v, err := w.submit(ctx, applicant, service, renewal)
	if err != nil {
		return l, fmt.Errorf("submit: %w", err)
	}
	return w.decided(ctx, v, began)
}

// decided is the rest of the life of a licence that was submitted since began.
func (w *world) decided(ctx context.Context, v *application.View, began time.Time) (l life, err error) {
	l.id, l.submit = v.ID, time.Since(began)
	if err := w.pay(ctx, v.ID); err != nil {
		return l, fmt.Errorf("pay: %w", err)
	}
	task, err := w.task(ctx, v.ID, "review")
	if err != nil {
		return l, fmt.Errorf("review: %w", err)
	}
	began = time.Now()
	if err := w.act(ctx, officer, v.ID, application.ActRequest{Task: task.ID, Action: "approve", Revision: task.Revision}); err != nil {
		return l, fmt.Errorf("approve: %w", err)
	}
	if err := w.ended(ctx, v.ID); err != nil {
		return l, fmt.Errorf("end: %w", err)
	}
	l.decide = time.Since(began)
	return l, nil
}

// What people type: into the form of the licence service, and into that of the enquiry about fines.
var (
	renewal = map[string]any{"licenceNumber": licenceNumber, "years": "5", "phone": "0599123456", "declaration": "true"}
	fines   = map[string]any{"plate": "6-1234-96"}
)

// forms makes the forms of services ready, each when it is first asked for, as the portal does.
type forms struct {
	store   *release.Store
	scripts *script.Pool
	mu      sync.Mutex
	ready   map[string]*form.Form
}

func (f *forms) of(service string) (*form.Form, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.ready[service]; one != nil {
		return one, nil
	}
	live, ok := f.store.Service(service)
	if !ok {
		return nil, fmt.Errorf("the release has no %s", service)
	}
	one, err := form.Compile(live.Plan, f.scripts)
	f.ready[service] = one
	return one, err
}

// submit validates the form as the portal does and submits it.
func (w *world) submit(ctx context.Context, applicant application.Person, service string, typed map[string]any) (*application.View, error) {
	now := time.Now().In(w.zone)
	ready, err := w.forms.of(service)
	if err != nil {
		return nil, err
	}
	values, problems, err := ready.Validate(ctx, typed, form.Context{
		Applicant: applicant.Facts, Submitted: formula.Date{Year: now.Year(), Month: int(now.Month()), Day: now.Day()},
	})
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("the form is refused: %v", problems)
	}
	return w.book.Submit(ctx, application.Submission{Applicant: applicant, Service: service, Form: values, Language: "ar", Key: uuid.NewString()})
}

// pay waits until a payment is asked for and reports it as paid, as the gateway's callback does.
func (w *world) pay(ctx context.Context, id uuid.UUID) error {
	var due payment.View
	err := w.when(ctx, id, func(p application.Progress) (bool, error) {
		if p.Status == application.Ended {
			return false, fmt.Errorf("ended %s", p.Outcome)
		}
		if p.Status != application.Waiting {
			return false, nil
		}
		payments, err := w.desk.OfApplication(ctx, id)
		if len(payments) > 0 {
			due = payments[0]
		}
		return len(payments) > 0, err
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"event": "checkout.paid", "checkout": "co-" + due.ID.String(), "reference": due.ID.String(), "status": "paid",
		"amount": formula.Money{Minor: due.Amount, Currency: due.Currency},
	})
	if err != nil {
		return err
	}
	status, err := w.desk.Callback(ctx, body, http.Header{"Gateway-Signature": {signature(w.secret, body, time.Now())}})
	if err == nil && status != 200 {
		err = fmt.Errorf("the callback is answered %d", status)
	}
	return err
}

// signature signs a callback like the gateway.
func signature(secret string, body []byte, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(stamp + "."))
	h.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(h.Sum(nil))
}

// task waits for the open task of a node.
func (w *world) task(ctx context.Context, id uuid.UUID, node string) (task application.Task, err error) {
	err = w.when(ctx, id, func(p application.Progress) (bool, error) {
		if p.Node != node {
			return false, nil
		}
		v, err := w.book.ForOfficer(ctx, officer.Capacities, id)
		if err != nil || len(v.Tasks) == 0 || !v.Tasks[0].Open() {
			return false, err
		}
		task = v.Tasks[0]
		return true, nil
	})
	return task, err
}

// act acts, and again with the same key while what comes of it is not known, as a page does.
func (w *world) act(ctx context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest) error {
	key, until := uuid.NewString(), time.Now().Add(patience)
	for {
		answer, err := w.book.Act(ctx, actor, id, r, key)
		switch {
		case err != nil || answer.TookEffect():
			return err
		case !answer.Pending || time.Now().After(until):
			return fmt.Errorf("answered %+v", answer)
		}
	}
}

func (w *world) ended(ctx context.Context, id uuid.UUID) error {
	return w.when(ctx, id, func(p application.Progress) (bool, error) { return p.Status == application.Ended, nil })
}

// when waits until ask says yes; it asks each time that the application has come further.
func (w *world) when(ctx context.Context, id uuid.UUID, ask func(application.Progress) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen := -1
	for {
		var now application.Progress
		_, err := w.book.Settle(ctx, id, func(p application.Progress) bool {
			now = p
			return p.Sequence > seen
		})
		if err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("no further in %s than %+v", patience, now)
			}
			return err
		}
		seen = now.Sequence
		if yes, err := ask(now); yes || err != nil {
			return err
		}
	}
}
