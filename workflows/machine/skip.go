package machine

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Why a step that has failed for good cannot be skipped.
const (
	AnswerRead   = "answer-read"     // formulas behind it take for granted what it answers
	IsGranted    = "is-granted"      // it grants what the application is for
	IsDrawn      = "is-drawn"        // chance decides, and nobody else
	InDefinition = "in-definition"   // nothing outside has failed: the definition or the tariff says too little
	notSkipped   = "not-an-incident" // no step at all
)

// Skipping is what becomes of a step that has failed for good when an operator skips it.
type Skipping struct {
	Why  string // it cannot be skipped; "" where it can
	Undo bool   // something was to be taken back: it counts as taken back by hand
	Ends string // outcome with which the application then ends; "" where it goes on

	way string // outcome by which the node is left
}

// Skips tells what becomes of an incident at a node when it is skipped: a question to a registry counts as not found there, and what was to be
// done outside as not done, which can only be where nobody takes its answer for granted.
func (p *Program) Skips(node, incident string) Skipping {
	i, known := p.index[node]
	switch {
	case !known:
		return Skipping{Why: notSkipped}
	case p.nodes[i].Kind == plan.Undo:
		return Skipping{Undo: true}
	case incident == PayoutFailed:
		return Skipping{Why: IsGranted}
	case incident != LookupFailed && incident != ActionFailed:
		return Skipping{Why: InDefinition}
	}
	return p.nodes[i].skips
}

// loadSkips says of each node that waits for an answer from outside what becomes of it when it is skipped. Every formula is compiled by now.
func (p *Program) loadSkips(c *compiler) {
	for i := range p.nodes {
		n := &p.nodes[i]
		s := Skipping{way: n.answered}
		switch {
		case !asks(n.Kind):
			s.Why = InDefinition
		case n.Kind == plan.Lookup:
			s.way = "notFound"
		case n.Kind == plan.Draw:
			s.Why = IsDrawn
		case n.Kind == plan.Right && n.Right.Change == "granted":
			s.Why = IsGranted
		case p.takenForGranted(c, n.Root()):
			s.Why = AnswerRead
		case n.Kind == plan.Start && n.Start.Wait:
			s.way = childEnds[0]
		}
		if s.Why == "" {
			first := slices.IndexFunc(n.edges, func(e edge) bool { return e.on == s.way })
			if first >= 0 && n.edges[first].guard == nil && n.edges[first].atMost == 0 {
				if to := &p.nodes[n.edges[first].to]; to.Kind == plan.End {
					s.Ends = to.End.Outcome
				}
			}
		}
		n.skips = s
	}
}

// takenForGranted tells whether some formula reads what stands under a root without asking whether it is there.
func (p *Program) takenForGranted(c *compiler, root string) bool {
	if root == "" || p.scope[root] == nil {
		return false
	}
	sure := func(path string) bool {
		at, field, _ := strings.Cut(path, ".")
		if at != root {
			return false
		}
		field, _, _ = strings.Cut(field, ".")
		return !slices.ContainsFunc(p.scope[root], func(f formula.Field) bool { return f.Name == field && f.Optional && f.When == "" })
	}
	for s, e := range c.done {
		if strings.Contains(s.given, "has("+root+")") { // what takes a write back, where it was done
			continue
		}
		if slices.ContainsFunc(e.formula.Reads(), sure) {
			return true
		}
	}
	for i := range p.plan.Nodes { // own forms are compiled elsewhere: whoever names it there may need it
		if own := p.plan.Nodes[i].Own(); own != nil && ownNames(own, root) {
			return true
		}
	}
	return false
}

// ownNames tells whether a formula of an own form names a root.
func ownNames(f *plan.Form, root string) bool {
	return slices.ContainsFunc(f.Rules, func(r plan.Rule) bool { return names(root, r.Formula, r.When) }) ||
		slices.ContainsFunc(f.Scripts, func(s plan.Script) bool { return names(root, s.When) || strings.Contains(s.Source, root) }) ||
		fieldsName(f.Fields, root)
}

func fieldsName(fields []plan.FormField, root string) bool {
	return slices.ContainsFunc(fields, func(f plan.FormField) bool {
		return names(root, f.When, f.Value, f.Require, f.Prefill, f.Min, f.Max) || f.From != nil && names(root, f.From.List) || fieldsName(f.Fields, root)
	})
}

// names tells whether a text has a word that is no part of another one and no field of something else.
func names(word string, texts ...string) bool {
	part := func(c byte) bool {
		return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	for _, text := range texts {
		for from := 0; ; {
			i := strings.Index(text[from:], word)
			if i < 0 {
				break
			}
			i += from
			from = i + len(word)
			if (i == 0 || !part(text[i-1]) && text[i-1] != '.') && (from == len(text) || !part(text[from])) {
				return true
			}
		}
	}
	return false
}

// skip leaves a step that has failed for good, by an operator who says why.
func (r *run) skip(n *node, t *Task, a *activity.Act) Refusal {
	s, undoing := r.p.Skips(n.Key, t.Incident), r.t().Undoing != nil
	switch {
	case s.Why != "" && !undoing:
		return UnknownAction // another plan, that the application has since been moved to, needs the answer
	case a.Actor == r.s.Applicant:
		return OwnApplication
	case !a.Comment:
		return CommentRequired
	}
	r.close(Skip, a.Actor)
	if undoing {
		r.leaveIt(a.Actor)
		return ""
	}
	r.neverEntered(r.t().Node, r.t().Visit) // the operator says so
	if root := n.Root(); root != "" {
		r.forget(root)
	}
	e, ok := r.follow(s.way)
	if !ok {
		return ""
	}
	r.remember(s.way)
	done := r.effect(activity.Done)
	done.Outcome, done.Actor = Skip, a.Actor
	r.cross(e)
	r.walk(e.to)
	return ""
}
