package portal_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/release"
)

// drafted is a world with one draft of the licence for Layla.
func drafted(t *testing.T, officer bool) (*world, string) {
	w := newWorld(t)
	d := &application.Draft{ID: uuid.New(), Service: licence, Applicant: application.Person{ID: layla.ID, Facts: layla.Facts()}, Name: layla.Name,
		Officer: officer, Form: map[string]any{"licenceNumber": "1234567"}, MadeAt: today, Until: today.Add(30 * 24 * time.Hour)}
	w.book.drafts, w.book.clerk = append(w.book.drafts, d), yusuf.ID
	live, _ := w.Service(licence)
	w.book.counter = []*release.Live{live}
	return w, "/drafts/" + d.ID.String()
}

func TestAnOfferIsLookedThroughAndSentByThePersonAlone(t *testing.T) {
	w, path := drafted(t, false)
	w.get(t, path).is(http.StatusSeeOther)
	w.person = &yusuf
	w.get(t, path).is(http.StatusNotFound)
	w.get(t, path+"/apply").is(http.StatusNotFound)
	w.person = &layla
	w.get(t, "/applications").is(http.StatusOK).has("h2", "Waiting for your consent").has(`a[href="`+path+`"]`, "Driving licence renewal")
	w.get(t, path).is(http.StatusOK).has("main", "Nothing is sent before").has(`a[href="`+path+`/apply"]`, "agree").has("form button", "do not want")
	form := w.get(t, path+"/apply").is(http.StatusOK)
	if got := form.Find("#licenceNumber").AttrOr("value", ""); got != "1234567" {
		t.Errorf("filled in with %q", got)
	}
	sent := form.send(renewal, "").is(http.StatusOK).send(nil, "").is(http.StatusSeeOther)
	if len(w.book.all) != 1 || w.book.all[0].Applicant != layla.ID || sent.to != "/applications/"+w.book.all[0].ID.String()+"?sent=1" {
		t.Errorf("leads to %s", sent.to)
	}
	w.get(t, path).is(http.StatusSeeOther)
}

func TestAnOfferIsDeclinedWithOneButton(t *testing.T) {
	w, path := drafted(t, false)
	w.person = &layla
	v := w.get(t, path).send(nil, "").is(http.StatusSeeOther)
	w.get(t, v.to).is(http.StatusOK).has(".banner", "Nothing was sent").hasNot(`a[href="` + path + `"]`)
}

func TestAnOfficerSeesForWhomTheFormIsAndIsGivenTheReference(t *testing.T) {
	w, path := drafted(t, true)
	w.person = &layla
	w.get(t, path+"/apply").is(http.StatusNotFound)
	w.person = &yusuf
	form := w.get(t, path+"/apply").is(http.StatusOK).has(".banner", "Layla Al-Najjar, national number 401234567")
	check := form.send(renewal, "").is(http.StatusOK).has(".banner", "401234567")
	if to := check.send(nil, "").is(http.StatusSeeOther).to; to != path+"/sent" {
		t.Errorf("leads to %s", to)
	}
	w.get(t, path+"/sent").is(http.StatusOK).has("main", w.book.all[0].Reference)
	if w.book.all[0].Applicant != layla.ID {
		t.Error("the officer is the applicant")
	}
}

func TestWhoHoldsTheRoleNoMoreFillsInForNobody(t *testing.T) {
	w, path := drafted(t, true)
	w.person = &yusuf
	check := w.get(t, path+"/apply").send(renewal, "").is(http.StatusOK)
	w.book.counter = nil
	w.get(t, path+"/apply").is(http.StatusNotFound)
	check.send(nil, "").is(http.StatusNotFound)
	if len(w.book.all) > 0 {
		t.Error("it was sent")
	}
}
