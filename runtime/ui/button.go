package ui

import "strconv"

// Kinds of Button. The empty kind is the one thing that the page wants done.
const (
	Primary   = ""
	Secondary = "secondary"
	Warning   = "warning"
	AsLink    = "link"
)

// Button submits the form around it, or leads to Href when it has one.
type Button struct {
	Text, Kind  string
	Href        string
	Name, Value string
	Icon        string
	Download    bool // with Href: the file is saved
	Large       bool
	Print       bool // prints the page; shown only where scripts run
}

func (Button) Component() string { return "ui/button" }

// ButtonRow puts buttons beside one another, the main one first.
type ButtonRow struct{ Buttons []Button }

func (ButtonRow) Component() string { return "ui/button-row" }

// BackLink leads one step back. Empty Text says "Back".
type BackLink struct{ Text, Href string }

func (BackLink) Component() string { return "ui/back-link" }

// Confirm is a page that asks before something cannot be undone, in place of a dialog. Fields are sent as
// hidden values with the answer.
type Confirm struct {
	Title, Text string
	Action      string // receives a POST
	Yes         string // what the button says; names the act, not "OK"
	Warning     bool   // the act destroys or costs
	No          Link
	Fields      []Hidden
	Body        []Component // further controls, such as a reason
}

func (Confirm) Component() string { return "ui/confirm" }

// Hidden is a value that a form carries.
type Hidden struct{ Name, Value string }

func (Hidden) Component() string { return "ui/hidden" }

func itoa(n int) string { return strconv.Itoa(n) }
