package settlement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folder holds the statements of a bank, one for each day, as the bank or somebody of the treasury puts them there: 2026-11-21.xml (camt.053) or
// 2026-11-21.csv. A day without one counts as a day on which nothing moved as soon as a later one is there: banks say nothing on such days. It is
// asked about cash that was brought to the bank; what else the bank has on its statements is no business of this book.
type Folder string

var _ Statements = Folder("")

// extensions of a statement.
var extensions = []string{".xml", ".csv"}

// List is empty: a bank is not asked.
func (Folder) List(context.Context, string) ([]Line, error) { return nil, nil }

// File is the statement of a day.
func (f Folder) File(_ context.Context, day string) ([]byte, error) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, fmt.Errorf("settlement: statements: %w", err)
	}
	defer func() { _ = root.Close() }()
	for _, extension := range extensions {
		file, err := root.Open(day + extension)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("settlement: statements: %w", err)
		}
		body, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
		return body, errors.Join(err, file.Close())
	}
	names, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("settlement: statements: %w", err)
	}
	for _, n := range names {
		extension := filepath.Ext(n.Name())
		later := strings.TrimSuffix(n.Name(), extension)
		if _, err := time.Parse(time.DateOnly, later); err == nil && later > day && (extension == extensions[0] || extension == extensions[1]) {
			return []byte(strings.Join(columns, ",") + "\n" + day + "," + endOfFile + ",0,,\n"), nil
		}
	}
	return nil, nil
}

// Parse reads a statement: of camt.053 the entries that are cash deposits by their ISO code (PMNT, CNTR, CDPT), of CSV the lines of that kind.
func (Folder) Parse(body []byte, day string) ([]Line, error) {
	lines, err := parse(body, day, true)
	for i, l := range lines {
		lines[i].ID = DepositKey(l.ID, l.Amount.Currency)
	}
	return lines, err
}

// DepositKey is what a deposit is known by: a slip of the bank may have a deposit in each currency.
func DepositKey(slip, currency string) string { return strings.TrimSpace(slip) + " " + currency }
