package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	temporalserver "github.com/diwan-gov/diwan/cmd/standalone/temporal"
	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
)

const (
	partner     = "402345678" // national number of somebody else than the applicant
	newestRight = "newest"    // stands in a form for the number of the right that was granted last
	suggestedAt = 60          // events after which the server suggests to continue as new, so that a recording is short
)

// office is the whole App on a real server, with the services of the behaviours and a clock that can be set back.
type office struct {
	*world
	app    *app.App
	behind atomic.Int64 // by how much the clock of the runtime is
	down   atomic.Int64 // status with which registers answer; 0 = they answer
}

func (o *office) now() time.Time { return time.Now().Add(-time.Duration(o.behind.Load())) }

// common are the files beside the services.
var common = map[string]string{
	"catalogue.yaml":           "catalogue: town\ntitle: {en: Town}\nlanguages: [en]\ncurrency: ILS\ntimeZone: Asia/Hebron\ncalendar: town\n",
	"calendars/town.yaml":      "calendar: town\ntitle: {en: Days}\nweekend: [friday, saturday]\n",
	"authorities/town.yaml":    "authority: town\ntitle: {en: Town}\nroles: [{role: clerk, title: {en: C}}, {role: engineer, title: {en: E}}]\n",
	"registries/b.yaml":        "registry: buildings\ntitle: {en: B}\nauthority: town\noperations: [{operation: by-number, title: {en: B}, with: {number: integer}, gives: {street: text}}]\n",
	"registries/s.yaml":        "registry: shops\ntitle: {en: S}\nauthority: town\noperations: [{operation: enter, title: {en: E}, with: {building: text, holder: text}, gives: {number: text}, writes: true}, {operation: remove, title: {en: R}, with: {number: text}, gives: {}, writes: true}]\n",
	"events/debt-paid.yaml":    "event: town.debt-paid\ntitle: {en: Paid}\nauthority: town\nabout: debtor\ngives: {debtor: text, paidOn: date}\n",
	"rights/stall.yaml":        "right: stall\ntitle: {en: Stall}\nauthority: town\nholder: person\nregister: RS\nterms: {area: integer}\nmay: {suspended: [town.right-changed-and-revoked], revoked: [town.right-changed-and-revoked]}\nkeep: 5 years after end\n",
	"documents/st-permit.yaml": "document: stall-permit\ntitle: {en: Permit}\nregister: ST\nrows: [{label: {en: N}, value: issued.number}]\n",
}

// catalogueOfBehaviours has a service for each; where it is the second one, the service that is moved has one step more.
func catalogueOfBehaviours(second bool) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range common {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, b := range behaviours() {
		text := "service: town." + b.name + "\ntitle: {en: " + b.name + "}\nsummary: {en: " + b.name + "}\nauthority: town\ntype: permit\npromised: 5 working days\nkeep: 1 year after end\n"
		if !strings.Contains(b.service, "form:\n") {
			text += "form: [{section: f, title: {en: F}, fields: [{field: n, type: integer, label: {en: N}}]}]\n"
		}
		text += b.service
		if second && b.name == "moved-to-another-plan" {
			text += "  - step: after\n    title: {en: After}\n    review: clerk" + decisions + "\n"
		}
		text += "scenarios: [{scenario: lived, on: 2026-11-22, expect: {end: " + b.outcome + "}}]\n"
		files["services/"+b.name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func openOffice(t *testing.T) *office {
	t.Helper()
	ctx := t.Context()
	o := &office{world: &world{}}
	w := o.world
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.database, err = openDatabase(ctx)
	must(err)
	w.closing(w.database.close)
	c := w.database.cluster
	w.server, err = temporalserver.Start(ctx, temporalserver.Options{
		PostgresSocketDir: c.SocketDir(), Port: c.Port(), Database: databaseAs, Namespace: namespace, SuggestContinueAfter: suggestedAt,
		SearchAttributes: interpret.SearchAttributes(), Log: quiet(),
	})
	must(err)
	w.closing(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		return w.server.Stop(ctx)
	})
	keys := recordingKeys(t)
	w.temporal, err = temporal.Dial(ctx, temporal.Options{HostPort: w.server.HostPort(), Namespace: namespace, Keys: keys, Log: quiet()})
	must(err)
	w.closing(func() error { w.temporal.Close(); return nil })
	must(o.publish(ctx, catalogueOfBehaviours(false)))
	register := o.register(t)
	w.secret = base64.StdEncoding.EncodeToString(random())
	o.app, err = app.Open(ctx, app.Config{
		PublicURL: publicURL, Database: c.URL(databaseAs), Temporal: app.Temporal{HostPort: w.server.HostPort(), Namespace: namespace, Keys: keys},
		Files: filepath.Join(w.database.dir, "files"), Masters: [][]byte{random()}, Signing: filepath.Join(w.database.dir, "document.pem"),
		SignIn: app.SignIn{Issuer: "http://127.0.0.1:1", ClientID: "none", ClientSecret: "none"}, Gateway: app.Gateway{URL: "http://127.0.0.1:1", Key: "none", Secret: w.secret},
		Registers: map[string]registry.Endpoint{"buildings": {URL: register}, "shops": {URL: register}}, Log: slog.New(slog.DiscardHandler), Now: o.now,
	}, func(*app.Refused) {})
	must(err)
	w.closing(func() error { o.app.Close(); return nil })
	w.book, w.desk, w.store = o.app.Book, o.app.Payments, o.app.Releases
	working, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.app.Run(working) }()
	w.closing(func() error { stop(); return <-ended })
	return o
}

func recordingKeys(t *testing.T) *temporal.Keys {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(recordings, "test-key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := temporal.ParseKeys(string(key))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (o *office) publish(ctx context.Context, files fstest.MapFS) error {
	c, found := catalog.Load(files)
	r, more := release.Build(c)
	found.Add(more...)
	if found.HasErrors() {
		var told bytes.Buffer
		_ = diag.WriteText(&told, found, func(file string) []byte { return files[file].Data }) // a buffer takes everything
		return errors.New(told.String())
	}
	keys, err := document.OpenKeys(filepath.Join(o.database.dir, "document.pem"), nil) // those of the App
	if err != nil {
		return err
	}
	_, err = releasetest.Publish(ctx, o.database.pool, keys, r)
	return err
}

// register answers for every registry: a street or a number, nothing for the building 404, or the status that it is told to fail with.
func (o *office) register(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var args struct{ Number json.Number }
		_ = json.NewDecoder(r.Body).Decode(&args)
		switch status := int(o.down.Load()); {
		case status != 0:
			w.WriteHeader(status)
		case args.Number == "404":
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"code": "not-found"}`))
		case strings.HasSuffix(r.URL.Path, "enter"):
			_, _ = w.Write([]byte(`{"number": "7"}`))
		default:
			_, _ = w.Write([]byte(`{"street": "Main"}`))
		}
	})}
	go func() { _ = server.Serve(l) }() // it ends by Close
	o.closing(server.Close)
	return "http://" + l.Addr().String()
}

// run is one application that lives through a behaviour.
type run struct {
	*office
	ctx       context.Context
	applicant application.Person
	by        uuid.UUID // who acts for the applicant; the applicant, where nobody does
	id        uuid.UUID
	service   string
	opens     string // of the round, "" where there is none
}

// deed is one thing that somebody does, or that happens.
type deed func(*run) error

func (r *run) me() application.Actor {
	return application.Actor{Person: r.by, Kind: application.Applicant, NationalNumber: "401234567"}
}

// clerk is one of the officers, who hold every role.
func clerk(n int) application.Actor {
	return application.Actor{
		Person: uuid.UUID{15: byte(n), 6: 0x40, 8: 0x80}, Kind: application.Officer,
		Capacities: []string{"town:clerk", "town:engineer", "town:operator"},
	}
}

// task waits for an open task of a node, the first where there are several.
func (r *run) task(node string) (id uuid.UUID, revision int, err error) {
	return id, revision, r.until("an open task "+node, func() (bool, error) {
		err := r.database.pool.QueryRow(r.ctx, `SELECT id, revision FROM task WHERE application = $1 AND node = $2 AND closed_at IS NULL ORDER BY visit, id LIMIT 1`, r.id, node).Scan(&id, &revision)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, nil
		}
		return err == nil, err
	})
}

// until asks again until the answer is yes.
func (r *run) until(what string, ask func() (bool, error)) error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if yes, err := ask(); yes || err != nil {
			return err
		}
	}
	var at string
	err := r.database.pool.QueryRow(r.ctx, `SELECT a.status || ' at ' || a.node || ', ' || a.outcome || ', open: ' || coalesce(string_agg(t.node || ' ' || t.reason, ', '), '')
		FROM application a LEFT JOIN task t ON t.application = a.id AND t.closed_at IS NULL WHERE a.id = $1 GROUP BY a.id`, r.id).Scan(&at)
	return fmt.Errorf("no %s in %s; it is %s (%v)", what, patience, at, err)
}

func (r *run) does(actor application.Actor, node string, q application.ActRequest) (err error) {
	if node != "" {
		if q.Task, q.Revision, err = r.task(node); err != nil {
			return err
		}
	}
	if err := r.act(r.ctx, actor, r.id, q); err != nil {
		return fmt.Errorf("%s at %s: %w", q.Action, node, err)
	}
	return nil
}

func decide(node, action string) deed { return decideAs(1, node, action) }

func decideAs(n int, node, action string) deed {
	return func(r *run) error {
		return r.does(clerk(n), node, application.ActRequest{Action: action, Comment: "so it is"})
	}
}

// refusedAs is a decision that changes nothing, with the code of why.
func refusedAs(n int, node, action, code string) deed {
	return func(r *run) error {
		if err := decideAs(n, node, action)(r); err == nil || !strings.Contains(err.Error(), code) {
			return fmt.Errorf("%s at %s by %d: %v, want %s", action, node, n, err, code)
		}
		return nil
	}
}

func operate(node, action string) deed { return decideAs(9, node, action) }

// correct sends the form again as it is.
func correct(node string) deed {
	return func(r *run) error {
		v, err := r.book.ForApplicant(r.ctx, r.by, r.id)
		if err != nil {
			return err
		}
		return r.does(r.me(), node, application.ActRequest{Action: "submit", Data: v.Form})
	}
}

// answer is what the applicant fills in at a step.
func answer(node, action string, data map[string]any) deed {
	return func(r *run) error { return r.does(r.me(), node, application.ActRequest{Action: action, Data: data}) }
}

// party is what somebody else says who was asked.
func party(node, action string, data map[string]any) deed {
	return func(r *run) error {
		p, err := r.person(r.ctx)
		if err != nil {
			return err
		}
		other := application.Actor{Person: p.ID, Kind: application.Party, NationalNumber: partner}
		return r.does(other, node, application.ActRequest{Action: action, Data: data})
	}
}

// speak is what one of the public says.
func speak(node string, data map[string]any) deed {
	return func(r *run) error {
		task, revision, err := r.task(node)
		if err != nil {
			return err
		}
		p, err := r.person(r.ctx)
		if err != nil {
			return err
		}
		code, err := r.book.Speak(r.ctx, application.Actor{Person: p.ID, Kind: application.Party}, task, application.ActRequest{Action: "submit", Revision: revision, Data: data})
		if err == nil && code != "" {
			err = errors.New(code)
		}
		return err
	}
}

func withdraw() deed {
	return func(r *run) error { return r.does(r.me(), "", application.ActRequest{Action: application.Withdraw}) }
}

func anytime(action string) deed {
	return func(r *run) error {
		return r.does(clerk(1), "", application.ActRequest{Action: action, Comment: "so it is"})
	}
}

func extend() deed {
	return func(r *run) error {
		return r.does(clerk(1), "", application.ActRequest{Action: application.Extend, Comment: "it takes longer"})
	}
}

// reopen takes up again what has ended.
func reopen() deed {
	return func(r *run) error {
		err := r.until("end to take up again", func() (is bool, err error) {
			return is, r.database.pool.QueryRow(r.ctx, "SELECT status = 'ended' FROM application WHERE id = $1", r.id).Scan(&is)
		})
		if err != nil {
			return err
		}
		return r.does(clerk(2), "", application.ActRequest{Action: application.Reopen, Comment: "it was overlooked"})
	}
}

func suspend() deed {
	return func(r *run) error {
		return r.does(clerk(2), "", application.ActRequest{Action: application.Suspend, Comment: "a court decides first"})
	}
}

func resume() deed {
	return func(r *run) error { return r.does(clerk(2), "", application.ActRequest{Action: application.Resume}) }
}

// due waits for a payment.
func due(node string) deed {
	return func(r *run) error {
		return r.until("payment due at "+node, func() (is bool, err error) {
			return is, r.database.pool.QueryRow(r.ctx, "SELECT EXISTS (SELECT FROM payment WHERE application = $1 AND node = $2 AND status = 'due')", r.id, node).Scan(&is)
		})
	}
}

// open waits for a task.
func open(node string) deed { return func(r *run) error { _, _, err := r.task(node); return err } }

// escalated waits until a task is overdue.
func escalated(node string) deed {
	return func(r *run) error {
		return r.until("overdue "+node, func() (overdue bool, err error) {
			return overdue, r.database.pool.QueryRow(r.ctx, "SELECT EXISTS (SELECT FROM task WHERE application = $1 AND node = $2 AND overdue)", r.id, node).Scan(&overdue)
		})
	}
}

// waits waits until the application is at a node.
func waits(node string) deed {
	return func(r *run) error {
		return r.until("coming to "+node, func() (is bool, err error) {
			return is, r.database.pool.QueryRow(r.ctx, "SELECT node = $2 FROM application WHERE id = $1", r.id, node).Scan(&is)
		})
	}
}

// paid lets the gateway report the payment that is due at a step.
func paid(node string) deed {
	return func(r *run) error {
		var body []byte
		err := r.until("payment due at "+node, func() (bool, error) {
			var id uuid.UUID
			due := formula.Money{}
			err := r.database.pool.QueryRow(r.ctx, "SELECT id, amount, currency FROM payment WHERE application = $1 AND node = $2 AND status = 'due'", r.id, node).Scan(&id, &due.Minor, &due.Currency)
			if errors.Is(err, pgx.ErrNoRows) {
				return false, nil
			}
			body, _ = json.Marshal(map[string]any{"event": "checkout.paid", "checkout": "co-" + id.String(), "reference": id.String(), "status": "paid", "amount": due})
			return err == nil, err
		})
		if err != nil {
			return err
		}
		status, err := r.desk.Callback(r.ctx, body, http.Header{"Gateway-Signature": {signature(r.secret, body, r.now())}})
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("the callback is answered %d", status)
		}
		return err
	}
}

// sentOut is what the gateway says of the payout that is on its way at a node: paid or failed.
func sentOut(node, status string) deed {
	return func(r *run) error {
		var body []byte
		err := r.until("payout at "+node, func() (bool, error) {
			var id uuid.UUID
			out := formula.Money{}
			err := r.database.pool.QueryRow(r.ctx, "SELECT id, amount, currency FROM payout WHERE application = $1 AND node = $2 AND ended_at IS NULL", r.id, node).Scan(&id, &out.Minor, &out.Currency)
			if errors.Is(err, pgx.ErrNoRows) {
				return false, nil
			}
			body, _ = json.Marshal(map[string]any{"event": "payout." + status, "payout": "po-" + id.String(), "reference": id.String(), "status": status, "amount": out})
			return err == nil, err
		})
		if err != nil {
			return err
		}
		answered, err := r.desk.Callback(r.ctx, body, http.Header{"Gateway-Signature": {signature(r.secret, body, r.now())}})
		if err == nil && answered != http.StatusOK {
			err = fmt.Errorf("the callback is answered %d", answered)
		}
		return err
	}
}

// tell is an event of another system.
func tell(event, data string) deed {
	return func(r *run) error {
		return r.book.Tell(r.ctx, []string{"events:town"}, application.Told{Source: "/test", ID: r.id.String(), Type: event, Data: []byte(data)})
	}
}

// book opens times of the day after tomorrow and takes the first.
func book(node string) deed {
	return func(r *run) error {
		_, err := r.app.Diary.Open(r.ctx, appointment.Opening{
			Role: "town:clerk", Service: r.service, Node: node, Place: "Hall", Day: time.Now().AddDate(0, 0, 2).Format(time.DateOnly), From: "09:00", Until: "10:00", Minutes: 30, Capacity: 1, By: uuid.New(),
		})
		if err != nil {
			return err
		}
		free, err := r.app.Diary.Free(r.ctx, r.service, node)
		if err != nil || len(free) == 0 {
			return fmt.Errorf("%d free, %w", len(free), err)
		}
		return r.does(r.me(), node, application.ActRequest{Action: "book", Slot: free[0].ID})
	}
}

// attended is said three days later.
func attended(node string) deed {
	return func(r *run) error {
		r.behind.Store(int64(-3 * 24 * time.Hour))
		return decide(node, "attended")(r)
	}
}

// ago lets what follows happen so long ago.
func ago(d time.Duration) deed {
	return func(r *run) error { r.behind.Store(int64(d)); return nil }
}

// pause waits for what must happen in between and leaves no trace in the database.
func pause(d time.Duration) deed { return func(*run) error { time.Sleep(d); return nil } }

// fails lets registers answer with a status from now on.
func fails(status int64) deed { return func(r *run) error { r.down.Store(status); return nil } }

// wakes lets the workflow of the round look: it would sleep until the day on which it closes, by a clock that was not set back.
func wakes() deed {
	return func(r *run) error {
		return r.temporal.SignalWorkflow(r.ctx, r.round().ID(), "", activity.RoundWake, nil)
	}
}

func mends() deed { return func(r *run) error { r.down.Store(0); return nil } }

// again repeats deeds.
func again(times int, deeds ...deed) deed {
	return func(r *run) error {
		for range times {
			for _, d := range deeds {
				if err := d(r); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// move publishes the second catalogue and moves the application to its plan.
func move() deed {
	return func(r *run) error {
		if err := errors.Join(r.publish(r.ctx, catalogueOfBehaviours(true)), r.store.Refresh(r.ctx)); err != nil {
			return err
		}
		live, _ := r.store.Service(r.service)
		result, err := r.app.Book.Move(r.ctx, r.id, live.PlanDigest)
		if err == nil && len(result.Obstacles) > 0 {
			err = fmt.Errorf("it is not moved: %v", result.Obstacles)
		}
		return err
	}
}

// runs tells that the application has been continued as new as often as makes n runs at least.
func runs(n int) deed {
	return func(r *run) error {
		told, err := r.histories()
		if err == nil && len(told) < n {
			err = fmt.Errorf("%d runs, want %d", len(told), n)
		}
		return err
	}
}

// histories are those of all runs, the first one first.
func (r *run) histories() ([][]byte, error) { return r.historiesOf(r.id.String()) }

func (r *run) historiesOf(workflow string) (all [][]byte, err error) {
	next := "" // the last one tells which was first
	for next != "none" {
		h := &history.History{}
		events := r.temporal.GetWorkflowHistory(r.ctx, workflow, next, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			if err != nil {
				return nil, err
			}
			anonymous(e.ProtoReflect())
			h.Events = append(h.Events, e)
		}
		if next == "" {
			next = h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetFirstExecutionRunId()
			continue
		}
		b, err := protojson.Marshal(h)
		if err != nil {
			return nil, err
		}
		var even bytes.Buffer // protojson varies its white space on purpose
		if err := json.Compact(&even, b); err != nil {
			return nil, err
		}
		all = append(all, even.Bytes())
		if next = h.Events[len(h.Events)-1].GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId(); next == "" {
			next = "none"
		}
	}
	return all, nil
}

func TestEveryBehaviourOnARealServerReplays(t *testing.T) {
	t.Chdir("../../..")
	o := openOffice(t)
	options := worker.WorkflowReplayerOptions{DataConverter: temporal.DataConverter(recordingKeys(t)), FailureConverter: temporal.FailureConverter(recordingKeys(t))}
	for _, b := range behaviours() {
		t.Run(b.name, func(t *testing.T) {
			r := o.lived(t, b)
			told, err := r.histories()
			if err != nil {
				t.Fatal(err)
			}
			if err := r.isFound(); err != nil {
				t.Error(err)
			}
			if b.round != "" {
				of, err := r.ofRound()
				if err != nil {
					t.Fatal(err)
				}
				told = append(told, of...)
			}
			for i, one := range told {
				if err := interpret.Replay(bytes.NewReader(one), r.store, options); err != nil {
					t.Errorf("run %d: %v", i+1, err)
				}
			}
			name := filepath.Join(recordings, strconv.Itoa(activity.Interpreter), b.name+".json.gz")
			if _, err := os.Stat(name); err != nil && !*record {
				t.Error("its history is not recorded yet: -record")
			} else if err != nil && !t.Failed() {
				r.keepAll(t, told)
			}
		})
	}
}

// ofRound are the histories of the workflow of the round, once that is over.
func (r *run) ofRound() ([][]byte, error) {
	ctx, stop := context.WithTimeout(r.ctx, patience)
	defer stop()
	if err := r.temporal.GetWorkflow(ctx, r.round().ID(), "").Get(ctx, nil); err != nil {
		return nil, err
	}
	return r.historiesOf(r.round().ID())
}

func (r *run) round() activity.RoundKey { return activity.RoundKey{Service: r.service, Opens: r.opens} }

// lived lets an application live through a behaviour.
func (o *office) lived(t *testing.T, b behaviour) *run {
	t.Helper()
	p, err := o.person(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// As identity keeps it, which is asked for whom a service is started.
	if _, err := o.database.pool.Exec(t.Context(), "UPDATE person SET facts = facts || jsonb_build_object('name', jsonb_build_object('ar', facts->'name')) WHERE id = $1", p.ID); err != nil {
		t.Fatal(err)
	}
	r := &run{office: o, ctx: t.Context(), applicant: p, by: p.ID, service: "town." + b.name, opens: b.round}
	if b.behalf != "" {
		other, err := o.person(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.by, p.Behalf = other.ID, &application.Behalf{As: b.behalf, ID: other.ID, Facts: map[string]any{"nationalNumber": partner, "name": "B", "birthDate": "1980-05-05"}}
	}
	o.behind.Store(int64(b.back))
	o.down.Store(int64(b.down))
	form := b.form
	if form == nil {
		form = map[string]any{"n": 1}
	}
	if form["number"] == newestRight {
		var number string
		if err := o.database.pool.QueryRow(t.Context(), `SELECT number FROM "right" ORDER BY number DESC LIMIT 1`).Scan(&number); err != nil {
			t.Fatalf("there is no right: %v", err)
		}
		form = map[string]any{"number": number}
	}
	v, err := o.book.Submit(t.Context(), application.Submission{Applicant: p, Service: r.service, Form: form, Language: "en", Key: uuid.NewString()})
	if err != nil {
		t.Fatal(err)
	}
	r.id = v.ID
	for i, d := range b.deeds {
		if err := d(r); err != nil {
			t.Fatalf("deed %d: %v", i+1, err)
		}
	}
	outcome := ""
	err = r.until("end", func() (bool, error) {
		err := o.database.pool.QueryRow(t.Context(), "SELECT outcome FROM application WHERE id = $1", r.id).Scan(&outcome)
		return outcome != "", err
	})
	if err == nil {
		err = o.temporal.GetWorkflow(t.Context(), r.id.String(), "").Get(t.Context(), nil)
	}
	if err != nil || outcome != b.outcome {
		t.Fatalf("ended %q, want %q, %v", outcome, b.outcome, err)
	}
	return r
}

// keepAll writes histories and the plans that they name, compressed.
func (r *run) keepAll(t *testing.T, told [][]byte) {
	t.Helper()
	files := map[string][]byte{}
	for i, one := range told {
		name := strings.TrimPrefix(r.service, "town.")
		if i > 0 {
			name += "." + strconv.Itoa(i+1)
		}
		files[filepath.Join(strconv.Itoa(activity.Interpreter), name)] = one
	}
	rows, err := r.database.pool.Query(r.ctx, "SELECT DISTINCT plan FROM release_service WHERE service = $1", r.service)
	if err != nil {
		t.Fatal(err)
	}
	digests, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, digest := range digests {
		p, ok := r.store.Plan(digest)
		if !ok {
			t.Fatal("no plan")
		}
		if files[filepath.Join("plans", digest)], err = p.Canonical(); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a valid one
		_, err := z.Write(text)
		if err = errors.Join(err, z.Close()); err == nil {
			err = os.WriteFile(filepath.Join(recordings, name+".json.gz"), b.Bytes(), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
