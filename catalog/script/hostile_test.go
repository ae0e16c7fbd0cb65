package script

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// hostile bodies try to run forever, to fill memory, to end the process or to be taken for valid. The
// file's own limits and the pattern check of Parse are gone round where there is a way.
var hostile = map[string]string{
	"loop":                     `while (true) {}`,
	"loop, caught":             `while (true) { try { while (true) {} } catch (e) {} }`,
	"loop, caught and valid":   `try { while (true) {} } catch (e) { return true } return true`,
	"loop, finally valid":      `try { while (true) {} } finally { return true }`,
	"loop, finally continue":   `while (true) { try { while (true) {} } finally { continue } }`,
	"loop in sort":             `Array.from({length: 1e5}, (_, i) => i).sort(() => { while (true) {} })`,
	"allocate closures":        `const a = []; while (true) a.push({x: () => a.length})`,
	"recursion":                `function f() { return f() + 1 } return f()`,
	"recursion, caught":        `function f() { try { return f() + 1 } catch (e) { return f() } } try { f() } catch (e) {} return true`,
	"recursion through sort":   `function f() { [2, 1].sort(f); return 1 } f(); return true`,
	"recursion through getter": `const o = {get x() { return this.x }}; return o.x`,
	"recursion through text":   `const o = {toString() { return "" + this }}; return "" + o`,
	"repeat":                   `return "x".repeat(2 ** 28).length > 0`,
	"pad":                      `return "x".padEnd(2 ** 28).length > 0`,
	"doubling":                 `let s = "x"; while (true) s += s`,
	"doubling, Arabic":         `let s = "غ"; while (true) s += s`,
	"fill 1e9":                 `return new Array(1e9).fill(0).length > 0`,
	"fill 4e7":                 `return new Array(4e7).fill(0).length > 0`,
	"from length":              `return Array.from({length: 1e9}).length > 0`,
	"sparse join":              `const a = []; a.length = 2 ** 32 - 2; return a.join("x").length > 0`,
	"spread":                   `return Math.max(...new Array(1e8).fill(1)) > 0`,
	"endless generator":        `return [...(function* () { while (true) yield 1 })()].length > 0`,
	"deep object":              `const o = {}; let p = o; for (let i = 0; i < 1e7; i++) { p.a = {}; p = p.a } return JSON.stringify(o).length > 0`,
	"deep JSON":                `let s = "["; for (let i = 0; i < 24; i++) s += s; return JSON.parse(s) && true`,
	"bigint power":             `const two = BigInt(value); return (two ** (two ** 34n)) > 0n`,
	"folded bigint power":      `return 2n ** (2n ** 34n) > 0n`,
	"folded chain":             `return ` + strings.Repeat("0||", 5000) + `true`,
	"back-reference":           `return /^(a+)+$/[Symbol.split]("a") && new (/a/.constructor)("^(a+)+\\1$").test("a".repeat(40) + "b")`,
	"back-reference by match":  `return ("a".repeat(40) + "b").match("^(a+)+\\1$") === null`,
	"eval":                     `return (0, globalThis.eval)("(".repeat(1e6) + "1" + ")".repeat(1e6)) === 1`,
	"cyclic flat":              `const a = []; a[0] = a; return a.flat(Infinity).length > 0`,
	"map growth":               `const m = new Map(); for (let i = 0; ; i++) m.set(i, i)`,
	"split":                    `return "x".repeat(3e7).split("").length > 0`,
	"replace growth":           `let s = "a"; for (let i = 0; i < 60; i++) s = s.replace(/a/g, "$&$&"); return s.length > 0`,
	"error growth":             `function f(n) { if (n === 0) throw new Error("x".repeat(1e6)); f(n - 1) } const a = []; for (;;) { try { f(200) } catch (e) { a.push(e) } }`,
	"concat":                   `let a = new Array(1e6).fill(1); for (;;) a = a.concat(a)`,
	"thrown loop":              `throw {toString() { while (true) {} }}`,
	"frozen call":              `Object.getPrototypeOf(() => 1).call = () => true; return true`,
}

func TestHostileScriptsEndWithAnError(t *testing.T) {
	p := newPool(t, Options{Size: 1, QueueTimeout: 20 * time.Second})
	honest := parse(t, validate(`return form.a === 1`))
	for name, body := range hostile {
		s, problems := Parse("a.js", []byte(validate(body)))
		if s == nil {
			t.Errorf("%s: Parse refuses it, so that it says nothing about the pool: %v", name, problems)
			continue
		}
		w := <-p.idle // wait until the last one is replaced: starting isn't part of a call
		p.idle <- w
		start := time.Now()
		r, err := p.Call(t.Context(), s, "2", map[string]any{})
		took := time.Since(start)
		var e *Error
		if !errors.As(err, &e) || errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %+v %v", name, r, err)
		}
		t.Logf("%-26s %8s  %v", name, took.Round(time.Millisecond), err)
		// The aim is 500 ms on an idle machine; this one may be shared.
		if took > 1500*time.Millisecond {
			t.Errorf("%s took %v", name, took)
		}
		recovered := false
		for range 3 { // a starved machine may stretch an honest call over its limit
			r, err = p.Call(t.Context(), honest, 1, map[string]any{"a": 1})
			if recovered = err == nil && r.Valid; recovered {
				break
			}
		}
		if !recovered {
			t.Errorf("after %s: %+v %v", name, r, err)
		}
	}
}
