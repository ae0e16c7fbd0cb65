package check

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// sharedTexts looks at the texts of everything but services.
func sharedTexts(o *overview) {
	c := o.catalogue
	t := textWalk{languages: languages(c), add: o.add}
	t.walk(reflect.ValueOf(c.Settings))
	for _, all := range []any{c.Authorities, c.Registries, c.Tariffs, c.Calendars, c.Documents, c.Events, c.Rights, c.Blueprints, c.Fragments, c.Texts} {
		t.walk(reflect.ValueOf(all))
	}
}

// serviceTexts looks at the texts of a service.
func serviceTexts(p *pass) {
	t := textWalk{languages: languages(p.catalogue), add: p.add}
	t.walk(reflect.ValueOf(p.service))
}

// languages are those of the catalogue that are languages, each once; the others are reported there.
func languages(c *catalog.Catalogue) []string {
	var out []string
	for _, l := range c.Settings.Languages {
		if languageForm.MatchString(l.Value) && !slices.Contains(out, l.Value) {
			out = append(out, l.Value)
		}
	}
	return out
}

// textWalk finds every text of a definition, wherever it stands: a new key needs no new rule.
type textWalk struct {
	languages []string
	add       func(diag.Diagnostic)
	key       string // under which the text stands
}

var (
	textType     = reflect.TypeFor[catalog.Text]()
	keywordsType = reflect.TypeFor[catalog.Keywords]()
	leafTypes    = []reflect.Type{reflect.TypeFor[source.Text](), reflect.TypeFor[source.Ranged](), reflect.TypeFor[source.Node]()}
)

func (t textWalk) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			t.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			t.walk(v.Index(i))
		}
	case reflect.Struct:
		switch typ := v.Type(); {
		case typ == textType:
			t.text(v.Interface().(catalog.Text))
		case typ == keywordsType:
			t.keywords(v.Interface().(catalog.Keywords))
		case !slices.Contains(leafTypes, typ):
			for i := range v.NumField() {
				if f := typ.Field(i); f.IsExported() {
					if key, _, _ := strings.Cut(f.Tag.Get("diwan"), ","); key != "" {
						t.key = key
					}
					t.walk(v.Field(i))
				}
			}
		}
	}
}

func (t textWalk) text(x catalog.Text) {
	if x.Node() == nil {
		return
	}
	var missing []string
	for _, l := range t.languages {
		if _, ok := x.Get(l); !ok {
			missing = append(missing, l)
		}
	}
	if len(missing) > 0 {
		t.add(problem("missing-language", x.Head(), "the text is missing in {languages}", "languages", missing).
			WithHelp("Every text is given in each language of the catalogue."))
	}
	for i := range x.Entries {
		e := &x.Entries[i]
		t.language(e.Key)
		if strings.TrimSpace(e.Value.Value) == "" {
			at := cmp.Or(e.Value.Range(), e.Key.Range()) // a key without a value has none to stand at
			t.add(problem("empty-text", at, "the text is empty").WithHelp("Write it, or remove the key."))
			continue
		}
		plain(e.Key.Value, t.key, e.Value, t.add)
	}
}

func (t textWalk) keywords(k catalog.Keywords) {
	for i := range k.Entries {
		t.language(k.Entries[i].Key)
	}
}

func (t textWalk) language(key source.Text) {
	if len(t.languages) > 0 && !slices.Contains(t.languages, key.Value) {
		t.add(problem("unknown-language", key.Range(), "{name:q} is no language of the catalogue", "name", key.Value).
			WithHelp("The languages are {languages}.", "languages", t.languages))
	}
}
