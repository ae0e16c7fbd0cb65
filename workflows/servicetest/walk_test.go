package servicetest_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// walk stands where the sample application waits for its payment.
func walk(t *testing.T) *servicetest.Walk {
	t.Helper()
	c := with(t, "  - scenario: one\n"+valid+"    decide: {review: approve}\n    expect: {end: issued}\n")
	s := c.Service(service)
	w, list := servicetest.New(c, pool).Walk(s)
	if w == nil {
		t.Fatal(told(list, c))
	}
	sc := &s.Scenarios[0]
	if err := w.Begin(sc.On.Value, sc); err != nil {
		t.Fatal(err)
	}
	if problems, err := w.Submit(w.Typed(sc)); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	waits := w.Waits()
	if len(waits) != 1 || waits[0].Kind != machine.LookupWait {
		t.Fatalf("%+v", waits)
	}
	answers, _ := sc.Answers.Get("licensing/licence-by-number")
	a, err := w.Read(waits[0].Lookup, answers.Values[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Answer(waits[0], a); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAWalkGoesBackStepByStepAndAnotherWay(t *testing.T) {
	w := walk(t)
	before := servicetest.Story(w.Happened())
	if err := w.Pass(); err != nil {
		t.Fatal(err)
	}
	if outcome, ended := w.Ended(); !ended || outcome != "lapsed" {
		t.Fatalf("%q", outcome)
	}
	if !w.Undo() || servicetest.Story(w.Happened()) != before {
		t.Fatalf("%s, was %s", servicetest.Story(w.Happened()), before)
	}
	if err := w.Act(w.Waits()[0], machine.Paid); err != nil {
		t.Fatal(err)
	}
	if err := w.Act(w.Waits()[0], "approve"); err != nil {
		t.Fatal(err)
	}
	if outcome, _ := w.Ended(); outcome != "issued" {
		t.Fatalf("%q", outcome)
	}
	for range 4 {
		if !w.Undo() {
			t.Fatal("the way back is too short")
		}
	}
	if w.Undo() || len(w.Waits()) != 0 || len(w.Happened()) != 0 {
		t.Fatal("there is a way back from the beginning")
	}
}

func TestWhoeverIsAskedOnAWalkFillsInTheirOwnForm(t *testing.T) {
	c := town(t, "  - scenario: one\n    on: 2026-11-22\n    form: {place: market}\n    expect: {end: granted}\n")
	w, problems := servicetest.New(c, nil).Walk(c.Services[0])
	if w == nil {
		t.Fatal(told(problems, c))
	}
	if err := w.Begin("2026-11-22", nil); err != nil {
		t.Fatal(err)
	}
	if problems, err := w.Submit(map[string]any{"place": "market"}); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if err := w.Give(w.Waits()[0], "green"); err != nil {
		t.Fatal(err)
	}
	for len(w.Waits()) > 0 {
		wait := w.Waits()[0]
		own, err := w.Own(wait)
		if err != nil || (own != nil) != (wait.Step == "hygiene") {
			t.Fatal(wait.Step, own, err)
		}
		typed := map[string]any{}
		if own != nil {
			if found, err := own.Problems(typed); err != nil || len(found) != 1 || found[0].Field != "score" {
				t.Fatalf("%+v %v", found, err)
			}
			if label := own.View("en", typed, nil).Sections[0].Fields[0].Label; label != "Score" {
				t.Fatalf("the field is called %q", label)
			}
			typed["score"] = "30"
		}
		if err := w.Fill(wait, "approve", own, typed); err != nil {
			t.Fatal(err)
		}
	}
	if outcome, ended := w.Ended(); !ended || outcome != "refused" {
		t.Fatalf("a score of 30 ends as %q", outcome)
	}
}

func TestAWalkShowsWhatAFeeIsMadeOf(t *testing.T) {
	lines := walk(t).Lines("pay")
	if len(lines) != 1 || lines[0].Amount != "250.00 ILS" || lines[0].Formula != "tariff.licencePerYear * form.years" {
		t.Fatalf("%+v", lines)
	}
	if reads := lines[0].Reads; len(reads) != 2 || reads[0] != "form.years = 5" || reads[1] != "tariff.licencePerYear = 50.00 ILS" {
		t.Fatalf("%q", reads)
	}
}
