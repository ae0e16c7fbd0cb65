package form

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/schema"
	"github.com/diwan-gov/diwan/catalog/script"
)

// Validate checks the answers of raw, which came from Parse or from schema.Decode, in the one order that all callers share. It gives the
// normalised answers of the visible fields, to be stored only when there is no problem, and at most one problem for each field, in form
// order, then those of fields that the form does not have. raw is not changed.
//
// The error is not about the answers: ctx has ended, the applicant's facts or the tariff are not of their declared types, or the plan's
// schema is of another form.
func (f *Form) Validate(ctx context.Context, raw map[string]any, with Context) (map[string]any, []Problem, error) {
	a, err := f.newAnswers(with)
	if err != nil {
		return nil, nil, err
	}
	a.take(raw)
	a.blocks((*answers).checkRequired)
	normalised := a.normalised()
	if err := a.checkSchema(normalised); err != nil {
		return nil, nil, err
	}
	a.blocks((*answers).checkFields)
	a.checkRules()
	if err := a.runScripts(ctx, normalised); err != nil {
		return nil, nil, err
	}
	return normalised, append(append(a.problems(), a.strange(raw)...), a.oddity...), nil
}

// problem notes a problem of a field, unless it has one.
func (a *answers) problem(i int, code string, args map[string]string) {
	if a.found[i] != nil {
		return
	}
	f := &a.block.fields[i]
	a.found[i] = &Problem{
		Path: a.path + "/" + f.Code, Field: a.key + f.Code, Code: code, Message: "form.problem." + code + variant(f.Type, code), Args: args,
	}
}

// variant tells sentences of one code apart by the type of the field.
func variant(fieldType, code string) string {
	switch catalog.FieldType(fieldType) {
	case catalog.DateField:
		if code == RequiredProblem || code == MinProblem || code == MaxProblem {
			return "-date"
		}
	case catalog.MoneyField:
		if code == MinProblem || code == MaxProblem || code == TypeProblem {
			return "-money"
		}
	case catalog.ChoiceField, catalog.ChoicesField:
		switch code {
		case RequiredProblem:
			return "-" + fieldType
		case TooFewProblem, TooManyProblem:
			return "-choices"
		}
	case catalog.FileField, catalog.ConsentField:
		switch code {
		case RequiredProblem, TooFewProblem, TooManyProblem:
			return "-" + fieldType
		}
	case catalog.YesNoField:
		if code == RequiredProblem {
			return "-choice"
		}
		fallthrough
	case catalog.IntegerField, catalog.DecimalField:
		if code == TypeProblem {
			return "-" + fieldType
		}
	}
	return ""
}

// checkRequired tells what is missing. What is worked out and has no value although all that it is worked out of is fine has a problem of its
// own: nobody can fill it in.
func (a *answers) checkRequired() {
	for i, visible := range a.visible {
		f := &a.block.fields[i]
		switch {
		case !visible:
		case f.list():
			a.checkBounds(i)
		case a.values[i] != nil || !a.required(i):
		case f.inner != nil && f.value == nil && len(a.inner[i]) == 1:
			a.inner[i][0].dropped = false // what it lacks is told beside its parts
		case f.value == nil:
			a.missing(i)
		case a.settled(f.value):
			a.problem(i, NoValueProblem, nil)
		}
	}
}

// required tells that a field that is shown must have an answer.
func (a *answers) required(i int) bool {
	f := &a.block.fields[i]
	if f.require != nil {
		return a.holds(f.require)
	}
	if f.list() {
		return f.AtLeast > 0 && !f.Optional
	}
	return !f.Optional
}

// settled tells that everything that an expression reads in its own block is sound.
func (a *answers) settled(e *expression) bool {
	if a.path == "" {
		return a.sound(e.fields)
	}
	return a.sound(e.row)
}

// checkBounds tells of too few or too many rows, answers or files. None at all is a missing answer.
func (a *answers) checkBounds(i int) {
	f := &a.block.fields[i]
	list, _ := a.values[i].([]any)
	n := len(list)
	switch {
	case n == 0 && !a.required(i):
	case n == 0 && !f.group():
		a.missing(i)
	case n < max(1, f.AtLeast):
		a.problem(i, TooFewProblem, map[string]string{"min": strconv.Itoa(max(1, f.AtLeast))})
	case f.AtMost > 0 && n > f.AtMost:
		a.problem(i, TooManyProblem, map[string]string{"max": strconv.Itoa(f.AtMost)})
	}
}

// precedence orders the keywords of the schema: what comes first is said of a field where several are broken.
var precedence = []string{"type", "enum", "const", "maxLength", "format", "pattern", "minimum", "maximum", "required"}

// errSchema means that fields and schema of a plan are not of one service.
var errSchema = errors.New("form: the schema asks for what the form does not have")

func (a *answers) checkSchema(normalised map[string]any) error {
	violations := a.form.schema.Validate(normalised)
	slices.SortStableFunc(violations, func(x, y schema.Violation) int {
		return slices.Index(precedence, x.Keyword) - slices.Index(precedence, y.Keyword)
	})
	for _, v := range violations {
		if !a.place(strings.Split(v.Path, "/")[1:], v) {
			return errSchema
		}
	}
	return nil
}

// place tells a violation beside the field that its path leads to; false where there is none.
func (a *answers) place(path []string, v schema.Violation) bool {
	if len(path) == 0 {
		return false
	}
	i, ok := a.block.index[path[0]]
	if !ok {
		return false
	}
	f := &a.block.fields[i]
	switch {
	case len(path) == 1 || f.inner == nil:
		a.violation(i, v)
		return true
	case !f.group():
		return len(a.inner[i]) == 1 && a.inner[i][0].place(path[1:], v)
	case len(path) == 2:
		a.violation(i, v)
		return true
	}
	at, err := strconv.Atoi(path[1])
	rows := a.kept(i)
	return err == nil && at < len(rows) && rows[at].place(path[2:], v)
}

// violation says what a keyword of the schema means for a field.
func (a *answers) violation(i int, v schema.Violation) {
	f := &a.block.fields[i]
	switch v.Keyword {
	case "required":
		if f.value == nil && f.inner == nil { // what is worked out, and what has parts, is judged by itself
			a.problem(i, RequiredProblem, nil)
		}
	case "minItems", "maxItems": // judged by themselves too: an empty list may be no answer
	case "enum":
		a.problem(i, OptionProblem, nil)
	case "const":
		a.problem(i, RequiredProblem, nil)
	case "maxLength":
		a.problem(i, TooLongProblem, map[string]string{"max": string(v.Params)})
	case "minimum":
		a.problem(i, MinProblem, map[string]string{"min": f.min.text})
	case "maximum":
		a.problem(i, MaxProblem, map[string]string{"max": f.max.text})
	case "format", "pattern":
		switch catalog.FieldType(f.Type) {
		case catalog.DateField:
			a.problem(i, DateProblem, nil)
		case catalog.EmailField:
			a.problem(i, EmailProblem, nil)
		case catalog.PhoneField:
			a.problem(i, PhoneProblem, nil)
		case catalog.IBANField:
			a.problem(i, IBANProblem, nil)
		case catalog.NationalField:
			a.problem(i, NationalNumberProblem, nil)
		case catalog.FileField:
			a.problem(i, FileMissingProblem, nil)
		case catalog.MoneyField:
			a.problem(i, TypeProblem, nil)
		default:
			a.mismatch(i)
		}
	default:
		a.problem(i, TypeProblem, nil)
	}
}

// mismatch is a pattern that does not match: the definition may say what to do.
func (a *answers) mismatch(i int) {
	a.problem(i, PatternProblem, nil)
	if p := a.found[i]; p.Code == PatternProblem {
		p.Message = "fields." + a.named(i)
	}
}

// named is the path of a field in the definition, which no row has a part in.
func (a *answers) named(i int) string {
	code := a.block.fields[i].Code
	if a.path == "" {
		return code
	}
	group, _, _ := strings.Cut(a.key, ".")
	return group + "." + code
}

// checkFields checks what the schema can't say of single fields.
func (a *answers) checkFields() {
	for i, value := range a.values {
		f := &a.block.fields[i]
		if value == nil || a.found[i] != nil {
			continue
		}
		if text, ok := value.(string); ok && f.pattern != nil && !f.pattern.MatchString(text) {
			a.mismatch(i)
		}
		if f.min.text != "" {
			if text, sign := f.min.on(a.with.Submitted, a.read[f.Code]); sign < 0 {
				a.problem(i, MinProblem, map[string]string{"min": text})
			}
		}
		if f.max.text != "" {
			if text, sign := f.max.on(a.with.Submitted, a.read[f.Code]); sign > 0 {
				a.problem(i, MaxProblem, map[string]string{"max": text})
			}
		}
		switch f.written {
		case asIBAN:
			if !validIBAN(value.(string)) {
				a.problem(i, IBANProblem, nil)
			}
		case asUpload:
			list, _ := items(value)
			for _, id := range list {
				a.checkFile(i, id.(string))
			}
		}
	}
}

func (a *answers) checkFile(i int, id string) {
	f := &a.block.fields[i]
	var up Uploaded
	known := false
	if a.with.Upload != nil {
		up, known = a.with.Upload(id)
	}
	switch {
	case !known:
		a.problem(i, FileMissingProblem, nil)
	case len(f.media) > 0 && !slices.Contains(f.media, up.MediaType):
		a.problem(i, FileTypeProblem, map[string]string{"accept": kindsOfFile(f.Accept)})
	case f.MaxSize > 0 && up.Size > f.MaxSize:
		a.problem(i, FileSizeProblem, map[string]string{"max": megabytes(f.MaxSize)})
	case f.MaxPages > 0 && up.Pages > f.MaxPages:
		a.problem(i, FilePagesProblem, map[string]string{"max": strconv.Itoa(f.MaxPages)})
	}
}

// beside calls f for the answers beside which a validation speaks: those of the form, or of each row that is kept, as far as the field is shown
// and fine so far.
func (a *answers) beside(t target, f func(*answers, int)) {
	if !a.visible[t.field] {
		return
	}
	if t.inner < 0 {
		if a.fine(t.field) {
			f(a, t.field)
		}
		return
	}
	for _, r := range a.kept(t.field) {
		if r.visible[t.inner] && r.fine(t.inner) {
			f(r, t.inner)
		}
	}
}

// checkRules tries each rule whose field is visible and which reads only sound answers; the others are reported already. A rule that has no
// value, for instance because it divides by zero, does not hold.
func (a *answers) checkRules() {
	for i := range a.form.rules {
		r := &a.form.rules[i]
		if !a.sound(r.reads) {
			continue
		}
		a.beside(r.target, func(on *answers, field int) {
			if r.inner >= 0 && !on.sound(r.row) || !on.holds(r.when) || on.holds(r.holds) {
				return
			}
			on.problem(field, RuleProblem, nil)
			on.found[field].Message = r.message
		})
	}
}

// runScripts runs each script whose field has an answer, and which reads only sound answers. A script that could not be run never means
// that the answer is right.
func (a *answers) runScripts(ctx context.Context, normalised map[string]any) error {
	for i := range a.form.scripts {
		s := &a.form.scripts[i]
		if !a.sound(s.reads) {
			continue
		}
		a.beside(s.target, func(on *answers, field int) {
			if on.values[field] == nil || ctx.Err() != nil || !on.holds(s.when) {
				return
			}
			result, err := a.form.run.Call(ctx, s.script, on.values[field], normalised)
			if ctx.Err() == nil {
				on.judge(s, field, result, err)
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (a *answers) judge(s *validation, field int, result script.Result, err error) {
	switch {
	case err != nil:
		a.problem(field, UnavailableProblem, nil)
		a.found[field].Cause = err
	case !result.Valid:
		a.problem(field, ScriptProblem, nil)
		a.found[field].Message = s.message
		if result.Code != "" {
			a.found[field].Args = map[string]string{"code": result.Code}
		}
	}
}

// mostUnknown bounds what is said of fields that the form does not have.
const mostUnknown = 20

// problems lists what was found, in form order: of a group first what is wrong with its rows as a whole.
func (a *answers) problems() []Problem {
	var out []Problem
	for i, p := range a.found {
		if p != nil {
			out = append(out, *p)
		}
		if a.inner == nil {
			continue
		}
		for _, r := range a.inner[i] {
			if !r.dropped {
				out = append(out, r.problems()...)
			}
		}
	}
	return out
}

// strange are problems of the first names, sorted, that no field has.
func (a *answers) strange(raw map[string]any) []Problem {
	var names []string
	for name := range raw {
		if _, ok := a.block.index[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []Problem
	for _, name := range names[:min(len(names), mostUnknown)] {
		path := a.path
		if catalog.IsName(name) { // anything else could be an answer in the wrong place
			path += "/" + name
		}
		out = append(out, Problem{Path: path, Code: UnknownFieldProblem, Message: "form.problem." + UnknownFieldProblem})
	}
	return out
}
