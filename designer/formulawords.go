package designer

import (
	"regexp"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// What a proposal stands for, and what a formula gives, in the words of the page.

// pathBefore is the beginning of a path whose next name is being typed.
var pathBefore = regexp.MustCompile(`(?:[A-Za-z][A-Za-z0-9]*\.)+$`)

// detailOf says of a proposal what people call it, and of what type it is; before is what stands before the word that it takes the place of.
func (b *workbench) detailOf(item editor.Item, before string) string {
	switch item.Kind {
	case editor.ValueItem:
		return b.optionInWords(item, before)
	case editor.NameItem:
	default:
		return item.Detail // the use of a function
	}
	of := pathBefore.FindString(before)
	if of == "" {
		if root := b.rootInWords(item.Label); root != "" {
			return root
		}
	}
	called, kind := b.pathName(of+item.Label), b.typeInWords(diag.Say(diag.Phrase(item.Detail)))
	if called == "" && of != "" {
		called = b.inWords(of + item.Label)
	}
	if called == "" || kind == "" {
		return called + kind
	}
	return called + " · " + kind
}

// typeInWords is a type in the language of the page; nothing in one that has no words for it, so that no sentence is made of two.
func (b *workbench) typeInWords(m diag.Message) string {
	if b.told() == nil && b.locale.Lang() != "en" {
		return ""
	}
	return m.In(b.told())
}

// comparedWith is a field with which what stands at the cursor is compared.
var comparedWith = regexp.MustCompile(`\bform\.([A-Za-z0-9]+)\s*[=!]=\s*["']?$`)

// optionInWords is an option of the field with which it is compared.
func (b *workbench) optionInWords(item editor.Item, before string) string {
	m := comparedWith.FindStringSubmatch(before)
	if m == nil || b.service == nil {
		return item.Detail
	}
	if _, field := b.service.Field(m[1]); field != nil {
		for i := range field.Options {
			if o := &field.Options[i]; o.Value.Value == item.Label {
				return b.say(o.Label)
			}
		}
	}
	return item.Detail
}

// rootInWords is what a name with which paths begin stands for: an own word of the language, or a step.
func (b *workbench) rootInWords(name string) string {
	if said := b.said("designer.reading.root."+name, ""); said != "" || b.service == nil {
		return said
	}
	if step := b.service.Step(name); step != nil {
		return apart(b.say(step.Title))
	}
	return ""
}

// givenBy says what the formula that stands in a node gives; nothing where it gives nothing yet, or what has no name.
func (b *workbench) givenBy(view *editor.View, n *source.Node) string {
	if n == nil {
		return ""
	}
	t, ok := view.Gives(n.Range().Start.Offset)
	if !ok || t.Kind == formula.KindAny {
		return ""
	}
	said := b.typeInWords(t.Said())
	if said == "" {
		return ""
	}
	if t.Unit != "" {
		said += " " + apart(t.Unit)
	}
	return b.locale.T("designer.reading.gives", "type", said)
}
