package delivery

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Tracked is what a carrier tells of an item: a word of Events, or the code of the UPU (EMSEVT).
type Tracked struct {
	Item  string
	Event string
	At    time.Time
}

// MostTracked bounds what a carrier tells at once; MostTracking the bytes of its file.
const (
	MostTracked  = 5000
	MostTracking = 1 << 20
)

// Events are the words of what a carrier tells.
func Events() []string {
	return []string{"posted", "underway", "attempted", "delivered", "returned", "lost"}
}

// leads says to which state an event leads, in the order of the events: of two of the same moment the later of them counts.
var leads = map[string]PostState{"posted": PostHanded, "underway": PostUnderway, "attempted": PostUnderway, "delivered": PostDelivered, "returned": PostReturned, "lost": PostLost}

// emsevt are the codes of the UPU for what happens to an item; those in between all mean that it is on its way.
var emsevt = map[string]string{"EMA": "posted", "EMH": "attempted", "EMI": "delivered"}

// onItsWay are the other codes of EMSEVT that are known here.
const onItsWay = " EMB EXA EXB EXC EXD EMC EMJ EMK EMD EDA EDB EME EDC EMF EDD EDE EMG EDF EDG EDH "

// event is the word of what a carrier says; false where it is none.
func event(said string) (string, bool) {
	if slices.Contains(Events(), strings.ToLower(said)) {
		return strings.ToLower(said), true
	}
	code := strings.ToUpper(said)
	if word, ok := emsevt[code]; ok {
		return word, true
	}
	return "underway", len(code) == 3 && strings.Contains(onItsWay, " "+code+" ")
}

// Wrong is what is wrong with a row of what a carrier tells: its number from 1, and number, unknown, event, time, or row.
type Wrong struct {
	Row  int
	What string
}

// ErrTracking: it is no file of events, or too large.
var ErrTracking = errors.New("delivery: no file of events")

// ReadTracking reads a carrier's file: CSV with the columns item, event and at (RFC 3339), whatever else it has. ErrTracking.
func ReadTracking(file []byte) ([]Tracked, error) {
	if len(file) > MostTracking {
		return nil, ErrTracking
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))))
	head, err := r.Read()
	if err != nil {
		return nil, ErrTracking
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	item, hasItem := at["item"]
	what, hasEvent := at["event"]
	when, hasTime := at["at"]
	if !hasItem || !hasEvent || !hasTime {
		return nil, ErrTracking
	}
	var out []Tracked
	for {
		row, err := r.Read()
		if err == io.EOF && len(out) > 0 {
			return out, nil
		}
		if err != nil || len(out) == MostTracked {
			return nil, ErrTracking
		}
		t := Tracked{Item: strings.TrimSpace(row[item]), Event: strings.TrimSpace(row[what])}
		t.At, _ = time.Parse(time.RFC3339, strings.TrimSpace(row[when])) // the zero time is refused with its row
		out = append(out, t)
	}
}

// ahead is how far a carrier's clock may go before ours.
const ahead = time.Hour

// Track takes what a carrier tells, all of it or nothing: what is wrong with any row comes back, and then nothing was taken. The same again changes nothing,
// and what happened earlier never turns back what happened later.
func (d *Deliveries) Track(ctx context.Context, authorities []string, told []Tracked, by uuid.UUID) (wrong []Wrong, err error) {
	if len(told) == 0 || len(told) > MostTracked {
		return nil, ErrTracking
	}
	now := d.now()
	told = slices.Clone(told)
	var numbers []string
	for i, t := range told {
		number, isNumber := Item(t.Item)
		word, known := event(t.Event)
		switch {
		case !isNumber:
			wrong = append(wrong, Wrong{i + 1, "number"})
		case !known:
			wrong = append(wrong, Wrong{i + 1, "event"})
		case t.At.IsZero() || t.At.After(now.Add(ahead)):
			wrong = append(wrong, Wrong{i + 1, "time"})
		default:
			told[i] = Tracked{number, word, t.At.UTC().Truncate(time.Millisecond)}
			numbers = append(numbers, number)
		}
	}
	bad := map[int]bool{}
	for _, w := range wrong {
		bad[w.Row] = true
	}
	var unknown []Wrong
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		unknown = nil
		items, err := lockItems(ctx, tx, authorities, numbers)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, i := range items {
			known[i.number] = true
		}
		for i, t := range told {
			if !bad[i+1] && !known[t.Item] {
				unknown = append(unknown, Wrong{i + 1, "unknown"})
			}
		}
		if len(wrong)+len(unknown) > 0 {
			return nil
		}
		return d.tracked(ctx, tx, items, told, by, now)
	})
	wrong = append(wrong, unknown...)
	slices.SortFunc(wrong, func(a, b Wrong) int { return a.Row - b.Row })
	return wrong, err
}

// tracked keeps the events and brings each item to where its last event leads.
func (d *Deliveries) tracked(ctx context.Context, tx pgx.Tx, items []item, told []Tracked, by uuid.UUID, now time.Time) error {
	ids := map[string]int64{}
	for _, i := range items {
		ids[i.number] = i.id
	}
	batch := &pgx.Batch{}
	for _, t := range told {
		batch.Queue("INSERT INTO post_event (item, at, event, told_at, actor) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", ids[t.Item], t.At, t.Event, now, by)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return wrap(err)
	}
	last, err := lastEvents(ctx, tx, items)
	if err != nil {
		return err
	}
	for _, i := range items {
		to := leads[last[i.id].Event]
		if to == i.state {
			continue
		}
		if _, err := tx.Exec(ctx, "UPDATE post_item SET state = $2 WHERE id = $1", i.id, to); err != nil {
			return wrap(err)
		}
		if _, err := tx.Exec(ctx, "UPDATE post SET returns = (SELECT count(*) FROM post_item WHERE paper = $1 AND state = 'returned') WHERE paper = $1", i.paper); err != nil {
			return wrap(err)
		}
		done, err := tx.Exec(ctx, "UPDATE post SET state = $3, since = $4 WHERE paper = $1 AND item = $2", i.paper, i.id, to, last[i.id].At)
		if err != nil {
			return wrap(err)
		}
		if done.RowsAffected() == 0 {
			continue // its holder has asked for it again meanwhile
		}
		topic := map[PostState]string{PostDelivered: ToldDelivered, PostReturned: ToldBack, PostLost: ToldLost}[to]
		if i.state == PostManifested && (to == PostHanded || to == PostUnderway) {
			topic = ToldSent
		}
		if topic != "" {
			if err := d.o.Tell(ctx, tx, i.application, i.paper, topic); err != nil {
				return err
			}
		}
	}
	return nil
}
