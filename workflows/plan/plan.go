// Package plan is the executable form of a service: a flat graph of nodes, edges, clocks and formulas in ordered arrays, plain data
// that imports nothing of ours.
//
// A plan is immutable and addressed by the SHA-256 of its canonical bytes. It holds what decides and nothing that only speaks: texts,
// comments and source positions hang beside it (Texts), so that a translation never makes a new plan.
//
//	b := p.Canonical()
//	digest := plan.DigestOf(b)
//	p, err := plan.Decode(b)
package plan

// Format is the version of this package's data shape; a machine refuses a plan of a format that it does not know.
const Format = 2

// Plan is one service as it runs.
type Plan struct {
	Format    int    `json:"format"`
	Service   string `json:"service"`
	Authority string `json:"authority"`
	Currency  string `json:"currency"`
	Zone      string `json:"zone"`
	Tariff    string `json:"tariff,omitempty"`
	// TariffOn is the formula of the day that chooses the version of the tariff; "" is the day of submission.
	TariffOn string `json:"tariffOn,omitempty"`

	// Scope is what formulas may read: the root variables form, applicant, facts, tariff, asOf and one for each lookup.
	Scope []Field `json:"scope"`
	// Reads is the read set: the paths of form and applicant that the machine needs. They travel in the encrypted input; nothing else
	// of the form does.
	Reads []string `json:"reads"`
	// TariffReads are the tariff entries that the machine needs; their values and version are brought by the event that starts the
	// application and frozen in its state.
	TariffReads []string `json:"tariffReads"`

	Facts     []Fact     `json:"facts"`
	Fees      []Fee      `json:"fees"` // in the order in which they are worked out
	Subtotals []Subtotal `json:"subtotals,omitempty"`
	Total     *Rounding  `json:"total,omitempty"` // of what each payment asks for
	// FeeReads are the paths that only the formulas of fees read: fees.code of lines and subtotals before them, and asOf.assessed.
	FeeReads []string `json:"feeReads,omitempty"`

	Nodes     []Node     `json:"nodes"`
	Edges     []Edge     `json:"edges"`
	Documents []Document `json:"documents"`
	// Withdraw is the index of the end node to which the applicant's withdrawal leads, or -1 where it is not allowed.
	Withdraw int       `json:"withdraw"`
	Deadline *Deadline `json:"deadline,omitempty"`
	Anytime  []Anytime `json:"anytime,omitempty"`
	Suspend  *Suspend  `json:"suspend,omitempty"`
	// LateHolidays is Extend where limits in working time end later by what is published as not worked after they have begun; "" = they stand.
	LateHolidays string  `json:"lateHolidays,omitempty"`
	Reopen       *Reopen `json:"reopen,omitempty"`
	Round        *Round  `json:"round,omitempty"`

	// Closed tells that no application is begun any more; open ones go on.
	Closed bool `json:"closed,omitempty"`
	// Triggers are what starts the service; without any the applicant alone does.
	Triggers []Trigger `json:"triggers,omitempty"`

	// Form is the compiled form: fields with types and visibility, in order, and the JSON Schema that a normalised form must satisfy.
	Form Form `json:"form"`
}

// Field is a typed name. Kind is one of bool, int, decimal, money, text, date, list, record, table.
type Field struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	Of       string  `json:"of,omitempty"`     // kind of the items of a list of single values
	Fields   []Field `json:"fields,omitempty"` // of record and list of records; the columns of a table
	Gives    string  `json:"gives,omitempty"`  // kind of what the rows of a table give
	Optional bool    `json:"optional,omitempty"`
	When     string  `json:"when,omitempty"` // formula under which it is present
}

// Fact is a named formula. Facts come in an order in which each reads only those before it.
type Fact struct {
	Name    string `json:"name"`
	Formula string `json:"formula"`
	Kind    string `json:"kind"`
	// Row numbers the row that held, from 1, of a fact that is written in rows.
	Row string `json:"row,omitempty"`
}

// Drawn are the nodes of the graph: all but those that take back what others have entered, which stand behind them.
func (p *Plan) Drawn() []Node {
	n := len(p.Nodes)
	for n > 0 && p.Nodes[n-1].Kind == Undo {
		n--
	}
	return p.Nodes[:n:n]
}
