package round_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/round"
)

var day = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func entry(application, rank, tie string, minute int, quotas ...string) round.Entry {
	return round.Entry{Application: application, Rank: rank, Tie: tie, Quotas: quotas, At: day.Add(time.Duration(minute) * time.Minute)}
}

func said(given []round.Given) string {
	var out []string
	for _, g := range given {
		out = append(out, strings.TrimSuffix(fmt.Sprintf("%s:%s:%s", g.Application, g.Outcome, g.Place), ":"))
	}
	return strings.Join(out, " ")
}

func TestPlacesGoByRankThenTieThenWhoWasEarlierThenByID(t *testing.T) {
	given, err := round.Rank(round.Terms{Places: 3, Reserve: 2}, []round.Entry{
		entry("f", "1", "", 0), entry("e", "2.5", "1", 9), entry("d", "2.50", "1", 9), entry("c", "2.5", "1", 8), entry("b", "2.5", "3", 9), entry("a", "10", "", 9),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(given), "a:placed b:placed c:placed d:reserve e:reserve f:refused"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestKeptPlacesGoFirstAndWhatNobodyWantsIsAnybodys(t *testing.T) {
	terms := round.Terms{Places: 4, Reserve: 1, Quotas: []round.Quota{{Code: "orphan", Places: 1}, {Code: "near", Places: 2}}}
	given, err := round.Rank(terms, []round.Entry{
		entry("a", "9", "", 0), entry("b", "8", "", 0, "near"), entry("c", "7", "", 0, "near", "orphan"), entry("d", "6", "", 0), entry("e", "5", "", 0), entry("f", "4", "", 0, "near"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(given), "a:placed b:placed:near c:placed:orphan d:reserve e:refused f:placed:near"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	given, _ = round.Rank(terms, []round.Entry{entry("a", "9", "", 0), entry("b", "8", "", 0), entry("c", "7", "", 0), entry("d", "6", "", 0), entry("e", "5", "", 0)})
	if got, want := said(given), "a:placed b:placed c:placed d:placed e:reserve"; got != want {
		t.Errorf("without anybody who counts\n got %s\nwant %s", got, want)
	}
	reserve := []round.Waiting{{Application: "d"}, {Application: "g", Quotas: []string{"near"}}}
	if i := round.Next("near", reserve); i != 1 {
		t.Errorf("a kept place goes to %d", i)
	}
	if i := round.Next("orphan", reserve); i != 0 {
		t.Errorf("a kept place that nobody wants goes to %d", i)
	}
	if i := round.Next("", nil); i != -1 {
		t.Errorf("with nobody on the list: %d", i)
	}
}

func TestWhatIsGivenHangsOnNothingButTheEntries(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	codes := []string{"p", "q"}
	for range 300 {
		terms := round.Terms{Places: r.IntN(12), Reserve: r.IntN(5), Quotas: []round.Quota{{Code: "p", Places: r.IntN(3)}, {Code: "q", Places: r.IntN(3)}}}
		var entries []round.Entry
		for i := range r.IntN(20) {
			e := entry(fmt.Sprintf("%02d", i), fmt.Sprint(r.IntN(4)), fmt.Sprint(r.IntN(2)), r.IntN(3))
			for _, c := range codes {
				if r.IntN(3) == 0 {
					e.Quotas = append(e.Quotas, c)
				}
			}
			entries = append(entries, e)
		}
		given, err := round.Rank(terms, entries)
		if err != nil {
			t.Fatal(err)
		}
		r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		again, _ := round.Rank(terms, entries)
		a, _ := round.Digest(given)
		b, _ := round.Digest(again)
		if !slices.Equal(a, b) {
			t.Fatalf("in another order\n got %s\nwant %s", said(again), said(given))
		}
		placed, waiting, want := 0, 0, map[string]int{}
		got := map[string]int{}
		for _, g := range given {
			switch g.Outcome {
			case round.Placed:
				placed++
				for _, q := range g.Quotas {
					got[q]++
				}
			case round.Reserve:
				waiting++
			}
			for _, q := range g.Quotas {
				want[q]++
			}
		}
		if placed != min(terms.Places, len(entries)) || waiting != min(terms.Reserve, len(entries)-placed) {
			t.Fatalf("%d placed and %d on the list of %d by %+v", placed, waiting, len(entries), terms)
		}
		for _, q := range terms.Quotas { // a kept place is a floor, where the places suffice
			if terms.Quotas[0].Places+terms.Quotas[1].Places <= terms.Places && got[q.Code] < min(q.Places, want[q.Code]) {
				t.Fatalf("%s has %d of %d: %s", q.Code, got[q.Code], q.Places, said(given))
			}
		}
	}
}

func TestARankThatIsNoNumberAndAnApplicationThatComesTwiceAreNoRound(t *testing.T) {
	if _, err := round.Rank(round.Terms{Places: 1}, []round.Entry{entry("a", "many", "", 0)}); err == nil {
		t.Error("ranked by a word")
	}
	if _, err := round.Rank(round.Terms{Places: 1}, []round.Entry{entry("a", "1", "", 0), entry("a", "1", "", 0)}); err == nil {
		t.Error("ranked twice")
	}
}
