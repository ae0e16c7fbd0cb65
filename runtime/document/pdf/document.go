package pdf

import (
	"fmt"
	"time"
)

// Text is a text in one language. Lang is a BCP 47 tag and decides direction;
// where it is empty (dates, numbers, names as registered) the first letter of
// Value decides, and text without letters runs left to right.
type Text struct {
	Lang  string
	Value string
}

// Row is one labelled fact. Label has a text for each language of the document,
// Value either one text for all or one for each. Total lets it stand out: it is
// what the rows before it come to.
type Row struct {
	Label []Text
	Value []Text
	Total bool
}

// Column heads one column of a Table. Money aligns the column's cells to the
// right in every language, so that decimals stand under each other. Share is the
// column's part of the width relative to the others; 0 counts as 1.
type Column struct {
	Title []Text
	Money bool
	Share float64
}

// Cell is the content of one table cell, one text or one for each language.
type Cell []Text

// Table is a list of lines, such as the fees of a receipt. Every line, and Total
// unless it is nil, has as many cells as there are columns; a cell may be empty.
// The first column stands where reading begins in the main language.
type Table struct {
	Columns []Column
	Lines   [][]Cell
	Total   []Cell
}

// Attachment is a machine-readable record carried inside the PDF file.
type Attachment struct {
	Name      string // letters, digits, dot, hyphen, underscore
	MediaType string
	Data      []byte
}

// Document is what Render draws. Only Languages and Title must be given.
type Document struct {
	Languages  []string // the first is the main language: it decides direction and comes first
	Authority  []Text
	Title      []Text
	Number     string // the document's own number, below the title and on every page
	Rows       []Row
	Table      *Table
	Paragraphs [][]Text // each in one or more languages
	VerifyURL  string   // drawn as QR code and, without its fragment, as a link
	VerifyCode string   // short code to type in, below the QR code
	VerifyHint []Text
	Footer     []Text
	Watermark  []Text // such as SAMPLE; empty for a valid document
	CreatedAt  time.Time
	Attachment *Attachment
	SealBytes  int // size of the slot for a signature (see Seal); 0 for none
	Sheet      Sheet
	Arrange    Arrangement
	Blocks     []Block // what stands on it, in place of Rows, Table and Paragraphs; the verification at the foot where none of them is it
}

// InputError says which part of a Document cannot be drawn and why. It contains
// no text of the document but, for a missing glyph, the one character.
type InputError struct {
	Where   string // such as rows[2].value[0]
	Problem string
}

func (e *InputError) Error() string { return fmt.Sprintf("pdf: %s: %s", e.Where, e.Problem) }

// Bounds of a Document. They stand far above any real certificate and keep one
// hostile input from occupying a server.
const (
	MaxTextRunes  = 4000
	MaxTotalRunes = 60_000
	MaxRows       = 400 // rows, table lines and paragraphs, each
	MaxColumns    = 8
	MaxLanguages  = 4
	MaxURLBytes   = 1200
	MaxAttachment = 1 << 20
	MaxSealBytes  = 64 << 10
)

// Render draws d. It returns an *InputError for content that cannot be drawn: a
// character without a glyph, text over the bounds, a language that d does not
// list. It is safe for concurrent use.
func Render(d Document) ([]byte, error) {
	faces, err := loadFaces()
	if err != nil {
		return nil, err
	}
	if d, err = check(d); err != nil {
		return nil, err
	}
	t := typesetters.Get().(*typesetter)
	defer typesetters.Put(t)
	l := newLayout(d, t)
	if err := l.compose(); err != nil {
		return nil, err
	}
	return l.write(faces), nil
}
