package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
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
