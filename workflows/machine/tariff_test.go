package machine_test

import (
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// rated is a plan whose fee comes from a table of the version that the date on the form chooses.
func rated(t *testing.T, change ...func(*plan.Plan)) *machine.Program {
	t.Helper()
	pl := &plan.Plan{
		Format: plan.Format, Service: "s", Authority: "a", Currency: "ILS", Zone: "UTC", Withdraw: -1, Tariff: "t", TariffOn: "facts.day",
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "eventDate", Kind: "date"}, {Name: "cc", Kind: "int"}}},
			{Name: "asOf", Kind: "record", Fields: []plan.Field{{Name: "submitted", Kind: "date"}}},
			{Name: "tariff", Kind: "record", Fields: []plan.Field{{Name: "stamp", Kind: "money"},
				{Name: "engine", Kind: "table", Gives: "money", Fields: []plan.Field{{Name: "cc", Kind: "int"}}}}},
			{Name: "facts", Kind: "record", Fields: []plan.Field{{Name: "day", Kind: "date"}, {Name: "engine", Kind: "money"}}},
		},
		Reads: []string{"form.eventDate", "form.cc"}, TariffReads: []string{"engine", "stamp"},
		Facts: []plan.Fact{{Name: "day", Formula: "addDays(form.eventDate, 1)", Kind: "date"}, {Name: "engine", Formula: "tariff.engine(form.cc)", Kind: "money"}},
		Fees:  []plan.Fee{{Code: "engine", Amount: "facts.engine + tariff.stamp"}},
		Nodes: []plan.Node{
			{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"engine"}}},
			{Key: "end", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "paid"}},
	}
	for _, c := range change {
		c(pl)
	}
	p, err := machine.Load(pl)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func versions() []activity.Tariff {
	return []activity.Tariff{
		{Version: "t@2025-01-01", Since: "2025-01-01", Until: "2025-12-30", Amounts: raw("stamp", `"2.00 ILS"`, "engine", `[["0..1000","100.00 ILS"],["over 1000","200.00 ILS"]]`)},
		{Version: "t@2026-01-01", Since: "2026-01-01", Amounts: raw("stamp", `"3.00 ILS"`, "engine", `[["0..1000","110.00 ILS"],["1001..2000","220.00 ILS"]]`)},
	}
}

func asked(day, cc string) *activity.Start {
	s := start()
	s.Reads, s.Tariff, s.Facts.Tariffs = raw("form.eventDate", `"`+day+`"`, "form.cc", cc), nil, versions()
	return s
}

func TestTheDayThatThePlanSaysChoosesTheVersionOfTheTariff(t *testing.T) {
	p := rated(t)
	for _, c := range []struct{ day, cc, want, version string }{
		{"2025-06-01", "1000", "engine=10200 = 10200 ILS", "t@2025-01-01"},
		{"2025-06-01", "1001", "engine=20200 = 20200 ILS", "t@2025-01-01"},
		{"2025-12-31", "900", "engine=11300 = 11300 ILS", "t@2026-01-01"},
		{"2030-01-01", "2000", "engine=22300 = 22300 ILS", "t@2026-01-01"},
	} {
		_, effects, refused := p.Step(machine.State{}, machine.Event{Start: asked(c.day, c.cc)})
		a := effects[len(effects)-1].Assessment
		if refused != "" || a == nil || lines(a) != c.want || a.Tariff != c.version {
			t.Errorf("%s: %q %+v", c.day, refused, effects[len(effects)-1])
		}
	}
}

func TestACaseThatTheTariffDoesNotKnowStopsWithAnIncidentThatNamesIt(t *testing.T) {
	p := rated(t)
	for _, c := range []struct{ day, cc, reason, detail string }{
		{"2026-06-01", "54321", "incident.no-row", "tariff.engine (cc: a whole number)"},
		{"2024-06-01", "900", "incident.no-tariff", ""},
		{"2025-12-30", "900", "incident.no-tariff", ""}, // the day after its last
	} {
		s, effects, _ := p.Step(machine.State{}, machine.Event{Start: asked(c.day, c.cc)})
		e := effects[len(effects)-1]
		if e.Reason != c.reason || e.Detail != c.detail || len(s.Tokens) != 1 || s.Tokens[0].Task == nil || s.Tokens[0].Task.Kind != machine.IncidentTask {
			t.Errorf("%s: %+v", c.day, e)
		}
		if strings.Contains(encode(t, e), c.cc) {
			t.Errorf("the effect holds a value of the form: %s", encode(t, e))
		}
	}
}

func TestANewVersionOfATariffChangesNoAssessedFee(t *testing.T) {
	p := rated(t)
	s, _, _ := p.Step(machine.State{}, machine.Event{Start: asked("2026-06-01", "900")})
	before := encode(t, s.Assessments)
	later := versions()
	later[1].Amounts = raw("stamp", `"9.00 ILS"`, "engine", `[["from 0","900.00 ILS"]]`)
	after, effects, refused := p.Step(roundTrip(t, s), machine.Event{Act: &activity.Act{Facts: activity.Facts{At: monday, Tariffs: later}, Node: "pay", Visit: 1,
		Action: "paid", Actor: "gateway", Capacities: []string{"gateway"}}})
	if refused != "" || after.Status != machine.Ended || strings.Replace(encode(t, after.Assessments), `,"paid":true`, "", 1) != before {
		t.Fatalf("%s, %+v\n%s", refused, effects, encode(t, after.Assessments))
	}
}

func TestAPlanWhoseTariffChoosesItselfIsRefused(t *testing.T) {
	pl := *rated(t).Plan()
	pl.TariffOn = `tariff.stamp == tariff.stamp ? asOf.submitted : asOf.submitted`
	if _, err := machine.Load(&pl); err == nil {
		t.Fatal("it was loaded")
	}
}
