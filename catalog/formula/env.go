package formula

import (
	"fmt"
	"slices"
	"sync"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/containers"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
	"cel.dev/cel-go/parser"
)

// Env is what the formulas of one service may read. It is cheap: the language
// itself is built once for all. Safe for parallel use.
type Env struct {
	provider    *provider
	root        *objectInfo
	checker     *checker.Env
	interpreter interpreter.Interpreter
	conditions  bool // some field has a When
	units       bool // some field has a Unit

	mu    sync.Mutex
	whens map[*fieldInfo][]string
}

// objectInfo and fieldInfo are an Object as CEL's checker and interpreter read
// it.
type objectInfo struct {
	object *Object
	cel    *types.Type
	fields map[string]*fieldInfo
	names  []string
}

type fieldInfo struct {
	Field
	object *objectInfo // of an object field
	cel    *types.FieldType
}

func (f *fieldInfo) mayBeAbsent() bool { return f.Optional || f.When != "" }

// maxDepth bounds nested objects, so that one that holds itself is refused.
const maxDepth = 12

// NewEnv builds the environment of a scope: form, applicant, facts, tariff and
// one variable for each step result. The error names the field: a name that no
// formula could write, a name given twice, or an incomplete type.
func NewEnv(scope []Field) (*Env, error) {
	lang, err := language()
	if err != nil {
		return nil, err
	}
	e := &Env{provider: &provider{objects: map[string]*objectInfo{}}, whens: map[*fieldInfo][]string{}}
	e.root, err = e.object(&Object{Name: "", Fields: scope}, "", 0)
	if err != nil {
		return nil, err
	}
	e.checker, err = checker.NewEnv(containers.DefaultContainer, e.provider, checker.ValidatedDeclarations(lang.checker))
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	if err := e.checker.AddIdents(decls.NewVariable(rootVariable, e.root.cel)); err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	factory := interpreter.NewAttributeFactory(containers.DefaultContainer, adapter{}, e.provider)
	e.interpreter = interpreter.NewInterpreter(lang.dispatcher, containers.DefaultContainer, e.provider, adapter{}, factory)
	return e, nil
}

func (e *Env) object(o *Object, path string, depth int) (*objectInfo, error) {
	if o == nil {
		return nil, fmt.Errorf("formula: %s: an object type without its fields", path)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("formula: %s: nested too deep", path)
	}
	// The path makes the name unique, so that two objects of one Name do not clash;
	// the # keeps it from being what a formula writes, which CEL would take for the type.
	info := &objectInfo{object: o, cel: types.NewObjectType("#" + path), fields: make(map[string]*fieldInfo, len(o.Fields))}
	e.provider.objects[info.cel.TypeName()] = info
	for _, field := range o.Fields {
		at := path + "." + field.Name
		if !fieldName(field.Name) || depth == 0 && reserved(field.Name) {
			return nil, fmt.Errorf("formula: %s: a formula cannot write this name", at[1:])
		}
		if info.fields[field.Name] != nil {
			return nil, fmt.Errorf("formula: %s: given twice", at[1:])
		}
		f := &fieldInfo{Field: field}
		celType, err := e.celType(field.Type, at, depth, f)
		if err != nil {
			return nil, err
		}
		f.cel = &types.FieldType{Type: celType, IsSet: isSet(field.Name), GetFrom: getFrom(field.Name, field.Type.Kind)}
		e.conditions, e.units = e.conditions || field.When != "", e.units || field.Type.Unit != ""
		info.fields[field.Name] = f
		info.names = append(info.names, field.Name)
	}
	return info, nil
}

func (e *Env) celType(t Type, path string, depth int, f *fieldInfo) (*types.Type, error) {
	switch t.Kind {
	case KindObject:
		o, err := e.object(t.Object, path, depth+1)
		if err != nil {
			return nil, err
		}
		f.object = o
		return o.cel, nil
	case KindList:
		if t.Elem == nil {
			return nil, fmt.Errorf("formula: %s: a list type without its items' type", path[1:])
		}
		if depth > maxDepth {
			return nil, fmt.Errorf("formula: %s: nested too deep", path[1:])
		}
		elem, err := e.celType(*t.Elem, path+"[]", depth+1, new(fieldInfo))
		if err != nil {
			return nil, err
		}
		return types.NewListType(elem), nil
	}
	if t.Kind == KindTable && t.Table != nil {
		celType, err := t.Table.celType()
		if err != nil {
			return nil, fmt.Errorf("formula: %s: %w", path[1:], err)
		}
		return celType, nil
	}
	if scalar := scalarTypes[t.Kind]; scalar != nil {
		return scalar, nil
	}
	return nil, fmt.Errorf("formula: %s: a type that no value has", path[1:])
}

func fieldName(name string) bool {
	for i := 0; i < len(name); i++ {
		if !isLetter(name[i]) && (i == 0 || !isDigit(name[i])) {
			return false
		}
	}
	switch name {
	case "", "true", "false", "null", "in":
		return false
	}
	return len(name) <= 100
}

// reserved words are no variables; behind a point they are ordinary names.
func reserved(name string) bool {
	return slices.Contains([]string{
		"and", "or", "not", "as", "break", "const", "continue", "else", "for", "function", "if",
		"import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
	}, name)
}

// fieldsOf opens an object's value, nil if it is none.
func fieldsOf(value any) map[string]any {
	switch v := value.(type) {
	case map[string]any:
		return v
	case Values:
		return v
	}
	return nil
}

func isSet(name string) func(any) bool {
	return func(target any) bool {
		v, ok := fieldsOf(target)[name]
		return ok && v != nil
	}
}

func getFrom(name string, kind Kind) func(any) (any, error) {
	return func(target any) (any, error) {
		v, ok := fieldsOf(target)[name]
		if !ok || v == nil {
			return nil, &EvalError{Failure: AbsentValue, Field: name}
		}
		if !kind.matches(v) {
			// A whole number is a decimal, and a scope's objects may be Values.
			if _, whole := v.(int64); whole && kind == KindDecimal {
				return v, nil
			}
			if o, ok := v.(Values); ok && kind == KindObject {
				return map[string]any(o), nil
			}
			return nil, &EvalError{Failure: WrongValue, Field: name}
		}
		if table, ok := v.(*Table); ok {
			return tableVal{name: name, table: table}, nil
		}
		return v, nil
	}
}

// provider tells CEL the fields of our objects.
type provider struct{ objects map[string]*objectInfo }

func (p *provider) FindStructType(name string) (*types.Type, bool) {
	o := p.objects[name]
	if o == nil {
		return nil, false
	}
	return types.NewTypeTypeWithParam(o.cel), true
}

func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	o := p.objects[name]
	if o == nil {
		return nil, false
	}
	return o.names, true
}

func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	o := p.objects[name]
	if o == nil || o.fields[field] == nil {
		return nil, false
	}
	return o.fields[field].cel, true
}

func (p *provider) EnumValue(string) ref.Val                    { return fail(WrongValue) }
func (p *provider) FindIdent(string) (ref.Val, bool)            { return nil, false }
func (p *provider) NewValue(string, map[string]ref.Val) ref.Val { return fail(WrongValue) }

// celLanguage is what all environments share.
type celLanguage struct {
	parser     *parser.Parser
	checker    *checker.Env
	dispatcher interpreter.Dispatcher
	functions  []string // what an author may write, sorted
}

var language = sync.OnceValues(func() (*celLanguage, error) {
	declared, dispatcher, err := declare(overloads())
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	env, err := checker.NewEnv(containers.DefaultContainer, &provider{})
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	if err := env.AddFunctions(declared...); err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	p, err := parser.NewParser(
		parser.EnablePrattParser(true),
		parser.Macros(parser.AllMacro, parser.ExistsMacro, parser.MapMacro, parser.FilterMacro),
		parser.MaxRecursionDepth(60),
		parser.MaxExpressionNodeCount(2000),
		parser.EnableIdentEscapeSyntax(false),
		parser.ExpressionSizeCodePointLimit(2*MaxSource),
	)
	if err != nil {
		return nil, fmt.Errorf("formula: %w", err)
	}
	names := make([]string, 0, len(usage))
	for name := range usage {
		names = append(names, name)
	}
	slices.Sort(names)
	return &celLanguage{parser: p, checker: env, dispatcher: dispatcher, functions: names}, nil
})
