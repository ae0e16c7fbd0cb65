package main

import (
	"fmt"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// jsonCoverage is what the scenarios of one service reach.
type jsonCoverage struct {
	Kinds     map[string]jsonShare `json:"kinds"`
	All       jsonShare            `json:"all"`
	Unreached []jsonPoint          `json:"unreached"`
}

type jsonShare struct {
	Reached int     `json:"reached"`
	Of      int     `json:"of"`
	Percent float64 `json:"percent"`
}

type jsonPoint struct {
	Kind  string     `json:"kind"`
	Name  string     `json:"name"`
	Range diag.Range `json:"range"`
}

func (s *jsonShare) add(p servicetest.Point) {
	s.Of++
	if p.Times > 0 {
		s.Reached++
	}
	s.Percent = 100 * float64(s.Reached) / float64(s.Of)
}

func coverageOf(s *testedService) *jsonCoverage {
	out := &jsonCoverage{Kinds: map[string]jsonShare{}, Unreached: []jsonPoint{}}
	for _, p := range s.Coverage {
		share := out.Kinds[string(p.Kind)]
		share.add(p)
		out.Kinds[string(p.Kind)] = share
		out.All.add(p)
		if p.Times == 0 {
			at := s.place.shown(diag.List{{Range: p.Range}})[0].Range
			out.Unreached = append(out.Unreached, jsonPoint{string(p.Kind), p.Name, at})
		}
	}
	return out
}

// kinds and kindOf are the words for what is covered.
var (
	kinds = map[servicetest.PointKind]diag.Message{
		servicetest.StepPoint: diag.Say("steps"), servicetest.DecisionPoint: diag.Say("decisions"), servicetest.GuardPoint: diag.Say("guards"),
		servicetest.FeePoint: diag.Say("fees"), servicetest.FactPoint: diag.Say("rows"), servicetest.LimitPoint: diag.Say("limits"), servicetest.EndingPoint: diag.Say("endings"),
		servicetest.TriggerPoint: diag.Say("triggers"),
	}
	kindOf = map[servicetest.PointKind]diag.Message{
		servicetest.StepPoint: diag.Say("step"), servicetest.DecisionPoint: diag.Say("decision"), servicetest.GuardPoint: diag.Say("guard"),
		servicetest.FeePoint: diag.Say("fee"), servicetest.FactPoint: diag.Say("row of the fact"), servicetest.LimitPoint: diag.Say("time limit"), servicetest.EndingPoint: diag.Say("ending"),
		servicetest.TriggerPoint: diag.Say("trigger"),
	}
)

// mostUnreached is how many points of one service a terminal shows.
const mostUnreached = 40

// writeCoverage shows for each service how much of each kind is reached, and what is not.
func writeCoverage(b *strings.Builder, t *tested, l *diag.Language) {
	for _, k := range servicetest.PointKinds() {
		fmt.Fprintf(b, "  %9s", kinds[k].In(l))
	}
	fmt.Fprintf(b, "  %9s\n", diag.Say("all").In(l))
	for i := range t.services {
		s := &t.services[i]
		if len(s.Coverage) == 0 {
			continue
		}
		c := coverageOf(s)
		for _, k := range servicetest.PointKinds() {
			share, some := c.Kinds[string(k)]
			if !some {
				fmt.Fprintf(b, "  %9s", "-")
				continue
			}
			fmt.Fprintf(b, "  %9s", fmt.Sprintf("%d/%d", share.Reached, share.Of))
		}
		fmt.Fprintf(b, "  %8.1f%%  %s\n", c.All.Percent, s.Service.Code)
	}
	for i := range t.services {
		unreached := []jsonPoint(nil)
		if s := &t.services[i]; len(s.Coverage) > 0 {
			unreached = coverageOf(s).Unreached
		}
		for j, p := range unreached {
			if j == mostUnreached {
				fmt.Fprintln(b, diag.Say("{n} more of {service} are not shown", "n", len(unreached)-j, "service", t.services[i].Service.Code.Value).In(l))
				break
			}
			fmt.Fprintf(b, "%s:%d:%d: %s\n", p.Range.File, p.Range.Start.Line, p.Range.Start.Column,
				diag.Say("no scenario reaches this: {kind} {name}", "kind", kindOf[servicetest.PointKind(p.Kind)], "name", p.Name).In(l))
		}
	}
	b.WriteByte('\n')
}
