package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func gives(r, operation string) ([]plan.Field, bool) {
	if operation != "licence-by-number" {
		return nil, false
	}
	return []plan.Field{
		{Name: "expiresOn", Kind: "date"}, {Name: "unpaidFines", Kind: "int"}, {Name: "deposit", Kind: "money", Optional: true},
		{Name: "classes", Kind: "list", Optional: true, Fields: []plan.Field{{Name: "class", Kind: "text"}}},
	}, true
}

func client(t *testing.T, h http.HandlerFunc) *registry.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := registry.New(registry.Options{Gives: gives, Endpoints: map[string]registry.Endpoint{"licensing": {URL: s.URL + "/v1/", Key: "secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const good = `{"expiresOn": "2027-01-01", "unpaidFines": 0, "mothersName": "private", "deposit": "10.00 ILS",
	"classes": [{"class": "B", "examiner": "private"}]}`

func ask(t *testing.T, c *registry.Client) (bool, json.RawMessage, error) {
	t.Helper()
	return c.Ask(t.Context(), "licensing", "licence-by-number", map[string]json.RawMessage{"number": json.RawMessage(`"1234567"`)})
}

func TestTheQuestionIsAskedAndOnlyDeclaredFieldsComeBack(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.URL.Path != "/v1/licensing/licence-by-number" || r.Header.Get("Authorization") != "Bearer secret" ||
			string(b) != `{"number":"1234567"}` {
			t.Errorf("%s %s %s %s", r.Method, r.URL, r.Header, b)
		}
		_, _ = io.WriteString(w, good)
	})
	found, body, err := ask(t, c)
	want := `{"classes":[{"class":"B"}],"deposit":{"currency":"ILS","value":"10.00"},"expiresOn":"2027-01-01","unpaidFines":0}`
	if !found || err != nil || string(body) != want {
		t.Errorf("%v %s %v", found, body, err)
	}
}

func TestAnswersAreSorted(t *testing.T) {
	for _, c := range []struct {
		name      string
		status    int
		body      string
		permanent string // "" = may be tried again
	}{
		{"server error", 503, "", ""},
		{"too many", 429, "", ""},
		{"rejected", 400, "", "rejected"},
		{"no such address", 404, "404 page not found", "rejected"},
		{"key refused", 401, "", "rejected"},
		{"sent elsewhere", 302, "", "rejected"},
		{"not JSON", 200, "<html>", "bad-answer"},
		{"two values", 200, good + good, "bad-answer"},
		{"a list", 200, "[]", "bad-answer"},
		{"a field is missing", 200, `{"expiresOn": "2027-01-01"}`, "bad-answer"},
		{"a field of another type", 200, `{"expiresOn": "tomorrow", "unpaidFines": 0}`, "bad-answer"},
		{"a line of another type", 200, `{"expiresOn": "2027-01-01", "unpaidFines": 0, "classes": ["B"]}`, "bad-answer"},
		{"a text that cannot be stored", 200, strings.Replace(good, `"class": "B"`, `"class": "B\u0000"`, 1), "bad-answer"},
		{"too long", 200, `{"x": "` + strings.Repeat("x", 300<<10) + `"}`, "bad-answer"},
	} {
		found, _, err := ask(t, client(t, answer(c.status, c.body)))
		var permanent interface{ Permanent() string }
		code := ""
		if errors.As(err, &permanent) {
			code = permanent.Permanent()
		}
		if found || err == nil || code != c.permanent || c.permanent == "" && !errors.Is(err, registry.ErrUnreachable) {
			t.Errorf("%s: %v %v, want %q", c.name, found, err, c.permanent)
		}
		if err != nil && strings.Contains(err.Error(), "tomorrow") {
			t.Errorf("%s: the error repeats the answer: %v", c.name, err)
		}
	}
	if found, body, err := ask(t, client(t, answer(404, `{"code":"not-found"}`))); found || body != nil || err != nil {
		t.Errorf("unknown to the registry: %v %s %v", found, body, err)
	}
}

func TestWhatIsNotConfiguredOrDeclaredIsNotAsked(t *testing.T) {
	c := client(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	for _, q := range [][2]string{{"health", "licence-by-number"}, {"licensing", "everything"}} {
		var f *registry.Failure
		if _, _, err := c.Ask(t.Context(), q[0], q[1], nil); !errors.As(err, &f) {
			t.Errorf("%v: %v", q, err)
		}
	}
	for _, address := range []string{"", "host/path", "ftp://host", "https://user:pass@host", "https://host?x=1"} {
		if _, err := registry.New(registry.Options{Endpoints: map[string]registry.Endpoint{"a": {URL: address}}}); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}

func TestNoMoreThanSixteenQuestionsReachARegistryAtOnce(t *testing.T) {
	var now, most atomic.Int32
	full, release := make(chan struct{}), make(chan struct{})
	reached := sync.OnceFunc(func() { close(full) })
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == 16 {
			reached()
		}
		<-release
		_, _ = io.WriteString(w, good)
	})
	done := make(chan error, 24)
	for range cap(done) {
		go func() {
			_, _, err := c.Ask(context.WithoutCancel(t.Context()), "licensing", "licence-by-number", nil)
			done <- err
		}()
	}
	select {
	case <-full:
	case <-time.After(3 * time.Second):
		t.Error("fewer than 16 came")
	}
	close(release)
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 16 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestTheCallersPatienceIsKept(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	c := client(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stop:
		case <-r.Context().Done():
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := c.Ask(ctx, "licensing", "licence-by-number", nil); !errors.Is(err, registry.ErrUnreachable) {
		t.Errorf("%v", err)
	}
}
