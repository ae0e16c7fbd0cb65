package script

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Limits of a script's text. Reading it happens in the parent, on a stack that can't be unwound
// when it overflows, so both are far below what the parser survives.
const (
	MaxSource  = 32 << 10
	maxNesting = 100
	maxArrows  = 200 // the parser reads a chain of them in the square of its length
)

// Script is a checked script; read only, for any number of goroutines.
type Script struct {
	file     string
	source   string
	id       string
	reads    []string
	readsAll bool
}

// ID is the SHA-256 of the source in hexadecimal: the same text is the same script.
func (s *Script) ID() string { return s.id }

// File is the name that Parse was given.
func (s *Script) File() string { return s.file }

// Reads lists the form's fields that the script reads, sorted, as "address.city". Unless ReadsAll, a
// call sends these and no others.
func (s *Script) Reads() []string { return slices.Clone(s.reads) }

// ReadsAll reports that the script uses the form in a way that can't be followed, as form[name].
func (s *Script) ReadsAll() bool { return s.readsAll }

// Problem is something in a script that its author should change. With a Warning the script still works.
type Problem struct {
	Code          diag.Code
	Line, Column  int // from 1; columns count characters
	Summary, Help diag.Phrase
	Args          diag.Args
	Warning       bool
}

// Said is the summary with its arguments.
func (p Problem) Said() diag.Message { return diag.Message{Phrase: p.Summary, Args: p.Args} }

// Advice says what to do, or nothing.
func (p Problem) Advice() diag.Message { return diag.Message{Phrase: p.Help, Args: p.Args} }

func (p Problem) String() string { return fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Said()) }

// Parse reads a script when its definition is checked. The script is nil when it can't be used; the
// problems are in the order of the text. Nothing of the script runs, and it isn't compiled either: the
// engine folds constants without any bound ("0||0||0…" doubles its time with each term), so the rest
// of the language's rules are judged inside a worker, by Pool.Check.
func Parse(file string, src []byte) (*Script, []Problem) {
	text := string(src)
	if p := unreadable(text); p != nil {
		return nil, []Problem{*p}
	}
	program, err := parser.ParseFile(nil, file, text, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, syntaxProblems(text, err)
	}
	r := newReader(text)
	r.program(program)
	problems := r.sorted()
	if r.refused() {
		return nil, problems
	}
	sum := sha256.Sum256(src)
	reads, all := r.reads()
	return &Script{file: file, source: text, id: hex.EncodeToString(sum[:]), reads: reads, readsAll: all}, problems
}

// wrapHead stands on the script's first line, so that lines stay true. Calling the wrapped function
// runs the file anew: what one call leaves in a variable, the next can't see.
const (
	wrapHead = "(function(){'use strict';"
	wrapTail = "\n;return validate})"
)

// unreadable keeps from the parser what it shouldn't be given at all.
func unreadable(text string) *Problem {
	switch {
	case len(text) > MaxSource:
		return &Problem{Code: "script-too-long", Line: 1, Column: 1, Summary: "the script is longer than {most} bytes",
			Help: "A validation is short: keep tables in reference data.", Args: diag.Args{"most": MaxSource}}
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return &Problem{Code: "script-encoding", Line: 1, Column: 1, Summary: "the script is not UTF-8 text", Help: "Save the file as UTF-8."}
	}
	if strings.Count(text, "=>") > maxArrows {
		return &Problem{Code: "script-too-deep", Line: 1, Column: 1, Summary: "the script has more than {most} arrow functions",
			Help: "Split the script.", Args: diag.Args{"most": maxArrows}}
	}
	depth := 0
	for i, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		if depth > maxNesting {
			line, column := position(text, i)
			return &Problem{Code: "script-too-deep", Line: line, Column: column,
				Summary: "brackets are nested deeper than {most}", Help: "Split the expression.", Args: diag.Args{"most": maxNesting}}
		}
	}
	return nil
}

func syntaxProblems(text string, err error) []Problem {
	var list parser.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return []Problem{{Code: "script-syntax", Line: 1, Column: 1, Summary: "not valid JavaScript", Help: "Check the brackets and the quotation marks before this place."}}
	}
	e := list[0] // the ones after it mostly follow from it
	line, column := lineColumn(text, e.Position.Line, e.Position.Column)
	return []Problem{{Code: "script-syntax", Line: line, Column: column, Summary: "not valid JavaScript: {problem}",
		Help: "Check the brackets and the quotation marks before this place.", Args: diag.Args{"problem": e.Message}}}
}

// unwrapped turns a place in the wrapped text into one in the script.
func unwrapped(text string, line, column int) (int, int) {
	if line == 1 {
		column = max(1, column-len(wrapHead))
	}
	return lineColumn(text, line, column)
}

// lineColumn turns the parser's byte column into one that counts characters.
func lineColumn(text string, line, column int) (int, int) {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || column < 1 || column-1 > len(lines[line-1]) {
		return max(1, line), max(1, column)
	}
	return line, utf8.RuneCountInString(lines[line-1][:column-1]) + 1
}

// position turns a byte offset into a place.
func position(text string, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// validateFunction finds the top-level function that every script must have.
func validateFunction(program *ast.Program) *ast.FunctionLiteral {
	for _, s := range program.Body {
		if d, ok := s.(*ast.FunctionDeclaration); ok && d.Function.Name != nil && d.Function.Name.Name == "validate" {
			return d.Function
		}
	}
	return nil
}
