package main

import (
	"io/fs"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/cmd/standalone/registries"
	"github.com/diwan-gov/diwan/runtime/change"
)

// sampleRows is the folder of a catalogue with what its registries answer here.
const sampleRows = "sample/registries"

// declared reads which registries the catalogue declares: those that answer at least one operation, and the operations that nobody answers.
// A file that is wrong is left to the check of the catalogue.
func declared(catalogue fs.FS, rows *registries.Registries) (answering, silent []string) {
	files, _ := fs.Glob(catalogue, "registries/*.yaml") // the pattern is well-formed
	for _, file := range files {
		b, err := fs.ReadFile(catalogue, file)
		if err != nil {
			continue
		}
		var r catalog.Registry
		n, found := source.Parse(file, b, source.Limits{})
		if found = append(found, source.Decode(n, &r)...); n == nil || found.HasErrors() || r.Code.Value == change.Registry { // that one is Diwan's own
			continue
		}
		answers := false
		for i := range r.Operations {
			operation := r.Code.Value + "/" + r.Operations[i].Code.Value
			if rows.Answers(operation) {
				answers = true
			} else {
				silent = append(silent, operation)
			}
		}
		if answers {
			answering = append(answering, r.Code.Value)
		}
	}
	return answering, silent
}
