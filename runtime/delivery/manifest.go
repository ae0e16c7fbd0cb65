package delivery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Manifest is what is handed to the carrier at once, with its file.
type Manifest struct {
	ID        string
	Authority string
	Day       time.Time
	Number    int // of those of its day
	ClosedAt  time.Time
	ClosedBy  uuid.UUID
	HandedAt  *time.Time
	HandedBy  *uuid.UUID
	Items     int
}

// Line is a row of a manifest.
type Line struct {
	Row         int
	Item, Paper string // number of its label; number of the paper
	Title       plan.Text
	State       PostState
	Held        bool // it was kept back when the others went
}

// MostLines bounds a manifest; what is more waits for the next.
const MostLines = 500

// columns of a manifest's file.
var columns = []string{"manifest", "row", "item", "recipient", "street", "town", "postcode", "phone"}

// CloseManifest puts what an authority has packed into a manifest, and gives its ID. A paper that is not valid stays where it is. Each item stands in one:
// of two who close at once the second takes what the first has left, or gets ErrNothing.
func (d *Deliveries) CloseManifest(ctx context.Context, authority string, by uuid.UUID) (id string, err error) {
	packed, err := readPost(ctx, d.o.Pool, "p.authority = $1 AND p.state = 'asked' AND i.manifest IS NULL AND i.id IS NOT NULL ORDER BY p.since, p.paper", authority)
	if err != nil {
		return "", err
	}
	var papers []string
	for _, p := range packed {
		switch err := d.valid(ctx, p.Paper); {
		case errors.Is(err, ErrPaper):
		case err != nil:
			return "", err
		default:
			papers = append(papers, p.Paper)
		}
	}
	if len(papers) == 0 {
		return "", ErrNothing
	}
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) (err error) {
		id, err = d.closed(ctx, tx, authority, papers, by)
		return err
	})
	return id, err
}

// packed is an item that goes into a manifest.
type packed struct {
	item        int64
	paper       string
	number      string
	application uuid.UUID
	address     []byte
}

func (d *Deliveries) closed(ctx context.Context, tx pgx.Tx, authority string, papers []string, by uuid.UUID) (string, error) {
	// One after the other for an authority: numbers of a day have no gaps.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('manifest ' || $1, 0))", authority); err != nil {
		return "", wrap(err)
	}
	rows, err := tx.Query(ctx, `SELECT i.id, i.paper, i.number, p.application, p.address FROM post p JOIN post_item i ON i.paper = p.paper AND i.manifest IS NULL
		WHERE p.paper = ANY($1) AND p.state = 'asked' AND p.address IS NOT NULL ORDER BY p.since, p.paper FOR UPDATE OF p, i`, papers)
	if err != nil {
		return "", wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p packed, err error) {
		err = row.Scan(&p.item, &p.paper, &p.number, &p.application, &p.address)
		return p, err
	})
	if err != nil {
		return "", wrap(err)
	}
	if len(list) == 0 {
		return "", ErrNothing
	}
	now := d.now()
	day := now.In(d.o.Zone).Format(time.DateOnly)
	var number int
	if err := tx.QueryRow(ctx, "SELECT coalesce(max(number), 0) + 1 FROM manifest WHERE authority = $1 AND day = $2::date", authority, day).Scan(&number); err != nil {
		return "", wrap(err)
	}
	id := fmt.Sprintf("%s-%s-%d", authority, day, number)
	file := line(columns)
	sealed := make([][]byte, len(list))
	for i, p := range list {
		plain, err := d.o.Reveal(ctx, tx, p.application, p.address)
		if err != nil {
			return "", err
		}
		var a Address
		if err := json.Unmarshal(plain, &a); err != nil {
			return "", fmt.Errorf("delivery: address: %w", err)
		}
		row := line([]string{id, strconv.Itoa(i + 1), p.number, a.Name, a.Street, a.Town, a.Postcode, a.Phone})
		file = append(file, row...)
		if sealed[i], err = d.o.Conceal(ctx, tx, p.application, row); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256(file)
	if _, err := tx.Exec(ctx, "INSERT INTO manifest (id, authority, day, number, sha256, closed_at, closed_by) VALUES ($1, $2, $3::date, $4, $5, $6, $7)",
		id, authority, day, number, sum[:], now, by); err != nil {
		return "", wrap(err)
	}
	batch := &pgx.Batch{}
	for i, p := range list {
		batch.Queue("UPDATE post_item SET manifest = $2, row = $3, line = $4, state = 'manifested' WHERE id = $1", p.item, id, i+1, sealed[i])
		batch.Queue("UPDATE post SET state = 'manifested', item = $2, since = $3 WHERE paper = $1", p.paper, p.item, now)
	}
	return id, wrap(tx.SendBatch(ctx, batch).Close())
}

// line writes a row of the file. What a holder has typed becomes no formula of a spreadsheet; a phone number such as +970 59… stays as it is.
func line(cells []string) []byte {
	safe := slices.Clone(cells)
	for i, c := range safe {
		if c != "" && strings.ContainsRune("=+-@", rune(c[0])) && strings.ContainsFunc(c, unicode.IsLetter) {
			safe[i] = "'" + c
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	_ = w.Write(safe)
	w.Flush() // into memory
	return b.Bytes()
}

// Manifests are the last ones of authorities, the newest first.
func (d *Deliveries) Manifests(ctx context.Context, authorities []string) ([]Manifest, error) {
	return readManifests(ctx, d.o.Pool, "m.authority = ANY($1) ORDER BY m.closed_at DESC, m.id LIMIT 50", authorities)
}

// OneManifest is a manifest of authorities, with its lines. ErrNotFound.
func (d *Deliveries) OneManifest(ctx context.Context, authorities []string, id string) (*Manifest, []Line, error) {
	list, err := readManifests(ctx, d.o.Pool, "m.authority = ANY($1) AND m.id = $2", authorities, id)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, ErrNotFound
	}
	lines, err := readLines(ctx, d.o.Pool, id)
	return &list[0], lines, err
}

// ManifestFile is the file of a manifest, byte for byte as it was closed; of who was erased meanwhile only the number of the item is left. ErrNotFound.
func (d *Deliveries) ManifestFile(ctx context.Context, authorities []string, id string) (file []byte, err error) {
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var sum []byte
		if err := tx.QueryRow(ctx, "SELECT sha256 FROM manifest WHERE authority = ANY($1) AND id = $2", authorities, id).Scan(&sum); err != nil {
			return wrap(err)
		}
		rows, err := tx.Query(ctx, "SELECT i.row, i.number, i.line, p.application FROM post_item i JOIN post p ON p.paper = i.paper WHERE i.manifest = $1 ORDER BY i.row", id)
		if err != nil {
			return wrap(err)
		}
		type kept struct {
			row         int
			number      string
			line        []byte
			application uuid.UUID
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k kept, err error) {
			err = row.Scan(&k.row, &k.number, &k.line, &k.application)
			return k, err
		})
		if err != nil {
			return wrap(err)
		}
		file = line(columns)
		whole := true
		for _, k := range list {
			if k.line == nil {
				whole = false
				file = append(file, line([]string{id, strconv.Itoa(k.row), k.number, "", "", "", "", ""})...)
				continue
			}
			plain, err := d.o.Reveal(ctx, tx, k.application, k.line)
			if err != nil {
				return err
			}
			file = append(file, plain...)
		}
		if whole && sha256.Sum256(file) != [sha256.Size]byte(sum) {
			return fmt.Errorf("delivery: manifest %s is not as it was closed", id)
		}
		return nil
	})
	return file, err
}

// HandToCarrier says that a manifest was handed to the carrier, once. An item whose paper is not valid any more is kept back, and is to be packed again
// should it become valid. ErrNotFound, ErrState.
func (d *Deliveries) HandToCarrier(ctx context.Context, authorities []string, id string, by uuid.UUID) error {
	m, _, err := d.OneManifest(ctx, authorities, id)
	if err != nil {
		return err
	}
	if m.HandedAt != nil {
		return ErrState
	}
	inside, err := readPost(ctx, d.o.Pool, "i.manifest = $1", id)
	if err != nil {
		return err
	}
	var back []string
	for _, p := range inside {
		switch err := d.valid(ctx, p.Paper); {
		case errors.Is(err, ErrPaper):
			back = append(back, p.Paper)
		case err != nil:
			return err
		}
	}
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		now := d.now()
		done, err := tx.Exec(ctx, "UPDATE manifest SET handed_at = $2, handed_by = $3 WHERE id = $1 AND handed_at IS NULL", id, now, by)
		if err != nil {
			return wrap(err)
		}
		if done.RowsAffected() == 0 {
			return ErrState
		}
		if _, err := tx.Exec(ctx, "SELECT FROM post WHERE paper IN (SELECT paper FROM post_item WHERE manifest = $1) ORDER BY paper FOR UPDATE", id); err != nil {
			return wrap(err)
		}
		if _, err := tx.Exec(ctx, "UPDATE post SET state = 'asked', item = NULL, since = $3 WHERE paper = ANY($2) AND state = 'manifested' AND item IN (SELECT id FROM post_item WHERE manifest = $1)", id, back, now); err != nil {
			return wrap(err)
		}
		if _, err := tx.Exec(ctx, "UPDATE post_item SET held = true, state = 'asked' WHERE manifest = $1 AND paper = ANY($2) AND state = 'manifested'", id, back); err != nil {
			return wrap(err)
		}
		// The carrier may have told of one before the clerk has said that it went.
		if _, err := tx.Exec(ctx, "UPDATE post_item SET state = 'handed' WHERE manifest = $1 AND state = 'manifested'", id); err != nil {
			return wrap(err)
		}
		rows, err := tx.Query(ctx, `UPDATE post p SET state = 'handed', since = $2 FROM post_item i WHERE i.id = p.item AND i.manifest = $1 AND p.state = 'manifested'
			RETURNING p.application, p.paper`, id, now)
		if err != nil {
			return wrap(err)
		}
		gone, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Posting, err error) {
			err = row.Scan(&p.Application, &p.Paper)
			return p, err
		})
		for _, p := range gone {
			if err == nil {
				err = d.o.Tell(ctx, tx, p.Application, p.Paper, ToldSent)
			}
		}
		return wrap(err)
	})
}
