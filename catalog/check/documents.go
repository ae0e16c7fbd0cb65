package check

import (
	"slices"

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
		claims := newRegister("claim", claimForm.MatchString, claimHelp, o.add)
		for i := range d.Rows {
			rows.enter(d.Rows[i].Code)
			claim := d.Rows[i].Claim
			if claims.enter(claim); slices.Contains(catalog.ReservedClaims(), claim.Value) {
				o.add(problem("reserved", claim.Range(), "{name:q} stands for what every credential has", "name", claim.Value).WithHelp("Give the claim another name."))
			}
		}
	}
}
