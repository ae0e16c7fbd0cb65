package servicetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Line is a fee line with how it came about.
type Line struct {
	Fee     string
	Amount  string   // with its currency
	Minor   int64    // the same in minor units
	Formula string   // as it is written
	Reads   []string // what the formula reads, as "form.years = 5"
	Rows    []string // which rows held of the facts in rows that it reads, as "facts.rate: {since: 2026-01-01, value: 16}"
}

// Lines are the fee lines that a payment at the step asked for last.
func (w *Walk) Lines(step string) []Line {
	var out []Line
	for _, l := range w.asked[step] {
		line := Line{Fee: l.Fee, Amount: w.money(l.Amount), Minor: l.Amount}
		if fee := w.u.s.Fee(l.Fee); fee != nil {
			line.Formula, line.Reads = fee.Amount.Value, w.reading(fee)
			line.Rows = w.rowsHeld(l)
		}
		out = append(out, line)
	}
	return out
}

// reading is what a fee's formulas read, with its values now.
func (w *Walk) reading(fee *catalog.Fee) []string {
	values, err := w.values()
	if err != nil {
		return nil
	}
	f, _ := w.u.c.Scope(w.u.s).CompileFee(fee.Amount, formula.Type{Kind: formula.KindMoney}, fee.When)
	if f == nil {
		return nil
	}
	lines := map[string]any{}
	for _, l := range w.fees {
		lines[l.Fee] = formula.Money{Minor: l.Amount, Currency: w.u.p.Plan().Currency}
	}
	values[catalog.FeesRoot] = lines
	var out []string
	for _, path := range f.Reads() {
		v, ok := valueAt(values, path)
		if _, table := v.(*formula.Table); ok && !table { // the formula names the table, and its keys are shown
			out = append(out, path+" = "+fmt.Sprint(v))
		}
	}
	return out
}

// rowsHeld are the rows that held for a fee line, as they are written.
func (r *course) rowsHeld(l activity.Line) []string {
	var out []string
	for _, held := range l.Rows {
		if f, _ := r.u.s.Facts.Get(held.Fact); held.Row > 0 && held.Row <= len(f.Cases) {
			out = append(out, catalog.FactsRoot+"."+held.Fact+": "+f.Cases[held.Row-1].String())
		}
	}
	return out
}

// valueAt is the value of a dotted path.
func valueAt(values formula.Values, path string) (any, bool) {
	var v any = map[string]any(values)
	for _, name := range strings.Split(path, ".") {
		object, is := v.(map[string]any)
		if !is {
			return nil, false
		}
		if v, is = object[name]; !is {
			return nil, false
		}
	}
	return v, true
}

// values is what formulas of papers and answers read.
func (w *Walk) values() (formula.Values, error) {
	today := w.now.Format(time.DateOnly)
	return w.u.p.Values(machine.Source{
		Form: w.form, Applicant: w.person, Representative: w.behalf, Answers: w.answers, Tariff: w.tariff(w.u.p.Plan().TariffReads), Submitted: w.day, Decided: today,
		Issued: &machine.Issued{Number: "SAMPLE-1", On: today},
	})
}

// Paper is the rows of a document as it would be issued now.
func (w *Walk) Paper(document string) ([]machine.Cell, error) {
	for _, d := range w.u.p.Plan().Documents {
		if d.Code == document {
			return w.cells(d.Rows)
		}
	}
	return nil, fmt.Errorf("there is no document %s", document)
}

// Shown is the rows of an enquiry's answer.
func (w *Walk) Shown(node *plan.AnswerNode) ([]machine.Cell, error) { return w.cells(node.Rows) }

func (w *Walk) cells(rows []plan.Row) ([]machine.Cell, error) {
	values, err := w.values()
	if err != nil {
		return nil, err
	}
	return w.u.p.Rows(rows, values)
}
