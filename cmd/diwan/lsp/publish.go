package lsp

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"

	"github.com/diwan-gov/diwan/catalog/diag"
)

const (
	// mostInFile and mostFiles bound what an editor is shown; nobody reads more.
	mostInFile = 200
	mostFiles  = 500
)

// publish tells the editor the findings of each file whose findings are others than it was told before.
func (s *Server) publish(w *workspace) {
	byFile := map[string]diag.List{}
	for _, d := range w.findings {
		if list, known := byFile[d.Range.File]; known || len(byFile) < mostFiles {
			byFile[d.Range.File] = append(list, d)
		}
	}
	for file := range w.published {
		if byFile[file] == nil {
			byFile[file] = diag.List{}
		}
	}
	for path := range s.documents { // an open document is told that it is clean, too
		if d := s.documents[path]; d.root == w.root && byFile[d.inside] == nil {
			byFile[d.inside] = diag.List{}
		}
	}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		if file == "" {
			continue
		}
		p := publishParams{URI: s.uri(w, file), Diagnostics: []diagnostic{}}
		if d := s.documents[filepath.Join(w.root, filepath.FromSlash(file))]; d != nil {
			p.Version = &d.version
		}
		t := s.text(w, file)
		for _, d := range byFile[file].Cap(mostInFile) {
			p.Diagnostics = append(p.Diagnostics, s.diagnostic(w, t, d))
		}
		told, err := json.Marshal(p)
		if err != nil || w.published[file] == string(told) {
			continue
		}
		if w.published[file] = string(told); len(p.Diagnostics) == 0 && p.Version == nil {
			delete(w.published, file)
		}
		if err := s.out.send(message{Method: "textDocument/publishDiagnostics", Params: told}); err != nil {
			return
		}
	}
}

// diagnostic is a finding as the protocol has it.
func (s *Server) diagnostic(w *workspace, t *text, d diag.Diagnostic) diagnostic {
	d = d.In(s.language)
	out := diagnostic{Range: t.rangeOf(d.Range), Severity: severityError, Code: string(d.Code), Source: "diwan", Message: s.told(d)}
	if d.Severity == diag.Warning {
		out.Severity = severityWarning
	}
	if s.docs != "" {
		out.CodeDescription = &codeDescription{s.docs + "#" + string(d.Code)}
	}
	for _, r := range d.Related {
		out.Related = append(out.Related, related{location{s.uri(w, r.Range.File), s.text(w, r.Range.File).rangeOf(r.Range)}, r.Message})
	}
	return out
}

// told is a finding in words, with what to do.
func (s *Server) told(d diag.Diagnostic) string {
	text := d.Summary
	if d.Suggestion != "" {
		text += " (" + diag.Say("did you mean {word:q}?", "word", d.Suggestion).In(s.language) + ")"
	}
	if d.Help != "" {
		text += "\n" + d.Help
	}
	return text
}

// uri names a file of a catalogue, as the editor does where it is open.
func (s *Server) uri(w *workspace, file string) string {
	path := filepath.Join(w.root, filepath.FromSlash(file))
	if d := s.documents[path]; d != nil {
		return d.uri
	}
	return uriOf(path)
}

// text is a file of the catalogue as it was checked.
func (s *Server) text(w *workspace, file string) *text {
	return newText(string(w.catalogue.Files[file]), s.utf8)
}
