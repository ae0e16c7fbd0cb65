package designer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

var errExample = errors.New("designer: the example is not accepted")

// differsError says that an example would not come out as the walk did, and how.
type differsError string

func (d differsError) Error() string { return string(d) }

// retold adds the walk as an example, and expects of it what comes out.
func (k *walking) retold(title string) (edit.Do, error) {
	if title == "" || len([]rune(title)) > change.MostTitle || strings.ContainsAny(title, "\n\r") {
		return nil, errExample
	}
	told, err := k.way.Tell(title)
	if err != nil {
		return nil, err
	}
	outcome, ended := k.way.Ended()
	return func(now []byte) ([]byte, error) {
		with := func(expected string) ([]byte, *catalog.Catalogue, *catalog.Service, error) {
			next, err := edit.Insert(k.file, edit.Path{"scenarios"}, -1, told.Body+"expect: {"+expected+"}", nil)(now)
			if err != nil {
				return nil, nil, nil, err
			}
			c, problems := k.c.WithFile(k.file, next)
			s := serviceOf(c, k.file)
			if problems.HasErrors() || s == nil {
				return nil, nil, nil, errExample
			}
			return next, c, s, nil
		}
		first := "end: none" // what comes out does not hang on what is expected
		if told.Waits != "" {
			first = "waits: " + told.Waits
		}
		_, c, s, err := with(first)
		if err != nil {
			return nil, err
		}
		came := servicetest.New(c, k.o.Scripts).Outcomes(s, s.Scenarios[len(s.Scenarios)-1:])
		switch {
		case len(came) != 1:
			return nil, errExample
		case came[0].Stopped != "":
			return nil, differsError(came[0].Stopped)
		case ended && came[0].End != outcome:
			return nil, differsError(came[0].End + came[0].Waits)
		}
		next, c, s, err := with(k.expected(came[0]))
		if err != nil {
			return nil, err
		}
		last := &s.Scenarios[len(s.Scenarios)-1]
		for _, r := range servicetest.New(c, k.o.Scripts).Service(s, func(t string) bool { return t == title }).Results {
			if r.Scenario == last && !r.Passed() {
				return nil, differsError(r.Differences[0].In(k.told()).Summary)
			}
		}
		return next, nil
	}, nil
}

// expected is what came out, as an example expects it.
func (b *workbench) expected(o servicetest.Outcome) string {
	var parts []string
	if len(o.Path) > 0 {
		parts = append(parts, "path: ["+strings.Join(o.Path, ", ")+"]")
	}
	var order []string
	sums := map[string]int64{} // a line that is assessed several times counts with its sum
	for _, f := range o.Fees {
		if _, known := sums[f.Fee]; !known {
			order = append(order, f.Fee)
		}
		sums[f.Fee] += f.Amount
	}
	var fees []string
	for _, fee := range order {
		fees = append(fees, fee+": "+amount(ui.Money{Minor: sums[fee], Currency: b.c.Settings.Currency.Value}))
	}
	if len(fees) > 0 {
		parts = append(parts, "fees: {"+strings.Join(fees, ", ")+"}")
	}
	if len(o.Documents) > 0 {
		parts = append(parts, "documents: ["+strings.Join(o.Documents, ", ")+"]")
	}
	if o.Barred != "" {
		parts = append(parts, "ineligible: "+source.Quote(o.Barred))
	}
	switch {
	case o.End != "":
		parts = append(parts, "end: "+o.End)
	case o.Waits != "":
		parts = append(parts, "waits: "+o.Waits)
	}
	return strings.Join(parts, ", ")
}

// amount writes money as definitions do.
func amount(m ui.Money) string {
	digits := ui.MinorDigits(m.Currency)
	sign := ""
	if m.Minor < 0 {
		sign, m.Minor = "-", -m.Minor
	}
	text := fmt.Sprintf("%0*d", digits+1, m.Minor)
	if digits == 0 {
		return sign + text + " " + m.Currency
	}
	return sign + text[:len(text)-digits] + "." + text[len(text)-digits:] + " " + m.Currency
}
