package uitest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// CheckTemplates follows every field that the named page templates read, through the type of their body,
// so that a misspelt one fails here and not in front of a citizen. Bodies maps a template's name to its
// zero body, such as "apply": applyPage{}. Branches, loops, variables and templates called with a typed
// value are followed; what a function returns and what lies behind an interface is not.
func CheckTemplates(t testing.TB, templates *ui.Templates, bodies map[string]any) {
	t.Helper()
	trees := templates.Trees()
	for name, body := range bodies {
		if trees[name] == nil {
			t.Errorf("no template %q", name)
			continue
		}
		for _, problem := range Check(trees, name, reflect.TypeFor[ui.Page](), reflect.TypeOf(body)) {
			t.Error(problem)
		}
	}
}

// Check lists what a template reads that its dot does not have. Body replaces the type of Page.Body; nil
// leaves it unchecked.
func Check(trees map[string]*parse.Tree, name string, dot, body reflect.Type) []string {
	c := checker{trees: trees, body: body, seen: map[string]bool{}}
	c.template(name, dot)
	return c.problems
}

// checker walks templates with the type of the dot; a nil type is one that is not known.
type checker struct {
	trees    map[string]*parse.Tree
	body     reflect.Type
	seen     map[string]bool
	problems []string
}

type scope map[string]reflect.Type

func (c *checker) template(name string, dot reflect.Type) {
	key := fmt.Sprint(name, " ", dot)
	tree := c.trees[name]
	if c.seen[key] || tree == nil {
		return
	}
	c.seen[key] = true
	c.list(tree, tree.Root, dot, scope{"$": dot})
}

func (c *checker) list(tree *parse.Tree, list *parse.ListNode, dot reflect.Type, vars scope) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			c.pipe(tree, n.Pipe, dot, vars)
		case *parse.TemplateNode:
			c.template(n.Name, c.pipe(tree, n.Pipe, dot, vars))
		case *parse.IfNode:
			inner := vars.copy()
			c.pipe(tree, n.Pipe, dot, inner)
			c.list(tree, n.List, dot, inner)
			c.list(tree, n.ElseList, dot, inner)
		case *parse.WithNode:
			inner := vars.copy()
			c.list(tree, n.List, c.pipe(tree, n.Pipe, dot, inner), inner)
			c.list(tree, n.ElseList, dot, inner)
		case *parse.RangeNode:
			c.loop(tree, n, dot, vars)
		}
	}
}

func (c *checker) loop(tree *parse.Tree, n *parse.RangeNode, dot reflect.Type, vars scope) {
	inner := vars.copy()
	over := c.pipe(tree, n.Pipe, dot, inner)
	var index, element reflect.Type
	if over != nil {
		switch over.Kind() {
		case reflect.Slice, reflect.Array:
			index, element = reflect.TypeFor[int](), over.Elem()
		case reflect.Map:
			index, element = over.Key(), over.Elem()
		case reflect.Int:
			index, element = over, over
		case reflect.Interface, reflect.Func, reflect.Chan:
		default:
			c.problem(tree, n, "%s cannot be ranged over", over)
		}
	}
	switch names := n.Pipe.Decl; len(names) {
	case 1:
		inner[names[0].Ident[0]] = element
	case 2:
		inner[names[0].Ident[0]], inner[names[1].Ident[0]] = index, element
	}
	c.list(tree, n.List, element, inner)
	c.list(tree, n.ElseList, dot, vars.copy())
}

// pipe is the type of a pipeline's value.
func (c *checker) pipe(tree *parse.Tree, pipe *parse.PipeNode, dot reflect.Type, vars scope) reflect.Type {
	if pipe == nil {
		return nil
	}
	var last reflect.Type
	for _, cmd := range pipe.Cmds {
		for i, arg := range cmd.Args {
			found := c.argument(tree, arg, dot, vars)
			if i == 0 {
				last = found
			}
		}
	}
	if len(pipe.Decl) == 1 {
		vars[pipe.Decl[0].Ident[0]] = last
	}
	return last
}

func (c *checker) argument(tree *parse.Tree, arg parse.Node, dot reflect.Type, vars scope) reflect.Type {
	switch n := arg.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(tree, n, dot, n.Ident)
	case *parse.VariableNode:
		return c.fields(tree, n, vars[n.Ident[0]], n.Ident[1:])
	case *parse.ChainNode:
		return c.fields(tree, n, c.argument(tree, n.Node, dot, vars), n.Field)
	case *parse.PipeNode:
		return c.pipe(tree, n, dot, vars)
	case *parse.StringNode:
		return reflect.TypeFor[string]()
	}
	return nil
}

func (c *checker) fields(tree *parse.Tree, at parse.Node, from reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if from == nil || from.Kind() == reflect.Interface {
			return nil
		}
		if from == reflect.TypeFor[ui.Page]() && name == "Body" {
			from = c.body
			continue
		}
		next, ok := member(from, name)
		if !ok {
			c.problem(tree, at, "%s has no %s", from, name)
			return nil
		}
		from = next
	}
	return from
}

// member is the type of a field, method or map entry.
func member(from reflect.Type, name string) (reflect.Type, bool) {
	for _, receiver := range []reflect.Type{from, reflect.PointerTo(from)} {
		if method, ok := receiver.MethodByName(name); ok {
			return method.Type.Out(0), true
		}
	}
	if from.Kind() == reflect.Pointer {
		from = from.Elem()
	}
	switch from.Kind() {
	case reflect.Map:
		return from.Elem(), true
	case reflect.Struct:
		if field, ok := from.FieldByName(name); ok && (field.IsExported() || field.Anonymous) {
			return field.Type, true
		}
	}
	return nil, false
}

func (c *checker) problem(tree *parse.Tree, at parse.Node, format string, args ...any) {
	where, what := tree.ErrorContext(at)
	c.problems = append(c.problems, strings.TrimSpace(where+": "+what+": "+fmt.Sprintf(format, args...)))
}

func (s scope) copy() scope {
	out := scope{}
	for name, kind := range s {
		out[name] = kind
	}
	return out
}
