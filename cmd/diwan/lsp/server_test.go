package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/cmd/diwan/lsp"
)

// session is an editor that talks to a server over pipes.
type session struct {
	t      *testing.T
	in     *io.PipeWriter
	got    chan map[string]any
	ended  chan error
	root   string
	nextID int
}

// patience is how long a test waits for an answer before it fails.
const patience = 30 * time.Second

func begin(t *testing.T, encodings ...string) *session {
	t.Helper()
	s := silent(t)
	s.root = t.TempDir()
	if err := os.CopyFS(s.root, os.DirFS("../../../samples/palestine")); err != nil {
		t.Fatal(err)
	}
	s.call("initialize", map[string]any{
		"capabilities":          map[string]any{"general": map[string]any{"positionEncodings": encodings}},
		"initializationOptions": map[string]any{"docs": "http://localhost/docs/findings"},
	})
	s.notify("initialized", map[string]any{})
	return s
}

// silent is a session in which nothing has been said.
func silent(t *testing.T) *session {
	t.Helper()
	in, fromEditor := io.Pipe()
	toEditor, out := io.Pipe()
	s := &session{t: t, in: fromEditor, got: make(chan map[string]any, 1000), ended: make(chan error, 1)}
	server := lsp.New(lsp.Options{
		Findings: func(c *catalog.Catalogue, loaded diag.List) diag.List {
			list := append(slices.Clone(loaded), check.Check(c)...)
			list.Sort()
			return list.Once()
		},
		Service: func(c *catalog.Catalogue, s *catalog.Service, _ diag.List) diag.List { return check.Service(c, s) },
	})
	go func() {
		s.ended <- server.Serve(context.Background(), in, out)
		_ = out.Close()
	}()
	go s.listen(bufio.NewReader(toEditor))
	t.Cleanup(func() { _ = fromEditor.Close() })
	return s
}

func (s *session) listen(r *bufio.Reader) {
	defer close(s.got)
	for {
		var length int
		if _, err := fmt.Fscanf(r, "Content-Length: %d\r\n\r\n", &length); err != nil {
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var m map[string]any
		if json.Unmarshal(body, &m) != nil {
			return
		}
		s.got <- m
	}
}

func (s *session) write(raw string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, raw); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) send(m map[string]any) {
	s.t.Helper()
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
}

func (s *session) notify(method string, params any) {
	s.t.Helper()
	s.send(map[string]any{"method": method, "params": params})
}

// until gives the next message that is wanted and drops the others.
func (s *session) until(what string, wanted func(map[string]any) bool) map[string]any {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case m, open := <-s.got:
			if !open {
				s.t.Fatalf("the server ended before %s", what)
			}
			if wanted(m) {
				return m
			}
		case <-late:
			s.t.Fatalf("there was no %s", what)
		}
	}
}

// answer waits for the answer to a request.
func (s *session) answer(id int) map[string]any {
	s.t.Helper()
	return s.until(fmt.Sprintf("answer %d", id), func(m map[string]any) bool {
		got, ok := m["id"].(float64)
		return ok && int(got) == id && m["method"] == nil
	})
}

func (s *session) ask(method string, params any) int {
	s.t.Helper()
	s.nextID++
	s.send(map[string]any{"id": s.nextID, "method": method, "params": params})
	return s.nextID
}

// call asks and gives the result as JSON.
func (s *session) call(method string, params any) string {
	s.t.Helper()
	m := s.answer(s.ask(method, params))
	if m["error"] != nil {
		return "error: " + fmt.Sprint(m["error"].(map[string]any)["message"])
	}
	b, err := json.Marshal(m["result"])
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

const licence = "services/transport/driving-licence-renew.yaml"

func (s *session) uri(file string) string { return "file://" + filepath.ToSlash(s.root) + "/" + file }

func (s *session) content(file string) string {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.root, file))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

func (s *session) open(file, text string) {
	s.t.Helper()
	s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": s.uri(file), "languageId": "yaml", "version": 1, "text": text}})
}

// at is the params of a question about the first place of needle in text, and so many characters further.
func (s *session) at(file, text, needle string, further int) map[string]any {
	s.t.Helper()
	i := strings.Index(text, needle)
	if i < 0 {
		s.t.Fatalf("%q is not there", needle)
	}
	line := strings.Count(text[:i], "\n")
	column := utf16Length(text[strings.LastIndexByte(text[:i], '\n')+1:i]) + further
	return map[string]any{"textDocument": map[string]any{"uri": s.uri(file)}, "position": map[string]any{"line": line, "character": column}}
}

func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// findings waits until the findings of a file are as wanted, and gives them as "line:from-to code".
func (s *session) findings(file string, wanted func(list []string) bool) {
	s.t.Helper()
	s.until("findings of "+file, func(m map[string]any) bool {
		p, ok := m["params"].(map[string]any)
		if m["method"] != "textDocument/publishDiagnostics" || !ok || p["uri"] != s.uri(file) {
			return false
		}
		var list []string
		for _, d := range p["diagnostics"].([]any) {
			d := d.(map[string]any)
			r := d["range"].(map[string]any)
			from, to := r["start"].(map[string]any), r["end"].(map[string]any)
			list = append(list, fmt.Sprintf("%v:%v-%v %v", from["line"], from["character"], to["character"], d["code"]))
		}
		return wanted(list)
	})
}

func clean(list []string) bool { return len(list) == 0 }

func TestFindingsComeWhileSomebodyTypes(t *testing.T) {
	s := begin(t)
	text := s.content(licence)
	s.open(licence, text)
	s.findings(licence, clean)
	place := s.at(licence, text, "when: licence.blocked", len("when: licence.b"))["position"].(map[string]any)
	s.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": s.uri(licence), "version": 2},
		"contentChanges": []any{map[string]any{"range": map[string]any{"start": place, "end": place}, "text": "x"}},
	})
	line := place["line"]
	s.findings(licence, func(list []string) bool {
		return slices.Equal(list, []string{fmt.Sprintf("%v:18-26 formula-unknown-field", line)})
	})
	// What is suggested is offered as a correction.
	params := s.at(licence, text, "when: licence.blocked", 0)
	params["range"] = map[string]any{"start": place, "end": place}
	params["context"] = map[string]any{"diagnostics": []any{}}
	got := s.call("textDocument/codeAction", params)
	if !strings.Contains(got, `"newText":"blocked"`) || !strings.Contains(got, `"title":"write \"blocked\" instead"`) || !strings.Contains(got, "docs/findings#formula-unknown-field") {
		t.Errorf("got %s", got)
	}
	// A change of what services share reaches all of them, and files that are not open.
	const authority = "authorities/transport.yaml"
	s.open(authority, strings.Replace(s.content(authority), "role: licensing-officer", "role: licence-officer", 1))
	s.findings(licence, func(list []string) bool { return len(list) == 2 && strings.Contains(list[1], "unknown-role") })
	s.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": s.uri(authority)}})
	s.findings(licence, func(list []string) bool { return len(list) == 1 })
}

func TestQuestionsAreAnswered(t *testing.T) {
	s := begin(t)
	script := filepath.Join(s.root, "services/transport/licence-number.js")
	if err := os.WriteFile(script, []byte("function validate(value, form) { return form.licenceNumber !== '' }"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := s.content(licence)
	s.open(licence, text)
	for _, test := range []struct {
		method string
		at     string
		more   int
		want   string
	}{
		{"textDocument/hover", "form.years", 6, "a whole number"},
		{"textDocument/definition", "form.years", 6, `/` + licence + `"`},
		{"textDocument/completion", "form.years", 5, `"label":"licenceNumber"`},
		{"textDocument/references", "form.years", 6, "documents/driving-licence.yaml"},
		{"textDocument/prepareRename", "form.years", 6, `"placeholder":"years"`},
		{"textDocument/documentSymbol", "service", 0, `"name":"licenceNumber"`},
		{"textDocument/prepareRename", "promised: 3", 11, "error: there is no name here"},
		{"textDocument/unheard", "form.years", 0, `error: there is no method`},
	} {
		if got := s.call(test.method, s.at(licence, text, test.at, test.more)); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %.300s, want %s", test.method, got, test.want)
		}
	}
	params := s.at(licence, text, "field: licenceNumber", 8)
	params["newName"] = "number"
	id := s.ask("textDocument/rename", params)
	told := s.until("word about the script", func(m map[string]any) bool { return m["method"] == "window/showMessage" })
	if !strings.Contains(fmt.Sprint(told), "licence-number.js") {
		t.Errorf("got %v", told)
	}
	if got := fmt.Sprint(s.answer(id)); strings.Count(got, "newText:number") != strings.Count(text, "licenceNumber")+1 {
		t.Errorf("got %s", got)
	}
}

func TestPositionsCountAsTheEditorDoes(t *testing.T) {
	// An unknown language stands behind an Arabic letter (one unit of UTF-16, two bytes) and an emoji (two units, four bytes).
	for encoding, from := range map[string]int{"utf-16": 17, "utf-8": 20} {
		s := begin(t, encoding)
		text := strings.Replace(s.content(licence), "title: {ar: تجديد رخصة القيادة, en: Driving", "title: {ar: ق😀, zz: Driving", 1)
		s.open(licence, text)
		s.findings(licence, func(list []string) bool {
			return slices.ContainsFunc(list, func(l string) bool { return strings.HasPrefix(l, fmt.Sprintf("1:%d-%d ", from, from+2)) })
		})
	}
}

func TestWindowsLineEndsAndAnEmptyFile(t *testing.T) {
	s := begin(t)
	text := strings.ReplaceAll(s.content(licence), "\n", "\r\n")
	s.open(licence, text)
	s.findings(licence, clean)
	if got := s.call("textDocument/hover", s.at(licence, text, "form.years", 6)); !strings.Contains(got, "a whole number") {
		t.Errorf("got %s", got)
	}
	s.open("services/new.yaml", "")
	s.findings("services/new.yaml", func(list []string) bool { return len(list) == 1 && strings.HasSuffix(list[0], "empty-file") })
	got := s.call("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": s.uri("services/new.yaml")}, "position": map[string]any{"line": 0, "character": 0}})
	if !strings.Contains(got, `"label":"service"`) {
		t.Errorf("got %.200s", got)
	}
}

func TestTheSessionFollowsTheProtocol(t *testing.T) {
	s := silent(t)
	if got := s.call("textDocument/hover", map[string]any{}); !strings.HasPrefix(got, "error: initialize comes first") {
		t.Errorf("got %s", got)
	}
	got := s.call("initialize", map[string]any{"capabilities": map[string]any{"general": map[string]any{"positionEncodings": []string{"utf-32", "utf-8"}}}})
	if !strings.Contains(got, `"positionEncoding":"utf-8"`) {
		t.Errorf("got %s", got)
	}
	if got := s.call("initialize", map[string]any{}); !strings.HasPrefix(got, "error: ") {
		t.Errorf("got %s", got)
	}
	if got := s.call("shutdown", nil); got != "null" {
		t.Errorf("got %s", got)
	}
	if got := s.call("textDocument/hover", map[string]any{}); !strings.Contains(got, "shutting down") {
		t.Errorf("got %s", got)
	}
	s.notify("exit", nil)
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	lost := begin(t)
	_ = lost.in.Close()
	if err := <-lost.ended; !errors.Is(err, lsp.ErrNoShutdown) {
		t.Errorf("got %v", err)
	}
}

func TestMalformedMessagesEndNothing(t *testing.T) {
	s := begin(t)
	text := s.content(licence)
	s.open(licence, text)
	s.write("\r\n\r\nnonsense\r\nContent-Length: x\r\n\r\n" + strings.Repeat("a", 10000) + "\r\n\r\n")
	s.write("Content-Length: 5\r\n\r\n{oops")
	s.until("word that it is no JSON", func(m map[string]any) bool { return fmt.Sprint(m["error"]) != "<nil>" && m["id"] == nil })
	s.write("Content-Length: 2\r\n\r\n{}")
	s.until("word that it is no request", func(m map[string]any) bool { return fmt.Sprint(m["error"]) != "<nil>" && m["id"] == nil })
	for _, params := range []string{
		`null`, `[]`, `7`, `{"textDocument":7}`, `{"textDocument":{"uri":"http://x"}}`, `{"textDocument":{"uri":"file:///%zz"}}`,
		`{"textDocument":{"uri":"` + s.uri(licence) + `"},"position":{"line":-5,"character":-9}}`,
		`{"textDocument":{"uri":"` + s.uri(licence) + `"},"position":{"line":999999,"character":999999}}`,
	} {
		for _, method := range []string{"textDocument/completion", "textDocument/hover", "textDocument/rename", "textDocument/codeAction", "textDocument/documentSymbol"} {
			s.call(method, json.RawMessage(params))
		}
		for _, method := range []string{"textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "workspace/didChangeWatchedFiles", "$/unknown"} {
			s.notify(method, json.RawMessage(params))
		}
	}
	// Edits that lie outside the text, or backwards.
	s.open(licence, text)
	for _, r := range [][4]int{{-1, -1, 99999, 99999}, {5, 5, 0, 0}, {0, 0, 0, 1 << 40}} {
		s.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": s.uri(licence), "version": 3}, "contentChanges": []any{map[string]any{
			"range": map[string]any{"start": map[string]any{"line": r[0], "character": r[1]}, "end": map[string]any{"line": r[2], "character": r[3]}}, "text": "x: {",
		}}})
	}
	if got := s.call("textDocument/documentSymbol", s.at(licence, text, "service", 0)); strings.HasPrefix(got, "error") {
		t.Errorf("got %s", got)
	}
	// A document that is far too large is not looked at, and the next one is.
	s.open("services/huge.yaml", strings.Repeat("a: b\n", 1<<20))
	s.open("services/next.yaml", "service: a.b\n")
	s.findings("services/next.yaml", func(list []string) bool { return len(list) > 3 })
}

func TestACancelledRequestIsNotAnswered(t *testing.T) {
	s := begin(t)
	text := s.content(licence)
	s.open(licence, text)
	// The first request keeps the server busy with reading the catalogue, so that the others wait when the word comes.
	var ids []int
	for range 40 {
		ids = append(ids, s.ask("textDocument/references", s.at(licence, text, "transport", 2)))
	}
	last := ids[len(ids)-1]
	s.notify("$/cancelRequest", map[string]any{"id": last})
	s.notify("$/cancelRequest", map[string]any{"id": 424242})
	s.notify("$/cancelRequest", map[string]any{"id": []int{}})
	m := s.answer(last)
	if e, failed := m["error"].(map[string]any); failed && e["code"].(float64) != -32800 {
		t.Errorf("got %v", m)
	}
	if got := s.call("textDocument/hover", s.at(licence, text, "form.years", 6)); !strings.Contains(got, "whole number") {
		t.Errorf("got %s", got)
	}
}

func TestFormattingGivesOneEditOfWholeLines(t *testing.T) {
	s := begin(t)
	text := s.content(licence)
	messy := strings.Replace(text, "tariff: transport\n", "tariff:    transport\n\n\n", 1)
	s.open(licence, messy)
	var edits []struct {
		Range struct {
			Start, End struct{ Line, Character int }
		}
		NewText string
	}
	if err := json.Unmarshal([]byte(s.call("textDocument/formatting", s.at(licence, messy, "service", 0))), &edits); err != nil || len(edits) != 1 {
		t.Fatal(err, edits)
	}
	e := edits[0]
	lines := strings.SplitAfter(messy, "\n")
	got := strings.Join(lines[:e.Range.Start.Line], "") + e.NewText + strings.Join(lines[e.Range.End.Line:], "")
	want, _ := source.Format(licence, []byte(messy))
	if got != string(want) || e.Range.Start.Character != 0 || e.Range.End.Character != 0 {
		t.Errorf("%+v", e)
	}
	s.open("services/broken.yaml", "a: [\n")
	if got := s.call("textDocument/formatting", s.at("services/broken.yaml", "a", "a", 0)); got != "[]" {
		t.Errorf("got %s", got)
	}
}
