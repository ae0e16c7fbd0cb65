package plan

// Fee is one fee line. It is worked out in the order of the fields: the first exemption that holds makes it zero, rebates are taken off one
// after the other, then the bounds and the rounding hold.
type Fee struct {
	Code    string    `json:"code"`
	When    string    `json:"when,omitempty"`
	Amount  string    `json:"amount"`
	Exempt  []string  `json:"exempt,omitempty"` // conditions; the reason is in Texts.Fees under code/exempt/index
	Rebates []Rebate  `json:"rebates,omitempty"`
	AtLeast string    `json:"atLeast,omitempty"`
	AtMost  string    `json:"atMost,omitempty"`
	Round   *Rounding `json:"round,omitempty"`
	Shares  []Share   `json:"shares,omitempty"` // none = all of it to the service's authority
	Head    string    `json:"head,omitempty"`   // revenue head; none = the code
	Deposit bool      `json:"deposit,omitempty"`
	// HeldWith is the right as long as which a deposit is held: its end releases it, its revocation forfeits it.
	HeldWith string `json:"heldWith,omitempty"`
}

// Rebate takes off Percent (a decimal) or the formula Amount; its reason is in Texts.Fees under code/rebate/index.
type Rebate struct {
	When    string `json:"when,omitempty"`
	Percent string `json:"percent,omitempty"`
	Amount  string `json:"amount,omitempty"`
}

// Rounding rounds to whole units of To ("0.50 ILS"). Way is up, down, nearest or half-even. Difference says who bears what it makes of a
// subtotal or of the total: authority or applicant.
type Rounding struct {
	To         string `json:"to"`
	Way        string `json:"way"`
	Difference string `json:"difference,omitempty"`
}

// Share is a part of a line that an authority receives, in percent (a decimal); what rounding leaves goes to the first.
type Share struct {
	Authority string `json:"authority"`
	Percent   string `json:"percent"`
}

// Subtotal is a sum of lines that later lines read as fees.code.
type Subtotal struct {
	Code  string    `json:"code"`
	Of    []string  `json:"of"`
	Round *Rounding `json:"round,omitempty"`
}
