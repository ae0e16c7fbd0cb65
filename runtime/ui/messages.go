package ui

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/feature/plural"
	"gopkg.in/yaml.v3"
)

// message is one text in one language: one form, or one for each plural form of that language.
type message map[plural.Form]string

// messages holds texts by language, then by dotted key.
type messages map[string]texts

type texts map[string]message

var pluralForms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// load adds messages/{lang}.yaml of fsys. A key that is already there with the same language is an error:
// two packages would otherwise change each other's texts.
func (m messages) load(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "messages/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		lang := strings.TrimSuffix(path.Base(name), ".yaml")
		if m[lang] == nil {
			m[lang] = texts{}
		}
		var root yaml.Node
		if err := yaml.Unmarshal(raw, &root); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if len(root.Content) == 0 {
			continue
		}
		if err := m[lang].add("", root.Content[0]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t texts) add(prefix string, node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: expected keys and texts", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := strings.TrimPrefix(prefix+"."+node.Content[i].Value, "."), node.Content[i+1]
		if value.Kind == yaml.MappingNode && !isPlural(value) {
			if err := t.add(key, value); err != nil {
				return err
			}
			continue
		}
		if _, twice := t[key]; twice {
			return fmt.Errorf("line %d: message %s is already there", value.Line, key)
		}
		text, err := parseMessage(value)
		if err != nil {
			return fmt.Errorf("line %d: message %s: %w", value.Line, key, err)
		}
		t[key] = text
	}
	return nil
}

// isPlural says whether a mapping holds plural forms: it has "other" and nothing but forms.
func isPlural(node *yaml.Node) bool {
	other := false
	for i := 0; i < len(node.Content); i += 2 {
		name := node.Content[i].Value
		if _, known := pluralForms[name]; !known {
			return false
		}
		other = other || name == "other"
	}
	return other
}

func parseMessage(node *yaml.Node) (message, error) {
	if node.Kind == yaml.ScalarNode {
		return message{plural.Other: node.Value}, nil
	}
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("expected a text or plural forms")
	}
	out := message{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i+1].Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("expected a text for %s", node.Content[i].Value)
		}
		out[pluralForms[node.Content[i].Value]] = node.Content[i+1].Value
	}
	return out, nil
}

// find looks a key up in a language, then in English, then in Arabic.
func (m messages) find(lang, key string) (message, bool) {
	for _, l := range []string{lang, "en", "ar"} {
		if text, ok := m[l][key]; ok {
			return text, true
		}
	}
	return nil, false
}
