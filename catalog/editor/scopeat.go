package editor

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// scopeAt lists what a formula at s may read. Most read what the service has; those of a trigger read only what started the service, those of
// fee lines also the other lines, and those of a field in a group also their row.
func (v *View) scopeAt(s *spot) []formula.Field {
	if t := within(s, triggerType); t != nil {
		var trigger catalog.Trigger
		_ = source.Decode(t.mapping, &trigger) // what is wrong in it is found by the checker
		if brings, ok := v.catalogue.Brings(&trigger); ok {
			return []formula.Field{brings}
		}
		return nil
	}
	fields := v.scope()
	service, _ := v.service()
	if service == nil {
		return fields
	}
	if within(s, feeType) != nil {
		return v.catalogue.Scope(service).FeeFields(service)
	}
	if own := within(s, fieldType); own != nil {
		if group := within(own.up, fieldType); group != nil {
			_, code := group.mapping.Get("field")
			if code == nil {
				return fields
			}
			if _, f := service.Field(code.Value); f != nil {
				return append(fields[:len(fields):len(fields)], catalog.Row(f))
			}
		}
	}
	return fields
}

var (
	triggerType = reflect.TypeFor[catalog.Trigger]()
	feeType     = reflect.TypeFor[catalog.Fee]()
	fieldType   = reflect.TypeFor[catalog.Field]()
)

// within is the innermost spot from s outwards that stands under a key of such a struct, or nil.
func within(s *spot, owner reflect.Type) *spot {
	for ; s != nil; s = s.up {
		if s.owner == owner && s.mapping != nil {
			return s
		}
	}
	return nil
}
