package script

import (
	"cmp"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// absent are the globals that a worker takes away, with what to do instead.
var absent = map[string]diag.Phrase{
	"Date": "Today's date is data: read it from a field.", "eval": "Write the code itself.", "Function": "Write a function itself.",
	"Promise": "A validation answers at once.", "Proxy": "Use a plain object.", "Reflect": "Use the object itself.",
	"RegExp": "Write the pattern between slashes, so that it can be checked.", "setTimeout": "A validation answers at once.",
	"fetch": "Ask a registry in a step of the service.", "require": "A script stands alone.", "console": "Use the preview.",
}

// reader walks a parsed script, collecting problems and the form's fields that it reads.
type reader struct {
	text     string
	form     string // the name of validate's second parameter
	declared map[string]bool
	paths    map[string]bool
	dynamic  *ast.Identifier
	globals  []*ast.Identifier
	problems []Problem
	seen     map[any]bool
}

func newReader(text string) *reader {
	return &reader{text: text, declared: map[string]bool{}, paths: map[string]bool{}, seen: map[any]bool{}}
}

func (r *reader) problem(at file.Idx, code diag.Code, summary, help diag.Phrase, args ...any) {
	line, column := position(r.text, int(at)-1)
	r.problems = append(r.problems, Problem{Code: code, Line: line, Column: column, Summary: summary, Help: help, Args: diag.Say("", args...).Args})
}

func (r *reader) refused() bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return !p.Warning })
}

func (r *reader) sorted() []Problem {
	if r.dynamic != nil {
		line, column := position(r.text, int(r.dynamic.Idx)-1)
		r.problems = append(r.problems, Problem{Code: "script-reads-everything", Line: line, Column: column, Warning: true,
			Summary: "{form} is used as a whole, so every call gets every field",
			Help:    "Read fields by name, as {form}.region, and pass those on.", Args: diag.Args{"form": r.form}})
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return r.problems
}

// reads drops paths that a shorter one covers.
func (r *reader) reads() ([]string, bool) {
	var out []string
	for p := range r.paths {
		covered := false
		for i, c := range p {
			covered = covered || c == '.' && r.paths[p[:i]]
		}
		if !covered {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out, r.dynamic != nil
}

func (r *reader) program(p *ast.Program) {
	f := validateFunction(p)
	switch {
	case f == nil:
		r.problem(1, "script-no-validate", "the script has no function validate at its top", "Write function validate(value, form) { … }.")
	case f.Async: // reported where it is met
	case f.Generator:
		r.problem(f.Function, "script-no-validate", "validate must be a plain function", "Write function validate(value, form) { … }.")
	default:
		r.parameters(f)
	}
	r.walk(reflect.ValueOf(p.Body))
	for _, id := range r.globals {
		if name := id.Name.String(); !r.declared[name] {
			r.problem(id.Idx, "script-absent", "{name} can't be used in a script", absent[name], "name", name)
		}
	}
}

// parameters learns what the script calls its form and takes that declaration out of the walk.
func (r *reader) parameters(f *ast.FunctionLiteral) {
	list := f.ParameterList.List
	if f.ParameterList.Rest != nil || len(list) > 2 {
		r.problem(f.Function, "script-parameters", "validate takes a value and the form", "Write function validate(value, form) { … }.")
		return
	}
	for i, b := range list {
		id, ok := b.Target.(*ast.Identifier)
		if !ok || b.Initializer != nil {
			r.problem(b.Idx0(), "script-parameters", "a parameter of validate must be a plain name", "Write function validate(value, form) { … }.")
			return
		}
		if i == 1 {
			r.form = id.Name.String()
			r.seen[id] = true
		}
	}
}

// walk visits every node once; the tree has some in two places.
func (r *reader) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.Interface:
		if !v.IsNil() {
			r.walk(v.Elem())
		}
	case reflect.Pointer:
		if v.IsNil() || r.seen[v.Interface()] {
			return
		}
		r.seen[v.Interface()] = true
		if r.visit(v.Interface()) {
			r.walk(v.Elem())
		}
	case reflect.Struct:
		if _, isName := v.Interface().(ast.Identifier); isName {
			return // held by value only as a member's name, as y in x.y
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.walk(v.Field(i))
			}
		}
	}
}

// visit judges one node and says whether to go on below it.
func (r *reader) visit(n any) bool {
	switch n := n.(type) {
	case *ast.Identifier:
		r.identifier(n)
	case *ast.Binding:
		r.declare(n.Target)
	case *ast.ForDeclaration:
		r.declare(n.Target)
	case *ast.FunctionLiteral:
		r.declare(n.Name)
		if n.Async {
			r.problem(n.Function, "script-async", "a script can't be async", "Answer at once.")
		}
	case *ast.ArrowFunctionLiteral:
		if n.Async {
			r.problem(n.Start, "script-async", "a script can't be async", "Answer at once.")
		}
	case *ast.ClassLiteral:
		r.declare(n.Name)
	case *ast.PropertyShort:
		r.identifier(&n.Name) // {form} reads form, although the name is held by value
	case *ast.RegExpLiteral:
		r.pattern(n)
	case *ast.CallExpression:
		if path, root := r.member(n.Callee); root != nil && len(path) > 0 {
			r.read(path[:len(path)-1], root) // the last name is a method of the value before it
			r.seen[n.Callee] = true
		}
	case ast.Expression:
		if path, root := r.member(n); root != nil && len(path) > 0 {
			r.read(path, root)
			return false
		}
		if d, ok := n.(*ast.DotExpression); ok && d.Identifier.Name == "random" {
			if math, ok := d.Left.(*ast.Identifier); ok && math.Name == "Math" {
				r.problem(d.Idx0(), "script-absent", "{name} can't be used in a script", "The same form must always get the same answer.", "name", "Math.random")
			}
		}
	}
	return true
}

func (r *reader) declare(target any) {
	switch t := target.(type) {
	case *ast.Identifier:
		if t != nil {
			r.declared[t.Name.String()] = true
		}
	}
}

func (r *reader) identifier(id *ast.Identifier) {
	name := id.Name.String()
	if _, gone := absent[name]; gone {
		r.globals = append(r.globals, id)
	}
	// arguments[1] is the form by another name.
	if r.form != "" && (name == r.form || name == "arguments") && r.dynamic == nil {
		r.dynamic = id
	}
}

// member follows form.a.b, form?.a and form["a"] down to the form; root is nil for anything else.
// Of form.a[i].b it gives the part before the index, which is then sent whole.
func (r *reader) member(e ast.Expression) (path []string, root *ast.Identifier) {
	var left ast.Expression
	name, static := "", true
	switch n := e.(type) {
	case *ast.Identifier:
		if n != nil && r.form != "" && n.Name.String() == r.form {
			return nil, n
		}
		return nil, nil
	case *ast.OptionalChain:
		return r.member(n.Expression)
	case *ast.Optional:
		return r.member(n.Expression)
	case *ast.DotExpression:
		left, name = n.Left, n.Identifier.Name.String()
	case *ast.BracketExpression:
		s, ok := n.Member.(*ast.StringLiteral)
		left, static = n.Left, ok
		if ok {
			name = s.Value.String()
		}
	default:
		return nil, nil
	}
	path, root = r.member(left)
	if root == nil || !static || strings.Contains(name, ".") {
		return nil, nil // what is below is visited on its own
	}
	return append(path, name), root
}

// read notes a path. The length at its end belongs to the text or list before it.
func (r *reader) read(path []string, root *ast.Identifier) {
	if n := len(path); n > 1 && path[n-1] == "length" {
		path = path[:n-1]
	}
	if len(path) > 0 {
		r.paths[strings.Join(path, ".")] = true
	} else if r.dynamic == nil {
		r.dynamic = root // form.hasOwnProperty(…)
	}
}

var scriptClass = regexp.MustCompile(`\\[pP]\{\s*(Script|sc|Script_Extensions|scx)\s*=`)

// pattern refuses what goja would hand to its backtracking engine, whose time has no bound, or would
// silently never match.
func (r *reader) pattern(n *ast.RegExpLiteral) {
	if scriptClass.MatchString(n.Pattern) {
		r.problem(n.Idx, "script-pattern", `\p{Script=…} never matches here`, "Write the range of letters, as [ء-ي].")
		return
	}
	re2, err := parser.TransformRegExp(n.Pattern, strings.Contains(n.Flags, "s"), strings.Contains(n.Flags, "u"))
	if err == nil {
		_, err = regexp.Compile(re2)
	}
	var incompatible parser.RegexpErrorIncompatible
	switch {
	case errors.As(err, &incompatible):
		r.problem(n.Idx, "script-pattern", "look-ahead, look-behind and back-references can't be used", "Check in two steps, with two patterns.")
	case err != nil:
		r.problem(n.Idx, "script-pattern", "the pattern can't be used: {why}", "Write a pattern of RE2.", "why", err.Error())
	}
}
