package review_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	w := serve(t)
	ch, proposal := w.proposed()
	for _, said := range []change.Remark{
		{Path: tariff, Place: []string{"line", "8"}, Text: "هذا المبلغ أقل مما قرره المجلس."}, {Path: tariff, Text: "Where does this amount stand in the decision?"}, {Text: "لا بد من إعلام المكاتب قبل شهر."},
	} {
		if _, err := w.changes.Say(t.Context(), w.nour, ch.Number, said); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(as(w.rami, w.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	look := func(name, address string) {
		for _, lang := range []string{"ar", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, server.URL+address+"?"+url.Values{"lang": {lang}}.Encode(), uitest.Desktop)
				uitest.Eval[bool](t, browser, `(document.querySelectorAll('.text-file').forEach((d) => { d.open = true }), true)`)
				for _, width := range []int{uitest.Desktop, uitest.Phone} {
					uitest.Resize(t, browser, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, lang, width)))
					}
				}
			})
		}
	}
	look("review", at(ch)+"/review")
	if _, err := w.changes.Publish(t.Context(), ch.Number, proposal.Digest); err != nil {
		t.Fatal(err)
	}
	look("history", "/designer/services/"+renewal+"/history")
	w.open = []uuid.UUID{{1}, {2}, {3}}
	look("move-begin", movePage)
	if _, err := w.moves.Propose(t.Context(), w.omar.ID, renewal); err != nil {
		t.Fatal(err)
	}
	w.works()
	look("move", movePage)
}
