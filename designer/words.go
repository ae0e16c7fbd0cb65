package designer

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/reading"
)

// inWords says a formula in the language of the page; "" where it cannot be read, or is one name or number that says itself.
func (b *workbench) inWords(formula string) string {
	said := reading.Say(formula, reading.Words{Lang: b.locale.Lang(), Name: b.pathName, Answer: b.answered})
	if said == formula {
		return ""
	}
	return said
}

// pathName is what people call what a formula reads: a question by its words, an answer of a registry by its label.
func (b *workbench) pathName(path string) string {
	root, rest, _ := strings.Cut(path, ".")
	if b.service == nil || rest == "" {
		return ""
	}
	switch root {
	case "form":
		if f := b.asked(rest); f != nil {
			return apart(b.say(f.Label))
		}
		return ""
	case "facts":
		return apart(rest)
	case catalog.TariffRoot:
		return b.locale.T("designer.reading.tariff", "name", rest)
	}
	step := b.service.Step(root)
	if step == nil {
		return ""
	}
	title := b.say(step.Title)
	for _, ref := range []string{step.Ask.Value, step.Write.Value} {
		if _, op := b.c.Operation(ref); op != nil {
			if given, ok := op.Gives.Get(rest); ok {
				if said := b.say(given.Label); said != "" {
					return apart(said)
				}
			}
		}
	}
	for i := range step.Fields {
		if f := &step.Fields[i]; f.Code.Value == rest {
			return apart(b.say(f.Label))
		}
	}
	if title == "" {
		return ""
	}
	return apart(title + ": " + rest)
}

// apart keeps a name whole where it is written in the other direction than what it stands in.
func apart(name string) string {
	if name == "" {
		return ""
	}
	return "\u2068" + name + "\u2069"
}

// asked is the question of the form at a path, also one of a group.
func (b *workbench) asked(path string) *catalog.Field {
	code, inner, nested := strings.Cut(path, ".")
	for _, f := range b.service.Fields() {
		if f.Code.Value != code {
			continue
		}
		if !nested {
			return f
		}
		for i := range f.Fields {
			if f.Fields[i].Code.Value == inner {
				return &f.Fields[i]
			}
		}
		return f
	}
	return nil
}

// answered is the answer to a question of the form by its words.
func (b *workbench) answered(path, value string) string {
	code, is := strings.CutPrefix(path, "form.")
	if !is || b.service == nil {
		return ""
	}
	if f := b.asked(code); f != nil {
		for i := range f.Options {
			if f.Options[i].Value.Value == value {
				return apart(b.say(f.Options[i].Label))
			}
		}
	}
	return ""
}
