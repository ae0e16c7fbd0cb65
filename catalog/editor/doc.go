// Package editor answers what somebody asks who is writing a definition: what can stand here, what does this mean, where is it declared,
// who uses it, and what would have to change if it had another name.
//
// It owns no letter of the language: keys, types and meanings come from the specification of package source, so that a new key is completed
// and explained without a line here. Questions are pure functions of a catalogue, a file and a byte offset; answers are values with ranges.
// It reads no files, keeps nothing between two questions, and knows no protocol: the language server and the designer both ask it.
//
//	v := editor.View(c, "services/transport/licence.yaml", content)
//	for _, item := range v.Complete(offset) { … }
package editor
