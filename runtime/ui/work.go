package ui

import (
	"strings"
	"time"
)

// States of an application, a task, a payment or a document, as a Tag shows them. The words are the
// messages status.*; a Tag may carry its own.
const (
	Draft    = "draft"
	Received = "received"
	Open     = "open"
	Waiting  = "waiting"  // for someone else
	Returned = "returned" // to the applicant
	Approved = "approved"
	Issued   = "issued"
	Refused  = "refused"
	Lapsed   = "lapsed"
	Ended    = "ended"
	Due      = "due" // to be paid
	Paid     = "paid"
	Refunded = "refunded"
	Overdue  = "overdue"
	Valid    = "valid"
	Replaced = "replaced"
	Revoked  = "revoked"
	Done     = "done"
	ToDo     = "todo"
	Locked   = "locked" // cannot be started yet
)

// Tag is a state in one or two words. Colour never says it alone.
type Tag struct{ State, Text string }

func (Tag) Component() string { return "ui/tag" }

// Tone is the group of colours of a state.
func (t Tag) Tone() string {
	switch t.State {
	case Approved, Issued, Paid, Valid, Done:
		return "good"
	case Received, Open:
		return "fresh"
	case Waiting, Due, Returned:
		return "wait"
	case Refused, Overdue, Revoked:
		return "bad"
	}
	return "quiet"
}

// States of a TimelineStep.
const (
	StepDone     = "done"
	StepCurrent  = "current"
	StepUpcoming = "upcoming"
	StepReturned = "returned"
	StepFailed   = "failed"
)

// Timeline shows how far something has come.
type Timeline struct {
	Label string
	Steps []TimelineStep
}

func (Timeline) Component() string { return "ui/timeline" }

// TimelineStep is one step; At is when it happened, By when it is expected.
type TimelineStep struct {
	Title, State, Text string
	At, By             time.Time
	Who                string
	Body               []Component
}

// StepIndicator says where in a form of several pages the reader is. Current counts from 1.
type StepIndicator struct {
	Current int
	Steps   []string
}

func (StepIndicator) Component() string { return "ui/step-indicator" }

// Total is how many steps there are.
func (s StepIndicator) Total() int { return len(s.Steps) }

// Title is the name of the current step.
func (s StepIndicator) Title() string {
	if s.Current < 1 || s.Current > len(s.Steps) {
		return ""
	}
	return s.Steps[s.Current-1]
}

// TaskList shows parts that can be done in any order, each with its state.
type TaskList struct {
	Title string
	Items []TaskItem
}

func (TaskList) Component() string { return "ui/task-list" }

// TaskItem without Href cannot be started yet.
type TaskItem struct {
	Title, Hint, Href string
	Tag               Tag
}

// Column is a column of a Table. Sort is the address that sorts by it; Sorted is "ascending",
// "descending" or empty.
type Column struct {
	Text, Sort, Sorted string
	Number             bool // aligned to the end
}

// Cell is a cell of a Table: words, a link, a tag or components.
type Cell struct {
	Text, Href, Note string
	Tag              *Tag
	Body             []Component
}

// Row is a row of a Table. Late rows carry a mark at their edge.
type Row struct {
	Cells []Cell
	Late  bool
}

// Table is a queue or a list; on a phone every row is a card that names its columns.
type Table struct {
	Caption      string
	QuietCaption bool // for screen readers only
	Columns      []Column
	Rows         []Row
	Foot         *Row   // sums
	Empty        *Empty // instead, when there are no rows
}

func (Table) Component() string { return "ui/table" }

// Column is the column of a cell by its place; the zero Column past the last.
func (t Table) Column(i int) Column {
	if i < len(t.Columns) {
		return t.Columns[i]
	}
	return Column{}
}

// Pagination leads through pages. Build it with Paginate.
type Pagination struct {
	Previous, Next string
	Items          []PageLink
}

// PageLink is one page; Number 0 stands for left-out ones.
type PageLink struct {
	Number  int
	Href    string
	Current bool
}

func (Pagination) Component() string { return "ui/pagination" }

// Paginate shows the first, the last and the neighbours of page (counted from 1) out of pages.
func Paginate(page, pages int, href func(page int) string) Pagination {
	var out Pagination
	if pages < 2 {
		return out
	}
	if page > 1 {
		out.Previous = href(page - 1)
	}
	if page < pages {
		out.Next = href(page + 1)
	}
	last := 0
	for n := 1; n <= pages; n++ {
		if n != 1 && n != pages && (n < page-1 || n > page+1) {
			continue
		}
		if n > last+1 {
			out.Items = append(out.Items, PageLink{})
		}
		out.Items = append(out.Items, PageLink{Number: n, Href: href(n), Current: n == page})
		last = n
	}
	return out
}

// Stats are figures side by side, such as the sizes of queues.
type Stats struct{ Items []Stat }

func (Stats) Component() string { return "ui/stats" }

// Stat is one figure; Value is written already. Tone is empty, good, wait or bad.
type Stat struct{ Label, Value, Note, Href, Tone string }

// Filters is a form that narrows a list by GET. Fields lie beside one another on a wide page.
type Filters struct {
	Action string
	Fields []Component
	Clear  string // address without filters; empty: none set
}

func (Filters) Component() string { return "ui/filters" }

// Columns puts a narrow part beside a wide one; on a phone the narrow one comes last.
type Columns struct{ Main, Aside []Component }

func (Columns) Component() string { return "ui/columns" }

// Lines is the value line by line.
func (r SummaryRow) Lines() []string {
	return strings.FieldsFunc(r.Value, func(c rune) bool { return c == '\n' })
}
