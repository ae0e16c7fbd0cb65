package main

import (
	"encoding/json"
	"io"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// jsonTested is what --format json shows. Its keys are stable.
type jsonTested struct {
	Services []jsonService `json:"services"`
	Passed   int           `json:"passed"`
	Failed   int           `json:"failed"` // scenarios that failed and services that were not run
	Seconds  float64       `json:"seconds"`
}

type jsonService struct {
	Service   string         `json:"service"`
	File      string         `json:"file"`
	Problems  diag.List      `json:"problems,omitempty"`
	Scenarios []jsonScenario `json:"scenarios"`
	Coverage  *jsonCoverage  `json:"coverage,omitempty"`
}

type jsonScenario struct {
	Scenario    string              `json:"scenario"`
	Line        int                 `json:"line"`
	Passed      bool                `json:"passed"`
	Seconds     float64             `json:"seconds"`
	Differences []jsonDifference    `json:"differences,omitempty"`
	Happened    []servicetest.Entry `json:"happened"`
}

type jsonDifference struct {
	Aspect   string          `json:"aspect"`
	Expected string          `json:"expected,omitempty"`
	Came     string          `json:"came,omitempty"`
	Finding  diag.Diagnostic `json:"finding"`
}

func writeTestJSON(out io.Writer, t *tested, o testOptions) error {
	all := jsonTested{
		Services: []jsonService{}, Failed: t.failed(), Seconds: t.took.Seconds(),
		Passed: t.count(func(r servicetest.Result) bool { return r.Passed() }),
	}
	for i := range t.services {
		s := &t.services[i]
		one := jsonService{Service: s.Service.Code.Value, File: s.file, Problems: s.place.shown(append(s.broken, s.Problems...)), Scenarios: []jsonScenario{}}
		for j := range s.Results {
			r := &s.Results[j]
			scenario := jsonScenario{
				Scenario: r.Scenario.Title.Value, Line: r.Scenario.Title.Range().Start.Line, Passed: r.Passed(), Seconds: r.Took.Seconds(), Happened: r.Happened,
			}
			for k := range r.Differences {
				d := &r.Differences[k]
				scenario.Differences = append(scenario.Differences, jsonDifference{d.Aspect, d.Want, d.Have, s.place.shown(diag.List{d.Diagnostic})[0]})
			}
			one.Scenarios = append(one.Scenarios, scenario)
		}
		if o.coverage {
			one.Coverage = coverageOf(s)
		}
		all.Services = append(all.Services, one)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
