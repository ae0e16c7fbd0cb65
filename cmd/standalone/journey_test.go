package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

const (
	licence   = "transport.driving-licence.renew"
	services  = "/api/v1/services/"
	ownPath   = "/api/v1/applications/"
	tasksPath = "/api/v1/tasks"
)

// renewal is a form that the sample person citizen may send.
func renewal(years int) map[string]any {
	return map[string]any{"form": map[string]any{"licenceNumber": "1234567", "years": years, "phone": "0599123457", "declaration": true}}
}

// amount, openTask and seen are what the API says, read as a client of another team would read it.
type amount struct{ Value, Currency string }

type openTask struct {
	ID, Step, Kind string
	Actions        []string
	Revision       int
}

type feeLine struct {
	Fee    string
	Title  map[string]string
	Amount amount
}

type seen struct {
	ID, Reference, Service, Status, Step, Outcome string
	Tasks                                         []openTask
	Timeline                                      []struct{ Kind, Step, Outcome, Actor, Comment string }
	Fees                                          []feeLine
	Payments                                      []struct {
		ID, Status, Checkout string
		Amount               amount
		Refunded             *amount
		Part, Parts          int
		Late                 bool
		Coming               []struct{ Amount amount }
		Deposits             []struct {
			Fee, Status, HeldWith string
			Amount                amount
		}
	}
	Payouts []struct {
		ID, Status, Account, Failure string
		Amount                       amount
	}
	Answer []struct {
		Label map[string]string
		Value any
	}
	Documents []struct {
		ID, Number, Status, Href string
		Title                    map[string]string
	}
	Form map[string]any
}

// checkout is where what is due is to be paid, or "".
func (s seen) checkout() string {
	for _, p := range s.Payments {
		if p.Status == "due" {
			return p.Checkout
		}
	}
	return ""
}

// path are the steps that were entered, in their order.
func (s seen) path() (steps []string) {
	for _, e := range s.Timeline {
		if e.Kind == "entered" && (len(steps) == 0 || steps[len(steps)-1] != e.Step) {
			steps = append(steps, e.Step)
		}
	}
	return steps
}

// people is everybody who has a part in a journey, signed in at one running product.
type people struct {
	citizen, officer *caller
	browser          *payer
}

func (p *product) people(t testing.TB) people {
	t.Helper()
	v := newPayer(t, p)
	v.signIn("citizen")
	return people{p.as(t, "citizen"), p.as(t, "officer.transport"), v}
}

// journey is one driving-licence application from the form to the paper. It can be taken up again at any moment with the same keys, as a
// patient program would after a failure.
type journey struct {
	key       string // of the submission; that of the decision is made from it
	id        string // "" until a submission was answered
	reference string
	task      openTask // the review, once it was seen
	last      seen
}

// drive goes on until the application has ended. An error says what stopped it; drive may be called again.
func (j *journey) drive(ctx context.Context, with people) error {
	if err := j.submit(with.citizen); err != nil {
		return err
	}
	decided := false
	for {
		j.last = seen{}
		if err := expect(with.citizen, "GET", ownPath+j.id, "", nil, &j.last, http.StatusOK); err != nil {
			return err
		}
		switch {
		case j.last.Status == "ended":
			return nil
		case j.last.checkout() != "":
			if err := with.browser.pay(j.last.checkout()); err != nil {
				return err
			}
			continue
		case j.last.Step == "review" && !decided:
			if err := j.decide(with.officer); err != nil {
				return err
			}
			decided = true
			continue
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is still %s at %q: %w", j.id, j.last.Status, j.last.Step, ctx.Err())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// submit sends the form; a repeat must give the same application.
func (j *journey) submit(citizen *caller) error {
	var made struct{ ID, Reference, Status string }
	if err := expect(citizen, "POST", services+licence+"/applications", j.key, renewal(5), &made, http.StatusCreated); err != nil {
		return err
	}
	if made.ID == "" || j.id != "" && (made.ID != j.id || made.Reference != j.reference) {
		return fmt.Errorf("key %s made %s and then %s", j.key, j.id, made.ID)
	}
	j.id, j.reference = made.ID, made.Reference
	return nil
}

// decide approves; a repeat sends the same act.
func (j *journey) decide(officer *caller) error {
	if j.task.ID == "" {
		var a seen
		if err := expect(officer, "GET", ownPath+j.id, "", nil, &a, http.StatusOK); err != nil {
			return err
		}
		i := slices.IndexFunc(a.Tasks, func(t openTask) bool { return t.Step == "review" })
		if i < 0 {
			return nil // decided before, by an act whose answer was never read
		}
		j.task = a.Tasks[i]
	}
	return expect(officer, "POST", ownPath+j.id+"/acts", j.key+"-approve", approval(j.task), nil, http.StatusOK, http.StatusAccepted)
}

func approval(t openTask) map[string]any {
	return map[string]any{"task": t.ID, "action": "approve", "revision": t.Revision}
}

// expect sends a request that must be answered with one of the statuses.
func expect(c *caller, method, path, key string, body, into any, statuses ...int) error {
	var raw any = into
	if raw == nil {
		raw = new(any)
	}
	status, err := c.call(method, path, key, body, raw)
	if err != nil && !slices.Contains(statuses, status) {
		return fmt.Errorf("%s %s: %d: %w", method, path, status, err)
	}
	if !slices.Contains(statuses, status) {
		return fmt.Errorf("%s %s: %d where %v was expected", method, path, status, statuses)
	}
	return err
}

// must is expect for a test that cannot go on otherwise.
func must(t testing.TB, c *caller, method, path, key string, body, into any, statuses ...int) {
	t.Helper()
	if err := expect(c, method, path, key, body, into, statuses...); err != nil {
		t.Fatal(err)
	}
}

// await reads an application until it is as wanted.
func (c *caller) await(t testing.TB, id, what string, is func(seen) bool) (a seen) {
	t.Helper()
	err := eventually(func() (bool, error) {
		a = seen{}
		status, err := c.call("GET", ownPath+id, "", nil, &a)
		switch status {
		case http.StatusNotFound: // an officer may see it from the moment on at which there is something to do
			return false, nil
		case http.StatusOK:
			return err == nil && is(a), err
		}
		return false, errors.Join(fmt.Errorf("status %d", status), err)
	})
	if err != nil {
		t.Fatalf("application %s: %s: %v; it is %s at %q", id, what, err, a.Status, a.Step)
	}
	return a
}

var errNever = errors.New("it did not come to pass")

// eventually asks until the answer is yes or an error, at most a minute.
func eventually(ask func() (bool, error)) error {
	over := time.After(time.Minute)
	for {
		yes, err := ask()
		if yes || err != nil {
			return err
		}
		select {
		case <-over:
			return errNever
		case <-time.After(30 * time.Millisecond):
		}
	}
}
