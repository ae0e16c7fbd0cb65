package portal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var _ portal.Wallets = (*credential.Office)(nil)

// wallets offers any paper, and knows one text that a holder shows.
type wallets struct {
	refused error
	offered []string
	shown   credential.Shown
}

const shownText = "eyJ.eyJ.c2ln~WyJz~"

func (f *wallets) Offer(_ context.Context, paper string) (credential.Offer, error) {
	f.offered = append(f.offered, paper)
	return credential.Offer{Link: "openid-credential-offer://?credential_offer=" + strings.Repeat("x", 400), Code: "204815", Until: today.Add(10 * time.Minute)}, f.refused
}

func (f *wallets) Verify(_ context.Context, text string) (credential.Shown, error) {
	if strings.TrimSpace(text) == shownText {
		return f.shown, nil
	}
	return credential.Shown{Verification: document.Verification{Status: document.Altered}}, nil
}

// holding is a world in which Layla has a licence for a wallet, and has shown its category.
func holding(t *testing.T) (w *world, paper string) {
	w = newWorld(t)
	v := w.issued(layla)
	w.archive.papers[v.ID][0].Wallet = true
	w.wallets.shown = credential.Shown{
		Verification: document.Verification{Status: document.Valid, Title: w.archive.found.Title, Authority: "transport", ValidUntil: "2031-11-22"},
		Type: credential.Type{Code: "driving-licence", Claims: []credential.TypeClaim{
			{Name: "category", Kind: "text", Label: plan.Text{"ar": "الفئة", "en": "Category"}}, {Name: "birthdate", Kind: "date", Label: plan.Text{"ar": "تاريخ الميلاد", "en": "Date of birth"}}}},
		Claims: []sdjwt.Claim{{Name: "category", Value: "B"}, {Name: "birthdate", Value: "1988-03-21"}, {Name: "points", Value: json.Number("12")}},
		Bound:  &sdjwt.Binding{Audience: "https://bank.example", IssuedAt: today.Unix()},
	}
	return w, w.archive.found.ID
}

func TestWhoHasAPaperOffersItToAWalletAndNobodyElseDoes(t *testing.T) {
	w, paper := holding(t)
	w.person = &layla
	v := w.archive.papers
	for of := range v {
		page := w.get(t, "/applications/"+of.String()).is(http.StatusOK)
		if page.Find(`a[href="/wallet/`+paper+`"]`).Length() != 1 {
			t.Error("the page of the application does not lead to the wallet")
		}
	}
	w.get(t, "/wallet/"+paper).is(http.StatusOK).has("h1", "Add the document to a wallet")
	if len(w.wallets.offered) != 0 {
		t.Error("an offer was made by looking at the page")
	}
	post := func() visit { return w.do(t, httptest.NewRequest(http.MethodPost, "/wallet/"+paper, nil)) }
	page := post().is(http.StatusOK).has(".panel__reference", "204815")
	if page.Find("svg.qr path").Length() != 2 || !strings.HasPrefix(page.Find(`main a.button`).AttrOr("href", ""), "openid-credential-offer://") {
		t.Errorf("%s", page.body)
	}
	w.wallets.refused = credential.ErrTooMany
	post().is(http.StatusTooManyRequests).has(".banner", "Wait ten minutes")
	w.wallets.refused = credential.ErrNotValid
	post().is(http.StatusConflict).has(".banner", "not valid now")
	before := len(w.wallets.offered)
	w.person = &yusuf
	post().is(http.StatusNotFound)
	w.get(t, "/wallet/"+uuid.NewString()).is(http.StatusNotFound)
	if len(w.wallets.offered) != before {
		t.Error("another's paper was offered")
	}
}

func TestAnybodyChecksWhatAHolderShowsAndSeesNothingMore(t *testing.T) {
	w, _ := holding(t)
	paste := func(text string) visit {
		return w.do(t, multipartRequest("/verify", map[string][]string{"shown": {text}}, nil))
	}
	page := paste(shownText+"\n").is(http.StatusOK).has("h1", "real and valid").has("main", "Category").has("main", "21 March 1988").has("main", "https://bank.example")
	if body := page.Find("main").Text(); strings.Contains(body, "DL-2026-000001") || strings.Contains(body, "Issued on") {
		t.Errorf("what the holder has not shown is shown: %s", body)
	}
	paste("eyJ.other").is(http.StatusOK).has("h1", "was changed")
	paste("  ").is(http.StatusUnprocessableEntity).has("#shown-error", "Paste the text")
	w.do(t, multipartRequest("/verify", nil, map[string]file{"file": {"shown.txt", []byte(shownText)}})).is(http.StatusOK).has("main", "21 March 1988")
	w.wallets.shown.Bound, w.wallets.shown.Status = nil, document.Suspended
	paste(shownText).has(".banner--warning", "not valid for now").has("main", "has not signed this text")
	r := multipartRequest("/verify", map[string][]string{"shown": {shownText}}, nil)
	r.Header.Set("Accept", "application/json")
	var said struct {
		Status string
		Number string
		Claims map[string]any
	}
	if v := w.do(t, r); json.Unmarshal([]byte(v.body), &said) != nil || said.Status != "suspended" || said.Claims["category"] != "B" || said.Number != "" {
		t.Errorf("%s", v.body)
	}
}

func TestThePagesOfWalletsAreAccessibleAndFitTheirWindow(t *testing.T) {
	w, paper := holding(t)
	w.person = &layla
	server := httptest.NewServer(w.handler)
	defer server.Close()
	browser := uitest.Browser(t)
	for lang, width := range map[string]int{"ar": uitest.Phone, "en": uitest.Desktop, "kk": uitest.Phone} {
		for name, path := range map[string]string{"wallet": "/wallet/" + paper, "verify": "/verify"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, server.URL+path+"?lang="+lang, width)
				look(t, browser, name+"-"+lang)
				if name == "wallet" {
					uitest.Do(t, browser, chromedp.Click("main form button"), chromedp.WaitVisible("svg.qr"))
				} else {
					uitest.Do(t, browser, chromedp.SetValue("textarea[name=shown]", shownText),
						chromedp.Submit("textarea[name=shown]"), chromedp.WaitVisible(".panel__title"))
				}
				look(t, browser, name+"-"+lang+"-then")
			})
		}
	}
}

// look examines the page that is open; with DIWAN_SCREENSHOTS=folder its picture is kept.
func look(t *testing.T, browser context.Context, name string) {
	t.Helper()
	uitest.NoSidewaysScroll(t, browser)
	uitest.NoViolations(t, browser)
	if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
		uitest.Screenshot(t, browser, filepath.Join(folder, name+".png"))
	}
}
