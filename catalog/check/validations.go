package check

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/script"
)

// validations: each is a rule or a script, and its message stands beside a field.
func validations(p *pass) {
	s := p.service
	for i := range s.Validate {
		v := &s.Validate[i]
		switch rule, js := v.Has("rule"), v.Has("script"); {
		case rule && js:
			p.add(problem("rule-or-script", v.KeyRange("script"), "a validation is a rule or a script, not both").WithHelp("Write two validations."))
		case rule && v.Has("tests"):
			p.add(problem("misplaced-key", v.KeyRange("tests"), "a rule has no tests of its own").WithHelp("Show it in a scenario: expect: {findings: …}."))
		case !rule && !js:
			p.add(problem("rule-or-script", v.Head(), "a validation needs a rule or a script").WithHelp("Write rule: with a formula, or script: with a file."))
		}
		if _, known := s.FieldList().At(v.Field.Value); !known && !v.Field.IsZero() {
			p.add(unknown("field", v.Field, paths(s.FieldList())))
		}
	}
}

// paths are the fields beside which a message can stand.
func paths(l catalog.FieldList) []string {
	var out []string
	for a := range l.All() {
		out = append(out, a.Path())
	}
	return out
}

func fieldCodes(s *catalog.Service) []string {
	var out []string
	for _, f := range s.Fields() {
		out = append(out, f.Code.Value)
	}
	return out
}

// scripts: each exists beside the definition and can be run within its limits.
func scripts(p *pass) {
	s := p.service
	seen := map[string]bool{}
	for i := range s.Validate {
		name := s.Validate[i].Script
		if name.Value == "" || seen[name.Value] {
			continue
		}
		seen[name.Value] = true
		file, content := p.catalogue.Script(s, name.Value)
		if content == nil {
			p.add(problem("unknown-script", name.Range(), "there is no script {name:q} beside this definition", "name", name.Value).
				WithSuggestion(diag.Near(name.Value, p.scriptNames())).WithHelp("Write the file into the folder of the definition; its name ends in .js."))
			continue
		}
		_, problems := script.Parse(file, content)
		for _, found := range problems {
			p.add(scriptProblem(file, content, found).WithRelated(name.Range(), "used here"))
		}
	}
}

// scriptNames are the scripts in the folder of the service.
func (p *pass) scriptNames() []string {
	folder := p.service.File[:strings.LastIndexByte(p.service.File, '/')+1]
	var out []string
	for _, name := range p.catalogue.FileNames() {
		if rest, ok := strings.CutPrefix(name, folder); ok && strings.HasSuffix(rest, ".js") && !strings.Contains(rest, "/") {
			out = append(out, rest)
		}
	}
	return out
}

// scriptProblem puts a problem of a script at its line and column.
func scriptProblem(file string, content []byte, p script.Problem) diag.Diagnostic {
	at := diag.Position{Line: max(1, p.Line), Column: max(1, p.Column)}
	rest := string(content)
	for range at.Line - 1 {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		at.Offset += i + 1
		rest = rest[i+1:]
	}
	column := 1
	for i := range rest {
		if column == at.Column {
			at.Offset += i
			break
		}
		column++
	}
	d := diag.Of(diag.Error, p.Code, diag.Range{File: file, Start: at, End: at}, p.Said()).Helped(p.Advice())
	if p.Warning {
		d.Severity = diag.Warning
	}
	return d
}
