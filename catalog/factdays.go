package catalog

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Period is the days from Since to Until, both included, with the rows of a fact that are tried on them. A zero day is open.
type Period struct {
	Since, Until formula.Date
	Rows         []int
}

// Periods are the periods of which the rows speak, the earliest first; rows without days belong to each. A fact without days has one period, and one
// with something wrong about its days has none.
func (f *Fact) Periods() []Period {
	if periods, wrong := f.days(""); len(wrong) == 0 {
		return periods
	}
	return nil
}

// Dated tells that the row holds on some days only.
func (c *FactCase) Dated() bool { return !c.Since.IsZero() || !c.Until.IsZero() }

var noDay formula.Date

func (p Period) same(q Period) bool { return p.Since == q.Since && p.Until == q.Until }

// period is the days of a row; false, with a finding, where there are none.
func (c *FactCase) period() (p Period, list diag.List) {
	read := func(t source.Text) (d formula.Date) {
		if t.IsZero() {
			return d
		}
		d, err := formula.ParseDate(t.Value)
		if err != nil {
			found := diag.New(diag.Error, "date", t.Range(), "{value:q} is no date", "value", t.Value).WithHelp("Write year, month and day: 2026-01-31.")
			if plain := source.PlainDigits(t.Value); plain != t.Value {
				found = found.WithSuggestion(plain)
			}
			list.Add(found)
		}
		return d
	}
	p.Since, p.Until = read(c.Since), read(c.Until)
	if len(list) == 0 && p.Since != noDay && p.Until != noDay && p.Since.Cmp(p.Until) > 0 {
		list.Add(diag.New(diag.Error, "fact-days", c.Until.Range(), "the row ends before it begins").WithHelp("Write a later day, or leave out until."))
	}
	return p, list
}

// days are the periods of the rows, and what is wrong about them: every day is to belong to one of them.
func (f *Fact) days(name string) (out []Period, list diag.List) {
	if len(f.Cases) == 0 && f.Has("cases") {
		list.Add(diag.New(diag.Error, "no-cases", f.KeyRange("cases"), "the fact {fact} has no rows", "fact", name).
			WithHelp("Write cases: [{when: formula, value: formula}, {value: formula}]."))
	}
	if len(f.Cases) > MostCases {
		list.Add(diag.New(diag.Error, formula.CodeTooLong, f.Cases[MostCases].Head(), "a fact has at most {most} rows", "most", MostCases).WithHelp(fewerRows))
	}
	of := make([]Period, len(f.Cases))
	rows := map[int]*FactCase{} // the first row of each period, by its place in out
	dated := -1
	for i := range f.Cases {
		c := &f.Cases[i]
		if !c.Dated() {
			continue
		}
		p, wrong := c.period()
		list.Add(wrong...)
		if dated < 0 {
			dated = i
		}
		if of[i] = p; len(wrong) == 0 && !slices.ContainsFunc(out, p.same) {
			p.Rows = []int{i}
			out = append(out, p)
		}
	}
	list.Add(f.dayChooses(dated)...)
	if len(list) > 0 || len(f.Cases) == 0 {
		return nil, list
	}
	if dated < 0 {
		out = []Period{{}}
	}
	slices.SortStableFunc(out, func(a, b Period) int { return a.Since.Cmp(b.Since) })
	for i := range out {
		if len(out[i].Rows) > 0 {
			rows[i] = &f.Cases[out[i].Rows[0]]
		}
		out[i].Rows = nil
		for j := range f.Cases {
			if !f.Cases[j].Dated() || out[i].same(of[j]) {
				out[i].Rows = append(out[i].Rows, j)
			}
		}
	}
	if dated >= 0 {
		list.Add(succession(out, rows)...)
	}
	return out, list
}

// dayChooses: rows with days, and the day that chooses among them, go together; dated is the first row with days, or -1.
func (f *Fact) dayChooses(dated int) (list diag.List) {
	switch {
	case dated >= 0 && f.On.IsZero():
		list.Add(diag.New(diag.Error, "fact-day", f.Cases[dated].Head(), "it is not written which day chooses this row").
			WithHelp("Write on: asOf.submitted beside cases, or the day that the law means."))
	case dated < 0 && !f.On.IsZero() && len(f.Cases) > 0:
		list.Add(diag.New(diag.Error, "fact-day", f.KeyRange("on"), "nothing depends on this day: no row has since or until").
			WithHelp("Write since or until in the rows, or remove on."))
	}
	for i := range f.Cases {
		if c := &f.Cases[i]; dated >= 0 && !c.Dated() && c.When.IsZero() {
			list.Add(diag.New(diag.Error, "fact-day", c.Head(), "the other rows have days, but this one has none and no condition").
				WithRelated(f.Cases[dated].Head(), "a row with days").WithHelp("Write since or until; or when, for a row that is tried on every day."))
		}
	}
	return list
}

// succession: the periods follow each other without a hole, the first begins before all days and the last never ends.
func succession(periods []Period, rows map[int]*FactCase) (list diag.List) {
	if first := periods[0]; first.Since != noDay {
		list.Add(diag.New(diag.Error, "fact-days", rows[0].Since.Range(), "no row holds before {day}", "day", first.Since.String()).
			WithHelp("Leave out since in the earliest row, or write a row for the days before: {until: {day}, value: …}.", "day", shifted(first.Since, -1)))
	}
	for i := 1; i < len(periods); i++ {
		before, p := periods[i-1], periods[i]
		switch {
		case before.Until == noDay || p.Since == noDay || before.Until.Cmp(p.Since) >= 0:
			list.Add(diag.New(diag.Error, "fact-days", rows[i].Head(), "this row and another one both hold on {day}", "day", dayIn(before, p)).
				WithRelated(rows[i-1].Head(), "the other one").WithHelp("Let one period end on the day before the next one begins."))
		case shifted(before.Until, 1) != p.Since.String():
			list.Add(diag.New(diag.Error, "fact-days", rows[i].Since.Range(), "no row holds from {from} to {until}", "from", shifted(before.Until, 1), "until", shifted(p.Since, -1)).
				WithRelated(rows[i-1].Until.Range(), "the row before ends here").WithHelp("Let the two meet, or write a row for the days between them."))
		}
	}
	if last := periods[len(periods)-1]; last.Until != noDay && len(list) == 0 {
		list.Add(diag.New(diag.Error, "fact-days", rows[len(periods)-1].Until.Range(), "no row holds after {day}", "day", last.Until.String()).
			WithHelp("Leave out until in the latest row, or write a row for the days after: {since: {day}, value: …}.", "day", shifted(last.Until, 1)))
	}
	return list
}

// dayIn is a day that two periods, the first of which does not begin later, share.
func dayIn(a, b Period) string {
	switch {
	case b.Since != noDay:
		return b.Since.String()
	case a.Until == noDay || b.Until != noDay && b.Until.Cmp(a.Until) < 0:
		return b.Until.String()
	}
	return a.Until.String()
}

func shifted(d formula.Date, days int64) string {
	next, _ := d.AddDays(days)
	return next.String()
}
