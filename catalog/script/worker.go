package script

import (
	"bufio"
	"errors"
	"io"
	"os"
	"regexp"
	"runtime/debug"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

const (
	sourceName   = "script" // tells a script's frames from those of harden
	heapLimit    = 40 << 20 // looked at in steps: on a busy machine much more is there before the next look
	heapTidy     = 16 << 20 // collect between calls above this, so that one call's waste never counts against the next
	goMemory     = 72 << 20
	goStack      = 64 << 20
	callDepth    = 256
	maxPrograms  = 256
	exitMemory   = 99
	exitProtocol = 98
)

// Worker is the main of a child process: a binary calls it when its first argument is "script-worker",
// before anything else, with its standard input and output. It returns when the parent is gone. It
// limits its own process for good, so it may be called in a child only.
func Worker(in io.Reader, out io.Writer) {
	limitProcess()
	debug.SetMemoryLimit(goMemory)
	debug.SetMaxStack(goStack)
	e, err := newEngine()
	if err != nil {
		os.Exit(exitProtocol)
	}
	r := bufio.NewReader(in)
	send := func(res response) bool {
		_, err := out.Write(sealFrame(res.append(make([]byte, 4, 64))))
		return err == nil
	}
	if !send(response{outcome: outcomeReady}) {
		return
	}
	var buf []byte
	for {
		if buf, err = readFrame(r, buf); err != nil {
			return
		}
		q, err := parseRequest(buf)
		if err != nil {
			os.Exit(exitProtocol)
		}
		if !send(e.answer(q)) {
			return
		}
		e.guard.tidy()
	}
}

// engine is one hardened runtime. Its globals are frozen, so that calls can't leave each other messages.
type engine struct {
	rt       *goja.Runtime
	parse    goja.Callable
	native   map[*goja.Object]string // prototypes of the language's own errors
	programs map[string]goja.Callable
	guard    *guard
}

func newEngine() (*engine, error) {
	rt := goja.New()
	rt.SetMaxCallStackSize(callDepth)
	rt.SetParserOptions(parser.WithDisableSourceMaps)
	e := &engine{rt: rt, native: map[*goja.Object]string{}, programs: map[string]goja.Callable{}, guard: &guard{interrupt: rt.Interrupt}}
	e.parse, _ = goja.AssertFunction(rt.Get("JSON").ToObject(rt).Get("parse"))
	for _, n := range []string{"Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "URIError", "EvalError"} {
		e.native[rt.Get(n).ToObject(rt).Get("prototype").ToObject(rt)] = n
	}
	_, err := rt.RunString(harden)
	return e, err
}

// answer runs one request. Whatever the script returned, a call that was interrupted is stopped by time.
func (e *engine) answer(q request) (res response) {
	defer func() {
		if recover() != nil { // a fault of the engine itself is the script's: it must not be "valid"
			res = response{outcome: outcomeThrown}
		}
	}()
	e.guard.start(q.soft)
	defer func() {
		interrupted := e.guard.stop()
		e.rt.ClearInterrupt()
		if interrupted {
			res = response{outcome: outcomeTime}
		}
	}()
	program, err := e.program(q)
	if err != nil {
		return e.failure(err)
	}
	if q.task == taskCheck {
		return response{outcome: outcomeTrue}
	}
	args, err := e.parse(goja.Undefined(), e.rt.ToValue(string(q.args)))
	if err != nil {
		return e.failure(err)
	}
	v, err := program(goja.Undefined()) // the file from its top, with fresh variables
	if err != nil {
		return e.failure(err)
	}
	validate, ok := goja.AssertFunction(v)
	if !ok {
		return response{outcome: outcomeOther}
	}
	pair := args.(*goja.Object)
	v, err = validate(goja.Undefined(), pair.Get("0"), pair.Get("1"))
	if err != nil {
		return e.failure(err)
	}
	return judge(v)
}

func (e *engine) program(q request) (goja.Callable, error) {
	if f := e.programs[q.id]; f != nil {
		return f, nil
	}
	tree, err := goja.Parse(sourceName, wrapHead+string(q.source)+wrapTail, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, err
	}
	compiled, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, err
	}
	v, err := e.rt.RunProgram(compiled)
	if err != nil {
		return nil, err
	}
	f, _ := goja.AssertFunction(v)
	if len(e.programs) >= maxPrograms {
		clear(e.programs)
	}
	e.programs[q.id] = f
	return f, nil
}

// messageCode is the shape of a text that validate may return. Anything freer could carry the value.
var messageCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,63}$`)

func judge(v goja.Value) response {
	if _, object := v.(*goja.Object); object {
		return response{outcome: outcomeOther} // not even looked into: that would run the script's getters
	}
	switch x := v.Export().(type) {
	case bool:
		if x {
			return response{outcome: outcomeTrue}
		}
		return response{outcome: outcomeFalse}
	case string:
		if messageCode.MatchString(x) {
			return response{outcome: outcomeCode, text: x}
		}
	}
	return response{outcome: outcomeOther}
}

// failure tells the kind and place of an error and nothing of its message, which the script wrote.
func (e *engine) failure(err error) response {
	var syntax *goja.CompilerSyntaxError
	var stack *goja.StackOverflowError
	var interrupted *goja.InterruptedError
	var thrown *goja.Exception
	switch {
	case errors.As(err, &syntax):
		res := response{outcome: outcomeSyntax, text: syntax.Message}
		if syntax.File != nil {
			at := syntax.File.Position(syntax.Offset)
			res.line, res.column = at.Line, at.Column
		}
		return res
	case errors.As(err, &interrupted):
		return response{outcome: outcomeTime}
	case errors.As(err, &stack):
		return response{outcome: outcomeStack}
	case errors.As(err, &thrown):
		res := response{outcome: outcomeThrown}
		for _, f := range thrown.Stack() {
			if at := f.Position(); f.SrcName() == sourceName && at.Line > 0 {
				res.line, res.column = at.Line, at.Column
				break
			}
		}
		if o, ok := thrown.Value().(*goja.Object); ok {
			res.text = e.native[o.Prototype()]
		}
		return res
	}
	return response{outcome: outcomeThrown}
}
