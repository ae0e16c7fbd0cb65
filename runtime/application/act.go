package application

import (
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
	"github.com/diwan-gov/diwan/workflows/machine"
)

// actWait bounds how long Act waits for what comes of it.
const actWait = 10 * time.Second

// Act stores what a person does and brings it to the application's workflow. Whether the person may is decided here, in SQL; whether it
// still fits is decided again by the machine. Refused acts are stored too. When Act returns an answer that is not Pending, a read shows what it did.
//
// A repeat with the same key gives the same answer, at any later time; with another request ErrKeyReused. ErrNotFound when the actor may
// not see the application, or the task is not of it.
func (b *Book) Act(ctx context.Context, actor Actor, application uuid.UUID, r ActRequest, key string) (ActAnswer, error) {
	request, err := checkAct(actor, r, key)
	if err != nil {
		return ActAnswer{}, err
	}
	var answer ActAnswer
	var promised bool
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		answer, promised, err = b.record(ctx, tx, actor, application, r, key, request)
		return err
	})
	if err != nil || !answer.Pending {
		return answer, err
	}
	if promised {
		b.o.Fault.At("act:after-commit")
	}
	return b.await(ctx, application, answer.Act)
}

func checkAct(actor Actor, r ActRequest, key string) ([]byte, error) {
	switch {
	case key == "" || len(key) > mostKey:
		return nil, fmt.Errorf("%w: a key of 1 to %d characters", ErrInvalid, mostKey)
	case len(r.Comment) > mostComment:
		return nil, fmt.Errorf("%w: a comment of more than %d bytes", ErrInvalid, mostComment)
	case len(r.Action) > mostKey || !postgres.Storable(key, r.Action, r.Comment):
		return nil, fmt.Errorf("%w: a text that cannot be stored", ErrInvalid)
	case actor.Person == uuid.Nil || actor.Kind != Applicant && actor.Kind != Officer && actor.Kind != Party:
		return nil, fmt.Errorf("%w: no actor", ErrInvalid)
	case r.Task == uuid.Nil && (r.Action == "" || r.Data != nil || actor.Kind == Party):
		return nil, fmt.Errorf("%w: no task", ErrInvalid)
	}
	return requestHash(r)
}

// await delivers an act at once and waits, a bounded while, for what comes of it.
func (b *Book) await(ctx context.Context, application, act uuid.UUID) (ActAnswer, error) {
	limit, cancel := context.WithTimeout(ctx, actWait)
	defer cancel()
	// Whatever came of this attempt, the stored result is what counts: somebody else may be delivering it.
	delivered := b.o.Relay.Deliver(limit, actKind, act.String())
	wait := settleWait
	if delivered != nil && !errors.Is(delivered, outbox.ErrElsewhere) {
		wait = 0 // it failed; the relay goes on trying
	}
	answer := ActAnswer{Act: act, Pending: true}
	_, err := b.wait(limit, application, wait, func(told *change) (bool, error) {
		if told != nil && told.act == act {
			answer = ActAnswer{Act: act}
			return true, nil
		}
		var result *string
		if err := b.o.Pool.QueryRow(limit, "SELECT result FROM act WHERE id = $1", act).Scan(&result); err != nil {
			return false, err
		}
		if result != nil {
			answer = ActAnswer{Act: act, Code: *result}
		}
		return result != nil, nil
	})
	if err != nil && limit.Err() != nil && ctx.Err() == nil {
		err = nil // its time is over: still pending
	}
	return answer, err
}

// record writes the act with what is known of its result; promised says that a delivery was promised for it.
func (b *Book) record(ctx context.Context, tx pgx.Tx, actor Actor, application uuid.UUID, r ActRequest, key string, request []byte) (a ActAnswer, promised bool, err error) {
	t, err := b.target(ctx, tx, actor, application, r)
	if err != nil {
		return a, false, err
	}
	row := actRow{
		id: uuid.New(), application: application, actor: actor.Person.String(), key: key, request: request,
		node: t.node, visit: t.visit, revision: r.Revision, action: r.Action, capacities: attestedCapacities(actor, t.role), comment: r.Comment, at: b.now(),
		behalf: actor.behalf(t.role),
	}
	if r.Data != nil {
		if row.data, err = json.Marshal(r.Data); err != nil || len(row.data) > mostForm {
			return a, false, fmt.Errorf("%w: data", ErrInvalid)
		}
	}
	if row.labels, err = labelsJSON(r.Labels); err != nil {
		return a, false, err
	}
	if panelOf(b.node(t.plan, t.node), t.kind) != nil {
		if t.voted, err = seatTaken(ctx, tx, actor, application, r.Task, t); err != nil {
			return a, false, err
		}
	}
	code := t.refusal(actor, r)
	if code != "" {
		row.result = &code
	} else if (r.Slot != uuid.Nil) != t.books(actor, r.Action) {
		return a, false, fmt.Errorf("%w: a slot comes with a booking, and with nothing else", ErrInvalid)
	} else if (r.Data != nil) != b.wantsData(t, r.Action) {
		// What is filled in comes with what asks for it and with nothing else: a correction takes the place of the applicant's form.
		return a, false, fmt.Errorf("%w: data comes with a task that asks for it, and with no other", ErrInvalid)
	}
	a, fresh, err := row.insert(ctx, tx)
	if err != nil || !fresh {
		return a, false, err
	}
	if code == "" && r.Slot != uuid.Nil {
		free, err := b.takeSlot(ctx, tx, &row, r.Slot)
		if err != nil {
			return a, false, err
		}
		if !free {
			code, a = SlotTaken, ActAnswer{Act: row.id, Code: SlotTaken}
		}
	}
	err = b.audited(ctx, tx, AuditedAct{
		Authority: t.authority, Actor: row.actor, Application: application, Act: row.id, Task: r.Task, Action: r.Action,
		Capacities: row.capacities, OnBehalf: row.behalf, Code: code, At: row.at,
	})
	if err != nil {
		return a, false, err
	}
	if code != "" {
		return a, false, nil
	}
	if len(r.Uploads) > 0 {
		if err := b.o.Documents.Claim(ctx, tx, actor.Person, application, r.Uploads); err != nil {
			return a, false, err
		}
	}
	if err := outbox.Add(ctx, tx, row.message()); err != nil {
		return a, false, err
	}
	b.o.Fault.At("act:before-commit")
	return a, true, nil
}

// wantsData tells whether an action comes with what was filled in: the corrected form, or the own form of the step.
func (b *Book) wantsData(t targeted, action string) bool {
	return t.kind == correctTask && action == submitAction || filledIn(b.node(t.plan, t.node), t.kind)
}

// targeted is what an act is aimed at, and whether the actor may.
type targeted struct {
	authority      string
	plan           string // digest
	status         Status
	own            bool // the actor is the applicant, applies for them, has filled it in, or was asked in it as somebody who is no officer
	node, kind     string
	role           string
	applicant      uuid.UUID
	representative *uuid.UUID // who applies for them
	visit          int
	revision       int
	actions        []string
	needComment    []string
	closed, named  bool // named: a task was named
	may            bool
	early          bool // nobody may act yet
	claimed        bool // somebody else works on it
	recused        bool // the actor must not decide on the application
	suspended      bool // the application stands still
	voted          bool // the actor has, or who has the same seat in the panel
}

// invitee tells that the officer who asks was asked in the application a as somebody who is no officer. $5 is the actor's kind, $6 their number.
const invitee = "$5 = 'officer' AND EXISTS (SELECT FROM task o JOIN invitation i ON i.task = o.id WHERE o.application = a.id AND i.number = nullif($6, ''))"

// target reads the task and decides who may act on it: a holder of the task's role, or the applicant where that is the role. A party may where
// their own number is invited, or everybody is. Without a task it decides who may do what the plan lets happen at any time. An application or a
// task that the actor may not see is ErrNotFound.
func (b *Book) target(ctx context.Context, tx pgx.Tx, actor Actor, application uuid.UUID, r ActRequest) (t targeted, err error) {
	if r.Task == uuid.Nil {
		err = tx.QueryRow(ctx, `
			SELECT a.authority, a.plan, a.status, a.applicant, a.representative, a.applicant = $4 OR coalesce(a.representative = $4, false) OR coalesce(a.filled_by = $4, false) OR `+invitee+`,
				EXISTS (SELECT FROM recusal r WHERE r.application = a.id AND r.person = $4), a.suspended_until IS NOT NULL
			FROM application a WHERE a.id = $1 AND CASE WHEN $5 = 'applicant' THEN `+of("$4")+` ELSE `+readable+` END`,
			application, authorities(actor.Capacities), roles(actor.Capacities), actor.Person, actor.Kind, actor.NationalNumber).
			Scan(&t.authority, &t.plan, &t.status, &t.applicant, &t.representative, &t.own, &t.recused, &t.suspended)
	} else {
		t.named = true
		err = tx.QueryRow(ctx, `
			SELECT a.authority, a.plan, a.status, a.applicant, a.representative, a.applicant = $4 OR coalesce(a.representative = $4, false) OR coalesce(a.filled_by = $4, false) OR `+invitee+`,
				t.node, t.kind, t.role, t.visit, t.revision, t.actions, t.comment, t.closed_at IS NOT NULL,
				CASE $5 WHEN 'applicant' THEN t.role = 'applicant' WHEN 'party' THEN true ELSE t.role = ANY($3) END,
				coalesce(t.from_at > $8, false), coalesce(t.claimed_by <> $4 AND t.claimed_until > $8, false),
				EXISTS (SELECT FROM recusal r WHERE r.application = a.id AND r.person = $4), a.suspended_until IS NOT NULL
			FROM application a JOIN task t ON t.application = a.id
			WHERE a.id = $1 AND t.id = $7 AND CASE $5 WHEN 'applicant' THEN `+of("$4")+` WHEN 'party' THEN `+asked("$6")+` ELSE `+readable+` END`,
			application, authorities(actor.Capacities), roles(actor.Capacities), actor.Person, actor.Kind, actor.NationalNumber, r.Task, b.now()).
			Scan(&t.authority, &t.plan, &t.status, &t.applicant, &t.representative, &t.own, &t.node, &t.kind, &t.role, &t.visit, &t.revision, &t.actions, &t.needComment, &t.closed, &t.may,
				&t.early, &t.claimed, &t.recused, &t.suspended)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err == nil && !t.named {
		t.role, t.needComment = b.anytime(t.plan, r.Action)
		t.may = slices.Contains(attestedCapacities(actor, ""), t.role)
	}
	// Nor does anybody in the place of the applicant, or of who applies for them.
	in := actor.behalf(t.role)
	t.own = t.own || in == t.applicant || t.representative != nil && in == *t.representative
	return t, err
}

// refusal is the code with which the act is refused before it is sent, or "". The machine uses the same codes, but for those of
// claims and recusals, of which it knows nothing.
func (t targeted) refusal(actor Actor, r ActRequest) string {
	switch {
	case t.status == Ended && (t.named || r.Action != Reopen):
		return "ended"
	case !t.named && t.role == "":
		return "unknown-action"
	case !t.may && !t.books(actor, r.Action):
		return "forbidden"
	case t.closed:
		return "closed"
	case !t.named:
		if t.suspended && r.Action == Suspend {
			return "suspended"
		} else if !t.suspended && r.Action == Resume {
			return "closed"
		}
	case t.suspended && t.kind != incidentTask:
		return "suspended"
	case r.Revision != t.revision:
		return "revision"
	case t.books(actor, r.Action):
		return ""
	case !slices.Contains(t.actions, r.Action):
		return "unknown-action"
	}
	switch {
	case actor.Kind != Applicant && t.own:
		return "own-application"
	case actor.Kind == Officer && t.recused:
		return "recused"
	case actor.Kind == Officer && t.claimed:
		return "claimed"
	case t.early:
		return "too-early"
	case t.voted:
		return "voted"
	case slices.Contains(t.needComment, r.Action) && strings.TrimSpace(r.Comment) == "":
		return "comment-required"
	}
	return ""
}

// cashier is the role of who takes cash at a till, and reads no application for it.
const cashier = "cashier"

// authorities are the bodies of which somebody holds a role by which applications are read; capacities are written authority:role.
func authorities(capacities []string) []string {
	out := make([]string, 0, len(capacities))
	for _, c := range capacities {
		if a, role, ok := strings.Cut(c, ":"); ok && a != "" && role != cashier && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// roles are the capacities that are roles of an authority; what else is written so is nobody's to hold.
func roles(capacities []string) []string {
	out := make([]string, 0, len(capacities))
	for _, c := range capacities {
		if a, _, ok := strings.Cut(c, ":"); ok && a != "" && a != machine.Person {
			out = append(out, c)
		}
	}
	return out
}

// attestedCapacities is what the machine is told: one who comes as the applicant or as a party is only that, and nobody is the gateway.
func attestedCapacities(actor Actor, role string) []string {
	switch actor.Kind {
	case Applicant:
		return []string{string(Applicant)}
	case Party:
		return []string{role}
	}
	return roles(actor.Capacities)
}
