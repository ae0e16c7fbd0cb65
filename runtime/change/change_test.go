package change_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	licence = "services/transport/driving-licence-renew.yaml"
	health  = "services/health/insurance-renew.yaml"
	tariff  = "tariffs/transport.yaml"
)

// route is a service by which changes go, as far as changes see it.
type route struct {
	mu       sync.Mutex
	state    change.RouteState
	begun    map[int64]uuid.UUID
	again    int
	recused  []uuid.UUID
	refuses  error
	makes    func() uuid.UUID
	withdrew int
	asked    uuid.UUID // who is asked now
}

func (r *route) Begin(_ context.Context, _ *identity.Person, number int64, _ string) (uuid.UUID, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuses != nil {
		return uuid.Nil, r.refuses
	}
	if r.begun[number] == uuid.Nil {
		r.begun[number] = r.makes()
	}
	return r.begun[number], nil
}

func (r *route) Again(context.Context, *identity.Person, uuid.UUID, int64, string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again++
	r.state = change.RouteState{}
	return nil
}

func (r *route) Recuse(_ context.Context, _, person uuid.UUID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recused = append(r.recused, person)
	return nil
}

func (r *route) Withdraw(context.Context, *identity.Person, uuid.UUID, string) error {
	r.withdrew++
	return nil
}

func (r *route) Asks(_ context.Context, person *identity.Person, _ uuid.UUID) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return person.ID == r.asked, nil
}

func (r *route) State(context.Context, uuid.UUID) (change.RouteState, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state, nil
}

func (r *route) stands(s change.RouteState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
}

// world is a platform with the sample catalogue live.
type world struct {
	*change.Changes
	t     *testing.T
	pool  *pgxpool.Pool
	keys  *releasetest.Keys
	store *release.Store
	route *route
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, pool: pgtest.Migrated(t), route: &route{begun: map[int64]uuid.UUID{}}}
	var err error
	if w.keys, err = releasetest.NewKeys(); err != nil {
		t.Fatal(err)
	}
	w.publish(nil)
	if w.store, err = release.Open(t.Context(), w.pool, w.keys, nil); err != nil {
		t.Fatal(err)
	}
	w.route.makes = func() uuid.UUID {
		id := uuid.New()
		_, err := w.pool.Exec(t.Context(), `INSERT INTO application (id, reference, service, authority, release, plan, texts, applicant, language, status, submitted_at, form, facts, key, request)
			SELECT $1::uuid, $2, s.service, 'transport', r.id, s.plan, s.texts, p.id, 'en', 'open', now(), '{}', '{}', $2, '' FROM release r JOIN release_service s ON s.release = r.id, person p LIMIT 1`, id, id.String())
		if err != nil {
			t.Error(err)
		}
		return id
	}
	w.Changes = change.New(change.Options{Pool: w.pool, Keys: w.keys, Releases: w.store, Route: w.route})
	return w
}

// publish makes the samples live, with other files beside or instead of them.
func (w *world) publish(other map[string]string) {
	w.t.Helper()
	c, list := catalog.Load(os.DirFS("../../samples/palestine"))
	for path, text := range other {
		c, _ = c.WithFile(path, []byte(text))
	}
	r, more := release.Build(c)
	if list.HasErrors() || more.HasErrors() {
		w.t.Fatal(list, more)
	}
	if _, err := releasetest.Publish(w.t.Context(), w.pool, w.keys, r); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) person(capacities ...string) *identity.Person {
	w.t.Helper()
	p := &identity.Person{ID: uuid.New(), Capacities: capacities}
	if _, err := w.pool.Exec(w.t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'i', $2, '{}')", p.ID, p.ID.String()); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) start(by *identity.Person) int64 {
	w.t.Helper()
	authority, _, _ := strings.Cut(by.Capacities[0], ":")
	ch, err := w.Start(w.t.Context(), by, change.Words{Title: "Another fee", Reason: "The council has decided so"}, authority)
	if err != nil {
		w.t.Fatal(err)
	}
	return ch.Number
}

// put replaces one thing by another in a file.
func (w *world) put(by *identity.Person, number int64, path, old, new string) change.Made {
	w.t.Helper()
	made, err := w.Edit(w.t.Context(), by, number, path, func(now []byte) ([]byte, error) {
		if !bytes.Contains(now, []byte(old)) {
			w.t.Errorf("%s has no %q", path, old)
		}
		return bytes.Replace(now, []byte(old), []byte(new), 1), nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func (w *world) text(number int64, path string) string {
	w.t.Helper()
	text, err := w.Text(w.t.Context(), number, path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text.Body)
}

func (w *world) sample(path string) string {
	b, err := os.ReadFile("../../samples/palestine/" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

const analyst = "transport:" + change.Analyst

func TestADraftIsEditedTakenBackAndMadeAgain(t *testing.T) {
	w := newWorld(t)
	me, other := w.person(analyst), w.person(analyst)
	n := w.start(me)
	before := w.sample(tariff)
	made := w.put(me, n, tariff, "50.00", "60.00")
	if made.Version != 1 || made.Revision != 1 || made.Splice.Text != "6" || made.Old != "5" {
		t.Errorf("%+v", made)
	}
	w.put(other, n, tariff, "120.00", "130.00")
	w.put(me, n, tariff, "60.00", "65.00")
	for range 2 { // what the other has done stays
		if _, err := w.Undo(t.Context(), me, n, tariff); err != nil {
			t.Fatal(err)
		}
	}
	if want := strings.Replace(before, "120.00", "130.00", 1); w.text(n, tariff) != want {
		t.Errorf("%s", w.text(n, tariff))
	}
	if _, err := w.Undo(t.Context(), me, n, tariff); !errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	for _, want := range []string{"60.00", "65.00"} {
		if _, err := w.Redo(t.Context(), me, n, tariff); err != nil || !strings.Contains(w.text(n, tariff), want) {
			t.Errorf("%v %s", err, w.text(n, tariff))
		}
	}
	if _, err := w.Redo(t.Context(), me, n, tariff); !errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	w.put(other, n, tariff, "65.00", "70.00")
	if _, err := w.Undo(t.Context(), me, n, tariff); !errors.Is(err, change.ErrOverlap) {
		t.Errorf("what somebody has changed since was taken back: %v\n%s", err, w.text(n, tariff))
	}
	if _, err := w.Type(t.Context(), me, n, tariff, 1, []source.Splice{{Start: 0, End: 0, Text: "# x\n"}}); !errors.Is(err, change.ErrStale) {
		t.Error(err)
	}
	if got, err := w.Text(t.Context(), n, tariff); err != nil {
		t.Error(err)
	} else if _, err := w.Type(t.Context(), me, n, tariff, got.Version, []source.Splice{{Text: "# a\n"}, {Start: len(got.Body), End: len(got.Body), Text: "# b\n"}}); err != nil ||
		w.text(n, tariff) != "# a\n"+string(got.Body)+"# b\n" {
		t.Errorf("%v\n%s", err, w.text(n, tariff))
	}
}

// Two edit one file at once, at random, and take back at random: in the end it is what the edits that stand have made of it, nothing is lost and
// nothing comes twice; whoever takes back everything has the file as it was.
func TestTwoWhoEditAtOnceLoseNothing(t *testing.T) {
	w := newWorld(t)
	people := []*identity.Person{w.person(analyst), w.person(analyst)}
	n := w.start(people[0])
	lines := strings.Repeat("# line\n", 40)
	if _, err := w.Edit(t.Context(), people[0], n, tariff, func(now []byte) ([]byte, error) { return append(now, lines...), nil }); err != nil {
		t.Fatal(err)
	}
	begun := w.text(n, tariff)
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			mine := 0
			for k := range 60 {
				var err error
				switch r.IntN(4) {
				case 0:
					_, err = w.Undo(t.Context(), p, n, tariff)
				case 1:
					_, err = w.Redo(t.Context(), p, n, tariff)
				default:
					mark := fmt.Sprintf("# %d-%d\n", i, k)
					_, err = w.Edit(t.Context(), p, n, tariff, func(now []byte) ([]byte, error) {
						at := bytes.Index(now, []byte("# line\n"))
						at += 7 * r.IntN(20)
						for at > 0 && now[at-1] != '\n' {
							at--
						}
						return append(append(append([]byte{}, now[:at]...), mark...), now[at:]...), nil
					})
					mine++
				}
				if err != nil && !errors.Is(err, change.ErrNothing) && !errors.Is(err, change.ErrOverlap) {
					t.Errorf("%d: %v", i, err)
				}
			}
			if mine == 0 {
				t.Error("nothing was written")
			}
		})
	}
	all.Wait()
	body := w.text(n, tariff)
	since, err := w.Since(t.Context(), n, tariff, 1)
	if err != nil {
		t.Fatal(err)
	}
	again := []byte(begun)
	for _, m := range since {
		if string(again[m.Splice.Start:m.Splice.End]) != m.Old {
			t.Fatalf("version %d replaces %q and not %q", m.Version, again[m.Splice.Start:m.Splice.End], m.Old)
		}
		again = m.Splice.Apply(again)
	}
	if string(again) != body {
		t.Error("the edits do not make the text")
	}
	for undone := true; undone; {
		undone = false
		for _, p := range people {
			_, err := w.Undo(t.Context(), p, n, tariff)
			undone = undone || err == nil
			if err != nil && !errors.Is(err, change.ErrNothing) && !errors.Is(err, change.ErrOverlap) {
				t.Fatal(err)
			}
		}
	}
	if got := w.text(n, tariff); got != w.sample(tariff) {
		t.Errorf("something stays: %q", strings.TrimPrefix(got, w.sample(tariff)))
	}
}

func TestWhoMayTouchWhat(t *testing.T) {
	w := newWorld(t)
	me, stranger, reviewer := w.person(analyst), w.person("health:"+change.Analyst), w.person("transport:"+change.Reviewer)
	n := w.start(me)
	same := func([]byte) ([]byte, error) { return []byte("x: 1\n"), nil }
	for name, test := range map[string]struct {
		by   *identity.Person
		path string
		want error
	}{
		"a service of another authority":         {me, health, change.ErrForeign},
		"an authority of another":                {me, "authorities/health.yaml", change.ErrForeign},
		"the settings, which are the platform's": {me, "catalogue.yaml", change.ErrForeign},
		"somebody of another authority":          {stranger, tariff, change.ErrForeign},
		"a reviewer":                             {reviewer, tariff, change.ErrForeign},
		"a path out of the catalogue":            {me, "../go.mod", change.ErrInvalid},
		"a path that is none":                    {me, "services/../catalogue.yaml", change.ErrInvalid},
		"a hidden file":                          {me, "services/.x.yaml", change.ErrInvalid},
	} {
		if _, err := w.Edit(t.Context(), test.by, n, test.path, same); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Start(t.Context(), reviewer, change.Words{Title: "x"}, "transport"); !errors.Is(err, change.ErrForeign) {
		t.Error(err)
	}
	// A service that is given to another authority, and a new one that says that it belongs to it, are proposed by nobody here.
	w.put(me, n, licence, "authority: transport", "authority: health")
	if _, err := w.Propose(t.Context(), me, n); !errors.Is(err, change.ErrForeign) {
		t.Errorf("a service was given away: %v", err)
	}
	if got, err := w.Find(t.Context(), n); err != nil || got.Status != change.Draft {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWhatIsApprovedIsReleasedAndNothingElse(t *testing.T) {
	w := newWorld(t)
	me, colleague := w.person(analyst), w.person(analyst)
	n := w.start(me)
	w.put(colleague, n, tariff, "120.00", "130.00")
	p, err := w.Propose(t.Context(), me, n)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Checks.Fees || p.Checks.Data || len(p.Checks.Services) == 0 || len(w.route.recused) != 1 || w.route.recused[0] != colleague.ID {
		t.Errorf("%+v, recused %v", p.Checks, w.route.recused)
	}
	if _, err := w.Edit(t.Context(), me, n, tariff, func(now []byte) ([]byte, error) { return append(now, "# more\n"...), nil }); !errors.Is(err, change.ErrStatus) {
		t.Errorf("a proposal was edited: %v", err)
	}
	w.route.stands(change.RouteState{Returned: true})
	w.put(me, n, tariff, "130.00", "125.00")
	if _, err := w.Publish(t.Context(), n, p.Digest); !errors.Is(err, change.ErrStatus) {
		t.Errorf("what was returned was released: %v", err)
	}
	again, err := w.Propose(t.Context(), me, n)
	if err != nil || again.Number != 2 || again.Digest == p.Digest || w.route.again != 1 {
		t.Fatalf("%+v %v", again, err)
	}
	if _, err := w.Publish(t.Context(), n, p.Digest); !errors.Is(err, change.ErrStatus) {
		t.Errorf("an older proposal was released: %v", err)
	}
	for range 2 { // the answer to the first try was lost
		if ch, err := w.Publish(t.Context(), n, again.Digest); err != nil || ch.Status != change.Approved || ch.Publication == 0 {
			t.Fatalf("%+v %v", ch, err)
		}
	}
	head, err := release.Current(t.Context(), w.pool)
	if err != nil || head.Way != release.Change {
		t.Fatalf("%+v %v", head, err)
	}
	files, err := release.Files(t.Context(), w.pool, head.ID)
	if want := strings.Replace(w.sample(tariff), "120.00", "125.00", 1); err != nil || files[tariff] != want {
		t.Errorf("%v\n%s", err, files[tariff])
	}
	if _, err := w.Rollback(t.Context(), me.ID, head.After, "It was too much"); err != nil {
		t.Fatal(err)
	}
	if now, err := release.Current(t.Context(), w.pool); err != nil || now.ID != head.After || now.Way != release.Rollback {
		t.Errorf("%+v %v", now, err)
	}
}

func TestTwoChangesOfDifferentFilesDoNotWaitForEachOther(t *testing.T) {
	w := newWorld(t)
	me, doctor := w.person(analyst), w.person("health:"+change.Analyst)
	one, two, three := w.start(me), w.start(doctor), w.start(me)
	w.put(me, one, tariff, "120.00", "125.00")
	w.put(doctor, two, health, "\n", "\n# looked through\n")
	w.put(me, three, tariff, "120.00", "140.00")
	var digests []string
	for i, n := range []int64{one, two, three} {
		p, err := w.Propose(t.Context(), []*identity.Person{me, doctor, me}[i], n)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, p.Digest)
	}
	for i, n := range []int64{one, two} {
		if _, err := w.Publish(t.Context(), n, digests[i]); err != nil {
			t.Fatal(err)
		}
	}
	var moved *change.Moved
	if _, err := w.Publish(t.Context(), three, digests[2]); !errors.As(err, &moved) {
		t.Fatalf("a change of a file that has moved was released: %v", err)
	}
	head, err := release.Current(t.Context(), w.pool)
	if err != nil {
		t.Fatal(err)
	}
	files, err := release.Files(t.Context(), w.pool, head.ID)
	if err != nil || !strings.Contains(files[tariff], "125.00") || !strings.Contains(files[health], "# looked through") {
		t.Errorf("%v", err)
	}
	// It comes back, and its analyst chooses.
	w.route.stands(change.RouteState{Returned: true})
	open, err := w.Rebase(t.Context(), me, three, nil)
	if !errors.Is(err, change.ErrOverlap) || len(open) != 1 || open[0].Theirs != "125.00 ILS" {
		t.Fatalf("%v %v", open, err)
	}
	if _, err := w.Propose(t.Context(), me, three); !errors.As(err, &moved) || len(moved.Conflicts) != 1 {
		t.Error(err)
	}
	mine := func(merge.Conflict) (merge.Side, bool) { return merge.Ours, true }
	before, mineWas := w.found(three), w.text(three, tariff)
	m, err := w.Meanwhile(t.Context(), three, mine)
	if err != nil || len(m.Conflicts) != 1 || len(m.Open) != 0 || len(m.Released) != 2 || m.Released[0].Change != two || m.Released[1].Change != one || m.Left != 0 ||
		len(compare.Catalogues(m.Was, m.Is)) != 1 || string(m.Files[0].Body) != mineWas {
		t.Fatalf("%+v %v", m, err)
	}
	theirs := func(merge.Conflict) (merge.Side, bool) { return merge.Theirs, true }
	if open, err = w.Rebase(t.Context(), me, three, theirs); err != nil || len(open) > 0 || w.text(three, tariff) != w.live()[tariff] || len(w.found(three).Files) > 0 {
		t.Fatal(open, err)
	}
	// It is one edit, which is taken back with the release on which the change rested.
	if _, err := w.Undo(t.Context(), me, three, tariff); err != nil {
		t.Fatal(err)
	}
	if now := w.found(three); now.Base != before.Base || len(now.Files) != 1 || w.text(three, tariff) != mineWas {
		t.Errorf("%+v", now)
	}
	if _, err := w.Redo(t.Context(), me, three, tariff); !errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	if open, err = w.Rebase(t.Context(), me, three, theirs); err != nil {
		t.Fatal(open, err)
	}
	w.put(me, three, tariff, "125.00", "126.00")
	for range 2 { // what was edited behind it is taken back first
		if _, err := w.Undo(t.Context(), me, three, tariff); err != nil {
			t.Fatal(err)
		}
	}
	if now := w.found(three); now.Base != before.Base || w.text(three, tariff) != mineWas {
		t.Errorf("%+v", now)
	}
	if open, err = w.Rebase(t.Context(), me, three, mine); err != nil || len(open) > 0 {
		t.Fatal(open, err)
	}
	if _, err := w.Meanwhile(t.Context(), three, mine); !errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	p, err := w.Propose(t.Context(), me, three)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(t.Context(), three, p.Digest); err != nil || !strings.Contains(w.live()[health], "# looked through") || !strings.Contains(w.live()[tariff], "140.00") {
		t.Error(err)
	}
}

func (w *world) found(number int64) *change.Change {
	w.t.Helper()
	ch, err := w.Find(w.t.Context(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	return ch
}

func (w *world) live() map[string]string {
	w.t.Helper()
	head, err := release.Current(w.t.Context(), w.pool)
	if err != nil {
		w.t.Fatal(err)
	}
	files, err := release.Files(w.t.Context(), w.pool, head.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}

func TestAnUrgentChangeGoesBelowOneThatWaitsForItsMoment(t *testing.T) {
	w := newWorld(t)
	me, doctor := w.person(analyst), w.person("health:"+change.Analyst)
	later, urgent, same := w.start(me), w.start(doctor), w.start(me)
	moment := time.Now().Add(3 * time.Second)
	if err := w.Describe(t.Context(), me, later, change.Words{Title: "Next year's fees", Reason: "Budget", LiveFrom: moment}); err != nil {
		t.Fatal(err)
	}
	w.put(me, later, tariff, "120.00", "125.00")
	w.put(doctor, urgent, health, "\n", "\n# urgent\n")
	w.put(me, same, tariff, "\n", "\n# the same file\n")
	for i, n := range []int64{later, urgent} {
		p, err := w.Propose(t.Context(), []*identity.Person{me, doctor}[i], n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(t.Context(), n, p.Digest); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Propose(t.Context(), me, same)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(t.Context(), same, p.Digest); !errors.Is(err, change.ErrMoved) {
		t.Errorf("it would be lost at the moment of the one that waits: %v", err)
	}
	if now := w.live(); !strings.Contains(now[health], "# urgent") || strings.Contains(now[tariff], "125.00") {
		t.Error("live now is not the urgent one alone")
	}
	time.Sleep(time.Until(moment) + 50*time.Millisecond)
	if now := w.live(); !strings.Contains(now[health], "# urgent") || !strings.Contains(now[tariff], "125.00") {
		t.Error("live then are not both")
	}
	if ch, err := w.Find(t.Context(), later); err != nil || ch.Status != change.Approved {
		t.Errorf("%+v %v", ch, err)
	}
}

func TestWhatIsBrokenIsNotProposed(t *testing.T) {
	w := newWorld(t)
	me := w.person(analyst)
	n := w.start(me)
	if _, err := w.Propose(t.Context(), me, n); !errors.Is(err, change.ErrNothing) {
		t.Error(err)
	}
	var broken *change.Broken
	for name, text := range map[string]string{
		"unreadable":                  "\x00\xff: [",
		"a name that is not there":    strings.Replace(w.sample(licence), "tariff.licencePerYear", "tariff.licencePerMoon", 1),
		"a scenario that fails":       strings.Replace(w.sample(licence), "renewal: 250.00 ILS", "renewal: 251.00 ILS", 1),
		"a service that is not there": "",
	} {
		body := []byte(text)
		if _, err := w.Edit(t.Context(), me, n, licence, func([]byte) ([]byte, error) { return body, nil }); err != nil {
			t.Fatal(name, err)
		}
		if _, _, _, err := w.Catalogue(t.Context(), n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Propose(t.Context(), me, n); !errors.As(err, &broken) || len(broken.Findings) == 0 || broken.Findings[0].Range.File != licence {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Nobody was asked, so nothing waits.
	w.route.refuses = errors.New("nobody there")
	for {
		if _, err := w.Undo(t.Context(), me, n, licence); err != nil {
			break
		}
	}
	w.put(me, n, tariff, "120.00", "125.00")
	if _, err := w.Propose(t.Context(), me, n); err == nil || !strings.Contains(err.Error(), "nobody there") {
		t.Error(err)
	}
	if ch, err := w.Find(t.Context(), n); err != nil || ch.Status != change.Draft || len(ch.Files) != 1 {
		t.Errorf("%+v %v", ch, err)
	}
}

func TestATextFromAPageIsJoinedWithWhatOthersDid(t *testing.T) {
	w := newWorld(t)
	me, other := w.person(analyst), w.person(analyst)
	n := w.start(me)
	seen, err := w.Text(t.Context(), n, tariff)
	if err != nil {
		t.Fatal(err)
	}
	w.put(other, n, tariff, "120.00", "130.00")
	whole := strings.Replace(string(seen.Body), "50.00", "55.00", 1)
	if _, open, err := w.Save(t.Context(), me, n, tariff, seen.Version, []byte(whole)); err != nil || len(open) > 0 {
		t.Fatal(err, open)
	}
	if got := w.text(n, tariff); !strings.Contains(got, "130.00") || !strings.Contains(got, "55.00") {
		t.Errorf("%s", got)
	}
	if _, open, err := w.Save(t.Context(), me, n, tariff, seen.Version, []byte(strings.Replace(whole, "120.00", "140.00", 1))); !errors.Is(err, change.ErrOverlap) || len(open) != 1 {
		t.Error(err, open)
	}
}

func TestRemarksAreThreadedAndResolved(t *testing.T) {
	w := newWorld(t)
	me, reviewer, citizen := w.person(analyst), w.person("finance:"+change.Reviewer), w.person()
	n := w.start(me)
	id, err := w.Say(t.Context(), reviewer, n, change.Remark{Path: tariff, Place: []string{"amounts", "lateCap"}, Text: " Too much \n"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Say(t.Context(), me, n, change.Remark{Answers: id, Text: "Less now"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Say(t.Context(), me, n, change.Remark{Answers: uuid.New(), Text: "To nobody"}); !errors.Is(err, change.ErrNotFound) {
		t.Error(err)
	}
	if _, err := w.Say(t.Context(), citizen, n, change.Remark{Text: "I see this"}); !errors.Is(err, change.ErrForeign) {
		t.Error(err)
	}
	if err := w.Resolve(t.Context(), citizen, n, id); !errors.Is(err, change.ErrNotFound) {
		t.Error(err)
	}
	if err := w.Resolve(t.Context(), me, n, id); err != nil {
		t.Error(err)
	}
	said, err := w.Remarks(t.Context(), n)
	if err != nil || len(said) != 2 || said[0].Text != "Too much" || said[0].ResolvedBy != me.ID || said[1].Answers != id || said[1].ResolvedBy != uuid.Nil {
		t.Errorf("%+v %v", said, err)
	}
	if others, err := w.Here(t.Context(), me, n, tariff); err != nil || len(others) > 0 {
		t.Error(others, err)
	}
	if others, err := w.Here(t.Context(), reviewer, n, ""); err != nil || len(others) != 1 || others[0].Person != me.ID || others[0].Path != tariff {
		t.Error(others, err)
	}
}

// A legal reviewer, a data protection officer, a translator are of no service's authority: they remark while the route asks them.
func TestWhoeverTheRouteAsksRemarksWhileItDoes(t *testing.T) {
	w := newWorld(t)
	me, lawyer := w.person(analyst), w.person("platform:legal-reviewer")
	n := w.start(me)
	w.put(me, n, tariff, "120.00", "130.00")
	w.route.asked = lawyer.ID
	remark := func() error {
		_, err := w.Say(t.Context(), lawyer, n, change.Remark{Path: tariff, Text: "Which decision says so?"})
		return err
	}
	if err := remark(); !errors.Is(err, change.ErrForeign) {
		t.Errorf("a draft is remarked on: %v", err)
	}
	if _, err := w.Propose(t.Context(), me, n); err != nil {
		t.Fatal(err)
	}
	if err := remark(); err != nil {
		t.Error(err)
	}
	w.route.asked = uuid.Nil
	if err := remark(); !errors.Is(err, change.ErrForeign) {
		t.Errorf("who is not asked any more remarks: %v", err)
	}
	w.route.asked = lawyer.ID
	w.route.stands(change.RouteState{Ended: true})
	if err := remark(); !errors.Is(err, change.ErrForeign) {
		t.Errorf("what is over is remarked on: %v", err)
	}
	if _, err := w.Say(t.Context(), me, n, change.Remark{Text: "A pity"}); !errors.Is(err, change.ErrStatus) {
		t.Error(err)
	}
	if _, err := w.Say(t.Context(), lawyer, n+1, change.Remark{Text: "?"}); !errors.Is(err, change.ErrForeign) {
		t.Errorf("a stranger learns which changes there are: %v", err)
	}
	said, err := w.Remarks(t.Context(), n)
	if err != nil || len(said) != 1 || said[0].Author != lawyer.ID {
		t.Errorf("%+v %v", said, err)
	}
}

// The route asks about what was proposed, whoever has sent it on; nobody but its own application has it released.
func TestTheRouteIsAnsweredAndHeardOnlyAboutItsOwnChange(t *testing.T) {
	w := newWorld(t)
	me := w.person(analyst)
	n := w.start(me)
	args := map[string]json.RawMessage{"number": json.RawMessage(fmt.Sprint(n))}
	if found, _, err := w.Ask(t.Context(), "change", args); found || err != nil {
		t.Errorf("a draft is told of: %v", err)
	}
	w.put(me, n, tariff, "120.00", "130.00")
	p, err := w.Propose(t.Context(), me, n)
	if err != nil {
		t.Fatal(err)
	}
	w.route.stands(change.RouteState{Returned: true})
	if ch, err := w.Find(t.Context(), n); err != nil || ch.Status != change.Returned {
		t.Fatal(ch, err)
	}
	w.route.stands(change.RouteState{})
	found, body, err := w.Ask(t.Context(), "change", args)
	var said struct {
		Authority, Digest string
		Fees              bool
	}
	if err := errors.Join(err, json.Unmarshal(body, &said)); !found || err != nil || said.Authority != "transport" || said.Digest != p.Digest || !said.Fees {
		t.Errorf("%s %v", body, err)
	}
	args["digest"] = json.RawMessage(`"` + p.Digest + `"`)
	permanent := interface{ Permanent() string }(nil)
	if _, err := w.Write(t.Context(), uuid.New(), "publish", args); !errors.As(err, &permanent) || permanent.Permanent() != "rejected" {
		t.Errorf("another application had it released: %v", err)
	}
	if body, err := w.Write(t.Context(), w.route.begun[n], "publish", args); err != nil || string(body) != `{"result":"released"}` {
		t.Errorf("%s %v", body, err)
	}
	if !strings.Contains(w.live()[tariff], "130.00") {
		t.Error("it is not live")
	}
}

func TestTheHistoryOfAServiceIsWhatChangedIt(t *testing.T) {
	w := newWorld(t)
	me, doctor := w.person(analyst), w.person("health:"+change.Analyst)
	fee, other := w.start(me), w.start(doctor)
	w.put(me, fee, tariff, "120.00", "125.00")
	w.put(doctor, other, health, "\n", "\n# looked through\n")
	for i, n := range []int64{fee, other} {
		p, err := w.Propose(t.Context(), []*identity.Person{me, doctor}[i], n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Publish(t.Context(), n, p.Digest); err != nil {
			t.Fatal(err)
		}
	}
	s, list, more, err := w.ServiceHistory(t.Context(), "transport.driving-licence.renew", 0)
	if err != nil || more || len(list) != 2 || s.File != licence {
		t.Fatalf("%d publications, more %t: %v", len(list), more, err)
	}
	if list[0].Change != fee || list[1].Change != 0 || list[1].Way != release.Folder {
		t.Errorf("%d and %d: %s", list[0].Change, list[1].Change, list[1].Way)
	}
	if d := compare.Catalogues(list[0].Was, list[0].Is); len(d) != 1 || d[0].Concern != compare.Money {
		t.Errorf("%v", d)
	}
	if list[1].Was.Service(s.Code.Value) != nil || list[1].Is.Service(s.Code.Value) == nil {
		t.Error("the first publication does not bring the service")
	}
	if _, list, _, err := w.ServiceHistory(t.Context(), s.Code.Value, list[0].Publication); err != nil || len(list) != 1 || list[0].Change != 0 {
		t.Errorf("below the newest: %v %v", list, err)
	}
	if _, _, _, err := w.ServiceHistory(t.Context(), "transport.none", 0); !errors.Is(err, change.ErrNotFound) {
		t.Error(err)
	}
}

func TestANewServiceIsAskedAboutAsAllThatItBrings(t *testing.T) {
	w := newWorld(t)
	me := w.person("health:" + change.Analyst)
	started, err := w.Start(t.Context(), me, change.Words{Title: "x", Reason: "y"}, "health")
	if err != nil {
		t.Fatal(err)
	}
	n := started.Number
	fresh := strings.Replace(w.sample(health), "service: health.insurance.renew", "service: health.insurance.again", 1)
	if _, err := w.Edit(t.Context(), me, n, "services/health/insurance-again.yaml", func([]byte) ([]byte, error) { return []byte(fresh), nil }); err != nil {
		t.Fatal(err)
	}
	p, err := w.Propose(t.Context(), me, n)
	if broken := (*change.Broken)(nil); errors.As(err, &broken) {
		t.Fatal(broken.Findings)
	}
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Checks; !c.Fees || !c.Rules || !c.Data {
		t.Errorf("a service with fees that asks for personal data is looked at by fees %t, rules %t, data %t", c.Fees, c.Rules, c.Data)
	}
}
