package diag

import (
	"cmp"
	"slices"
)

// List is a collection of problems. A List belongs to one goroutine at a time.
type List []Diagnostic

// Add appends problems.
func (l *List) Add(d ...Diagnostic) { *l = append(*l, d...) }

// Sort orders the list by file, place and code. Equal lists of problems end up in the same order whatever the
// order in which the checks ran.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Range.File, b.Range.File),
			cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Range.End.Offset, b.Range.End.Offset),
			cmp.Compare(a.Summary, b.Summary),
		)
	})
}

// Once leaves out what a sorted list says again: the same code at the same place in the same words. What sixty services take from one
// blueprint is wrong once.
func (l List) Once() List {
	return slices.CompactFunc(l, func(a, b Diagnostic) bool { return a.Code == b.Code && a.Range == b.Range && a.Summary == b.Summary })
}

// HasErrors tells whether any problem forbids a release.
func (l List) HasErrors() bool { return l.errors() > 0 }

func (l List) errors() int {
	n := 0
	for i := range l {
		if l[i].Severity == Error {
			n++
		}
	}
	return n
}

// Cap returns the first n problems and, where that leaves some out, one more that says how many. The closing
// one is an error if any that it stands for is, so that HasErrors stays true.
func (l List) Cap(n int) List {
	n = max(n, 0)
	if len(l) <= n {
		return l
	}
	left := l[n:]
	severity := Warning
	if left.HasErrors() {
		severity = Error
	}
	closing := New(severity, "more-problems", left[0].Range, "{count} more problems are not shown",
		"count", len(left)).WithHelp("Correct the problems above and check again.")
	return append(slices.Clone(l[:n]), closing)
}
