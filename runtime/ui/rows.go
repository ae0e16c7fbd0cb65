package ui

// Rows is a group whose rows are added and removed by buttons. Without scripts a button posts the page with everything that was typed; with
// them the same answer takes the place of Target. The buttons are called Control, with the value add:NAME or remove:ROW.
type Rows struct {
	Field   // Label is the legend; Name is that of the hidden control that holds the number of rows
	Items   []RowItem
	RowName string // what one row is called
	More    bool   // a row may be added
	Control string
	Path    string // where the buttons post to
	Target  string // id of the element that scripts replace
	Status  string // what has just happened, read out
}

func (Rows) Component() string { return "ui/rows" }

// Next is the id that the next row will have.
func (r Rows) Next() string { return r.Name + "." + itoa(len(r.Items)) }

// RowItem is one row. Name is how its controls begin, and the id of the row.
type RowItem struct {
	Name, Title string
	Body        []Component
	Removable   bool
	Focus       bool // the reader is led here: the row has just been added
}

// Output is a value that the form works out: shown, never asked. Empty says that it is not known yet.
type Output struct {
	Field
	Value string
	Empty string
	Dir   string
}

func (Output) Component() string { return "ui/output" }
