package settlement

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Bounds of a file. A day of a large country has a few hundred thousand movements.
const (
	MaxFile  = 64 << 20
	maxLines = 500_000
	maxKey   = 100
)

// FileError says what is wrong with a file and where. Nothing of a file with an error is used.
type FileError struct {
	Line    int    // from 1
	Element string // column of CSV, or path of the element of XML; "" = the line or the file as a whole
	Problem string
}

func (e *FileError) Error() string {
	if e.Element == "" {
		return fmt.Sprintf("settlement file: line %d: %s", e.Line, e.Problem)
	}
	return fmt.Sprintf("settlement file: line %d: %s: %s", e.Line, e.Element, e.Problem)
}

// Parse reads the settlement file of a day, CSV or camt.053 as it begins. The error is a *FileError.
func Parse(body []byte, day string) ([]Line, error) { return parse(body, day, false) }

// parse reads a file; that of a bank has more than what this book knows of.
func parse(body []byte, day string, bank bool) ([]Line, error) {
	switch {
	case len(body) > MaxFile:
		return nil, &FileError{1, "", fmt.Sprintf("longer than %d bytes", MaxFile)}
	case !utf8.Valid(body):
		return nil, &FileError{1 + bytes.Count(valid(body), []byte("\n")), "", "not UTF-8"}
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<")) {
		return parseCamt(body, day, bank)
	}
	return parseCSV(body, day)
}

// valid is what of a body stands before its first byte that is no UTF-8.
func valid(body []byte) []byte {
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && n == 1 {
			return body[:i]
		}
		i += n
	}
	return body
}

// columns of the CSV file. Its last line says end and, in the place of the key, how many lines stand above: a file that was cut off is none.
var columns = []string{"day", "kind", "key", "amount", "currency"}

const endOfFile = "end"

func parseCSV(body []byte, day string) ([]Line, error) {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord, r.ReuseRecord = len(columns), true
	head, err := r.Read()
	if err != nil {
		return nil, csvError(err)
	}
	if !slices.Equal(head, columns) {
		return nil, &FileError{1, "", "the first line must be " + strings.Join(columns, ",")}
	}
	var lines []Line
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			at, _ := r.FieldPos(0)
			return nil, &FileError{at, "", "the file ends without its last line, end: it was cut off"}
		}
		if err != nil {
			return nil, csvError(err)
		}
		at, _ := r.FieldPos(0)
		if record[1] == endOfFile {
			if n, err := strconv.Atoi(record[2]); err != nil || n != len(lines) {
				return nil, &FileError{at, "key", fmt.Sprintf("says that %q lines stand above, and they are %d", record[2], len(lines))}
			}
			if _, err := r.Read(); !errors.Is(err, io.EOF) {
				return nil, &FileError{at + 1, "", "something stands after the last line"}
			}
			return lines, nil
		}
		if len(lines) == maxLines {
			return nil, &FileError{at, "", fmt.Sprintf("more than %d lines", maxLines)}
		}
		line := Line{Key: Key{Kind(record[1]), strings.Clone(record[2])}, Day: day, Number: len(lines) + 1}
		amount, amountErr := formula.ParseMoney(record[3] + " " + record[4])
		line.Amount = amount
		if element, problem := line.wrong(day, record[0], amountErr); problem != "" {
			return nil, &FileError{at, element, problem}
		}
		lines = append(lines, line)
	}
}

// wrong says which column of a line is wrong, and how.
func (l Line) wrong(day, said string, amount error) (column, problem string) {
	if _, err := time.Parse(time.DateOnly, said); err != nil {
		return "day", "not a day such as 2026-11-30"
	}
	switch {
	case said != day:
		return "day", "is " + said + ", in the file of " + day
	case !known(l.Kind):
		return "kind", "is neither payment, refund, payout, return, deposit, chargeback nor reinstated"
	case l.ID == "" || len(l.ID) > maxKey:
		return "key", fmt.Sprintf("must have 1 to %d bytes", maxKey)
	case amount != nil:
		return "amount", amount.Error()
	case l.Kind == Deposit && l.Amount.Minor != 0: // below zero: a bank that has counted again takes some back
	case (l.Kind == Payment || l.Kind == Return || l.Kind == Reinstated) != (l.Amount.Minor > 0) || l.Amount.Minor == 0:
		return "amount", "a payment, a return or what was reinstated is above zero, a refund, a payout or a chargeback below"
	}
	return "", ""
}

func csvError(err error) error {
	if errors.Is(err, io.EOF) {
		return &FileError{1, "", "the file is empty"}
	}
	if p := (*csv.ParseError)(nil); errors.As(err, &p) {
		return &FileError{p.Line, "", p.Err.Error()}
	}
	return &FileError{1, "", err.Error()}
}
