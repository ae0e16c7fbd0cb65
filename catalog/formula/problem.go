package formula

import (
	"cmp"
	"slices"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Problem is what is wrong in a formula, as a value: nothing is printed here.
// Offset and End are bytes of the source that was compiled; End is behind the
// last byte. Code is stable; Args are those of Summary and Help, which says
// what to do; Suggestion is the text to write instead, "" if there is none.
type Problem struct {
	Code       diag.Code
	Offset     int
	End        int
	Summary    diag.Phrase
	Args       diag.Args
	Help       diag.Phrase
	Suggestion string
}

// Said is the summary with its arguments.
func (p Problem) Said() diag.Message { return diag.Message{Phrase: p.Summary, Args: p.Args} }

// Advice says what to do, or nothing.
func (p Problem) Advice() diag.Message { return diag.Message{Phrase: p.Help, Args: p.Args} }

// The codes of problems.
const (
	CodeSyntax          diag.Code = "formula-syntax"
	CodeTooLong         diag.Code = "formula-too-long"
	CodeNotSupported    diag.Code = "formula-not-supported"
	CodeUnknownName     diag.Code = "formula-unknown-name"
	CodeUnknownField    diag.Code = "formula-unknown-field"
	CodeNoFields        diag.Code = "formula-no-fields"
	CodeUnknownFunction diag.Code = "formula-unknown-function"
	CodeArguments       diag.Code = "formula-arguments"
	CodeOperands        diag.Code = "formula-operands"
	CodeNotYesNo        diag.Code = "formula-not-yes-no"
	CodeResult          diag.Code = "formula-result"
	CodeAbsentValue     diag.Code = "absent-value"
	CodeLiteral         diag.Code = "formula-literal"
	CodeUnits           diag.Code = "formula-units"
)

const maxProblems = 50

// tidy sorts by place, drops repeats of one finding at one place and caps.
func tidy(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.End, b.End), cmp.Compare(a.Code, b.Code))
	})
	problems = slices.CompactFunc(problems, func(a, b Problem) bool {
		return a.Offset == b.Offset && a.End == b.End && a.Code == b.Code && a.Said().String() == b.Said().String()
	})
	return problems[:min(len(problems), maxProblems)]
}
