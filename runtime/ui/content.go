package ui

import "time"

// Heading is a title inside a page; Level 2 to 4, 0 is 2.
type Heading struct {
	Text  string
	Level int
	ID    string
}

func (Heading) Component() string { return "ui/heading" }

// Text is running text; a line break begins a paragraph. Lead is the larger first paragraph of a page.
type Text struct {
	Text string
	Lead bool
}

func (Text) Component() string { return "ui/text" }

// List is a list of short lines; Ordered numbers them.
type List struct {
	Items   []string
	Ordered bool
}

func (List) Component() string { return "ui/list" }

// Inset sets an important paragraph apart.
type Inset struct {
	Text    string
	Warning bool
}

func (Inset) Component() string { return "ui/inset" }

// Kinds of Banner.
const (
	Info    = ""
	Success = "success"
	Caution = "warning"
	Failure = "error"
)

// Banner tells what has happened or matters on this page.
type Banner struct {
	Kind, Title, Text string
	Link              *Link
}

func (Banner) Component() string { return "ui/banner" }

// Panel says that something was done, with its number.
type Panel struct{ Title, Text, Label, Reference string }

func (Panel) Component() string { return "ui/panel" }

// SummaryList shows keys and values, such as answers to be checked. With a Title it is a card.
type SummaryList struct {
	Title   string
	Rows    []SummaryRow
	Actions []Action
}

func (SummaryList) Component() string { return "ui/summary-list" }

// SummaryRow is one key. Value is isolated; lines are kept. Body is shown below it.
type SummaryRow struct {
	Key, Value string
	Empty      string // what to say when there is no value; empty: "not given"
	Missing    bool   // the value is required and absent
	Body       []Component
	Actions    []Action
}

// Action is a small link; About is added for screen readers ("Change" + "identity number").
type Action struct{ Text, Href, About string }

// FeeTable shows what is to be paid or was paid.
type FeeTable struct {
	Caption string
	Rows    []FeeRow
	Total   Money
	Paid    bool
	Note    string // below the total
}

func (FeeTable) Component() string { return "ui/fee-table" }

// FeeRow is one fee; Note says how it was found ("50 × 5 years") or why it is waived.
type FeeRow struct {
	Text, Note string
	Amount     Money
	Waived     bool
}

// Details hides what few need; it needs no script.
type Details struct {
	Summary, Text string
	Body          []Component
	Open          bool
}

func (Details) Component() string { return "ui/details" }

// Empty says that there is nothing here, and what to do. Drawing is "inbox", "search" or "documents".
type Empty struct {
	Title, Text, Drawing string
	Action               *Button
}

func (Empty) Component() string { return "ui/empty" }

// Card leads to a service, a group of services or a page.
type Card struct {
	Title, Text, Href string
	Icon              string
	Meta              []Meta // short facts at the foot: time, fee
	Tag               *Tag
}

func (Card) Component() string { return "ui/card" }

// Meta is a short fact with a drawing. Label says to a screen reader what the fact is.
type Meta struct{ Icon, Label, Text string }

// CardGrid lays cards out, as many in a row as fit. Titles are h3, so an h2 belongs above it.
type CardGrid struct {
	Cards []Card
	Small bool // narrower cards, for groups with an icon and a title
}

func (CardGrid) Component() string { return "ui/card-grid" }

// DocumentCard is an issued document. Verify leads to the public check of its signature.
type DocumentCard struct {
	Title, Number string
	Issued        time.Time
	Valid         string // "until 3 March 2031", in words
	Format        string // PDF
	Size          int64  // bytes
	Href, Verify  string
	Wallet        string // where it is offered to a wallet
	Collect       *Link  // where it is collected at an office
	Post          *Link  // where it is posted to, and where it is
	Email         *Link  // where a link to it is sent by e-mail
	Tag           *Tag
}

func (DocumentCard) Component() string { return "ui/document-card" }

// Facts are the essentials of a service or an application: how long, how much, who.
type Facts struct{ Items []Meta }

func (Facts) Component() string { return "ui/facts" }

// Hero is the green band with which the portal begins.
type Hero struct {
	Title, Text string
	Search      *Search
	Links       []Link // what many look for, below the box
	LinksLabel  string
}

func (Hero) Component() string { return "ui/hero" }
