package api_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
)

func (w *world) OwnOf(_ context.Context, person uuid.UUID) (map[uuid.UUID]application.Own, error) {
	own := map[uuid.UUID]application.Own{}
	for _, v := range w.views {
		if v.Applicant == person {
			own[v.ID] = application.Own{Reference: v.Reference, Texts: v.Texts}
		}
	}
	return own, nil
}

func (d desk) DueOf(_ context.Context, applications, _ []uuid.UUID) (due []payment.View, err error) {
	for _, id := range applications {
		for _, v := range d.payments[id] {
			if v.Application = id; v.Payable {
				due = append(due, v)
			}
		}
	}
	slices.SortFunc(due, func(x, y payment.View) int { return int(x.Amount - y.Amount) })
	return due, nil
}

func TestTheCallerSeesWhatIsDueAndWhereItIsPaidAtOnce(t *testing.T) {
	s := serve(t)
	s.request(rana, "GET", "payments", nil).want(200, "items", 0, nil)
	var ids []string
	for i, currency := range []string{"ILS", "ILS", "JOD"} {
		v := &application.View{ID: uuid.New(), Reference: "DUE-" + currency, Applicant: rana.ID, Texts: s.sample().Texts}
		s.views[v.ID] = v
		p := payment.View{ID: uuid.New(), Authority: "transport", Amount: int64(1000 * (i + 1)), Currency: currency, Status: payment.Due, Payable: true}
		s.payments[v.ID] = []payment.View{p, {ID: uuid.New(), Amount: 1, Currency: currency, Status: payment.Paid}}
		ids = append(ids, p.ID.String())
	}
	of := slices.Sorted(slices.Values(ids[:2]))
	got := s.request(rana, "GET", "payments", nil)
	got.want(200, "items", 0, "id", ids[0])
	got.want(200, "items", 0, "checkout", "https://diwan.example/pay/"+ids[0])
	got.want(200, "items", 2, "reference", "DUE-JOD")
	got.want(200, "items", 3, nil)
	got.want(200, "checkouts", 0, "total", "value", "30.00")
	got.want(200, "checkouts", 0, "checkout", "https://diwan.example/payments/pay?of="+of[0]+"&of="+of[1])
	got.want(200, "checkouts", 1, "total", "value", "3.000")
	s.request(omar, "GET", "payments", nil).want(200, "checkouts", 0, nil)
}
