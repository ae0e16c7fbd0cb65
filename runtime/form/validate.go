package form

import (
	"context"
	"errors"
	"slices"
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
	a.checkRequired()
	normalised := a.normalised()
	if err := a.checkSchema(normalised); err != nil {
		return nil, nil, err
	}
	a.checkFields()
	a.checkRules()
	if err := a.runScripts(ctx, normalised); err != nil {
		return nil, nil, err
	}
	return normalised, a.problems(raw), nil
}

// problem notes a problem of a field, unless it has one.
func (a *answers) problem(i int, code string, args map[string]string) {
	if a.found[i] != nil {
		return
	}
	f := &a.form.fields[i]
	a.found[i] = &Problem{Path: "/" + f.Code, Field: f.Code, Code: code, Message: "form.problem." + code + variant(f.Type, code), Args: args}
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
	case catalog.ChoiceField:
		if code == RequiredProblem {
			return "-choice"
		}
	case catalog.FileField, catalog.ConsentField:
		if code == RequiredProblem {
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

func (a *answers) checkRequired() {
	for i, visible := range a.visible {
		if visible && !a.form.fields[i].Optional && a.values[i] == nil {
			a.problem(i, RequiredProblem, nil)
		}
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
		i, ok := a.form.index[strings.TrimPrefix(v.Path, "/")]
		if !ok {
			return errSchema
		}
		a.violation(i, v)
	}
	return nil
}

// violation says what a keyword of the schema means for a field.
func (a *answers) violation(i int, v schema.Violation) {
	f := &a.form.fields[i]
	switch v.Keyword {
	case "required":
		a.problem(i, RequiredProblem, nil)
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
		p.Message = "fields." + p.Field
	}
}

// checkFields checks what the schema can't say of single fields.
func (a *answers) checkFields() {
	for i, value := range a.values {
		f := &a.form.fields[i]
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
		if f.written == asUpload {
			a.checkFile(i, value.(string))
		}
	}
}

func (a *answers) checkFile(i int, id string) {
	f := &a.form.fields[i]
	var size int64
	var media string
	known := false
	if a.with.Upload != nil {
		size, media, known = a.with.Upload(id)
	}
	switch {
	case !known:
		a.problem(i, FileMissingProblem, nil)
	case len(f.media) > 0 && !slices.Contains(f.media, media):
		a.problem(i, FileTypeProblem, map[string]string{"accept": kindsOfFile(f.Accept)})
	case f.MaxSize > 0 && size > f.MaxSize:
		a.problem(i, FileSizeProblem, map[string]string{"max": megabytes(f.MaxSize)})
	}
}

// checkRules tries each rule whose field is visible and which reads only sound answers; the others are reported already. A rule that has no
// value, for instance because it divides by zero, does not hold.
func (a *answers) checkRules() {
	for i := range a.form.rules {
		r := &a.form.rules[i]
		if !a.visible[r.field] || a.found[r.field] != nil || !a.sound(r.reads) || !a.holds(r.when) || a.holds(r.holds) {
			continue
		}
		a.problem(r.field, RuleProblem, nil)
		a.found[r.field].Message = r.message
	}
}

// runScripts runs each script whose field has an answer, and which reads only sound answers. A script that could not be run never means
// that the answer is right.
func (a *answers) runScripts(ctx context.Context, normalised map[string]any) error {
	for i := range a.form.scripts {
		s := &a.form.scripts[i]
		if a.values[s.field] == nil || a.found[s.field] != nil || !a.sound(s.reads) || !a.holds(s.when) {
			continue
		}
		result, err := a.form.run.Call(ctx, s.script, a.values[s.field], normalised)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.judge(s, result, err)
	}
	return nil
}

func (a *answers) judge(s *validation, result script.Result, err error) {
	switch {
	case err != nil:
		a.problem(s.field, UnavailableProblem, nil)
		a.found[s.field].Cause = err
	case !result.Valid:
		a.problem(s.field, ScriptProblem, nil)
		a.found[s.field].Message = s.message
		if result.Code != "" {
			a.found[s.field].Args = map[string]string{"code": result.Code}
		}
	}
}

// mostUnknown bounds what is said of fields that the form does not have.
const mostUnknown = 20

func (a *answers) problems(raw map[string]any) []Problem {
	var out []Problem
	for _, p := range a.found {
		if p != nil {
			out = append(out, *p)
		}
	}
	for _, name := range a.form.strangers(raw) {
		path := ""
		if catalog.IsName(name) { // anything else could be an answer in the wrong place
			path = "/" + name
		}
		out = append(out, Problem{Path: path, Code: UnknownFieldProblem, Message: "form.problem." + UnknownFieldProblem})
	}
	return out
}

// strangers are the first names, sorted, that no field has.
func (f *Form) strangers(raw map[string]any) []string {
	var names []string
	for name := range raw {
		if _, ok := f.index[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names[:min(len(names), mostUnknown)]
}
