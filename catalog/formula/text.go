package formula

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

func textTest(test func(s, part string) bool) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		s, ok1 := l.(types.String)
		part, ok2 := r.(types.String)
		if !ok1 || !ok2 {
			return fail(WrongValue)
		}
		return types.Bool(test(string(s), string(part)))
	}
}

func joinText(l, r ref.Val) ref.Val {
	a, ok1 := l.(types.String)
	b, ok2 := r.(types.String)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	return a + b
}

func lowerText(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return fail(WrongValue)
	}
	return types.String(strings.ToLower(string(s)))
}

func textSize(v ref.Val) ref.Val {
	s, ok := v.(types.String)
	if !ok {
		return fail(WrongValue)
	}
	return types.Int(utf8.RuneCountInString(string(s)))
}

// matchText gets its pattern compiled: the rewriting puts it in the place of
// the literal.
func matchText(l, r ref.Val) ref.Val {
	s, ok1 := l.(types.String)
	re, ok2 := r.(regexVal)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	return types.Bool(re.match(string(s)))
}

func texts() []overload {
	s, b, i := types.StringType, types.BoolType, types.IntType
	return []overload{
		{function: operators.Add, id: "join_text", args: on(s, s), result: s, binary: joinText},
		{function: "contains", id: "contains", member: true, args: on(s, s), result: b, binary: textTest(strings.Contains)},
		{function: "startsWith", id: "starts_with", member: true, args: on(s, s), result: b, binary: textTest(strings.HasPrefix)},
		{function: "endsWith", id: "ends_with", member: true, args: on(s, s), result: b, binary: textTest(strings.HasSuffix)},
		{function: "matches", id: "matches", member: true, args: on(s, s), result: b, binary: matchText},
		{function: "lower", id: "lower", args: on(s), result: s, unary: lowerText},
		{function: "lower", id: "lower_member", member: true, args: on(s), result: s, unary: lowerText},
		{function: "size", id: "size_text", args: on(s), result: i, unary: textSize},
		{function: "size", id: "size_text_member", member: true, args: on(s), result: i, unary: textSize},
	}
}
