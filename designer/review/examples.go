package review

import (
	"cmp"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// mostExamples is how many lines a table of fees has.
const mostExamples = 200

// fees are what scenarios cost before and after, line by line; nil where no scenario costs anything.
func (c *compares) fees(was, is *catalog.Service) (*ui.Table, bool) {
	var old []servicetest.Outcome
	if was != nil {
		old = c.old.Outcomes(was, is.Scenarios)
	}
	new := c.new.Outcomes(is, is.Scenarios)
	t := &ui.Table{Caption: c.locale.T("review.fees.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: c.locale.T("review.scenario.title")}, {Text: c.locale.T("review.fees.line")}, {Text: c.locale.T("review.before"), Number: true}, {Text: c.locale.T("review.after"), Number: true},
	}}
	same := true
	for i := range new {
		var before []activity.Line
		if i < len(old) && old[i].Ran {
			before = old[i].Fees
		}
		codes := feeCodes(before, new[i].Fees)
		if len(codes) > 1 {
			codes = append(codes, "") // the sum
		}
		for _, code := range codes {
			had, wasDue := due(before, code)
			has, isDue := due(new[i].Fees, code)
			same = same && had == has && wasDue == isDue
			if len(t.Rows) < mostExamples {
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: is.Scenarios[i].Title.Value}, {Text: c.feeTitle(was, is, code)}, c.amount(had, wasDue), c.came(had, has, wasDue, isDue)}})
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil, true
	}
	return t, same
}

func feeCodes(before, after []activity.Line) (out []string) {
	for _, l := range slices.Concat(before, after) {
		if !slices.Contains(out, l.Fee) {
			out = append(out, l.Fee)
		}
	}
	return out
}

// due is what a fee costs, or all of them.
func due(lines []activity.Line, code string) (minor int64, is bool) {
	for _, l := range lines {
		if code == "" || l.Fee == code {
			minor += l.Amount
			is = true
		}
	}
	return minor, is
}

func (c *compares) feeTitle(was, is *catalog.Service, code string) string {
	if code == "" {
		return c.locale.T("review.fees.sum")
	}
	for _, s := range []*catalog.Service{is, was} {
		if s == nil {
			continue
		}
		if f := s.Fee(code); f != nil {
			return cmp.Or(c.pick(f.Title), code)
		}
	}
	return c.said("review.fees."+code, code)
}

func (c *compares) amount(minor int64, due bool) ui.Cell {
	if !due {
		return ui.Cell{Text: "–"}
	}
	return ui.Cell{Text: c.locale.Money(ui.Money{Minor: minor, Currency: c.s.is.Settings.Currency.Value})}
}

// came is an amount with what became of it, by a sign and in a word.
func (c *compares) came(had, has int64, wasDue, isDue bool) ui.Cell {
	cell := c.amount(has, isDue)
	switch {
	case !wasDue && isDue:
		cell.Tag = &ui.Tag{State: ui.Returned, Text: c.locale.T("review.mark.added")}
	case wasDue && !isDue:
		cell.Tag = &ui.Tag{State: ui.Returned, Text: c.locale.T("review.mark.removed")}
	case had < has:
		cell.Tag = &ui.Tag{State: ui.Returned, Text: c.locale.T("review.fees.more", "by", c.amount(has-had, true).Text)}
	case had > has:
		cell.Tag = &ui.Tag{State: ui.Received, Text: c.locale.T("review.fees.less", "by", c.amount(had-has, true).Text)}
	}
	return cell
}

// scenarios are those of a service with what became of them, and how much of the definition they reach.
func (c *compares) scenarios(was, is *catalog.Service, d compare.Difference) (t *ui.Table, reached string, unreached []string) {
	report := c.new.Service(is, nil)
	marks := marksOf(d, "scenario")
	t = &ui.Table{Caption: c.locale.T("review.scenario.all"), QuietCaption: true, Columns: []ui.Column{
		{Text: c.locale.T("review.scenario.title")}, {Text: c.locale.T("review.scenario.change")}, {Text: c.locale.T("review.scenario.result")},
	}}
	for i := range report.Results {
		r := &report.Results[i]
		result := ui.Tag{State: ui.Done, Text: c.locale.T("review.scenario.passed")}
		if !r.Passed() {
			result = ui.Tag{State: ui.Refused, Text: c.locale.T("review.scenario.failed")}
		}
		cell := ui.Cell{Tag: &result}
		for _, one := range r.Differences {
			cell.Note += one.In(c.findingWords()).Summary + " "
		}
		mark := marks[r.Scenario.Title.Value]
		if was == nil {
			mark = "added" // with its service
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Scenario.Title.Value}, c.became(mark), cell}})
	}
	if was != nil {
		for i := range was.Scenarios {
			title := was.Scenarios[i].Title.Value
			if marks[title] == "removed" {
				t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: title}, c.became("removed"), {Text: "–"}}})
			}
		}
	}
	hit := 0
	for _, p := range report.Coverage {
		if p.Times > 0 {
			hit++
		} else if len(unreached) < mostExamples {
			unreached = append(unreached, p.Name)
		}
	}
	return t, c.locale.T("review.scenario.reached", "count", hit, "of", len(report.Coverage)), unreached
}

func (c *compares) became(mark string) ui.Cell {
	if mark == "" {
		return ui.Cell{Text: c.locale.T("review.mark.same")}
	}
	state := map[string]string{"added": ui.Done, "removed": ui.Refused}[mark]
	return ui.Cell{Tag: &ui.Tag{State: cmp.Or(state, ui.Waiting), Text: c.locale.T("review.mark." + mark)}}
}
