package formula

import (
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// A table is read as tariff.engine(form.cc, form.fuel). It is rewritten to @at(@at(tariff.engine, form.cc), form.fuel): each step takes the
// key of one column, so that CEL's checker knows the type of every argument and of the result without a function for each table.

// A table whose first key is a decimal has a type of its own, since such a key may also be a whole number.
const (
	atFunction   = "@at"
	tableName    = "table"
	decimalTable = "decimal-table"
)

// tableType is the CEL type of a table whose first key is of type key.
func tableType(key, rest *types.Type) *types.Type {
	if key == decimalType {
		return types.NewOpaqueType(decimalTable, rest)
	}
	return types.NewOpaqueType(tableName, key, rest)
}

func isTable(t *types.Type) bool { return t.TypeName() == tableName || t.TypeName() == decimalTable }

// firstKey is the type of the key that a table wants next.
func firstKey(t *types.Type) *types.Type {
	if t.TypeName() == decimalTable {
		return decimalType
	}
	return t.Parameters()[0]
}

func (s TableShape) celType() (*types.Type, error) {
	if len(s.Columns) == 0 || len(s.Columns) > MostColumns {
		return nil, errTableShape
	}
	t := scalarTypes[s.Gives]
	for i := len(s.Columns) - 1; i >= 0 && t != nil; i-- {
		key := scalarTypes[s.Columns[i].Kind]
		if key == nil {
			return nil, errTableShape
		}
		t = tableType(key, t)
	}
	if t == nil {
		return nil, errTableShape
	}
	return t, nil
}

// tableVal is a table with the keys that are known so far.
type tableVal struct {
	name  string
	table *Table
	keys  [MostColumns]any
	known int
}

func (tableVal) Type() ref.Type                            { return tableType(types.DynType, types.DynType) }
func (v tableVal) Value() any                              { return v.table }
func (tableVal) Equal(ref.Val) ref.Val                     { return fail(WrongValue) }
func (tableVal) ConvertToNative(reflect.Type) (any, error) { return nil, failure(WrongValue) }
func (tableVal) ConvertToType(ref.Type) ref.Val            { return fail(WrongValue) }

// at takes the key of the next column; the last one gives the row's value.
func at(l, r ref.Val) ref.Val {
	v, ok := l.(tableVal)
	if !ok || v.known >= len(v.table.Shape.Columns) {
		return fail(WrongValue)
	}
	key, err := native(r)
	if err != nil {
		return types.WrapErr(err)
	}
	kind := v.table.Shape.Columns[v.known].Kind
	if n, whole := key.(int64); whole && kind == KindDecimal {
		key = NewDecimal(n, 0)
	}
	if !kind.matches(key) {
		return fail(WrongValue)
	}
	v.keys[v.known] = key
	v.known++
	if v.known < len(v.table.Shape.Columns) {
		return v
	}
	found, ok := v.table.find(v.keys[:v.known])
	if !ok {
		return types.WrapErr(&EvalError{Failure: NoRow, Field: v.name, Kinds: v.table.Shape.kinds()})
	}
	return adapter{}.NativeToValue(found)
}

// kinds says of which kinds the keys of a table are, for whoever looks for the row that is missing.
func (s TableShape) kinds() string {
	var out []string
	for _, c := range s.Columns {
		out = append(out, fmt.Sprintf("%s: %s", c.Name, Type{Kind: c.Kind}))
	}
	return strings.Join(out, ", ")
}

func tables() []overload {
	a, b := types.NewTypeParamType("A"), types.NewTypeParamType("B")
	return []overload{
		{function: atFunction, id: "at_key", args: on(tableType(a, b), a), result: b, binary: at},
		{function: atFunction, id: "at_decimal", args: on(tableType(decimalType, b), decimalType), result: b, binary: at},
		{function: atFunction, id: "at_int", args: on(tableType(decimalType, b), types.IntType), result: b, binary: at},
	}
}

// tableCall rewrites the reading of a table; false where the call is none.
func (d *draft) tableCall(e ast.Expr) bool {
	call := e.AsCall()
	table := d.factory.NewSelect(d.id(e), call.Target(), call.FunctionName())
	f := d.tableField(table)
	if f == nil {
		return false
	}
	args := call.Args()
	columns := f.Type.Table.Columns
	if len(args) != len(columns) {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.Name
		}
		path, _ := d.path(table, nil)
		how := path + "(" + strings.Join(names, ", ") + ")"
		d.foreign = true
		d.at(e, Problem{Code: CodeArguments, Summary: "{function} is a table that wants {want} keys, but this gives {got}", Help: "Write {use}.",
			Args: diag.Args{"function": path, "want": len(columns), "got": len(args), "use": how}})
		return true
	}
	d.tables = append(d.tables, tableRead{table, args})
	read := table
	for _, arg := range args[:len(args)-1] {
		read = d.factory.NewCall(d.id(e), atFunction, read, arg)
	}
	e.SetKindCase(d.factory.NewCall(e.ID(), atFunction, read, args[len(args)-1]))
	return true
}

// tableField is the declared table that a selection names, or nil.
func (d *draft) tableField(e ast.Expr) *fieldInfo {
	op := e.AsSelect().Operand()
	if op.Kind() != ast.SelectKind && (op.Kind() != ast.IdentKind || op.AsIdent() != rootVariable) {
		return nil
	}
	f := d.field(e)
	if f == nil || f.Type.Kind != KindTable {
		return nil
	}
	return f
}

// tablesOf are the tables among the fields of a selection.
func (d *draft) tablesOf(e ast.Expr) []string {
	if e.Kind() != ast.SelectKind {
		return nil
	}
	f := d.field(e)
	if f == nil || f.object == nil {
		return nil
	}
	var out []string
	for _, name := range f.object.names {
		if f.object.fields[name].Type.Kind == KindTable {
			out = append(out, name)
		}
	}
	return out
}

// tableRead is one reading of a table, as it was written.
type tableRead struct {
	table ast.Expr
	args  []ast.Expr
}

// decodeTable reads rows as they are written: lists of texts.
func decodeTable(t Type, raw any) (any, error) {
	if table, ok := raw.(*Table); ok {
		return table, nil
	}
	list, ok := raw.([]any)
	if !ok || t.Table == nil {
		return nil, errValueType
	}
	rows := make([][]string, len(list))
	for i, item := range list {
		cells, ok := item.([]any)
		if !ok {
			return nil, errValueType
		}
		for _, c := range cells {
			text, ok := c.(string)
			if !ok {
				return nil, errValueType
			}
			rows[i] = append(rows[i], text)
		}
	}
	return orError(ParseTable(*t.Table, rows))
}
