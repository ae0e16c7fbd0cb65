package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/reference"
)

const constructsFile = "../../docs/constructs.md"

func TestEveryPatternOfTheModelCatalogueIsCounted(t *testing.T) {
	fees, steps, total := map[string]int{}, map[string]int{}, 0
	for _, r := range reference.CoreRows() {
		fees[r.Fee] += r.Count
		steps[r.Steps] += r.Count
		total += r.Count
	}
	if total != 1400 || len(fees) != 26 || len(steps) != 38 {
		t.Errorf("%d rows, %d fee rules, %d patterns of steps", total, len(fees), len(steps))
	}
	var named []string
	for _, c := range slices.Concat(reference.StepConstructs, reference.FeeConstructs, reference.Lacking) {
		sum := 0
		for _, f := range c.Fees {
			if fees[f] == 0 {
				t.Errorf("%s: there is no fee rule %s", c.Name, f)
			}
			sum += fees[f]
		}
		for _, s := range c.Steps {
			if steps[s] == 0 {
				t.Errorf("%s: there is no pattern of steps %s", c.Name, s)
			}
			sum += steps[s]
		}
		if n := c.Wanted(); n > sum || n == 0 && sum > 0 || len(c.Fees) == 0 && n != sum {
			t.Errorf("%s: %d rows of %d", c.Name, n, sum)
		}
		named = append(append(named, c.Fees...), c.Steps...)
	}
	for pattern := range fees {
		if pattern != "free" && !slices.Contains(named, pattern) {
			t.Errorf("no construct is named for the fee rule %s", pattern)
		}
	}
	for pattern := range steps {
		if !slices.Contains(named, pattern) {
			t.Errorf("no construct is named for the steps %s", pattern)
		}
	}
}

func TestTheConstructsThatAreCountedAreThoseOfTheLanguage(t *testing.T) {
	language := reference.Markdown()
	for _, c := range slices.Concat(reference.StepConstructs, reference.FeeConstructs) {
		if key, _, _ := strings.Cut(c.Example, ":"); !strings.Contains(language, "`"+key) {
			t.Errorf("%s: the language has no key %s", c.Name, key)
		}
	}
}

func TestTheCommittedConstructsAreWhatIsCounted(t *testing.T) {
	want := reference.ConstructsMarkdown()
	if *update {
		if err := os.WriteFile(constructsFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if read(t, constructsFile) != want {
		t.Error("docs/constructs.md is not up to date: go test ./cmd/diwan -run Constructs -update")
	}
}
