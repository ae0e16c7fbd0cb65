package check

import (
	"github.com/diwan-gov/diwan/catalog"
)

// documents looks at papers apart from their formulas, which need a service.
func documents(o *overview) {
	registers := newRegister("register of numbers", registerForm.MatchString, "Write one to ten capital letters and digits, and another for each document: DL.", o.add)
	for _, d := range o.catalogue.Documents {
		registers.enter(d.Register)
		if d.Has("rows") && len(d.Rows) == 0 {
			o.add(problem("no-rows", d.RangeOf("rows"), "the document has no rows").
				WithHelp("Write rows with a label and a value each."))
		}
		if !d.Proves.IsZero() && o.catalogue.Right(d.Proves.Value) == nil && o.catalogue.Complete("rights") {
			o.add(unknown("right", d.Proves, codesOf(o.catalogue.Rights, func(x *catalog.Right) string { return x.Code.Value })))
		}
		rows := newRegister("row", catalog.IsName, nameHelp, o.add)
		for i := range d.Rows {
			rows.enter(d.Rows[i].Code)
		}
	}
}
