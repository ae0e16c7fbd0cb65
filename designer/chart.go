package designer

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// chartPart shows what is paid in all over one answer of the form; everything else is as an example has it.
type chartPart struct {
	File     string
	Inputs   []ui.Option
	Examples []ui.Option
	From, To string
	Drawing  template.HTML
	Label    string
	Rows     []chartRow
	Live     bool // what is live is drawn too
}

// chartRow is one value of the answer, with what is paid then and what is paid today.
type chartRow struct{ Value, Is, Was string }

// Controls of the chart, and bounds of what is worked out.
const (
	chartInput    = "over"
	chartFrom     = "lo"
	chartTo       = "hi"
	mostPoints    = 25
	chartWidth    = 640.0
	chartHeight   = 260.0
	chartMargin   = 44.0
	farthestEnd   = 1_000_000
	usualFarthest = 20
)

// countable are the answers over which a chart can go: whole and decimal numbers, and choices of whole numbers.
func (b *workbench) countable() (out []*catalog.Field) {
	for _, f := range b.service.Fields() {
		if f.Type == catalog.IntegerField || f.Type == catalog.DecimalField || f.Type == catalog.ChoiceField && len(f.Options) > 1 && f.Options[0].Whole() {
			out = append(out, f)
		}
	}
	return out
}

// chart is that of the open service; nil where there is nothing to draw.
func (b *workbench) chart() *chartPart {
	if b.service == nil || len(b.service.Fees) == 0 || len(b.service.Scenarios) == 0 || b.root == nil || b.unsound() {
		return nil
	}
	fields := b.countable()
	if len(fields) == 0 {
		return nil
	}
	of := fields[0]
	if i := slices.IndexFunc(fields, func(f *catalog.Field) bool { return f.Code.Value == b.r.FormValue(chartInput) }); i >= 0 {
		of = fields[i]
	}
	example := max(0, min(b.chosen(), len(b.service.Scenarios)-1))
	part := &chartPart{File: b.file}
	for _, f := range fields {
		part.Inputs = append(part.Inputs, ui.Option{Value: f.Code.Value, Text: b.say(f.Label), Selected: f == of})
	}
	for i := range b.service.Scenarios {
		part.Examples = append(part.Examples, ui.Option{Value: strconv.Itoa(i), Text: b.service.Scenarios[i].Title.Value, Selected: i == example})
	}
	values := b.points(of, part)
	is := b.totals(b.c, example, of.Code.Value, values)
	var was []total
	if live, err := b.o.Changes.Live(b.ctx); err == nil {
		if s := serviceOf(live, b.file); s != nil && string(live.Files[b.file]) != string(b.text.Body) {
			was = b.totals(live, example, of.Code.Value, values)
			part.Live = slices.ContainsFunc(was, func(t total) bool { return t.known })
		}
	}
	for i, v := range values {
		row := chartRow{Value: strconv.Itoa(v), Is: b.totalText(is[i])}
		if part.Live {
			row.Was = b.totalText(was[i])
		}
		part.Rows = append(part.Rows, row)
	}
	part.Label = b.locale.T("designer.chart.label", "what", b.say(of.Label))
	part.Drawing = drawn(values, is, was, part.Label, b.totalText)
	return part
}

// points are the values at which it is worked out.
func (b *workbench) points(f *catalog.Field, part *chartPart) (out []int) {
	if f.Type == catalog.ChoiceField {
		for i := range f.Options {
			if n, err := strconv.Atoi(f.Options[i].Value.Value); err == nil {
				out = append(out, n)
			}
		}
		slices.Sort(out)
		return out
	}
	bound := func(control, written string, usual int) int {
		if n, err := strconv.Atoi(numberOf(b.r.FormValue(control))); err == nil && n >= 0 && n <= farthestEnd {
			return n
		}
		if n, err := strconv.Atoi(written); err == nil && n >= 0 && n <= farthestEnd {
			return n
		}
		return usual
	}
	from := bound(chartFrom, f.Min.Value, 1)
	to := max(bound(chartTo, f.Max.Value, from+usualFarthest), from+1)
	part.From, part.To = strconv.Itoa(from), strconv.Itoa(to)
	step := max(1, (to-from+mostPoints-2)/(mostPoints-1))
	for v := from; v < to; v += step {
		out = append(out, v)
	}
	return append(out, to)
}

// total is what is paid in all; unknown where the application is not accepted so.
type total struct {
	minor int64
	known bool
}

func (b *workbench) totalText(t total) string {
	if !t.known {
		return "–"
	}
	return b.locale.Money(ui.Money{Minor: t.minor, Currency: b.c.Settings.Currency.Value})
}

// totals works out what an example of the open file would pay in a catalogue with other answers to one question.
func (b *workbench) totals(c *catalog.Catalogue, example int, code string, values []int) []total {
	out := make([]total, len(values))
	list := b.root.Lookup("scenarios")
	if list == nil || example >= list.Len() {
		return out
	}
	excerpt := []byte(list.Excerpt(example))
	var add []edit.Do
	for i, v := range values {
		one, err := edit.All(
			edit.Put("", edit.Path{"form", code}, strconv.Itoa(v), nil), edit.Put("", edit.Path{"scenario"}, "chart "+strconv.Itoa(i), nil), edit.Put("", edit.Path{"expect"}, "{end: none}", nil))(excerpt)
		if err != nil {
			return out
		}
		add = append(add, edit.Insert(b.file, edit.Path{"scenarios"}, -1, strings.TrimRight(string(one), "\n"), nil))
	}
	text, err := edit.All(add...)(c.Files[b.file])
	if err != nil {
		return out
	}
	with, problems := c.WithFile(b.file, text)
	s := serviceOf(with, b.file)
	if problems.HasErrors() || s == nil || len(s.Scenarios) < len(values) {
		return out
	}
	for i, o := range servicetest.New(with, b.o.Scripts).Outcomes(s, s.Scenarios[len(s.Scenarios)-len(values):]) {
		if out[i].known = o.Ran && len(o.Fees) > 0; out[i].known {
			for _, f := range o.Fees {
				out[i].minor += f.Amount
			}
		}
	}
	return out
}

// drawn is the chart: what is paid as it stands now in a line, what is live today in a broken one.
func drawn(values []int, is, was []total, label string, say func(total) string) template.HTML {
	most := int64(1)
	for _, t := range slices.Concat(is, was) {
		most = max(most, t.minor)
	}
	first, last := values[0], values[len(values)-1]
	x := func(v int) float64 {
		return chartMargin + (chartWidth-2*chartMargin)*float64(v-first)/float64(max(1, last-first))
	}
	y := func(minor int64) float64 {
		return chartHeight - chartMargin - (chartHeight-2*chartMargin)*float64(minor)/float64(most)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s" direction="ltr" class="chart">`, chartWidth, chartHeight, template.HTMLEscapeString(label))
	fmt.Fprintf(&s, `<path d="M%g %gV%gH%g" fill="none" stroke="#8b95a0"/>`, chartMargin, chartMargin/2, chartHeight-chartMargin, chartWidth-chartMargin/2)
	line := func(points []total, style string) {
		open := false
		var path, dots strings.Builder
		for i, p := range points {
			if !p.known {
				open = false
				continue
			}
			command := "L"
			if !open {
				command = "M"
			}
			open = true
			fmt.Fprintf(&path, "%s%.1f %.1f", command, x(values[i]), y(p.minor))
			fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3.5"><title>%d: %s</title></circle>`, x(values[i]), y(p.minor), values[i], template.HTMLEscapeString(say(p)))
		}
		if path.Len() > 0 {
			fmt.Fprintf(&s, `<g %s><path d="%s" fill="none"/>%s</g>`, style, path.String(), dots.String())
		}
	}
	line(was, `class="chart__was"`)
	line(is, `class="chart__is"`)
	word := func(at, top float64, anchor, text string) {
		fmt.Fprintf(&s, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, at, top, anchor, template.HTMLEscapeString(text))
	}
	word(x(first), chartHeight-chartMargin/2, "start", strconv.Itoa(first))
	word(x(last), chartHeight-chartMargin/2, "end", strconv.Itoa(last))
	word(chartMargin, chartMargin/2-6, "start", say(total{most, true}))
	s.WriteString("</svg>")
	return template.HTML(s.String())
}
