package servicetest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// TestEveryExampleThatIsWalkedAndToldAgainComesOutTheSame walks the way of every scenario of the samples, tells the walk as a scenario, and runs that.
func TestEveryExampleThatIsWalkedAndToldAgainComesOutTheSame(t *testing.T) {
	for country, atLeast := range map[string]int{"palestine": 60, "kazakhstan": 50, "qatar": 50} {
		c, _ := catalog.Load(os.DirFS(filepath.Join("../../samples", country)))
		suite := servicetest.New(c, pool)
		walked := 0
		for _, s := range c.Services {
			for i := range s.Scenarios {
				sc := &s.Scenarios[i]
				dayOff := slices.ContainsFunc(sc.Events, func(h catalog.Happening) bool { return h.Event.Value == catalog.DayOff })
				if sc.Expect.Has("findings") || sc.Expect.End.Value == catalog.NotStarted || dayOff {
					continue // nothing is sent, or nothing that a person does
				}
				t.Run(s.Code.Value+"/"+sc.Title.Value, func(t *testing.T) {
					was := outcome(t, suite, s, sc)
					text := toldAgain(t, suite, s, sc)
					if is := outcome(t, suite, s, scenario(t, text)); is != was {
						t.Errorf("was %s\n is %s\n%s", was, is, text)
					}
				})
				walked++
			}
		}
		if walked < atLeast {
			t.Errorf("%s: only %d scenarios were walked", country, walked)
		}
	}
}

// outcome is what comes of a scenario, as text.
func outcome(t *testing.T, suite *servicetest.Suite, s *catalog.Service, sc *catalog.Scenario) string {
	t.Helper()
	raw, err := json.Marshal(suite.Outcomes(s, []catalog.Scenario{*sc})[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// toldAgain walks the way of a scenario, by moves as a page keeps them, and tells it as another one.
func toldAgain(t *testing.T, suite *servicetest.Suite, s *catalog.Service, sc *catalog.Scenario) string {
	t.Helper()
	kept, err := json.Marshal(suite.Moves(s, sc))
	if err != nil {
		t.Fatal(err)
	}
	var moves []servicetest.Move
	if err := json.Unmarshal(kept, &moves); err != nil {
		t.Fatal(err)
	}
	w, _ := suite.Walk(s)
	for i, m := range moves {
		if problems, err := w.Play(m); err != nil || len(problems) > 0 {
			t.Fatalf("move %d of %s: %v %v", i, kept, err, problems)
		}
	}
	told, err := w.Tell("told again")
	if err != nil {
		t.Fatalf("%v: %s", err, kept)
	}
	expect := "end: none"
	if told.Waits != "" {
		expect = "waits: " + told.Waits
	}
	return told.Body + "expect: {" + expect + "}\n"
}

func scenario(t *testing.T, text string) *catalog.Scenario {
	t.Helper()
	root, list := source.Parse("s.yaml", []byte(text), source.Limits{})
	if list.HasErrors() {
		t.Fatalf("%v\n%s", list, text)
	}
	sc := new(catalog.Scenario)
	if list := source.Decode(root, sc); list.HasErrors() {
		t.Fatalf("%v\n%s", list, text)
	}
	return sc
}

func TestAMoveThatCannotBePlayedChangesNothing(t *testing.T) {
	c := with(t, "  - scenario: one\n"+valid+"    decide: {review: approve}\n    expect: {end: issued}\n")
	s := c.Service(service)
	suite := servicetest.New(c, pool)
	moves := suite.Moves(s, &s.Scenarios[0])
	begin := moves[0]
	for name, list := range map[string][]servicetest.Move{
		"nothing before the beginning":  {{Do: servicetest.Submits}},
		"no second beginning":           {begin, begin},
		"an example that is gone":       {{Do: servicetest.Begins, Day: "2026-11-22", Example: "gone"}},
		"a day that is none":            {{Do: servicetest.Begins, Day: "tomorrow"}},
		"a capacity that is none":       {{Do: servicetest.Begins, Day: "2026-11-22", As: "father"}},
		"no time before the form":       {begin, {Do: servicetest.Passes}},
		"another deed":                  append(slices.Clone(moves), servicetest.Move{Do: "fly"}),
		"a decision at no step":         append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Acts, Node: "nowhere", What: "approve"}),
		"a decision in place of answer": append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Acts, Node: moves[2].Node, What: "approve"}),
		"an answer that is no text":     append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Answers, Node: moves[2].Node, What: "{"}),
		"an answer of another type":     append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Answers, Node: moves[2].Node, What: "{wings: 2}"}),
		"a time that is over":           append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Waits, What: "1999-01-01T00:00"}),
		"a time that never comes":       append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Waits, What: "9999-01-01T00:00"}),
		"an event that nobody waits":    append(slices.Clone(moves[:2]), servicetest.Move{Do: servicetest.Happens, What: "flood"}),
		"a form that was sent already":  append(slices.Clone(moves[:2]), moves[1]),
	} {
		w, _ := suite.Walk(s)
		for i, m := range list {
			before := servicetest.Story(w.Happened())
			problems, err := w.Play(m)
			last := i == len(list)-1
			if (err != nil) != last || len(problems) > 0 {
				t.Errorf("%s: move %d: %v %v", name, i, err, problems)
				break
			}
			if last && servicetest.Story(w.Happened()) != before {
				t.Errorf("%s: %s has happened", name, servicetest.Story(w.Happened()))
			}
		}
	}
}

func TestAWalkOfMovesSaysWhyEachBranchWasTaken(t *testing.T) {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	suite := servicetest.New(c, pool)
	found := 0
	for _, s := range c.Services {
		for i := range s.Scenarios {
			w, _ := suite.Walk(s)
			for _, m := range suite.Moves(s, &s.Scenarios[i]) {
				if _, err := w.Play(m); err != nil {
					break
				}
			}
			for _, j := range w.Judged() {
				if j.Guard == "" || j.From == "" || j.To == "" {
					t.Errorf("%s: %+v", s.Code.Value, j)
				}
				if len(j.Reads) > 0 {
					found++
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d conditions say what they read", found)
	}
}
