package explain_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "github.com/diwan-gov/diwan"
	diagOf = module + "/catalog/diag"
)

// sources is what the program can say: every constant of type diag.Phrase and diag.Code in the packages that make findings, wherever it
// stands, with one place of each. The types make this complete: what is no such constant cannot be said.
type sources struct {
	phrases, codes map[string]string
	faults         []string
}

// speaking are the packages that make findings.
var speaking = []string{"./catalog/...", "./workflows/...", "./runtime/release", "./cmd/diwan/..."}

var read = sync.OnceValues(func() (*sources, error) {
	list := exec.Command("go", append([]string{"list", "-export", "-deps", "-f",
		"{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{range .GoFiles}}{{.}} {{end}}\t{{.DepOnly}}"}, speaking...)...)
	list.Dir, list.Stderr = "../..", os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	found := &sources{phrases: map[string]string{}, codes: map[string]string{}}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var ours [][]string
	for line := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimRight(line, "\n"), "\t")
		exports[part[0]] = part[1]
		if part[4] == "false" {
			ours = append(ours, part)
		}
	}
	for _, part := range ours {
		var parsed []*ast.File
		for _, name := range strings.Fields(part[3]) {
			f, err := parser.ParseFile(fset, filepath.Join(part[2], name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			parsed = append(parsed, f)
		}
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
		if _, err := (&types.Config{Importer: imports}).Check(part[0], fset, parsed, info); err != nil {
			return nil, err
		}
		for _, f := range parsed {
			(&reader{found, fset, info, part[0]}).file(f)
		}
	}
	return found, nil
})

// reader looks through one package.
type reader struct {
	*sources
	fset *token.FileSet
	info *types.Info
	path string
}

func (r *reader) file(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			r.assignment(n)
			return true
		}
		if call, ok := e.(*ast.CallExpr); ok {
			r.call(call)
		}
		t := r.info.Types[e]
		if t.Value == nil || t.Value.Kind() != constant.String {
			return true
		}
		text := constant.StringVal(t.Value)
		switch named(t.Type) {
		case "Phrase":
			r.note(r.phrases, text, e)
			return false
		case "Code":
			r.note(r.codes, strings.TrimSuffix(text, "unknown-"), e) // alone it begins the codes of check.unknown
			return false
		}
		return true
	})
}

func (r *reader) note(in map[string]string, text string, e ast.Expr) {
	if _, known := in[text]; !known && text != "" {
		in[text] = r.place(e)
	}
}

func (r *reader) place(n ast.Node) string {
	p := r.fset.Position(n.Pos())
	return fmt.Sprintf("%s/%s:%d", strings.TrimPrefix(r.path, module+"/"), filepath.Base(p.Filename), p.Line)
}

func (r *reader) fault(n ast.Node, format string, args ...any) {
	r.faults = append(r.faults, r.place(n)+": "+fmt.Sprintf(format, args...))
}

// named is the name of a type of package diag, or "".
func named(t types.Type) string {
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == diagOf {
		return n.Obj().Name()
	}
	return ""
}

// call looks at a conversion of what is no constant, and at the arguments of a phrase.
func (r *reader) call(call *ast.CallExpr) {
	fun := r.info.Types[call.Fun]
	if fun.IsType() {
		if n := named(fun.Type); (n == "Phrase" || n == "Code") && r.info.Types[call].Value == nil && r.path != diagOf && r.path != module+"/catalog/explain" {
			if r.path == module+"/catalog/check" && n == "Code" {
				return // dashed: the codes of what is unknown; see unknown below
			}
			r.fault(call, "diag.%s of something that is no constant: nothing could find its Arabic", n)
		}
		return
	}
	sig, ok := fun.Type.(*types.Signature)
	if !ok {
		return
	}
	if name := calledName(call.Fun); (name == "unknown" || name == "unknownAt" || name == "keys") && r.path == module+"/catalog/check" {
		for _, a := range call.Args {
			if t := r.info.Types[a]; t.Value != nil && named(t.Type) == "Phrase" {
				r.note(r.codes, "unknown-"+strings.ReplaceAll(constant.StringVal(t.Value), " ", "-"), a)
			}
		}
	}
	params := sig.Params()
	if !sig.Variadic() || params.Len() < 2 || named(params.At(params.Len()-2).Type()) != "Phrase" {
		return
	}
	first := params.Len() - 1
	for i := first; i < len(call.Args); i++ {
		t := r.info.Types[call.Args[i]]
		constantText := t.Value != nil && t.Value.Kind() == constant.String
		switch even := (i-first)%2 == 0; {
		case even && !constantText && !call.Ellipsis.IsValid():
			r.fault(call.Args[i], "the name of an argument is a constant")
		case !even && constantText && types.Identical(t.Type, types.Typ[types.String]) && strings.Contains(constant.StringVal(t.Value), " "):
			r.fault(call.Args[i], "%s is wording: write diag.Phrase(…), so that it can be told in Arabic", t.Value)
		}
	}
}

func calledName(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// assignment refuses wording that goes past the phrases.
func (r *reader) assignment(n ast.Node) {
	a, ok := n.(*ast.AssignStmt)
	if !ok || r.path == diagOf {
		return
	}
	for _, left := range a.Lhs {
		sel, ok := left.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		s := r.info.Selections[sel]
		if s == nil || !slices.Contains([]string{"Summary", "Help", "Message"}, sel.Sel.Name) {
			continue
		}
		recv := s.Recv()
		if p, ok := recv.(*types.Pointer); ok {
			recv = p.Elem()
		}
		if n := named(recv); n == "Diagnostic" || n == "Related" {
			r.fault(a, "%s of a finding is set by hand: use New, WithHelp, WithRelated", sel.Sel.Name)
		}
	}
}

func TestWhatIsSaidIsAConstantPhrase(t *testing.T) {
	found, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found.faults {
		t.Error(f)
	}
	if len(found.phrases) < 300 || len(found.codes) < 80 {
		t.Errorf("only %d phrases and %d codes were found", len(found.phrases), len(found.codes))
	}
}
