package lsp

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/source"
)

// looking is a document about which something is asked.
type looking struct {
	workspace *workspace
	document  *document
	text      *text
	view      *editor.View
}

func (s *Server) look(d *document) *looking {
	w := s.workspaces[d.root]
	return &looking{workspace: w, document: d, text: newText(d.content, s.utf8), view: editor.Of(w.catalogue, d.inside, []byte(d.content))}
}

// textOf is a file as it stands in the editor, else as it was read.
func (s *Server) textOf(w *workspace, file string) *text {
	if d := s.documents[filepath.Join(w.root, filepath.FromSlash(file))]; d != nil {
		return newText(d.content, s.utf8)
	}
	return s.text(w, file)
}

func (s *Server) completion(l *looking, p *placeParams) (any, *problem) {
	list := completionList{Items: []completionItem{}}
	for i, item := range l.view.Complete(l.text.offset(p.Position)) {
		c := completionItem{
			Label: item.Label, Kind: itemKinds[item.Kind], Detail: item.Detail, SortText: fmt.Sprintf("%04d", i), FilterText: item.Label,
			Format: plainText, Mode: asIs, Edit: &textEdit{l.text.span(item.From, item.To), item.Insert},
		}
		if item.Snippet {
			c.Format = snippetText
		}
		if item.Doc != "" {
			c.Doc = &markup{"markdown", item.Doc}
		}
		list.Items = append(list.Items, c)
	}
	return list, nil
}

var itemKinds = map[editor.ItemKind]int{
	editor.KeyItem: kindProperty, editor.ValueItem: kindValue, editor.NameItem: kindReference, editor.FunctionItem: kindFunction, editor.WordItem: kindKeyword,
}

func (s *Server) hover(l *looking, p *placeParams) (any, *problem) {
	e, ok := l.view.Hover(l.text.offset(p.Position))
	if !ok {
		return nil, nil
	}
	return hover{markup{"markdown", e.Text}, l.text.rangeOf(e.Range)}, nil
}

func (s *Server) definition(l *looking, p *placeParams) (any, *problem) {
	return s.locations(l.workspace, l.view.Define(l.text.offset(p.Position))), nil
}

func (s *Server) references(l *looking, p *placeParams) (any, *problem) {
	return s.locations(l.workspace, l.view.References(l.text.offset(p.Position), p.Context.IncludeDeclaration)), nil
}

func (s *Server) locations(w *workspace, ranges []diag.Range) []location {
	out := []location{}
	texts := map[string]*text{}
	for _, r := range ranges {
		if texts[r.File] == nil {
			texts[r.File] = s.textOf(w, r.File)
		}
		out = append(out, location{s.uri(w, r.File), texts[r.File].rangeOf(r)})
	}
	return out
}

func (s *Server) prepareRename(l *looking, p *placeParams) (any, *problem) {
	r, name, err := l.view.Renamable(l.text.offset(p.Position))
	if err != nil {
		return nil, &problem{requestFailed, err.Error()}
	}
	return renamePlace{l.text.rangeOf(r), name}, nil
}

func (s *Server) rename(l *looking, p *placeParams) (any, *problem) {
	r, err := l.view.Rename(l.text.offset(p.Position), p.NewName)
	if err != nil {
		return nil, &problem{requestFailed, err.Error()}
	}
	out := workspaceEdit{Changes: map[string][]textEdit{}}
	for _, e := range r.Edits {
		uri := s.uri(l.workspace, e.Range.File)
		out.Changes[uri] = append(out.Changes[uri], textEdit{s.textOf(l.workspace, e.Range.File).rangeOf(e.Range), e.New})
	}
	if len(r.Scripts) > 0 {
		_ = s.out.notify("window/showMessage", showMessage{messageWarning, diag.Say("scripts are not changed; look whether they read the old name: {files}", "files", r.Scripts).In(s.language)})
	}
	return out, nil
}

func (s *Server) symbols(l *looking, _ *placeParams) (any, *problem) {
	return symbolsOf(l.text, l.view.Outline()), nil
}

func symbolsOf(t *text, entries []editor.Entry) []symbol {
	out := []symbol{}
	for _, e := range entries {
		kind, known := symbolKinds[e.Kind]
		if !known {
			kind = symbolOf
		}
		name := e.Name
		if name == "" {
			name = e.Kind
		}
		out = append(out, symbol{Name: name, Detail: e.Title, Kind: kind, Range: t.rangeOf(e.Range), Selection: t.rangeOf(e.Select), Children: symbolsOf(t, e.Below)})
	}
	return out
}

var symbolKinds = map[string]int{"service": symbolModule, "section": symbolModule, "field": symbolField, "step": symbolFunction, "fee": symbolConstant}

// actions offers what findings suggest in place of what stands there.
func (s *Server) actions(l *looking, p *placeParams) (any, *problem) {
	if l.workspace.touched[l.document.inside] { // what was found may stand elsewhere by now
		s.update(l.workspace)
	}
	from, to := l.text.offset(p.Range.Start), l.text.offset(p.Range.End)
	out := []codeAction{}
	for _, d := range l.workspace.findings {
		r := d.Range
		if r.File != l.document.inside || d.Suggestion == "" || r.End.Offset < from || r.Start.Offset > to || r.End.Offset > len(l.document.content) {
			continue
		}
		content := l.document.content[:r.Start.Offset] + d.Suggestion + l.document.content[r.End.Offset:]
		if r.Start.Offset == r.End.Offset || !source.Reads([]byte(content)) {
			continue
		}
		edit := textEdit{l.text.rangeOf(r), d.Suggestion}
		out = append(out, codeAction{
			Title: diag.Say("write {word:q} instead", "word", d.Suggestion).In(s.language), Kind: "quickfix", Preferred: len(out) == 0,
			Diagnostics: []diagnostic{s.diagnostic(l.workspace, l.text, d)}, Edit: workspaceEdit{map[string][]textEdit{l.document.uri: {edit}}},
		})
	}
	return out, nil
}

// formatting gives the one edit between the document and its layout; none for a document that cannot be read.
func (s *Server) formatting(l *looking, _ *placeParams) (any, *problem) {
	before := l.document.content
	formatted, _ := source.Format(l.document.inside, []byte(before))
	after := string(formatted)
	if formatted == nil || before == after {
		return []textEdit{}, nil
	}
	from := 0
	for from < len(before) && from < len(after) && before[from] == after[from] {
		from++
	}
	to := 0
	for to < len(before)-from && to < len(after)-from && before[len(before)-1-to] == after[len(after)-1-to] {
		to++
	}
	// Whole lines, so that no character is cut in two.
	from = strings.LastIndexByte(before[:from], '\n') + 1
	if to -= strings.IndexByte(before[len(before)-to:], '\n') + 1; !strings.Contains(before[len(before)-to:], "\n") {
		to = 0
	}
	return []textEdit{{l.text.span(from, len(before)-to), after[from : len(after)-to]}}, nil
}
