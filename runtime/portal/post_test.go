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
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func (d *deliveries) PostOf(_ context.Context, application uuid.UUID) (out []delivery.Posting, _ error) {
	if d.posting.Application == application && d.posting.Paper != "" {
		out = append(out, d.posting)
	}
	return out, nil
}

func (d *deliveries) Address(context.Context, uuid.UUID, string) (delivery.Address, error) {
	if d.to == nil {
		return delivery.Address{}, delivery.ErrNotFound
	}
	return *d.to, nil
}

func (d *deliveries) Send(_ context.Context, _ uuid.UUID, _ string, to delivery.Address) error {
	if d.failure != nil {
		return d.failure
	}
	d.posting.State, d.to = delivery.PostAsked, &to
	return nil
}

// posting is a world in which Layla may have a licence posted.
func posting(t *testing.T) (w *world, at string) {
	w = newWorld(t)
	v := w.issued(layla)
	w.person = &layla
	w.deliveries.posting = delivery.Posting{Paper: w.archive.found.ID, Number: "DL-2026-000001", Title: plan.Text{"ar": "رخصة قيادة", "en": "Driving licence"},
		Application: v.ID, Authority: "transport", State: delivery.PostOffered, Since: today}
	return w, "/post/" + w.archive.found.ID
}

func TestTheHolderGivesAnAddressAndSeesWhereThePaperIs(t *testing.T) {
	w, at := posting(t)
	send := func(pairs ...string) visit {
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return w.do(t, r)
	}
	w.get(t, "/applications/"+w.deliveries.posting.Application.String()).is(http.StatusOK).has(`a[href="`+at+`"]`, "Have it posted")
	w.get(t, at).is(http.StatusOK).has("main .lead", "where it is to be brought").has("main form", "Street and building").has("main form button", "Send it to this address")
	send("name", "Layla Issa", "postcode", "P6;").is(http.StatusUnprocessableEntity).has(".error-summary", "Write the street").has(".error-summary", "Write the town").has(".error-summary", "postcode in digits").has("main form", "Street")
	good := []string{"name", "Layla Issa", "street", "Irsal Street 12", "town", "Ramallah", "postcode", "p6000000", "phone", "٠٥٩٩١٢٣٤٥٦"}
	send(good...).is(http.StatusSeeOther)
	if to := w.deliveries.to; to == nil || to.Street != "Irsal Street 12" || to.Postcode != "P6000000" || to.Phone != "0599123456" {
		t.Fatalf("%+v", to)
	}
	w.get(t, at).is(http.StatusOK).has(".banner", "being packed").has("main", "Irsal Street 12").has("details", "Another address").has(".timeline [aria-current=step]", "being packed")
	w.deliveries.posting.State, w.deliveries.posting.Item, w.deliveries.posting.Manifest = delivery.PostUnderway, "RR473124829GB", "transport-2026-11-22-1"
	if page := w.get(t, at).is(http.StatusOK).has(".banner", "On its way").has("main", "RR473124829GB").has(".timeline [aria-current=step]", "On its way"); page.Find("main form").Length() > 0 {
		t.Error("the address can be changed")
	}
	w.deliveries.failure = delivery.ErrState
	send(good...).is(http.StatusSeeOther)
	w.deliveries.failure = delivery.ErrPaper
	if got := send(good...).is(http.StatusSeeOther).head.Get("Location"); !strings.HasPrefix(got, "/applications/") {
		t.Errorf("who cannot have it posted is led to %s", got)
	}
	w.deliveries.failure = nil
	w.deliveries.posting.State = delivery.PostDelivered
	w.get(t, at).is(http.StatusOK).has(".banner--success", "Delivered")
	w.deliveries.posting.State, w.deliveries.posting.Returns = delivery.PostReturned, 1
	if page := w.get(t, at).is(http.StatusOK).has(".banner--warning", "came back").has("main form", "Street"); page.Find("input[name=street]").AttrOr("value", "") != "Irsal Street 12" {
		t.Error("the address is to be typed again")
	} else if page.Find("main a[href^='/collect/']").Length() > 0 {
		t.Error("an office is offered where there is none")
	}
	w.deliveries.paper = delivery.Collection{Paper: w.deliveries.posting.Paper, Application: w.deliveries.posting.Application}
	w.get(t, at).is(http.StatusOK).has(`main a[href="`+strings.Replace(at, "post", "collect", 1)+`"]`, "Collect it at an office")
	w.deliveries.posting.Returns = delivery.MostReturns
	if page := w.get(t, at).is(http.StatusOK).has(".banner--warning", "not posted any more"); page.Find("main form").Length() > 0 {
		t.Error("it can be asked for again")
	}
	w.person = &yusuf
	w.get(t, at).is(http.StatusNotFound)
	send(good...).is(http.StatusNotFound)
}

func TestThePagesOfAPaperThatGoesByPostAreAccessibleAndFitTheirWindow(t *testing.T) {
	w, at := posting(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	browser := uitest.Browser(t)
	for lang, width := range map[string]int{"ar": uitest.Phone, "en": uitest.Desktop, "kk": uitest.Phone} {
		for _, state := range []delivery.PostState{delivery.PostOffered, delivery.PostAsked, delivery.PostUnderway, delivery.PostReturned} {
			t.Run(string(state)+"/"+lang, func(t *testing.T) {
				w.deliveries.posting.State, w.deliveries.posting.Item, w.deliveries.posting.Manifest = state, "RR473124829GB", "transport-2026-11-22-1"
				w.deliveries.to = &delivery.Address{Name: "ليلى عيسى", Street: "شارع الإرسال 12، قرب الدوار", Town: "رام الله", Postcode: "P6000000", Phone: "0599123456"}
				if state == delivery.PostOffered {
					w.deliveries.to = nil
				}
				uitest.Open(t, browser, server.URL+at+"?lang="+lang, width)
				uitest.NoSidewaysScroll(t, browser)
				uitest.NoViolations(t, browser)
				if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
					uitest.Screenshot(t, browser, filepath.Join(folder, "post-"+string(state)+"-"+lang+".png"))
				}
			})
		}
	}
}

func TestAPaperThatIsNotDownloadedHasNoDownload(t *testing.T) {
	w, _ := posting(t)
	of := w.deliveries.posting.Application
	at := "/documents/" + w.archive.found.ID
	w.get(t, "/applications/"+of.String()).is(http.StatusOK).has(`a[href="`+at+`"]`, "Download")
	w.get(t, at).is(http.StatusOK)
	w.archive.papers[of][0].Withheld = true
	if page := w.get(t, "/applications/"+of.String()).is(http.StatusOK).has(".document", "Have it posted"); page.Find(`a[href="`+at+`"]`).Length() > 0 {
		t.Error("a download is offered that is refused")
	}
	w.get(t, at).is(http.StatusNotFound)
}
