package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// FamilyKeys are the keys with which a service is made of a blueprint, beside those of Service. They are taken before the service is decoded,
// so no struct has them.
func FamilyKeys() []source.Key {
	text := source.Type{Kind: "text"}
	open := source.Type{Kind: "any"}
	return []source.Key{
		{Name: blueprintKey, Type: text, Names: "blueprint", Doc: "Blueprint of which the service is made."},
		{Name: withKey, Type: open, Names: "parameter", Doc: "What the blueprint's parameters are here."},
		{Name: fillKey, Type: open, Doc: "Items for the places of the blueprint, by place."},
		{Name: overrideKey, Type: open, Doc: "Values in place of the blueprint's, by path: fees.renewal.amount."},
		{Name: removeKey, Type: source.Type{Kind: "list", Of: &text}, Doc: "Paths of the blueprint that the service does not have."},
	}
}

// UseKeys are the keys of an item that stands for the items of a fragment, in any list.
func UseKeys() []source.Key {
	return []source.Key{
		{Name: useKey, Type: source.Type{Kind: "text"}, Names: "fragment", Doc: "Fragment whose items stand here."},
		{Name: withKey, Type: source.Type{Kind: "any"}, Names: "parameter", Doc: "What the fragment's parameters are here."},
	}
}
