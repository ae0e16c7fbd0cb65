package portal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var _ portal.Delivery = (*delivery.Deliveries)(nil)

// deliveries keeps one paper that is collected.
type deliveries struct {
	paper   delivery.Collection
	posting delivery.Posting
	to      *delivery.Address
	emailed delivery.Emailed
	mailed  []string // addresses and languages
	used    int
	failure error
}

func (d *deliveries) Of(_ context.Context, application uuid.UUID) (out []delivery.Collection, _ error) {
	if d.paper.Application == application {
		out = append(out, d.paper)
	}
	return out, nil
}

func (d *deliveries) Choose(_ context.Context, _ uuid.UUID, _, office string, other *delivery.Other) error {
	if d.paper.State == delivery.Collected {
		return delivery.ErrState
	}
	d.paper.State, d.paper.Office, d.paper.Other = delivery.Asked, office, other
	return nil
}

// collecting is a world in which Layla may collect a licence.
func collecting(t *testing.T) (w *world, at string) {
	w = newWorld(t)
	v := w.issued(layla)
	w.person = &layla
	w.deliveries.paper = delivery.Collection{Paper: w.archive.found.ID, Number: "DL-2026-000001", Title: plan.Text{"ar": "رخصة قيادة", "en": "Driving licence"},
		Application: v.ID, Authority: "transport", Code: "ABCDEFGH2345", State: delivery.Offered, Since: today}
	return w, "/collect/" + w.archive.found.ID
}

func TestTheHolderChoosesAnOfficeAndShowsACodeThere(t *testing.T) {
	w, at := collecting(t)
	send := func(pairs ...string) visit {
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return w.do(t, r)
	}
	of := "/applications/" + w.deliveries.paper.Application.String()
	w.get(t, of).is(http.StatusOK).has(`a[href="`+at+`"]`, "Collect it at an office")
	if page := w.get(t, at).is(http.StatusOK).has("main", "Ramallah licensing office").has("main", "Sunday to Thursday"); page.Find("svg.qr").Length() > 0 {
		t.Error("there is a code before anything is ready")
	}
	send().is(http.StatusUnprocessableEntity).has(".error-summary", "Choose an office")
	send("office", "tokyo").is(http.StatusUnprocessableEntity)
	send("office", "nablus", "name", "Sara Issa").is(http.StatusUnprocessableEntity).has(".error-summary", "identity number")
	send("office", "nablus", "number", "403456789").is(http.StatusUnprocessableEntity).has(".error-summary", "Write the name")
	send("office", "nablus", "name", "Sara Issa", "number", "403456789").is(http.StatusSeeOther)
	if c := w.deliveries.paper; c.Office != "nablus" || c.Other == nil || c.Other.Name != "Sara Issa" || c.Other.Number != "403456789" {
		t.Fatalf("%+v", c)
	}
	w.get(t, at).is(http.StatusOK).has(".banner", "preparing").has("main", "Nablus licensing office").has("main", "Sara Issa").has("details", "Another office")
	until := today.AddDate(0, 0, 60)
	w.deliveries.paper.State, w.deliveries.paper.Until = delivery.Ready, &until
	page := w.get(t, at).is(http.StatusOK).has(".banner--success", "ready").has(".panel__reference", "ABCD-EFGH-2345").has("main", "Bring along")
	if page.Find("svg.qr path").Length() != 2 || page.Find("input[name=number][value='403456789']").Length() != 1 {
		t.Error("no picture of the code, or a change of the office forgets who else may collect it")
	}
	w.deliveries.paper.State = delivery.Returned
	w.get(t, at).is(http.StatusOK).has(".banner--warning", "Nobody came").has("main form", "At which office")
	w.deliveries.paper.State = delivery.Collected
	if page := w.get(t, at).is(http.StatusOK).has(".banner--success", "handed over"); page.Find("main form").Length() > 0 {
		t.Error("it can be asked for again")
	}
	send("office", "nablus").is(http.StatusSeeOther)
	w.person = &yusuf
	w.get(t, at).is(http.StatusNotFound)
	send("office", "ramallah").is(http.StatusNotFound)
}

func TestThePagesOfAPaperThatIsCollectedAreAccessibleAndFitTheirWindow(t *testing.T) {
	w, at := collecting(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	browser := uitest.Browser(t)
	for lang, width := range map[string]int{"ar": uitest.Phone, "en": uitest.Desktop, "kk": uitest.Phone} {
		for _, state := range []delivery.State{delivery.Offered, delivery.Asked, delivery.Ready, delivery.Returned} {
			t.Run(string(state)+"/"+lang, func(t *testing.T) {
				w.deliveries.paper.State, w.deliveries.paper.Office, w.deliveries.paper.Until = state, "ramallah", nil
				if state == delivery.Offered {
					w.deliveries.paper.Office = ""
				}
				uitest.Open(t, browser, server.URL+at+"?lang="+lang, width)
				uitest.NoSidewaysScroll(t, browser)
				uitest.NoViolations(t, browser)
				if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
					uitest.Screenshot(t, browser, filepath.Join(folder, "collect-"+string(state)+"-"+lang+".png"))
				}
			})
		}
	}
}

func TestAPaperThatIsInThePostIsNotAskedForAtAnOffice(t *testing.T) {
	w, at := collecting(t)
	c := w.deliveries.paper
	w.deliveries.posting = delivery.Posting{Paper: c.Paper, Number: c.Number, Title: c.Title, Application: c.Application, Authority: c.Authority, Since: today}
	for state, away := range map[delivery.PostState]bool{delivery.PostOffered: false, delivery.PostAsked: false, delivery.PostManifested: true, delivery.PostHanded: true,
		delivery.PostUnderway: true, delivery.PostDelivered: true, delivery.PostReturned: false, delivery.PostLost: false} {
		w.deliveries.posting.State = state
		page := w.get(t, at)
		if !away {
			page.is(http.StatusOK).has("main", "Ramallah licensing office")
			continue
		}
		page.is(http.StatusSeeOther)
		if page.to != "/post/"+c.Paper {
			t.Errorf("%s: the page of the office leads to %q", state, page.to)
		}
	}
}
