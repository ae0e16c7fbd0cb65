package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	collectHref = regexp.MustCompile(`/collect/([A-Z2-7]{26})`)
	collectCode = regexp.MustCompile(`panel__reference"><bdi dir="ltr">([A-Z2-7-]+)<`)
	holdHref    = regexp.MustCompile(`/desk/applications/[0-9a-f-]{36}/holds/[0-9a-f-]{36}`)
)

// Layla has her licence printed and collects it at Ramallah; two officers suspend it while it lies there, so that nobody is given it, and let it hold
// again. It is handed over once, and strangers see how it stands all the while.
func TestALicenceIsCollectedAtAnOfficeUnlessItIsSuspended(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	with := p.people(t)
	j := &journey{key: uuid.NewString()}
	if err := j.drive(ctx, with); err != nil {
		t.Fatal(err)
	}
	samer, nadia, layla, yusuf, stranger := newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"officer.transport": samer, "officer2.transport": nadia, "citizen": layla, "citizen2": yusuf} {
		who.signIn(person)
	}
	found := collectHref.FindStringSubmatch(layla.page("/applications/"+j.id, http.StatusOK, "استلمها من مكتب").body)
	at, paper := found[0], found[1]
	yusuf.page(at, http.StatusNotFound)
	layla.page(at, http.StatusOK, "مكتب ترخيص رام الله", "مكتب ترخيص الخليل")
	layla.say(at, http.StatusOK, "المكتب يجهّز وثيقتك", "office", "ramallah", "name", "سارة عيسى", "number", "403456789")
	list := samer.page("/desk/collect?office=ramallah", http.StatusOK, "تُجهَّز")
	desk := regexp.MustCompile(`/desk/collect/[A-Z2-7]{12}`).FindString(list.body)
	yusuf.page(desk, http.StatusForbidden)
	samer.say(desk, http.StatusOK, "أي إثبات هوية", "_action", "have")
	code := collectCode.FindStringSubmatch(layla.page(at, http.StatusOK, "وثيقتك جاهزة", "تُحفظ لك حتى").body)[1]
	if !strings.HasSuffix(desk, strings.ReplaceAll(code, "-", "")) {
		t.Fatalf("the applicant shows %s for %s", code, desk)
	}
	layla.page("/messages", http.StatusOK, "وثيقتك جاهزة للاستلام")
	nadia.say("/desk/collect/find", http.StatusOK, "ليلى", "_find", strings.ToLower(code))

	// While it lies there it is suspended: by two officers, and never by one.
	of := "/desk/applications/" + j.id
	hold := func(what, reason, then string, status string) {
		t.Helper()
		asked := samer.say(of+"/holds", http.StatusOK, reason, "_paper", paper, "_action", what, "_reason", reason)
		href := holdHref.FindString(asked.body)
		samer.say(href, http.StatusForbidden, "", "_action", "approve")
		nadia.page("/desk/papers", http.StatusOK, reason)
		nadia.say(href, http.StatusOK, then, "_action", "approve")
		if page := stranger.page("/verify/"+paper, http.StatusOK, status); strings.Contains(page.body, reason) {
			t.Error("a stranger reads why")
		}
	}
	hold("paper-hold", "الصورة ليست لصاحبة الرخصة", "رفع الوقف", "موقوفة")
	layla.page("/applications/"+j.id, http.StatusOK, "الصورة ليست لصاحبة الرخصة")
	nadia.say(desk, http.StatusConflict, "غير سارية الآن", "_action", "hand", "_who", "other", "_proof", "identity-card", "_last", "6789")
	hold("paper-release", "تبيّن أنها صورتها", "وقف هذه الوثيقة", "سارية")

	nadia.say(desk, http.StatusOK, "من سمّاه صاحب الوثيقة", "_action", "hand", "_who", "other", "_proof", "identity-card", "_last", "6789")
	samer.say(desk, http.StatusConflict, "سبقك غيرك", "_action", "hand", "_who", "holder", "_proof", "identity-card", "_last", "4567")
	layla.page(at, http.StatusOK, "سُلّمت وثيقتك")
	conn := p.database(t)
	if n := number(t, conn, "SELECT count(*) FROM collection_event WHERE state = 'collected' AND detail->>'last' = '6789'"); n != 1 {
		t.Errorf("handed over %d times", n)
	}
	if n := number(t, conn, "SELECT count(*) FROM collection WHERE other IS NOT NULL"); n != 0 {
		t.Error("who came is not forgotten")
	}
	for _, action := range []string{"paper-hold-proposed", "paper-hold-decided", "collection-have", "collection-hand"} {
		if n := number(t, conn, "SELECT count(*) FROM audit WHERE action = $1", action); n == 0 {
			t.Errorf("%s is not in the audit", action)
		}
	}
}
