package designer

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// entryBox is one text of several that have names.
type entryBox struct {
	Name, ID, Label, About, Value string
}

func (entryBox) Component() string { return "designer/entry" }

// newEntry is the row in which one more is named.
type newEntry struct{ Control, About string }

func (newEntry) Component() string { return "designer/new-entry" }

// entriesArePlain tells short texts by name that can be edited one by one.
func entriesArePlain(n *source.Node) bool {
	for _, value := range n.Pairs() {
		if value.Kind != source.Scalar {
			return false
		}
	}
	return n.Kind == source.Mapping
}

// entryName is how what stands under a name may be called.
var entryName = regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`)

var errName = errors.New("designer: a name of small Latin letters is wanted")

// namesOf are those that the texts of a key may have, where they are known: the fees of refund, the arguments of with. free tells that others can
// be named too.
func (b *workbench) namesOf(n *source.Node, t reflect.Type, key string) (out []named, free bool) {
	if b.service == nil {
		return nil, true
	}
	switch key {
	case "refund":
		return b.namedOf("fee", key), false
	case "with":
		for _, kind := range []catalog.StepKind{catalog.LookupStep, catalog.WriteStep} {
			_, ref := n.Get(string(kind))
			if ref == nil {
				continue
			}
			if _, op := b.c.Operation(ref.Value); op != nil {
				for _, name := range op.With.Keys() {
					out = append(out, named{Code: name})
				}
			}
			return out, false
		}
		return nil, t == reflect.TypeFor[catalog.Step]()
	}
	return nil, true
}

func (b *workbench) entriesControl(field ui.Field, n *source.Node, t reflect.Type, k source.Key, value *source.Node, was func(name, value string)) ui.Component {
	set := ui.Fieldset{Field: field}
	names, free := b.namesOf(n, t, k.Name)
	now := map[string]string{}
	for name, v := range value.Pairs() {
		now[name.Value] = v.Value
		if !slices.ContainsFunc(names, func(one named) bool { return one.Code == name.Value }) {
			names = append(names, named{Code: name.Value})
		}
	}
	for _, one := range names {
		label := one.Title
		if label == "" {
			label = one.Code
		}
		control := valueControl + k.Name + "." + one.Code
		was(k.Name+"."+one.Code, now[one.Code])
		if k.Name == "refund" {
			choice := ui.Select{Field: ui.Field{Name: control, Label: label, Optional: true}, Prompt: b.locale.T("designer.property.none")}
			for _, word := range editor.Words("refund") {
				choice.Options = append(choice.Options, ui.Option{Value: word, Text: b.locale.T("designer.word." + word), Selected: now[one.Code] == word})
			}
			set.Body = append(set.Body, choice)
			continue
		}
		set.Body = append(set.Body, entryBox{Name: control, ID: control, Label: label, About: field.Label, Value: now[one.Code]})
	}
	if free {
		set.Body = append(set.Body, newEntry{Control: valueControl + k.Name, About: field.Label})
	}
	return set
}

// entryEdits are those of texts by name.
func (b *workbench) entryEdits(here edit.Path, k source.Key, value *source.Node, order []string, form posted) (out []edit.Do, err error) {
	var added []string // where there is nothing yet
	left := lenOf(value)
	seen := map[string]bool{}
	put := func(name, text string) {
		if value == nil {
			added = append(added, name+": "+source.Quote(text))
			return
		}
		out = append(out, edit.Set(b.file, here.To(name), text, nil))
	}
	prefix := wasControl + k.Name + "."
	var names []string
	for control := range form {
		if name, is := strings.CutPrefix(control, prefix); is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		now, differs := form.changed(k.Name + "." + name)
		seen[name] = true
		switch now = strings.TrimSpace(now); {
		case !differs:
		case now == "":
			if _, there := value.Get(name); there != nil {
				left--
				out = append(out, edit.Remove(b.file, here.To(name)))
			}
		default:
			if _, there := value.Get(name); there == nil {
				left++
			}
			put(name, now)
		}
	}
	name, text := strings.TrimSpace(form.value(k.Name+".+name")), strings.TrimSpace(form.value(k.Name+".+value"))
	if name != "" || text != "" {
		if !entryName.MatchString(name) || text == "" || seen[name] {
			return nil, errName
		}
		left++
		put(name, text)
	}
	switch {
	case len(added) > 0:
		return []edit.Do{edit.Put(b.file, here, strings.Join(added, "\n"), order)}, nil
	case left == 0 && len(out) > 0:
		return []edit.Do{edit.Remove(b.file, here)}, nil
	}
	return out, nil
}

// lenOf is how many things stand in a value; 0 where there is none.
func lenOf(n *source.Node) int {
	if n == nil {
		return 0
	}
	return n.Len()
}
