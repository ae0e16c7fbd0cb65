package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// personal is what nobody may find outside of our own tables: names, the national number, the phone and the licence's number of a journey,
// and what the officer wrote.
var personal = []string{"Layla", "Najjar", "ليلى", "النجار", "401234567", "599123457", "0599123457", "1234567", "remark-of-the-officer"}

// forms are the ways in which a text may stand in bytes: as it is, in hexadecimal, and in base64 at each of the three positions.
func forms(text string) (all [][]byte) {
	raw := []byte(text)
	all = append(all, raw, []byte(hex.EncodeToString(raw)), []byte(strings.ToUpper(hex.EncodeToString(raw))))
	escaped := ""
	for _, r := range text {
		if r > 127 {
			escaped += fmt.Sprintf(`\u%04x`, r)
		}
	}
	if escaped != "" {
		all = append(all, []byte(escaped))
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for before := range 3 {
			encoded := encoding.EncodeToString(append(make([]byte, before), raw...))
			// The characters that also depend on what stands before and behind are cut off.
			from, to := (before*8+5)/6, (before+len(raw))*8/6
			all = append(all, []byte(encoded[from:to]))
		}
	}
	return all
}

// finder looks for some texts in all their forms.
type finder map[string][][]byte

func newFinder(texts ...string) finder {
	f := finder{}
	for _, text := range texts {
		f[text] = forms(text)
	}
	return f
}

func (f finder) in(b []byte) (found []string) {
	for text, all := range f {
		for _, form := range all {
			if bytes.Contains(b, form) {
				found = append(found, text)
				break
			}
		}
	}
	return found
}

// search reads every column that can hold a text of every table of the schemas, and tells where something is found.
func (f finder) search(t *testing.T, conn *pgx.Conn, schemas ...string) (read int, found map[string][]string) {
	t.Helper()
	ctx := context.Background()
	rows, err := conn.Query(ctx, `SELECT table_schema, table_name, column_name FROM information_schema.columns
		WHERE table_schema = ANY($1) AND data_type IN ('bytea', 'text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY')`, schemas)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Schema, Table, Column string }])
	if err != nil {
		t.Fatal(err)
	}
	found = map[string][]string{}
	for _, c := range columns {
		name := pgx.Identifier{c.Schema, c.Table}.Sanitize()
		column := pgx.Identifier{c.Column}.Sanitize()
		rows, err := conn.Query(ctx, fmt.Sprintf(`SELECT CASE WHEN pg_typeof(%[1]s) = 'bytea'::regtype THEN decode(substr(%[1]s::text, 3), 'hex')
			ELSE convert_to(%[1]s::text, 'UTF8') END FROM %[2]s WHERE %[1]s IS NOT NULL`, column, name))
		if err != nil {
			t.Fatal(err)
		}
		values, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err != nil {
			t.Fatalf("%s.%s: %v", name, column, err)
		}
		for _, value := range values {
			read += len(value)
			for _, text := range f.in(value) {
				found[text] = append(found[text], name+"."+column)
			}
		}
	}
	return read, found
}

// corrected is an application that was paid, sent back with a remark, corrected by its applicant and carried to its paper.
func corrected(t *testing.T, with people) *journey {
	t.Helper()
	j, a := dueNow(t, with)
	if err := with.browser.pay(a.checkout()); err != nil {
		t.Fatal(err)
	}
	with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	must(t, with.officer, "GET", ownPath+j.id, "", nil, &a, 200)
	back := map[string]any{"task": a.Tasks[0].ID, "action": "sendBack", "revision": a.Tasks[0].Revision, "comment": "remark-of-the-officer"}
	must(t, with.officer, "POST", ownPath+j.id+"/acts", "", back, nil, 200)
	must(t, with.citizen, "GET", ownPath+j.id, "", nil, &a, 200)
	correction := renewal(5)
	correction["data"] = correction["form"]
	delete(correction, "form")
	correction["task"], correction["action"], correction["revision"] = a.Tasks[0].ID, "submit", a.Tasks[0].Revision
	must(t, with.citizen, "POST", ownPath+j.id+"/acts", "", correction, nil, 200)
	if err := j.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestNothingPersonalLeavesOurOwnTables(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	with := p.people(t)
	wrong := map[string]any{"form": map[string]any{"licenceNumber": "1234567", "years": "401234567", "phone": "0599123457x", "Layla": "ليلى"}}
	refused(t, with.citizen, "POST", services+licence+"/applications", "", wrong, 422, "invalid")
	j := corrected(t, with)
	open := &journey{key: uuid.NewString()} // one that still stands in Temporal
	if err := open.submit(with.citizen); err != nil {
		t.Fatal(err)
	}
	with.citizen.await(t, open.id, "payment due", func(a seen) bool { return a.checkout() != "" })

	conn := p.database(t)
	outside := []string{"temporal", "temporal_visibility", "sample_gateway"}
	if _, found := newFinder(j.id).search(t, conn, outside[:2]...); len(found) == 0 {
		t.Fatal("not even the workflow's ID is found in Temporal's tables: the search is blind")
	}
	if _, found := newFinder(personal...).search(t, conn, "diwan"); len(found) < len(personal)-1 {
		t.Fatalf("our own tables show only %v: the search is blind", found)
	}
	read, found := newFinder(personal...).search(t, conn, outside...)
	for text, places := range found {
		t.Errorf("%q stands in %v", text, places)
	}
	t.Logf("searched %d kB of others' tables", read/1024)
	for _, table := range []string{"audit", "outbox", "idempotency", "gateway_event", "timeline"} {
		personalIn(t, conn, table)
	}
	logs, err := os.ReadFile(filepath.Join(p.data, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	for name, log := range map[string][]byte{"standard error": []byte(p.log()), "postgres.log": logs} {
		if found := newFinder(personal...).in(log); len(found) > 0 {
			t.Errorf("%v in %s:\n%s", found, name, log)
		}
	}
}

// personalIn searches one of our own tables that must hold nothing personal; a comment is for the applicant to read in the timeline.
func personalIn(t *testing.T, conn *pgx.Conn, table string) {
	t.Helper()
	rows, err := conn.Query(context.Background(), "SELECT x::text FROM "+table+" x")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	f := newFinder(personal[:len(personal)-1]...)
	for _, line := range lines {
		if found := f.in([]byte(line)); len(found) > 0 {
			t.Errorf("%s holds %v: %s", table, found, line)
		}
	}
}
