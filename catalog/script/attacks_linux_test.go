package script

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// attacks are whole scripts that were tried against the engine before there was a pool: they run forever, fill memory, recurse, or ask one
// instruction of the engine for more than a machine has. Each is a statement or an expression; some are harmless here because what they use
// is taken away, and some never pass Parse.
var attacks = []struct{ name, body string }{
	{"while(true)", `while(true){}`},
	{"for+closure alloc", `let a=[];while(true){a.push({x:a.length})}`},
	{"recursion", `function f(){return f()+1};f()`},
	{"mutual recursion via sort", `function f(){[2,1].sort(f);return 1};f()`},
	{"recursion via getter", `let o={get x(){return this.x}};o.x`},
	{"recursion via toString", `let o={toString(){return ''+this}};''+o`},
	{"repeat 2**28", `'x'.repeat(2**28).length`},
	{"repeat 2**31", `'x'.repeat(2**31).length`},
	{"padEnd 2**28", `'x'.padEnd(2**28).length`},
	{"concat doubling", `let s='x';while(true){s+=s}`},
	{"concat doubling unicode", `let s='غ';while(true){s+=s}`},
	{"new Array(1e9).fill(0)", `new Array(1e9).fill(0).length`},
	{"Array(4e7).fill(0)", `new Array(4e7).fill(0).length`},
	{"new Uint8Array(2**31)", `new Uint8Array(2**31-1).length`},
	{"Array.from length 1e9", `Array.from({length:1e9}).length`},
	{"sort 1e6 with callback", `let a=Array.from({length:1e6},(_, i)=>-i);a.sort((x,y)=>x-y).length`},
	{"sort 3e6 no callback", `let a=[];for(let i=0;i<3e5;i++)a.push('k'+(i*7919%3e5));for(let j=0;j<20;j++)a.slice().sort();1`},
	{"sort inconsistent cmp", `let a=Array.from({length:1e5},(_, i)=>i);a.sort(()=>{while(true){}})`},
	{"JSON.stringify deep 1e6", `let o={};let p=o;for(let i=0;i<1e6;i++){p.a={};p=p.a};JSON.stringify(o).length`},
	{"JSON.parse deep 1e6", `let s='[';for(let i=0;i<20;i++)s+=s;JSON.parse(s)`},
	{"JSON.stringify indent", `let o={};let p=o;for(let i=0;i<5000;i++){p.a={};p=p.a};JSON.stringify(o,null,10).length`},
	{"regex RE2 (a+)+$", `/^(a+)+$/.test('a'.repeat(1e5)+'b')`},
	{"regexp2 lookahead", `/^(?=(a+)+$)a/.test('a'.repeat(40)+'b')`},
	{"regexp2 backreference", `/^(a+)+\1$/.test('a'.repeat(40)+'b')`},
	{"regexp2 lookahead nested", `/(?=a)(x+x+)+y/.test('a'+'x'.repeat(40))||/(?=x)((x+x+)+)y/.test('x'.repeat(40))`},
	{"regex big repeat", `new RegExp('(((a{1,100}){1,10}))').test('a')`},
	{"'match' string->regex", `('a'.repeat(40)+'b').match('^(a+)+\\1$')`},
	{"replace $& growth", `let s='a';for(let i=0;i<60;i++)s=s.replace(/a/g,'$&$&');s.length`},
	{"split('') huge", `'x'.repeat(3e7).split('').length`},
	{"bigint pow", `(2n**(2n**34n)).toString().length`},
	{"bigint toString", `let b=1n;for(let i=0;i<24;i++)b=(b+3n)*(b+7n);b.toString().length`},
	{"spread huge", `Math.max(...new Array(1e7).fill(1))`},
	{"fn.apply huge", `Math.max.apply(null,new Array(3e7))`},
	{"join sparse", `let a=[];a.length=2**32-2;a.join('x').length`},
	{"indexOf sparse", `let a=[];a.length=2**32-2;a.indexOf(1)`},
	{"includes loop in native", `let a=new Array(1e7).fill(1);for(let i=0;i<100;i++)a.includes(2)`},
	{"try/finally swallow", `while(true){try{while(true){}}finally{continue}}`},
	{"catch swallow", `while(true){try{while(true){}}catch(e){}}`},
	{"promise job loop", `function f(){return Promise.resolve().then(f)};f();1`},
	{"generator infinite spread", `[...(function*(){while(true)yield 1})()]`},
	{"Proxy ownKeys", `new Proxy({}, {get:function(t,k,r){return r[k]}}).x`},
	{"deep nesting source", strings.Repeat("(", 200000) + "1" + strings.Repeat(")", 200000)},
	{"eval source doubling", `eval('('.repeat(1e6)+'1'+')'.repeat(1e6))`},
	{"error stack growth", `function f(n){if(n==0)throw new Error('x'.repeat(1e6));f(n-1)};let a=[];for(;;){try{f(200)}catch(e){a.push(e)}}`},
	{"string compare/normalize", `'غ'.repeat(2e7).normalize('NFKD').length`},
	{"toLocale/localeCompare", `let a='غ'.repeat(1e7);a.localeCompare(a+'x')`},
	{"Symbol.for leak", `for(let i=0;;i++)Symbol.for('k'+i)`},
	{"Map growth", `let m=new Map();for(let i=0;;i++)m.set(i,i)`},
	{"class/func ctor loop", `for(let i=0;;i++){new Function('return '+i)}`},
	{"flat recursion", `let a=[];a[0]=a;a.flat(Infinity)`},
	{"concat spreadable", `let a=new Array(1e6).fill(1);for(;;)a=a.concat(a)`},
	{"toString cyclic join", `let a=[1];for(let i=0;i<1e5;i++)a=[a,a];String(a).length`},
}

// mostAttackMemory is the most that a worker may hold at any moment of an attack: 128 MB, and raceMemory times as much where the race detector
// keeps its own books beside every byte.
const mostAttackMemory = 128 << 20 * raceMemory

func TestEveryAttackEndsSoonAndInLittleMemory(t *testing.T) {
	p := newPool(t, Options{Size: 1, QueueTimeout: 20 * time.Second})
	refused, ended, longest, most := 0, 0, time.Duration(0), uint64(0)
	for _, a := range attacks {
		source := validate(a.body)
		if last := strings.LastIndexAny(a.body, ";}"); last == len(a.body)-1 || last < 0 && !strings.HasPrefix(a.body, "while") {
			source = validate(a.body + "; return true")
		}
		s, problems := Parse("a.js", []byte(source))
		if s == nil {
			if len(problems) == 0 {
				t.Errorf("%s: refused without a reason", a.name)
			}
			refused++
			continue
		}
		w := <-p.idle // the worker that the call will have, to ask for its memory afterwards
		p.idle <- w
		began := time.Now()
		_, err := p.Call(t.Context(), s, "2", map[string]any{})
		took := time.Since(began)
		peak := peakMemory(t, w)
		t.Logf("%-28s %8s %5d MB  %v", a.name, took.Round(time.Millisecond), peak>>20, err)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || errors.Is(err, ErrUnavailable) {
				t.Errorf("%s: %v", a.name, err)
			}
		}
		if took > mostAttackTime {
			t.Errorf("%s took %v", a.name, took)
		}
		if peak > mostAttackMemory {
			t.Errorf("%s held %d MB", a.name, peak>>20)
		}
		ended, longest, most = ended+1, max(longest, took), max(most, peak)
	}
	t.Logf("%d scripts: Parse refuses %d; the other %d end after at most %v, holding at most %d MB", len(attacks), refused, ended, longest.Round(time.Millisecond), most>>20)
}

// mostAttackTime is what a call may take on a machine that others use too; alone it is half a second.
const mostAttackTime = 1500 * time.Millisecond

// peakMemory is the most memory that the worker has held, in bytes, living or ended.
func peakMemory(t *testing.T, w *process) uint64 {
	t.Helper()
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid)); err == nil {
		for line := range bytes.Lines(b) {
			if rest, is := bytes.CutPrefix(line, []byte("VmHWM:")); is {
				kb, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(string(rest)), " kB"), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				return kb << 10
			}
		}
	}
	<-w.ended
	return uint64(w.cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) << 10
}
