package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Way says how a release came to be published.
type Way string

// The ways.
const (
	Folder   Way = "folder"   // a folder of definitions was published as it is
	Change   Way = "change"   // a change was proposed, reviewed and approved
	Rollback Way = "rollback" // an earlier release is live again
)

// Publication says from when on a release is live, and who says so.
type Publication struct {
	From   time.Time // zero = at once
	After  int64     // release on which this one rests: what is live until then; 0 = whatever that is
	Way    Way
	Actor  string // opaque
	Reason string // shown in the history; no personal data
}

// Errors of publishing.
var (
	// ErrNone: nothing was ever published, or there is no such release.
	ErrNone = errors.New("release: none")
	// ErrBase: another release is live by then than the one on which this one rests.
	ErrBase = errors.New("release: another release has gone live meanwhile")
	// ErrComing: a release is to go live later, and rests on what is live now.
	ErrComing = errors.New("release: another release is to go live later and rests on what is live now")
	// ErrPast: the moment from which a release was to be live is over.
	ErrPast = errors.New("release: that moment is over")
)

// Publish makes a release live in the caller's transaction, at once or from a moment on, and says which publication it is. Publishing at once what is live
// already changes nothing. After the commit call Store.Refresh; other processes notice by themselves, of a later moment long before it.
// ErrNone, ErrBase, ErrComing, ErrPast.
func Publish(ctx context.Context, tx pgx.Tx, id int64, p Publication) (Head, error) {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('publication', 0))"); err != nil {
		return Head{}, err
	}
	now, err := clock(ctx, tx)
	if err != nil {
		return Head{}, err
	}
	from := p.From.UTC().Truncate(time.Millisecond)
	if p.From.IsZero() {
		from = now
	}
	if from.Before(now) {
		return Head{}, ErrPast
	}
	var later bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM publication WHERE called_off_at IS NULL AND live_from > $1)", from).Scan(&later); err != nil {
		return Head{}, err
	}
	if later {
		return Head{}, ErrComing
	}
	before, err := liveAt(ctx, tx, from)
	if err != nil && !errors.Is(err, ErrNone) {
		return Head{}, err
	}
	switch {
	case p.After != 0 && p.After != before.ID:
		return Head{}, ErrBase
	case before.ID == id:
		return before, nil
	}
	var after *int64
	if before.ID != 0 {
		after = &before.ID
	}
	_, err = tx.Exec(ctx, `INSERT INTO publication (release, after, live_from, published_at, actor, way, reason)
		SELECT id, $2, $3, $4, $5, $6, $7 FROM release WHERE id = $1`, id, after, from, now, p.Actor, p.Way, p.Reason)
	if err != nil {
		return Head{}, fmt.Errorf("release: publish: %w", err)
	}
	h, err := liveAt(ctx, tx, from)
	if err == nil && h.ID != id {
		err = ErrNone
	}
	return h, err
}

// CallOff takes back a publication before its moment; whoever is late is told so by ErrPast. ErrNone where there is none.
func CallOff(ctx context.Context, tx pgx.Tx, publication int64, actor string) error {
	now, err := clock(ctx, tx)
	if err != nil {
		return err
	}
	var from time.Time
	var off bool
	err = tx.QueryRow(ctx, "SELECT live_from, called_off_at IS NOT NULL FROM publication WHERE id = $1 FOR UPDATE", publication).Scan(&from, &off)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && off:
		return ErrNone
	case err != nil:
		return err
	case !now.Before(from):
		return ErrPast
	}
	var later bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM publication WHERE called_off_at IS NULL AND (live_from, id) > ($1, $2))", from, publication).Scan(&later); err != nil {
		return err
	}
	if later {
		return ErrComing
	}
	_, err = tx.Exec(ctx, "UPDATE publication SET called_off_at = $2, called_off_by = $3 WHERE id = $1", publication, now, actor)
	return err
}

// clock is that of the database, which all processes share.
func clock(ctx context.Context, q Querier) (now time.Time, err error) {
	err = q.QueryRow(ctx, "SELECT date_trunc('milliseconds', clock_timestamp())").Scan(&now)
	return now.UTC(), err
}

// Head identifies a release that is, was or will be live.
type Head struct {
	ID          int64
	Digest      string
	Catalogue   string
	Publication int64
	LiveFrom    time.Time
	Way         Way
	After       int64 // release on which it rests; 0 of the first
	Actor       string
	Reason      string
}

// Querier is a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const heads = "SELECT r.id, r.digest, r.catalogue, p.id, p.live_from, p.way, coalesce(p.after, 0), p.actor, p.reason FROM publication p JOIN release r ON r.id = p.release WHERE p.called_off_at IS NULL "

func head(row pgx.Row) (h Head, err error) {
	err = row.Scan(&h.ID, &h.Digest, &h.Catalogue, &h.Publication, &h.LiveFrom, &h.Way, &h.After, &h.Actor, &h.Reason)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNone
	}
	return h, err
}

func liveAt(ctx context.Context, q Querier, at time.Time) (Head, error) {
	return head(q.QueryRow(ctx, heads+"AND p.live_from <= $1 ORDER BY p.live_from DESC, p.id DESC LIMIT 1", at))
}

// Current is the release that is live now, or ErrNone.
func Current(ctx context.Context, q Querier) (Head, error) {
	now, err := clock(ctx, q)
	if err != nil {
		return Head{}, err
	}
	return liveAt(ctx, q, now)
}

// LastOf is the newest publication of a way, live or not yet, or ErrNone.
func LastOf(ctx context.Context, q Querier, way Way) (Head, error) {
	return head(q.QueryRow(ctx, heads+"AND p.way = $1 ORDER BY p.id DESC LIMIT 1", way))
}

// Coming are the releases that are to go live, the next one first.
func Coming(ctx context.Context, q Querier) ([]Head, error) {
	now, err := clock(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, heads+"AND p.live_from > $1 ORDER BY p.live_from, p.id", now)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Head, error) { return head(row) })
}

// History are the newest publications, those that are to come first; what was called off is left out.
func History(ctx context.Context, q Querier, most int) ([]Head, error) {
	rows, err := q.Query(ctx, heads+"ORDER BY p.live_from DESC, p.id DESC LIMIT $1", most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Head, error) { return head(row) })
}

// HistoryOf are the newest publications below another one, by which one of some files became another than it was until then; below 0 begins with the newest.
func HistoryOf(ctx context.Context, q Querier, paths []string, below int64, most int) ([]Head, error) {
	rows, err := q.Query(ctx, heads+`AND ($2 = 0 OR (p.live_from, p.id) < (SELECT o.live_from, o.id FROM publication o WHERE o.id = $2))
		AND EXISTS (SELECT FROM unnest($1::text[]) path WHERE r.files->>path IS DISTINCT FROM (SELECT b.files->>path FROM release b WHERE b.id = p.after))
		ORDER BY p.live_from DESC, p.id DESC LIMIT $3`, paths, below, most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Head, error) { return head(row) })
}

// Edition is the publication by which a file became what it is.
type Edition struct {
	Publication int64
	LiveFrom    time.Time
}

// Editions gives of every file the latest publication, live at an instant, that changed it. It goes through all publications: who asks often keeps
// the answer until another release is live.
func Editions(ctx context.Context, q Querier, at time.Time) (map[string]Edition, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT ON (f.path) f.path, p.id, p.live_from FROM publication p JOIN release r ON r.id = p.release
		CROSS JOIN LATERAL (SELECT key, value FROM jsonb_each_text(r.files) EXCEPT SELECT key, value FROM release b, jsonb_each_text(b.files) WHERE b.id = p.after) f(path, digest)
		WHERE p.called_off_at IS NULL AND p.live_from <= $1 ORDER BY f.path, p.live_from DESC, p.id DESC`, at)
	if err != nil {
		return nil, err
	}
	out := map[string]Edition{}
	var path string
	var e Edition
	_, err = pgx.ForEachRow(rows, []any{&path, &e.Publication, &e.LiveFrom}, func() error {
		out[path] = e
		return nil
	})
	return out, err
}

// FilesOf are those of some files that a release has, by path.
func FilesOf(ctx context.Context, q Querier, id int64, paths []string) (map[string][]byte, error) {
	rows, err := q.Query(ctx, `SELECT path, s.digest, s.body FROM release r, unnest($2::text[]) path, source s WHERE r.id = $1 AND s.digest = r.files->>path`, id, paths)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var path, digest string
	var b []byte
	_, err = pgx.ForEachRow(rows, []any{&path, &digest, &b}, func() error {
		if bodyOf(b).digest != digest {
			return fmt.Errorf("release %d: %s: the stored bytes are not what the digest says", id, path)
		}
		files[path] = slices.Clone(b)
		return nil
	})
	return files, err
}

// Files are the files of a release by path, or ErrNone.
func Files(ctx context.Context, q Querier, id int64) (map[string]string, error) {
	rows, err := q.Query(ctx, `SELECT f.path, f.digest, s.body FROM release r, jsonb_each_text(r.files) f(path, digest), source s
		WHERE r.id = $1 AND s.digest = f.digest`, id)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	var path, digest string
	var b []byte
	_, err = pgx.ForEachRow(rows, []any{&path, &digest, &b}, func() error {
		if bodyOf(b).digest != digest {
			return fmt.Errorf("release %d: %s: the stored bytes are not what the digest says", id, path)
		}
		files[path] = string(b)
		return nil
	})
	if err == nil && len(files) == 0 {
		err = ErrNone
	}
	return files, err
}
