package editor

import (
	"reflect"
	"sync"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// kindTypes are the things that the language lets one declare (service, field, fee, role and so on) with the structs that declare them.
var kindTypes = sync.OnceValue(func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	seen := map[reflect.Type]bool{}
	var visit func(source.Type)
	visit = func(t source.Type) {
		each(t, func(s source.Type) {
			if s.Of != nil {
				visit(*s.Of)
			}
			if s.Kind != "mapping" || s.Go == nil || seen[s.Go] {
				return
			}
			seen[s.Go] = true
			if d := declares(structOf(s.Go)); d != "" && !unnamed(d) {
				out[d] = structOf(s.Go)
			}
			for _, k := range source.Spec(s.Go) {
				visit(k.Type)
			}
		})
	}
	for _, k := range catalog.FileKinds() {
		visit(source.Type{Kind: "mapping", Go: k.Type})
	}
	return out
})
