package schema

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/qri-io/jsonpointer"
	qri "github.com/qri-io/jsonschema"
)

// The two keywords that every form is made of go down to their members without qri's bookkeeping of
// evaluated properties, which only keywords outside the closed set read; it was half of the time.

// properties holds the schemas of named members.
type properties struct {
	members map[string]*qri.Schema
	names   []string
}

func newProperties() qri.Keyword { return &properties{} }

func (p *properties) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &p.members); err != nil {
		return err
	}
	for n := range p.members {
		p.names = append(p.names, n)
	}
	return nil
}

func (p *properties) ValidateKeyword(ctx context.Context, st *qri.ValidationState, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		return
	}
	down := descent{from: st}
	for _, n := range p.names {
		if member, there := o[n]; there {
			down.validate(ctx, p.members[n], n, member)
		}
	}
}

func (p *properties) Register(uri string, r *qri.SchemaRegistry) {
	for _, s := range p.members {
		s.Register(uri, r)
	}
}

func (p *properties) Resolve(jsonpointer.Pointer, string) *qri.Schema { return nil }

// items holds the one schema of all members of a list.
type items struct{ each qri.Schema }

func newItems() qri.Keyword { return &items{} }

func (i *items) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &i.each) }

func (i *items) ValidateKeyword(ctx context.Context, st *qri.ValidationState, v any) {
	list, ok := v.([]any)
	if !ok {
		return
	}
	down := descent{from: st}
	for n, member := range list {
		down.validate(ctx, &i.each, strconv.Itoa(n), member)
	}
}

func (i *items) Register(uri string, r *qri.SchemaRegistry) { i.each.Register(uri, r) }

func (i *items) Resolve(jsonpointer.Pointer, string) *qri.Schema { return nil }

// descent shares one state among the members of a value, which are judged one after the other.
type descent struct {
	from, state *qri.ValidationState
	at          jsonpointer.Pointer
}

func (d *descent) validate(ctx context.Context, s *qri.Schema, member string, v any) {
	if d.state == nil {
		d.state = d.from.NewSubState()
		d.state.InstanceLocation = &d.at
	}
	clear(d.state.Misc) // the outcome of the last member's `if`
	d.at = append(*d.from.InstanceLocation, member)
	s.ValidateKeyword(ctx, d.state, v)
}
