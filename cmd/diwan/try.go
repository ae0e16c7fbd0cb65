package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

func tryCommand() *cobra.Command {
	var lang, scenario, on string
	c := &cobra.Command{
		Use:   "try FILE",
		Short: "Walk an application through a service in the terminal",
		Long: "Try asks the form of the service, then shows at each place what is waited for and what may be done: answer for a registry, decide,\n" +
			"pay, let time pass to the next time limit, withdraw. It shows what each fee line is made of, and the papers. undo goes back one step.\n" +
			"Enter takes what stands in brackets. Lines may also come from a pipe, one answer a line.",
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := language(lang)
			if err != nil {
				return err
			}
			t := &walker{in: bufio.NewReader(cmd.InOrStdin()), out: cmd.OutOrStdout(), lang: lang, l: l, echo: !terminal(cmd.InOrStdin())}
			return t.start(args[0], scenario, on, cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&lang, "lang", "en", "the language of the form and of what is said: en or ar")
	c.Flags().StringVar(&scenario, "scenario", "", "begin with the form, the applicant and the answers of this scenario")
	c.Flags().StringVar(&on, "on", "", "the day of submission (YYYY-MM-DD); that of the scenario, or today, where it is not given")
	return c
}

// walker leads one walk: it asks, and shows what comes of it.
type walker struct {
	in   *bufio.Reader
	out  io.Writer
	lang string
	l    *diag.Language
	echo bool // the lines are not typed here: show them

	c        *catalog.Catalogue
	s        *catalog.Service
	scenario *catalog.Scenario // nil where none is followed
	w        *servicetest.Walk
	sheet    *servicetest.Sheet // that is being filled in
}

// errInput says that there are no more lines.
var errInput = errors.New("the input has ended")

// longestLine bounds what is read of one line.
const longestLine = 64 << 10

func (t *walker) start(file, scenario, on string, errs io.Writer) error {
	place, err := placeOf(file)
	if err != nil {
		return err
	}
	c, loaded := catalog.Load(os.DirFS(place.root))
	i := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == place.inside })
	if i < 0 {
		return usage("%s defines no service", file)
	}
	t.c, t.s = c, c.Services[i]
	if scenario != "" {
		at := slices.IndexFunc(t.s.Scenarios, func(sc catalog.Scenario) bool { return sc.Title.Value == scenario })
		if at < 0 {
			return usage("there is no scenario %q", scenario)
		}
		t.scenario = &t.s.Scenarios[at]
	}
	list, sound := checked(c, loaded)
	scripts := new(lazyPool)
	defer scripts.Close()
	if slices.Contains(sound, t.s) {
		t.w, list = servicetest.New(c, scripts).Walk(t.s)
	} else {
		list = causes(list, t.s)
	}
	if t.w == nil {
		if err := diag.WriteTextIn(errs, t.l, place.shown(list).Cap(mostShown), func(f string) []byte { return nil }); err != nil {
			return err
		}
		return errFindings
	}
	day := time.Now().Format(time.DateOnly)
	if t.scenario != nil {
		day = t.scenario.On.Value
	}
	if on != "" {
		day = on
	}
	if err := t.w.Begin(day, t.scenario); err != nil {
		return usage("%v", err)
	}
	err = t.walk()
	if errors.Is(err, errInput) || errors.Is(err, errLeft) {
		return nil
	}
	return err
}

// walk asks the form and then, again and again, what is to happen.
func (t *walker) walk() error {
	t.line("%s – %s", t.s.Title.In(t.lang), t.w.Texts().Authority.In(t.lang))
	t.line("%s\n", t.s.Summary.In(t.lang))
	for {
		if opened, err := t.open(); err != nil || !opened {
			return err
		}
		typed, err := t.fill(t.w.Sheet(), t.opening(), nil)
		if err != nil {
			return err
		}
		if _, err = t.w.Submit(typed); err != nil {
			return err
		}
		if err := t.follow(); !errors.Is(err, errAgain) {
			return err
		}
	}
}

// errAgain says that the walk went back to before the form was sent, errLeft that it was left.
var (
	errAgain = errors.New("again")
	errLeft  = errors.New("left")
)

// opening is what the form opens with: what identity attests and, over it, what the scenario has.
func (t *walker) opening() map[string]any {
	typed := t.w.Form().Prefill(t.w.Context())
	if t.scenario != nil {
		for name, value := range t.w.Typed(t.scenario) {
			typed[name] = value
		}
	}
	return typed
}

// say shows a sentence of ours.
func (t *walker) say(phrase diag.Phrase, args ...any) {
	fmt.Fprintln(t.out, diag.Say(phrase, args...).In(t.l))
}

func (t *walker) line(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

// ask shows a prompt and reads a line; errInput at the end of the input.
func (t *walker) ask() (string, error) {
	fmt.Fprint(t.out, "> ")
	text, err := t.in.ReadString('\n')
	if err != nil && (text == "" || !errors.Is(err, io.EOF)) {
		fmt.Fprintln(t.out)
		if errors.Is(err, io.EOF) {
			return "", errInput
		}
		return "", err
	}
	if len(text) > longestLine {
		return "", usage("a line is longer than %d bytes", longestLine)
	}
	text = strings.TrimSpace(text)
	if t.echo {
		fmt.Fprintln(t.out, text)
	}
	return text, nil
}

// choice is one of several things that may be done: its number, or its word, is typed.
type choice struct {
	word  string
	label string
	do    func() error
}

// choose shows choices and does the one that is typed; an empty line takes the first where usual says so.
func (t *walker) choose(choices []choice, usual bool) error {
	for i, c := range choices {
		if c.word == "" || c.label == c.word {
			t.line("  %d) %s", i+1, c.label)
		} else {
			t.line("  %d) %s [%s]", i+1, c.label, c.word)
		}
	}
	for {
		text, err := t.ask()
		if err != nil {
			return err
		}
		if text == "" && usual {
			text = "1"
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			n = 1 + slices.IndexFunc(choices, func(c choice) bool { return c.word != "" && strings.EqualFold(c.word, text) })
		}
		if n < 1 || n > len(choices) {
			t.say("Type one of the numbers, or the word behind it.")
			continue
		}
		return choices[n-1].do()
	}
}

func terminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
