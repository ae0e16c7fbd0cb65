package uitest

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
)

// axe-core 4.14.1, Mozilla Public License 2.0; the licence lies beside it.
//
//go:embed axe/axe.min.js
var axeScript string

// Violation is a rule of WCAG 2.2 AA (or axe's best practice) that the open page breaks.
type Violation struct {
	ID, Impact, Help string
	Nodes            []Node
}

// Node is one element that breaks a rule.
type Node struct {
	HTML           string
	FailureSummary string
}

// Axe runs axe-core over the open page. It runs outside the page's own scripts, so that the page's
// Content-Security-Policy stays as it is.
func Axe(t testing.TB, browser context.Context) []Violation {
	t.Helper()
	if !Eval[bool](t, browser, `'axe' in window`) {
		Eval[int](t, browser, axeScript+"; 0")
	}
	raw := Eval[string](t, browser, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
		.then((r) => JSON.stringify(r.violations))`)
	var found []Violation
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// NoViolations fails for each rule that the open page breaks, and names the elements.
func NoViolations(t testing.TB, browser context.Context) {
	t.Helper()
	for _, v := range Axe(t, browser) {
		var where strings.Builder
		for _, n := range v.Nodes {
			where.WriteString("\n\t" + n.HTML + "\n\t\t" + strings.ReplaceAll(n.FailureSummary, "\n", "\n\t\t"))
		}
		t.Errorf("%s (%s): %s%s", v.ID, v.Impact, v.Help, where.String())
	}
}
