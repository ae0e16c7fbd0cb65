package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
)

// deposits: what is released or kept was paid before, and on no way nothing becomes of it; what is revoked was issued before.
func deposits(p *pass) {
	early := map[string]bool{} // what is settled before it is paid is probably settled, in the wrong place
	for step := range p.service.AllSteps() {
		at := p.flow.At(step)
		for _, fee := range append(slices.Clone(step.Release), step.Forfeit...) {
			switch {
			case p.service.Fee(fee.Value) == nil:
				var have []string
				for i := range p.service.Fees {
					have = append(have, p.service.Fees[i].Code.Value)
				}
				p.add(unknown("fee", fee, have))
			case at >= 0 && !slices.Contains(p.flow.Paid(at), fee.Value):
				early[fee.Value] = true
				p.add(problem("not-paid-yet", fee.Range(), "the fee {fee} is never paid by then", "fee", fee.Value).
					WithHelp("Put the step behind the one that asks for it."))
			}
		}
		if step.Kind() == catalog.RevokeStep {
			revoked(p, step, at)
		}
	}
	depositsLeft(p, early)
}

func revoked(p *pass, step *catalog.Step, at int) {
	c := p.catalogue
	if c.Document(step.Revoke.Value) == nil {
		if c.Complete("documents") {
			p.add(unknown("document", step.Revoke, codesOf(c.Documents, func(x *catalog.Document) string { return x.Code.Value })))
		}
		return
	}
	for issue := range p.service.AllSteps() {
		if issue.Issue.Value == step.Revoke.Value && (at < 0 || p.flow.Perhaps(at, issue.Code.Value)) {
			return
		}
	}
	p.add(problem("never-issued", step.Revoke.Range(), "{document} is not issued before", "document", step.Revoke.Value).
		WithHelp("Put the step behind the one that issues it."))
}

// unread: what an officer fills in is read by something; else it belongs in the comment.
func unread(p *pass) {
	read := map[string]bool{}
	for _, at := range p.positions {
		if at.own == "" {
			for path := range p.reads(at.formula) {
				read[path] = true
			}
		}
	}
	for step := range p.service.AllSteps() {
		if read[step.Code.Value] || step.Kind() == catalog.InviteStep {
			continue
		}
		for i := range step.Fields {
			code := step.Fields[i].Code
			path := step.Code.Value + "." + code.Value
			if code.IsZero() || read[path] || slices.ContainsFunc(keysOf(read), func(r string) bool { return strings.HasPrefix(r, path+".") }) {
				continue
			}
			p.add(warning("unread-field", code.Range(), "no formula reads {path}", "path", path).
				WithHelp("Read it in a condition, a fee or a document, or leave it out: a decision has a comment."))
		}
	}
}

func keysOf(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// givesValue tells that formulas read what the step gives under the code of the step.
func givesValue(step *catalog.Step) bool {
	switch step.Kind() {
	case catalog.LookupStep, catalog.StartStep, catalog.DrawStep, catalog.ComputeStep:
		return true
	case catalog.ReviewStep, catalog.InspectStep, catalog.InviteStep:
		return len(step.Fields) > 0
	case catalog.WaitStep:
		return step.Wait != nil && step.Wait.Has("event")
	}
	return false
}
