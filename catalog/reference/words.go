package reference

import (
	"fmt"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// words writes the tables of what has a closed set of words: field types, step kinds, decisions, time limits and formulas.
func words(b *strings.Builder) {
	b.WriteString("\n## Field types\n\n| type | the applicant gives | formulas read | keys of its own |\n|---|---|---|---|\n")
	for _, t := range catalog.FieldType("").Values() {
		f := catalog.Field{Type: catalog.FieldType(t)}
		kind := formula.Type{Kind: f.Kind()}.String()
		switch f.Type {
		case catalog.ChoiceField:
			kind = "the value: a whole number where all values are, else text"
		case catalog.ChoicesField:
			kind = "a list of values; empty where nothing is chosen"
		case catalog.FileField:
			kind = "text; with `files` a list of texts"
		case catalog.AddressField, catalog.PersonField, catalog.PlaceField:
			kind = "a record: `form." + exampleCode[f.Type] + "." + catalog.PartNames(f.Type)[0] + "`"
		case catalog.GroupField:
			kind = "a list of records; empty without rows: `form.children.all(c, c.age < 18)`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", t, given[f.Type], kind, strings.Join(quoted(check.FieldKeys(f.Type)), ", "))
	}
	b.WriteString("\n## Step kinds\n\nA step has `step`, the key of its kind, and may have `title` and `when`. `refund` is needed where money may be paid by then.\n\n" +
		"| kind | what it does | other keys |\n|---|---|---|\n")
	for _, k := range stepKinds {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", k.kind, k.doc, strings.Join(quoted(check.StepKeys(k.kind)), ", "))
	}
	b.WriteString(decisions)
	b.WriteString("\n## Formulas\n\nFormulas read `form.field`, `applicant` (`nationalNumber`, `name`, `birthDate`, `sex`), `asOf.submitted` (the day of submission), " +
		"`tariff.amount`, `facts.name`, the answer of a lookup under the code of its step (`licence.expiresOn`) and, in documents, `issued.number` and " +
		"`issued.on`. Formulas in a group read the row in which they stand as `row.field`.\n\nOperators: `+ - * /`, `== != < <= > >=`, `and`, `or`, `not`, `condition ? one : other`, `value in list`. Text stands between " +
		"quotation marks. Decimals and money are exact.\n\n| function | gives |\n|---|---|\n")
	for _, f := range formula.Functions() {
		fmt.Fprintf(b, "| `%s` | %s |\n", cell(f.Use), f.Doc)
	}
}

// exampleCode is a field of each type that has parts.
var exampleCode = map[catalog.FieldType]string{catalog.AddressField: "home", catalog.PersonField: "spouse", catalog.PlaceField: "site"}

// given says what an answer of each type is.
var given = map[catalog.FieldType]string{
	catalog.TextField:     "a line of text",
	catalog.LongTextField: "some lines of text",
	catalog.IntegerField:  "a whole number",
	catalog.DecimalField:  "a number",
	catalog.MoneyField:    "an amount in the catalogue's currency",
	catalog.DateField:     "a day",
	catalog.YesNoField:    "yes or no",
	catalog.ChoiceField:   "one of the options",
	catalog.FileField:     "an upload",
	catalog.NationalField: "nine digits",
	catalog.PhoneField:    "a telephone number",
	catalog.EmailField:    "an e-mail address",
	catalog.ChoicesField:  "any of the options",
	catalog.IBANField:     "a bank account number, with its check digits",
	catalog.AddressField:  "governorate, locality, street, building and postcode, or those that `parts` names",
	catalog.PersonField:   "national number, name and date of birth of somebody else, or what `parts` names",
	catalog.PlaceField:    "a point on a map: latitude and longitude in degrees",
	catalog.GroupField:    "rows of fields",
	catalog.ConsentField:  "a tick, without which the form is not sent",
}

var stepKinds = []struct {
	kind catalog.StepKind
	doc  string
}{
	{catalog.LookupStep, "`ask: registry/operation` asks a registry; later formulas read the answer under the step's code."},
	{catalog.RefuseStep, "`refuse: {ar: …, en: …}` with `when` ends the application; the applicant reads the reason."},
	{catalog.PayStep, "`pay: [fee, …]` freezes the fee lines and waits for their payment; a total of zero passes."},
	{catalog.ReviewStep, "`review: role` waits for the decision of an officer with this role of the service's authority."},
	{catalog.IssueStep, "`issue: document` issues a numbered paper that anyone can verify."},
	{catalog.AnswerStep, "`answer: [{label, value}]` shows an enquiry's answer at once; no fees before it."},
}

const decisions = `
## Decisions of a review

| written | leads to |
|---|---|
| ` + "`approve: continue`" + ` | the next step |
| ` + "`sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}}`" + ` | the applicant, who corrects the form; ` + "`then`" + ` stands for one more after the last |
| ` + "`refuse: {end: refused, refund: {renewal: all, late: keep}}`" + ` | the end, with what goes back of each fee that may be paid by then |

The names approve, sendBack and refuse have buttons in every language; another one needs a ` + "`title`" + `.

## Time limits

` + "`within: {14 days: lapse}`" + `: a count and a unit (minutes, hours, days, working days, weeks, months, years), and what happens then.

| where | what may happen |
|---|---|
| ` + "`pay`" + `, needed | ` + "`lapse`" + `: the application ends as lapsed |
| ` + "`review`" + `, a warning where it is missing | ` + "`escalate`" + `: it is marked as overdue and goes on waiting; ` + "`lapse`" + `; or a decision that ends. Nothing is approved by silence |
| a decision that sends back, needed | ` + "`lapse`" + `, or a decision that ends |
`
