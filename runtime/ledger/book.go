package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Book reads what was posted, closes periods and puts mistakes right. Its methods are safe for parallel use.
type Book struct{ pool *pgxpool.Pool }

// New makes a reader of the book.
func New(pool *pgxpool.Pool) *Book { return &Book{pool} }

// Scope narrows down what is read; what is empty does not count.
type Scope struct {
	Authority   string
	Until       string // last day, 2026-11-30
	Application uuid.UUID
	Account     string
	Currency    string
}

// Balance is what stands on one account in one currency. Debit and Credit are what was posted on either side; Amount is their difference.
type Balance struct {
	Account       string
	Currency      string
	Debit, Credit int64
	Amount        int64
}

// Balance is what stands on an account, by currency; empty where nothing was ever posted.
func (b *Book) Balance(ctx context.Context, account string) (map[string]int64, error) {
	balances, err := b.Trial(ctx, Scope{Account: account})
	out := make(map[string]int64, len(balances))
	for _, x := range balances {
		out[x.Currency] = x.Amount
	}
	return out, err
}

// Trial is the trial balance of a scope: every account on which something was posted, by currency and in the order of the chart. Its sums are
// zero in each currency, of an authority too, or money was lost.
func (b *Book) Trial(ctx context.Context, s Scope) ([]Balance, error) {
	where, args := s.where("e.day")
	from := sums + " WHERE " + where + byDay
	if s.Application == uuid.Nil { // an application has few entries; everybody's are summed up by day already, but for the last ones
		carried, _ := s.where("p.day") // the same arguments
		from = "SELECT p.account, p.currency, p.debit, p.credit FROM carried p WHERE " + carried +
			" UNION ALL SELECT account, currency, debit, credit FROM (" + sums + " WHERE e.number > (SELECT number FROM carried_upto) AND " + where + byDay + ") last"
	}
	rows, err := b.pool.Query(ctx, `SELECT account, currency, sum(debit)::bigint, sum(credit)::bigint, (sum(debit) - sum(credit))::bigint
		FROM (`+from+`) all_of_it GROUP BY account, currency`, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Balance])
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	slices.SortFunc(out, func(x, y Balance) int {
		a, _ := ParseAccount(x.Account)
		b, _ := ParseAccount(y.Account)
		return cmp.Or(cmp.Compare(x.Currency, y.Currency), cmp.Compare(a.place, b.place), cmp.Compare(x.Account, y.Account))
	})
	return out, nil
}

// where writes the scope as conditions on entry e and posting p, of which day is one's, with its arguments.
func (s Scope) where(day string) (string, []any) {
	conditions, args := "true", []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		conditions += " AND " + condition + "$" + strconv.Itoa(len(args))
	}
	if a, ok := ParseAccount(s.Account); ok && s.Authority == "" {
		s.Authority = a.Authority // the index begins with it
	}
	if s.Authority != "" {
		add("p.authority = ", s.Authority)
	}
	if s.Until != "" {
		add(day+" <= ", s.Until)
	}
	if s.Application != uuid.Nil {
		add("e.application = ", s.Application)
	}
	if s.Account != "" {
		add("p.account = ", s.Account)
	}
	if s.Currency != "" {
		add("p.currency = ", s.Currency)
	}
	return conditions, args
}

// Authorities are those in whose books something stands, by code.
func (b *Book) Authorities(ctx context.Context) ([]string, error) {
	rows, err := b.pool.Query(ctx, `
		WITH RECURSIVE a (authority) AS (
			(SELECT authority FROM posting ORDER BY authority LIMIT 1)
			UNION ALL
			SELECT (SELECT p.authority FROM posting p WHERE p.authority > a.authority ORDER BY p.authority LIMIT 1) FROM a WHERE a.authority IS NOT NULL)
		SELECT authority FROM a WHERE authority IS NOT NULL`)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Written is an entry as it stands in the book.
type Written struct {
	Entry
	ID     uuid.UUID
	Number int64  // its place
	Day    string // under which it is booked

	Reverses   uuid.UUID // of a counter-entry: what it takes back
	ReversedBy uuid.UUID // the counter-entry that takes this one back
}

// Authorities are those whose books it stands in; the first may put it right.
func (w *Written) Authorities() []string { return authorities(w.Postings) }

// pageSize is how many entries Entries gives at once.
const pageSize = 50

// Entries are those of a scope, the latest first, before the number of another (0 = from the latest), with all of their lines; more tells
// whether there are further ones.
func (b *Book) Entries(ctx context.Context, s Scope, before int64) (list []Written, more bool, err error) {
	where, args := s.where("e.day")
	if before > 0 {
		args = append(args, before)
		where += " AND e.number < $" + strconv.Itoa(len(args))
	}
	list, err = b.written(ctx, "WHERE EXISTS (SELECT FROM posting p WHERE p.entry = e.id AND "+where+") ORDER BY e.number DESC LIMIT "+strconv.Itoa(pageSize+1), args...)
	if len(list) > pageSize {
		return list[:pageSize], true, err
	}
	return list, false, err
}

// OfApplication gives the entries of one application in the order in which they were written.
func (b *Book) OfApplication(ctx context.Context, application uuid.UUID) ([]Written, error) {
	return b.written(ctx, "WHERE e.application = $1 ORDER BY e.number", application)
}

// One is an entry. ErrNotFound.
func (b *Book) One(ctx context.Context, id uuid.UUID) (*Written, error) {
	list, err := b.written(ctx, "WHERE e.id = $1", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

func (b *Book) written(ctx context.Context, where string, args ...any) ([]Written, error) {
	rows, err := b.pool.Query(ctx, `
		SELECT e.id, e.number, e.kind, e.subject, e.application, e.at, e.day, e.reverses, e.reason, e.proposed_by, e.approved_by,
			(SELECT r.id FROM entry r WHERE r.reverses = e.id),
			array(SELECT p.account FROM posting p WHERE p.entry = e.id ORDER BY p.line), array(SELECT p.amount FROM posting p WHERE p.entry = e.id ORDER BY p.line),
			array(SELECT p.currency FROM posting p WHERE p.entry = e.id ORDER BY p.line)
		FROM entry e `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Written, err error) {
		var day time.Time
		var reverses, proposed, approved, reversedBy *uuid.UUID
		var accounts, currencies []string
		var amounts []int64
		err = row.Scan(&w.ID, &w.Number, &w.Kind, &w.Subject, &w.Application, &w.At, &day, &reverses, &w.Reason, &proposed, &approved, &reversedBy,
			&accounts, &amounts, &currencies)
		w.Day = day.Format(time.DateOnly)
		for to, from := range map[*uuid.UUID]*uuid.UUID{&w.Reverses: reverses, &w.ProposedBy: proposed, &w.Approved: approved, &w.ReversedBy: reversedBy} {
			if from != nil {
				*to = *from
			}
		}
		for i := range accounts {
			w.Postings = append(w.Postings, Posting{accounts[i], amounts[i], currencies[i]})
		}
		return w, err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return list, nil
}
