package right_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

type world struct {
	*testing.T
	*right.Register
	now time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, now: time.Date(2026, 11, 22, 22, 30, 0, 0, time.UTC)} // the 23rd in the zone
	kinds := map[string]*plan.RightKind{
		"stall": {
			Code: "stall", Title: plan.Text{"en": "Right to a stall"}, Authority: "town", Holder: "person", Register: "RS", Public: []string{"area"},
			Terms:     []plan.Term{{Field: plan.Field{Name: "area", Kind: "int"}}, {Field: plan.Field{Name: "goods", Kind: "text", Optional: true}}},
			May:       map[string][]string{"transferred": {"transfer"}, "renewed": {"renew"}, "revoked": {"revoke"}},
			Reminders: []plan.Reminder{{Before: plan.Span{Count: 30, Unit: "days"}, Text: plan.Text{"en": "It ends soon."}}},
		},
		"nursery": {Code: "nursery", Title: plan.Text{"en": "Nursery"}, Authority: "education", Holder: "business", Register: "NL"},
	}
	w.Register = right.New(right.Options{
		Pool: pgtest.Migrated(t), Zone: time.FixedZone("", 2*3600), Now: func() time.Time { return w.now },
		Kind: func(code string) (*plan.RightKind, bool) { k, ok := kinds[code]; return k, ok },
	})
	return w
}

func terms(pairs ...string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return out
}

func (w *world) grant(holder string) (string, right.Request) {
	w.Helper()
	q := right.Request{Application: uuid.New(), Node: "grant", Visit: 1, Service: "stall.permit", Applicant: uuid.New(), Holds: holder,
		Right: "stall", What: right.Granted, Terms: terms("area", "8", "goods", `"fish"`, "validUntil", `"2026-12-01"`)}
	number, err := w.Change(w.Context(), q)
	if err != nil {
		w.Fatal(err)
	}
	return number, q
}

func TestARightIsGrantedOnceHoweverOftenItIsAskedFor(t *testing.T) {
	w := newWorld(t)
	number, q := w.grant("401")
	if number != "RS-2026-000001" {
		t.Fatal(number)
	}
	if again, err := w.Change(t.Context(), q); again != number || err != nil {
		t.Fatalf("%s, %v", again, err)
	}
	// At once, and by many: every grant has a number of its own, and no number is left out.
	var wait sync.WaitGroup
	numbers := make([]string, 20)
	for i := range numbers {
		wait.Go(func() {
			q := q
			q.Application = uuid.New()
			numbers[i], _ = w.Change(t.Context(), q)
		})
	}
	wait.Wait()
	seen := map[string]bool{number: true}
	for _, n := range numbers {
		seen[n] = true
	}
	for i := range len(numbers) + 1 {
		if n := fmt.Sprintf("RS-2026-%06d", i+1); !seen[n] {
			t.Errorf("%s is missing", n)
		}
	}
}

func TestWhatAStrangerSeesOfARightIsWhatIsPublished(t *testing.T) {
	w := newWorld(t)
	number, _ := w.grant("401")
	e, err := w.Public(t.Context(), "  rs-2026-000001 ")
	if err != nil || e.Number != number || e.Status != right.Valid || e.GrantedOn != "2026-11-23" || e.ValidUntil != "2026-12-01" {
		t.Fatalf("%+v, %v", e, err)
	}
	if e, err := w.Public(t.Context(), "RS-٢٠٢٦- ٠٠٠٠٠١\u200f"); err != nil || e.Number != number {
		t.Errorf("in Arabic digits: %+v, %v", e, err)
	}
	if e.Holder != "" || e.Reminder != nil || len(e.Terms) != 1 || e.Terms[0].Name != "area" {
		t.Fatalf("%+v", e)
	}
	w.now = w.now.AddDate(0, 0, 9)
	if e, _ = w.Public(t.Context(), number); e.Status != right.Expired {
		t.Fatalf("after its last day: %+v", e)
	}
	for _, number := range []string{"RS-2026-000002", "", "RS\x00", string(make([]byte, 100))} {
		if _, err := w.Public(t.Context(), number); !errors.Is(err, right.ErrNotFound) {
			t.Errorf("%q: %v", number, err)
		}
	}
}

func TestARightGoesToItsNewHolder(t *testing.T) {
	w := newWorld(t)
	number, q := w.grant("401")
	mine := func(person uuid.UUID, holder string) int {
		list, err := w.OfHolder(t.Context(), person, holder)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 && len(list[0].History) == 0 {
			t.Error("its holder is not told what has become of it")
		}
		if len(list) > 0 && list[0].Reminder["en"] == "" {
			t.Error("its end is near and nobody is told")
		}
		return len(list)
	}
	if mine(uuid.New(), "401") != 1 || mine(q.Applicant, "402") != 0 || mine(q.Applicant, "") != 0 {
		t.Fatal("a person's right is seen by who holds it, whoever applied")
	}
	hand := right.Request{Application: uuid.New(), Node: "handed", Visit: 1, Service: "transfer", Applicant: q.Applicant, Holds: "401", Right: "stall",
		What: right.Transferred, Of: number, Terms: terms("holder", `"402"`)}
	if got, err := w.Change(t.Context(), hand); got != number || err != nil {
		t.Fatalf("%s, %v", got, err)
	}
	if got, err := w.Change(t.Context(), hand); got != number || err != nil { // and not back, nor refused
		t.Fatalf("again: %s, %v", got, err)
	}
	if mine(q.Applicant, "401") != 0 || mine(uuid.New(), "402") != 1 {
		t.Fatal("it is not where it should be")
	}
	list, err := w.OfApplication(t.Context(), hand.Application)
	if err != nil || len(list) != 1 || len(list[0].History) != 2 || list[0].History[0].What != right.Transferred || list[0].Holder != "402" {
		t.Fatalf("%+v, %v", list, err)
	}
	found, body, err := w.Ask(t.Context(), "stall", number)
	var said struct {
		Holder, Status, GrantedOn, ValidUntil string
		Area                                  int
	}
	if err != nil || !found || json.Unmarshal(body, &said) != nil || said.Holder != "402" || said.Status != right.Valid || said.Area != 8 || said.ValidUntil != "2026-12-01" {
		t.Fatalf("%v %s, %v", found, body, err)
	}
	if found, _, err := w.Ask(t.Context(), "nursery", number); found || err != nil {
		t.Fatal("it is no right of that kind")
	}
}

func TestWhatARightDoesNotAllowIsRefusedForGood(t *testing.T) {
	w := newWorld(t)
	number, _ := w.grant("401")
	for _, c := range []struct{ of, right, service, want string }{
		{number, "stall", "transfer", right.NotAllowed}, {"RS-2026-000009", "stall", "revoke", right.NoRight},
		{number, "nursery", "revoke", right.NoRight}, {number, "horse", "revoke", right.NoKind},
	} {
		_, err := w.Change(t.Context(), right.Request{Application: uuid.New(), Node: "n", Visit: 1, Service: c.service, Right: c.right, What: right.Revoked, Of: c.of})
		if refused := (*right.Refused)(nil); !errors.As(err, &refused) || refused.Permanent() != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestTheRightOfABusinessIsSeenByWhoAppliedForIt(t *testing.T) {
	w := newWorld(t)
	me := uuid.New()
	_, err := w.Change(t.Context(), right.Request{Application: uuid.New(), Node: "g", Visit: 1, Applicant: me, Holds: "401", Right: "nursery", What: right.Granted, Terms: terms("holder", `"CR-77"`)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person uuid.UUID
		holder string
		want   int
	}{{me, "401", 1}, {uuid.New(), "401", 0}, {uuid.New(), "CR-77", 0}} { // a national number is no number of a business
		if list, err := w.OfHolder(t.Context(), c.person, c.holder); err != nil || len(list) != c.want {
			t.Errorf("%+v: %d, %v", c, len(list), err)
		}
	}
}
