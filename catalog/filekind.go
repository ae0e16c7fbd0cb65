package catalog

import (
	"path"
	"reflect"
	"strings"
	"sync"
)

// FileKind is one kind of definition file.
type FileKind struct {
	Path string       // the file (catalogue.yaml) or the folder (services/)
	Type reflect.Type // what one file declares: Settings, Service, …
}

// FileKinds lists the kinds in the order in which one meets them, catalogue.yaml first.
func FileKinds() []FileKind {
	return []FileKind{
		{SettingsFile, reflect.TypeFor[Settings]()},
		{serviceFolder + "/", reflect.TypeFor[Service]()},
		{"authorities/", reflect.TypeFor[Authority]()},
		{"registries/", reflect.TypeFor[Registry]()},
		{"tariffs/", reflect.TypeFor[Tariff]()},
		{"calendars/", reflect.TypeFor[Calendar]()},
		{"documents/", reflect.TypeFor[Document]()},
		{"rights/", reflect.TypeFor[Right]()},
		{"blueprints/", reflect.TypeFor[Blueprint]()},
		{"fragments/", reflect.TypeFor[Fragment]()},
		{"texts/", reflect.TypeFor[SharedTexts]()},
		{"events/", reflect.TypeFor[Event]()},
	}
}

// folders are the folders of definitions.
var folders = sync.OnceValue(func() []string {
	var out []string
	for _, k := range FileKinds()[1:] {
		out = append(out, strings.TrimSuffix(k.Path, "/"))
	}
	return out
})

// Declares gives an empty value of what a file of that path declares, such as a *Service, or nil where it declares nothing.
func Declares(name string) any {
	if path.Ext(name) != ".yaml" {
		return nil
	}
	for _, k := range FileKinds() {
		if name != k.Path && !(strings.HasSuffix(k.Path, "/") && strings.HasPrefix(name, k.Path)) {
			continue
		}
		v := reflect.New(k.Type).Interface()
		if s, ok := v.(*Service); ok {
			s.File = name
		}
		return v
	}
	return nil
}
