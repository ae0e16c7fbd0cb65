package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// decided are the kinds in which somebody decides with a form of their own.
var decided = []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep, catalog.InviteStep}

// stepKeys says for which kinds a key is; step, when and title are for all.
var stepKeys = []struct {
	key   string
	kinds []catalog.StepKind
}{
	{"with", []catalog.StepKind{catalog.LookupStep, catalog.WriteStep, catalog.StartStep, catalog.GrantStep, catalog.ChangeStep}},
	{"notFound", []catalog.StepKind{catalog.LookupStep}},
	{"undo", []catalog.StepKind{catalog.WriteStep, catalog.StartStep}},
	{"share", []catalog.StepKind{catalog.PayStep}},
	{"instalments", []catalog.StepKind{catalog.PayStep}},
	{"of", []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep}},
	{"panel", []catalog.StepKind{catalog.ReviewStep}},
	{"notSame", []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep}},
	{"assign", []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep}},
	{"conditions", []catalog.StepKind{catalog.ReviewStep, catalog.InspectStep}},
	{"fields", decided},
	{"decisions", append(slices.Clone(decided), catalog.PlaceStep)},
	{"within", append(slices.Clone(decided), catalog.PayStep, catalog.AppointmentStep, catalog.WaitStep, catalog.StartStep)},
	{"silence", decided},
	{"triage", []catalog.StepKind{catalog.InviteStep}},
	{"slots", []catalog.StepKind{catalog.AppointmentStep}},
	{"missed", []catalog.StepKind{catalog.AppointmentStep}},
	{"atMost", []catalog.StepKind{catalog.AppointmentStep, catalog.GoStep}},
	{"then", []catalog.StepKind{catalog.GoStep}},
	{"text", []catalog.StepKind{catalog.NotifyStep, catalog.EndStep}},
	{"deliver", []catalog.StepKind{catalog.IssueStep}},
	{"kept", []catalog.StepKind{catalog.IssueStep}},
	{"reason", []catalog.StepKind{catalog.RevokeStep}},
	{"to", []catalog.StepKind{catalog.ChangeStep}},
	{"about", []catalog.StepKind{catalog.StartStep}},
	{"until", []catalog.StepKind{catalog.TogetherStep}},
	{"otherwise", []catalog.StepKind{catalog.TogetherStep}},
	{"refund", append(slices.Clone(decided), catalog.LookupStep, catalog.RefuseStep, catalog.PayStep, catalog.AppointmentStep, catalog.WaitStep,
		catalog.StartStep, catalog.EndStep)},
}

// needed are keys without which a kind says nothing, with what is written.
var needed = []struct {
	kind catalog.StepKind
	key  string
	help diag.Phrase
}{
	{catalog.AppointmentStep, "slots", "Write slots: {capacity: 1, minutes: 30}."},
	{catalog.AppointmentStep, "missed", "Write missed: {end: lapsed}, or {to: step}."},
	{catalog.NotifyStep, "text", "Write text in each language: what is said."},
	{catalog.RevokeStep, "reason", "Write reason in each language: those who verify the document read it."},
	{catalog.ChangeStep, "to", "Write to: with what becomes of the right, such as to: suspended."},
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
		p.add(problem("no-steps", s.RangeOf("steps"), "nothing happens: the service has no steps").
			WithHelp("Write what happens: steps with ask, refuse, pay, review, issue or answer."))
	}
	if extra := s.TooManySteps(); extra != nil {
		p.add(problem("too-many-steps", extra.Code.Range(), "a service has at most 400 steps").WithHelp("Let one service start another."))
	}
	for step := range s.AllSteps() {
		kinds := step.Kinds()
		switch len(kinds) {
		case 0:
			p.add(problem("step-kind", step.Code.Range(), "the step does nothing").
				WithHelp("Give it one of {kinds}.", "kinds", words(catalog.StepKinds())))
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
		for _, n := range needed {
			if n.kind == kinds[0] && !step.Has(n.key) {
				p.add(problem("incomplete-step", step.KeyRange(string(n.kind)), "a step that has {kind} needs {key}", "kind", string(n.kind), "key", n.key).
					WithHelp(n.help))
			}
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
		p.add(problem("no-rows", step.RangeOf("answer"), "the answer has no rows").
			WithHelp("Write rows with a label and a value each."))
	}
	if len(p.service.Fees) > 0 {
		p.add(problem("answer-with-fees", step.KeyRange("answer"), "an enquiry answers at once and costs nothing, but this service has fees").
			WithRelated(p.service.KeyRange("fees"), "the fees").WithHelp("Remove the fees, or issue a document."))
	}
}

// changesSomething is what is found where an operation that writes is asked.
func changesSomething(ref source.Text, op *catalog.Operation, help diag.Phrase) diag.Diagnostic {
	return problem("not-a-lookup", ref.Range(), "{operation} changes something: it is no lookup", "operation", ref.Value).
		WithHelp(help).WithRelated(op.Code.Range(), "the operation")
}

// lookups: what is asked exists, and the arguments are complete.
func lookups(p *pass) {
	c := p.catalogue
	for step := range p.service.AllSteps() {
		ref := step.Ask
		switch step.Kind() {
		case catalog.LookupStep:
		case catalog.WriteStep:
			ref = step.Write
		default:
			continue
		}
		_, op := c.Operation(ref.Value)
		if step.NotFound == nil && step.Kind() == catalog.LookupStep && (op == nil || !op.Writes) {
			p.add(problem("no-not-found", step.KeyRange("ask"), "it is not written what happens when the registry finds nothing").
				WithHelp("Write notFound: {refuse: {…}} with the reason that the applicant reads."))
		}
		called(p, ref, step.Kind() == catalog.WriteStep, step.With, headOf(step))
	}
}

// called: an operation that is asked or written to exists, does that, and gets its arguments; head is where one would stand that is missing.
func called(p *pass, ref source.Text, writes bool, with source.Map[source.Text], head diag.Range) {
	c := p.catalogue
	_, op := c.Operation(ref.Value)
	if op == nil {
		if c.Complete("registries") {
			p.add(unknown("registry operation", ref, operationNames(c)))
		}
		return
	}
	if !c.Sound(op.Head().File) {
		return
	}
	if writes != op.Writes {
		d := changesSomething(ref, op, "Write write: in place of ask:.")
		if writes {
			d = problem("not-a-write", ref.Range(), "{operation} only answers: nothing is written by it", "operation", ref.Value).
				WithHelp("Write ask: in place of write:, or writes: true at the operation.").WithRelated(op.Code.Range(), "the operation")
		}
		p.add(d)
	}
	for j := range with.Entries {
		if key := with.Entries[j].Key; !slices.Contains(op.With.Keys(), key.Value) {
			p.add(unknown("argument", key, op.With.Keys()).WithRelated(op.Code.Range(), "the operation"))
		}
	}
	for j := range op.With.Entries {
		e := &op.With.Entries[j]
		if _, given := with.Get(e.Key.Value); !given && !e.Value.Optional {
			p.add(problem("missing-argument", head, "{operation} needs the argument {name}", "operation", ref.Value, "name", e.Key.Value).
				WithRelated(e.Key.Range(), "declared here").WithHelp("Write {with}.", "with", "with: {"+e.Key.Value+": …}"))
		}
	}
}

// headOf is where a missing argument would stand.
func headOf(step *catalog.Step) diag.Range {
	if step.Has("with") {
		return step.KeyRange("with")
	}
	return step.KeyRange(string(step.Kind()))
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
