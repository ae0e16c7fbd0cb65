package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// testFormats are the ways to show what scenarios gave.
var testFormats = []string{"text", "json", "junit"}

func testCommand() *cobra.Command {
	var o testOptions
	var pattern, lang string
	c := &cobra.Command{
		Use:   "test DIR|FILE…",
		Short: "Run the scenarios of a catalogue, or of some files of one",
		Long: "Test runs the scenarios of all services round each argument in parallel, in virtual time, and shows for each that fails what was\n" +
			"expected, what came and what happened. A service with errors of its own is not run and counts as failed: see diwan check.",
		Args: arguments(1, math.MaxInt),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(testFormats, o.format) {
				return usage("there is no format %q: write text, json or junit", o.format)
			}
			if pattern != "" {
				p, err := regexp.Compile(pattern)
				if err != nil {
					return usage("--run %q is no regular expression: %v", pattern, err)
				}
				o.run = p
			}
			var err error
			if o.lang, err = language(lang); err != nil {
				return err
			}
			return testPlaces(args, o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.format, "format", "text", "how to show the results: text, json or junit")
	c.Flags().BoolVar(&o.coverage, "coverage", false, "show what of each definition the scenarios reach")
	c.Flags().StringVar(&pattern, "run", "", "run only scenarios whose service and title, as in service: title, match this regular expression")
	c.Flags().StringVar(&lang, "lang", "en", "the language of text: en or ar")
	return c
}

type testOptions struct {
	lang     *diag.Language // nil = English
	format   string
	coverage bool
	run      *regexp.Regexp
}

// tested is what a run of the command gave.
type tested struct {
	services []testedService
	files    map[string][]byte // by the path that is shown
	took     time.Duration
}

type testedService struct {
	servicetest.Report
	file   string    // as it is shown
	place  place     // gives the shown paths of findings
	broken diag.List // errors for which it was not run
}

func testPlaces(args []string, o testOptions, out, errs io.Writer) error {
	byRoot, roots, err := placesOf(args)
	if err != nil {
		return err
	}
	began := time.Now()
	all := tested{files: map[string][]byte{}}
	scripts := new(lazyPool)
	defer scripts.Close()
	for _, root := range roots {
		places := byRoot[root]
		c, loaded := catalog.Load(os.DirFS(root))
		list, sound := checked(c, loaded)
		wanted := slices.DeleteFunc(slices.Clone(c.Services), func(s *catalog.Service) bool {
			return !slices.ContainsFunc(places, func(p place) bool { return p.inside == "." || p.holds(s.File) })
		})
		first := len(all.services)
		all.services = append(all.services, make([]testedService, len(wanted))...)
		suite, progress := servicetest.New(c, scripts), progressOn(errs, len(wanted), o.lang)
		each(len(wanted), func(i int) {
			s := wanted[i]
			t := testedService{Report: servicetest.Report{Service: s}, file: places[0].path(s.File), place: places[0]}
			if slices.Contains(sound, s) {
				t.Report = suite.Service(s, picker(o.run, s))
			} else {
				t.broken = causes(list, s)
			}
			all.services[first+i] = t
			progress.done()
		})
		progress.end()
		for name, content := range c.Files {
			all.files[places[0].path(name)] = content
		}
	}
	all.took = time.Since(began)
	if o.run != nil && all.count(func(servicetest.Result) bool { return true }) == 0 {
		return usage("no scenario matches %q", o.run)
	}
	write := map[string]func(io.Writer, *tested, testOptions) error{"text": writeTestText, "json": writeTestJSON, "junit": writeJUnit}[o.format]
	if err := write(out, &all, o); err != nil {
		return err
	}
	if all.failed() > 0 {
		return errFindings
	}
	return nil
}

// picker takes the scenarios that a pattern matches, with the code of their service before them; nil takes all.
func picker(run *regexp.Regexp, s *catalog.Service) func(string) bool {
	if run == nil {
		return nil
	}
	return func(title string) bool { return run.MatchString(s.Code.Value + ": " + title) }
}

// causes are the errors for which a service is not run: its own, else all.
func causes(list diag.List, s *catalog.Service) diag.List {
	var own, all diag.List
	for _, d := range list {
		if d.Severity != diag.Error {
			continue
		}
		if all = append(all, d); d.Range.File == s.File {
			own = append(own, d)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

// placesOf finds the catalogues of all arguments, in their order.
func placesOf(args []string) (byRoot map[string][]place, roots []string, err error) {
	byRoot = map[string][]place{}
	for _, arg := range args {
		p, err := placeOf(arg)
		if err != nil {
			return nil, nil, err
		}
		if byRoot[p.root] == nil {
			roots = append(roots, p.root)
		}
		byRoot[p.root] = append(byRoot[p.root], p)
	}
	return byRoot, roots, nil
}

// unrun tells that the service could not be run: it is broken, or the compiler refuses it.
func (t *testedService) unrun() diag.List {
	if len(t.broken) > 0 {
		return t.broken
	}
	return slices.DeleteFunc(slices.Clone(t.Problems), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
}

func (t *tested) count(is func(servicetest.Result) bool) int {
	n := 0
	for i := range t.services {
		for _, r := range t.services[i].Results {
			if is(r) {
				n++
			}
		}
	}
	return n
}

// failed counts scenarios that failed and services that could not be run.
func (t *tested) failed() int {
	n := t.count(func(r servicetest.Result) bool { return !r.Passed() })
	for i := range t.services {
		if len(t.services[i].unrun()) > 0 {
			n++
		}
	}
	return n
}

// progress shows on a terminal how many services have been run. Elsewhere it shows nothing. It is safe for parallel use.
type progress struct {
	out   io.Writer // nil = show nothing
	all   int
	lang  *diag.Language
	ready atomic.Int64
	shown atomic.Int64 // milliseconds since began, of the last line
	began time.Time
}

// rarely is how many milliseconds lie between two lines.
const rarely = 100

func progressOn(out io.Writer, all int, l *diag.Language) *progress {
	p := &progress{all: all, lang: l, began: time.Now()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

func (p *progress) done() {
	n := p.ready.Add(1)
	now, last := time.Since(p.began).Milliseconds(), p.shown.Load()
	if p.out != nil && now-last >= rarely && p.shown.CompareAndSwap(last, now) {
		fmt.Fprintf(p.out, "\r%s", diag.Say("{n} of {all} services", "n", n, "all", p.all).In(p.lang))
	}
}

func (p *progress) end() {
	if p.out != nil {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", 40))
	}
}
