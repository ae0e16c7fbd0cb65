package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// How much of a run a terminal shows.
const (
	mostFailures = 50
	slowest      = 3
	notSlow      = 10 * time.Millisecond // what is faster is not named among the slowest
)

// writeTestText shows failures with what was expected, what came and what happened, then the sum.
func writeTestText(out io.Writer, t *tested, o testOptions) error {
	var b strings.Builder
	shown, warnings := 0, 0
	for i := range t.services {
		s := &t.services[i]
		if unrun := s.unrun(); len(unrun) > 0 {
			fmt.Fprintln(&b, diag.Say("NOT RUN  {service}", "service", s.Service.Code.Value).In(o.lang))
			if err := diag.WriteTextIn(&b, o.lang, s.place.shown(unrun).Cap(3), func(f string) []byte { return t.files[f] }); err != nil {
				return err
			}
			b.WriteByte('\n')
		}
		for j := range s.Results {
			r := &s.Results[j]
			if !r.Passed() {
				if shown++; shown <= mostFailures {
					writeFailure(&b, s, r, o.lang)
				}
			} else {
				warnings += len(r.Differences)
			}
		}
		for _, d := range s.Problems {
			if d.Severity == diag.Warning {
				warnings++
			}
		}
	}
	if shown > mostFailures {
		fmt.Fprintf(&b, "%s\n\n", diag.Say("{n} more failures are not shown", "n", shown-mostFailures).In(o.lang))
	}
	if o.coverage {
		writeCoverage(&b, t, o.lang)
	}
	writeSum(&b, t, warnings, o.lang)
	_, err := io.WriteString(out, b.String())
	return err
}

func writeFailure(b *strings.Builder, s *testedService, r *servicetest.Result, l *diag.Language) {
	at := s.place.shown(diag.List{{Range: r.Scenario.Title.Range()}})[0].Range
	fmt.Fprintf(b, "%s\n         %s:%d\n",
		diag.Say("FAILED   {service}: {scenario}", "service", s.Service.Code.Value, "scenario", r.Scenario.Title.Value).In(l), at.File, at.Start.Line)
	for i := range r.Differences {
		d := &r.Differences[i]
		shown := s.place.shown(diag.List{d.Diagnostic})[0].In(l)
		fmt.Fprintf(b, "  %s:%d:%d: %s\n", shown.Range.File, shown.Range.Start.Line, shown.Range.Start.Column, shown.Summary)
		if shown.Suggestion != "" {
			fmt.Fprintf(b, "    %s\n", diag.Say("did you mean {word:q}?", "word", shown.Suggestion).In(l))
		}
		if d.Want != "" || d.Have != "" {
			fmt.Fprintf(b, "    %s\n    %s\n", diag.Say("expected  {want}", "want", orNothing(d.Want)).In(l), diag.Say("came      {have}", "have", orNothing(d.Have)).In(l))
		}
		if todo := d.Todo(l); todo != "" {
			fmt.Fprintf(b, "    %s\n", todo)
		}
	}
	if len(r.Happened) > 0 {
		fmt.Fprintf(b, "  %s\n", diag.Say("what happened").In(l))
		day := ""
		for _, e := range r.Happened {
			date := e.At.Format(time.DateOnly)
			if date == day {
				date = "          "
			} else {
				day = date
			}
			fmt.Fprintf(b, "    %s  %s\n", date, e.In(l))
		}
	}
	b.WriteByte('\n')
}

// orNothing is an argument of a sentence: the text, or the word for none.
func orNothing(s string) any {
	if s == "" {
		return diag.Say("nothing")
	}
	return s
}

func writeSum(b *strings.Builder, t *tested, warnings int, l *diag.Language) {
	if warnings > 0 {
		fmt.Fprintln(b, diag.Say("{warnings}; see `diwan check`", "warnings", count(warnings, "1 warning", "{n} warnings")).In(l))
	}
	results := t.count(func(servicetest.Result) bool { return true })
	passed := t.count(func(r servicetest.Result) bool { return r.Passed() })
	unrun := 0
	type timed struct {
		name string
		took time.Duration
	}
	var slow []timed
	for i := range t.services {
		s := &t.services[i]
		if len(s.unrun()) > 0 {
			unrun++
		}
		for j := range s.Results {
			if r := &s.Results[j]; r.Took >= notSlow {
				slow = append(slow, timed{s.Service.Code.Value + ": " + r.Scenario.Title.Value, r.Took})
			}
		}
	}
	slices.SortStableFunc(slow, func(x, y timed) int { return cmp.Compare(y.took, x.took) })
	for _, one := range slow[:min(slowest, len(slow))] {
		fmt.Fprintln(b, diag.Say("slow: {name} ({time})", "name", one.name, "time", one.took.Round(time.Millisecond).String()).In(l))
	}
	sum := diag.Say("{services}, {scenarios}: {passed} passed, {failed} failed", "services", count(len(t.services), "1 service", "{n} services"),
		"scenarios", count(results, "1 scenario", "{n} scenarios"), "passed", passed, "failed", results-passed)
	if unrun > 0 {
		sum = diag.Say("{sum}, {services} not run", "sum", sum, "services", count(unrun, "1 service", "{n} services"))
	}
	fmt.Fprintf(b, "%s (%.2f s)\n", sum.In(l), t.took.Seconds())
}
