package form

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
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
	// Given are the other roots that formulas may read, as JSON has them: the answers of lookups, representative where somebody applies for the
	// applicant (as, nationalNumber, name, birthDate) and, for the own form of a step, the form of
	// the applicant. Reads names those that are needed.
	Given map[string]map[string]any
	// Labels are those that were kept with what is shown, as Form.Labels gave them. They are read where nobody asks the registry again.
	Labels map[string]string
	// Upload tells of an upload of the caller's own. ok is false for every other one. Without it there are none.
	Upload func(id string) (u Uploaded, ok bool)
}

// Uploaded is what counts of a file.
type Uploaded struct {
	Size      int64
	MediaType string
	Pages     int // of a PDF; 0 where they are not known
}

// Form is a compiled list of fields. It never changes and is safe for parallel use.
type Form struct {
	plan    *plan.Plan
	list    *plan.Form
	root    string // under which formulas read its answers
	block   *block
	facts   []fact
	scope   map[string]formula.Type // of the roots that the context brings
	schema  *schema.Schema
	rules   []rule
	scripts []validation
	run     Scripts
	dynamic []string // codes of the fields that conditions read, in form order
	tariff  []string
	reads   []string // roots of Context.Given that formulas read
	behalf  []behalf
	before  []before
	may     []may

	triggers []trigger
}

type rule struct {
	target
	when  *expression
	holds *expression
	reads []int // fields that the two read, outside the row
	row   []int // fields of the row that they read
}

type validation struct {
	target
	when   *expression
	script *script.Script
	reads  []int // fields, beside its own
}

// target is the field beside which a problem is told.
type target struct {
	field   int // of the form
	inner   int // of the rows of that field, or -1
	message string
}

// Compile makes the form of a plan ready: every formula, the schema, patterns, limits and scripts are compiled once. scripts may be nil
// where the plan has none. The error names the place and means that the plan was not checked.
func Compile(p *plan.Plan, scripts Scripts) (*Form, error) { return CompileFields(p, &p.Form, scripts) }

// CompileFields is Compile for any list of fields of a plan: the own form of a step too, whose formulas may read every root of the plan's
// scope. The list's root must stand in that scope.
func CompileFields(p *plan.Plan, list *plan.Form, scripts Scripts) (*Form, error) {
	f := &Form{plan: p, list: list, root: list.Root, run: scripts, scope: map[string]formula.Type{}}
	if f.root == "" {
		f.root = catalog.FormRoot
	}
	if err := f.compile(); err != nil {
		return nil, fmt.Errorf("form of %s: %w", p.Service, err)
	}
	return f, nil
}

func (f *Form) compile() error {
	c, err := newCompiler(f)
	if err != nil {
		return err
	}
	said, err := f.compileSchema()
	if err != nil {
		return err
	}
	if f.block, err = c.block(f.list.Fields, said); err != nil {
		return err
	}
	if err := f.block.sort(false); err != nil {
		return err
	}
	f.dynamic = f.block.dynamic()
	if err := f.compileRules(c); err != nil {
		return err
	}
	if err := f.compileScripts(c); err != nil {
		return err
	}
	if err := f.compileBefore(c); err != nil {
		return err
	}
	if f.root == catalog.FormRoot {
		if err := f.compileTriggers(); err != nil {
			return err
		}
	}
	f.facts, f.tariff, f.reads = c.facts, sorted(c.tariff), sorted(c.given)
	return nil
}

// Plan is the plan that was compiled; it must not be changed.
func (f *Form) Plan() *plan.Plan { return f.plan }

// Fields are the fields of the list, in order; they must not be changed.
func (f *Form) Fields() []plan.FormField { return f.list.Fields }

// TariffReads lists the tariff entries that the form's formulas read, sorted; Context brings their values.
func (f *Form) TariffReads() []string { return slices.Clone(f.tariff) }

// Reads lists the roots of Context.Given that the form's formulas read, sorted.
func (f *Form) Reads() []string { return slices.Clone(f.reads) }

// Dynamic lists the fields whose answer may show or hide others, or change what is worked out, in form order.
func (f *Form) Dynamic() []string { return slices.Clone(f.dynamic) }

// saying is what the schema says of a field that others than the schema need to know.
type saying struct {
	Pattern    string            `json:"pattern"`
	MaxLength  int               `json:"maxLength"`
	Properties map[string]saying `json:"properties"` // of a record
	Items      *saying           `json:"items"`      // of a list
}

func (s saying) inner() map[string]saying {
	if s.Items != nil {
		return s.Items.Properties
	}
	return s.Properties
}

func (f *Form) compileSchema() (map[string]saying, error) {
	var err error
	if f.schema, err = schema.Compile(f.list.Schema); err != nil {
		return nil, err
	}
	var doc saying
	err = json.Unmarshal(f.list.Schema, &doc)
	return doc.Properties, err
}

func (f *Form) compileRules(c *compiler) error {
	for i, r := range f.list.Rules {
		at, in, given, err := f.target(c, r.Field)
		if err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
		at.message = fmt.Sprintf("rules.%d", i)
		compiled := rule{target: at}
		// The rule is only tried while its field is visible.
		if compiled.when, err = in.condition(r.When, given...); err == nil {
			compiled.holds, err = in.compile(r.Formula, formula.Type{Kind: formula.KindBool}, append(given, r.When)...)
		}
		if err != nil {
			return fmt.Errorf("rule %d: %w", i, err)
		}
		compiled.reads, compiled.row = compiled.holds.fields, compiled.holds.row
		if compiled.when != nil {
			compiled.reads = slices.Concat(compiled.reads, compiled.when.fields)
			compiled.row = slices.Concat(compiled.row, compiled.when.row)
		}
		if compiled.inner >= 0 { // the group itself is judged row by row
			compiled.reads = slices.DeleteFunc(compiled.reads, func(read int) bool { return read == compiled.field })
		}
		f.rules = append(f.rules, compiled)
	}
	return nil
}

// target finds a field by its code or as group.code, with the compiler of what may be read there and the conditions that hold.
func (f *Form) target(c *compiler, path string) (at target, in *compiler, given []string, err error) {
	code, inner, nested := strings.Cut(path, ".")
	i, ok := f.block.index[code]
	if !ok {
		return at, nil, nil, fmt.Errorf("no such field %q", path)
	}
	field := &f.block.fields[i]
	at, in, given = target{field: i, inner: -1}, c, []string{field.When}
	if !nested {
		return at, in, given, nil
	}
	if field.inner == nil || !field.group() {
		return at, nil, nil, fmt.Errorf("no such field %q", path)
	}
	if at.inner, ok = field.inner.index[inner]; !ok {
		return at, nil, nil, fmt.Errorf("no such field %q", path)
	}
	in, err = c.inRows(field.FormField, field.inner.index)
	return at, in, append(given, field.inner.fields[at.inner].When), err
}

func (f *Form) compileScripts(c *compiler) error {
	for i, s := range f.list.Scripts {
		at, in, given, err := f.target(c, s.Field)
		if err != nil {
			return fmt.Errorf("script %s: %w", s.File, err)
		}
		if f.run == nil {
			return fmt.Errorf("script %s: nothing runs scripts", s.File)
		}
		at.message = fmt.Sprintf("scripts.%d", i)
		compiled := validation{target: at}
		if compiled.when, err = in.condition(s.When, given...); err != nil {
			return fmt.Errorf("script %s: %w", s.File, err)
		}
		parsed, problems := script.Parse(s.File, []byte(s.Source))
		if parsed == nil {
			return fmt.Errorf("script %s: %v", s.File, problems)
		}
		compiled.script = parsed
		for _, read := range parsed.Reads() {
			if at, ok := f.block.index[firstName(read)]; ok {
				compiled.reads = append(compiled.reads, at)
			}
		}
		if parsed.ReadsAll() {
			compiled.reads = compiled.reads[:0]
			for at := range f.block.fields {
				compiled.reads = append(compiled.reads, at)
			}
		}
		f.scripts = append(f.scripts, compiled)
	}
	return nil
}

// compilePattern is the pattern of a field that the schema does not say.
func compilePattern(pf *plan.FormField, said saying) (*regexp.Regexp, error) {
	if pf.Pattern == "" || said.Pattern != "" {
		return nil, nil
	}
	return regexp.Compile("^(?:" + pf.Pattern + ")$")
}
