package main

import (
	"context"
	neturl "net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// database looks into the database of a running product past everything that it says of itself.
func (p *product) database(t testing.TB) *pgx.Conn {
	t.Helper()
	conn, err := p.tryDatabase()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (p *product) tryDatabase() (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	socket := neturl.QueryEscape(filepath.Join(p.data, "postgres", "socket"))
	return pgx.Connect(ctx, "postgres://postgres@/diwan?host="+socket+"&port=5432&sslmode=disable&search_path=diwan")
}

// number reads one number.
func number(t testing.TB, conn *pgx.Conn, sql string, args ...any) (n int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := conn.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		t.Fatalf("%v: %s", err, sql)
	}
	return n
}

// leasesRunOut is the half minute after which what a killed process was delivering is taken up by another, without waiting for it.
func leasesRunOut(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	if err := runOut(conn); err != nil {
		t.Fatal(err)
	}
}

func runOut(conn *pgx.Conn) error {
	_, err := conn.Exec(context.Background(), "UPDATE outbox SET next_at = now() WHERE done_at IS NULL; UPDATE sample_gateway.callback SET due = now() WHERE ended IS NULL")
	return err
}

// unfinished counts what is still under way.
const unfinished = `SELECT (SELECT count(*) FROM application WHERE status <> 'ended') + (SELECT count(*) FROM outbox WHERE done_at IS NULL)
	+ (SELECT count(*) FROM sample_gateway.callback WHERE ended IS NULL) + (SELECT count(*) FROM refund WHERE status <> 'done')
	+ (SELECT count(*) FROM temporal_visibility.executions_visibility v JOIN application a ON a.id::text = v.workflow_id WHERE v.status = 1)` // at work

// drain waits until nothing is under way.
func drain(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	var left int64
	err := eventually(func() (bool, error) {
		left = number(t, conn, unfinished)
		return left == 0, nil
	})
	if err != nil {
		for _, part := range []string{"application WHERE status <> 'ended'", "outbox WHERE done_at IS NULL", "sample_gateway.callback WHERE ended IS NULL",
			"temporal_visibility.executions_visibility v JOIN application a ON a.id::text = v.workflow_id WHERE v.status = 1"} {
			t.Logf("%d in %s", number(t, conn, "SELECT count(*) FROM "+part), part)
		}
		t.Errorf("%d things are still under way: %v", left, err)
	}
}

// book holds for every state in which nothing is under way, whatever happened before: each query counts what breaks it.
var book = []struct{ broken, sql string }{
	{"currencies whose postings do not sum to zero", `SELECT count(*) FROM (SELECT FROM posting GROUP BY currency HAVING sum(amount) <> 0) x`},
	{"entries that do not sum to zero", `SELECT count(*) FROM (SELECT FROM posting GROUP BY entry, currency HAVING sum(amount) <> 0) x`},
	{"authorities whose books do not sum to zero", `SELECT count(*) FROM (SELECT FROM posting GROUP BY authority, currency HAVING sum(amount) <> 0) x`},
	{"accounts of receivables and refunds that are not settled", `SELECT count(*) FROM (
		SELECT FROM posting WHERE account LIKE 'receivable:%' OR account LIKE 'refunds:%' GROUP BY account, currency HAVING sum(amount) <> 0) x`},
	{"minor units between the clearing account and the gateway", `SELECT abs(
		(SELECT coalesce(sum(amount), 0) FROM posting WHERE account LIKE 'clearing:%:gateway')
		- (SELECT coalesce(sum(amount * 100), 0) FROM sample_gateway.checkout WHERE status = 'paid')
		+ (SELECT coalesce(sum(amount * 100), 0) FROM sample_gateway.refund))::bigint`},
	{"assessments that were not received exactly once", `SELECT count(*) FROM assessment s JOIN payment p ON p.assessment = s.id
		WHERE p.status <> 'cancelled' AND (SELECT count(*) FROM entry e WHERE e.kind = 'received' AND e.subject = p.id) <> 1`},
	{"assessments that were not assessed exactly once in the ledger", `SELECT count(*) FROM assessment s
		WHERE s.total > 0 AND (SELECT count(*) FROM entry e WHERE e.kind = 'assessed' AND e.subject = s.id) <> 1`},
	{"payments that the gateway knows otherwise", `SELECT count(*) FROM payment p WHERE p.status <> 'cancelled' AND (SELECT count(*)
		FROM sample_gateway.checkout c WHERE c.status = 'paid' AND c.reference = p.id::text AND c.id = p.checkout AND c.amount * 100 = p.amount) <> 1`},
	{"paid checkouts that nobody here knows", `SELECT count(*) FROM sample_gateway.checkout c WHERE c.status = 'paid'
		AND NOT EXISTS (SELECT FROM payment p WHERE p.checkout = c.id) AND NOT EXISTS (SELECT FROM refund r WHERE r.reason = 'duplicate:' || c.id)`},
	{"acts without a result", `SELECT count(*) FROM act WHERE result IS NULL`},
	{"events of the gateway that were not dealt with", `SELECT count(*) FROM gateway_event WHERE result = ''`},
	{"open tasks of ended applications", `SELECT count(*) FROM task WHERE closed_at IS NULL`},
	{"timelines with gaps", `SELECT count(*) FROM (SELECT FROM timeline GROUP BY application HAVING count(*) <> max(position)) x`},
	{"applications that did not end once", `SELECT count(*) FROM application a
		WHERE (SELECT count(*) FROM timeline l WHERE l.application = a.id AND l.kind = 'ended') <> 1`},
	{"registers with gaps in their numbers", `SELECT count(*) FROM register_number n WHERE n.last <> (SELECT count(*) FROM document d
		WHERE d.authority = n.authority AND d.number LIKE n.register || '-' || n.year || '-%')`},
}

// issued holds for applications that were approved and issued: the n of them with these keys.
var issued = []struct{ broken, sql string }{
	{"applications that were not issued", `SELECT count(*) FROM a WHERE outcome <> 'issued'`},
	{"applications without exactly one document", `SELECT count(*) FROM a WHERE (SELECT count(*) FROM document d WHERE d.application = a.id) <> 1`},
	{"applications without exactly one assessment", `SELECT count(*) FROM a WHERE (SELECT count(*) FROM assessment s WHERE s.application = a.id) <> 1`},
	{"applications whose payment did not act exactly once", `SELECT count(*) FROM a
		WHERE (SELECT count(*) FROM act c WHERE c.application = a.id AND c.action = 'paid' AND c.result = '') <> 1`},
	{"applications that were not approved exactly once", `SELECT count(*) FROM a
		WHERE (SELECT count(*) FROM act c WHERE c.application = a.id AND c.action = 'approve' AND c.result = '') <> 1`},
	{"timelines that tell something twice or not at all", `SELECT count(*) FROM a, unnest('{submitted,paid,issued,ended}'::text[]) k
		WHERE (SELECT count(*) FROM timeline l WHERE l.application = a.id AND l.kind = k) <> 1`},
}

// audit checks the book, and that each key made one application which ended with a document.
func audit(t testing.TB, conn *pgx.Conn, keys []string) {
	t.Helper()
	for _, one := range book {
		if n := number(t, conn, one.sql); n != 0 {
			t.Errorf("%d %s", n, one.broken)
		}
	}
	if n := number(t, conn, "SELECT count(*) FROM application WHERE key = ANY($1)", keys); n != int64(len(keys)) {
		t.Errorf("%d applications for %d accepted submissions", n, len(keys))
	}
	for _, one := range issued {
		if n := number(t, conn, "WITH a AS (SELECT * FROM application WHERE key = ANY($1)) "+one.sql, keys); n != 0 {
			t.Errorf("%d %s", n, one.broken)
		}
	}
}
