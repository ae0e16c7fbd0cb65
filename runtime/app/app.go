package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/clamd"
	"github.com/diwan-gov/diwan/runtime/document/inspect"
	"github.com/diwan-gov/diwan/runtime/document/pades"
	"github.com/diwan-gov/diwan/runtime/govstack"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/metric"
	"github.com/diwan-gov/diwan/runtime/migration"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/payment/stripe"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// App is Diwan in one process: the pages, the API and the worker, or one Part of them. Its exported fields are there for tests and benchmarks.
type App struct {
	Pool     *pgxpool.Pool
	Releases *release.Store
	Book     *application.Book
	Payments *payment.Desk
	Archive  *document.Archive
	Wallets  *credential.Office
	Rights   *right.Register
	Delivery *delivery.Deliveries
	Diary    *appointment.Diary
	Rounds   *round.Rounds
	Settled  *settlement.Books
	Tills    *till.Tills
	Changes  *change.Changes
	Scripts  *script.Pool

	config   Config
	signing  *document.Keys
	relay    *outbox.Relay
	mails    *outbox.Relay // beside the other, so that a mail server that hangs holds nothing else up
	guard    *identity.Guard
	citizens *portal.Portal
	client   client.Client
	counts   *metric.Metrics
	moves    *migration.Migrations
	sealer   *postgres.Sealer
	chain    *postgres.Sealer
	handler  http.Handler
	fatal    chan error
	closing  sync.Once
	closers  []func()

	forgotten uuid.UUID // how far the last round has looked for people whom nobody needs to know
}

// Refused says that the catalogue has errors, or why else it was not published. The release before it, if there is one, goes on.
type Refused struct {
	Findings diag.List
	Why      error // nil: the findings say it
}

func (r *Refused) Error() string {
	if r.Why != nil {
		return fmt.Sprintf("the catalogue was not released: %v", r.Why)
	}
	return fmt.Sprintf("the catalogue was not released; findings: %d", len(r.Findings))
}

// Open brings the database to this version, publishes the catalogue, loads every plan that is needed and wires the capabilities. Nothing is
// at work until Run. When the catalogue is refused and there is a release to go on with, Open succeeds and calls refused; without one it fails
// with a *Refused.
func Open(ctx context.Context, c Config, refused func(*Refused)) (_ *App, err error) {
	c.defaults()
	a := &App{config: c, fatal: make(chan error, 1)}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if err := a.database(ctx); err != nil {
		return nil, err
	}
	if a.signing, err = a.keys(ctx); err != nil {
		return nil, err
	}
	if err := publish(ctx, a.Pool, a.signing, c.Catalogue, refused); err != nil {
		return nil, err
	}
	inUse, err := application.PlansInUse(ctx, a.Pool)
	if err != nil {
		return nil, err
	}
	if a.Releases, err = release.Open(ctx, a.Pool, a.signing, inUse); err != nil {
		return nil, err
	}
	if a.client, err = a.temporal(ctx); err != nil {
		return nil, err
	}
	a.closers = append(a.closers, a.client.Close)
	if a.Scripts, err = script.NewPool(script.Options{Command: c.ScriptCommand, Size: c.ScriptWorkers}); err != nil {
		return nil, err
	}
	a.closers = append(a.closers, a.Scripts.Close)
	if err := a.capabilities(ctx); err != nil {
		return nil, err
	}
	if c.Part != Worker {
		a.handler, err = a.web()
	}
	return a, err
}

// capabilities gives each one what it needs of the others.
func (a *App) capabilities(ctx context.Context) (err error) {
	c := a.config
	a.relay = outbox.New(a.Pool, outbox.Options{Log: c.Log, Fault: c.Fault})
	a.mails = outbox.New(a.Pool, outbox.Options{Log: c.Log, Parallel: mailsAtOnce, Lease: mailLease, Poll: mailPoll})
	a.sealer = audit.NewSealer(a.Pool, c.Log)
	a.chain = ledger.NewSealer(a.Pool, c.Log)
	a.counts = a.metrics()
	if a.Archive, err = a.archive(ctx, a.signing); err != nil {
		return err
	}
	if a.Wallets, err = a.wallets(a.signing); err != nil {
		return err
	}
	zone, err := time.LoadLocation(a.Releases.Reference().Zone)
	if err != nil {
		return err
	}
	providers, err := c.providers(zone)
	if err != nil {
		return err
	}
	if len(c.Bills.Payers) > 0 {
		if err := govstack.Check(c.Bills.Biller, c.Bills.Payers); err != nil {
			return err
		}
	}
	book := &Acts{}
	a.Payments = payment.New(payment.Options{
		Pool: a.Pool, Providers: providers, Biller: c.Bills.Biller, Acts: book, Wake: a.relay.Wake,
		CallbackURL: c.PublicURL + callbackPath, Zone: zone, Now: c.Now, Log: c.Log, Fault: c.Fault,
	})
	registers, err := registry.New(registry.Options{Endpoints: c.Registers, Transport: keepingConnections(), Gives: func(r, o string) ([]plan.Field, bool) {
		op, ok := a.Releases.Reference().Operation(r, o)
		if !ok {
			return nil, false
		}
		return op.Gives, true
	}})
	if err != nil {
		return err
	}
	send, err := a.mailer(ctx)
	if err != nil {
		return err
	}
	a.Delivery = delivery.New(delivery.Options{Pool: a.Pool, Zone: zone, Now: c.Now, Mail: send, Wake: a.mails.Wake, Valid: func(ctx context.Context, paper string) (bool, error) {
		v, err := a.Archive.Verify(ctx, paper)
		return v.Status == document.Valid, err
	}, Tell: func(ctx context.Context, tx pgx.Tx, application uuid.UUID, paper, topic string) error {
		return a.Book.TellApplicant(ctx, tx, application, "collection:"+paper, topic)
	}, Conceal: a.Archive.Conceal, Reveal: a.Archive.Reveal})
	a.Diary = appointment.New(appointment.Options{Pool: a.Pool, Zone: zone, Now: c.Now})
	a.Rights = right.New(right.Options{Pool: a.Pool, Zone: zone, Now: c.Now, Kind: func(code string) (*plan.RightKind, bool) {
		return a.Releases.Reference().Right(code)
	}, Changed: func(ctx context.Context, tx pgx.Tx, h right.Held, by right.Request) error {
		cause := document.Cause{Application: by.Application, Node: by.Node, Visit: by.Visit, At: c.Now()}
		if err := a.Archive.RightChanged(ctx, tx, h.Number, by.What, cause); err != nil {
			return err
		}
		return a.Book.RightChanged(ctx, tx, application.HeldRight(h))
	}})
	a.Rounds = round.New(round.Options{
		Pool: a.Pool, Acts: book, Temporal: a.client, Plan: a.Releases.Plan, Wake: a.relay.Wake, Counts: a.counts, Now: c.Now, Log: c.Log,
		Current: func(service string) (string, *plan.Plan, bool) {
			live, ok := a.Releases.Service(service)
			if !ok {
				return "", nil, false
			}
			return live.PlanDigest, live.Plan, true
		},
	})
	asked := &Registers{Registry: registers, Rights: a.Rights}
	a.Book = application.New(application.Options{
		Pool: a.Pool, Releases: a.Releases, Relay: a.relay, Temporal: a.client, Payments: Payments{a.Payments},
		Documents: Documents{a.Archive, a.Delivery, a.Rights}, Registry: asked, Rights: Rights{a.Rights, a.Payments}, Appointments: Appointments{a.Diary}, Rounds: Rounds{a.Rounds}, Scripts: a.Scripts, Audit: audited{}, Counts: a.counts, Now: c.Now, Log: c.Log, Fault: c.Fault,
	})
	a.Payments.Right = standing(a.Rights)
	settled := map[string]settlement.Provider{}
	for _, at := range providers {
		if s, ok := at.Provider.(settlement.Settles); ok {
			settled[at.Name] = s.Settlement()
		}
	}
	if c.Bank != "" {
		settled[ledger.BankedCash] = settlement.Folder(c.Bank)
	}
	a.Settled = settlement.New(settlement.Options{
		Pool: a.Pool, Ours: a.Payments.Ours(), Providers: settled, Services: a.Book.Services, Keeps: a.Payments.Keeps,
		Zone: zone, Now: c.Now, Log: c.Log,
	})
	a.Tills = till.New(till.Options{Pool: a.Pool, Payments: a.Payments, Receipts: a.Archive, Wake: a.relay.Wake, Zone: zone, Now: c.Now})
	a.moves = migration.New(migration.Options{Pool: a.Pool, Book: a.Book, Now: c.Now, Log: c.Log, Plan: func(service string) (digest, authority string, ok bool) {
		live, ok := a.Releases.Service(service)
		if !ok {
			return "", "", false
		}
		return live.PlanDigest, live.Authority, true
	}})
	book.Book = a.Book
	a.Changes = change.New(change.Options{
		Pool: a.Pool, Keys: a.signing, Releases: a.Releases, Scripts: a.Scripts, Route: route{a.Book, a.Releases}, Past: requoted(a.Book, c.Now), Replay: replayed(a.Book), Now: c.Now, Log: c.Log,
	})
	asked.Changes = a.Changes
	a.relay.Handle(a.Book.Handlers())
	a.relay.Handle(a.Payments.Handlers())
	a.relay.Handle(a.Rounds.Handlers())
	a.mails.Handle(a.Delivery.Handlers())
	return nil
}

// keys opens those that sign. Where they cannot sign now it is said and the process goes on: they may lie in a token that comes back, and what
// else it does needs none. Nor would it be good that it starts again and again with a PIN that is wrong: the token would lock itself.
func (a *App) keys(ctx context.Context) (*document.Keys, error) {
	m, err := a.config.Module.open()
	if err != nil {
		return nil, err
	}
	if m != nil {
		a.closers = append(a.closers, m.Close)
	}
	keys, err := document.OpenKeys(a.config.Signing, m)
	if err != nil {
		return nil, err
	}
	if err := keys.Probe(); err != nil {
		a.config.Log.ErrorContext(ctx, "app: nothing can be signed now", "error", err)
	}
	return keys, nil
}

// providers are those that stand in the configuration, in the order of PayAt and behind them those at which nothing more is opened.
func (c *Config) providers(zone *time.Location) (list []payment.At, err error) {
	all := map[string]provider.Provider{}
	if c.Stripe.Key != "" {
		if all[ledger.Stripe], err = stripe.New(stripe.Options{Key: c.Stripe.Key, Secrets: c.Stripe.Secrets, Zone: zone}); err != nil {
			return nil, err
		}
	}
	if c.Gateway.URL != "" {
		if all[ledger.Gateway], err = payment.NewGateway(c.Gateway.URL, c.Gateway.Key, c.Gateway.Secret); err != nil {
			return nil, err
		}
	}
	offered := c.PayAt
	if offered == nil && c.Stripe.Key != "" {
		offered = []string{ledger.Stripe}
	} else if offered == nil {
		offered = []string{ledger.Gateway}
	}
	for _, name := range slices.Concat(offered, []string{ledger.Stripe, ledger.Gateway}) {
		known := slices.ContainsFunc(list, func(at payment.At) bool { return at.Name == name })
		if all[name] != nil && !known {
			list = append(list, payment.At{Name: name, Provider: all[name], Closed: !slices.Contains(offered, name)})
		} else if all[name] == nil && slices.Contains(c.PayAt, name) {
			return nil, fmt.Errorf("app: %q is to be paid at and is not configured", name)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("app: there is no provider of payments")
	}
	return list, nil
}

// keepingConnections is the default transport with enough idle connections for one registry's questions at once; the default keeps two.
func keepingConnections() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	return t
}

func (a *App) archive(ctx context.Context, keys *document.Keys) (*document.Archive, error) {
	c := a.config
	files, err := openFiles(ctx, c.Files, c.S3)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(a.Releases.Reference().Zone)
	if err != nil {
		return nil, err
	}
	looker, err := inspect.New(inspect.Options{Command: c.InspectCommand})
	if err != nil {
		return nil, err
	}
	var scanner document.Scanner
	if c.Clamd != "" {
		if scanner, err = clamd.New(c.Clamd); err != nil {
			return nil, err
		}
	}
	var stamps document.Stamps
	if c.Stamps.URL != "" {
		stamps = &pades.Authority{URL: c.Stamps.URL, Roots: c.Stamps.Roots}
	}
	return document.New(document.Options{
		Pool: a.Pool, Files: files, Masters: c.Masters, Keys: keys, PublicURL: c.PublicURL, Zone: zone, Now: c.Now, Log: c.Log,
		Look: looker.Look, Scanner: scanner, Scanned: a.counts.Scanned, Refused: refusedUpload,
		Stamps: stamps,
		Authority: func(code string) plan.Text {
			if one, ok := a.Releases.Reference().Authority(code); ok {
				return one.Title
			}
			return nil
		},
	})
}

// Handler serves the pages and the API; nil for a Worker.
func (a *App) Handler() http.Handler { return a.handler }

// Run works until ctx ends, and then until what is under way has come to an end. An error means that it could not go on. Stop sending it
// requests before ctx ends: what a request has asked for is brought to its end by the parts that Run stops.
func (a *App) Run(ctx context.Context) error {
	stopWorker := func() {}
	if a.config.Part != Web {
		var err error
		if stopWorker, err = a.work(ctx); ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
	// What is delivered waits for the worker, so the relay ends before it; what both write, the rest looks after until the end.
	others, stopOthers := context.WithCancel(context.WithoutCancel(ctx))
	relay, stopRelay := context.WithCancel(others)
	var background, delivering sync.WaitGroup
	delivering.Go(func() { a.relay.Run(relay) })
	delivering.Go(func() { a.mails.Run(relay) })
	for _, run := range a.background() {
		background.Go(func() { run(others) })
	}
	defer func() {
		stopRelay()
		delivering.Wait()
		stopWorker()
		stopOthers()
		background.Wait()
	}()
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.fatal:
		return fmt.Errorf("worker: %w", err)
	}
}

// background is what goes on beside requests and workflows.
func (a *App) background() []func(context.Context) {
	all := []func(context.Context){func(ctx context.Context) { a.Releases.Run(ctx, a.config.Log) }}
	if a.config.Part != Worker {
		all = append(all, a.guard.Run)
	}
	if a.config.Part != Web {
		all = append(all, a.sealer.Run, a.chain.Run, a.moves.Run, a.offerSearch, a.scanUploads, func(ctx context.Context) {
			postgres.Alone(ctx, a.Pool, "upkeep", a.config.Log, a.upkeep)
		})
	}
	return all
}

func (a *App) register(w worker.Worker) {
	interpret.Register(w, a.Releases)
	interpret.RegisterRounds(w)
	w.RegisterActivityWithOptions(a.Rounds.Advance, sdkactivity.RegisterOptions{Name: activity.AdvanceName})
	w.RegisterActivityWithOptions(a.Book.Apply, sdkactivity.RegisterOptions{Name: activity.ApplyName})
	w.RegisterActivityWithOptions(a.Book.Know, sdkactivity.RegisterOptions{Name: activity.KnowName})
	w.RegisterActivityWithOptions(a.Book.Lookup, sdkactivity.RegisterOptions{Name: activity.LookupName})
}

// Close lets go of everything that Open took. Call it after Run has returned.
func (a *App) Close() {
	a.closing.Do(func() {
		for i := len(a.closers) - 1; i >= 0; i-- {
			a.closers[i]()
		}
	})
}

// audited writes people's acts down in the audit.
type audited struct{}

func (audited) Act(ctx context.Context, tx pgx.Tx, act application.AuditedAct) error {
	detail := map[string]string{"action": act.Action}
	if act.Code != "" {
		detail["refused"] = act.Code
	}
	if act.OnBehalf != uuid.Nil {
		detail["onBehalf"] = act.OnBehalf.String()
	}
	return audit.Record(ctx, tx, audit.Entry{Authority: act.Authority, Actor: act.Actor, Action: "act", Subject: act.Application.String(), Detail: detail})
}

// refusedUpload writes down what the scanner has refused. It is the platform's: an upload has no authority before a form that names it is sent.
func refusedUpload(ctx context.Context, tx pgx.Tx, f document.Finding) error {
	detail := map[string]string{"owner": f.Owner.String(), "found": f.Found}
	if f.Application != uuid.Nil {
		detail["application"] = f.Application.String()
	}
	return audit.Record(ctx, tx, audit.Entry{Authority: "platform", Actor: "scanner", Action: "refuse-upload", Subject: f.Upload.String(), Detail: detail})
}

var errNoRelease = errors.New("there is no release yet and no catalogue to make one of")
