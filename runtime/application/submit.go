package application

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Bounds of what is taken.
const (
	mostKey     = 128
	mostComment = 4000
	mostForm    = 1 << 20 // bytes of JSON
)

// ownKeys are how the keys begin of what the book submits itself: of a service that another has started, of a draft, of an event. Applicants use
// no such key, or what is started for them could find its place taken.
var ownKeys = []string{childKey, draftKey, events + " ", platformKey}

const (
	childKey = "child "
	draftKey = "draft "
)

// Submit stores the form as a new application, pinned to the plan of the current release, and promises the start of its workflow in the same
// transaction; the start follows at once when Temporal can be reached, and later otherwise. The same key with the same submission gives
// the same application, with another one ErrKeyReused. ErrNotFound when the current release has no such service, or an upload is not the
// applicant's; ErrNotOpen when nobody can apply for it today; ErrUnavailable when the service's tariff does not hold today, or when the plan against which the form was validated is not the
// current one any more: validate it again.
//
// The view shows the application as received. Follow with Settle(id, Started) to show what the first steps did.
func (b *Book) Submit(ctx context.Context, s Submission) (*View, error) {
	if slices.ContainsFunc(ownKeys, func(prefix string) bool { return strings.HasPrefix(s.Key, prefix) }) {
		return nil, fmt.Errorf("%w: a key that the book makes itself", ErrInvalid)
	}
	if live, ok := b.o.Releases.Service(s.Service); ok && !live.Plan.Closed && !live.Plan.ByApplicant() {
		return nil, fmt.Errorf("%w: nobody applies for it", ErrNotOpen)
	}
	id, err := b.put(ctx, s, origin{})
	if err != nil {
		return nil, err
	}
	return b.ForApplicant(ctx, s.Applicant.ID, id)
}

// put stores a new application, once for its applicant and key, and promises its start.
func (b *Book) put(ctx context.Context, s Submission, from origin) (id uuid.UUID, err error) {
	made, err := b.prepare(s)
	if err != nil {
		return id, err
	}
	made.origin = from
	for range 3 { // a reference that is taken already is one in billions
		made.reference = newReference()
		err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) (err error) {
			id, err = b.insert(ctx, tx, s, made)
			return err
		})
		if !postgres.Unique(err, "application_reference_key") {
			break
		}
	}
	if err != nil {
		return id, err
	}
	if id == made.id {
		b.o.Fault.At("submit:after-commit")
		b.o.Relay.Wake()
	}
	return id, nil
}

// newApplication is a submission made ready to be stored.
type newApplication struct {
	id                  uuid.UUID
	reference           string
	live                *release.Live
	release             int64
	form, facts, tariff []byte
	behalf              []byte // nil where nobody applies for the applicant
	labels              []byte
	request             []byte
	at                  time.Time
	origin              origin
}

func (b *Book) prepare(s Submission) (*newApplication, error) {
	if s.Key == "" || len(s.Key) > mostKey || !postgres.Storable(s.Key) || s.Applicant.ID == uuid.Nil || s.Language == "" {
		return nil, fmt.Errorf("%w: a submission needs an applicant, a language and a key of at most %d characters", ErrInvalid, mostKey)
	}
	head := b.o.Releases.Head()
	live, ok := b.o.Releases.Service(s.Service)
	if !ok {
		return nil, fmt.Errorf("%w: service", ErrNotFound)
	}
	if s.Plan != "" && s.Plan != live.PlanDigest {
		return nil, fmt.Errorf("%w: a release has changed the service since the form was validated", ErrUnavailable)
	}
	zone, err := time.LoadLocation(live.Plan.Zone)
	if err != nil {
		return nil, err
	}
	n := &newApplication{id: uuid.New(), live: live, release: head.ID, at: b.now()}
	if s.Form == nil {
		s.Form = map[string]any{}
	}
	if n.form, err = json.Marshal(s.Form); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(n.form) > mostForm {
		return nil, fmt.Errorf("%w: a form of %d bytes", ErrInvalid, len(n.form))
	}
	if n.labels, err = labelsJSON(s.Labels); err != nil {
		return nil, err
	}
	if s.Applicant.Facts == nil {
		s.Applicant.Facts = map[string]any{}
	}
	if n.facts, err = json.Marshal(s.Applicant.Facts); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if s.Applicant.Behalf != nil {
		if n.behalf, err = json.Marshal(s.Applicant.Behalf.Given()); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	if n.request, err = requestHash(s.Service, s.Form, s.Language, s.Uploads); err != nil {
		return nil, err
	}
	tariff, versions, err := b.tariff(live.Plan, n.at.In(zone).Format(time.DateOnly))
	switch {
	case err != nil:
		return n, err
	case tariff != nil:
		n.tariff, err = json.Marshal(tariff)
	case versions != nil:
		n.tariff, err = json.Marshal(versions)
	}
	return n, err
}

// tariff is what the plan reads of its tariff: the version of the day, or every version where the plan chooses by another day than that of
// submission. Both are nil where it has no tariff.
func (b *Book) tariff(pl *plan.Plan, day string) (*activity.Tariff, []activity.Tariff, error) {
	if pl.Tariff == "" {
		return nil, nil, nil
	}
	if pl.TariffOn != "" {
		return nil, b.o.Releases.Reference().TariffVersions(pl.Tariff, pl.TariffReads), nil
	}
	t, err := b.o.Releases.Reference().Tariff(pl.Tariff, day, pl.TariffReads)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return t, nil, nil
}

// storedTariff reads what submit has stored.
func storedTariff(pl *plan.Plan, stored []byte) (t *activity.Tariff, versions []activity.Tariff, err error) {
	switch {
	case stored == nil:
	case pl.TariffOn != "":
		err = json.Unmarshal(stored, &versions)
	default:
		err = json.Unmarshal(stored, &t)
	}
	return t, versions, err
}

// insert writes the new application, or finds the one that the same key made before.
func (b *Book) insert(ctx context.Context, tx pgx.Tx, s Submission, n *newApplication) (uuid.UUID, error) {
	if n.live.Plan.Closed { // what was sent before is answered as before
		id, err := submitted(ctx, tx, s, n.request)
		if errors.Is(err, ErrUnderway) {
			err = fmt.Errorf("%w: the service is withdrawn", ErrNotOpen)
		}
		return id, err
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO application (id, reference, service, authority, applicant, release, plan, texts, language, status, form, facts, tariff,
			submitted_at, key, request, labels, parent, parent_node, parent_visit, filled_by, representative, behalf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'received', $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		ON CONFLICT (applicant, key) DO NOTHING`,
		n.id, n.reference, n.live.Service, n.live.Authority, s.Applicant.ID, n.release, n.live.PlanDigest, n.live.TextsDigest, s.Language,
		n.form, n.facts, n.tariff, n.at, s.Key, n.request, n.labels, n.origin.parent, n.origin.node, n.origin.visit, n.origin.officer, s.Applicant.Behalf.person(), n.behalf)
	if err != nil {
		return uuid.Nil, err
	}
	if tag.RowsAffected() == 0 {
		return submitted(ctx, tx, s, n.request)
	}
	batch := &pgx.Batch{}
	batch.Queue("INSERT INTO application_form (application, version, form, at) VALUES ($1, 1, $2, $3)", n.id, n.form, n.at)
	batch.Queue("INSERT INTO timeline (application, position, at, kind, actor) VALUES ($1, 1, $2, 'submitted', $3)", n.id, n.at, cmp.Or(n.origin.actor, string(Applicant)))
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return uuid.Nil, err
	}
	if n.live.Plan.Round != nil {
		if err := b.joinRound(ctx, tx, n); err != nil {
			return uuid.Nil, err
		}
	}
	if len(s.Uploads) > 0 {
		owner := s.Applicant.ID
		if by := cmp.Or(n.origin.officer, s.Applicant.Behalf.person()); by != nil {
			owner = *by
		}
		if err := b.o.Documents.Claim(ctx, tx, owner, n.id, s.Uploads); err != nil {
			return uuid.Nil, err
		}
	}
	if by := cmp.Or(n.origin.officer, s.Applicant.Behalf.person()); by != nil && b.o.Audit != nil {
		err := b.o.Audit.Act(ctx, tx, AuditedAct{Authority: n.live.Authority, Actor: by.String(), Application: n.id, Action: "apply-for", At: n.at})
		if err != nil {
			return uuid.Nil, err
		}
	}
	if n.origin.draft != nil {
		if err := closeDraft(ctx, tx, *n.origin.draft, n.id, n.at); err != nil {
			return uuid.Nil, err
		}
	}
	if err := outbox.Add(ctx, tx, startMessage(n.id)); err != nil {
		return uuid.Nil, err
	}
	b.o.Fault.At("submit:before-commit")
	return n.id, nil
}

func (b *Book) joinRound(ctx context.Context, tx pgx.Tx, n *newApplication) error {
	if b.o.Rounds == nil {
		return fmt.Errorf("%w: there are no rounds", ErrNotOpen)
	}
	return b.o.Rounds.Join(ctx, tx, Entrant{
		Application: n.id, Reference: n.reference, Service: n.live.Service, Authority: n.live.Authority, Digest: n.live.PlanDigest, Plan: n.live.Plan, At: n.at,
	})
}

// labelsJSON writes labels as they are stored. What the request is compared by does not hold them: they follow from the form, and a registry
// may say another one when the same is sent again.
func labelsJSON(labels map[string]string) ([]byte, error) {
	if len(labels) == 0 {
		return []byte("{}"), nil
	}
	b, err := json.Marshal(labels)
	if err == nil && len(b) > mostForm {
		err = fmt.Errorf("%w: labels of %d bytes", ErrInvalid, len(b))
	}
	return b, err
}

func startMessage(id uuid.UUID) outbox.Message {
	return outbox.Message{Kind: startKind, Subject: id.String(), Lane: id.String()}
}

func submitted(ctx context.Context, tx pgx.Tx, s Submission, request []byte) (id uuid.UUID, err error) {
	var before []byte
	err = tx.QueryRow(ctx, "SELECT id, request FROM application WHERE applicant = $1 AND key = $2", s.Applicant.ID, s.Key).Scan(&id, &before)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return id, ErrUnderway // erased in between
	case err != nil:
		return id, err
	case !bytes.Equal(before, request):
		return id, ErrKeyReused
	}
	return id, nil
}
