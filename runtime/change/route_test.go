package change_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
)

// What a route asks of the platform stands in each catalogue, in words of its own, and the platform answers for it by what is written in Go: every
// operation that a sample declares is one that it knows, with those arguments, and gives each value that is promised, of its type.
func TestThePlatformAnswersWhatTheRouteOfEverySampleAsks(t *testing.T) {
	w := newWorld(t)
	me := w.person(analyst)
	n := w.start(me)
	w.put(me, n, tariff, "\n", "\n# looked through\n")
	p, err := w.Propose(t.Context(), me, n)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]any{"number": n, "digest": p.Digest}
	for _, country := range []string{"palestine", "kazakhstan", "qatar"} {
		t.Run(country, func(t *testing.T) {
			c, list := catalog.Load(os.DirFS(filepath.Join("../../samples", country)))
			if list.HasErrors() {
				t.Fatal(list)
			}
			route, registry := c.Service(c.Settings.Changes.Value), c.Registry(change.Registry)
			if route == nil || registry == nil {
				t.Fatal("nothing can be proposed there")
			}
			if _, number := route.Field("number"); number == nil || number.Type != catalog.IntegerField {
				t.Error("the platform begins the route with the number of the change, and its form does not take it")
			}
			for _, a := range append([]string{change.Platform}, authorities(c)...) { // what belongs to no authority alone is the platform's
				for _, code := range []string{change.Analyst, change.Reviewer} {
					if !slices.ContainsFunc(c.Roles(a), func(r *catalog.Role) bool { return r.Code.Value == code }) {
						t.Errorf("%s has no %s", a, code)
					}
				}
			}
			for i := range registry.Operations {
				w.answers(t, n, &registry.Operations[i], given)
			}
		})
	}
}

// authorities are those that have services.
func authorities(c *catalog.Catalogue) (out []string) {
	for _, s := range c.Services {
		out = append(out, s.Authority.Value)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// answers calls an operation as it is declared.
func (w *world) answers(t *testing.T, number int64, op *catalog.Operation, given map[string]any) {
	t.Helper()
	args := map[string]json.RawMessage{}
	for _, name := range op.With.Keys() {
		value, known := given[name]
		if !known {
			t.Errorf("%s takes %s, of which the platform knows nothing", op.Code.Value, name)
		}
		args[name], _ = json.Marshal(value)
	}
	var body json.RawMessage
	var err error
	if op.Writes {
		body, err = w.Write(t.Context(), w.found(number).Application, op.Code.Value, args)
	} else {
		_, body, err = w.Ask(t.Context(), op.Code.Value, args)
	}
	if err != nil {
		t.Fatalf("%s: %v", op.Code.Value, err)
	}
	var values map[string]any
	if err := json.Unmarshal(body, &values); err != nil {
		t.Fatal(err)
	}
	for _, name := range op.Gives.Keys() {
		declared, _ := op.Gives.Get(name)
		if got := jsonType(values[name]); got != declared.Word {
			t.Errorf("%s gives %s as %q, not as %q", op.Code.Value, name, got, declared.Word)
		}
	}
}

// jsonType is the type of a registry's value as a catalogue names it.
func jsonType(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case bool:
		return "yes-no"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
	}
	return ""
}
