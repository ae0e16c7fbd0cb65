package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// token is that of the only link.
const token = "a-token"

func (d *deliveries) LinksOf(_ context.Context, application uuid.UUID) (out []delivery.Emailed, _ error) {
	if d.emailed.Application == application && d.emailed.Paper != "" {
		out = append(out, d.emailed)
	}
	return out, nil
}

func (d *deliveries) AskLink(_ context.Context, _ uuid.UUID, _ string, _ uuid.UUID, to, language string) error {
	if _, ok := delivery.Mailbox(to); !ok {
		return delivery.ErrMailbox
	}
	if d.failure == nil {
		d.emailed.State, d.mailed = delivery.LinkAsked, append(d.mailed, to+" "+language)
	}
	return d.failure
}

func (d *deliveries) Link(_ context.Context, t string) (*delivery.Linked, error) {
	if t != token {
		return nil, delivery.ErrNotFound
	}
	return &delivery.Linked{Paper: d.emailed.Paper, Title: d.emailed.Title, Application: d.emailed.Application, Left: delivery.MostDownloads - d.used, Until: today}, d.failure
}

func (d *deliveries) Used(context.Context, string) error {
	d.used++
	return d.failure
}

// mailing is a world in which Layla may have a link to a licence sent.
func mailing(t *testing.T) (w *world, at string) {
	w = newWorld(t)
	v := w.issued(layla)
	w.person = &layla
	w.deliveries.emailed = delivery.Emailed{Paper: w.archive.found.ID, Number: "DL-2026-000001", Title: plan.Text{"ar": "رخصة قيادة", "en": "Driving licence"},
		Application: v.ID, Authority: "transport", State: delivery.LinkOffered, Since: today}
	return w, "/email/" + w.archive.found.ID
}

func (w *world) post(t *testing.T, at string, pairs ...string) visit {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, at, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(t, r)
}

func TestTheHolderAsksForALinkByEmail(t *testing.T) {
	w, at := mailing(t)
	w.get(t, "/applications/"+w.deliveries.emailed.Application.String()).is(http.StatusOK).has(`a[href="`+at+`"]`, "link sent by e-mail")
	w.get(t, at).is(http.StatusOK).has("main form", "E-mail address").has("main form button", "Send the link").
		has("main .lead", fmt.Sprintf("%d days", delivery.LinkDays)).has("main .lead", fmt.Sprintf("%d downloads", delivery.MostDownloads))
	w.post(t, at, "address", "layla").is(http.StatusUnprocessableEntity).has(".error-summary", "Write an e-mail address")
	w.post(t, at, "address", "layla@example.com").is(http.StatusSeeOther)
	if len(w.deliveries.mailed) != 1 || w.deliveries.mailed[0] != "layla@example.com en" {
		t.Fatalf("%v", w.deliveries.mailed)
	}
	if page := w.get(t, at).is(http.StatusOK).has(".banner", "being sent"); strings.Contains(page.body, "value=\"layla@") {
		t.Error("the page remembers the address")
	}
	w.deliveries.failure = delivery.ErrTooOften
	w.post(t, at, "address", "layla@example.com").is(http.StatusTooManyRequests).has(".error-summary", fmt.Sprintf("%d times within a day", delivery.MostLinksADay))
	w.deliveries.failure = delivery.ErrPaper
	w.post(t, at, "address", "layla@example.com").is(http.StatusSeeOther)
	w.deliveries.emailed = delivery.Emailed{} // where there is no mail server
	w.get(t, at).is(http.StatusNotFound)
}

func TestAnApplicationThatWasErasedAsksForNoAddress(t *testing.T) {
	for name, of := range map[string]func(*testing.T) (*world, string){"post": posting, "email": mailing} {
		w, at := of(t)
		v := w.book.all[0]
		w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).has(`main a[href="`+at+`"]`, "")
		v.ErasedAt, v.ErasedBy = &today, "5 years"
		if page := w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).has("main", "Driving licence"); page.Find(`main a[href="`+at+`"]`).Length() > 0 {
			t.Errorf("%s is offered: the key under which the address would lie is no more", name)
		}
	}
}

func TestALinkShowsAPageAndGivesTheFileOnceItIsPressed(t *testing.T) {
	w, _ := mailing(t)
	w.person = nil
	at := "/link/" + token
	for range 3 {
		page := w.get(t, at).is(http.StatusOK).has("main", "Driving licence").has("main form[method=post] button", "Download")
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive"} {
			if got := page.head.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		if strings.Contains(page.body, "DL-2026-000001") || strings.Contains(page.body, w.deliveries.emailed.Application.String()) || strings.Contains(page.Find(`a[href^="/sign-in"]`).AttrOr("href", ""), token) {
			t.Errorf("the page says too much:\n%s", page.body)
		}
	}
	if w.deliveries.used != 0 {
		t.Error("who only looks uses it up")
	}
	if got := w.post(t, at).is(http.StatusOK).head.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || w.deliveries.used != 1 {
		t.Errorf("%q, used %d times", got, w.deliveries.used)
	}
	unknown := w.get(t, "/link/other").is(http.StatusNotFound).has(".banner", "opens nothing")
	w.deliveries.failure = delivery.ErrOver
	over := w.get(t, at).is(http.StatusGone)
	if over.Find("main").Text() != unknown.Find("main").Text() {
		t.Error("a link that is over reads otherwise than one that never was")
	}
	w.post(t, at).is(http.StatusGone)
	w.deliveries.failure = delivery.ErrPaper
	w.get(t, at).is(http.StatusGone).has(".banner", "not valid now")
	w.post(t, at).is(http.StatusGone)
	if w.deliveries.used != 1 {
		t.Errorf("what gave nothing was counted: %d", w.deliveries.used)
	}
}
