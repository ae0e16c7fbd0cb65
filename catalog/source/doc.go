// Package source reads one definition file: bytes to a tree of nodes that know their place, nodes to Go
// structs, and edits back to bytes.
//
// It owns the strict reading of YAML (what a definition never needs is refused: anchors, aliases, merge keys,
// tags, several documents, hidden characters, doubled keys, excessive size) and the meaning of the struct
// tags that declare the language's keys (a key whose text is the code of something else says of what: names:"fee"). It knows no service, form or step: those are structs of the
// catalogue. It reads no files and never writes YAML by an encoder; Set splices bytes, so comments and order
// survive.
//
//	type Option struct {
//		source.Ranged
//		Value source.Text          `diwan:"value,required" doc:"What is stored."`
//		Label source.Map[string]   `diwan:"label" doc:"What people read, by language."`
//	}
//
//	root, problems := source.Parse("licence.yaml", content, source.Limits{})
//	var o Option
//	problems.Add(source.Decode(root, &o)...)
package source
