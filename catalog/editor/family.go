package editor

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// A definition may take what others share before it is read as what it is: that is written with keys that its struct does not have.

var (
	serviceType   = reflect.TypeFor[catalog.Service]()
	documentType  = reflect.TypeFor[catalog.Document]()
	blueprintType = reflect.TypeFor[catalog.Blueprint]()
	fragmentType  = reflect.TypeFor[catalog.Fragment]()
)

// familyKeys are the keys of a service that is made of a blueprint; useKeys stand for the items of a fragment, as an item of any list.
var familyKeys, useKeys = catalog.FamilyKeys(), catalog.UseKeys()

// writtenKeys are the keys that a mapping may have as it is written.
func writtenKeys(s *spot, keys []source.Key, owner reflect.Type) []source.Key {
	if key, _ := s.node.Get("use"); key != nil && find(keys, "use") == nil {
		return useKeys
	}
	if owner == serviceType {
		return append(keys[:len(keys):len(keys)], familyKeys...)
	}
	return keys
}

// heldIn is the type of a value that the language leaves open and that is yet known: the service in a blueprint, the items of a fragment.
func heldIn(owner reflect.Type, key *source.Key, value *source.Node) source.Type {
	switch {
	case owner == blueprintType && key.Name == "service":
		return source.Type{Kind: "mapping", Go: serviceType}
	case owner == fragmentType && key.Name == "items":
		for _, item := range value.Items() {
			for first := range item.Pairs() {
				if t := kindTypes()[first.Value]; t != nil {
					of := source.Type{Kind: "mapping", Go: t}
					return source.Type{Kind: "list", Of: &of}
				}
				break
			}
		}
	}
	return key.Type
}
