package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Fee is one line of what the service costs. What it comes to is worked out in the order of its keys: the amount, exemptions, rebates, bounds,
// rounding.
type Fee struct {
	source.Ranged
	Code     source.Text             `diwan:"fee,required" doc:"Code of the line; formulas of later lines read what it came to as fees.code."`
	Title    Text                    `diwan:"title,required" doc:"What it is for."`
	When     source.Text             `diwan:"when" doc:"Formula: the line is due only when it is true; otherwise fees.code is zero."`
	Amount   source.Text             `diwan:"amount,required" doc:"Formula of money."`
	Exempt   []Exemption             `diwan:"exempt" doc:"Who need not pay it. The line stays, at zero, with the reason of the first that holds."`
	Rebates  []Rebate                `diwan:"rebates" doc:"What is taken off, in order, each from what the one before has left."`
	AtLeast  source.Text             `diwan:"atLeast" doc:"Formula of money: the line is never less."`
	AtMost   source.Text             `diwan:"atMost" doc:"Formula of money: the line is never more."`
	Round    *Rounding               `diwan:"round" doc:"Rounds the line: {to: 0.50 ILS, way: nearest}."`
	Payee    source.Text             `diwan:"payee" doc:"Authority that receives it; the service's own if not given."`
	Revenue  source.Text             `diwan:"head" doc:"Revenue head under which it is earned, one of heads of catalogue.yaml; the book has an account of the line's own code if not given."`
	Split    source.Map[source.Text] `diwan:"split" doc:"Authorities that share it, in percent: {transport: 70, municipality: 30}. What rounding leaves goes to the first."`
	Deposit  bool                    `diwan:"deposit" doc:"true: the money is held; a later step releases or forfeits it."`
	HeldWith source.Text             `diwan:"heldWith" names:"right" doc:"Of a deposit: the right as long as which it is held. The end of the right releases it, and its revocation forfeits it."`
}

// Exemption is who need not pay a line, and why.
type Exemption struct {
	source.Ranged
	When  source.Text `diwan:"when,required" doc:"Formula: whoever it holds for need not pay."`
	Title Text        `diwan:"title,required" doc:"The reason, as it stands on the bill."`
}

// Rebate is what is taken off a line, and why. It has percent or amount.
type Rebate struct {
	source.Ranged
	When    source.Text `diwan:"when" doc:"Formula: it is given only when it is true."`
	Percent source.Text `diwan:"percent" doc:"Percent that are taken off, such as 20 or 12.5."`
	Amount  source.Text `diwan:"amount" doc:"Formula of the amount that is taken off; no more than is left."`
	Title   Text        `diwan:"title,required" doc:"The reason, as it stands on the bill."`
}

// Rounding is to what an amount is rounded, and how.
type Rounding struct {
	source.Ranged
	To         source.Text `diwan:"to,required" doc:"The unit: 0.50 ILS rounds to half a shekel."`
	Way        RoundingWay `diwan:"way,required" doc:"up, down, nearest (a half goes up) or half-even (a half goes to the even unit)."`
	Difference Bearer      `diwan:"difference" doc:"Of a subtotal and of the total: who bears the difference. authority: the applicant is never asked for more than the exact sum. applicant: also for more; the bill shows it as a line."`
}

// RoundingWay is how an amount that is no whole number of units is rounded.
type RoundingWay string

// The ways of rounding.
const (
	RoundUp       RoundingWay = "up"
	RoundDown     RoundingWay = "down"
	RoundNearest  RoundingWay = "nearest"
	RoundHalfEven RoundingWay = "half-even"
)

// Values lists the ways of rounding.
func (RoundingWay) Values() []string {
	return []string{string(RoundUp), string(RoundDown), string(RoundNearest), string(RoundHalfEven)}
}

// Bearer is who bears the difference that rounding makes.
type Bearer string

// Those who can bear it.
const (
	AuthorityBears Bearer = "authority"
	ApplicantBears Bearer = "applicant"
)

// Values lists them.
func (Bearer) Values() []string { return []string{string(AuthorityBears), string(ApplicantBears)} }

// Subtotal is a sum of lines that later lines read as fees.code, rounded before they do.
type Subtotal struct {
	source.Ranged
	Code  source.Text   `diwan:"subtotal,required" doc:"Code; formulas of later lines read fees.code."`
	Title Text          `diwan:"title" doc:"What it is called on the bill; without it, it is not shown."`
	Of    []source.Text `diwan:"of,required" doc:"Fee lines that it sums."`
	Round *Rounding     `diwan:"round" doc:"Rounds the sum before later lines read it."`
}

// Total is how what each payment asks for is rounded.
type Total struct {
	source.Ranged
	Round *Rounding `diwan:"round,required" doc:"Rounds the sum of each payment: {to: 0.10 ILS, way: down, difference: authority}. The bill shows the difference as a line."`
}

// RoundingLine is the code of the line that shows what rounding has added or taken off; no fee can have it.
const RoundingLine = "rounding"

// Subtotal is the subtotal with that code, or nil.
func (s *Service) Subtotal(code string) *Subtotal {
	for i := range s.Subtotals {
		if s.Subtotals[i].Code.Value == code {
			return &s.Subtotals[i]
		}
	}
	return nil
}
