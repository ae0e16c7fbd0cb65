package formula_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
)

func TestNamesOfAFormulaAlsoOfAHalfWrittenOne(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`form.years >= 5 and not has(form.x.y)`, "form form.years has() form form.x form.x.y"},
		{`facts.age > 60 ? "form.no" : lower(applicant.name)`, "facts facts.age lower() applicant applicant.name"},
		{`form.children.all(c, c.age > min(form.least, d))`, "form form.children form.children.all() c=form.children c=form.children c=form.children.age min() form form.least d"},
		{`form.a.exists(c, c.b.all(d, d.e == c.f)) and c`, "form form.a form.a.exists() c=form.a c=form.a c=form.a.b c=form.a.b.all() d=c=form.a.b d=c=form.a.b d=c=form.a.b.e c=form.a c=form.a.f c"},
		{`tariff.`, "tariff"},
		{`tariff. + form.`, "tariff form"},
		{`)))(((and or in`, ""},
		{`"never closed form.x`, ""},
		{``, ""},
	} {
		if got := strings.Join(written(formula.Names(test.text), test.text, t), " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// written writes each name with what it is of.
func written(names []formula.Name, text string, t *testing.T) []string {
	var full []string
	for i, n := range names {
		if text[n.Start:n.End] != n.Word || n.Of >= i || n.Item >= i {
			t.Errorf("%s: name %d is %+v", text, i, n)
		}
		s := n.Word
		if n.Item >= 0 {
			s = fmt.Sprintf("%s=%s", s, full[n.Item])
		}
		if n.Of >= 0 {
			s = full[n.Of] + "." + s
		}
		full = append(full, s)
	}
	out := slices.Clone(full)
	for i, n := range names {
		if n.Call {
			out[i] += "()"
		}
	}
	return out
}
