package application

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Ask asks a registry for a form that is being filled in: what it answers is shown and forgotten, and asked again when the application is on its
// way. ErrUnavailable when the registry does not answer, or cannot.
func (b *Book) Ask(ctx context.Context, registry, operation string, with map[string]json.RawMessage) (found bool, answer json.RawMessage, err error) {
	ctx, cancel := context.WithTimeout(ctx, quoteWait)
	defer cancel()
	l := activity.Lookup{Registry: registry, Operation: operation}
	for name, value := range with {
		l.With = append(l.With, activity.Argument{Name: name, Value: value})
	}
	found, answer, failed, err := b.ask(ctx, l)
	switch {
	case err != nil:
		return false, nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case failed != "":
		return false, nil, fmt.Errorf("%w: registry %s: %s", ErrUnavailable, registry, failed)
	}
	return found, answer, nil
}
