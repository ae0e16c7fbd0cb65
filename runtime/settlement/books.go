package settlement

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Owner is the capacity of who sees to differences and signs days off. A provider settles for all authorities at once, so it is the platform's.
const Owner = "platform:finance"

// Ours is what the book says about movements through the accounts of a provider.
type Ours interface {
	// Moved are those booked on a day.
	Moved(ctx context.Context, provider, day string) ([]Movement, error)
	// Known are those of these keys, on whatever day.
	Known(ctx context.Context, provider string, keys []Key) ([]Movement, error)
	// FirstDay is the day of the first, "" where there is none.
	FirstDay(ctx context.Context, provider string) (string, error)
	Turnover(ctx context.Context, from, until string) ([]Turnover, error)
}

// Provider is one that can be asked about a day.
type Provider interface {
	List(ctx context.Context, day string) ([]Line, error)
	// File is the settlement file; nil where there is none yet, and ErrNoFiles where there never is one.
	File(ctx context.Context, day string) ([]byte, error)
}

// Statements is a Provider that is not asked for a list and whose file is read in a way of its own, such as a bank.
type Statements interface {
	Provider
	// Parse reads a file; the error is a *FileError.
	Parse(body []byte, day string) ([]Line, error)
}

// Settles is a provider of payments whose days can be compared.
type Settles interface{ Settlement() Provider }

// Options of Books. The ones from Zone on may be left out.
type Options struct {
	Pool      *pgxpool.Pool
	Ours      Ours
	Providers map[string]Provider // by the name of their accounts
	// Services gives the services of applications; one that is not known any more is left out.
	Services func(ctx context.Context, applications []uuid.UUID) (map[uuid.UUID]string, error)

	// Keeps books what a provider has kept for itself of a movement, in the transaction that compares; nil = nobody does.
	Keeps func(ctx context.Context, tx pgx.Tx, provider string, l Line, m Movement) error

	Zone *time.Location   // in which days begin; UTC
	Now  func() time.Time // time.Now
	Log  *slog.Logger     // slog.Default()
}

// Books is the capability. Its methods are safe for parallel use.
type Books struct{ o Options }

// New makes one.
func New(o Options) *Books {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Books{o}
}

// Errors, for errors.Is.
var (
	// ErrNotFound: there is no such day or difference.
	ErrNotFound = errors.New("settlement: not found")
	// ErrOpen: something of the day is open, it was not compared yet, or it is not over.
	ErrOpen = errors.New("settlement: the day cannot be signed off")
	// ErrSigned: the day was signed off.
	ErrSigned = errors.New("settlement: the day was signed off")
	// ErrNoFiles: the provider makes none, and its list is all that it says.
	ErrNoFiles = errors.New("settlement: there are no settlement files")
	// ErrReason: nobody could check later why a difference stands.
	ErrReason = errors.New("settlement: explained without a reason")
	// ErrClosed: the difference is open no more.
	ErrClosed = errors.New("settlement: the difference was closed")
)

// MostReason bounds a reason, in bytes.
const MostReason = 1000

const (
	lookAgain = time.Hour        // at a day of which something is open
	tryAgain  = 10 * time.Minute // what was asked for in vain
	mostDays  = 31               // that one call looks at, of each provider
)

// Look compares the days that are over and were not compared yet, and once an hour those of which something is open, both the oldest first and
// a bounded number of them. It goes on over single failures, which stand with their day. Any number of processes may do it.
func (b *Books) Look(ctx context.Context) (err error) {
	for _, provider := range b.names() {
		days, failed := b.toLookAt(ctx, provider)
		err = errors.Join(err, failed)
		for _, day := range days {
			if failed := b.Compare(ctx, provider, day); failed != nil && !errors.Is(failed, ErrSigned) {
				err = errors.Join(err, fmt.Errorf("%s %s: %w", provider, day, failed))
			}
		}
	}
	return err
}

func (b *Books) names() (all []string) {
	for name := range b.o.Providers {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// yesterday is the last day that is over.
func (b *Books) yesterday() time.Time { return b.o.Now().In(b.o.Zone).AddDate(0, 0, -1) }

// Over tells whether a day is over.
func (b *Books) Over(day string) bool { return day <= b.yesterday().Format(time.DateOnly) }

// toLookAt are the days of a provider that are due.
func (b *Books) toLookAt(ctx context.Context, provider string) (days []string, err error) {
	open, last, err := readDue(ctx, b.o.Pool, provider, b.o.Now().Add(-lookAgain), b.o.Now().Add(-tryAgain))
	if err != nil {
		return nil, err
	}
	var next time.Time
	if last != nil {
		next = last.AddDate(0, 0, 1)
	} else {
		first, err := b.o.Ours.FirstDay(ctx, provider)
		if err != nil || first == "" {
			return nil, err
		}
		if next, err = time.Parse(time.DateOnly, first); err != nil {
			return nil, err
		}
	}
	days = open
	for ; len(days) < mostDays && b.Over(next.Format(time.DateOnly)); next = next.AddDate(0, 0, 1) {
		days = append(days, next.Format(time.DateOnly))
	}
	return days, nil
}

// Compare asks the provider about a day and compares. What it finds for the first time is a difference from now on; what is gone is closed.
// Where the provider cannot say or its file is wrong, that stands with the day. ErrNotFound, ErrSigned; ErrOpen where the day is not over.
func (b *Books) Compare(ctx context.Context, provider, day string) error {
	p, there := b.o.Providers[provider]
	if _, err := time.Parse(time.DateOnly, day); err != nil || !there {
		return ErrNotFound
	}
	if !b.Over(day) {
		return ErrOpen
	}
	said, failure := ask(ctx, p, day)
	if failure != "" {
		b.o.Log.Warn("settlement: a day cannot be compared", "provider", provider, "day", day, "failure", failure)
		return postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return failDay(ctx, tx, provider, day, failure, b.o.Now()) })
	}
	opened := 0
	err := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
		if err := lockDay(ctx, tx, provider, day, b.o.Now()); err != nil {
			return err
		}
		ours, err := b.ours(ctx, provider, day, said)
		if err != nil {
			return err
		}
		if err := b.keep(ctx, tx, provider, said.lines[List], ours); err != nil {
			return err
		}
		var found []Difference
		for _, source := range sources {
			if _, says := said.lines[source]; !says {
				continue
			}
			if err := writeLines(ctx, tx, provider, day, source, said.lines[source], ours); err != nil {
				return err
			}
			theirs, err := readLines(ctx, tx, provider, day, source, ours)
			if err != nil {
				return err
			}
			found = append(found, match(day, source, ours, theirs)...)
		}
		if opened, err = writeDifferences(ctx, tx, provider, day, found, b.o.Now()); err != nil {
			return err
		}
		return endDay(ctx, tx, provider, day, said.file, b.o.Now())
	})
	if err == nil && opened > 0 {
		b.o.Log.Warn("settlement: the provider and the book differ", "provider", provider, "day", day, "differences", opened)
	}
	return err
}

// keep lets be booked what the provider has kept for itself of movements of ours.
func (b *Books) keep(ctx context.Context, tx pgx.Tx, provider string, lines []Line, ours []Movement) error {
	known := map[Key]Movement{}
	for _, m := range ours {
		known[m.Key] = m
	}
	for _, l := range lines {
		m, booked := known[l.Key]
		if l.Fee.Minor == 0 || !booked || b.o.Keeps == nil {
			continue
		}
		if err := b.o.Keeps(ctx, tx, provider, l, m); err != nil {
			return err
		}
	}
	return nil
}

// saying is what a provider says about a day.
type saying struct {
	lines map[Source][]Line
	file  []byte
}

// mostFailure bounds what is kept of a failure.
const mostFailure = 300

// ask gives what a provider says, or why it cannot be used.
func ask(ctx context.Context, p Provider, day string) (s saying, failure string) {
	var err error
	statements, bank := p.(Statements)
	var list []Line
	if !bank {
		list, err = p.List(ctx, day)
	}
	if err == nil {
		s.file, err = p.File(ctx, day)
	}
	if errors.Is(err, ErrNoFiles) {
		s.lines = map[Source][]Line{List: list}
		return s, ""
	}
	if err == nil && s.file == nil {
		return s, "there is no settlement file yet"
	}
	var file []Line
	switch {
	case err != nil:
	case bank:
		file, err = statements.Parse(s.file, day)
	default:
		file, err = Parse(s.file, day)
	}
	if err != nil {
		failure = strings.ToValidUTF8(err.Error(), "?")
		return s, strings.ToValidUTF8(failure[:min(len(failure), mostFailure)], "")
	}
	s.lines = map[Source][]Line{File: file}
	if !bank {
		s.lines[List] = list
	}
	return s, ""
}

// ours are the movements of a day and those that the lines speak of, each once.
func (b *Books) ours(ctx context.Context, provider, day string, s saying) ([]Movement, error) {
	ours, err := b.o.Ours.Moved(ctx, provider, day)
	if err != nil {
		return nil, err
	}
	have := map[Key]bool{}
	for _, m := range ours {
		have[m.Key] = true
	}
	var keys []Key
	for _, source := range sources {
		for _, l := range s.lines[source] {
			if !have[l.Key] {
				have[l.Key] = true
				keys = append(keys, l.Key)
			}
		}
	}
	if len(keys) == 0 {
		return ours, nil
	}
	others, err := b.o.Ours.Known(ctx, provider, keys)
	return append(ours, others...), err
}

// Explain closes a difference that stands with a reason. The caller has made sure that by may. ErrReason, ErrNotFound, ErrClosed.
func (b *Books) Explain(ctx context.Context, id, by uuid.UUID, reason string) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > MostReason {
		return ErrReason
	}
	return postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return explain(ctx, tx, id, by, reason, b.o.Now()) })
}

// SignOff closes a day for good. The caller has made sure that by may. ErrNotFound, ErrOpen, ErrSigned.
func (b *Books) SignOff(ctx context.Context, provider, day string, by uuid.UUID) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ErrNotFound
	}
	return postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return signDay(ctx, tx, provider, day, by, b.o.Now()) })
}
