package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// facts reports what the scope found, and looks at rows: one always fits, on every day, and each can.
func facts(p *pass) {
	p.list.Add(p.scope.Problems...)
	for i := range p.service.Facts.Entries {
		if f := &p.service.Facts.Entries[i].Value; len(f.Cases) > 0 {
			rows(p, f)
		}
	}
}

// rows proves what it can of the rows of a fact, period by period.
func rows(p *pass, f *catalog.Fact) {
	fits := make([]bool, len(f.Cases)) // in some period
	after := make([]int, len(f.Cases)) // the row behind which it never comes, from 1
	unproved := false
	periods := f.Periods()
	for _, period := range periods {
		always := slices.IndexFunc(period.Rows, func(i int) bool { return f.Cases[i].When.IsZero() })
		tried := period.Rows
		if always >= 0 {
			tried = period.Rows[:always+1]
			for _, i := range period.Rows[always+1:] {
				after[i] = period.Rows[always] + 1
			}
		}
		conditions := make([]string, len(tried))
		for j, i := range tried {
			conditions[j] = f.Cases[i].When.Value
		}
		found := prove(conditions, nil, p.domain)
		for j, i := range tried {
			fits[i] = fits[i] || !slices.Contains(found.never, j)
		}
		if always < 0 && (found.open != "" || !found.known && !unproved) {
			p.add(open(f, period, found))
			unproved = unproved || !found.known
		}
	}
	for i := range f.Cases {
		c := &f.Cases[i]
		switch {
		case fits[i] || periods == nil:
		case after[i] > 0:
			p.add(problem("case-never", c.Head(), "this row is never reached: the one before it always fits").
				WithRelated(f.Cases[after[i]-1].Head(), "it has no when").WithHelp("Write the row without when last."))
		case !c.When.IsZero():
			p.add(problem("case-never", c.When.Range(), "this row is never reached: those before it fit whenever it does, or it contradicts itself").
				WithHelp("Change its condition, move it up, or remove it."))
		default:
			p.add(problem("case-never", c.Head(), "this row is never reached: those before it fit whenever it does, or it contradicts itself").
				WithHelp("Change its condition, move it up, or remove it."))
		}
	}
}

// open is that no row may fit in a period.
func open(f *catalog.Fact, period catalog.Period, found proof) diag.Diagnostic {
	at, help := f.KeyRange("cases"), diag.Phrase("Write one more row without when, last: {value: …}.")
	if period.Since != (formula.Date{}) || period.Until != (formula.Date{}) {
		at = f.Cases[period.Rows[len(period.Rows)-1]].Head()
		help = "Write one more row without when for these days, last."
	}
	d := problem("case-open", at, "it cannot be proved that one of the rows always fits")
	if found.known {
		d = problem("case-open", at, "no row fits where {example}", "example", found.open)
	}
	return d.WithHelp(help)
}
