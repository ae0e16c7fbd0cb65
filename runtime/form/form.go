package form

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/schema"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Scripts runs validation scripts; *script.Pool is one.
type Scripts interface {
	Call(ctx context.Context, s *script.Script, value any, form map[string]any) (script.Result, error)
}

// Context is what a form is filled in with, beside the answers.
type Context struct {
	// Applicant are the attested facts, as JSON has them. Those that the plan does not know are left out.
	Applicant map[string]any
	// Submitted is the day that counts as asOf.submitted, today in the plan's zone.
	Submitted formula.Date
	// Tariff are the entries that TariffReads names.
	Tariff map[string]json.RawMessage
	// Upload tells of an upload of the caller's own. ok is false for every other one. Without it there are none.
	Upload func(id string) (size int64, mediaType string, ok bool)
}

// Form is a compiled form. It never changes and is safe for parallel use.
type Form struct {
	plan    *plan.Plan
	fields  []field
	index   map[string]int
	order   []int // of fields: each after those that its condition reads
	facts   []fact
	scope   map[string]formula.Type // of the roots applicant and tariff
	schema  *schema.Schema
	rules   []rule
	scripts []validation
	run     Scripts
	dynamic []string // codes of the fields that conditions read, in form order
	tariff  []string
}

type field struct {
	*plan.FormField
	typ      formula.Type
	when     *expression
	prefill  *expression
	pattern  *regexp.Regexp // only where the schema does not say it
	min, max limit
	media    []string // media types that a file may have
	written  written
	manner   manner
	longest  int // characters, as the schema says; 0 = no limit
}

type rule struct {
	field   int
	message string
	when    *expression
	holds   *expression
	reads   []int // fields that the two read
}

type validation struct {
	field   int
	message string
	when    *expression
	script  *script.Script
	reads   []int // fields, beside its own
}

// Compile makes the form of a plan ready: every formula, the schema, patterns, limits and scripts are compiled once. scripts may be nil
// where the plan has none. The error names the place and means that the plan was not checked.
func Compile(p *plan.Plan, scripts Scripts) (*Form, error) {
	f := &Form{plan: p, index: make(map[string]int, len(p.Form.Fields)), run: scripts, scope: map[string]formula.Type{}}
	if err := f.compile(); err != nil {
		return nil, fmt.Errorf("form of %s: %w", p.Service, err)
	}
	return f, nil
}

func (f *Form) compile() error {
	for i := range f.plan.Form.Fields {
		code := f.plan.Form.Fields[i].Code
		if _, twice := f.index[code]; twice || code == "" {
			return fmt.Errorf("field %q is empty or given twice", code)
		}
		f.index[code] = i
	}
	c, err := newCompiler(f)
	if err != nil {
		return err
	}
	said, err := f.compileSchema()
	if err != nil {
		return err
	}
	for i := range f.plan.Form.Fields {
		pf := &f.plan.Form.Fields[i]
		compiled, err := f.compileField(c, pf, said[pf.Code])
		if err != nil {
			return fmt.Errorf("field %s: %w", pf.Code, err)
		}
		f.fields = append(f.fields, compiled)
	}
	if err := f.sortByCondition(); err != nil {
		return err
	}
	if err := f.compileRules(c); err != nil {
		return err
	}
	if err := f.compileScripts(c); err != nil {
		return err
	}
	f.facts, f.tariff = c.facts, c.tariffReads()
	return nil
}

// Plan is the plan that was compiled; it must not be changed.
func (f *Form) Plan() *plan.Plan { return f.plan }

// TariffReads lists the tariff entries that the form's formulas read, sorted; Context brings their values.
func (f *Form) TariffReads() []string { return slices.Clone(f.tariff) }

func (f *Form) compileSchema() (said map[string]saying, err error) {
	if f.schema, err = schema.Compile(f.plan.Form.Schema); err != nil {
		return nil, err
	}
	var doc struct {
		Properties map[string]struct {
			Pattern   string `json:"pattern"`
			MaxLength int    `json:"maxLength"`
		} `json:"properties"`
	}
	err = json.Unmarshal(f.plan.Form.Schema, &doc)
	said = make(map[string]saying, len(doc.Properties))
	for code, p := range doc.Properties {
		said[code] = saying{p.Pattern != "", p.MaxLength}
	}
	return said, err
}

// saying is what the schema says of a field that others than the schema need to know.
type saying struct {
	pattern bool
	longest int
}

func (f *Form) compileField(c *compiler, pf *plan.FormField, said saying) (_ field, err error) {
	out := field{FormField: pf, typ: formula.Type{Kind: kinds[pf.Kind]}, written: writtenAs(pf), manner: mannerOf(pf), longest: said.longest}
	if !slices.Contains(fieldTypes, pf.Type) || out.typ.Kind == formula.KindAny {
		return out, fmt.Errorf("type %q of kind %q", pf.Type, pf.Kind)
	}
	if out.when, err = c.condition(pf.When); err != nil {
		return out, err
	}
	if pf.Prefill != "" {
		if out.prefill, err = c.compile(pf.Prefill, out.typ); err != nil {
			return out, err
		}
	}
	if pf.Pattern != "" && !said.pattern {
		if out.pattern, err = regexp.Compile("^(?:" + pf.Pattern + ")$"); err != nil {
			return out, err
		}
	}
	if out.min, err = newLimit(pf, pf.Min, f.plan.Currency); err != nil {
		return out, err
	}
	if out.max, err = newLimit(pf, pf.Max, f.plan.Currency); err != nil {
		return out, err
	}
	for _, word := range pf.Accept {
		media, ok := mediaTypes[word]
		if !ok {
			return out, fmt.Errorf("accepts %q", word)
		}
		out.media = append(out.media, media)
	}
	return out, nil
}

func (f *Form) compileRules(c *compiler) (err error) {
	for i, r := range f.plan.Form.Rules {
		at, ok := f.index[r.Field]
		if !ok {
			return fmt.Errorf("rule %d: no such field %q", i, r.Field)
		}
		compiled := rule{field: at, message: fmt.Sprintf("rules.%d", i)}
		// The rule is only tried while its field is visible.
		given := []string{r.When, f.plan.Form.Fields[at].When}
		if compiled.when, err = c.condition(r.When, given[1]); err == nil {
			compiled.holds, err = c.compile(r.Formula, formula.Type{Kind: formula.KindBool}, given...)
		}
		if err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
		compiled.reads = compiled.holds.fields
		if compiled.when != nil {
			compiled.reads = slices.Concat(compiled.reads, compiled.when.fields)
		}
		f.rules = append(f.rules, compiled)
	}
	return nil
}

func (f *Form) compileScripts(c *compiler) (err error) {
	for i, s := range f.plan.Form.Scripts {
		at, ok := f.index[s.Field]
		if !ok {
			return fmt.Errorf("script %s: no such field %q", s.File, s.Field)
		}
		if f.run == nil {
			return fmt.Errorf("script %s: nothing runs scripts", s.File)
		}
		compiled := validation{field: at, message: fmt.Sprintf("scripts.%d", i)}
		if compiled.when, err = c.condition(s.When, f.plan.Form.Fields[at].When); err != nil {
			return fmt.Errorf("script %s: %w", s.File, err)
		}
		parsed, problems := script.Parse(s.File, []byte(s.Source))
		if parsed == nil {
			return fmt.Errorf("script %s: %v", s.File, problems)
		}
		compiled.script = parsed
		for _, read := range parsed.Reads() {
			if at, ok := f.index[firstName(read)]; ok {
				compiled.reads = append(compiled.reads, at)
			}
		}
		if parsed.ReadsAll() {
			compiled.reads = compiled.reads[:0]
			for at := range f.fields {
				compiled.reads = append(compiled.reads, at)
			}
		}
		f.scripts = append(f.scripts, compiled)
	}
	return nil
}
