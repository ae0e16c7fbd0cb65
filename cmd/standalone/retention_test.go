package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestAnApplicationIsErasedWhenItIsKeptNoLonger(t *testing.T) {
	t.Parallel()
	data := newData(t)
	p := launch(t, data, sampleCatalogue)
	with := p.people(t)
	j := corrected(t, with)
	paper := j.last.Documents[0].ID
	young := &journey{key: uuid.NewString()} // it ends today, and stays as it is
	if err := young.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}

	layla := newPayer(t, p)
	layla.signIn("citizen")
	layla.say(postHref.FindString(layla.page("/applications/"+young.id, 200, "بالبريد").body), 200, "تُجهَّز", "name", "ليلى", "street", "شارع الإرسال", "town", "رام الله")
	const addresses = "SELECT count(*) FROM post WHERE address IS NOT NULL"

	conn := p.database(t)
	drain(t, conn)
	books := func() (counts []int64) {
		for _, table := range []string{"entry", "posting", "payment", "document", "timeline", "act"} {
			counts = append(counts, number(t, conn, "SELECT count(*) FROM "+table))
		}
		return counts
	}
	before := books()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	await := func(sql string) {
		t.Helper()
		if err := eventually(func() (bool, error) { return number(t, conn, sql) == 1, nil }); err != nil {
			t.Fatalf("%v: %s", err, sql)
		}
	}
	written(t, conn, j.id, paper)
	exec("UPDATE application SET ended_at = ended_at - interval '5 years 1 day' WHERE id = $1", j.id)
	p.stop(t)

	// The one that is still kept goes on to need its applicant; the other one says what has become of it.
	p = launch(t, data, sampleCatalogue)
	with = p.people(t)
	conn = p.database(t)
	await("SELECT count(*) FROM application WHERE erased_at IS NOT NULL")
	var gone, kept struct {
		seen
		ErasedAt, ErasedBy string
	}
	must(t, with.citizen, "GET", ownPath+j.id, "", nil, &gone, 200)
	must(t, with.officer, "GET", ownPath+young.id, "", nil, &kept, 200)
	if gone.ErasedAt == "" || gone.ErasedBy != "5 years after end" || len(gone.Form) != 0 || gone.Outcome != "issued" || kept.ErasedAt != "" || len(kept.Form) == 0 {
		t.Errorf("%+v, and of the other %+v", gone, kept)
	}
	for lang, want := range map[string]string{"en": "after its end and no longer", "ar": "بعد نهايتها"} {
		page, err := with.browser.open(p.url + "/applications/" + j.id + "?lang=" + lang)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(page.body))
		if err != nil {
			t.Fatal(err)
		}
		if said := doc.Find("main .inset").Text(); !strings.Contains(said, want) {
			t.Errorf("the page says %q", said)
		}
	}
	if n := number(t, conn, "SELECT count(*) FROM audit WHERE action = 'erase' AND actor = 'retention' AND subject = $1", j.id); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	if got, err := verify(t, &caller{t: t, url: p.url}, paper, nil); err != nil || got.Status != "valid" {
		t.Errorf("the paper that outlives its application is %q (%v)", got.Status, err)
	}
	if after := books(); !slices.Equal(before, after) {
		t.Errorf("the books had %v rows and have %v", before, after)
	}
	stay := []string{"proposal WHERE reason = 'erased' AND status = 'approved'", "document_hold WHERE reason = 'erased'", "money_incident WHERE reason = ''", "bill_notice WHERE result = 'taken'"}
	for _, rows := range stay {
		if number(t, conn, "SELECT count(*) FROM "+rows) == 0 {
			t.Errorf("nothing is left of %s", rows)
		}
	}
	if _, err := conn.Exec(t.Context(), "UPDATE document_hold SET reason = 'another'"); err == nil {
		t.Error("a hold was changed")
	}
	if n := number(t, conn, addresses); n != 1 {
		t.Errorf("%d addresses", n)
	}

	// When the other is over too, and nobody has signed in for long, nothing is left to be found.
	exec("UPDATE application SET ended_at = ended_at - interval '5 years 1 day' WHERE id = $1", young.id)
	exec("UPDATE person SET seen_at = seen_at - interval '91 days'")
	p.stop(t)
	p = launch(t, data, sampleCatalogue)
	conn = p.database(t)
	await("SELECT count(*) FROM person WHERE issuer = 'forgotten'")
	if _, found := newFinder(j.id).search(t, conn, "diwan"); len(found) == 0 {
		t.Fatal("not even the number of the application is found: the search is blind")
	}
	if n := number(t, conn, addresses); n != 0 {
		t.Errorf("%d addresses are kept", n)
	}
	_, found := newFinder(personal...).search(t, conn, "diwan")
	for _, text := range slices.Sorted(maps.Keys(found)) {
		// The scenarios of the catalogue tell of a person of the same name.
		if places := slices.DeleteFunc(found[text], func(at string) bool { return at == `"diwan"."source"."body"` }); len(places) > 0 {
			t.Errorf("%q stands still in %v", text, places)
		}
	}
	if after := books(); !slices.Equal(before, after) {
		t.Errorf("the books had %v rows and have %v", before, after)
	}
}

// written lets officers and a bank have written about the applicant what they should not have: in every place where they may about an application.
func written(t *testing.T, conn *pgx.Conn, application, paper string) {
	t.Helper()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	const said = "remark-of-the-officer about Layla"
	propose := func(kind, subject string) {
		t.Helper()
		exec(`INSERT INTO proposal (id, kind, subject, authority, reason, proposed_by, proposed_at, status, decided_by, decided_at)
			SELECT gen_random_uuid(), $1, (`+subject+`), 'transport', $3, gen_random_uuid(), now(), 'approved', gen_random_uuid(), now()`, kind, application, said)
	}
	const payment = "SELECT id FROM payment WHERE application = $2::uuid LIMIT 1"
	propose("waiver", payment)
	propose("refund", payment)
	exec(`INSERT INTO proposal (id, kind, subject, authority, reason, proposed_by, proposed_at, status, decided_by, decided_at)
		VALUES (gen_random_uuid(), 'paper-hold', $1, 'transport', $2, gen_random_uuid(), now(), 'approved', gen_random_uuid(), now())`,
		uuid.NewSHA1(uuid.MustParse("6f2b0d1c-8d4e-4f57-9a53-0c1f3f4f7b21"), []byte(paper)), said)
	exec("INSERT INTO document_hold (document, held, at, reason, proposal) SELECT $1, false, now(), $2, id FROM proposal WHERE kind = 'paper-hold'", paper, said)
	exec(`INSERT INTO money_incident (id, application, authority, kind, subject, amount, currency, opened_at, closed_at, outcome, reason)
		VALUES (gen_random_uuid(), $1, 'transport', 'refund-refused', gen_random_uuid(), 1, 'ILS', now(), now(), 'by-hand', $2)`, application, said)
	exec("INSERT INTO bill (reference, payment, at) SELECT '77008899', id, now() FROM payment WHERE application = $1 LIMIT 1", application)
	exec("INSERT INTO bill_notice (payer, request, reference, paid, body, result, at) VALUES ('palbank', 'r', '77008899', 'p', $1, 'taken', now())", []byte(said))
}
