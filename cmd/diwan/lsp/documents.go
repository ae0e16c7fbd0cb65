package lsp

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// notice takes a notification. Those that the server does not know are passed over, as the protocol wants it.
func (s *Server) notice(_ context.Context, m message) {
	switch m.Method {
	case "initialized":
		s.watch()
	case "textDocument/didOpen":
		var p placeParams
		if json.Unmarshal(m.Params, &p) == nil {
			s.open(p.TextDocument)
		}
	case "textDocument/didChange":
		var p changeParams
		if json.Unmarshal(m.Params, &p) == nil {
			s.change(&p)
		}
	case "textDocument/didClose":
		var p placeParams
		if json.Unmarshal(m.Params, &p) == nil {
			s.close(pathOf(p.TextDocument.URI))
		}
	case "workspace/didChangeWatchedFiles":
		var p watchedParams
		if json.Unmarshal(m.Params, &p) == nil {
			s.changedOnDisk(&p)
		}
	}
}

// watch asks the editor to tell when definitions change on the disk.
func (s *Server) watch() {
	params, err := json.Marshal(map[string]any{"registrations": []any{map[string]any{
		"id": "definitions", "method": "workspace/didChangeWatchedFiles",
		"registerOptions": map[string]any{"watchers": []any{map[string]string{"globPattern": "**/*.{yaml,js,svg}"}}},
	}}})
	if err == nil && s.watches {
		_ = s.out.send(message{ID: json.RawMessage(`"watch"`), Method: "client/registerCapability", Params: params})
	}
}

func (s *Server) open(d textDocument) {
	file := pathOf(d.URI)
	if file == "" || len(s.documents) >= mostDocuments || len(d.Text) > largestDocument {
		return
	}
	root, inside := rootOf(file)
	s.documents[file] = &document{uri: d.URI, version: d.Version, content: d.Text, root: root, inside: inside}
	if root != "" {
		s.workspace(root).touch(inside)
	}
}

func (s *Server) change(p *changeParams) {
	d := s.documents[pathOf(p.TextDocument.URI)]
	if d == nil {
		return
	}
	for _, c := range p.Changes {
		if c.Range == nil {
			d.content = c.Text
		} else {
			d.content = newText(d.content, s.utf8).changed(*c.Range, c.Text)
		}
		if len(d.content) > largestDocument { // no definition is, and nobody waits for an answer about it
			s.close(pathOf(d.uri))
			return
		}
	}
	d.version = p.TextDocument.Version
	if w := s.workspaces[d.root]; w != nil {
		w.touch(d.inside)
	}
}

// close gives the file back to the disk.
func (s *Server) close(file string) {
	d := s.documents[file]
	delete(s.documents, file)
	if d != nil && s.workspaces[d.root] != nil {
		s.workspaces[d.root].touch(d.inside)
	}
}

func (s *Server) changedOnDisk(p *watchedParams) {
	for _, c := range p.Changes {
		file := pathOf(c.URI)
		if file == "" || s.documents[file] != nil {
			continue
		}
		if root, inside := rootOf(file); s.workspaces[root] != nil {
			s.workspaces[root].touch(inside)
		}
	}
}

// content is what a file of a catalogue holds: in the editor, or on the disk; nil where there is none.
func (s *Server) content(w *workspace, inside string) ([]byte, int) {
	file := filepath.Join(w.root, filepath.FromSlash(inside))
	if d := s.documents[file]; d != nil {
		return []byte(d.content), d.version
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > largestDocument {
		return nil, 0
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, 0
	}
	return b, 0
}

// wait is how long nothing is to be done, if anything is.
func (s *Server) wait() (time.Duration, bool) {
	least, any := time.Hour, false
	for _, w := range s.workspaces {
		if due, pending := w.due(); pending {
			least, any = min(least, max(0, time.Until(due))), true
		}
	}
	return least, any
}
