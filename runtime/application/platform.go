package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// What the platform itself begins for somebody, such as the review of a change of the catalogue, is an application as any other. These are its ways in:
// nobody fills in a form, and everything else is the service's.

// platformKey is how the keys begin of what the platform begins.
const platformKey = "platform "

// Begin sends an application of a service for a person with the form given, by name of the field, once for a key. ErrNotFound where the current release has no
// such service; ErrInvalid, with the fields, where its form does not take what is given.
func (b *Book) Begin(ctx context.Context, p Person, service string, given map[string]json.RawMessage, language, key string) (uuid.UUID, error) {
	s, err := b.begun(ctx, p, service, given)
	if err != nil {
		return uuid.Nil, err
	}
	s.Language, s.Key = language, platformKey+key
	return b.put(ctx, s, origin{actor: "system"})
}

func (b *Book) begun(ctx context.Context, p Person, service string, given map[string]json.RawMessage) (Submission, error) {
	live, ok := b.o.Releases.Service(service)
	if !ok {
		return Submission{}, ErrNotFound
	}
	values, err := b.typed(live, given)
	if err != nil {
		return Submission{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	s, refused, err := b.filledIn(ctx, live, p, values)
	if err == nil && refused != "" {
		err = fmt.Errorf("%w: %s", ErrInvalid, refused)
	}
	return s, err
}

// ErrNotWaiting: the application does not wait for its applicant.
var ErrNotWaiting = errors.New("application: it does not wait for its applicant")

// Resend sends an application that was sent back to its applicant on, with its form as it was, once for a key: what it waits for is a correction, or a step that
// asks the applicant nothing but to go on. ErrNotFound where it is not the person's; ErrNotWaiting.
func (b *Book) Resend(ctx context.Context, person, id uuid.UUID, key string) error {
	v, err := b.ForApplicant(ctx, person, id)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(v.Tasks, func(t Task) bool {
		return t.ClosedAt == nil && t.Role == machine.Applicant && slices.Contains(t.Actions, submitAction)
	})
	if at < 0 {
		return ErrNotWaiting
	}
	r := ActRequest{Task: v.Tasks[at].ID, Action: submitAction, Revision: v.Tasks[at].Revision}
	if v.Tasks[at].Kind == string(plan.Correct) {
		r.Data, r.Labels = v.Form, v.Labels
	}
	a, err := b.Act(ctx, Actor{Person: person, Kind: Applicant}, id, r, platformKey+key)
	if err == nil && a.Code != "" {
		err = fmt.Errorf("%w: %s", ErrNotWaiting, a.Code)
	}
	return err
}

// Stand is how far an application has come.
type Stand struct {
	SentBack bool // it waits for its applicant to send it on
	Outcome  string
	Ended    bool
}

// Stands says how far an application has come, to whoever may know. ErrNotFound.
func (b *Book) Stands(ctx context.Context, id uuid.UUID) (s Stand, err error) {
	err = b.o.Pool.QueryRow(ctx, `SELECT status = 'ended', outcome, EXISTS (SELECT FROM task t WHERE t.application = a.id AND t.closed_at IS NULL AND t.role = $2 AND $3 = ANY (t.actions))
		FROM application a WHERE id = $1`, id, machine.Applicant, submitAction).Scan(&s.Ended, &s.Outcome, &s.SentBack)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return s, err
}

// Exclude sees to it that somebody does not decide on an application, with the reason, in words of the platform's.
func (b *Book) Exclude(ctx context.Context, id, person uuid.UUID, reason string) error {
	_, err := b.o.Pool.Exec(ctx, "INSERT INTO recusal (application, person, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", id, person, reason, b.now())
	return err
}
