package appointment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// ErrNotFound: there is no such slot, or it is not the officer's.
var ErrNotFound = errors.New("appointment: not found")

// Options of a Diary. All but Now must be given.
type Options struct {
	Pool *pgxpool.Pool
	Zone *time.Location   // in which hours are said
	Now  func() time.Time // time.Now
}

// Diary is the capability. It is safe for parallel use.
type Diary struct{ o Options }

// New makes a diary.
func New(o Options) *Diary {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	return &Diary{o}
}

// Opening is what an officer opens: slots of Minutes, one after the other, for Capacity applicants each. Role is a capacity, authority:role; the
// caller has made sure that the officer holds it.
type Opening struct {
	Role          string
	Service, Node string
	Place         string
	Day           string // YYYY-MM-DD
	From, Until   string // 09:00
	Minutes       int
	Capacity      int
	By            uuid.UUID
}

// Clean is the opening as it is stored, however it was typed: in any digits, with any spaces.
func (o Opening) Clean() Opening {
	o.Place = strings.Join(strings.Fields(o.Place), " ")
	for _, s := range []*string{&o.Day, &o.From, &o.Until} {
		*s = strings.TrimSpace(source.PlainDigits(*s))
	}
	for _, hour := range []*string{&o.From, &o.Until} {
		if len(*hour) == len("9:00") {
			*hour = "0" + *hour
		}
	}
	return o
}

// Open opens slots and tells how many there are that were not open before. ErrNoDay, ErrPast, ErrNoHours and ErrNoPlace say what is wrong.
func (d *Diary) Open(ctx context.Context, o Opening) (opened int, err error) {
	o = o.Clean()
	if o.Place == "" || len(o.Place) > mostPlace || !postgres.Storable(o.Place) {
		return 0, ErrNoPlace
	}
	starts, err := hours(o.Day, o.From, o.Until, o.Minutes, d.o.Zone, d.o.Now())
	if err != nil {
		return 0, err
	}
	authority, _, _ := strings.Cut(o.Role, ":")
	tag, err := d.o.Pool.Exec(ctx, `
		INSERT INTO slot (id, authority, role, service, node, place, starts_at, ends_at, capacity, opened_by)
		SELECT gen_random_uuid(), $1, $2, $3, $4, $5, s, s + $7 * interval '1 minute', $8, $9 FROM unnest($6::timestamptz[]) s
		ON CONFLICT (service, node, place, starts_at) DO UPDATE SET closed = false WHERE slot.closed`,
		authority, o.Role, o.Service, o.Node, o.Place, starts, o.Minutes, o.Capacity, o.By)
	return int(tag.RowsAffected()), wrap(err)
}

// Close lets nobody book a slot any more; who has booked it keeps it. ErrNotFound where it is not of a role that the officer holds.
func (d *Diary) Close(ctx context.Context, capacities []string, slot uuid.UUID) error {
	tag, err := d.o.Pool.Exec(ctx, "UPDATE slot SET closed = true WHERE id = $1 AND role = ANY($2)", slot, capacities)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return wrap(err)
}

// Slot is a time at which somebody can be seen.
type Slot struct {
	ID       uuid.UUID
	Place    string
	StartsAt time.Time
	EndsAt   time.Time
	Left     int // how many more it takes
}

// mostSlots bounds what one question can give, and mostADay a day of an officer: nobody who comes is left out of it.
const (
	mostSlots = 200
	mostADay  = 5000
)

// Free lists the slots of a step that can be booked now, the earliest first; at most 200.
func (d *Diary) Free(ctx context.Context, service, node string) ([]Slot, error) {
	rows, err := d.o.Pool.Query(ctx, fmt.Sprintf(`SELECT id, place, starts_at, ends_at, capacity - taken FROM slot
		WHERE service = $1 AND node = $2 AND starts_at > $3 AND NOT closed AND taken < capacity ORDER BY starts_at, place LIMIT %d`, mostSlots),
		service, node, d.o.Now())
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Slot])
	return list, wrap(err)
}

// Booking is one appointment of an application. Status is asked (not yet known whether it stands), booked, attended, missed, moved or released.
type Booking struct {
	Node     string
	Visit    int
	Place    string
	StartsAt time.Time
	EndsAt   time.Time
	Status   string
}

// OfApplication lists the appointments of an application, the latest booked first. The caller has made sure that the reader may see it.
func (d *Diary) OfApplication(ctx context.Context, application uuid.UUID) ([]Booking, error) {
	rows, err := d.o.Pool.Query(ctx, fmt.Sprintf(`SELECT b.node, b.visit, s.place, s.starts_at, s.ends_at, b.status
		FROM booking b JOIN slot s ON s.id = b.slot WHERE b.application = $1 ORDER BY b.at DESC, b.act LIMIT %d`, mostSlots), application)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Booking])
	return list, wrap(err)
}

// Held is one slot of a day with who comes.
type Held struct {
	Slot
	Service, Node string
	Capacity      int
	Closed        bool
	Booked        []Visitor
}

// Visitor is an application whose applicant comes, or has come.
type Visitor struct {
	Application uuid.UUID `json:"application"`
	Reference   string    `json:"reference"`
	Status      string    `json:"status"` // booked, attended, missed
}

// Day lists the slots of a day (YYYY-MM-DD) of the roles that an officer holds, in the order of the day, with who comes.
func (d *Diary) Day(ctx context.Context, capacities []string, day string) ([]Held, error) {
	from, err := time.ParseInLocation(time.DateOnly, day, d.o.Zone)
	if err != nil {
		return nil, ErrNoDay
	}
	rows, err := d.o.Pool.Query(ctx, fmt.Sprintf(`SELECT s.id, s.place, s.starts_at, s.ends_at, s.capacity - s.taken, s.service, s.node, s.capacity, s.closed,
			coalesce((SELECT jsonb_agg(jsonb_build_object('application', b.application, 'reference', b.reference, 'status', b.status) ORDER BY b.at)
				FROM booking b WHERE b.slot = s.id AND b.status IN ('booked', 'attended', 'missed')), '[]')
		FROM slot s WHERE s.role = ANY($1) AND s.starts_at >= $2 AND s.starts_at < $3 ORDER BY s.starts_at, s.place, s.service, s.node LIMIT %d`, mostADay),
		capacities, from, from.AddDate(0, 0, 1))
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Held, err error) {
		err = row.Scan(&h.ID, &h.Place, &h.StartsAt, &h.EndsAt, &h.Left, &h.Service, &h.Node, &h.Capacity, &h.Closed, &h.Booked)
		return h, err
	})
	return list, wrap(err)
}

// wrap names the package.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("appointment: %w", err)
}
