package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// undoKeys says how each kind of step is taken back: by the first of the keys, and with what else may stand beside it.
var undoKeys = []struct {
	kind catalog.StepKind
	keys []string
	help diag.Phrase
}{
	{catalog.WriteStep, []string{"write", "with"}, "Write undo: {write: registry/operation, with: {…}} with the operation that takes it back."},
	{catalog.StartStep, []string{"withdraw"}, "Write undo: {withdraw: true}."},
}

// undos: what a step has done is taken back in the way of its kind, and can be.
func undos(p *pass) {
	for step := range p.service.AllSteps() {
		for _, u := range undoKeys {
			if step.Undo == nil || step.Kind() != u.kind {
				continue
			}
			for _, key := range []string{"write", "with", "withdraw"} {
				if step.Undo.Has(key) && !slices.Contains(u.keys, key) {
					p.add(problem("misplaced-key", step.Undo.KeyRange(key), "the undo of a step that has {kind} has no {key}", "kind", string(u.kind), "key", key).WithHelp(u.help))
				}
			}
			switch {
			case !step.Undo.Has(u.keys[0]) || u.kind == catalog.StartStep && !step.Undo.Withdraw:
				p.add(problem("incomplete-step", step.KeyRange("undo"), "the undo of a step that has {kind} needs {key}", "kind", string(u.kind), "key", u.keys[0]).WithHelp(u.help))
			case u.kind == catalog.WriteStep:
				head := step.Undo.KeyRange("write")
				if step.Undo.Has("with") {
					head = step.Undo.KeyRange("with")
				}
				called(p, step.Undo.Write, true, step.Undo.With, head)
			default:
				withdrawn(p, step)
			}
		}
	}
}

// withdrawn: the service that is started can be withdrawn, and says itself what then goes back.
func withdrawn(p *pass, step *catalog.Step) {
	other := p.catalogue.Service(step.Start.Value)
	if other == nil || !p.catalogue.Sound(other.File) || other.Withdraw != nil {
		return
	}
	p.add(problem("cannot-withdraw", step.Undo.KeyRange("withdraw"), "{service} can't be withdrawn: it does not say what then goes back", "service", step.Start.Value).
		WithRelated(other.Code.Range(), "the other service").
		WithHelp("Write withdraw: {} in {service}, with the refund of each of its fees; or remove undo, and it goes on by itself.", "service", step.Start.Value))
}
