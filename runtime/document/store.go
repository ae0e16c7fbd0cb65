package document

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

type fileRow struct {
	id        uuid.UUID
	sha256    []byte
	size      int64
	mediaType string
	pages     int
	key       []byte
	state     State     // "" = Unscanned
	scanAt    time.Time // of one that waits
}

func insertFile(ctx context.Context, tx pgx.Tx, f fileRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO file (id, sha256, size, media_type, key, scan, scan_at, pages)
		VALUES ($1, $2, $3, $4, $5, coalesce(nullif($6, ''), 'none'), CASE WHEN $6 = 'waiting' THEN $7::timestamptz END, $8)`,
		f.id, f.sha256, f.size, f.mediaType, f.key, string(f.state), f.scanAt, f.pages)
	return wrap(err)
}

// liveFiles tells which of the files can still be opened.
func liveFiles(ctx context.Context, pool *pgxpool.Pool, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	rows, err := pool.Query(ctx, "SELECT id FROM file WHERE id = ANY($1) AND key <> ''", ids)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	live := make(map[uuid.UUID]bool, len(list))
	for _, id := range list {
		live[id] = true
	}
	return live, wrap(err)
}

func readKey(ctx context.Context, pool *pgxpool.Pool, file uuid.UUID) (key []byte, err error) {
	err = pool.QueryRow(ctx, "SELECT key FROM file WHERE id = $1", file).Scan(&key)
	return key, wrap(err)
}

// nextNumber takes the next number of a register. The row is locked until the transaction ends, and a rollback gives the number back: so the
// register has no gaps.
func nextNumber(ctx context.Context, tx pgx.Tx, authority, register string, year int) (string, error) {
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO register_number (authority, register, year, last) VALUES ($1, $2, $3, 1)
		ON CONFLICT (authority, register, year) DO UPDATE SET last = register_number.last + 1 RETURNING last`, authority, register, year).Scan(&n)
	return fmt.Sprintf("%s-%d-%06d", register, year, n), wrap(err)
}

func readIssued(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) (id string, err error) {
	err = tx.QueryRow(ctx, "SELECT id FROM document WHERE application = $1 AND node = $2 AND visit = $3", application, node, visit).Scan(&id)
	return id, wrap(err)
}

func insertDocument(ctx context.Context, tx pgx.Tx, r IssueRequest, rec record, signed string, f fileRow, claims *uuid.UUID, stampDue bool) error {
	title, err := json.Marshal(rec.Title)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO document (id, application, node, visit, code, authority, number, title, record, file, sha256, issued_at, valid_until, right_number, stamp_due, claims, withheld)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, nullif($13::text, '')::date, $14, $15, $16, $17)`,
		rec.ID, r.Application, r.Node, r.Visit, rec.Code, rec.Authority, rec.Number, title, signed, f.id, f.sha256, rec.IssuedAt, rec.ValidUntil, r.Right.Number, stampDue, claims, r.withheld())
	return wrap(err)
}

// turnDocuments gives the papers for which where holds a status, where they have one of which it can be made, and writes down why.
func turnDocuments(ctx context.Context, tx pgx.Tx, to Status, successor string, c Cause, where string, args ...any) error {
	var because []byte
	if len(c.Because) > 0 {
		var err error
		if because, err = json.Marshal(c.Because); err != nil {
			return err
		}
	}
	n := len(args)
	args = append(args, stored(to), from[to], successor, c.at(), because, c.Application, c.Node, c.Visit)
	_, err := tx.Exec(ctx, fmt.Sprintf(`WITH turned AS (
			UPDATE document SET status = $%[2]d, replaced_by = nullif($%[4]d, ''),
				revoked_at = CASE WHEN $%[2]d = 'revoked' THEN $%[5]d::timestamptz END, revoked_because = CASE WHEN $%[2]d = 'revoked' THEN $%[6]d::jsonb END
			WHERE %[1]s AND status = ANY($%[3]d) RETURNING id)
		INSERT INTO document_status (document, status, at, because, application, node, visit)
		SELECT id, $%[2]d, $%[5]d, $%[6]d, $%[7]d, $%[8]d, $%[9]d FROM turned ORDER BY id`, where, n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8), args...)
	return wrap(err)
}

// exchangeFile gives a paper another file; ErrNotFound when it is no longer the one that d says.
func exchangeFile(ctx context.Context, tx pgx.Tx, d documentRow, signed string, f fileRow) error {
	if err := insertFile(ctx, tx, f); err != nil {
		return err
	}
	done, err := tx.Exec(ctx, "UPDATE document SET file = $3, sha256 = $4, record = $5, stamp_due = false WHERE id = $1 AND sha256 = $2", d.id, d.sha256, f.id, f.sha256, signed)
	if err == nil && done.RowsAffected() == 0 {
		return ErrNotFound
	}
	if err == nil {
		_, err = tx.Exec(ctx, "INSERT INTO document_file (sha256, document, record) VALUES ($1, $2, $3)", d.sha256, d.id, d.record)
	}
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE file SET key = '' WHERE id = $1", d.file) // its body goes with the next sweep
	}
	return wrap(err)
}

// readEarlier gives the paper of which a file was delivered before the one of today, with the record of that file.
func readEarlier(ctx context.Context, pool *pgxpool.Pool, sum []byte) ([]documentRow, error) {
	var id, record string
	err := pool.QueryRow(ctx, "SELECT document, record FROM document_file WHERE sha256 = $1", sum).Scan(&id, &record)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err)
	}
	rows, err := readDocuments(ctx, pool, "d.id = $1", id)
	for i := range rows {
		rows[i].record, rows[i].sha256 = record, sum
	}
	return rows, err
}

type documentRow struct {
	id, code, authority, number string
	title                       plan.Text
	record                      string
	file                        uuid.UUID
	sha256                      []byte
	status                      string
	issuedAt                    time.Time
	validUntil                  string
	turnedAt                    *time.Time // since when it has its status; nil = since it was issued
	because                     plan.Text
	stampDue                    bool
	claims                      *uuid.UUID // file of what a wallet gets of it
	successor                   string     // number of the paper that came in its place
	held                        bool       // by officers
	heldAt                      *time.Time // when they have held it last, or let it hold again; nil = never
	heldFor                     string
	withheld                    bool // from its holder, as a file
}

// maxPapers bounds what one question can give.
const maxPapers = 200

func readDocuments(ctx context.Context, pool *pgxpool.Pool, where string, args ...any) ([]documentRow, error) {
	rows, err := pool.Query(ctx, `SELECT d.id, code, authority, number, title, record, file, sha256, status, stamp_due, claims, issued_at,
		coalesce(to_char(valid_until, 'YYYY-MM-DD'), ''), coalesce(s.at, revoked_at), coalesce(s.because, revoked_because),
		coalesce((SELECT number FROM document r WHERE r.id = d.replaced_by), ''), d.held, h.at, coalesce(h.reason, ''), d.withheld
		FROM document d LEFT JOIN LATERAL (SELECT at, because FROM document_status WHERE document = d.id ORDER BY document_status.id DESC LIMIT 1) s ON true
		LEFT JOIN LATERAL (SELECT at, reason FROM document_hold WHERE document = d.id ORDER BY document_hold.id DESC LIMIT 1) h ON true
		WHERE `+where+fmt.Sprintf(" LIMIT %d", maxPapers), args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d documentRow, err error) {
		var title []byte
		err = row.Scan(&d.id, &d.code, &d.authority, &d.number, &title, &d.record, &d.file, &d.sha256, &d.status, &d.stampDue, &d.claims, &d.issuedAt, &d.validUntil,
			&d.turnedAt, &d.because, &d.successor, &d.held, &d.heldAt, &d.heldFor, &d.withheld)
		if err == nil {
			err = json.Unmarshal(title, &d.title)
		}
		return d, err
	})
	return list, wrap(err)
}

// wrap names the package and makes a missing row ErrNotFound.
func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	}
	return fmt.Errorf("document: %w", err)
}

func readApplicationOf(ctx context.Context, pool *pgxpool.Pool, id string) (application uuid.UUID, err error) {
	err = pool.QueryRow(ctx, "SELECT application FROM document WHERE id = $1", id).Scan(&application)
	return application, wrap(err)
}
