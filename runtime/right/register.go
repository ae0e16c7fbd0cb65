package right

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// ErrNotFound: there is no right with that number that the caller may see.
var ErrNotFound = errors.New("right: not found")

// Options of a Register. All but Now must be given.
type Options struct {
	Pool *pgxpool.Pool
	Kind func(code string) (*plan.RightKind, bool) // what the current release declares
	Zone *time.Location                            // in which days are counted
	Now  func() time.Time                          // time.Now

	Changed func(ctx context.Context, tx pgx.Tx, h Held, by Request) error // in the transaction in which a right is granted or changed; none
}

// Held is a right as formulas read it.
type Held struct {
	Number, Code string
	Facts        json.RawMessage
}

// Register is the capability. It is safe for parallel use.
type Register struct{ o Options }

// New makes a register.
func New(o Options) *Register {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Register{o}
}

// Request is what a step of an application asks for: a right, or a change of the one with the number Of.
type Request struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Service     string
	Applicant   uuid.UUID
	Holds       string // national number of the applicant, "" where there is none
	Right       string // code
	What        string // Granted, or a change
	Of          string
	Terms       map[string]json.RawMessage
}

// Change grants or changes a right once for (Application, Node, Visit) and gives its number: a repeat gives the same and changes nothing. A
// *Refused is for good; any other error may be tried again.
func (g *Register) Change(ctx context.Context, q Request) (number string, err error) {
	k, known := g.o.Kind(q.Right)
	if !known {
		return "", &Refused{NoKind}
	}
	at := g.o.Now().UTC().Truncate(time.Millisecond)
	err = postgres.InTx(ctx, g.o.Pool, func(tx pgx.Tx) error {
		if number, err = changedBefore(ctx, tx, q); err == nil || !errors.Is(err, ErrNotFound) {
			return err
		}
		day := at.In(g.o.Zone).Format(time.DateOnly)
		next, sees := (*Right)(nil), &q.Applicant
		if q.What == Granted {
			if next, err = grant(k, q.Terms, q.Holds, day); err != nil {
				return err
			}
			if next.Number, err = nextNumber(ctx, tx, k.Register, day[:4]); err != nil {
				return err
			}
		} else {
			now, err := locked(ctx, tx, q.Right, clean(q.Of))
			if errors.Is(err, ErrNotFound) {
				return &Refused{NoRight}
			}
			if err != nil {
				return err
			}
			if next, err = now.change(k, q.What, q.Service, q.Terms, day); err != nil {
				return err
			}
		}
		if q.What == Transferred {
			sees = nil // who applied no longer has it
		}
		number = next.Number
		if err := write(ctx, tx, k, next, q, sees, at); err != nil || g.o.Changed == nil {
			return err
		}
		h, err := next.held(day)
		if err != nil {
			return err
		}
		return g.o.Changed(ctx, tx, h, q)
	})
	return number, err
}

// today is the day in the catalogue's zone.
func (g *Register) today() string { return g.o.Now().In(g.o.Zone).Format(time.DateOnly) }

// mostNumber bounds what is taken for a number.
const mostNumber = 60

// clean is a number as it is stored, however it was typed: in any digits, with any spaces.
func clean(number string) string {
	number = strings.ToUpper(source.PlainDigits(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) { // marks of direction come along with what is copied
			return -1
		}
		return r
	}, number)))
	if len(number) > mostNumber || !postgres.Storable(number) {
		return ""
	}
	return number
}

// Entry is a right as it is shown: how it stands today, with the names that its declaration has for things.
type Entry struct {
	Number     string
	Code       string
	Title      plan.Text
	Authority  string
	Status     string // of today
	GrantedOn  string // YYYY-MM-DD
	ValidUntil string // or "" without end
	Holder     string // "" in what is public
	Terms      []Said
	Reminder   plan.Text   // what the holder is told now that the end is near, or nil
	History    []Happening // the latest first; none in what is public
}

// Said is one term and what it says, as JSON.
type Said struct {
	plan.Term
	Value json.RawMessage
}

// Happening is one version of a right.
type Happening struct {
	What        string
	Application uuid.UUID
	At          time.Time
}

// Public is what anybody may see who has the number: its kind, status, days, and the terms that are published. ErrNotFound.
func (g *Register) Public(ctx context.Context, number string) (Entry, error) {
	rights, err := read(ctx, g.o.Pool, "number = $1", clean(number))
	if err != nil {
		return Entry{}, err
	}
	if len(rights) == 0 {
		return Entry{}, ErrNotFound
	}
	e := g.entry(&rights[0])
	e.Holder, e.Reminder = "", nil
	k, _ := g.o.Kind(e.Code)
	shown := e.Terms[:0]
	for _, t := range e.Terms {
		if k != nil && published(k, t.Name) {
			shown = append(shown, t)
		}
	}
	e.Terms = shown
	return e, nil
}

func published(k *plan.RightKind, term string) bool {
	for _, p := range k.Public {
		if p == term {
			return true
		}
	}
	return false
}

// OfHolder lists the rights of a person, those that hold first: those that the person holds, and those of a business or a property that were
// granted to it by the person's own application. At most 200.
func (g *Register) OfHolder(ctx context.Context, person uuid.UUID, nationalNumber string) ([]Entry, error) {
	rights, err := read(ctx, g.o.Pool, `number IN (
		SELECT number FROM "right" WHERE holder_kind = 'person' AND holder = $1 AND $1 <> ''
		UNION ALL SELECT number FROM "right" WHERE holder_kind <> 'person' AND sees = $2)`, nationalNumber, person)
	if err != nil {
		return nil, err
	}
	return g.told(ctx, g.entries(rights))
}

// told adds what has become of each.
func (g *Register) told(ctx context.Context, entries []Entry) ([]Entry, error) {
	numbers := make([]string, len(entries))
	for i := range entries {
		numbers[i] = entries[i].Number
	}
	all, err := histories(ctx, g.o.Pool, numbers)
	for i := range entries {
		entries[i].History = all[entries[i].Number]
	}
	return entries, err
}

// GrantedIn are the rights of a kind that an application has granted, without their history.
func (g *Register) GrantedIn(ctx context.Context, application uuid.UUID, code string) ([]Entry, error) {
	rights, err := read(ctx, g.o.Pool, `code = $2 AND number IN (SELECT number FROM right_version WHERE application = $1 AND version = 1)`, application, code)
	return g.entries(rights), err
}

// GrantedBy is the application that has granted a right; ErrNotFound.
func (g *Register) GrantedBy(ctx context.Context, number string) (application uuid.UUID, err error) {
	err = g.o.Pool.QueryRow(ctx, "SELECT application FROM right_version WHERE number = $1 AND version = 1", number).Scan(&application)
	return application, wrap(err)
}

// GivenIn is the right of a kind that an application has granted or changed last, in a transaction of the caller, and whether it is suspended now;
// number is "" where there is none.
func (g *Register) GivenIn(ctx context.Context, tx pgx.Tx, application uuid.UUID, code string) (number string, suspended bool, err error) {
	err = tx.QueryRow(ctx, `SELECT r.number, r.status = 'suspended' FROM right_version v JOIN "right" r USING (number)
		WHERE v.application = $1 AND r.code = $2 ORDER BY v.at DESC, v.version DESC LIMIT 1`, application, code).Scan(&number, &suspended)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	return number, suspended, wrap(err)
}

// OfApplication lists the rights that an application has granted or changed, with what has happened to each. The caller has made sure that the
// reader may see the application.
func (g *Register) OfApplication(ctx context.Context, application uuid.UUID) ([]Entry, error) {
	rights, err := read(ctx, g.o.Pool, `number IN (SELECT number FROM right_version WHERE application = $1)`, application)
	if err != nil {
		return nil, err
	}
	return g.told(ctx, g.entries(rights))
}

// Ask answers formulas that read a right (ask: rights/CODE): found is false where no right of that kind has the number.
func (g *Register) Ask(ctx context.Context, code, number string) (found bool, body json.RawMessage, err error) {
	if _, known := g.o.Kind(code); !known {
		return false, nil, &Refused{NoKind}
	}
	rights, err := read(ctx, g.o.Pool, "number = $1 AND code = $2", clean(number), code)
	if err != nil || len(rights) == 0 {
		return false, nil, err
	}
	body, err = json.Marshal(rights[0].asked(g.today()))
	return err == nil, body, err
}

// Held gives a right as formulas read it today; ErrNotFound.
func (g *Register) Held(ctx context.Context, number string) (h Held, err error) {
	rights, err := read(ctx, g.o.Pool, "number = $1", number)
	if err == nil && len(rights) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return h, err
	}
	return rights[0].held(g.today())
}

// HeldAfter gives the next rights of a kind behind a number, in the order of their numbers; at most n.
func (g *Register) HeldAfter(ctx context.Context, code, after string, n int) (out []Held, err error) {
	rights, err := page(ctx, g.o.Pool, code, after, n)
	if err != nil {
		return nil, err
	}
	for i := range rights {
		h, err := rights[i].held(g.today())
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func (r *Right) held(day string) (Held, error) {
	facts := r.asked(day)
	facts["number"] = r.Number
	b, err := json.Marshal(facts)
	return Held{Number: r.Number, Code: r.Code, Facts: b}, err
}

// asked is the right as formulas read it, beside its number.
func (r *Right) asked(day string) map[string]any {
	out := map[string]any{"holder": r.Holder, "status": r.Status(day), "grantedOn": r.GrantedOn}
	if r.ValidUntil != "" {
		out["validUntil"] = r.ValidUntil
	}
	for name, value := range r.Terms {
		out[name] = value
	}
	return out
}

func (g *Register) entries(rights []Right) []Entry {
	var held, over []Entry
	for i := range rights {
		if e := g.entry(&rights[i]); e.Status == Valid || e.Status == Suspended {
			held = append(held, e)
		} else {
			over = append(over, e)
		}
	}
	return append(held, over...)
}

func (g *Register) entry(r *Right) Entry {
	day := g.today()
	e := Entry{Number: r.Number, Code: r.Code, Status: r.Status(day), GrantedOn: r.GrantedOn, ValidUntil: r.ValidUntil, Holder: r.Holder}
	k, known := g.o.Kind(r.Code)
	if !known { // the catalogue no longer has it, and still it is somebody's
		e.Title = plan.Text{"en": r.Code}
		return e
	}
	e.Title, e.Authority = k.Title, k.Authority
	for _, t := range k.Terms {
		if value, said := r.Terms[t.Name]; said {
			e.Terms = append(e.Terms, Said{t, value})
		}
	}
	if e.Status == Valid || e.Status == Suspended {
		e.Reminder = reminder(k, r.ValidUntil, day)
	}
	return e
}

// reminder is the last text whose day has come.
func reminder(k *plan.RightKind, until, day string) (text plan.Text) {
	end, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return nil
	}
	latest := ""
	for _, r := range k.Reminders {
		if from := before(end, r.Before).Format(time.DateOnly); from <= day && from >= latest {
			latest, text = from, r.Text
		}
	}
	return text
}

// before is the day that lies a span before another. Working days are counted as days: what reminds is not a deadline.
func before(day time.Time, s plan.Span) time.Time {
	switch s.Unit {
	case "weeks":
		return day.AddDate(0, 0, -7*s.Count)
	case "months":
		return day.AddDate(0, -s.Count, 0)
	case "years":
		return day.AddDate(-s.Count, 0, 0)
	case "hours", "minutes":
		return day
	}
	return day.AddDate(0, 0, -s.Count)
}

func numbered(register, year string, n int64) string {
	return fmt.Sprintf("%s-%s-%06d", register, year, n)
}
