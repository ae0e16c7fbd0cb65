package application_test

import (
	"context"
	"errors"
	"testing"

	"github.com/diwan-gov/diwan/runtime/application"
)

func TestTextThatTheDatabaseCannotKeepIsTheCallersFault(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	review := task(t, v)
	for name, bad := range map[string]string{"NUL": "a\x00b", "not UTF-8": "a\xffb"} {
		submission := o.submission(bad)
		_, submit := o.book.Submit(t.Context(), submission)
		_, withdraw := o.book.Act(t.Context(), o.applicant(), v.ID, application.ActRequest{Action: application.Withdraw}, bad)
		_, decide := o.book.Act(t.Context(), o.officer(), v.ID,
			application.ActRequest{Task: review.ID, Action: "approve", Revision: review.Revision, Comment: bad}, "k")
		_, queue := o.book.Queue(t.Context(), holder(officer...), application.QueueFilter{Reference: bad}, application.Page{})
		_, _, once := o.book.Once(t.Context(), "somebody", bad, "route", nil, func(context.Context) (int, []byte, error) { return 200, nil, nil })
		for what, err := range map[string]error{"submit": submit, "withdraw": withdraw, "decide": decide, "queue": queue, "once": once} {
			if !errors.Is(err, application.ErrInvalid) {
				t.Errorf("%s with %s: %v", what, name, err)
			}
		}
	}
	if n := o.count("SELECT count(*) FROM act WHERE actor <> 'gateway'"); n != 0 {
		t.Errorf("%d acts were stored", n)
	}
}

func TestAFormThatWasValidatedAgainstAnotherPlanIsNotTaken(t *testing.T) {
	o := newOffice(t)
	s := o.submission("k")
	s.Plan = "sha256:of-the-release-before"
	if _, err := o.book.Submit(t.Context(), s); !errors.Is(err, application.ErrUnavailable) || o.count("SELECT count(*) FROM application") != 0 {
		t.Fatalf("taken: %v", err)
	}
	live, _ := o.store.Service(service)
	s.Plan = live.PlanDigest
	if v, err := o.book.Submit(t.Context(), s); err != nil || v.Plan != live.PlanDigest {
		t.Errorf("%+v, %v", v, err)
	}
}
