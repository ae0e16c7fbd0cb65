package ui

import (
	"fmt"
	"text/template/parse"
)

// checkNames proves that every message, icon and asset that a template names by a literal exists, so that
// a misspelt one stops the start and not a citizen's page.
func (ts *Templates) checkNames() error {
	lang := ts.site.Languages[0]
	known := map[string]func(string) error{
		"t":     func(key string) error { _, err := ts.locales[lang].html(key); return err },
		"icon":  func(name string) error { _, err := Icon(name); return err },
		"asset": func(name string) error { _, err := Asset(name); return err },
	}
	for _, t := range ts.sets[lang].Templates() {
		if t.Tree == nil {
			continue
		}
		var first error
		walk(t.Tree.Root, func(cmd *parse.CommandNode) {
			if len(cmd.Args) < 2 || first != nil {
				return
			}
			fn, isName := cmd.Args[0].(*parse.IdentifierNode)
			text, isText := cmd.Args[1].(*parse.StringNode)
			if !isName || !isText || known[fn.Ident] == nil {
				return
			}
			if err := known[fn.Ident](text.Text); err != nil {
				where, _ := t.Tree.ErrorContext(cmd)
				first = fmt.Errorf("%s: %w", where, err)
			}
		})
		if first != nil {
			return first
		}
	}
	return nil
}

// walk visits every command of a parsed template.
func walk(node parse.Node, visit func(*parse.CommandNode)) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, visit)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, cmd := range n.Cmds {
			visit(cmd)
			for _, arg := range cmd.Args {
				walk(arg, visit)
			}
		}
	}
}

func walkBranch(n *parse.BranchNode, visit func(*parse.CommandNode)) {
	walk(n.Pipe, visit)
	walk(n.List, visit)
	walk(n.ElseList, visit)
}
