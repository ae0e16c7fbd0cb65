package portal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/portal"
)

// history is what releases have changed of every service of a test.
type history struct {
	list  []portal.Changed
	older int64
	slow  bool // it is not known at once
}

func (h *history) Of(ctx context.Context, _ string, below int64) ([]portal.Changed, int64, error) {
	if h.slow {
		<-ctx.Done()
		return nil, 0, ctx.Err()
	}
	if below != 0 {
		return h.list[len(h.list)-1:], 0, nil
	}
	return h.list, h.older, nil
}

// changed are two releases: one of a fee by a formula and of what is promised, and the one with which the service began.
func changed() []portal.Changed {
	return []portal.Changed{
		{LiveFrom: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), Basis: "قرار مجلس الوزراء رقم 12 لسنة 2026", Left: 3, Items: []portal.ChangedItem{
			{Concern: "money", Name: map[string]string{"ar": "رسم التجديد", "en": "Renewal fee"}},
			{Concern: "money", Words: map[string]string{"ar": "رسم التأخير: من 10 شواقل إلى 12 شيقلا", "en": "late fee: 10.00 ILS → 12.00 ILS"}},
			{Concern: "time", Words: map[string]string{"ar": "تغيير المدة الموعودة من 3 أيام عمل إلى 5 أيام عمل", "en": "promised time changed from 3 working days to 5 working days"}},
		}},
		{LiveFrom: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC), First: true},
	}
}

func TestThePageOfAServiceSaysWhatChangedAndSinceWhen(t *testing.T) {
	w := newWorld(t)
	w.get(t, "/services/"+licence).is(http.StatusOK).hasNot("#changes")
	w.history = history{list: changed(), older: 17}
	page := w.get(t, "/services/"+licence).is(http.StatusOK).has("#changes summary", "Since 1 November 2026").has("#changes summary", "Fees, Time limits").
		has("#changes li", "when it applies, changed: Renewal fee").has("#changes li", "Promised time changed from 3").has("#changes p", "قرار مجلس الوزراء رقم 12").has("#changes p", "3").has("#changes p", "The service began on this day")
	if n := page.Find("#changes li[lang]").Length(); n != 0 {
		t.Errorf("%d sentences are in another language", n)
	}
	if href := page.Find("#changes a").AttrOr("href", ""); href != "/services/"+licence+"/changes?below=17" {
		t.Errorf("older ones are at %q", href)
	}
	w.get(t, "/services/"+licence+"/changes?below=17").is(http.StatusOK).has("summary", "1 January 2026").hasNot("main li")
	w.get(t, "/services/"+licence+"/changes").is(http.StatusOK).has("h1", "Driving licence renewal").has("main li", "Late fee")
	w.get(t, "/services/transport.none/changes").is(http.StatusNotFound)
	w.get(t, "/services/"+licence+"?lang=ar").has("#changes li", "تغيير المدة الموعودة").hasNot("#changes li[lang]")
	w.history.list = nil
	w.get(t, "/services/"+licence+"/changes").is(http.StatusOK).has(".empty", "Nothing has changed")
}

func TestThePageOfAServiceWaitsForNoHistory(t *testing.T) {
	w := newWorld(t)
	w.history.slow = true
	began := time.Now()
	page := w.get(t, "/services/"+licence).is(http.StatusOK)
	if href := page.Find("#changes a").AttrOr("href", ""); href != "/services/"+licence+"/changes" || strings.Contains(page.Find("#changes").Text(), "Since") {
		t.Errorf("it leads to %q", href)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}
