package machine_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestRowsOfADocumentHaveTheirTypedValues(t *testing.T) {
	p := licence(t)
	src := machine.Source{
		Form: raw("years", "5", "licenceNumber", `"1234567"`), Applicant: raw("name", `"ليلى <حسن>"`), Submitted: "2026-03-02", Tariff: start().Tariff,
		Answers: map[string]map[string]json.RawMessage{"licence": raw("expiresOn", `"2026-01-01"`, "classes", `[{"class":"B","since":"2001-05-06"}]`, "new", "1")},
		Issued:  &machine.Issued{Number: "DL-7", On: "2028-02-29"},
	}
	v, err := p.Values(src)
	if err != nil {
		t.Fatal(err)
	}
	if got := v["facts"].(map[string]any)["monthsLate"]; got != int64(3) {
		t.Fatalf("facts %v", v["facts"])
	}
	d := p.Plan().Documents[0]
	cells, err := p.Rows(d.Rows, v)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range cells {
		got.WriteString(c.Kind + string(c.Value) + ";")
	}
	if want := `text"ليلى <حسن>";text"DL-7";list[{"class":"B","since":"2001-05-06"}];`; got.String() != want {
		t.Fatalf("cells %s", got.String())
	}
	if cells[2].Index != 3 || len(cells[2].Fields) != 2 {
		t.Fatalf("a hidden row moves the labels: %+v", cells[2])
	}
	if until, err := p.ValidUntil(d.Code, v); err != nil || until != "2033-02-28" {
		t.Fatalf("valid until %s, %v", until, err)
	}
	for written, same := range map[string]bool{`{"value":"50.00","currency":"ILS"}`: true, `{ "currency": "ILS", "value": "50.00" }`: true, `"50.00 ILS"`: true,
		`{"value":"50.00","currency":"ILS","x":"1"}`: false, `{"value":"50.00 ","currency":"ILS"}`: false, `{"value":"5e1","currency":"ILS"}`: false} {
		_, err := p.Values(machine.Source{Tariff: &activity.Tariff{Amounts: raw("perYear", written)}})
		if (err == nil) != same {
			t.Errorf("%s: %v", written, err)
		}
	}
	src.Form["years"] = json.RawMessage(`"five"`)
	if _, err := p.Values(src); err == nil || strings.Contains(err.Error(), "five") || !strings.Contains(err.Error(), "form.years") {
		t.Fatalf("error %v", err)
	}
}

func TestAQuoteStopsAtThePaymentOrTheEnd(t *testing.T) {
	found := func(fines string) func(activity.Lookup) (activity.Answer, error) {
		return func(l activity.Lookup) (activity.Answer, error) {
			return activity.Answer{Found: true, Values: raw("expiresOn", `"2026-01-01"`, "unpaidFines", fines)}, nil
		}
	}
	p := licence(t)
	q, err := p.Quote(*start(), found("0"))
	if err != nil || q.Kind != plan.Pay || q.Total != 28000 || len(q.Lines) != 2 || q.Currency != "ILS" {
		t.Fatalf("%+v, %v", q, err)
	}
	if q, err = p.Quote(*start(), found("1")); err != nil || q.Outcome != "refused" || q.Reason != "fines/refused" {
		t.Fatalf("%+v, %v", q, err)
	}
	free := licence(t, func(pl *plan.Plan) {
		pl.Fees = pl.Fees[:1]
		pl.Fees[0].Amount = "tariff.perYear * 0"
		node(pl, "pay").Pay.Fees = []string{"renewal"}
	})
	if q, err = free.Quote(*start(), found("0")); err != nil || q.Kind != plan.Pay || q.Total != 0 || len(q.Lines) != 1 {
		t.Fatalf("free: %+v, %v", q, err)
	}
	down := errors.New("down")
	if _, err = p.Quote(*start(), func(activity.Lookup) (activity.Answer, error) { return activity.Answer{}, down }); !errors.Is(err, down) {
		t.Fatalf("%v", err)
	}
	if _, err = p.Quote(*start(), func(activity.Lookup) (activity.Answer, error) { return activity.Answer{Failed: "gone"}, nil }); err == nil {
		t.Fatal("an incident is no quote")
	}
}

func TestLoadRefusesWhatStepCouldNotRun(t *testing.T) {
	for name, change := range map[string]func(*plan.Plan){
		"format":            func(p *plan.Plan) { p.Format = 3 },
		"zone":              func(p *plan.Plan) { p.Zone = "Mars/Olympus" },
		"no nodes":          func(p *plan.Plan) { p.Nodes = nil },
		"key twice":         func(p *plan.Plan) { p.Nodes[1].Key = "pay" },
		"edge to nowhere":   func(p *plan.Plan) { p.Edges[0].To = 99 },
		"way out of an end": func(p *plan.Plan) { p.Edges[0].From = 6 },
		"unknown fee":       func(p *plan.Plan) { node(p, "pay").Pay.Fees = []string{"x"} },
		"unknown document":  func(p *plan.Plan) { node(p, "card").Issue.Document = "x" },
		"unknown field":     func(p *plan.Plan) { p.Fees[0].Amount = "tariff.perYear * form.yeers" },
		"wrong type":        func(p *plan.Plan) { p.Edges[2].Guard = "licence.unpaidFines" },
		"unguarded":         func(p *plan.Plan) { p.Documents[0].Rows[2].When = "" },
		"facts in circles":  func(p *plan.Plan) { p.Facts[0].Formula = "facts.monthsLate + 1" },
		"read set":          func(p *plan.Plan) { p.Reads = []string{"form.x"} },
		"clock":             func(p *plan.Plan) { node(p, "pay").Pay.Clock.Rungs[0].Span.Unit = "moons" },
		"limit":             func(p *plan.Plan) { node(p, "review").Review.Decisions[1].Then = "sendBack" },
		"withdraw":          func(p *plan.Plan) { p.Withdraw = 0 },
		"outcome":           func(p *plan.Plan) { p.Edges = p.Edges[:len(p.Edges)-2] },
		"lapse":             func(p *plan.Plan) { node(p, "review").Review.Clock.Rungs[0].Then = "lapse" },
		"kind":              func(p *plan.Plan) { node(p, "pay").Kind = "dance" },
	} {
		pl := readPlan(t)
		change(pl)
		if _, err := machine.Load(pl); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}
