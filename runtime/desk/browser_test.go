package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	s := serve(t)
	plain := s.add("D7K2-94QM", licensing)
	corrected := s.add("M3N4-77PQ", licensing)
	s.corrected(corrected)
	late := s.add("B2C3-55XY", licensing)
	over := now.Add(-25 * time.Hour)
	late.Tasks[0].Overdue, late.Tasks[0].DueAt = true, &over
	collecting(s)
	s.counter.paper.State = delivery.Ready
	posting(s)
	s.counter.posting.Item = "RR473124829GB"
	if _, err := s.counter.CloseManifest(t.Context(), "transport", leila.ID); err != nil {
		t.Fatal(err)
	}
	s.counter.posting.State = delivery.PostAsked
	done := s.ended("K9K8-21AB")
	s.holds = []document.Hold{{Application: done.ID, Paper: "abc234", Number: "DL-2026-000001", Proposal: proposal.Proposal{ID: hiba.ID, Kind: document.Holding, Authority: "transport",
		Reason: "الصورة ليست لصاحب الرخصة", ProposedBy: hiba.ID, ProposedAt: now, Status: proposal.Proposed}}}
	done.Timeline = append(done.Timeline, application.Event{At: now, Kind: "done", Step: "review", Outcome: "approve", Actor: "officer"},
		application.Event{At: now, Kind: "issued", Step: "card", Outcome: "driving-licence", Actor: "system"}, application.Event{At: now, Kind: "ended", Outcome: "issued", Actor: "system"})
	stuck := s.add("Q5R6-10ZZ", operator)
	disputed := &payment.Incident{ID: rana.ID, Application: stuck.ID, Authority: "transport", Kind: payment.DisputeLost, Amount: 27000, Currency: "ILS", Failure: "fraudulent", OpenedAt: now,
		Forgoing: &proposal.Proposal{ID: rana.ID, Kind: payment.Forgoing, Authority: "transport", Reason: "الشركة صُفّيت ولا مال لها", ProposedBy: hiba.ID, ProposedAt: now, Status: proposal.Proposed}}
	lost := *disputed
	lost.ID, lost.Forgoing = hiba.ID, nil
	s.incidents = []*payment.Incident{disputed, &lost}
	at := now.Add(-49 * time.Hour)
	s.payments = []payment.View{{ID: rana.ID, Amount: 27000, Currency: "ILS", Status: payment.Paid, PaidAt: &at, Disputed: payment.Gone, Lines: []activity.Line{{Fee: "renewal", Amount: 27000}}}}
	stuck.Tasks[0].Kind, stuck.Tasks[0].Actions, stuck.Tasks[0].Comment, stuck.Tasks[0].DueAt = "incident", []string{"retry"}, nil, nil

	both := person(leila.ID.String(), "ليلى منصور", "Leila Mansour", licensing, operator)
	server := httptest.NewServer(as(both, s.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	decide := path(plain) + "/tasks/" + plain.Tasks[0].ID.String() + "/decide"
	form := s.add("FORM-2345", licensing)
	form.Tasks[0].Node, form.Tasks[0].Step, form.Tasks[0].Form = "visit", "visit", true
	panel := s.add("PANE-2345", licensing)
	panel.Tasks[0].Panel, panel.Tasks[0].Voted = &application.Panel{Members: 3, Quorum: 2, Minutes: true}, 1
	panel.Votes = []application.Vote{{Node: "review", Visit: 1, Actor: hiba.ID, At: now}}
	panel.Anytime = []string{application.Extend}
	s.delegated = []identity.Delegation{{ID: hiba.ID, Capacity: licensing, From: leila.ID, To: hiba.ID, Since: now, Until: now.Add(48 * time.Hour)}}
	for name, address := range map[string]string{
		"form": path(form) + "?", "panel": path(panel) + "?", "absence": "/desk/absence?", "holds": "/desk/papers?", "collects": "/desk/collect?", "collect": "/desk/collect/ABCDEFGH2345?", "posts": "/desk/post?", "post": "/desk/post/items/abc234?", "manifest": "/desk/post/manifests/transport-2026-11-22-1?", "own": "/test/post?action=approve&to=" + path(form) + "/tasks/" + form.Tasks[0].ID.String() + "/decide&",
		"money": "/desk/money?", "queue": "/desk?done=decided&of=D7K2-94QM&", "none": "/desk?reference=ZZZZ&", "corrected": path(corrected) + "?", "ended": path(done) + "?", "incident": path(stuck) + "?",
		"nothing": "/test/post?to=" + decide + "&", "confirm": "/test/post?action=refuse&to=" + decide + "&", "conflict": "/test/post?revision=7&action=sendBack&to=" + decide + "&",
	} {
		for _, lang := range []string{"ar", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, server.URL+address+"lang="+lang, uitest.Desktop)
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
}

// as makes one officer of every visitor; under /test/post a GET becomes the POST of a decision.
func as(who *identity.Person, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(identity.WithPerson(r.Context(), who))
		if r.URL.Path == "/test/post" {
			q := r.URL.Query()
			form := url.Values{"_revision": {"1"}, "_key": {"k" + q.Get("action")}, "_action": {q.Get("action")}, "_comment": {"التقرير الطبي أقدم من ثلاثة أشهر.\nأرفق تقريرًا أحدث."}}
			if revision := q.Get("revision"); revision != "" {
				form.Set("_revision", revision)
			}
			post, err := http.NewRequestWithContext(r.Context(), "POST", q.Get("to")+"?lang="+q.Get("lang"), strings.NewReader(form.Encode()))
			if err != nil {
				panic(err)
			}
			post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r = post
		}
		next.ServeHTTP(w, r)
	})
}
