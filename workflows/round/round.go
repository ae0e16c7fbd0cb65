package round

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Outcomes, as the machine takes them.
const (
	Placed  = "placed"
	Reserve = "reserve"
	Refused = "refused"
)

// Why an outcome was given.
const (
	ByRank  = "rank"     // among the best of all
	ByQuota = "quota"    // among the best of those for whom places are kept
	NoPlace = "no-place" // others went first
)

// Terms are how many places there are.
type Terms struct {
	Places  int     `json:"places"`
	Reserve int     `json:"reserve"`
	Quotas  []Quota `json:"quotas,omitempty"` // in the order of the definition
}

// Quota is how many of the places are kept for those who count for it.
type Quota struct {
	Code   string `json:"code"`
	Places int    `json:"places"`
}

// Entry is with what an application takes part.
type Entry struct {
	Application string    `json:"application"`
	Rank        string    `json:"rank"`             // a decimal: who has more goes first
	Tie         string    `json:"tie,omitempty"`    // a decimal that decides between equals; then who was earlier
	Quotas      []string  `json:"quotas,omitempty"` // codes of those for which it counts
	At          time.Time `json:"at"`               // of the submission
}

// Given is what an application is given.
type Given struct {
	Entry
	Position int    `json:"position"` // from 1, by rank alone
	Outcome  string `json:"outcome"`
	Place    string `json:"place,omitempty"` // code of the quota whose place it has, "" = one of all
	Why      string `json:"why"`
}

// Rank puts the entries in order and gives places, the first first. By rank, then by tie, then who was earlier, then by ID, so that no two are
// equal. The places that are kept go first, in order, each to the first of those who count for it; who counts for several has one of the first
// that is written. What is left of all places then goes in order to whoever comes next, so that a kept place that nobody wants is anybody's. A
// kept place is thus a floor: a quota has at least so many, where so many want it.
func Rank(t Terms, entries []Entry) ([]Given, error) {
	type ranked struct {
		Given
		rank, tie formula.Decimal
	}
	list := make([]ranked, len(entries))
	for i, e := range entries {
		r := ranked{Given: Given{Entry: e}}
		var err error
		if r.rank, err = number(e.Rank); err == nil {
			r.tie, err = number(e.Tie)
		}
		if err != nil {
			return nil, fmt.Errorf("application %s: %w", e.Application, err)
		}
		list[i] = r
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(b.rank.Cmp(a.rank), b.tie.Cmp(a.tie), a.At.Compare(b.At), cmp.Compare(a.Application, b.Application))
	})
	for i := 1; i < len(list); i++ {
		if list[i].Application == list[i-1].Application {
			return nil, errors.New("an application takes part twice")
		}
	}
	left, kept := t.Places, make([]int, len(t.Quotas))
	for i, q := range t.Quotas {
		kept[i] = q.Places
	}
	for i := range list {
		e := &list[i]
		e.Position = i + 1
		for q, of := range t.Quotas {
			if kept[q] > 0 && left > 0 && slices.Contains(e.Quotas, of.Code) {
				e.Outcome, e.Place, e.Why = Placed, of.Code, ByQuota
				kept[q]--
				left--
				break
			}
		}
	}
	reserve := t.Reserve
	out := make([]Given, len(list))
	for i := range list {
		e := &list[i].Given
		switch {
		case e.Outcome != "":
		case left > 0:
			e.Outcome, e.Why = Placed, ByRank
			left--
		case reserve > 0:
			e.Outcome, e.Why = Reserve, NoPlace
			reserve--
		default:
			e.Outcome, e.Why = Refused, NoPlace
		}
		out[i] = *e
	}
	return out, nil
}

// Waiting is somebody on the reserve list.
type Waiting struct {
	Application string
	Quotas      []string
}

// Next is who of the reserve list, which is in order, moves up to a place that was handed back, or -1 where nobody waits: the first who counts
// for the quota for which it is kept, where there is one, else the first of all.
func Next(place string, reserve []Waiting) int {
	if place != "" {
		if i := slices.IndexFunc(reserve, func(w Waiting) bool { return slices.Contains(w.Quotas, place) }); i >= 0 {
			return i
		}
	}
	if len(reserve) == 0 {
		return -1
	}
	return 0
}

// Digest is the SHA-256 of what was given, in order.
func Digest(given []Given) ([]byte, error) {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, g := range given {
		g.At = g.At.UTC()
		if err := enc.Encode(g); err != nil {
			return nil, err
		}
	}
	return h.Sum(nil), nil
}

// Chain is the hash of a record that follows another one.
func Chain(before, body []byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(body)
	return h.Sum(nil)
}

func number(s string) (formula.Decimal, error) {
	if s == "" {
		return formula.NewDecimal(0, 0), nil
	}
	return formula.ParseDecimal(s)
}
