package script

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test binary be its own worker.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "script-worker" {
		Worker(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

func newPool(t testing.TB, o Options) *Pool {
	t.Helper()
	p, err := NewPool(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// patient gives time where the machine is shared with other tests.
var patient = Options{Size: 1, Soft: 2 * time.Second, Hard: 4 * time.Second, QueueTimeout: 20 * time.Second}

func parse(t testing.TB, src string) *Script {
	t.Helper()
	s, problems := Parse("a.js", []byte(src))
	if s == nil {
		t.Fatalf("%s: %v", src, problems)
	}
	return s
}

func validate(body string) string { return "function validate(value, form) { " + body + " }" }

func TestCallGivesTheScriptsAnswer(t *testing.T) {
	p := newPool(t, patient)
	form := map[string]any{"age": json.Number("17"), "region": "gaza", "address": map[string]any{"city": "خان يونس", "street": "x"}, "family": []any{map[string]any{"name": "a"}}}
	for body, want := range map[string]Result{
		`return value === "1234567"`:                                                {Valid: true},
		`return form.age >= 18`:                                                     {},
		`return form.age >= 18 || "too-young"`:                                      {Code: "too-young"},
		`return form.address.city === "خان يونس"`:                                   {Valid: true},
		`return Object.keys(form.address).join() === "city,street"`:                 {Valid: true},
		`return form.missing === undefined && form.family[0].name === "a"`:          {Valid: true},
		`return form.name?.trim() === undefined`:                                    {Valid: true},
		`return Object.keys(form).length === 4`:                                     {Valid: true},
		`return BigInt("123456789012345678901") % 97n === 33n || (2n ** 3n === 8n)`: {Valid: true},
		`return value.replace(/\d/g, "").length === 0 && value.match(/1/) !== null`: {Valid: true},
		`return [..."a1b2".matchAll(/[a-z]/g)].length === 2`:                        {Valid: true},
	} {
		got, err := p.Call(t.Context(), parse(t, validate(body)), "1234567", form)
		if err != nil || got != want {
			t.Errorf("%s: %+v %v, want %+v", body, got, err, want)
		}
	}
}

func TestOnlyFieldsThatAreReadAreSent(t *testing.T) {
	form := map[string]any{"a": map[string]any{"b": "1", "secret": "2"}, "secret": "3", "l": []any{"x"}}
	for body, want := range map[string]string{
		`return form.a.b + form.l.length`: `["v",{"a":{"b":"1"},"l":["x"]}]`,
		`return form.a.c.d + form.none.x`: `["v",{"a":{}}]`,
		`return form[value]`:              `["v",{"a":{"b":"1","secret":"2"},"l":["x"],"secret":"3"}]`,
	} {
		got, err := parse(t, validate(body)).arguments("v", form)
		if err != nil || string(got) != want {
			t.Errorf("%s: sent %s %v", body, got, err)
		}
	}
}

func TestAnythingElseIsAnErrorAtItsPlace(t *testing.T) {
	p := newPool(t, patient)
	for body, want := range map[string]struct {
		kind error
		text string
	}{
		`return 1`:                             {ErrResult, "script a.js: result is neither true, false nor a message code"},
		`return`:                               {ErrResult, ""},
		`return null`:                          {ErrResult, ""},
		`return ""`:                            {ErrResult, ""},
		`return new Boolean(true)`:             {ErrResult, ""},
		`return {get x() { while (true) {} }}`: {ErrResult, ""},
		`return "the value was " + value`:      {ErrResult, ""},
		`return value.x.y`:                     {ErrThrown, "script a.js:1:49: script threw TypeError"},
		"\n  throw new RangeError('secret ' + value)":   {ErrThrown, "script a.js:2:9: script threw RangeError"},
		"\n  /* بيت */ nothing()":                       {ErrThrown, "script a.js:2:20: script threw ReferenceError"},
		`throw value`:                                   {ErrThrown, "script a.js:1:34: script threw"},
		`throw {get name() { while (true) {} }}`:        {ErrThrown, ""},
		`return "a".match("(a+)+\\1")`:                  {ErrThrown, ""},
		`return (/a/).constructor("b")`:                 {ErrThrown, ""},
		`return (() => 1).constructor("return 1")()`:    {ErrThrown, ""},
		`return function* () {}.constructor("yield")()`: {ErrThrown, ""},
		`return globalThis.eval("1")`:                   {ErrThrown, ""},
		`undeclared = 1; return true`:                   {ErrThrown, ""},
		`let a; let a; return true`:                     {ErrSyntax, ""},
	} {
		_, err := p.Call(t.Context(), parse(t, validate(body)), "secret", nil)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, want.kind) || want.text != "" && err.Error() != want.text || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %v %s", body, err, want.kind, want.text)
		}
	}
	if _, err := p.Call(t.Context(), parse(t, validate(`return true`)), strings.Repeat("x", 2<<20), nil); !errors.Is(err, ErrInput) {
		t.Errorf("a value of 2 MB: %v", err)
	}
	if _, err := p.Call(t.Context(), parse(t, validate(`return true`)), func() {}, nil); !errors.Is(err, ErrInput) {
		t.Errorf("a value without JSON: %v", err)
	}
}

func TestCheckFindsWhatOnlyTheCompilerSees(t *testing.T) {
	p := newPool(t, patient)
	problems, err := p.Check(t.Context(), parse(t, "function validate() {\n  let a;\n  let a;\n}"))
	if err != nil || len(problems) != 1 || problems[0].Line != 3 || problems[0].Column != 7 {
		t.Errorf("let twice: %v %v", problems, err)
	}
	if problems, err := p.Check(t.Context(), parse(t, validate(`while (true) {}`))); err != nil || problems != nil {
		t.Errorf("a check must not run the script: %v %v", problems, err)
	}
}

func TestCallsLeaveEachOtherNothing(t *testing.T) {
	p := newPool(t, patient)
	for name, src := range map[string]string{
		"top-level variable": "let n = 0; " + validate(`n++; return n === 1`),
		"function property":  validate(`validate.n = (validate.n || 0) + 1; return validate.n === 1`),
		"global":             validate(`try { globalThis.leak = 1 } catch (e) {} return globalThis.leak === undefined`),
		"array prototype":    validate(`try { Array.prototype.leak = 1 } catch (e) {} return [].leak === undefined`),
		"object prototype":   validate(`try { ({}).__proto__.leak = 1 } catch (e) {} return ({}).leak === undefined`),
		"builtin replaced":   validate(`try { JSON.parse = () => [1, 2]; String.prototype.trim = () => 1 } catch (e) {} return " a ".trim() === "a"`),
		"iterator prototype": validate(`try { Object.getPrototypeOf([][Symbol.iterator]()).next = () => 1 } catch (e) {} return [...[1]].length === 1`),
		"generator":          validate(`try { Object.getPrototypeOf(function* () {}).prototype.leak = 1 } catch (e) {} return (function* () {})().leak === undefined`),
		"tagged template":    validate("const t = s => s; const f = () => t`a`; try { f().leak = 1 } catch (e) {} return f().leak === undefined"),
		"pattern state":      validate(`const r = /a/g; r.test("aa"); return r.lastIndex === 1`),
		"error":              validate(`try { Error.prototype.leak = 1; TypeError.leak = 1 } catch (e) {} return new TypeError().leak === undefined`),
		"shared symbol":      validate(`return Symbol.for === undefined`),
		"clock and chance": validate(`return [typeof globalThis["Date"], typeof Math["random"], typeof globalThis["Promise"], typeof globalThis["eval"],
			typeof globalThis["Function"], typeof globalThis["Uint8Array"], typeof globalThis["Proxy"]].every(t => t === "undefined")`),
	} {
		s := parse(t, src)
		for i := range 3 {
			if got, err := p.Call(t.Context(), s, "v", map[string]any{}); err != nil || !got.Valid {
				t.Errorf("%s, call %d: %+v %v", name, i, got, err)
			}
		}
	}
}

func TestWorkerThatDiedIdleIsNeverWaitedFor(t *testing.T) {
	p := newPool(t, patient)
	w := <-p.idle
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-w.ended
	p.idle <- w
	if got, err := p.Call(t.Context(), parse(t, validate(`return true`)), 1, nil); err != nil || !got.Valid {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	p := newPool(t, Options{Size: 1, QueueTimeout: 50 * time.Millisecond, MaxQueue: 1})
	w := <-p.idle // busy
	s := parse(t, validate(`return true`))
	start := time.Now()
	_, err := p.Call(t.Context(), s, 1, nil)
	if took := time.Since(start); !errors.Is(err, ErrUnavailable) || took < 50*time.Millisecond || took > 5*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Call(ctx, s, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	p.waiting.Store(1) // the one place is taken
	if _, err := p.Call(t.Context(), s, 1, nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("full queue: %v", err)
	}
	p.waiting.Store(0)
	p.idle <- w
	p.Close()
	p.Close()
	if _, err := p.Call(t.Context(), s, 1, nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("closed pool: %v", err)
	}
	if w.alive() {
		t.Error("a worker outlives its pool")
	}
}

func TestPoolThatCannotStartSaysSo(t *testing.T) {
	for _, command := range [][]string{{"/no/such/program"}, {"/bin/true"}} {
		if p, err := NewPool(Options{Command: command}); err == nil {
			p.Close()
			t.Errorf("%v: started", command)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	p := newPool(b, patient)
	s := parse(b, validate(`return form.age < 18 && form.region === "gaza"`))
	form := map[string]any{"age": json.Number("12"), "region": "gaza", "notes": strings.Repeat("x", 3000)}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := p.Call(context.Background(), s, "1234567", form); err != nil || !r.Valid {
			b.Fatal(r, err)
		}
	}
}

func TestHonestCallsSucceedBesideHostileOnes(t *testing.T) {
	p := newPool(t, Options{Size: 2, Soft: 300 * time.Millisecond, Hard: 600 * time.Millisecond, QueueTimeout: 20 * time.Second})
	honest := parse(t, validate(`return form.a + 1 === 2`))
	var wg sync.WaitGroup
	for _, body := range []string{`while (true) {}`, `return "x".repeat(2**28)`, `let a = []; a[0] = a; return a.flat(Infinity)`} {
		wg.Go(func() {
			for range 2 {
				if r, err := p.Call(t.Context(), parse(t, validate(body)), 1, nil); err == nil {
					t.Errorf("%s: %+v", body, r)
				}
			}
		})
	}
	for range 3 {
		wg.Go(func() {
			for range 60 {
				if r, err := p.Call(t.Context(), honest, 1, map[string]any{"a": 1}); err != nil || !r.Valid {
					t.Errorf("honest: %+v %v", r, err)
				}
			}
		})
	}
	wg.Wait()
}
