package registries

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	yaml "gopkg.in/yaml.v3"
)

// sampleRows are those of the sample catalogue.
const sampleRows = "../../../samples/palestine/sample/registries"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, text string) http.Handler {
	t.Helper()
	r, err := New(Options{Files: fstest.MapFS{"one.yaml": {Data: []byte(text)}}, Key: "the-key", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return r.Handler()
}

func samples(t *testing.T) http.Handler {
	t.Helper()
	r, err := New(Options{Files: os.DirFS(sampleRows), Key: "the-key", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return r.Handler()
}

func ask(t *testing.T, h http.Handler, path, body string) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer the-key")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	var answer map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	return rec.Code, answer
}

func TestSamplePeopleHaveWhatTheirServicesNeed(t *testing.T) {
	h := samples(t)
	for _, c := range []struct {
		path, body, field string
		want              any
	}{
		{"/licensing/licence-by-number", `{"number":"1234567"}`, "expiresOn", "2026-12-12"},
		{"/licensing/licence-by-number", `{"number":"1234567"}`, "unpaidFines", 0.0},
		{"/licensing/licence-by-number", `{"number":"2345678"}`, "expiresOn", "2026-06-22"},
		{"/licensing/licence-by-number", `{"number":"3456789"}`, "unpaidFines", 3.0},
		{"/licensing/vehicle-by-plate", `{"plate":"6-1234-96"}`, "owner", "401234567"},
		{"/police/fines-by-plate", `{"plate":"6-3456-91"}`, "count", 3.0},
		{"/civil/person-by-number", `{"nationalNumber":"402345678"}`, "birthDate", "1961-07-02"},
		{"/health/insurance-by-number", `{"nationalNumber":"403456789"}`, "socialList", true},
		{"/health/birth-notice", `{"number":"BN-20260001"}`, "bornOn", "2026-11-18"},
		{"/health/birth-notice", `{"number":"BN-20260002"}`, "bornOn", "2026-08-22"},
	} {
		if status, answer := ask(t, h, c.path, c.body); status != http.StatusOK || answer[c.field] != c.want {
			t.Errorf("%s %s: %d, %s = %v, want %v", c.path, c.body, status, c.field, answer[c.field], c.want)
		}
	}
	_, licence := ask(t, h, "/licensing/licence-by-number", `{"number":"3456789"}`)
	_, police := ask(t, h, "/police/fines-by-plate", `{"plate":"6-3456-91"}`)
	total := police["total"].(map[string]any)
	if owed := licence["finesTotal"].(map[string]any); owed["value"] != total["value"] || total["value"] != "450.00" || total["currency"] != "ILS" {
		t.Errorf("licensing says %v, police %v", owed, total)
	}
}

// The catalogue declares what each registry takes and gives; the samples must say neither less nor more.
func TestSamplesAnswerWhatTheCatalogueDeclares(t *testing.T) {
	r, err := New(Options{Files: os.DirFS(sampleRows), Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, name := range []string{"civil", "health", "labour", "land", "licensing", "passports", "police", "property-tax"} {
		text, err := os.ReadFile("../../../samples/palestine/registries/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var registry struct {
			Operations []struct {
				Operation   string
				With, Gives map[string]yaml.Node
			}
		}
		if err := yaml.Unmarshal(text, &registry); err != nil {
			t.Fatal(err)
		}
		for _, o := range registry.Operations {
			declared++
			op := r.operations[name+"/"+o.Operation]
			if op == nil {
				t.Errorf("%s/%s has no samples", name, o.Operation)
				continue
			}
			if len(op.arguments) != len(o.With) {
				t.Errorf("%s/%s takes %v, declared are %d", name, o.Operation, op.arguments, len(o.With))
			}
			for _, argument := range op.arguments {
				if _, ok := o.With[argument]; !ok {
					t.Errorf("%s/%s: argument %s is not declared", name, o.Operation, argument)
				}
			}
			for _, row := range op.rows {
				answer := row.answer.(map[string]any)
				given := 0
				for field, of := range o.Gives {
					if _, ok := answer[field]; ok {
						given++
					} else if !strings.Contains(of.Value, "?") && !optional(of) {
						t.Errorf("%s/%s %v: %s is missing", name, o.Operation, row.match, field)
					}
				}
				if len(answer) != given {
					t.Errorf("%s/%s %v: a field is not declared", name, o.Operation, row.match)
				}
			}
		}
	}
	if declared != len(r.operations) {
		t.Errorf("%d operations declared, %d with samples", declared, len(r.operations))
	}
}

const small = `
registry: r
operations:
  - operation: o
    arguments: [a, b]
    rows:
      - match: {a: "1", b: x}
        answer: {n: 7, yes: true, day: 2026-01-31, list: [today, {deep: today+1w}], text: today's news}
`

func TestAnswersAreRealJSON(t *testing.T) {
	_, answer := ask(t, open(t, small), "/r/o", `{"a":1,"b":"x"}`) // a number is found as it is written
	text, err := json.Marshal(answer)
	if want := `{"day":"2026-01-31","list":["2026-11-22",{"deep":"2026-11-29"}],"n":7,"text":"today's news","yes":true}`; err != nil || string(text) != want {
		t.Errorf("answer %s, %v, want %s", text, err, want)
	}
}

func TestCallsAreRefusedForAReason(t *testing.T) {
	h := open(t, small)
	for _, c := range []struct {
		path, body string
		status     int
		code       string
	}{
		{"/r/o", `{"a":"2","b":"x"}`, 404, "not-found"},
		{"/r/o", `{"a":"1"}`, 400, "invalid"},
		{"/r/o", `{"a":"1","b":"x","c":"y"}`, 400, "invalid"},
		{"/r/o", `{"a":["1"],"b":"x"}`, 400, "invalid"},
		{"/r/o", `[]`, 400, "invalid"},
		{"/r/other", `{}`, 400, "unknown-operation"},
	} {
		if status, answer := ask(t, h, c.path, c.body); status != c.status || answer["code"] != c.code {
			t.Errorf("%s %s: %d %v", c.path, c.body, status, answer)
		}
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("POST", "/r/o", strings.NewReader(`{"a":"1","b":"x"}`)))
	if rec.Code != http.StatusUnauthorized {
		t.Errorf("without a key: %d", rec.Code)
	}
}

func TestFaultEndsAfterItsTimes(t *testing.T) {
	h := open(t, strings.Replace(small, "answer:", "fault: {status: 503, times: 2}\n        answer:", 1))
	for i, want := range []int{503, 503, 200, 200} {
		if status, answer := ask(t, h, "/r/o", `{"a":"1","b":"x"}`); status != want {
			t.Errorf("call %d: %d %v, want %d", i+1, status, answer, want)
		}
	}
}

func TestDelayEndsWithTheCaller(t *testing.T) {
	h := open(t, strings.Replace(small, "answer:", "delay: 30s\n        answer:", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := httptest.NewRequestWithContext(ctx, "POST", "/r/o", strings.NewReader(`{"a":"1","b":"x"}`))
	req.Header.Set("Authorization", "Bearer the-key")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	if rec.Body.Len() != 0 {
		t.Errorf("answered %s to a caller who left", rec.Body)
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	for want, change := range map[string]func(string) string{
		"field answr not found":  func(s string) string { return strings.Replace(s, "answer:", "answr:", 1) },
		"match must name":        func(s string) string { return strings.Replace(s, ", b: x", "", 1) },
		"there is no argument c": func(s string) string { return strings.Replace(s, "b: x", "c: x", 1) },
		"in quotes":              func(s string) string { return strings.Replace(s, "n: 7", "n: 7.50", 1) },
		"if it is a text":        func(s string) string { return strings.Replace(s, "n: 7", "n: 0123", 1) },
		"given twice":            func(s string) string { return strings.Replace(s, "n: 7", "n: 7, n: 8", 1) },
		"fault needs": func(s string) string {
			return strings.Replace(s, "answer:", "fault: {status: 200, times: 1}\n        answer:", 1)
		},
		"delay must be":           func(s string) string { return strings.Replace(s, "answer:", "delay: 1h\n        answer:", 1) },
		"registry or operations":  func(string) string { return "registry: r\n" },
		"one document":            func(s string) string { return s + "---\n" + s },
		"a row with this match":   func(s string) string { return s + "      - match: {a: \"1\", b: x}\n        answer: {n: 8}\n" },
		"aliases are not support": func(s string) string { return strings.Replace(s, "list: [today", "list: &l [*l", 1) },
	} {
		_, err := New(Options{Files: fstest.MapFS{"bad.yaml": {Data: []byte(change(small))}}, Key: "k"})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "bad.yaml") {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

func TestRelativeDates(t *testing.T) {
	for text, want := range map[string]string{
		"today": "2026-11-22", "today+40d": "2027-01-01", "today-5mo": "2026-06-22", "today-6y+1d": "2020-11-23", "today-2w": "2026-11-08",
	} {
		if got, ok := relative(text, noon); !ok || got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"today+", "today+1", "yesterday", "today + 1d", "today+1m", "Today"} {
		if got, ok := relative(text, noon); ok {
			t.Errorf("%q was taken for %s", text, got)
		}
	}
	if got, _ := relative("today-1mo", time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)); got != "2027-02-28" {
		t.Errorf("a month before 31 March is %s", got)
	}
}

// optional tells whether a field of an answer may be missing.
func optional(of yaml.Node) bool {
	var shape struct{ Optional bool }
	return of.Kind == yaml.MappingNode && of.Decode(&shape) == nil && shape.Optional
}
