package portal_test

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// add puts an application of a person into the book.
func (w *world) add(p identity.Person, service string, change func(*application.View)) *application.View {
	live, _ := w.Service(service)
	v := &application.View{ID: uuid.New(), Reference: "D7K2-94QM", Service: service, Authority: live.Authority, Applicant: p.ID, Plan: live.PlanDigest,
		Texts: live.TextsDigest, Language: "ar", Status: application.Open, Sequence: 3, Facts: p.Facts(), SubmittedAt: today.AddDate(0, 0, -2),
		Form:     map[string]any{"licenceNumber": "1234567", "years": json.Number("5"), "phone": "0599123456", "declaration": true},
		Timeline: []application.Event{{At: today.AddDate(0, 0, -2), Kind: "submitted", Actor: "applicant"}}}
	change(v)
	w.book.all = append(w.book.all, v)
	return v
}

func done(step, outcome, actor, comment string, days int) application.Event {
	return application.Event{At: today.AddDate(0, 0, -days), Kind: "done", Step: step, Outcome: outcome, Actor: actor, Comment: comment}
}

// toPay is a licence that waits for its fee.
func (w *world) toPay(p identity.Person) *application.View {
	v := w.add(p, licence, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Withdrawable = application.Waiting, "pay", "pay", true
		v.Timeline = append(v.Timeline, done("licence", "found", "system", "", 2))
	})
	w.charge(v, payment.Due)
	return v
}

func (w *world) charge(v *application.View, status payment.Status) payment.View {
	due := today.AddDate(0, 0, 12)
	at := today.AddDate(0, 0, -1)
	pay := payment.View{ID: uuid.New(), Node: "pay", Visit: 1, Amount: 29000, Currency: "ILS", Status: status, DueAt: &due, Payable: status == payment.Due,
		Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 4000}}}
	if status != payment.Due {
		pay.PaidAt = &at
	}
	if w.desk.payments == nil {
		w.desk.payments = map[uuid.UUID][]payment.View{}
	}
	w.desk.payments[v.ID] = []payment.View{pay}
	return pay
}

// toCorrect is a licence that an officer has sent back.
func (w *world) toCorrect(p identity.Person) (*application.View, uuid.UUID) {
	due := today.AddDate(0, 0, 30)
	task := application.Task{ID: uuid.New(), Node: "review/correct", Step: "review", Visit: 1, Kind: "correct", Role: "applicant", Actions: []string{"submit"},
		Frozen: []string{"licenceNumber", "years"}, Revision: 4, OpenedAt: today, DueAt: &due}
	v := w.add(p, licence, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Withdrawable, v.Tasks = application.Waiting, "review/correct", "review", true, []application.Task{task}
		v.Timeline = append(v.Timeline, done("licence", "found", "system", "", 2), done("pay", "paid", "gateway", "", 1),
			done("review", "sendBack", "officer", "رقم الهاتف لا يعمل <b>أبدًا</b>", 0))
	})
	w.charge(v, payment.Paid)
	return v, task.ID
}

// issued is a licence that ended with its document.
func (w *world) issued(p identity.Person) *application.View {
	ended := today
	v := w.add(p, licence, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Outcome, v.EndedAt = application.Ended, "issued", "card", "issued", &ended
		v.Timeline = append(v.Timeline, done("licence", "found", "system", "", 2), done("pay", "paid", "gateway", "", 1),
			done("review", "approve", "officer", "", 0), done("card", "issued", "system", "", 0),
			application.Event{At: today, Kind: "ended", Outcome: "issued", Actor: "system"})
	})
	w.charge(v, payment.Paid)
	live, _ := w.Service(licence)
	w.archive.found = document.Verification{Status: document.Valid, ID: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Title: live.Texts.Documents["driving-licence"].Title,
		Number: "DL-2026-000001", Authority: "transport", IssuedAt: today, ValidUntil: "2031-11-22"}
	w.archive.papers = map[uuid.UUID][]document.Issued{v.ID: {{ID: w.archive.found.ID, Code: "driving-licence", Number: "DL-2026-000001",
		Title: w.archive.found.Title, Status: document.Valid, IssuedAt: today, ValidUntil: "2031-11-22"}}}
	return v
}

// answered is an enquiry with its answer.
func (w *world) answered(p identity.Person) *application.View {
	ended := today
	return w.add(p, fines, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Outcome, v.EndedAt = application.Ended, "answered", "result", "answered", &ended
		v.Form = map[string]any{"plate": "6-1234-96"}
		text := func(kind, value string) application.Cell { return application.Cell{Kind: kind, Value: value} }
		v.Answer = []application.Row{
			{Label: map[string]string{"ar": "عدد المخالفات", "en": "Number of fines"}, Cell: text("int", "2")},
			{Label: map[string]string{"ar": "المجموع", "en": "Total"}, Cell: text("money", "450.00 ILS")},
			{Label: map[string]string{"ar": "المخالفات", "en": "Fines"}, Cell: application.Cell{Kind: "list",
				Columns: []application.Column{{Code: "date", Label: map[string]string{"ar": "التاريخ", "en": "Date"}}, {Code: "place", Label: map[string]string{"ar": "المكان", "en": "Place"}}, {Code: "amount", Label: map[string]string{"ar": "المبلغ", "en": "Amount"}}},
				Rows:    [][]application.Cell{{text("date", "2026-05-02"), text("text", "رام الله"), text("money", "150.00 ILS")}, {text("date", "2026-07-19"), text("text", "نابلس"), text("money", "300.00 ILS")}}}},
		}
		v.Timeline = append(v.Timeline, done("fines", "found", "system", "", 0), done("result", "answered", "system", "", 0),
			application.Event{At: today, Kind: "ended", Outcome: "answered", Actor: "system"})
	})
}

// insuranceToCorrect is an insurance whose whole form was sent back.
func (w *world) insuranceToCorrect(p identity.Person) (*application.View, uuid.UUID) {
	task := application.Task{ID: uuid.New(), Node: "review/correct", Step: "review", Visit: 1, Kind: "correct", Role: "applicant", Actions: []string{"submit"},
		Revision: 2, OpenedAt: today}
	v := w.add(p, insurance, func(v *application.View) {
		v.Status, v.Node, v.Step, v.Tasks = application.Waiting, "review/correct", "review", []application.Task{task}
		v.Form = map[string]any{"months": json.Number("6"), "dependant": "none", "phone": "0599123456"}
	})
	return v, task.ID
}
