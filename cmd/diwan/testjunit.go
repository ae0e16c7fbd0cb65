package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// The usual schema of JUnit results, as build servers read it: a suite for each service, a case for each scenario.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		File     string      `xml:"file,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitProblem `xml:"failure,omitempty"`
		Error   *junitProblem `xml:"error,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(out io.Writer, t *tested, _ testOptions) error {
	suites := junitSuites{Name: "diwan", Time: fmt.Sprintf("%.3f", t.took.Seconds())}
	for i := range t.services {
		s := &t.services[i]
		suite := junitSuite{Name: s.Service.Code.Value, File: s.file}
		if unrun := s.unrun(); len(unrun) > 0 {
			var text strings.Builder
			if err := diag.WriteText(&text, s.place.shown(unrun).Cap(mostShown), nil); err != nil {
				return err
			}
			suite.Errors++
			suite.Cases = append(suite.Cases, junitCase{
				Name: "definition", Class: suite.Name, Time: "0.000", File: s.file,
				Error: &junitProblem{Message: "the definition has errors", Type: string(unrun[0].Code), Text: text.String()},
			})
		}
		took := 0.0
		for j := range s.Results {
			r := &s.Results[j]
			took += r.Took.Seconds()
			c := junitCase{
				Name: r.Scenario.Title.Value, Class: suite.Name, Time: fmt.Sprintf("%.3f", r.Took.Seconds()), File: s.file,
				Line: r.Scenario.Title.Range().Start.Line,
			}
			if !r.Passed() {
				suite.Failures++
				c.Failure = failureOf(s, r)
			}
			suite.Cases = append(suite.Cases, c)
		}
		suite.Tests, suite.Time = len(suite.Cases), fmt.Sprintf("%.3f", took)
		suites.Tests, suites.Failures, suites.Errors = suites.Tests+suite.Tests, suites.Failures+suite.Failures, suites.Errors+suite.Errors
		suites.Suites = append(suites.Suites, suite)
	}
	b, err := xml.MarshalIndent(suites, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%s\n", xml.Header, b)
	return err
}

func failureOf(s *testedService, r *servicetest.Result) *junitProblem {
	var text strings.Builder
	writeFailure(&text, s, r, nil)
	first := r.Differences[0]
	return &junitProblem{Message: first.Summary, Type: string(first.Code), Text: text.String()}
}
