package formula

import (
	"cmp"
	"slices"
)

// Problem is what is wrong in a formula, as a value: nothing is printed here.
// Offset and End are bytes of the source that was compiled; End is behind the
// last byte. Code is stable; Args holds what a translation needs; Help says
// what to do and Suggestion is the text to write instead, "" if there is none.
type Problem struct {
	Code       string
	Offset     int
	End        int
	Summary    string
	Args       map[string]string
	Help       string
	Suggestion string
}

// The codes of problems.
const (
	CodeSyntax          = "formula-syntax"
	CodeTooLong         = "formula-too-long"
	CodeNotSupported    = "formula-not-supported"
	CodeUnknownName     = "formula-unknown-name"
	CodeUnknownField    = "formula-unknown-field"
	CodeNoFields        = "formula-no-fields"
	CodeUnknownFunction = "formula-unknown-function"
	CodeArguments       = "formula-arguments"
	CodeOperands        = "formula-operands"
	CodeNotYesNo        = "formula-not-yes-no"
	CodeResult          = "formula-result"
	CodeAbsentValue     = "absent-value"
	CodeLiteral         = "formula-literal"
)

const maxProblems = 50

// tidy sorts by place, drops repeats of one finding at one place and caps.
func tidy(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.End, b.End), cmp.Compare(a.Code, b.Code))
	})
	problems = slices.CompactFunc(problems, func(a, b Problem) bool {
		return a.Offset == b.Offset && a.End == b.End && a.Code == b.Code && a.Summary == b.Summary
	})
	return problems[:min(len(problems), maxProblems)]
}
