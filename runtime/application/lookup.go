package application

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Lookup is the activity activity.LookupName: it looks for an authority, or it asks a registry, writes to it, draws, changes a right or starts a service, stores the whole
// answer and gives back only the fields that the machine needs. Once an answer is stored, a repeat gives the stored one, so that what was decided on is what can be read later.
func (b *Book) Lookup(ctx context.Context, l activity.Lookup) (activity.Answer, error) {
	id, err := uuid.Parse(l.Application)
	if err != nil {
		return activity.Answer{}, fmt.Errorf("lookup: %w", err)
	}
	if l.Do == activity.Authority { // nothing is brought, and what is stored under this visit is what the officer fills in
		_, found := b.o.Releases.Reference().Authority(l.Subject)
		return activity.Answer{Facts: b.facts(b.now()), Found: found}, nil
	}
	found, body, at, err := b.stored(ctx, id, l)
	if errors.Is(err, pgx.ErrNoRows) {
		var failed string
		asked := time.Now()
		found, body, failed, err = b.do(ctx, l)
		if l.Registry != "" {
			b.o.Counts.Asked(l.Registry, l.Operation, resultOf(found, failed, err), time.Since(asked))
		}
		if failed != "" {
			return activity.Answer{Facts: b.facts(b.now()), Failed: failed}, nil
		}
		if err == nil {
			found, body, at, err = b.store(ctx, id, l, found, body)
		}
	}
	if err != nil {
		return activity.Answer{}, fmt.Errorf("lookup %s/%s: %w", l.Registry, l.Operation, err)
	}
	kept, err := keep(body, l.Keep)
	return activity.Answer{Facts: b.facts(at), Found: found, Values: kept}, err
}

// resultOf is what is counted of a question to a registry.
func resultOf(found bool, failed string, err error) string {
	switch {
	case err != nil:
		return "unavailable"
	case failed != "":
		return "failed"
	case found:
		return "found"
	}
	return "notFound"
}

func (b *Book) facts(at time.Time) activity.Facts {
	return activity.Facts{At: at.UTC(), Calendar: b.o.Releases.Reference().CalendarSlice(at)}
}

// factsFor are the facts of an instant for an application of a plan.
func (b *Book) factsFor(digest string, at time.Time) activity.Facts {
	f := b.facts(at)
	if pl, ok := b.o.Releases.Plan(digest); ok && pl.TariffOn != "" {
		f.Tariffs = b.o.Releases.Reference().TariffVersions(pl.Tariff, pl.TariffReads)
	}
	return f
}

// Know is the activity activity.KnowName: the facts of an instant at which only time has passed.
func (b *Book) Know(ctx context.Context, k activity.Know) (activity.Facts, error) {
	var digest string
	if err := b.o.Pool.QueryRow(ctx, "SELECT plan FROM application WHERE id = $1", k.Application).Scan(&digest); err != nil {
		return activity.Facts{}, fmt.Errorf("know: %w", err)
	}
	return b.factsFor(digest, k.At), nil
}

// do does what is asked for; failed is the code of a failure that trying again will not mend.
func (b *Book) do(ctx context.Context, l activity.Lookup) (found bool, body json.RawMessage, failed string, err error) {
	switch l.Do {
	case activity.Ask:
		return b.ask(ctx, l)
	case activity.Write:
		body, err = b.o.Registry.Write(ctx, l.Registry, l.Operation, l.Application+"/"+l.Node+"/"+strconv.Itoa(l.Visit), arguments(l))
		failed, err = forGood(err)
		return err == nil && failed == "", body, failed, err
	case activity.Draw:
		channel, err := draw(l.Channels)
		if err != nil {
			return false, nil, "", err
		}
		body, err = json.Marshal(map[string]string{"channel": channel})
		return err == nil, body, "", err
	case activity.Change:
		return b.change(ctx, l)
	case activity.Begin:
		parent, err := uuid.Parse(l.Application)
		if err != nil {
			return false, nil, "", err
		}
		body, failed, err = b.begin(ctx, parent, l)
		return err == nil, body, failed, err
	case activity.Withdraw:
		found, failed, err = b.recall(ctx, l)
		return found, json.RawMessage("{}"), failed, err
	}
	return false, nil, notCarried, nil
}

// forGood tells a failure that trying again will not mend, by its code, from any other.
func forGood(err error) (failed string, other error) {
	if permanent := interface{ Permanent() string }(nil); errors.As(err, &permanent) {
		return permanent.Permanent(), nil
	}
	return "", err
}

// change grants or changes a right, for the person who has applied.
func (b *Book) change(ctx context.Context, l activity.Lookup) (found bool, body json.RawMessage, failed string, err error) {
	r := RightRequest{Node: l.Node, Visit: l.Visit, Right: l.Subject, What: l.Operation, Of: l.Of, Terms: arguments(l)}
	err = b.o.Pool.QueryRow(ctx, "SELECT id, service, applicant, coalesce(facts->>'nationalNumber', '') FROM application WHERE id = $1", l.Application).
		Scan(&r.Application, &r.Service, &r.Applicant, &r.Holds)
	if err != nil {
		return false, nil, "", err
	}
	number, err := b.o.Rights.Change(ctx, r)
	if failed, err = forGood(err); failed != "" || err != nil {
		return false, nil, failed, err
	}
	body, err = json.Marshal(map[string]string{"number": number})
	return err == nil, body, "", err
}

// notCarried is the code of what the release should not have opened.
const notCarried = "not-carried"

// draw draws a channel by weight.
func draw(channels []activity.Channel) (string, error) {
	total := int64(0)
	for _, c := range channels {
		total += int64(c.Weight)
	}
	if total < 1 {
		return "", errors.New("a draw without channels")
	}
	n, err := rand.Int(rand.Reader, big.NewInt(total))
	if err != nil {
		return "", err
	}
	at := n.Int64()
	for _, c := range channels {
		if at -= int64(c.Weight); at < 0 {
			return c.Name, nil
		}
	}
	return "", errors.New("a draw with weights below zero")
}

func arguments(l activity.Lookup) map[string]json.RawMessage {
	args := make(map[string]json.RawMessage, len(l.With))
	for _, a := range l.With {
		args[a.Name] = a.Value
	}
	return args
}

// ask asks the registry; failed is the code of a failure that trying again will not mend.
func (b *Book) ask(ctx context.Context, l activity.Lookup) (found bool, body json.RawMessage, failed string, err error) {
	found, body, err = b.o.Registry.Ask(ctx, l.Registry, l.Operation, arguments(l))
	if failed, err = forGood(err); failed != "" {
		return false, nil, failed, nil
	}
	if !found {
		body = json.RawMessage("{}")
	}
	return found, body, "", err
}

const answerColumns = " found, body, at"

func (b *Book) stored(ctx context.Context, id uuid.UUID, l activity.Lookup) (found bool, body json.RawMessage, at time.Time, err error) {
	err = b.o.Pool.QueryRow(ctx, "SELECT"+answerColumns+" FROM answer WHERE application = $1 AND node = $2 AND visit = $3", id, l.Node, l.Visit).
		Scan(&found, &body, &at)
	return found, body, at, err
}

// store keeps the first answer; of two attempts at once, both give that one back.
func (b *Book) store(ctx context.Context, id uuid.UUID, l activity.Lookup, found bool, body json.RawMessage) (bool, json.RawMessage, time.Time, error) {
	_, err := b.o.Pool.Exec(ctx, `INSERT INTO answer (application, node, visit, found, body, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (application, node, visit) DO NOTHING`, id, l.Node, l.Visit, found, body, b.now())
	if err != nil {
		return false, nil, time.Time{}, err
	}
	return b.stored(ctx, id, l)
}

// keep picks the named fields of an answer; null is no value.
func keep(body json.RawMessage, names []string) (map[string]json.RawMessage, error) {
	all, err := raw(body)
	if err != nil {
		return nil, err
	}
	kept := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		if v, ok := all[name]; ok && string(v) != "null" {
			kept[name] = v
		}
	}
	return kept, nil
}
