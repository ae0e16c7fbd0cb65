package document_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func (w *world) revoke(application uuid.UUID, because string, at time.Time) {
	w.Helper()
	w.must(w.tx(func(tx pgx.Tx) error {
		return w.archive.Revoke(w.Context(), tx, "driving-licence", document.Cause{Application: application, Node: "over", Visit: 1, At: at, Because: plan.Text{"en": because}})
	}))
}

func (w *world) right(number, what string, at time.Time) {
	w.Helper()
	w.must(w.tx(func(tx pgx.Tx) error {
		return w.archive.RightChanged(w.Context(), tx, number, what, document.Cause{Application: uuid.New(), Node: "change", Visit: 1, At: at})
	}))
}

func (w *world) papers(application uuid.UUID) []document.Issued {
	w.Helper()
	papers, err := w.archive.OfApplication(w.Context(), application)
	w.must(err)
	return papers
}

func TestARevokedPaperIsToldOfOnceForAll(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	id := w.issue(request(application))
	at := w.now.Add(time.Hour)
	w.revoke(application, "The season is over.", at)
	w.revoke(application, "Another reason.", at.Add(time.Hour)) // the day and the reason stay
	if v := w.verify(id); v.Status != document.Revoked || !v.Since.Equal(at) || v.Because["en"] != "The season is over." {
		t.Fatalf("%+v", v)
	}
	papers := w.papers(application)
	if len(papers) != 1 || papers[0].Status != document.Revoked || !papers[0].Since.Equal(at) || len(papers[0].History) != 1 {
		t.Fatalf("%+v", papers)
	}
	other := w.issue(request(uuid.New()))
	if v := w.verify(other); v.Status != document.Valid || !v.Since.Equal(v.IssuedAt) {
		t.Fatalf("another application's paper: %+v", v)
	}
}

func TestAPaperFollowsTheRightThatItProves(t *testing.T) {
	w := newWorld(t)
	r := request(uuid.New())
	r.Right = document.Right{Number: "NL-2026-000001"}
	id := w.issue(r)
	other := w.issue(request(uuid.New()))
	day := func(n int) time.Time { return w.now.AddDate(0, 0, n) }
	for _, step := range []struct {
		what  string
		want  document.Status
		since time.Time
	}{
		{"renewed", document.Valid, w.now}, {"resumed", document.Valid, w.now}, {"suspended", document.Suspended, day(3)}, {"suspended", document.Suspended, day(3)},
		{"resumed", document.Valid, day(5)}, {"suspended", document.Suspended, day(6)}, {"revoked", document.Revoked, day(7)}, {"resumed", document.Revoked, day(7)},
		{"replaced", document.Revoked, day(7)},
	} {
		w.right("NL-2026-000001", step.what, day(map[string]int{"suspended": 3, "resumed": 5, "revoked": 7}[step.what]+map[bool]int{true: 3}[step.what == "suspended" && step.since.Equal(day(6))]))
		if v := w.verify(id); v.Status != step.want || !v.Since.Equal(step.since) {
			t.Errorf("%s: %s since %s, want %s since %s", step.what, v.Status, v.Since, step.want, step.since)
		}
	}
	var turns []document.Status
	for _, turn := range w.papers(r.Application)[0].History {
		turns = append(turns, turn.Status)
	}
	if len(turns) != 4 || turns[0] != document.Suspended || turns[1] != document.Valid || turns[2] != document.Suspended || turns[3] != document.Revoked {
		t.Errorf("%v", turns)
	}
	if v := w.verify(other); v.Status != document.Valid {
		t.Errorf("a paper of no right: %s", v.Status)
	}
	if _, err := w.pool.Exec(t.Context(), "DELETE FROM document_status"); err == nil {
		t.Error("what became of a paper can be taken out of the history")
	}
}

func TestANewerPaperTakesThePlaceOfTheOneBefore(t *testing.T) {
	w := newWorld(t)
	first, again, renewed := request(uuid.New()), request(uuid.New()), request(uuid.New())
	first.Right.Number, again.Right.Number, renewed.Right.Number = "NL-2026-000001", "NL-2026-000001", "NL-2026-000001"
	one := w.issue(first)
	again.Application, again.Visit = first.Application, 2
	again.At = w.now.Add(time.Minute)
	two := w.issue(again)
	renewed.Right.Suspended, renewed.At = true, w.now.Add(time.Hour)
	three := w.issue(renewed)
	if a, b, c := w.verify(one), w.verify(two), w.verify(three); a.Status != document.Replaced || b.Status != document.Replaced || c.Status != document.Suspended ||
		!a.Since.Equal(again.At) || !b.Since.Equal(renewed.At) {
		t.Fatalf("%+v\n%+v\n%+v", a, b, c)
	}
	papers, last := w.papers(first.Application), w.papers(renewed.Application)
	if len(papers) != 2 || papers[0].ReplacedBy != papers[1].Number || papers[1].ReplacedBy != last[0].Number || last[0].ReplacedBy != "" {
		t.Fatalf("%+v\n%+v", papers, last)
	}
	w.right("NL-2026-000001", "resumed", w.now.AddDate(0, 0, 1))
	if w.verify(two).Status != document.Replaced || w.verify(three).Status != document.Valid {
		t.Error("what was replaced came back, or the newest did not")
	}
}

func TestAPaperThatIsSuspendedIsOverAfterItsLastDay(t *testing.T) {
	w := newWorld(t)
	r := request(uuid.New())
	r.Right.Number = "NL-2026-000001"
	id := w.issue(r)
	w.right("NL-2026-000001", "suspended", w.now)
	w.now = time.Date(2027, 11, 21, 0, 0, 0, 0, time.UTC)
	if v := w.verify(id); v.Status != document.Expired || !v.Since.Equal(w.now) || v.Because != nil {
		t.Fatalf("%+v", v)
	}
}
