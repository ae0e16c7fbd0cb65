package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Registry is the code of the registry that the platform itself answers for: what the service by which changes go asks, and has done. A catalogue that
// uses it declares it, as any other:
//
//	registry: catalogue
//	operations:
//	  - {operation: change, with: {number: integer}, gives: {title: text, authority: text, fees: yes-no, rules: yes-no, data: yes-no, texts: yes-no, …}}
//	  - {operation: publish, writes: true, with: {number: integer, digest: text}, gives: {result: text, liveFrom: date-time}}
const Registry = "catalogue"

// Results of the operation publish.
const (
	resultReleased = "released" // it is live, or will be from its moment on
	resultMoved    = "moved"    // others have released the same files meanwhile: its author takes that over and proposes again
	resultBroken   = "broken"   // it does not go with what others have released
)

// Failure is what trying again will not mend. Its code is for an operator.
type Failure struct{ code, why string }

func (f *Failure) Error() string { return "change: " + f.code + ": " + f.why }

// Permanent is the code.
func (f *Failure) Permanent() string { return f.code }

// Ask answers a question of the route: facts of what was proposed last.
func (c *Changes) Ask(ctx context.Context, operation string, args map[string]json.RawMessage) (found bool, body json.RawMessage, err error) {
	if operation != "change" {
		return false, nil, &Failure{"not-declared", operation}
	}
	number, err := numberOf(args)
	if err != nil {
		return false, nil, err
	}
	all, err := proposals(ctx, c.o.Pool, number)
	if err != nil || len(all) == 0 {
		return false, nil, err
	}
	// Its author may have sent it on by the page of the application, as it was: then it is with its reviewers again.
	if _, err := c.o.Pool.Exec(ctx, "UPDATE change SET status = 'proposed' WHERE number = $1 AND status = 'returned' AND edited_at <= proposed_at", number); err != nil {
		return false, nil, err
	}
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return false, nil, err
	}
	p := all[0]
	said := map[string]any{
		"title": p.Words.Title, "reason": p.Words.Reason, "basis": p.Words.Basis, "authority": ch.Authority, "proposal": p.Number, "digest": p.Digest,
		"services": len(p.Checks.Services), "fees": p.Checks.Fees, "rules": p.Checks.Rules, "data": p.Checks.Data, "texts": p.Checks.Texts,
	}
	body, err = json.Marshal(said)
	return true, body, err
}

// Write does what the route has decided, once however often it is tried. application is the one that asks for it: none but that of the change is heard.
func (c *Changes) Write(ctx context.Context, application uuid.UUID, operation string, args map[string]json.RawMessage) (json.RawMessage, error) {
	if operation != "publish" {
		return nil, &Failure{"not-declared", operation}
	}
	number, err := numberOf(args)
	if err != nil {
		return nil, err
	}
	var digest string
	if err := json.Unmarshal(args["digest"], &digest); err != nil {
		return nil, &Failure{"rejected", "no digest"}
	}
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil {
		return nil, err
	}
	if ch.Application != application {
		return nil, &Failure{"rejected", "another application"}
	}
	result := resultReleased
	_, err = c.Publish(ctx, number, digest)
	switch {
	case errors.Is(err, ErrMoved):
		result = resultMoved
	case errors.Is(err, ErrBroken):
		result = resultBroken
	case errors.Is(err, ErrStatus), errors.Is(err, ErrNotFound):
		return nil, &Failure{"rejected", err.Error()}
	case err != nil:
		return nil, err
	}
	return json.Marshal(map[string]any{"result": result})
}

func numberOf(args map[string]json.RawMessage) (n int64, err error) {
	if err := json.Unmarshal(args["number"], &n); err != nil {
		return 0, &Failure{"rejected", fmt.Sprintf("no number of a change: %v", err)}
	}
	return n, nil
}
