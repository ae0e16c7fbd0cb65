package right

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

// mostRights bounds what one question can give.
const mostRights = 200

func changedBefore(ctx context.Context, tx pgx.Tx, q Request) (number string, err error) {
	err = tx.QueryRow(ctx, "SELECT number FROM right_version WHERE application = $1 AND node = $2 AND visit = $3", q.Application, q.Node, q.Visit).Scan(&number)
	return number, wrap(err)
}

// nextNumber takes the next number of a register's year. Its row is locked until the transaction ends, so the register has no gaps.
func nextNumber(ctx context.Context, tx pgx.Tx, register, year string) (string, error) {
	var n int64
	err := tx.QueryRow(ctx, `INSERT INTO right_number (register, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (register, year) DO UPDATE SET last = right_number.last + 1 RETURNING last`, register, year).Scan(&n)
	return numbered(register, year, n), wrap(err)
}

const columns = `number, code, holder, terms, status, to_char(granted_on, 'YYYY-MM-DD'), coalesce(to_char(valid_until, 'YYYY-MM-DD'), ''), version`

func scan(row pgx.CollectableRow) (r Right, err error) {
	var terms []byte
	if err = row.Scan(&r.Number, &r.Code, &r.Holder, &terms, &r.status, &r.GrantedOn, &r.ValidUntil, &r.Version); err == nil {
		err = json.Unmarshal(terms, &r.Terms)
	}
	return r, err
}

// locked reads a right that is about to change.
func locked(ctx context.Context, tx pgx.Tx, code, number string) (*Right, error) {
	rows, err := tx.Query(ctx, "SELECT "+columns+` FROM "right" WHERE number = $1 AND code = $2 FOR UPDATE`, number, code)
	if err != nil {
		return nil, wrap(err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scan)
	return &r, wrap(err)
}

// write stores a right as it is now, and that it has become so.
func write(ctx context.Context, tx pgx.Tx, k *plan.RightKind, r *Right, q Request, sees *uuid.UUID, at time.Time) error {
	terms, err := json.Marshal(r.Terms)
	if err != nil {
		return err
	}
	if r.Version == 1 {
		_, err = tx.Exec(ctx, `INSERT INTO "right" (number, code, holder_kind, holder, sees, terms, status, granted_on, valid_until, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8::date, nullif($9, '')::date, $10)`,
			r.Number, r.Code, k.Holder, r.Holder, sees, terms, r.status, r.GrantedOn, r.ValidUntil, r.Version)
	} else {
		_, err = tx.Exec(ctx, `UPDATE "right" SET holder = $2, sees = CASE WHEN $3 THEN NULL ELSE sees END, terms = $4, status = $5,
			valid_until = nullif($6, '')::date, version = $7 WHERE number = $1`,
			r.Number, r.Holder, sees == nil, terms, r.status, r.ValidUntil, r.Version)
	}
	if err != nil {
		return wrap(err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO right_version (number, version, what, holder, terms, status, valid_until, service, application, node, visit, at)
		VALUES ($1, $2, $3, $4, $5, $6, nullif($7, '')::date, $8, $9, $10, $11, $12)`,
		r.Number, r.Version, q.What, r.Holder, terms, r.status, r.ValidUntil, q.Service, q.Application, q.Node, q.Visit, at)
	return wrap(err)
}

// read gives the rights for which where holds, those that were granted last first.
func read(ctx context.Context, pool *pgxpool.Pool, where string, args ...any) ([]Right, error) {
	rows, err := pool.Query(ctx, "SELECT "+columns+` FROM "right" WHERE `+where+fmt.Sprintf(" ORDER BY granted_on DESC, number DESC LIMIT %d", mostRights), args...)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, scan)
	return list, wrap(err)
}

// page gives the rights of a kind behind a number.
func page(ctx context.Context, pool *pgxpool.Pool, code, after string, n int) ([]Right, error) {
	rows, err := pool.Query(ctx, "SELECT "+columns+` FROM "right" WHERE code = $1 AND number > $2 ORDER BY number LIMIT $3`, code, after, n)
	if err != nil {
		return nil, wrap(err)
	}
	list, err := pgx.CollectRows(rows, scan)
	return list, wrap(err)
}

// histories are what has become of each of the rights, the latest first.
func histories(ctx context.Context, pool *pgxpool.Pool, numbers []string) (map[string][]Happening, error) {
	rows, err := pool.Query(ctx, fmt.Sprintf(`SELECT number, what, application, at FROM right_version WHERE number = ANY($1)
		ORDER BY version DESC LIMIT %d`, 10*mostRights), numbers)
	if err != nil {
		return nil, wrap(err)
	}
	out := map[string][]Happening{}
	var number string
	var h Happening
	_, err = pgx.ForEachRow(rows, []any{&number, &h.What, &h.Application, &h.At}, func() error {
		out[number] = append(out[number], h)
		return nil
	})
	return out, wrap(err)
}

// wrap names the package and makes a missing row ErrNotFound.
func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return ErrNotFound
	}
	return fmt.Errorf("right: %w", err)
}
