package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// part measures the figures that it names. One that has several gives each by report as soon as it is known.
type part struct {
	figures []string
	measure func(ctx context.Context, r *report) error
}

// parts are measured in this order: those that need no server first.
var parts = []part{
	{[]string{"machine.steps_per_s"}, machineSteps},
	{[]string{"formula.guard_us"}, formulaGuard},
	{[]string{"form.validate_us"}, formValidate},
	{[]string{"script.call_us"}, scriptCall},
	{[]string{"check.catalogue_s", "check.ratio_to_parse", "check.heap_mb", "check.one_edit_ms"}, catalogueCheck},
	{[]string{"compile.catalogue_s"}, catalogueCompile},
	{[]string{"scenarios.per_s"}, scenarios},
	{[]string{"designer.edit_ms", "designer.complete_ms", "designer.review_ms", "designer.first_load_kb"}, designerPages},
	{[]string{"ledger.posted_per_s", "ledger.ratio_to_insert"}, ledgerRatio},
	{[]string{"ledger.trial_balance_ms", "ledger.trial_ratio_to_sum"}, trialBalance},
	{[]string{"till.take_ms"}, tills},
	{[]string{"document.certificate_ms", "document.extract_ms", "document.verify_ms"}, documents},
	{[]string{"credential.issue_ms", "credential.verify_ms"}, credentials},
	{engineFigures(), engine},
	{loadFigures, load},
	{[]string{"growth.services_ratio", "growth.open_ratio"}, growth},
}

// Run measures the figures whose names begin with only, all where it is empty, and prints them. The working directory is the repository:
// the sample catalogue is read from there. An error means that something could not be measured, or that what was measured was wrong; what
// was printed before it holds.
func Run(ctx context.Context, out io.Writer, only string) error {
	r := &report{out: out, only: only}
	for _, p := range parts {
		if !r.wants(p) {
			continue
		}
		if err := p.measure(ctx, r); err != nil {
			return fmt.Errorf("bench %s: %w", p.figures[0], err)
		}
	}
	if r.printed == 0 {
		return fmt.Errorf("bench: no figure begins with %q", only)
	}
	return nil
}

// report prints what was asked for.
type report struct {
	out     io.Writer
	only    string
	printed int
}

func (r *report) wants(p part) bool {
	for _, name := range p.figures {
		if strings.HasPrefix(name, r.only) {
			return true
		}
	}
	return false
}

// figure prints one figure with four significant digits, or all of a large one.
func (r *report) figure(name string, value float64, unit string) {
	if !strings.HasPrefix(name, r.only) {
		return
	}
	r.printed++
	text := fmt.Sprintf("%.4g", value)
	if value >= 1000 {
		text = fmt.Sprintf("%.0f", value)
	}
	fmt.Fprintf(r.out, "bench %s %s %s\n", name, text, unit)
}

// note tells a person something about what follows.
func (r *report) note(format string, args ...any) { fmt.Fprintf(r.out, "# "+format+"\n", args...) }
