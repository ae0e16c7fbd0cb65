package paper

import "github.com/diwan-gov/diwan/workflows/plan"

// Row is one labelled value of a paper or of an enquiry's answer.
type Row struct {
	Code  string    `json:"code,omitempty"`  // under which the layout of a paper speaks of it
	Claim string    `json:"claim,omitempty"` // under which a wallet keeps it
	Label plan.Text `json:"label"`
	Cell  Cell      `json:"cell"`
	Total bool      `json:"total,omitempty"` // what the rows before come to: it stands out from them
}

// Cell is a value made ready to be shown: locale-free, so that pages, papers and the API write it in their own way.
type Cell struct {
	// Kind is bool, int, decimal, money, text, date, list or record.
	Kind string `json:"kind"`
	// Value is true or false, 12, 12.50, 250.00 ILS, any text, or 2027-01-31; "" in a cell that is absent, a list or a record.
	Value string `json:"value,omitempty"`
	// Words are what a coded Value is called in each language, where the registry's declaration says so, and a number together with its unit.
	Words plan.Text `json:"words,omitempty"`
	// Columns are the headings of a list or a record, as Texts.Columns names them, or their codes.
	Columns []Column `json:"columns,omitempty"`
	// Rows are the lines of a list, each with a cell for each column; a record has one line.
	Rows [][]Cell `json:"rows,omitempty"`
}

// Column is the heading of one column of a list.
type Column struct {
	Code  string    `json:"code"`
	Label plan.Text `json:"label,omitempty"`
}
