package editor

import (
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
)

// formula proposes what a formula may go on with at the cursor.
func (p *place) formula() {
	text := p.node.Value
	at := strings.Index(text, marker)
	start := at - len(p.word.prefix)
	if start < 0 || at > formula.MaxSource {
		return
	}
	p.word.from = p.word.from + strings.LastIndexByte(p.word.prefix, '-') + 1 // a minus is no part of a name
	start += strings.LastIndexByte(p.word.prefix, '-') + 1
	scope := p.view.scopeAt(p.spot)
	if p.inText(text[:start]) {
		return
	}
	names := formula.Names(text)
	for i, n := range names {
		if n.Start != start || n.End < at {
			continue
		}
		if n.Of < 0 {
			p.answers(text[:start])
			p.roots(names[:i], scope)
			return
		}
		p.fields(resolve(names, scope)[n.Of].Type)
		return
	}
	if !strings.HasSuffix(strings.TrimSpace(text[:start]), ".") {
		p.answers(text[:start])
		p.roots(nil, scope)
	}
}

// roots proposes what a name may begin with.
func (p *place) roots(before []formula.Name, scope []formula.Field) {
	resolved := resolve(before, scope)
	for i, n := range before { // the item of a loop that is open here
		if n.Item >= 0 {
			p.add(Item{Label: n.Word, Kind: NameItem, Detail: resolved[i].Type.String()})
		}
	}
	for _, f := range scope {
		p.add(Item{Label: f.Name, Kind: NameItem, Detail: rootDetail(f), Doc: presence(f)})
	}
	for _, f := range formula.Functions() {
		if !strings.Contains(f.Use, "."+f.Name+"(") {
			p.add(Item{Label: f.Name, Kind: FunctionItem, Detail: f.Use, Doc: f.Doc, Insert: f.Name + "($0)", Snippet: true})
		}
	}
	for _, w := range []string{"and", "or", "not", "in", "true", "false"} {
		p.add(Item{Label: w, Kind: WordItem})
	}
}

func rootDetail(f formula.Field) string {
	switch f.Name {
	case catalog.FormRoot:
		return "answers of the applicant"
	case catalog.ApplicantRoot:
		return "who applies"
	case catalog.RepresentativeRoot:
		return "who applies for the applicant"
	case catalog.AsOfRoot:
		return "days that count"
	case catalog.TariffRoot:
		return "amounts and numbers of the tariff"
	case catalog.FactsRoot:
		return "named formulas of the service"
	case catalog.IssuedRoot:
		return "number and day of the document"
	case catalog.FeesRoot:
		return "lines before this one"
	case catalog.RowRoot:
		return "the row in which the field stands"
	}
	return f.Type.String()
}

// fields proposes what can be read of a value, or asked of it.
func (p *place) fields(t formula.Type) {
	for _, f := range below(t) {
		p.add(Item{Label: f.Name, Kind: NameItem, Detail: f.Type.String(), Doc: presence(f)})
	}
	of := ""
	switch t.Kind {
	case formula.KindList:
		of = "list."
	case formula.KindText:
		of = "text."
	}
	if of == "" {
		return
	}
	for _, f := range formula.Functions() {
		if strings.HasPrefix(f.Use, of) {
			p.add(Item{Label: f.Name, Kind: FunctionItem, Detail: f.Use, Doc: f.Doc, Insert: f.Name + "($0)", Snippet: true})
		}
	}
}

// compared is a comparison whose right side is being written: a text, where a quotation mark stands.
var compared = regexp.MustCompile(`\bform\.([A-Za-z0-9]+)\s*(?:==|!=)\s*(["']?)$`)

// converted is a conversion of which a unit is being written.
var converted = regexp.MustCompile(`\bconvert\s*\([^"']*["'](?:[^"']*["']\s*,\s*["'])?$`)

// inText proposes the options of the field with which a text is compared, and tells whether the cursor stands in a text.
func (p *place) inText(before string) bool {
	if strings.Count(before, `"`)%2 == 0 && strings.Count(before, `'`)%2 == 0 {
		return false
	}
	if converted.MatchString(before) {
		for _, u := range unit.All() {
			p.add(Item{Label: u.Code, Kind: ValueItem, Detail: string(u.Kind) + ": " + unit.Name(u.Code, language(p.view.catalogue))})
		}
		return true
	}
	p.answers(before)
	return true
}

// answers proposes the options of the field with which before compares what comes next, with quotation marks where they are texts and none stands there.
// Those of a text in YAML that stands in single ones are double.
func (p *place) answers(before string) {
	m := compared.FindStringSubmatch(before)
	service := serviceIn(p.view.catalogue, p.view.file)
	if m == nil || service == nil {
		return
	}
	_, field := service.Field(m[1])
	if field == nil {
		return
	}
	mark := ""
	if m[2] == "" && field.OptionKind() == formula.KindText {
		mark = "'"
		if p.node.Style == source.SingleQuoted {
			mark = `"`
		}
	}
	for i := range field.Options {
		o := &field.Options[i]
		p.add(Item{Label: o.Value.Value, Kind: ValueItem, Detail: o.Label.In(language(p.view.catalogue)), Insert: mark + o.Value.Value + mark})
	}
}
