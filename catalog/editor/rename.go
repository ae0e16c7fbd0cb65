package editor

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// Edit replaces what stands in Range by New.
type Edit struct {
	Range diag.Range
	New   string
}

// Renaming is what has to change for a new name.
type Renaming struct {
	Edits []Edit
	// Scripts are files that may read the old name and are not changed; people have to look.
	Scripts []string
}

// ErrNoName says that nothing that could have another name stands there.
var ErrNoName = errors.New("there is no name here that can be changed")

// kept are the kinds whose names other systems know, or that say what something is.
var kept = map[string]bool{"service": true, "authority": true, "role": true, "registry": true, operationSense: true, argumentSense: true, answerSense: true}

var codeForm = regexp.MustCompile(`^[a-z][A-Za-z0-9-]{0,59}$`)

// Renamable gives the range and the text of the name at a byte; ErrNoName where there is none or it must stay, as the names of services do.
func (v *View) Renamable(offset int) (diag.Range, string, error) {
	for _, m := range v.mentionsAt(offset) {
		if kept[m.symbol.Kind] {
			return diag.Range{}, "", fmt.Errorf("the name of this %s stays: other systems know it", m.symbol.Kind)
		}
		if v.typ == blueprintType || v.typ == fragmentType {
			return diag.Range{}, "", errors.New("other definitions are made of this one and may use the name: change them together by hand")
		}
		if declared(v.everywhere(m.symbol)) {
			return m.at, lastName(m.symbol.Name), nil
		}
	}
	return diag.Range{}, "", ErrNoName
}

// Rename gives the edits that give what is named at a byte another name, in the service and its documents, or in the whole catalogue for what
// services share. The error says in plain words why the name cannot be.
func (v *View) Rename(offset int, name string) (Renaming, error) {
	if _, _, err := v.Renamable(offset); err != nil {
		return Renaming{}, err
	}
	m := v.mentionsAt(offset)[0]
	list := v.everywhere(m.symbol)
	if !codeForm.MatchString(name) {
		return Renaming{}, fmt.Errorf("%q is no code: write a small letter, then letters and digits", name)
	}
	inFormulas := slices.ContainsFunc(list, func(m mention) bool { return textSense(m.spot) == formulaSense && !m.spot.isKey }) ||
		m.symbol.Kind == "field" || m.symbol.Kind == factSense || m.symbol.Kind == amountSense
	if inFormulas && !catalog.IsName(name) {
		return Renaming{}, fmt.Errorf("%q cannot be read by formulas: write letters and digits, and none of their words", name)
	}
	renamed := m.symbol
	renamed.Name = strings.TrimSuffix(m.symbol.Name, lastName(m.symbol.Name)) + name
	if renamed == m.symbol {
		return Renaming{}, nil
	}
	if declared(v.everywhere(renamed)) {
		return Renaming{}, fmt.Errorf("there is already a %s %s", m.symbol.Kind, name)
	}
	if m.symbol.Kind == "step" && slices.Contains(catalog.Roots(), name) {
		return Renaming{}, fmt.Errorf("a step cannot be called %s: formulas read something else by it", name)
	}
	out := Renaming{}
	for _, other := range list {
		if file := localTo(m.symbol); file != "" && slices.Contains(v.catalogue.MadeOf(file), other.at.File) {
			return Renaming{}, fmt.Errorf("%s has this name too, and other services are made of it: change them together by hand", other.at.File)
		}
		if service := v.alsoReads(other); service != "" {
			return Renaming{}, fmt.Errorf("%s reads this name too, and the service %s issues it with a %s of its own: change them together by hand", other.at.File, service, m.symbol.Kind)
		}
		out.Edits = append(out.Edits, Edit{other.at, name})
	}
	out.Edits = slices.CompactFunc(slices.SortedFunc(slices.Values(out.Edits), func(a, b Edit) int {
		if c := strings.Compare(a.Range.File, b.Range.File); c != 0 {
			return c
		}
		return a.Range.Start.Offset - b.Range.Start.Offset
	}), func(a, b Edit) bool { return a.Range == b.Range })
	out.Scripts = v.scriptsOf(m.symbol)
	return out, nil
}

// alsoReads is another service that gives a meaning of its own to a name in a document, or "".
func (v *View) alsoReads(m mention) string {
	file := localTo(m.symbol)
	if file == "" || m.at.File == file {
		return ""
	}
	for _, s := range v.catalogue.Services {
		if s.File == file {
			continue
		}
		for _, d := range v.catalogue.Documents {
			if d.Node() != nil && d.Node().File() == m.at.File && issues(s.Node(), d.Code.Value) {
				return s.Code.Value
			}
		}
	}
	return ""
}

// scriptsOf lists the scripts of the service that has a field: they read its form.
func (v *View) scriptsOf(s Symbol) []string {
	service := serviceIn(v.catalogue, localTo(s))
	if service == nil || s.Kind != "field" {
		return nil
	}
	var out []string
	walk(rootOf(service.Node(), serviceType), func(at *spot) bool {
		if at.key == nil || at.isKey || at.key.Name != scriptSense {
			return true
		}
		file, content := v.catalogue.Script(service, at.node.Value)
		if content != nil && strings.Contains(string(content), lastName(s.Name)) && !slices.Contains(out, file) {
			out = append(out, file)
		}
		return true
	})
	return out
}

func declared(list []mention) bool {
	return slices.ContainsFunc(list, func(m mention) bool { return m.declares })
}

// lastName is what stands behind the last point: the field itself of a field of a group.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// cut takes the step from a scope that belongs to one.
func cut(scope string) (file, step string, ok bool) { return strings.Cut(scope, "#") }
