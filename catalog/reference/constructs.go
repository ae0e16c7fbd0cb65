package reference

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// rowsCSV holds the facts that are counted: how many core rows of the model catalogue have which fee rule and which pattern of steps. They
// were copied from catalogue-1400.csv, whose patterns taxonomy.yaml describes; both are shared facts of the project.
//
//go:embed constructs/rows.csv
var rowsCSV string

// Construct is something that can be written in a definition, with the patterns of the model catalogue that want it.
type Construct struct {
	Name    string
	Example string // the smallest, in one line; for what the language lacks, what is written in its place
	Fees    []string
	Steps   []string
}

// Rows are the services of the model catalogue with one fee rule and one pattern of steps.
type Rows struct {
	Fee, Steps string
	Count      int
}

// CoreRows are the facts. The only failure would be a mistake in the embedded file, which is a panic.
var CoreRows = sync.OnceValue(func() []Rows {
	var out []Rows
	for line := range strings.Lines(rowsCSV) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(cells[len(cells)-1])
		if err != nil || len(cells) != 3 {
			panic("constructs/rows.csv: " + line)
		}
		out = append(out, Rows{Fee: cells[0], Steps: cells[1], Count: n})
	}
	return out
})

// Wanted is how many rows have a pattern that wants the construct; a row whose fee rule and steps both want it counts once.
func (c Construct) Wanted() int {
	n := 0
	for _, r := range CoreRows() {
		if slices.Contains(c.Fees, r.Fee) || slices.Contains(c.Steps, r.Steps) {
			n += r.Count
		}
	}
	return n
}

// ConstructsMarkdown is the page that says how often each construct is wanted, as the repository holds it.
func ConstructsMarkdown() string {
	var b strings.Builder
	total := 0
	for _, r := range CoreRows() {
		total += r.Count
	}
	fmt.Fprintf(&b, "# What a national catalogue wants of the language\n\n"+
		"This page is made by the program (`go test ./cmd/diwan -run Constructs -update`); it is not edited by hand.\n\n"+
		"How many of %d services want each construct? The services are the core rows of the model catalogue `catalogue-1400.csv`. It is a **model**: its families and\n"+
		"sizes are estimates, described in `taxonomy.yaml`, since no public list with all services was found. Each row names one of 26 fee rules and one of 38 patterns\n"+
		"of steps. A construct counts for a row when we read the description of the row's fee rule or of its steps as asking for it; a row that asks twice counts once.\n"+
		"How each pattern was read stands beside each line, so that anybody can read it otherwise. The figures say what the model leans on; they measure no country.\n\n"+
		"`0` means that no pattern asks for it, not that nobody needs it.\n", total)
	table := func(title string, all []Construct, example string) {
		fmt.Fprintf(&b, "\n## %s\n\n| construct | %s | services | by fee rule | by pattern of steps |\n|---|---|---|---|---|\n", title, example)
		for _, c := range all {
			fmt.Fprintf(&b, "| %s | `%s` | %d | %s | %s |\n", c.Name, strings.ReplaceAll(c.Example, "|", "\\|"), c.Wanted(), strings.Join(c.Fees, ", "), strings.Join(c.Steps, ", "))
		}
	}
	table("Steps", StepConstructs, "smallest example")
	table("Fees", FeeConstructs, "smallest example")
	fmt.Fprintf(&b, "\n## What the language lacks\n\nPatterns that ask for something for which there is no construct of its own, and how it is written today.\n")
	table("Lacking", Lacking, "today")
	counts := func(title string, of func(Rows) string) {
		sums := map[string]int{}
		var names []string
		for _, r := range CoreRows() {
			if _, seen := sums[of(r)]; !seen {
				names = append(names, of(r))
			}
			sums[of(r)] += r.Count
		}
		slices.SortFunc(names, func(x, y string) int {
			if sums[x] != sums[y] {
				return sums[y] - sums[x]
			}
			return strings.Compare(x, y)
		})
		fmt.Fprintf(&b, "\n### %s\n\n| pattern | services |\n|---|---|\n", title)
		for _, name := range names {
			fmt.Fprintf(&b, "| %s | %d |\n", name, sums[name])
		}
	}
	b.WriteString("\n## The facts\n")
	counts("Fee rules", func(r Rows) string { return r.Fee })
	counts("Patterns of steps", func(r Rows) string { return r.Steps })
	return b.String()
}
