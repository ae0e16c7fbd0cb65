package formula

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// facts is what is known to hold at a place in a formula: "has form.x", and the
// text of conditions known to be true or false. It only grows inwards.
type facts struct {
	key  string
	next *facts
}

func (f *facts) with(keys []string) *facts {
	for _, k := range keys {
		f = &facts{k, f}
	}
	return f
}

func (f *facts) has(key string) bool {
	for ; f != nil; f = f.next {
		if f.key == key {
			return true
		}
	}
	return false
}

func (f *facts) hasAll(keys []string) bool {
	for _, k := range keys {
		if !f.has(k) {
			return false
		}
	}
	return len(keys) > 0
}

// walker looks for reads of what may be absent and collects all reads.
type walker struct {
	*draft
	reads map[string]bool
	depth int
}

// bound maps a macro's variable to a name that no other has, so that what is
// known of one item is not believed of another.
type bound struct {
	name, unique string
	next         *bound
}

func (b *bound) find(name string) (string, bool) {
	for ; b != nil; b = b.next {
		if b.name == name {
			return b.unique, true
		}
	}
	return "", false
}

// absence reports every read of a value that may be absent where nothing known
// says that it is there, and returns the paths that the formula reads, sorted.
func (d *draft) absence(known *facts) []string {
	w := &walker{draft: d, reads: map[string]bool{}}
	w.walk(d.tree.Expr(), known, nil)
	reads := make([]string, 0, len(w.reads))
	for path := range w.reads {
		reads = append(reads, path)
	}
	slices.Sort(reads)
	return reads
}

func (w *walker) walk(e ast.Expr, known *facts, scope *bound) {
	switch e.Kind() {
	case ast.SelectKind:
		w.selected(e, known, scope, true)
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			w.walk(item, known, scope)
		}
	case ast.CallKind:
		w.call(e, known, scope)
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		w.walk(c.IterRange(), known, scope)
		w.walk(c.AccuInit(), known, scope)
		w.depth++
		inner := &bound{c.IterVar(), fmt.Sprintf("%s#%d", c.IterVar(), w.depth), scope}
		w.walk(c.LoopCondition(), known, inner)
		w.walk(c.LoopStep(), known, inner)
		w.walk(c.Result(), known, inner)
	}
}

func (w *walker) call(e ast.Expr, known *facts, scope *bound) {
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd:
		w.walk(args[0], known, scope)
		w.walk(args[1], known.with(w.holds(args[0], true, scope, true)), scope)
	case operators.LogicalOr:
		w.walk(args[0], known, scope)
		w.walk(args[1], known.with(w.holds(args[0], false, scope, true)), scope)
	case operators.Conditional:
		w.walk(args[0], known, scope)
		w.walk(args[1], known.with(w.holds(args[0], true, scope, true)), scope)
		w.walk(args[2], known.with(w.holds(args[0], false, scope, true)), scope)
	default:
		if call.IsMemberFunction() {
			w.walk(call.Target(), known, scope)
		}
		for _, arg := range args {
			w.walk(arg, known, scope)
		}
	}
}

// selected looks at a chain of fields. outermost is the whole chain, the one
// that counts as read. A presence test asks, so its last field need not be there.
func (w *walker) selected(e ast.Expr, known *facts, scope *bound, outermost bool) {
	sel := e.AsSelect()
	path, rooted := w.path(e, scope)
	if path == "" { // a field of a computed object
		w.walk(sel.Operand(), known, scope)
	}
	if outermost && rooted {
		w.reads[path] = true
	}
	if sel.IsTestOnly() {
		// has(a.b.c) asks for a and a.b too, so nothing in it can be absent.
		if path != "" {
			return
		}
	}
	if op := sel.Operand(); op.Kind() == ast.SelectKind {
		w.selected(op, known, scope, false)
	}
	f := w.field(e)
	if f == nil || !f.mayBeAbsent() || sel.IsTestOnly() || path != "" && w.present(f, path, known) {
		return
	}
	shown := path
	if shown == "" {
		shown = sel.FieldName()
	}
	shown, _, _ = strings.Cut(shown, "#")
	if _, rest, ok := strings.Cut(path, "#"); ok {
		_, rest, _ = strings.Cut(rest, ".")
		shown += "." + rest
	}
	p := Problem{
		Code:    CodeAbsentValue,
		Summary: "{path} may be absent here; say what then",
		Args:    diag.Args{"path": shown},
		Help:    "Guard it with has({path}) and …, or use orElse({path}, value).",
	}
	if f.When != "" && !f.Optional {
		p.Args["when"] = f.When
		p.Help = "It is there when: {when}. Ask the same before, guard it with has({path}) and …, or use orElse({path}, value)."
	}
	w.at(e, p)
}

func (w *walker) present(f *fieldInfo, path string, known *facts) bool {
	return known.has("has "+path) || !f.Optional && known.hasAll(w.env.when(f))
}

// path is the dotted path of a chain of fields, and whether it starts at the
// root; "" if it is no chain.
func (d *draft) path(e ast.Expr, scope *bound) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		if e.AsIdent() == rootVariable {
			return "", true
		}
		if unique, ok := scope.find(e.AsIdent()); ok {
			return unique, false
		}
		return e.AsIdent(), false
	case ast.SelectKind:
		path, rooted := d.path(e.AsSelect().Operand(), scope)
		switch {
		case path != "":
			return path + "." + e.AsSelect().FieldName(), rooted
		case rooted:
			return e.AsSelect().FieldName(), true
		}
	}
	return "", false
}

// field is the declared field that a selection reads, nil if it is unknown.
// Chains from the root need no checked types, so guards can be looked at
// without a check.
func (d *draft) field(e ast.Expr) *fieldInfo {
	sel := e.AsSelect()
	op := sel.Operand()
	if op.Kind() == ast.IdentKind && op.AsIdent() == rootVariable {
		return d.env.root.fields[sel.FieldName()]
	}
	if op.Kind() == ast.SelectKind {
		if f := d.field(op); f != nil && f.object != nil {
			return f.object.fields[sel.FieldName()]
		}
		return nil
	}
	if d.tree.IsChecked() {
		if o := d.env.provider.objects[d.tree.GetType(op.ID()).TypeName()]; o != nil {
			return o.fields[sel.FieldName()]
		}
	}
	return nil
}

// holds lists what is known once e turned out to be value. With deep, a field
// that is there also tells that its own condition held.
func (d *draft) holds(e ast.Expr, value bool, scope *bound, deep bool) []string {
	switch e.Kind() {
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			if value {
				return d.asked(e, scope, deep)
			}
			return nil
		}
	case ast.CallKind:
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.LogicalNot:
			return d.holds(call.Args()[0], !value, scope, deep)
		case operators.LogicalAnd, operators.LogicalOr:
			if value == (call.FunctionName() == operators.LogicalAnd) {
				return append(d.holds(call.Args()[0], value, scope, deep), d.holds(call.Args()[1], value, scope, deep)...)
			}
		}
	}
	// The text of conditions only matters where a field has one.
	if !d.env.conditions {
		return nil
	}
	return []string{fmt.Sprint(value, " ", canonical(e))}
}

// asked: has(a.b.c) being true says that a, a.b and a.b.c are there, and that
// the condition of each held.
func (d *draft) asked(e ast.Expr, scope *bound, deep bool) []string {
	var keys []string
	for e.Kind() == ast.SelectKind {
		path, _ := d.path(e, scope)
		if path == "" {
			break
		}
		keys = append(keys, "has "+path)
		if f := d.field(e); deep && f != nil && f.When != "" {
			keys = append(keys, d.env.when(f)...)
		}
		e = e.AsSelect().Operand()
	}
	return keys
}

// when lists what must be known for the field's condition to stand; nil if it
// has none, or one that does not parse.
func (e *Env) when(f *fieldInfo) []string {
	if f.When == "" {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if keys, ok := e.whens[f]; ok {
		return keys
	}
	var keys []string
	if d, ok := e.parse(f.When); ok && len(d.problems) == 0 {
		keys = d.holds(d.tree.Expr(), true, nil, false)
	}
	e.whens[f] = keys
	return keys
}

// presumed is what guards that hold make known.
func (e *Env) presumed(guards []string) *facts {
	var known *facts
	for _, guard := range guards {
		if d, ok := e.parse(guard); ok && len(d.problems) == 0 {
			known = known.with(d.holds(d.tree.Expr(), true, nil, true))
		}
	}
	return known
}

// canonical writes an expression so that spacing, brackets, quotes and the
// words for operators make no difference.
func canonical(e ast.Expr) string {
	var b strings.Builder
	writeCanonical(&b, e)
	return b.String()
}

func writeCanonical(b *strings.Builder, e ast.Expr) {
	list := func(open string, items ...ast.Expr) {
		b.WriteString(open)
		for _, item := range items {
			writeCanonical(b, item)
			b.WriteByte(' ')
		}
		b.WriteByte(')')
	}
	switch e.Kind() {
	case ast.IdentKind:
		b.WriteString(e.AsIdent())
	case ast.LiteralKind:
		fmt.Fprintf(b, "%T:%q", e.AsLiteral(), fmt.Sprint(e.AsLiteral().Value()))
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			b.WriteString("has ")
		}
		writeCanonical(b, e.AsSelect().Operand())
		b.WriteString("." + e.AsSelect().FieldName())
	case ast.ListKind:
		list("[(", e.AsList().Elements()...)
	case ast.CallKind:
		args := e.AsCall().Args()
		if e.AsCall().IsMemberFunction() {
			args = append([]ast.Expr{e.AsCall().Target()}, args...)
			b.WriteByte('.')
		}
		list(e.AsCall().FunctionName()+"(", args...)
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		list("each "+c.IterVar()+"(", c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result())
	}
}
