package check

import (
	"maps"
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

var (
	languageForm = regexp.MustCompile(`^[a-z]{2,3}$`)
	kebabForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	serviceForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)+$`)
	stepForm     = regexp.MustCompile(`^[a-z][A-Za-z0-9]*(-[a-z0-9]+)*$`)
	claimForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	headForm     = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$`)
	registerForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`)
)

// IsServiceCode tells whether a service may have this code.
func IsServiceCode(code string) bool {
	return serviceForm.MatchString(code) && len(code) <= longestCode
}

// longestCode keeps codes fit for keys, addresses and metrics.
const longestCode = 80

// register collects the codes of one kind and reports what is malformed or there twice.
type register struct {
	what  diag.Phrase
	form  func(string) bool
	help  diag.Phrase
	first map[string]source.Text
	add   func(diag.Diagnostic)
}

func newRegister(what diag.Phrase, form func(string) bool, help diag.Phrase, add func(diag.Diagnostic)) *register {
	return &register{what, form, help, map[string]source.Text{}, add}
}

func (r *register) enter(code source.Text) {
	if code.IsZero() {
		return
	}
	if !r.form(code.Value) || len(code.Value) > longestCode {
		r.add(problem("code", code.Range(), "this {what} cannot have the code {code:q}", "code", code.Value, "what", r.what).WithHelp(r.help))
	}
	if first, twice := r.first[code.Value]; twice {
		r.add(problem("twice", code.Range(), "the {what} {code:q} is declared twice", "what", r.what, "code", code.Value).
			WithRelated(first.Range(), "the first one").WithHelp("Give one of the two another code."))
		return
	}
	r.first[code.Value] = code
}

const (
	kebabHelp   diag.Phrase = "Write small letters and digits, words joined by a hyphen: licensing-officer."
	nameHelp    diag.Phrase = "Write a small letter, then letters and digits, since formulas read it: licenceNumber."
	claimHelp   diag.Phrase = "Write small letters and digits, words joined by a low line, as wallets know it: given_name."
	stepHelp    diag.Phrase = "Write small letters and digits, words joined by a hyphen: first-review."
	serviceHelp diag.Phrase = "Write the authority, the subject and the action in small letters, joined by points, and the words of each by hyphens: transport.driving-licence.renew."
)

// codes looks at the codes of everything that services share, and of the services.
func codes(o *overview) {
	c := o.catalogue
	kebab := func(what diag.Phrase) *register { return newRegister(what, kebabForm.MatchString, kebabHelp, o.add) }
	if code := c.Settings.Code; !code.IsZero() && !kebabForm.MatchString(code.Value) {
		kebab("catalogue").enter(code)
	}
	heads := newRegister("revenue head", headForm.MatchString, "Write its number or code with letters, digits, points and hyphens only: 1422.", o.add)
	for i := range c.Settings.Heads {
		heads.enter(c.Settings.Heads[i].Code)
	}
	common := kebab("role")
	for i := range c.Settings.Roles {
		common.enter(c.Settings.Roles[i].Code)
	}
	all := kebab("authority")
	for _, a := range c.Authorities {
		all.enter(a.Code)
		roles := kebab("role")
		roles.first = maps.Clone(common.first) // every authority has them already
		for i := range a.Roles {
			roles.enter(a.Roles[i].Code)
		}
		offices := kebab("office")
		for i := range a.Offices {
			offices.enter(a.Offices[i].Code)
		}
	}
	all = kebab("registry")
	for _, r := range c.Registries {
		all.enter(r.Code)
		operations := kebab("operation")
		for i := range r.Operations {
			op := &r.Operations[i]
			operations.enter(op.Code)
			names(o, "argument", op.With, 0)
			names(o, "field of the answer", op.Gives, 0)
		}
	}
	all = kebab("tariff")
	for _, t := range c.Tariffs {
		all.enter(t.Code)
	}
	all = kebab("calendar")
	for _, k := range c.Calendars {
		all.enter(k.Code)
	}
	all = kebab("document")
	for _, d := range c.Documents {
		all.enter(d.Code)
	}
	all = newRegister("event", serviceForm.MatchString, "Write words joined by points: civil.death-recorded.", o.add)
	for _, e := range c.Events {
		all.enter(e.Code)
		names(o, "field of the event", e.Gives, 0)
	}
	all = newRegister("service", serviceForm.MatchString, serviceHelp, o.add)
	for _, s := range c.Services {
		all.enter(s.Code)
	}
}

// names looks at the keys of a typed group, and of the groups in it.
func names(o *overview, what diag.Phrase, types source.Map[catalog.Type], depth int) {
	if depth > catalog.MostNested {
		o.add(problem("too-deep", types.Head(), "lists and records stand more than {most} deep in each other", "most", catalog.MostNested).
			WithHelp("Let the registry offer an operation of its own for what lies deeper."))
		return
	}
	all := newRegister(what, catalog.IsName, nameHelp, o.add)
	for i := range types.Entries {
		all.enter(types.Entries[i].Key)
		unitOf(o, &types.Entries[i].Value)
		names(o, what, types.Entries[i].Value.Fields, depth+1)
	}
}

// serviceCodes looks at the codes inside a service.
func serviceCodes(p *pass) {
	s := p.service
	name := func(what diag.Phrase) *register { return newRegister(what, catalog.IsName, nameHelp, p.add) }
	sections := name("section")
	for i := range s.Form {
		sections.enter(s.Form[i].Code)
	}
	for _, l := range s.FieldLists() {
		fields := name("field")
		rows := map[*catalog.Field]*register{}
		for a := range l.All() {
			if a.Group == nil {
				fields.enter(a.Field.Code)
				continue
			}
			if rows[a.Group] == nil {
				rows[a.Group] = name("field")
			}
			rows[a.Group].enter(a.Field.Code)
		}
	}
	all := name("fact")
	for i := range s.Facts.Entries {
		all.enter(s.Facts.Entries[i].Key)
	}
	all = name("fee")
	for i := range s.Fees {
		all.enter(s.Fees[i].Code)
	}
	for i := range s.Subtotals {
		all.enter(s.Subtotals[i].Code)
	}
	all = newRegister("step", stepForm.MatchString, stepHelp, p.add)
	for step := range s.AllSteps() {
		all.enter(step.Code)
		if givesValue(step) {
			lookupCode(p, step.Code)
		}
	}
	if a := s.Authority.Value; a != "" && serviceForm.MatchString(s.Code.Value) && !strings.HasPrefix(s.Code.Value, a+".") && p.catalogue.Authority(a) != nil {
		p.add(problem("service-code", s.Code.Range(), "the code of a service begins with the code of its authority").
			WithHelp("Write {code}.", "code", a+"."+afterPoint(s.Code.Value)))
	}
}

// lookupCode: formulas read the answer under the code of the step.
func lookupCode(p *pass, code source.Text) {
	for _, root := range catalog.Roots() {
		if code.Value == root {
			p.add(problem("code", code.Range(), "a step cannot be called {code}: formulas read something else under this name", "code", code.Value).
				WithHelp("Give it the name of what it finds, such as licence."))
			return
		}
	}
	if stepForm.MatchString(code.Value) && !catalog.IsName(code.Value) {
		p.add(problem("code", code.Range(), "{code:q} cannot be the code of this step, since formulas read what it gives under it", "code", code.Value).
			WithHelp(nameHelp))
	}
}

// afterPoint is a code without its first word.
func afterPoint(code string) string {
	if _, rest, ok := strings.Cut(code, "."); ok {
		return rest
	}
	return code
}
