package servicetest

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Suite runs the scenarios of one catalogue. It is safe for parallel use.
type Suite struct {
	c        *catalog.Catalogue
	scripts  form.Scripts
	calendar *calendar
}

// New makes a suite. scripts runs validation scripts; without it they are taken to find nothing.
func New(c *catalog.Catalogue, scripts form.Scripts) *Suite {
	if scripts == nil {
		scripts = indulgent{}
	}
	return &Suite{c: c, scripts: scripts, calendar: newCalendar(c)}
}

// Report is what the scenarios of one service gave.
type Report struct {
	Service *catalog.Service
	// Problems are the compiler's, where they hold an error there are no results, and the endings that no scenario reaches.
	Problems diag.List
	Results  []Result // in the order of the file
	Coverage []Point  // what the scenarios that were run reach, and what they do not
}

// Result is what one scenario gave.
type Result struct {
	Scenario    *catalog.Scenario
	Differences []Difference // in the order in which they were found
	Happened    []Entry
	Took        time.Duration
}

// Passed tells that the scenario came out as it says.
func (r *Result) Passed() bool {
	for i := range r.Differences {
		if r.Differences[i].Severity == diag.Error {
			return false
		}
	}
	return true
}

// Findings are the problems and differences of all scenarios, sorted.
func (r *Report) Findings() diag.List {
	list := append(diag.List{}, r.Problems...)
	for i := range r.Results {
		for j := range r.Results[i].Differences {
			list.Add(r.Results[i].Differences[j].Diagnostic)
		}
	}
	list.Sort()
	return list
}

// Service compiles s and runs those of its scenarios whose title pick takes; nil takes all.
func (x *Suite) Service(s *catalog.Service, pick func(title string) bool) Report {
	report := Report{Service: s}
	u, problems := x.compile(s)
	report.Problems = problems
	if u == nil {
		return report
	}
	var trace machine.Trace
	for i := range s.Scenarios {
		sc := &s.Scenarios[i]
		if pick != nil && !pick(sc.Title.Value) {
			continue
		}
		began := time.Now()
		r := rehearse(u, sc, &trace)
		report.Results = append(report.Results, Result{Scenario: sc, Differences: r.differences, Happened: r.happened, Took: time.Since(began)})
	}
	report.Problems.Add(u.judgements()...)
	report.Coverage = append(cover(u.points(), trace.Seen), u.triggers()...)
	// That there is none is a finding itself, and one that fails may have meant the ending.
	if pick == nil && len(s.Scenarios) > 0 && !slices.ContainsFunc(report.Results, func(r Result) bool { return !r.Passed() }) {
		report.Problems.Add(unshown(report.Coverage)...)
	}
	return report
}

// unit is a service that is ready to run.
type unit struct {
	*Suite
	s     *catalog.Service
	roots map[string][]formula.Field // what formulas read under each root
	p     *machine.Program
	f     *form.Form
	texts *plan.Texts
	env   *formula.Env // of conditions, made when a walk first shows one
	begun map[int]int  // how often each trigger of the plan has started something, or would have, had somebody agreed
}

func (x *Suite) compile(s *catalog.Service) (*unit, diag.List) {
	pl, texts, list := compile.Compile(x.c, s)
	if pl == nil {
		return nil, list
	}
	p, err := machine.Load(pl)
	if err != nil {
		return nil, append(list, unusable(s, err))
	}
	f, err := form.Compile(pl, x.scripts)
	if err != nil {
		return nil, append(list, unusable(s, err))
	}
	fields, err := machine.Fields(pl.Scope)
	if err != nil {
		return nil, append(list, unusable(s, err))
	}
	u := &unit{Suite: x, s: s, p: p, f: f, texts: texts, roots: map[string][]formula.Field{}, begun: map[int]int{}}
	for _, root := range fields {
		if root.Type.Object != nil {
			u.roots[root.Name] = root.Type.Object.Fields
		}
	}
	return u, list
}

// unusable is a plan that the compiler made and that does not run: a mistake of the program, which the author of the definition sees too.
func unusable(s *catalog.Service, err error) diag.Diagnostic {
	return diag.New(diag.Error, "plan", s.Head(), "the plan does not load: {problem}", "problem", err.Error())
}
