package reference

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/unit"
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
	b.WriteString("\n## Units\n\n`unit:` of a field, and of a number that a registry takes or gives, is one of these. `convert` converts between units of one kind; " +
		"numbers in different units are neither added nor compared.\n\n| unit | measures | is | shown as |\n|---|---|---|---|\n")
	base := map[unit.Kind]string{}
	for _, u := range unit.All() {
		if base[u.Kind] == "" {
			base[u.Kind] = u.Code
		}
		fmt.Fprintf(b, "| `%s` | %s | %s %s | %s · %s |\n", u.Code, u.Kind, factor(u.Factor), base[u.Kind], unit.Name(u.Code, "en"), unit.Name(u.Code, "ar"))
	}
}

// factor writes 1000, 1/1000 and 735.49875.
func factor(r *big.Rat) string {
	if r.IsInt() || r.Num().IsInt64() && r.Num().Int64() == 1 {
		return r.RatString()
	}
	return strings.TrimRight(r.FloatString(12), "0")
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
	{catalog.WriteStep, "`write: registry/operation` writes to a registry by an operation that has `writes: true`; its answer is read like that of a lookup."},
	{catalog.RefuseStep, "`refuse: {ar: …, en: …}` with `when` ends the application; the applicant reads the reason."},
	{catalog.PayStep, "`pay: [fee, …]` freezes the fee lines and waits for their payment; a total of zero passes."},
	{catalog.ReviewStep, "`review: role` waits for the decision of an officer with this role of the service's authority, or of another (`of`)."},
	{catalog.InspectStep, "`inspect: role` is a review that is done on site."},
	{catalog.InviteStep, "`invite: applicant`, a person (`invite: form.buyer`) or `public` asks somebody who is no officer; what the public says is counted until the limit is over and read as `step.count`, where there is a `triage` only what an officer has taken."},
	{catalog.AppointmentStep, "`appointment: role` lets the applicant book a slot and waits for the day."},
	{catalog.WaitStep, "`wait: {until: day}`, `{for: 30 days}` or `{event: name, about: formula}` waits; what the event gives is read under the step's code."},
	{catalog.NotifyStep, "`notify: applicant`, a role or a person tells somebody its `text`."},
	{catalog.IssueStep, "`issue: document` issues a numbered paper that anyone can verify."},
	{catalog.RevokeStep, "`revoke: document` takes the validity of a paper that was issued before."},
	{catalog.GrantStep, "`grant: right` grants a right with its terms."},
	{catalog.ChangeStep, "`change: right` with `to` renews, suspends or ends the right whose `number` stands in `with`, if the right lets this service do so."},
	{catalog.StartStep, "`start: service` starts an application of another service; with `wait: true` its `step.outcome` is read afterwards."},
	{catalog.ComputeStep, "`compute: {name: formula}` works values out that stay as they are; read as `step.name`."},
	{catalog.DrawStep, "`draw: {green: 90, red: 10}` draws by weight and records it; read as `step.channel`."},
	{catalog.ChooseStep, "`choose: [{when, steps}, …]` takes the first case that fits."},
	{catalog.TogetherStep, "`together: [{branch, steps}, …]` runs branches beside each other, or one for each item of a list."},
	{catalog.RepeatStep, "`repeat: {atMost, while, steps, then}` repeats steps while a condition holds."},
	{catalog.GoStep, "`go: step` goes on elsewhere; back with `atMost` and `then`."},
	{catalog.PayOutStep, "`payOut: {to: applicant, amount: formula, account: formula}` pays money out and waits until it has arrived."},
	{catalog.ReleaseStep, "`release: [fee, …]` gives deposits back."},
	{catalog.ForfeitStep, "`forfeit: [fee, …]` keeps deposits."},
	{catalog.PlaceStep, "`place: round` waits for a place in the service's round; `decisions` says what placed, reserve and refused lead to."},
	{catalog.AnswerStep, "`answer: [{label, value}]` shows an enquiry's answer at once; no fees before it."},
	{catalog.EndStep, "`end: outcome` ends the application, with `when` only sometimes."},
}

const decisions = `
## Decisions

| written | leads to |
|---|---|
| ` + "`approve: continue`" + ` | the next step |
| ` + "`sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}}`" + ` | the applicant, who corrects the form; ` + "`then`" + ` stands for one more after the last |
| ` + "`again: {to: survey, atMost: 2, then: refuse, invalidates: [plan-check]}`" + ` | an earlier step, which decides anew. What was decided and answered between stands, but for what is named |
| ` + "`urgent: {to: council}`" + ` | a later step |
| ` + "`no: {against: true}`" + ` | in a branch of together: it ends and counts against |
| ` + "`refuse: {end: refused, refund: {renewal: all, late: keep}}`" + ` | the end, with what goes back of each fee that may be paid by then |

The names approve, sendBack and refuse have buttons in every language; another one needs a ` + "`title`" + `. A decision may have ` + "`when`" + ` (it is offered only
then) and ` + "`comment: required`" + ` or ` + "`optional`" + `; who sends back, refuses or is against writes one anyway.

## Branches

` + "```yaml" + `
- step: checks
  together:
    - branch: health
      steps:
        - step: kitchen
          title: {ar: فحص المطبخ, en: Kitchen}
          inspect: health-inspector
          of: health
          within: {10 working days: escalate}
          decisions: {approve: continue, refuse: {against: true}}
    - branch: fire
      steps:
        - step: exits
          title: {ar: فحص المخارج, en: Exits}
          inspect: fire-inspector
          of: civil-defence
          within: {10 working days: escalate}
          decisions: {approve: continue, refuse: {against: true}}
  until: all
  otherwise: {end: refused, refund: {licence: all}}
` + "```" + `

A branch that ends behind its last step is in favour. As soon as ` + "`until`" + ` (all, any or a number) can no longer be met, the other branches are called off and
` + "`otherwise`" + ` follows. What a branch gives is read behind the branches: without a guard where every branch must have ended, else with ` + "`has(step)`" + `.
` + "`together: {each: owner, in: form.owners, atMost: 20, steps: […]}`" + ` makes one branch for each item; inside, formulas read ` + "`owner`" + ` and ` + "`ownerNumber`" + `.

## Time limits

` + "`within: {2 working days: remind, 5 working days: escalate, 20 days: refuse}`" + `: counts and units (minutes, hours, working hours, days, working days, weeks, months, years),
ascending, and what happens when each is over. A limit may be tied to a day: ` + "`14 days before form.eventDate`, `on form.eventDate`, `10 days after licence.expiresOn`" + `.

| what happens | |
|---|---|
| ` + "`remind`" + ` | whoever is waited for is told again |
| ` + "`escalate`" + ` | it is marked as overdue and goes on waiting |
| ` + "`lapse`" + ` | the application ends as lapsed |
| a decision of the step | it stands. Where it is in favour, ` + "`silence: approve`" + ` says so at the step too: nothing is approved by a silence that is not written twice |
| ` + "`continue`" + ` | where an event or the public is waited for: the next step follows |
| ` + "`{to: step}`, `{end: outcome, refund: …}`" + ` | it goes on there, or ends |

| where | what is needed |
|---|---|
| ` + "`pay`, `invite`, `appointment`" + `, a wait for an event, a correction by the applicant | a limit, of which the last leads on |
| ` + "`start`" + ` with ` + "`wait: true`" + ` | a limit |
| ` + "`review`, `inspect`" + ` | a warning where there is none |
`
