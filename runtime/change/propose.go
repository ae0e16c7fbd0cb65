package change

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/impact"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// Broken says why a change cannot be proposed, or not be released.
type Broken struct{ Findings diag.List }

func (b *Broken) Error() string { return fmt.Sprintf("%v: %d findings", ErrBroken, len(b.Findings)) }

// Is tells that it is ErrBroken.
func (b *Broken) Is(target error) bool { return target == ErrBroken }

// Moved says what keeps a change from resting on the live release.
type Moved struct{ Conflicts []merge.Conflict }

func (m *Moved) Error() string { return fmt.Sprintf("%v: %d conflicts", ErrMoved, len(m.Conflicts)) }

// Is tells that it is ErrMoved.
func (m *Moved) Is(target error) bool { return target == ErrMoved }

// Proposal is what reviewers are asked about.
type Proposal struct {
	Change int64
	Number int // 1, 2, … of the change
	Base   int64
	Files  map[string]*string // path → digest of its source; nil: removed
	Digest string
	Words  Words
	Checks Checks
	Author uuid.UUID
	At     time.Time
}

// Checks are what was found when a change was proposed, as far as it decides who must look at it and whether it may be.
type Checks struct {
	Services []string `json:"services"` // codes of those that change, or use what changes, sorted
	Fees     bool     `json:"fees"`     // what people pay
	Rules    bool     `json:"rules"`    // who may, limits, what happens
	Data     bool     `json:"data"`     // a field is added
	Texts    bool     `json:"texts"`    // texts are missing in a language
	Warnings int      `json:"warnings"`
	Past     []Past   `json:"past,omitempty"`    // of services of which fees change
	Replays  []Replay `json:"replays,omitempty"` // of services whose plan changes and that somebody has applied for
	// Scenarios that were run, and points that they reach of those there are.
	Scenarios int `json:"scenarios"`
	Reached   int `json:"reached"`
	Points    int `json:"points"`
}

// Past is what the applications of a service in the last year would have cost by what is live and by what is proposed, in minor units of the
// currency: their forms and what registries answered are those of then.
type Past struct {
	Service  string `json:"service"`
	Looked   int    `json:"looked"`
	Unknown  int    `json:"unknown"` // that could not be worked out
	Left     int    `json:"left"`    // that were not looked at, since there are too many
	Less     int    `json:"less"`    // would have cost less
	More     int    `json:"more"`
	Before   int64  `json:"before"`
	After    int64  `json:"after"`
	Currency string `json:"currency"`
}

// Replay is what the proposed plan would make of the applications of a service in the last year: of those whose own plan goes their way again
// (Looked), how many would go the same way, where the others part, and how many of those that are open could be moved. Codes of partings and
// obstacles are those of package machine.
type Replay struct {
	Service   string     `json:"service"`
	Looked    int        `json:"looked"`
	Unknown   int        `json:"unknown"` // of which nothing can be said
	Left      int        `json:"left"`    // that were not looked at, since there are too many
	Same      int        `json:"same"`
	Partings  []Parting  `json:"partings,omitempty"` // the most frequent first
	Open      int        `json:"open"`
	Movable   int        `json:"movable"`
	Obstacles []Obstacle `json:"obstacles,omitempty"`
}

// Parting is where applications would go another way, and of how many.
type Parting struct {
	Code  string `json:"code"`
	Step  string `json:"step,omitempty"`
	To    string `json:"to,omitempty"`
	Was   string `json:"was,omitempty"`
	Count int    `json:"count"`
}

// Obstacle is why open applications could not be moved, and how many.
type Obstacle struct {
	Code  string `json:"code"`
	At    string `json:"at,omitempty"`
	Count int    `json:"count"`
}

// How far back applications are worked out again, how many of how many services, and how long that may take.
const (
	pastYear     = 365 * 24 * time.Hour
	mostPast     = 10_000
	mostServices = 10
	pastWithin   = 30 * time.Second

	mostReplayed = 1000
	replayWithin = 20 * time.Second
)

// Propose asks reviewers about a draft: it is joined with what was released meanwhile, checked, its scenarios are run, and it is kept as it is. From then on
// nobody edits it until it comes back. The proposer is its author; everybody who has edited it has a part in it and does not decide on it.
// ErrNothing, ErrInvalid, a *Moved, a *Broken, ErrForeign, ErrNoRoute.
func (c *Changes) Propose(ctx context.Context, by *identity.Person, number int64) (*Proposal, error) {
	if c.o.Route == nil {
		return nil, ErrNoRoute
	}
	ch, err := c.Find(ctx, number)
	switch {
	case err != nil:
		return nil, err
	case !IsAnalyst(by, ch.Authority):
		return nil, ErrForeign
	case !ch.Status.Editable():
		return nil, ErrStatus
	case len(ch.Files) == 0:
		return nil, ErrNothing
	case ch.Status == Returned && by.ID != ch.Author:
		return nil, ErrForeign // the application of the route is its author's
	}
	if err := ch.Words.valid(true); err != nil {
		return nil, err
	}
	conflicts, err := c.Rebase(ctx, by, number, nil)
	if errors.Is(err, ErrOverlap) {
		return nil, &Moved{conflicts}
	}
	if err != nil && !errors.Is(err, ErrNothing) {
		return nil, err
	}
	now, reading, revision, err := c.Catalogue(ctx, number)
	if err != nil {
		return nil, err
	}
	if ch, err = find(ctx, c.o.Pool, number, ""); err != nil {
		return nil, err
	}
	base, err := c.base(ctx, ch.Base)
	if err != nil {
		return nil, err
	}
	for _, path := range ch.Files {
		if !mayTouch(base, now, path, ch.Authority) {
			return nil, fmt.Errorf("%w: %s", ErrForeign, path)
		}
	}
	checks, err := c.check(ctx, base, now, reading, ch.Words.LiveFrom)
	if err != nil {
		return nil, err
	}
	p := &Proposal{Change: number, Base: ch.Base, Words: ch.Words, Checks: checks, Author: by.ID, At: c.now()}
	err = postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		locked, err := find(ctx, tx, number, "FOR UPDATE OF c")
		if err != nil {
			return err
		}
		if !locked.Status.Editable() {
			return ErrStatus
		}
		if locked.Revision != revision || locked.Base != ch.Base || locked.Words != ch.Words {
			return ErrStale
		}
		return c.keep(ctx, tx, locked, p)
	})
	if err != nil {
		return nil, err
	}
	if err := c.send(ctx, by, ch, p); err != nil {
		// Nobody was asked: it stays a draft.
		_, undone := c.o.Pool.Exec(context.WithoutCancel(ctx), "UPDATE change SET status = $2 WHERE id = $1 AND status = 'proposed' AND proposed_at = $3", ch.ID, ch.Status, p.At)
		return nil, errors.Join(err, undone)
	}
	return p, nil
}

// mayTouch tells whether a change of an authority may have changed a file. What cannot be read is for the checks to refuse.
func mayTouch(base, now *catalog.Catalogue, path, authority string) bool {
	was, is := Owner(base, path), Owner(now, path)
	switch {
	case was != "" && was != authority:
		return false
	case is == "" || is == authority:
		return true
	}
	return is == Platform && !says(now, path) // what nobody uses, or nobody any more
}

// check runs the checks of a change; the error is a *Broken.
func (c *Changes) check(ctx context.Context, base, now *catalog.Catalogue, reading diag.List, from time.Time) (Checks, error) {
	findings := slices.Clone(reading)
	var built release.Release
	if !reading.HasErrors() {
		var more diag.List
		built, more = release.Build(now)
		findings.Add(more...)
	}
	if findings.HasErrors() {
		findings.Sort()
		return Checks{}, &Broken{findings}
	}
	d := compare.Catalogues(base, now)
	d = d.With(impact.Of(base, now, d)...)
	checks := Checks{Services: []string{}}
	touched := map[string]bool{}
	for _, ch := range d {
		switch ch.Concern {
		case compare.Money:
			checks.Fees = true
		case compare.Right, compare.Time, compare.Course:
			checks.Rules = true
		}
		checks.Data = checks.Data || ch.Kind == "field-added"
		if ch.Kind == "service-added" || ch.Kind == "service-removed" { // all of it comes or goes, with its fees and what it asks
			for _, c := range []*catalog.Catalogue{base, now} {
				if s := c.Service(ch.Definition.Code); s != nil {
					checks.Fees = checks.Fees || len(s.Fees) > 0
					checks.Data = checks.Data || ch.Kind == "service-added" && len(s.Form) > 0
				}
			}
		}
		if ch.Definition.Kind == "service" {
			touched[ch.Definition.Code] = true
		}
		checks.Services = append(checks.Services, ch.Affects...)
	}
	suite := servicetest.New(now, c.o.Scripts)
	var failed diag.List
	for code := range touched {
		checks.Services = append(checks.Services, code)
		s := now.Service(code)
		if s == nil {
			continue
		}
		report := suite.Service(s, nil)
		failed.Add(report.Findings()...)
		checks.Scenarios += len(report.Results)
		for _, point := range report.Coverage {
			checks.Points++
			if point.Times > 0 {
				checks.Reached++
			}
		}
	}
	if failed.HasErrors() {
		failed.Sort()
		return Checks{}, &Broken{failed}
	}
	slices.Sort(checks.Services)
	checks.Services = slices.Compact(checks.Services)
	for _, f := range findings {
		_, same := base.Files[f.Range.File]
		if same && string(base.Files[f.Range.File]) == string(now.Files[f.Range.File]) {
			continue // of what did not change
		}
		checks.Warnings++
		checks.Texts = checks.Texts || f.Code == missingText
	}
	if checks.Fees && c.o.Past != nil {
		checks.Past = c.past(ctx, checks.Services, built, from)
	}
	if c.o.Replay != nil {
		checks.Replays = c.replays(ctx, checks.Services, built, from)
	}
	return checks, nil
}

// replays takes the applications of the last year through what is proposed. What cannot be told in time is left out: it decides nothing.
func (c *Changes) replays(ctx context.Context, services []string, built release.Release, from time.Time) (out []Replay) {
	ctx, cancel := context.WithTimeout(ctx, replayWithin)
	defer cancel()
	for r := range c.again(services, built, from, mostReplayed) {
		if same, err := samePlan(r.Live, r.Proposed); err != nil || same {
			continue
		}
		one, err := c.o.Replay(ctx, r)
		if err != nil {
			c.o.Log.Warn("change: what would become of past applications is not known", "service", r.Service, "error", err)
			continue
		}
		if one.Service = r.Service; one.Looked+one.Unknown > 0 {
			out = append(out, one)
		}
	}
	return out
}

func samePlan(a, b *plan.Plan) (bool, error) {
	x, err := a.Canonical()
	if err != nil {
		return false, err
	}
	y, err := b.Canonical()
	return bytes.Equal(x, y), err
}

// again are the services of which past applications are looked at: the first of those that are live and stay.
func (c *Changes) again(services []string, built release.Release, from time.Time, most int) iter.Seq[PastRequest] {
	if from.Before(c.now()) {
		from = c.now()
	}
	return func(yield func(PastRequest) bool) {
		for _, code := range services[:min(len(services), mostServices)] {
			live, there := c.o.Releases.Service(code)
			i := slices.IndexFunc(built.Services, func(s release.Compiled) bool { return s.Plan.Service == code })
			if !there || i < 0 {
				continue
			}
			if !yield(PastRequest{Service: code, Since: c.now().Add(-pastYear), Most: most, Live: live.Plan, LiveReference: c.o.Releases.Reference(),
				Proposed: built.Services[i].Plan, ProposedReference: &built.Reference, From: from}) {
				return
			}
		}
	}
}

// past works the applications of the last year out again. What cannot be told in time is left out: it decides nothing.
func (c *Changes) past(ctx context.Context, services []string, built release.Release, from time.Time) (out []Past) {
	ctx, cancel := context.WithTimeout(ctx, pastWithin)
	defer cancel()
	for r := range c.again(services, built, from, mostPast) {
		p, err := c.o.Past(ctx, r)
		if err != nil {
			c.o.Log.Warn("change: what past applications would cost is not known", "service", r.Service, "error", err)
			continue
		}
		if p.Service, p.Currency = r.Service, r.Live.Currency; p.Looked > 0 {
			out = append(out, p)
		}
	}
	return out
}

// missingText is the finding of a text that is not there in a language of the catalogue.
const missingText = "missing-language"

// keep writes a proposal down.
func (c *Changes) keep(ctx context.Context, tx pgx.Tx, ch *Change, p *Proposal) error {
	rows, err := tx.Query(ctx, "SELECT path, body FROM change_file WHERE change = $1 AND differs ORDER BY path", ch.ID)
	if err != nil {
		return err
	}
	p.Files = map[string]*string{}
	var path string
	var body []byte
	bodies := map[string][]byte{}
	if _, err := pgx.ForEachRow(rows, []any{&path, &body}, func() error {
		if p.Files[path] = nil; body != nil {
			bodies[path] = slices.Clone(body)
		}
		return nil
	}); err != nil {
		return err
	}
	if len(p.Files) == 0 {
		return ErrNothing
	}
	for path, body := range bodies {
		digest, err := release.KeepSource(ctx, tx, body)
		if err != nil {
			return err
		}
		p.Files[path] = &digest
	}
	said, err := json.Marshal(struct {
		Base  int64
		Files map[string]*string
		Words Words
	}{p.Base, p.Files, p.Words})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(said)
	p.Digest = hex.EncodeToString(sum[:])
	if err := tx.QueryRow(ctx, `INSERT INTO change_proposal (change, number, base, files, digest, words, checks, author, at)
		SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM change_proposal WHERE change = $1 RETURNING number`,
		ch.ID, p.Base, p.Files, p.Digest, p.Words, p.Checks, p.Author, p.At).Scan(&p.Number); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE change SET status = 'proposed', author = $2, proposed_at = $3 WHERE id = $1", ch.ID, p.Author, p.At); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{Authority: ch.Authority, Actor: p.Author.String(), Action: "propose", Subject: ch.ID.String(),
		Detail: map[string]string{"change": fmt.Sprint(ch.Number), "proposal": fmt.Sprint(p.Number), "digest": p.Digest}})
}

// send lets the route begin, or go on.
func (c *Changes) send(ctx context.Context, by *identity.Person, ch *Change, p *Proposal) error {
	application := ch.Application
	if application == uuid.Nil {
		var err error
		if application, err = c.o.Route.Begin(ctx, by, ch.Number, fmt.Sprintf("change-%d", ch.Number)); err != nil {
			return err
		}
		if _, err := c.o.Pool.Exec(ctx, "UPDATE change SET application = $2 WHERE id = $1", ch.ID, application); err != nil {
			return err
		}
	}
	rows, err := c.o.Pool.Query(ctx, "SELECT DISTINCT author FROM change_edit WHERE change = $1", ch.ID)
	if err != nil {
		return err
	}
	editors, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for _, person := range editors {
		if person == by.ID { // nobody decides on an application of their own
			continue
		}
		if err := c.o.Route.Recuse(ctx, application, person); err != nil {
			return err
		}
	}
	if ch.Application == uuid.Nil {
		return nil
	}
	return c.o.Route.Again(ctx, by, application, ch.Number, fmt.Sprintf("change-%d-%d", ch.Number, p.Number))
}

// Proposals are all that was proposed of a change, the latest first.
func (c *Changes) Proposals(ctx context.Context, number int64) ([]Proposal, error) {
	return proposals(ctx, c.o.Pool, number)
}

func proposals(ctx context.Context, q release.Querier, number int64) ([]Proposal, error) {
	rows, err := q.Query(ctx, `SELECT c.number, p.number, p.base, p.files, p.digest, p.words, p.checks, p.author, p.at FROM change_proposal p JOIN change c ON c.id = p.change
		WHERE c.number = $1 ORDER BY p.number DESC`, number)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Proposal])
}

// Proposed gives the catalogue as a proposal has it beside the one on which it rests. Neither must be changed.
func (c *Changes) Proposed(ctx context.Context, p Proposal) (base, now *catalog.Catalogue, err error) {
	if base, err = c.base(ctx, p.Base); err != nil {
		return nil, nil, err
	}
	now = base
	paths := make([]string, 0, len(p.Files))
	for path := range p.Files {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, strings.Compare)
	for _, path := range paths {
		var body []byte
		if digest := p.Files[path]; digest != nil {
			if body, err = release.Source(ctx, c.o.Pool, *digest); err != nil {
				return nil, nil, err
			}
		}
		now, _ = now.WithFile(path, body)
	}
	return base, now, nil
}
