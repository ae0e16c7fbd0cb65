package app

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
)

const renewal = "transport.driving-licence.renew"

func TestWhatReleasesChangedOfAServiceIsToldInCitizensWords(t *testing.T) {
	pool := pgtest.Migrated(t)
	keys, err := releasetest.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	publish := func(with map[string][2]string) {
		t.Helper()
		c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
		files := map[string][]byte{}
		for path, body := range c.Files {
			if words, there := with[path]; there {
				if !strings.Contains(string(body), words[0]) {
					t.Fatalf("%s has no %q", path, words[0])
				}
				body = []byte(strings.Replace(string(body), words[0], words[1], 1))
			}
			files[path] = body
		}
		c, _ = catalog.Of(files)
		built, list := release.Build(c)
		if list.HasErrors() {
			t.Fatal(list)
		}
		if _, err := releasetest.Publish(t.Context(), pool, keys, built); err != nil {
			t.Fatal(err)
		}
	}
	publish(nil)
	store, err := release.Open(t.Context(), pool, keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHistories(change.New(change.Options{Pool: pool, Keys: keys, Releases: store}), store, time.Now)
	of := func(below int64) ([]portal.Changed, int64) {
		t.Helper()
		list, older, err := h.Of(t.Context(), renewal, below)
		if err != nil {
			t.Fatal(err)
		}
		return list, older
	}
	if list, _ := of(0); len(list) != 1 || !list[0].First || len(list[0].Items) != 0 {
		t.Errorf("%+v", list)
	}
	const file = "services/transport/driving-licence-renew.yaml"
	publish(map[string][2]string{"tariffs/transport.yaml": {"licencePerYear: 50.00", "licencePerYear: 55.00"}, file: {"promised: 3 working days", "promised: 5 working days"}})
	if err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, _ := of(0)
	if len(list) != 2 || list[0].First || len(list[0].Items) != 2 || list[0].Items[0].Concern != "money" || !strings.Contains(list[0].Items[0].Words["en"], "55.00") || strings.Contains(list[0].Items[0].Words["en"], "affects") ||
		!strings.Contains(list[0].Items[1].Words["ar"], "5 أيام عمل") {
		t.Errorf("%+v", list)
	}
	publish(map[string][2]string{file: {"when: licence.blocked", "when: licence.blocked and form.years == 5"}})
	if err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, _ = of(0)
	if len(list) != 3 || len(list[0].Items) == 0 {
		t.Fatalf("%+v", list)
	}
	formulas := 0
	for _, item := range list[0].Items {
		if strings.Contains(item.Words["en"], "form.") {
			t.Errorf("a citizen reads a formula: %s", item.Words["en"])
		}
		if item.Words == nil && item.Name["en"] == "Check of bars" {
			formulas++
		}
	}
	if formulas != 1 {
		t.Errorf("%+v", list[0].Items)
	}
	// Whoever makes up addresses gets the first page, and one who does not wait gets nothing, and soon all.
	if made, _ := of(7); len(made) != 3 {
		t.Errorf("%+v", made)
	}
	publish(nil)
	if err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := h.Of(gone, renewal, 0); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if list, _ := of(0); len(list) != 4 {
		t.Errorf("%+v", list)
	}
	if list, older, err := h.Of(t.Context(), "transport.none", 0); err != nil || len(list) != 0 || older != 0 {
		t.Errorf("%+v %v", list, err)
	}
	for i := range 8 {
		publish(map[string][2]string{file: {"promised: 3 working days", "promised: " + string(rune('4'+i%2)) + " working days"}})
	}
	if err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, older := of(0)
	if len(list) != 10 || older == 0 {
		t.Fatalf("%d %d", len(list), older)
	}
	if list, older := of(older); len(list) != 2 || older != 0 || !list[1].First {
		t.Errorf("%+v %d", list, older)
	}
}
