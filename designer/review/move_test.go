package review_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/migration"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

const movePage = "/designer/services/" + renewal + "/move"

// moving stands for the applications of a world: the third waits at a step that is gone, the second will miss one.
type moving struct{ w *world }

func (m moving) Unmoved(_ context.Context, _, _ string, after uuid.UUID, n int) (out []uuid.UUID, _ error) {
	for _, id := range m.w.open {
		if id.String() > after.String() && len(out) < n {
			out = append(out, id)
		}
	}
	return out, nil
}

func (m moving) Movable(_ context.Context, id uuid.UUID, _ string) (r activity.MoveResult, _ error) {
	switch id[0] {
	case 2:
		r.Notes = []activity.Obstacle{{Code: machine.StepSkipped, At: "bar"}}
	case 3:
		r.Obstacles = []activity.Obstacle{{Code: machine.StepGone, At: "review/correct"}}
	}
	return r, nil
}

func (m moving) Move(ctx context.Context, id uuid.UUID, digest string) (activity.MoveResult, error) {
	return m.Movable(ctx, id, digest)
}

func (m moving) References(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	out := map[uuid.UUID]string{}
	for _, id := range ids {
		out[id] = "REF-" + id.String()[:2]
	}
	return out, nil
}

// works lets migrations go on until there is nothing left to do.
func (w *world) works() {
	w.t.Helper()
	for {
		n, err := w.moves.Work(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// presses sends the form of a button of the page as somebody sees it.
func (w *world) presses(who *identity.Person, button string) page {
	w.t.Helper()
	p := w.get(who, movePage)
	form := p.Find("button[value=" + button + "]").Closest("form")
	if form.Length() != 1 {
		w.t.Fatalf("%s is offered %d times to %s", button, form.Length(), who.Name["en"])
	}
	return w.post(who, movePage, url.Values{"act": {button}, "migration": {form.Find("[name=migration]").AttrOr("value", "")}})
}

func TestOpenApplicationsAreMovedOnAPageByFourEyes(t *testing.T) {
	w := serve(t)
	if p := w.get(w.leila, movePage); p.status != http.StatusOK || p.Find("main form").Length() != 0 || !strings.Contains(p.Find("main").Text(), "go by what is live") {
		t.Errorf("%d %s", p.status, p.Find("main").Text())
	}
	w.open = []uuid.UUID{{1}, {2}, {3}}
	if p := w.get(w.leila, movePage); !strings.Contains(p.Find("#waiting").Parent().Text(), "3 applications") {
		t.Error(p.Find("main").Text())
	}
	if p := w.presses(w.omar, "propose"); p.status != http.StatusSeeOther || p.header.Get("Location") != movePage {
		t.Fatal(p.status)
	}

	// The dry run is told as it goes on, with and without scripts.
	p := w.get(w.rami, movePage)
	progress := p.Find("#progress")
	if progress.AttrOr("hx-get", "") != movePage+"?part=progress" || !strings.Contains(progress.Find("noscript").Text(), "refresh") || progress.Find("progress").AttrOr("value", "") != "0" || p.Find("button[value=approve]").Length() != 0 {
		t.Errorf("%s", progress.Text())
	}
	if part := w.get(w.rami, movePage+"?part=progress"); part.status != http.StatusOK || part.Find("#progress").Length() != 1 || part.Find("main").Length() != 0 {
		t.Error(part.status)
	}
	if p := w.post(w.rami, movePage, url.Values{"act": {"propose"}}); p.status != http.StatusConflict {
		t.Errorf("a second one: %d", p.status)
	}
	w.works()
	if part := w.get(w.rami, movePage+"?part=progress"); part.status != http.StatusNoContent || part.header.Get("HX-Refresh") != "true" {
		t.Error(part.status)
	}

	// Who would move, who not and why, by nothing but numbers.
	p = w.get(w.rami, movePage)
	text := p.Find("main").Text()
	for _, want := range []string{"REF-03", "It waits at a step that is gone", "Review by a licensing officer", "A step was added before its place", "Check of bars"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	if p := w.get(w.rami, movePage+"?of=movable"); !strings.Contains(p.Find("#applications").Text(), "REF-01") || strings.Contains(p.Find("#applications").Text(), "REF-03") {
		t.Error(p.Find("#applications").Text())
	}
	if last := w.audited[len(w.audited)-1]; last.Action != "read" || last.Subject != renewal || last.Detail["applications"] != "2" {
		t.Errorf("%+v", last)
	}

	// Who has proposed it does not approve it, on the page or by the request; nor does an analyst, or a reviewer of others.
	own := w.get(w.omar, movePage)
	id := own.Find("[name=migration]").AttrOr("value", "")
	if own.Find("button[value=approve]").Length() != 0 || !strings.Contains(own.Find(".inset").Text(), "You have proposed this") {
		t.Error(own.Find("main").Text())
	}
	for _, who := range []*identity.Person{w.omar, w.leila, w.nour, w.sami} {
		if p := w.post(who, movePage, url.Values{"act": {"approve"}, "migration": {id}}); p.status != http.StatusForbidden {
			t.Errorf("%s approves: %d", who.Name["en"], p.status)
		}
	}
	if p := w.presses(w.rami, "approve"); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	w.now = w.now.Add(time.Minute)
	w.works()
	w.open = []uuid.UUID{{3}}
	p = w.get(w.olga, movePage)
	if text := p.Find("main").Text(); !strings.Contains(text, "Report of the move") || !strings.Contains(text, "Omar Haddad") || !strings.Contains(text, "Rami Odeh") || !strings.Contains(text, "1 application") {
		t.Errorf("%s", text)
	}
	if p := w.post(w.olga, movePage, url.Values{"act": {"approve"}, "migration": {id}}); p.status != http.StatusConflict {
		t.Errorf("approved twice: %d", p.status)
	}

	// The next one is called off, and both are told.
	if p := w.presses(w.olga, "propose"); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	if p := w.presses(w.leila, "callOff"); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	p = w.get(w.nour, movePage)
	if text := p.Find("main").Text(); !strings.Contains(text, "Called off") || p.Find("main table").Last().Find("tbody tr").Length() != 1 || p.Find("main form").Length() != 0 {
		t.Errorf("%s", text)
	}
}

func TestStrangersMoveNothing(t *testing.T) {
	w := serve(t)
	w.open = []uuid.UUID{{1}}
	other, err := w.moves.Propose(t.Context(), w.olga.ID, "health.insurance.renew")
	if err != nil {
		t.Fatal(err)
	}
	w.works()
	for _, c := range []struct {
		who    *identity.Person
		act    string
		id     string
		status int
	}{
		{w.sami, "propose", "", http.StatusForbidden}, {w.nour, "propose", "", http.StatusForbidden}, {w.rami, "nothing", "", http.StatusForbidden},
		{w.rami, "approve", other.String(), http.StatusNotFound}, // it is another service's
		{w.rami, "callOff", other.String(), http.StatusNotFound}, {w.rami, "approve", "?", http.StatusBadRequest}, {w.rami, "approve", uuid.NewString(), http.StatusNotFound},
	} {
		if p := w.post(c.who, movePage, url.Values{"act": {c.act}, "migration": {c.id}}); p.status != c.status {
			t.Errorf("%s by %s: %d", c.act, c.who.Name["en"], p.status)
		}
	}
	if p := w.get(w.sami, movePage); p.status != http.StatusForbidden {
		t.Error(p.status)
	}
	if p := w.get(w.rami, "/designer/services/transport.none/move"); p.status != http.StatusNotFound {
		t.Error(p.status)
	}
	list, err := w.moves.Of(t.Context(), "health.insurance.renew")
	if err != nil || len(list) != 1 || list[0].ApprovedAt != nil || list[0].EndedAt != nil || list[0].Items[migration.Movable] != 1 {
		t.Errorf("%+v %v", list, err)
	}
}
