package delivery_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

var home = delivery.Address{Name: "ليلى عيسى", Street: "شارع الإرسال 12", Town: "رام الله", Postcode: "P6000000", Phone: "0599123456"}

// number is that of an item of registered post, with its check digit.
func number(t testing.TB, serial int) string {
	t.Helper()
	for digit := range 10 {
		if n, ok := delivery.Item(fmt.Sprintf("RR%08d%dPS", serial, digit)); ok {
			return n
		}
	}
	t.Fatal("no digit fits")
	return ""
}

func (w *world) posting(c delivery.Collection) delivery.Posting {
	w.Helper()
	list, err := w.desk.PostOf(w.Context(), c.Application)
	w.must(err)
	if len(list) != 1 {
		w.Fatalf("%+v", list)
	}
	return list[0]
}

// packed is a paper that has an address and a label.
func (w *world) packed(id string, serial int) delivery.Collection {
	w.Helper()
	c := w.offered(id, nil)
	w.must(w.desk.Send(w.Context(), c.Application, id, home))
	w.must(w.desk.Label(w.Context(), transport, id, number(w, serial)))
	return c
}

func (w *world) state(c delivery.Collection, want delivery.PostState, why string) {
	w.Helper()
	if got := w.posting(c).State; got != want {
		w.Errorf("%s: %s, not %s", why, got, want)
	}
}

func (w *world) track(by uuid.UUID, events ...delivery.Tracked) []delivery.Wrong {
	w.Helper()
	wrong, err := w.desk.Track(w.Context(), transport, events, by)
	w.must(err)
	return wrong
}

func TestANumberOfAnItemIsOfS10WithItsCheckDigit(t *testing.T) {
	for typed, want := range map[string]string{
		"RR473124829GB": "RR473124829GB", " rr 473 124 829 gb ": "RR473124829GB", // the standard's own example: digit 9
		"RR473124828GB": "", "RR473124823GB": "", "R4473124829GB": "", "RR47312482９GB": "", "RR4731248291GB": "", "": "", strings.Repeat("R", 101): "",
		"RR000000005PS": "RR000000005PS", // 11 becomes 5
		"RR000000070PS": "", "RR000000033PS": "",
	} {
		if got, ok := delivery.Item(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v", typed, got, ok)
		}
	}
	// Any one digit that is changed is seen, but for those that the standard itself folds: 10 becomes 0, and 11 becomes 5.
	for serial := 12345600; serial < 12345700; serial++ {
		good := number(t, serial)
		for at := 2; at < 10; at++ {
			for d := byte('0'); d <= '9'; d++ {
				if other := good[:at] + string(d) + good[at+1:]; d != good[at] && good[10] != '0' && good[10] != '5' {
					if _, ok := delivery.Item(other); ok {
						t.Fatalf("%s passes for %s", other, good)
					}
				}
			}
		}
	}
}

func TestAnAddressThatCannotBeIsRefusedByItsParts(t *testing.T) {
	for _, c := range []struct {
		change func(*delivery.Address)
		want   string
	}{
		{func(*delivery.Address) {}, ""}, {func(a *delivery.Address) { a.Name, a.Town = " ", "" }, "name town"},
		{func(a *delivery.Address) { a.Street = strings.Repeat("ش", 201) }, "street"}, {func(a *delivery.Address) { a.Street = strings.Repeat("ش", 200) }, ""},
		{func(a *delivery.Address) { a.Town = "Ramallah\nNablus" }, "town"}, {func(a *delivery.Address) { a.Postcode, a.Phone = "P6;1", "call me" }, "postcode phone"},
		{func(a *delivery.Address) { a.Postcode, a.Phone = "", "" }, ""}, {func(a *delivery.Address) { a.Name = "\xff" }, "name"},
	} {
		a := home
		c.change(&a)
		if got := strings.Join(a.Wrong(), " "); got != c.want {
			t.Errorf("%+v: %q, not %q", a, got, c.want)
		}
	}
}

func TestAPaperIsPostedInAManifestWhoseFileStaysAsItWas(t *testing.T) {
	w := newWorld(t)
	clerk := uuid.New()
	c := w.offered("A", nil)
	w.state(c, delivery.PostOffered, "issued")
	w.is(w.desk.Send(t.Context(), c.Application, "A", delivery.Address{Name: "x"}), delivery.ErrAddress, "half an address")
	w.is(w.desk.Send(t.Context(), uuid.New(), "A", home), delivery.ErrNotFound, "another's paper")
	w.is(w.desk.Label(t.Context(), transport, "A", number(t, 1)), delivery.ErrState, "packed before anybody has asked")
	w.must(w.desk.Send(t.Context(), c.Application, "A", home))
	if got, err := w.desk.Address(t.Context(), c.Application, "A"); err != nil || got != home {
		t.Fatalf("%+v, %v", got, err)
	}
	_, err := w.desk.CloseManifest(t.Context(), "transport", clerk)
	w.is(err, delivery.ErrNothing, "nothing is packed")
	w.is(w.desk.Label(t.Context(), transport, "A", "RR123456789PS"), delivery.ErrItem, "a digit that is wrong")
	w.is(w.desk.Label(t.Context(), []string{"health"}, "A", number(t, 1)), delivery.ErrNotFound, "another authority's clerk")
	w.must(w.desk.Label(t.Context(), transport, "A", number(t, 1)))
	formula := home
	formula.Name, formula.Phone = "=cmd|' /C calc'!A0", "+970 599 123 456"
	b := w.offered("B", nil)
	w.must(w.desk.Send(t.Context(), b.Application, "B", formula))
	w.is(w.desk.Label(t.Context(), transport, "B", number(t, 1)), delivery.ErrTaken, "the label of another")
	w.must(w.desk.Label(t.Context(), transport, "B", number(t, 2)))
	gone, late := w.packed("C", 3), w.packed("D", 4)
	w.revoked["C"] = true
	w.must(w.desk.Send(t.Context(), late.Application, "D", formula)) // another address, so another envelope

	id, err := w.desk.CloseManifest(t.Context(), "transport", clerk)
	w.must(err)
	if id != "transport-2026-11-22-1" {
		t.Errorf("it is called %s", id)
	}
	w.state(gone, delivery.PostAsked, "a paper that is not valid")
	w.state(late, delivery.PostAsked, "an envelope with an old address")
	w.is(w.desk.Send(t.Context(), c.Application, "A", formula), delivery.ErrState, "another address after the manifest")
	w.is(w.desk.Choose(t.Context(), c.Application, "A", "ramallah", nil), delivery.ErrState, "an office after the manifest")
	file, err := w.desk.ManifestFile(t.Context(), transport, id)
	w.must(err)
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	w.must(err)
	if len(rows) != 3 || rows[1][2] != number(t, 1) || rows[1][3] != home.Name || rows[1][7] != home.Phone || rows[2][3] != "'"+formula.Name || rows[2][7] != formula.Phone {
		t.Fatalf("%q", rows)
	}
	_, err = w.desk.ManifestFile(t.Context(), []string{"health"}, id)
	w.is(err, delivery.ErrNotFound, "another authority's file")

	// B is suspended while the sack stands at the door.
	w.revoked["B"] = true
	w.must(w.desk.HandToCarrier(t.Context(), transport, id, clerk))
	w.is(w.desk.HandToCarrier(t.Context(), transport, id, clerk), delivery.ErrState, "handed twice")
	w.state(c, delivery.PostHanded, "handed")
	w.state(b, delivery.PostAsked, "kept back")
	if again, err := w.desk.ManifestFile(t.Context(), transport, id); err != nil || !bytes.Equal(again, file) {
		t.Errorf("the file is another one: %v", err)
	}
	m, lines, err := w.desk.OneManifest(t.Context(), transport, id)
	w.must(err)
	if m.Items != 2 || m.HandedAt == nil || lines[0].Held || !lines[1].Held {
		t.Errorf("%+v %+v", m, lines)
	}
	delete(w.revoked, "B")
	w.must(w.desk.Label(t.Context(), transport, "B", number(t, 2))) // the envelope has its label already
	w.must(w.desk.Label(t.Context(), transport, "D", number(t, 4)))
	if second, err := w.desk.CloseManifest(t.Context(), "transport", clerk); err != nil || second != "transport-2026-11-22-2" {
		t.Errorf("the second of the day is %q, %v", second, err)
	}
	if want := []string{"A postSent"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q", w.told)
	}

	var clear int
	w.must(w.pool.QueryRow(t.Context(), "SELECT count(*) FROM post p, post_item i WHERE position(convert_to($1, 'UTF8') in p.address) > 0 OR position(convert_to($1, 'UTF8') in i.line) > 0", home.Town).Scan(&clear))
	if clear != 0 {
		t.Error("an address lies in clear")
	}
	w.must(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error { return w.desk.Erase(t.Context(), tx, c.Application) }))
	_, err = w.desk.Address(t.Context(), c.Application, "A")
	w.is(err, delivery.ErrNotFound, "erased")
	erased, err := w.desk.ManifestFile(t.Context(), transport, id)
	w.must(err)
	if strings.Contains(string(erased), home.Name) || !strings.Contains(string(erased), number(t, 1)) || !strings.Contains(string(erased), formula.Name) {
		t.Errorf("after erasing: %s", erased)
	}
}

func TestTwoClerksWhoCloseAtOncePutEachItemIntoOneManifest(t *testing.T) {
	w := newWorld(t)
	const papers = 40
	for i := range papers {
		w.packed(fmt.Sprintf("P%02d", i), 100+i)
	}
	var clerks sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		clerks.Go(func() { _, results[i] = w.desk.CloseManifest(t.Context(), "transport", uuid.New()) })
	}
	clerks.Wait()
	closed := 0
	for _, err := range results {
		if err == nil {
			closed++
		} else {
			w.is(err, delivery.ErrNothing, "a later clerk")
		}
	}
	list, err := w.desk.Manifests(t.Context(), transport)
	w.must(err)
	items := 0
	for i, m := range list {
		items += m.Items
		if m.Number != len(list)-i {
			t.Errorf("the numbers have a gap: %s", m.ID)
		}
	}
	if items != papers || len(list) != closed {
		t.Errorf("%d items in %d manifests of %d that were closed", items, len(list), closed)
	}
}

func TestWhatACarrierTellsIsTakenOnceWholeAndInItsOrder(t *testing.T) {
	w := newWorld(t)
	c, other := w.packed("A", 1), w.packed("B", 2)
	id, err := w.desk.CloseManifest(t.Context(), "transport", uuid.New())
	w.must(err)
	carrier := uuid.New()
	at := func(hour int, item int, event string) delivery.Tracked {
		return delivery.Tracked{Item: number(t, item), Event: event, At: w.now.Add(time.Duration(hour) * time.Hour)}
	}
	w.now = w.now.Add(72 * time.Hour)
	wrong := w.track(carrier, at(-70, 1, "EMI"), at(-70, 9, "delivered"), at(-70, 2, "eaten"), delivery.Tracked{Item: "RR123456789PS", Event: "lost", At: w.now}, at(2, 2, "delivered"), delivery.Tracked{Item: number(t, 2), Event: "lost"})
	if got := fmt.Sprint(wrong); got != "[{2 unknown} {3 event} {4 number} {5 time} {6 time}]" {
		t.Errorf("wrong are %s", got)
	}
	w.state(c, delivery.PostManifested, "nothing half done")
	if wrong, err := w.desk.Track(t.Context(), []string{"health"}, []delivery.Tracked{at(-1, 1, "delivered")}, carrier); err != nil || len(wrong) != 1 {
		t.Errorf("another authority's carrier: %v, %v", wrong, err)
	}

	// The carrier is quicker than the clerk, and its files come in any order, twice.
	w.track(carrier, at(-70, 1, "EMA"), at(-60, 1, "EMG"))
	w.must(w.desk.HandToCarrier(t.Context(), transport, id, uuid.New()))
	w.state(c, delivery.PostUnderway, "handed after the carrier had told of it")
	w.state(other, delivery.PostHanded, "of which the carrier has told nothing")
	for range 2 {
		w.track(carrier, at(-10, 1, "EMI"), at(-12, 1, "EMH"), at(-10, 1, "edg"))
		w.state(c, delivery.PostDelivered, "delivered")
		w.track(carrier, at(-50, 1, "underway"), at(-65, 1, "lost"))
		w.state(c, delivery.PostDelivered, "an older event")
	}
	if got := w.posting(c).Since; !got.Equal(w.now.Add(-10 * time.Hour)) {
		t.Errorf("since %s", got)
	}
	if want := []string{"A postSent", "B postSent", "A postDelivered"}; !slices.Equal(w.told, want) {
		t.Errorf("told %q, not %q", w.told, want)
	}
	if _, err := w.pool.Exec(t.Context(), "DELETE FROM post_event"); err == nil {
		t.Error("what the carrier has told can be taken back")
	}
}

func TestWhatComesBackIsAskedForAgainABoundedNumberOfTimes(t *testing.T) {
	w := newWorld(t)
	c := w.offered("A", nil)
	for try := 1; try <= delivery.MostReturns; try++ {
		w.must(w.desk.Send(t.Context(), c.Application, "A", home))
		w.must(w.desk.Label(t.Context(), transport, "A", number(t, try)))
		id, err := w.desk.CloseManifest(t.Context(), "transport", uuid.New())
		w.must(err)
		w.must(w.desk.HandToCarrier(t.Context(), transport, id, uuid.New()))
		w.now = w.now.Add(time.Hour)
		w.track(uuid.New(), delivery.Tracked{Item: number(t, try), Event: "returned", At: w.now})
		w.state(c, delivery.PostReturned, "it came back")
	}
	w.is(w.desk.Send(t.Context(), c.Application, "A", home), delivery.ErrState, "once more")
	// Told late that the first one was delivered after all: it is not the one under way any more.
	w.track(uuid.New(), delivery.Tracked{Item: number(t, 1), Event: "delivered", At: w.now})
	if p := w.posting(c); p.State != delivery.PostReturned || p.Item != number(t, 3) {
		t.Errorf("%+v", p)
	}
	w.must(w.desk.Choose(t.Context(), c.Application, "A", "ramallah", nil)) // it can be collected still

	lost := w.packed("L", 50)
	_, err := w.desk.CloseManifest(t.Context(), "transport", uuid.New())
	w.must(err)
	w.is(w.desk.Again(t.Context(), transport, "L"), delivery.ErrState, "not lost")
	w.track(uuid.New(), delivery.Tracked{Item: number(t, 50), Event: "lost", At: w.now})
	w.is(w.desk.Send(t.Context(), lost.Application, "L", home), delivery.ErrState, "lost, and nobody has looked")
	w.must(w.desk.Again(t.Context(), transport, "L"))
	w.must(w.desk.Send(t.Context(), lost.Application, "L", home))
}

func TestAPaperGoesOneWayAtATime(t *testing.T) {
	w := newWorld(t)
	c := w.packed("A", 1)
	w.must(w.desk.Choose(t.Context(), c.Application, "A", "ramallah", nil))
	w.state(c, delivery.PostOffered, "an office is to have it")
	if _, err := w.desk.Address(t.Context(), c.Application, "A"); !errors.Is(err, delivery.ErrNotFound) {
		t.Errorf("the address is kept: %v", err)
	}
	_, err := w.desk.CloseManifest(t.Context(), "transport", uuid.New())
	w.is(err, delivery.ErrNothing, "it is to be collected")
	w.must(w.desk.Have(t.Context(), transport, c.Code, uuid.New()))
	w.must(w.desk.Send(t.Context(), c.Application, "A", home))
	if back := w.one(c.Application); back.State != delivery.Offered || back.Office != "" || back.Until != nil {
		t.Fatalf("%+v", back)
	}
	w.is(w.desk.HandOver(t.Context(), transport, c.Code, seen(uuid.New())), delivery.ErrState, "it is to be posted")

	var both sync.WaitGroup
	for range 20 {
		both.Go(func() { w.must(w.desk.Choose(t.Context(), c.Application, "A", "ramallah", nil)) })
		both.Go(func() { w.must(w.desk.Send(t.Context(), c.Application, "A", home)) })
	}
	both.Wait()
	if office, post := w.one(c.Application).State == delivery.Asked, w.posting(c).State == delivery.PostAsked; office == post {
		t.Errorf("to be collected: %v, to be posted: %v", office, post)
	}
}

func TestAFileOfACarrierIsReadOrRefused(t *testing.T) {
	got, err := delivery.ReadTracking([]byte("\xef\xbb\xbfat,place,Item,event\r\n2026-11-22T09:00:00+02:00,Ramallah,RR473124829GB,EMI\r\n,,x,y\r\n"))
	if err != nil || len(got) != 2 || got[0].Event != "EMI" || !got[0].At.Equal(time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)) || !got[1].At.IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	for _, file := range []string{"", "item,event,at\n", "item,event\nx,y\n", "item,event,at\nx,y\n", "item,event,at\n\"x,y,z\n", "%PDF-1.7", "item,event,at\n" + strings.Repeat("a,b,c\n", delivery.MostTracked+1), strings.Repeat("x", delivery.MostTracking+1)} {
		if _, err := delivery.ReadTracking([]byte(file)); !errors.Is(err, delivery.ErrTracking) {
			t.Errorf("%.20q is read: %v", file, err)
		}
	}
}
