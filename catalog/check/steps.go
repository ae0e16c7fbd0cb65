package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// stepKeys says for which kinds a key is; step, when and title are for all.
var stepKeys = []struct {
	key   string
	kinds []catalog.StepKind
}{
	{"with", []catalog.StepKind{catalog.LookupStep}},
	{"notFound", []catalog.StepKind{catalog.LookupStep}},
	{"within", []catalog.StepKind{catalog.PayStep, catalog.ReviewStep}},
	{"decisions", []catalog.StepKind{catalog.ReviewStep}},
	{"deliver", []catalog.StepKind{catalog.IssueStep}},
	{"refund", []catalog.StepKind{catalog.LookupStep, catalog.RefuseStep, catalog.PayStep, catalog.ReviewStep}},
}

// StepKeys lists the keys that are for steps of a kind; step, title and when are for all.
func StepKeys(kind catalog.StepKind) []string {
	var out []string
	for _, k := range stepKeys {
		if slices.Contains(k.kinds, kind) {
			out = append(out, k.key)
		}
	}
	return out
}

// steps: each is of one kind, with the keys of that kind.
func steps(p *pass) {
	s := p.service
	if len(s.Steps) == 0 {
		p.add(problem("no-steps", s.RangeOf("steps"), "nothing happens: the service has no steps"))
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		kinds := step.Kinds()
		switch len(kinds) {
		case 0:
			p.add(problem("step-kind", step.Code.Range(), "the step does nothing").
				WithHelp("Give it one of ask, refuse, pay, review, issue and answer."))
			continue
		case 1:
		default:
			p.add(problem("step-kind", step.KeyRange(string(kinds[1])), "a step does one thing: this one has {kinds}", "kinds", words(kinds)).
				WithHelp("Write one step for each."))
			continue
		}
		for _, k := range stepKeys {
			if step.Has(k.key) && !slices.Contains(k.kinds, kinds[0]) {
				p.add(problem("misplaced-key", step.KeyRange(k.key), "a step that has {kind} has no {key}", "kind", string(kinds[0]), "key", k.key).
					WithHelp("It is for {kinds}.", "kinds", words(k.kinds)))
			}
		}
		if kinds[0] == catalog.RefuseStep && step.When.IsZero() && i < len(s.Steps)-1 {
			p.add(problem("refuses-all", step.KeyRange("refuse"), "this step refuses everybody, so the steps after it never happen").
				WithHelp("Write when, or put the step last."))
		}
		answers(p, step)
	}
}

// answers: an enquiry shows something, and costs nothing, since its answer is shown at once.
func answers(p *pass, step *catalog.Step) {
	if step.Kind() != catalog.AnswerStep {
		return
	}
	if len(step.Answer) == 0 {
		p.add(problem("no-rows", step.RangeOf("answer"), "the answer has no rows"))
	}
	if len(p.service.Fees) > 0 {
		p.add(problem("answer-with-fees", step.KeyRange("answer"), "an enquiry answers at once and costs nothing, but this service has fees").
			WithRelated(p.service.KeyRange("fees"), "the fees").WithHelp("Remove the fees, or issue a document."))
	}
}

// lookups: what is asked exists, and the arguments are complete.
func lookups(p *pass) {
	c := p.catalogue
	for i := range p.service.Steps {
		step := &p.service.Steps[i]
		if step.Kind() != catalog.LookupStep {
			continue
		}
		if step.NotFound == nil {
			p.add(problem("no-not-found", step.KeyRange("ask"), "it is not written what happens when the registry finds nothing").
				WithHelp("Write notFound: {refuse: {…}} with the reason that the applicant reads."))
		}
		_, op := c.Operation(step.Ask.Value)
		if op == nil {
			if c.Complete("registries") {
				p.add(unknown("registry operation", step.Ask, operationNames(c)))
			}
			continue
		}
		if !c.Sound(op.Head().File) {
			continue
		}
		for j := range step.With.Entries {
			if key := step.With.Entries[j].Key; !slices.Contains(op.With.Keys(), key.Value) {
				p.add(unknown("argument", key, op.With.Keys()).WithRelated(op.Code.Range(), "the operation"))
			}
		}
		for j := range op.With.Entries {
			e := &op.With.Entries[j]
			if _, given := step.With.Get(e.Key.Value); !given && !e.Value.Optional {
				p.add(problem("missing-argument", headOf(step), "{operation} needs the argument {name}", "operation", step.Ask.Value, "name", e.Key.Value).
					WithRelated(e.Key.Range(), "declared here").WithHelp("Write {with}.", "with", "with: {"+e.Key.Value+": …}"))
			}
		}
	}
}

// headOf is where a missing argument would stand.
func headOf(step *catalog.Step) diag.Range {
	if step.Has("with") {
		return step.KeyRange("with")
	}
	return step.KeyRange("ask")
}

func operationNames(c *catalog.Catalogue) []string {
	var out []string
	for _, r := range c.Registries {
		for i := range r.Operations {
			out = append(out, r.Code.Value+"/"+r.Operations[i].Code.Value)
		}
	}
	return out
}

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}
