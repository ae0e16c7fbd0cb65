package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	postHref     = regexp.MustCompile(`/post/([A-Z2-7]{26})`)
	manifestHref = regexp.MustCompile(`/desk/post/manifests/transport-[0-9-]+`)
)

// Layla wants her licence by post. Samer packs it and hands it to the carrier, who brings it back, and brings it to another address then; what the carrier's
// system tells late and twice turns nothing back.
func TestALicenceGoesByPostComesBackAndGoesAgain(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	j := &journey{key: uuid.NewString()}
	if err := j.drive(ctx, p.people(t)); err != nil {
		t.Fatal(err)
	}
	samer, layla, yusuf := newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"officer.transport": samer, "citizen": layla, "citizen2": yusuf} {
		who.signIn(person)
	}
	carrier := p.system(t, "carrier.transport")
	at := postHref.FindString(layla.page("/applications/"+j.id, http.StatusOK, "أرسلوها إليّ بالبريد").body)
	paper := strings.TrimPrefix(at, "/post/")
	yusuf.page(at, http.StatusNotFound)
	pack := "/desk/post/items/" + paper
	yusuf.page(pack, http.StatusForbidden)
	tell := func(status int, item, event string, when time.Time) {
		t.Helper()
		got, err := carrier.call(http.MethodPost, "/api/v1/tracking", "", map[string]any{"events": []map[string]any{{"item": item, "event": event, "at": when}}}, nil)
		if got != status {
			t.Errorf("%s is answered %d, not %d: %v", event, got, status, err)
		}
	}
	goes := func(item, street string) string {
		t.Helper()
		layla.say(at, http.StatusOK, "تُجهَّز وثيقتك للإرسال", "name", "ليلى عيسى", "street", street, "town", "رام الله", "phone", "٠٥٩٩١٢٣٤٥٦")
		samer.page(pack, http.StatusOK, street, "0599123456")
		samer.say(pack, http.StatusOK, "أغلق كشف الإرسال", "_label", item)
		manifest := manifestHref.FindString(samer.say("/desk/post/close", http.StatusOK, item, "_authority", "transport").body)
		samer.page(manifest+"/manifest.csv", http.StatusOK, item, street)
		tell(http.StatusOK, item, "EMA", time.Now().Add(-time.Minute))
		samer.say(manifest, http.StatusOK, "سُلّمت إلى الناقل")
		layla.page(at, http.StatusOK, item, "سُلّمت إلى الناقل")
		return manifest
	}
	tell(http.StatusUnprocessableEntity, "RR473124829GB", "delivered", time.Now())
	first := goes("RR473124829GB", "شارع الإرسال 12")
	if !strings.HasSuffix(first, "-1") {
		t.Errorf("the first of the day is %s", first)
	}
	back := time.Now()
	tell(http.StatusOK, "RR473124829GB", "returned", back)
	tell(http.StatusOK, "RR473124829GB", "EMG", back.Add(-30*time.Second))
	layla.page(at, http.StatusOK, "عادت وثيقتك دون تسليم", "شارع الإرسال 12")
	layla.page("/messages", http.StatusOK, "عادت وثيقتك من البريد")
	if again := goes("RR000000005PS", "شارع ركب 7"); !strings.HasSuffix(again, "-2") {
		t.Errorf("the second of the day is %s", again)
	}
	for range 2 {
		tell(http.StatusOK, "RR000000005PS", "EMI", time.Now())
		tell(http.StatusOK, "RR473124829GB", "lost", time.Now()) // of an envelope that lies at the authority
	}
	layla.page(at, http.StatusOK, "وصلت وثيقتك")
	collect := "/collect/" + paper
	layla.say(collect, http.StatusOK, "", "office", "ramallah")
	layla.page(at, http.StatusOK, "وصلت وثيقتك") // and no office has it ready

	var seen struct {
		Documents []struct {
			Delivery []struct{ Channel, State, Item string }
		}
	}
	body := json.RawMessage{}
	if status, err := p.as(t, "citizen").call(http.MethodGet, "/api/v1/applications/"+j.id, "", nil, &body); status != http.StatusOK || json.Unmarshal(body, &seen) != nil {
		t.Fatalf("%d, %v", status, err)
	}
	if ways := seen.Documents[0].Delivery; len(ways) != 3 || ways[0].State != "offered" || ways[1].State != "delivered" || ways[1].Item != "RR000000005PS" {
		t.Errorf("the API says %+v", ways)
	}
	conn := p.database(t)
	if n := number(t, conn, "SELECT count(*) FROM post WHERE position(convert_to($1, 'UTF8') in address) > 0", "رام الله"); n != 0 {
		t.Error("the address lies in clear")
	}
	for _, action := range []string{"post-read", "post-label", "manifest-closed", "manifest-read", "manifest-handed"} {
		if n := number(t, conn, "SELECT count(*) FROM audit WHERE action = $1", action); n == 0 {
			t.Errorf("%s is not in the audit", action)
		}
	}
}
