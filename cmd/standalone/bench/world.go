package bench

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/handwritten"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/plain"
	"github.com/diwan-gov/diwan/cmd/standalone/registries"
	temporalserver "github.com/diwan-gov/diwan/cmd/standalone/temporal"
	"github.com/diwan-gov/diwan/runtime/app"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const namespace = "bench"

// world is a whole platform without pages: private PostgreSQL and Temporal, registers on loopback, and every capability that the sample service
// needs, as production puts them together.
type world struct {
	database *database
	server   *temporalserver.Server
	temporal client.Client
	starts   *starts
	keys     *document.Keys
	store    *release.Store
	relay    *outbox.Relay
	book     *application.Book
	desk     *payment.Desk
	archive  *document.Archive
	ledger   *ledger.Book
	forms    forms
	zone     *time.Location // of the service's days
	secret   string         // of the gateway's signatures

	closers []func() error
}

// worldOptions are what a recording sets and a measurement leaves.
type worldOptions struct {
	keys     string // of Temporal's payloads; made when empty
	services int    // of a national catalogue of so many; 0 = the sample catalogue as it is
}

// open brings everything up. The caller closes it, also after an error.
func (w *world) open(ctx context.Context, o worldOptions) (err error) {
	if w.database, err = openDatabase(ctx); err != nil {
		return err
	}
	w.closing(w.database.close)
	if o.keys == "" {
		o.keys = "bench " + base64.StdEncoding.EncodeToString(random())
	}
	keys, err := temporal.ParseKeys(o.keys)
	if err != nil {
		return err
	}
	c := w.database.cluster
	w.server, err = temporalserver.Start(ctx, temporalserver.Options{
		PostgresSocketDir: c.SocketDir(), Port: c.Port(), Database: databaseAs, Namespace: namespace,
		SearchAttributes: interpret.SearchAttributes(), Log: quiet(),
	})
	if err != nil {
		return err
	}
	w.closing(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
		defer cancel()
		return w.server.Stop(ctx)
	})
	w.temporal, err = temporal.Dial(ctx, temporal.Options{HostPort: w.server.HostPort(), Namespace: namespace, Keys: keys, Log: quiet()})
	if err != nil {
		return err
	}
	w.closing(func() error { w.temporal.Close(); return nil })
	if err := w.publish(ctx, o.services); err != nil {
		return err
	}
	if err := w.capabilities(); err != nil {
		return err
	}
	return w.work()
}

func random() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}

// quiet keeps warnings of the relay and the like out of the figures; what matters comes back as an error.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (w *world) closing(f func() error) { w.closers = append(w.closers, f) }

// close takes everything away again, last things first.
func (w *world) close() (err error) {
	for i := len(w.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, w.closers[i]())
	}
	w.closers = nil
	return err
}

// publish releases the sample catalogue with the long service, or a national one, and makes the program of the sample service ready.
func (w *world) publish(ctx context.Context, services int) error {
	c, err := engineCatalogue()
	if services > 0 {
		c, err = catalogueOf(services)
	}
	if err != nil {
		return err
	}
	r, found := release.Build(c)
	if found.HasErrors() {
		return fmt.Errorf("release: %s", found[0].Summary)
	}
	if w.keys, err = document.OpenKeys(filepath.Join(w.database.dir, "document.pem"), nil); err != nil {
		return err
	}
	if _, err := releasetest.Publish(ctx, w.database.pool, w.keys, r); err != nil {
		return err
	}
	if w.store, err = release.Open(ctx, w.database.pool, w.keys, nil); err != nil {
		return err
	}
	live, ok := w.store.Service(service)
	if !ok {
		return errors.New("the release has no " + service)
	}
	program, err := live.Program() // loaded before the worker polls
	if err != nil {
		return err
	}
	w.zone = program.Zone()
	scripts, err := script.NewPool(script.Options{})
	if err != nil {
		return err
	}
	w.closing(func() error { scripts.Close(); return nil })
	w.forms = forms{store: w.store, scripts: scripts, ready: map[string]*form.Form{}}
	_, err = w.forms.of(service)
	return err
}

func (w *world) capabilities() error {
	pool := w.database.pool
	asked, err := w.registers()
	if err != nil {
		return err
	}
	files, err := document.NewDisk(filepath.Join(w.database.dir, "files"))
	if err != nil {
		return err
	}
	w.archive, err = document.New(document.Options{
		Pool: pool, Files: files, Masters: [][]byte{random()}, Keys: w.keys, PublicURL: publicURL, Log: quiet(),
		Authority: func(code string) plan.Text {
			if a, ok := w.store.Reference().Authority(code); ok {
				return a.Title
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	w.secret = base64.StdEncoding.EncodeToString(random())
	// The gateway is never asked: its callback comes in time.
	gateway, err := payment.NewGateway("http://127.0.0.1:1", "none", w.secret)
	if err != nil {
		return err
	}
	relay := outbox.New(pool, outbox.Options{Log: quiet()})
	acts := &app.Acts{}
	w.desk = payment.New(payment.Options{
		Pool: pool, Providers: []payment.At{{Name: ledger.Gateway, Provider: gateway}}, Acts: acts, Wake: relay.Wake, CallbackURL: publicURL, Log: quiet(),
	})
	w.ledger = ledger.New(pool)
	w.starts = &starts{Client: w.temporal}
	w.book = application.New(application.Options{
		Pool: pool, Releases: w.store, Relay: relay, Temporal: w.starts, Payments: app.Payments{Desk: w.desk}, Documents: app.Documents{Archive: w.archive, Delivery: delivery.New(delivery.Options{Pool: pool})}, Registry: asked,
		Log: quiet(),
	})
	acts.Book = w.book
	relay.Handle(w.book.Handlers())
	relay.Handle(w.desk.Handlers())
	w.relay = relay
	return nil
}

// registers serves the sample registers on loopback and gives their client.
func (w *world) registers() (*registry.Client, error) {
	key := base64.RawURLEncoding.EncodeToString(random())
	sample, err := registries.New(registries.Options{Files: os.DirFS(samples + "/sample/registries"), Key: key})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: sample.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }() // it ends by Close
	w.closing(server.Close)
	endpoints := map[string]registry.Endpoint{}
	for _, r := range w.store.Reference().Registries {
		endpoints[r.Code] = registry.Endpoint{URL: "http://" + l.Addr().String(), Key: key}
	}
	// As many connections stay open as may be asked at once; the standard transport keeps two.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = mostUsers
	w.closing(func() error { transport.CloseIdleConnections(); return nil })
	return registry.New(registry.Options{
		Endpoints: endpoints, Transport: transport,
		Gives: func(code, operation string) ([]plan.Field, bool) {
			o, ok := w.store.Reference().Operation(code, operation)
			if !ok {
				return nil, false
			}
			return o.Gives, true
		},
	})
}

// work starts the one worker, which runs the engine and the workflows written by hand, and then the relay.
func (w *world) work() error {
	stop, err := temporal.StartWorker(w.temporal, temporal.WorkerOptions{TaskQueue: activity.TaskQueue, Register: func(r worker.Worker) {
		interpret.Register(r, w.store)
		r.RegisterWorkflowWithOptions(handwritten.Workflow, workflow.RegisterOptions{Name: handwritten.Name})
		r.RegisterWorkflowWithOptions(handwritten.Short, workflow.RegisterOptions{Name: handwritten.ShortName})
		r.RegisterWorkflowWithOptions(handwritten.Long, workflow.RegisterOptions{Name: handwritten.LongName})
		r.RegisterWorkflowWithOptions(plain.Workflow, workflow.RegisterOptions{Name: plain.Name})
		r.RegisterActivityWithOptions(w.book.Apply, sdkactivity.RegisterOptions{Name: activity.ApplyName})
		r.RegisterActivityWithOptions(w.book.Know, sdkactivity.RegisterOptions{Name: activity.KnowName})
		r.RegisterActivityWithOptions(w.book.Lookup, sdkactivity.RegisterOptions{Name: activity.LookupName})
	}})
	if err != nil {
		return err
	}
	w.closing(func() error { stop(); return nil })
	// It ends before the worker, which has to answer what is being delivered.
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.relay.Run(ctx) }()
	w.closing(func() error { cancel(); <-done; return nil })
	return nil
}

// person stores an applicant as a sign-in does: a person of their own, with what identity attests about the sample person.
func (w *world) person(ctx context.Context) (application.Person, error) {
	p := application.Person{ID: uuid.New(), Facts: facts()}
	b, err := json.Marshal(p.Facts)
	if err != nil {
		return p, err
	}
	_, err = w.database.pool.Exec(ctx, "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'bench', $2, $3)", p.ID, p.ID.String(), b)
	return p, err
}
