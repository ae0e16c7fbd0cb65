package ui

import "strings"

// Field is what every control of a form has. Texts are in the page's language already.
type Field struct {
	Name     string
	ID       string // empty: Name
	Label    string
	Hint     string
	Error    string // shown beside the control; put the same text into Page.Errors
	Optional bool   // says so after the label; everything else is required
	Heading  bool   // the label is the page's h1, for a page with one question
	Quiet    bool   // the label is for screen readers only
}

// Key is the id of the control, which an error summary links to.
func (f Field) Key() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

// DescribedBy names the hint and the error for aria-describedby.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Key()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.Key()+"-error")
	}
	return strings.Join(ids, " ")
}

// FieldError is one line of the error summary. Name is the Key of the control; for radios, checkboxes and
// dates the Key too, it is the id of their first control.
type FieldError struct{ Name, Text string }

// Kinds of text that an Input takes: they choose the keyboard and the direction.
const (
	PlainText = ""
	Digits    = "digits"  // any length of digits, such as an identity number
	Decimal   = "decimal" // a number with a point
	Telephone = "tel"
	Email     = "email"
	Address   = "url"
	Password  = "password"
)

// Input is a box for one line.
type Input struct {
	Field
	Type           string // PlainText, Digits …
	Value          string
	Prefix, Suffix string
	Width          int    // how many characters it should hold: 2, 3, 4, 5, 10, 20, 30; 0 is the whole width
	MaxLength      int    // 0: none
	Autocomplete   string // as in HTML: name, bday, tel …
	Dir            string // empty: ltr or auto, by Type
}

func (Input) Component() string { return "ui/input" }

// InputType is the HTML type: digits stay text, because number boxes drop leading zeros.
func (i Input) InputType() string {
	switch i.Type {
	case Telephone, Email, Address, Password:
		return i.Type
	}
	return "text"
}

// InputMode is the keyboard that a phone shows.
func (i Input) InputMode() string {
	switch i.Type {
	case Digits:
		return "numeric"
	case Decimal, Telephone, Email, Address:
		return i.Type
	}
	return ""
}

// Direction is ltr for what is always written so and auto for words; an empty box has the page's own.
func (i Input) Direction() string {
	switch {
	case i.Dir != "":
		return i.Dir
	case i.Type == PlainText && i.Value == "":
		return ""
	case i.Type == PlainText:
		return "auto"
	}
	return "ltr"
}

// DescribedBy names the unit behind the box too.
func (i Input) DescribedBy() string {
	if i.Suffix == "" {
		return i.Field.DescribedBy()
	}
	return strings.TrimSpace(i.Field.DescribedBy() + " " + i.Key() + "-unit")
}

// WidthClass is the class for Width.
func (i Input) WidthClass() string {
	switch i.Width {
	case 2, 3, 4, 5, 10, 20, 30:
		return " input--" + itoa(i.Width)
	}
	return ""
}

// MoneyInput is a box for an amount in one currency.
type MoneyInput struct {
	Field
	Value, Currency string
}

func (MoneyInput) Component() string { return "ui/money-input" }

// Textarea is a box for several lines.
type Textarea struct {
	Field
	Value        string
	Rows         int // 0: 5
	MaxLength    int
	Autocomplete string
}

func (Textarea) Component() string { return "ui/textarea" }

// Option is one choice of Select, Radios or Checkboxes. Reveal is shown while a radio or checkbox is chosen,
// by CSS alone; the server must drop what it holds when the option was not chosen.
type Option struct {
	Value, Text, Hint string
	Selected          bool
	Reveal            []Component
	Divider           string // "or", above this option
}

// Select is a list to choose one from; prefer Radios up to seven options.
type Select struct {
	Field
	Prompt       string // first, empty entry; empty: "choose"
	Options      []Option
	Autocomplete string
}

func (Select) Component() string { return "ui/select" }

// Radios choose one.
type Radios struct {
	Field
	Options []Option
	Inline  bool // beside one another, for two short ones
}

func (Radios) Component() string { return "ui/radios" }

// Checkboxes choose any number. All carry the Field's name. Declaration is a longer text above them, which is what is agreed to.
type Checkboxes struct {
	Field
	Declaration string
	Options     []Option
}

// DescribedBy names the declaration too.
func (c Checkboxes) DescribedBy() string {
	if c.Declaration == "" {
		return c.Field.DescribedBy()
	}
	return strings.TrimSpace(c.Field.DescribedBy() + " " + c.Key() + "-declaration")
}

func (Checkboxes) Component() string { return "ui/checkboxes" }

// DateInput is three boxes; they are called Name-day, Name-month and Name-year, the first has the Key as id.
type DateInput struct {
	Field
	Day, Month, Year string
	Birthday         bool // autocomplete from the browser's own birthday
}

func (DateInput) Component() string { return "ui/date-input" }

// Upload is a control for files. What was uploaded before is shown and stays unless it is replaced, or its
// remove box (named Name-remove, with the file's ID as value) is ticked.
type Upload struct {
	Field
	Accept   string // as in HTML: .pdf,.jpg
	Limits   string // what is allowed, in words
	Multiple bool
	Current  []File
	Resume   string // where large files are sent in parts beforehand, "" = the form brings every file
}

func (Upload) Component() string { return "ui/upload" }

// File is something that was uploaded. Size is in bytes.
type File struct {
	ID, Name, Href string
	Size           int64
	Note           string // how it stands, where that is worth saying
}

// Fieldset groups controls under one legend.
type Fieldset struct {
	Field // Label is the legend
	Body  []Component
}

func (Fieldset) Component() string { return "ui/fieldset" }

// Asks wraps a question whose answer opens or closes others: with scripts the page is asked again when it changes, and the answer takes the
// place of Target, the id of an element.
type Asks struct {
	Path, Target string
	Body         Component
}

func (Asks) Component() string { return "ui/asks" }

// Search is a form with one box that asks Action with ?q=.
type Search struct {
	Action, Value string
	Name          string // empty: q
	Label         string // for screen readers and as placeholder; empty: "search"
	Large         bool
	Target        string // id of the element that htmx replaces while typing; empty: none
}

func (Search) Component() string { return "ui/search" }

// choiceData is the dot of one radio or checkbox.
type choiceData struct {
	Option
	Type, ID, Name string
}

// choice gives the first option the Key of its group, so that the error summary leads to it.
func choice(kind string, f Field, i int, o Option) choiceData {
	id := f.Key()
	if i > 0 {
		id += "-" + itoa(i+1)
	}
	return choiceData{Option: o, Type: kind, ID: id, Name: f.Name}
}
