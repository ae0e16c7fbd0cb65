package form_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/schema"
	"github.com/diwan-gov/diwan/runtime/form"
)

func keys(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// pieces are what random answers are made of.
var pieces = []string{
	"", " ", "1", "٥", "۷", "-", ".", "٫", "٬", ",", "+", "00", "05", "ن", "\u200f", "\u202e", "e\u0301", "yes", "on", "a", "b", "\x00", "\xff", "\r\n",
	"2026-01-31", "31/1/2026", "0599123456", "401234567", "a@b.ps", "250.00 ILS", "1e9", "9999999999", upload, "(", "İ", "ﷺ", "𞸀", "\u1100\u1161",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(4) + r.IntN(2)*r.IntN(60) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func randomValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(12); {
	case n < 7:
		return randomText(r)
	case n == 7:
		return r.IntN(2) == 0
	case n == 8:
		return json.Number([]string{"5", "5.0", "1e400", "-1", "0.5", "1e3"}[r.IntN(6)])
	case n == 9:
		return nil
	case n == 10 && depth < 2:
		return []any{randomValue(r, depth+1), randomValue(r, depth+1)}
	case n == 11 && depth < 2:
		return map[string]any{"name": randomText(r), "born": "2019-01-31", "nationalNumber": randomText(r), "birthDate": randomText(r), "home": randomValue(r, depth+1), "stipend": "5"}
	}
	return map[string]any{"day": randomText(r), "month": randomValue(r, 2), "year": "2020", "value": randomText(r)}
}

// Random answers never panic; what is kept is stored as it is, and is the same when it comes again.
func TestRandomAnswersNormaliseOnce(t *testing.T) {
	for _, definition := range []string{everything, conditional, family} {
		f, texts := compile(t, definition, nil)
		codes := []string{"stranger"}
		for _, field := range f.Plan().Form.Fields {
			codes = append(codes, field.Code)
		}
		for seed := range uint64(3000) {
			r := rand.New(rand.NewPCG(seed, 1))
			raw := map[string]any{}
			for _, code := range codes {
				if r.IntN(2) == 0 {
					raw[code] = randomValue(r, 0)
				}
			}
			values, problems, err := f.Validate(t.Context(), raw, usual())
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(values)
			if err != nil {
				t.Fatal(err)
			}
			stored, err := schema.Decode(b)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			again, _, err := f.Validate(t.Context(), stored.(map[string]any), usual())
			if err != nil || !reflect.DeepEqual(again, values) {
				t.Fatalf("seed %d: %v\n%#v\n%#v", seed, err, values, again)
			}
			f.View(texts, "ar", raw, problems, usual(), nil)
		}
	}
}

func TestRandomPostsNeverPanic(t *testing.T) {
	f, texts := compile(t, everything, nil)
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		post := url.Values{}
		for _, field := range f.Plan().Form.Fields {
			for _, name := range []string{"", "-day", "-month", "-year"} {
				if r.IntN(2) == 0 {
					post.Add(field.Code+name, randomText(r))
				}
			}
		}
		raw := f.Parse(post)
		_, problems, err := f.Validate(t.Context(), raw, usual())
		if err != nil {
			t.Fatal(err)
		}
		f.View(texts, "en", raw, problems, usual(), nil)
	}
}

// A form of 25 fields with conditions, facts, rules and no script.
func benchmarked() (string, map[string]any) {
	var b strings.Builder
	b.WriteString("service: a.b\ntariff: t\nform:\n  - section: one\n    fields:\n")
	raw := map[string]any{}
	for i, kind := range slices.Repeat([]string{"text", "integer", "date", "phone", "national-number"}, 5) {
		when := ""
		if i > 20 {
			when = ", when: form.f1 >= 1"
		}
		extra := map[string]string{"text": ", pattern: '[A-Z]{2}-[0-9]{4}'", "integer": ", min: 1, max: 99", "date": ", max: today"}[kind]
		fmt.Fprintf(&b, "      - {field: f%d, type: %s%s%s}\n", i, kind, when, extra)
		raw[fmt.Sprintf("f%d", i)] = map[string]any{
			"text": "AB-١٢٣٤", "integer": "7", "date": map[string]any{"day": "1", "month": "2", "year": "2020"}, "phone": "0599 123 456",
			"national-number": "401234567",
		}[kind]
	}
	b.WriteString("facts:\n  total: form.f1 + form.f6\nvalidate:\n")
	b.WriteString("  - {rule: facts.total < 100, field: f1, message: {ar: ا, en: a}}\n  - {rule: form.f2 <= asOf.submitted, field: f2, message: {ar: ا, en: a}}\n")
	return b.String(), raw
}

func BenchmarkValidate25Fields(b *testing.B) {
	definition, raw := benchmarked()
	f, _ := compile(b, definition, nil)
	with := usual()
	if _, found := check(b, f, raw, with); found != "" {
		b.Fatal(found)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, problems, err := f.Validate(b.Context(), raw, with); err != nil || len(problems) > 0 {
			b.Fatal(problems, err)
		}
	}
}

var _ form.Scripts = (*scripted)(nil)
