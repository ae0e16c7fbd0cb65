package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
)

func newCommand() *cobra.Command {
	var blueprint string
	var set []string
	c := &cobra.Command{
		Use:   "new DIR CODE",
		Short: "Write the definition of a new service, from a blueprint or from nothing",
		Long: "New writes the definition of a service with that code into the catalogue in DIR: FIRST.REST goes to services/FIRST/REST.yaml.\n" +
			"It asks for what it needs. With a blueprint these are its parameters, each with its own words. Without one they are a title and a\n" +
			"summary; the authority is the one whose code is the first word of CODE, and is asked for only where the catalogue has none such.\n" +
			"What --set gives it does not ask for. A file that is there already is never touched.",
		Args: arguments(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			given, err := settings(set)
			if err != nil {
				return err
			}
			at, err := placeOf(args[0])
			if err != nil {
				return err
			}
			c, _ := catalog.Load(os.DirFS(at.root))
			n := &newService{c: c, code: args[1], given: given, in: bufio.NewScanner(cmd.InOrStdin()), out: cmd.ErrOrStderr()}
			return n.write(at, blueprint, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&blueprint, "blueprint", "", "the family to which it belongs")
	c.Flags().StringArrayVar(&set, "set", nil, "an answer: price='35.00 ILS', subject.ar='رخصة حرفة'")
	return c
}

func settings(set []string) (map[string]string, error) {
	given := map[string]string{}
	for _, s := range set {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, usage("--set %s: write name=value", s)
		}
		given[name] = value
	}
	return given, nil
}

// newService asks what a definition needs and writes it.
type newService struct {
	c     *catalog.Catalogue
	code  string
	given map[string]string
	in    *bufio.Scanner
	out   io.Writer
}

func (n *newService) write(at place, blueprint string, out io.Writer) error {
	file, err := n.file()
	if err != nil {
		return err
	}
	var text string
	if blueprint == "" {
		text, err = n.plain()
	} else {
		i := slices.IndexFunc(n.c.Blueprints, func(b *catalog.Blueprint) bool { return b.Code.Value == blueprint })
		if i < 0 {
			return usage("there is no blueprint %q; there %s", blueprint, n.blueprints())
		}
		text, err = n.member(n.c.Blueprints[i])
	}
	if err != nil {
		return err
	}
	for name := range n.given {
		return usage("nothing asks for %q", name)
	}
	if err := create(filepath.Join(at.root, filepath.FromSlash(file)), text); err != nil {
		return err
	}
	full := at.path(file)
	fmt.Fprintf(out, "%s written.\nGo on: write its form, steps and scenarios, and run: diwan check %s\n", full, full)
	return nil
}

// file is where the definition goes, by its code.
func (n *newService) file() (string, error) {
	if !check.IsServiceCode(n.code) {
		return "", usage("%q cannot be the code of a service: write the authority, the subject and the action, as in transport.driving-licence.renew", n.code)
	}
	if s := n.c.Service(n.code); s != nil {
		return "", usage("the service %s is there already: %s", n.code, s.File)
	}
	authority, rest, _ := strings.Cut(n.code, ".")
	return path.Join("services", authority, strings.ReplaceAll(rest, ".", "-")+".yaml"), nil
}

func (n *newService) blueprints() string {
	if len(n.c.Blueprints) == 0 {
		return "are none in this catalogue"
	}
	var all []string
	for _, b := range n.c.Blueprints {
		all = append(all, b.Code.Value)
	}
	return "are: " + strings.Join(all, ", ")
}

// member is a service of a family.
func (n *newService) member(b *catalog.Blueprint) (string, error) {
	var w strings.Builder
	fmt.Fprintf(&w, "blueprint: %s\nservice: %s\n", b.Code.Value, n.code)
	for _, key := range []string{"title", "summary"} {
		if k, _ := b.Service.Get(key); k != nil {
			continue
		}
		text, err := n.words(key, strings.ToUpper(key[:1])+key[1:])
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&w, "%s: %s\n", key, text)
	}
	if len(b.Parameters) > 0 {
		w.WriteString("with:\n")
	}
	for i := range b.Parameters {
		value, err := n.parameter(&b.Parameters[i])
		if err != nil {
			return "", err
		}
		if value != "" {
			fmt.Fprintf(&w, "  %s: %s\n", b.Parameters[i].Code.Value, value)
		}
	}
	if len(b.Places) > 0 {
		w.WriteString("fill: # items of your own; leave out what is not needed\n")
		for _, p := range b.Places {
			fmt.Fprintf(&w, "  %s: []\n", p.Value)
		}
	}
	w.WriteString("\nscenarios: []\n")
	return w.String(), nil
}

// parameter asks until the answer fits the type; nothing where the default holds.
func (n *newService) parameter(p *catalog.Parameter) (string, error) {
	name, title := p.Code.Value, p.Code.Value
	if words := p.Title.Plain()[n.language()]; words != "" {
		title = words
	}
	if p.Type == catalog.TextsParameter {
		if p.Default != nil && !n.has(name) {
			return "", nil
		}
		return n.words(name, title)
	}
	if p.Type == catalog.ListParameter || p.Type == catalog.AnyParameter {
		if p.Default != nil {
			return "", nil
		}
		return "[]", nil
	}
	for {
		_, set := n.given[name]
		answer, err := n.ask(name, title, p.Default != nil)
		if err != nil || answer == "" {
			return "", err
		}
		value, err := flow(answer, p.Type == catalog.TextParameter || p.Type == catalog.FormulaParameter)
		if err != nil {
			return "", err
		}
		if problem := p.Refuses(value); problem == "" {
			return value, nil
		} else if set {
			return "", usage("--set %s: it is %s", name, problem)
		} else {
			fmt.Fprintf(n.out, "It is %s.\n", problem)
		}
	}
}

// plain is a service of no family: the shortest that says all that the language asks for.
func (n *newService) plain() (string, error) {
	title, err := n.words("title", "Title")
	if err != nil {
		return "", err
	}
	summary, err := n.words("summary", "Summary: what one gets, for whom")
	if err != nil {
		return "", err
	}
	authority, err := n.authority()
	if err != nil {
		return "", err
	}
	words := map[string]string{}
	for _, l := range n.languages() {
		words[l] = "…"
	}
	todo, err := flow(words, false)
	if err != nil {
		return "", err
	}
	role := "officer"
	if roles := n.c.Roles(authority); len(roles) > 0 {
		role = roles[0].Code.Value
	}
	return fmt.Sprintf(skeleton, n.code, title, summary, authority, todo, todo, role, todo), nil
}

// authority is the one that the code begins with, or one that is asked for.
func (n *newService) authority() (string, error) {
	code, _, _ := strings.Cut(n.code, ".")
	if n.c.Authority(code) != nil {
		return code, nil
	}
	if len(n.c.Authorities) == 0 {
		return "", usage("there is no authority in this catalogue yet: declare %s in authorities/%s.yaml first", code, code)
	}
	var all []string
	for _, a := range n.c.Authorities {
		all = append(all, a.Code.Value)
	}
	for {
		_, set := n.given["authority"]
		code, err := n.ask("authority", "Authority ("+strings.Join(all, ", ")+")", false)
		if err != nil || n.c.Authority(code) != nil {
			return code, err
		}
		if set {
			return "", usage("--set authority: there is no authority %q; there are: %s", code, strings.Join(all, ", "))
		}
		fmt.Fprintf(n.out, "There is no authority %q.\n", code)
	}
}

// skeleton is clean but for its texts: a question and a decision, with a scenario for each ending.
const skeleton = `service: %s
title: %s
summary: %s
authority: %s
type: registration
promised: 5 working days
keep: 5 years after end

form:
  - section: request
    title: %s
    fields:
      - field: subject
        type: text
        label: %s

steps:
  - step: review
    review: %s
    title: %s
    within: {5 working days: escalate}
    decisions:
      approve: continue
      refuse: {end: refused}

scenarios:
  - scenario: approved
    on: 2026-01-04
    form: {subject: example}
    decide: {review: approve}
    expect: {path: [review], end: completed}
  - scenario: refused
    on: 2026-01-04
    form: {subject: example}
    decide: {review: refuse}
    expect: {path: [review], end: refused}
`

func (n *newService) languages() []string {
	var all []string
	for _, l := range n.c.Settings.Languages {
		all = append(all, l.Value)
	}
	return all
}

// language is the one in which questions are asked: English where the catalogue has it.
func (n *newService) language() string {
	all := n.languages()
	if len(all) == 0 || slices.Contains(all, "en") {
		return "en"
	}
	return all[0]
}

func (n *newService) has(name string) bool {
	for key := range n.given {
		if strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

// words asks for a text in each language.
func (n *newService) words(name, title string) (string, error) {
	text := map[string]string{}
	for _, l := range n.languages() {
		answer, err := n.ask(name+"."+l, title+" ("+l+")", false)
		if err != nil {
			return "", err
		}
		text[l] = answer
	}
	return flow(text, false)
}

// ask takes an answer that was given with the command, or asks for it.
func (n *newService) ask(name, title string, may bool) (string, error) {
	if answer, given := n.given[name]; given {
		delete(n.given, name)
		return answer, nil
	}
	for {
		more := ""
		if may {
			more = " [nothing: the usual one]"
		}
		fmt.Fprintf(n.out, "%s%s: ", title, more)
		if !n.in.Scan() {
			fmt.Fprintln(n.out)
			return "", usage("there is no answer for %s: give it with --set %s=…", title, name)
		}
		if answer := strings.TrimSpace(n.in.Text()); answer != "" || may {
			return answer, nil
		}
	}
}

// flow writes a value on one line, in quotation marks where it needs them.
func flow(value any, text bool) (string, error) {
	var node yaml.Node
	if s, ok := value.(string); ok && !text {
		node = yaml.Node{Kind: yaml.ScalarNode, Value: s}
	} else if err := node.Encode(value); err != nil {
		return "", err
	}
	node.Style |= yaml.FlowStyle
	b, err := yaml.Marshal(&node)
	return strings.TrimSpace(string(b)), err
}

// create writes a file that was not there.
func create(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there already", name)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
