package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

// Options are what a server is given.
type Options struct {
	// Findings gives everything that is wrong with a catalogue, what loading it has found included; it may take seconds.
	Findings func(c *catalog.Catalogue, loaded diag.List) diag.List
	// Service gives what is wrong with one service apart from loading it, within milliseconds. known are the findings of everything else.
	Service func(c *catalog.Catalogue, s *catalog.Service, known diag.List) diag.List
	// Log receives what the operator of the editor may want to know: never a text of a document. Nil is silence.
	Log *slog.Logger
}

const (
	// afterTyping is how long nobody must type before a file is checked.
	afterTyping = 60 * time.Millisecond
	// afterChanges is how long nothing must change before the whole catalogue is checked.
	afterChanges = 400 * time.Millisecond
	// mostWaiting bounds the messages that wait for an answer; the stream is not read further then.
	mostWaiting = 64
	// mostDocuments and largestDocument bound what is open; what is beyond is treated as if it were not.
	mostDocuments   = 200
	largestDocument = 4 << 20
)

// Server is one session with one editor.
type Server struct {
	opt  Options
	log  *slog.Logger
	out  *writer
	utf8 bool   // positions count bytes
	docs string // where the reference is served, or ""
	// language is that of the editor, for findings; nil is English.
	language *diag.Language

	watches         bool // the editor can tell of changes on the disk
	ready, stopping bool
	documents       map[string]*document  // by path
	workspaces      map[string]*workspace // by root
	checked         chan verdict
	background      sync.WaitGroup

	mu        sync.Mutex
	waiting   map[string]bool // ids of requests that are not answered
	cancelled map[string]bool
}

// document is a file that is open in the editor.
type document struct {
	uri     string
	version int
	content string
	root    string // of its catalogue, or ""
	inside  string
}

// New makes a server; Serve runs it once.
func New(opt Options) *Server {
	log := opt.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Server{opt: opt, log: log, documents: map[string]*document{}, workspaces: map[string]*workspace{},
		checked: make(chan verdict), waiting: map[string]bool{}, cancelled: map[string]bool{}}
}

// ErrNoShutdown means that the editor went away without saying so.
var ErrNoShutdown = errors.New("the editor ended the connection without shutdown")

// Serve answers until the editor says exit, the stream ends or ctx does. The error is ErrNoShutdown, the context's, or one of writing.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	s.out = &writer{out: out}
	ctx, cancel := context.WithCancel(ctx)
	defer s.background.Wait()
	defer cancel()
	incoming := make(chan message, mostWaiting)
	go s.read(ctx, in, incoming)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if wait, pending := s.wait(); pending {
			timer.Reset(wait)
		} else {
			timer.Reset(time.Hour)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case m, open := <-incoming:
			if !open || m.Method == "exit" {
				if s.stopping {
					return nil
				}
				return ErrNoShutdown
			}
			if err := s.handle(ctx, m); err != nil {
				return err
			}
		case v := <-s.checked:
			s.settle(v)
		case <-timer.C:
			s.work(ctx)
		}
	}
}

// read turns the stream into messages. Requests to cancel are noted at once, before what they are about is reached.
func (s *Server) read(ctx context.Context, in io.Reader, incoming chan<- message) {
	defer close(incoming)
	r := bufio.NewReader(in)
	for {
		body, err := readMessage(r)
		if err != nil && !errors.Is(err, errTooLarge) {
			return
		}
		var m message
		switch {
		case err != nil:
			_ = s.out.answer(nil, nil, &problem{invalidRequest, err.Error()})
			continue
		case json.Unmarshal(body, &m) != nil:
			_ = s.out.answer(nil, nil, &problem{parseError, "the message is not JSON-RPC"})
			continue
		case m.Method == "$/cancelRequest":
			s.cancel(m.Params)
			continue
		case m.Method == "" && (m.Result != nil || m.Error != nil):
			continue // an answer to a request of ours
		case m.Method == "":
			_ = s.out.answer(m.ID, nil, &problem{invalidRequest, "the message has no method"})
			continue
		}
		if m.ID != nil {
			s.mu.Lock()
			s.waiting[string(m.ID)] = true
			s.mu.Unlock()
		}
		select {
		case incoming <- m:
		case <-ctx.Done():
			return
		}
	}
}

// cancel notes that nobody waits for an answer any more.
func (s *Server) cancel(params json.RawMessage) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(params, &p) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[string(p.ID)] { // others are answered already, or never came
		s.cancelled[string(p.ID)] = true
	}
}

// begun takes a request out of those that wait and tells whether it was cancelled.
func (s *Server) begun(id json.RawMessage) (cancelled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cancelled = s.cancelled[string(id)]
	delete(s.waiting, string(id))
	delete(s.cancelled, string(id))
	return cancelled
}

// handle answers a request, or takes a notification. Only a failure to write is an error.
func (s *Server) handle(ctx context.Context, m message) error {
	if m.ID == nil {
		if s.ready && !s.stopping {
			s.guard(m.Method, func() { s.notice(ctx, m) })
		}
		return nil
	}
	if s.begun(m.ID) {
		return s.out.answer(m.ID, nil, &problem{requestCancelled, "the request was cancelled"})
	}
	var result any
	err := &problem{internalError, "the request failed"}
	s.guard(m.Method, func() {
		result, err = s.request(m)
	})
	return s.out.answer(m.ID, result, err)
}

// guard keeps a panic from ending the server.
func (s *Server) guard(method string, run func()) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a request failed", "method", method, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	run()
}

// request answers one request.
func (s *Server) request(m message) (any, *problem) {
	switch {
	case m.Method == "initialize":
		return s.initialize(m.Params)
	case !s.ready:
		return nil, &problem{notInitialized, "initialize comes first"}
	case s.stopping:
		return nil, &problem{invalidRequest, "the server is shutting down"}
	case m.Method == "shutdown":
		s.stopping = true
		return nil, nil
	}
	answer, known := answers[m.Method]
	if !known {
		return nil, &problem{methodNotFound, "there is no method " + diag.Quote(m.Method)}
	}
	var p placeParams
	if json.Unmarshal(m.Params, &p) != nil {
		return nil, &problem{invalidParams, "the params cannot be read"}
	}
	d := s.documents[pathOf(p.TextDocument.URI)]
	if d == nil || s.workspaces[d.root] == nil {
		return nil, nil // in no catalogue, or not open: there is nothing to say
	}
	return answer(s, s.look(d), &p)
}

// answers are the requests about documents.
var answers = map[string]func(*Server, *looking, *placeParams) (any, *problem){
	"textDocument/completion":     (*Server).completion,
	"textDocument/hover":          (*Server).hover,
	"textDocument/definition":     (*Server).definition,
	"textDocument/references":     (*Server).references,
	"textDocument/prepareRename":  (*Server).prepareRename,
	"textDocument/rename":         (*Server).rename,
	"textDocument/documentSymbol": (*Server).symbols,
	"textDocument/codeAction":     (*Server).actions,
	"textDocument/formatting":     (*Server).formatting,
}

func (s *Server) initialize(params json.RawMessage) (any, *problem) {
	var p initializeParams
	if json.Unmarshal(params, &p) != nil {
		return nil, &problem{invalidParams, "the params cannot be read"}
	}
	if s.ready {
		return nil, &problem{invalidRequest, "initialize comes once"}
	}
	s.ready, s.docs = true, p.Options.Docs
	if strings.HasPrefix(p.Locale, "ar") {
		s.language = explain.Arabic()
	}
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	s.utf8 = slices.Contains(p.Capabilities.General.PositionEncodings, "utf-8")
	encoding := "utf-16"
	if s.utf8 {
		encoding = "utf-8"
	}
	return map[string]any{
		"serverInfo": map[string]string{"name": "diwan"},
		"capabilities": map[string]any{
			"positionEncoding":           encoding,
			"textDocumentSync":           map[string]any{"openClose": true, "change": incremental, "save": false},
			"completionProvider":         map[string]any{"triggerCharacters": []string{".", ":", " ", "{", "[", ",", "/", `"`}},
			"hoverProvider":              true,
			"definitionProvider":         true,
			"referencesProvider":         true,
			"documentSymbolProvider":     true,
			"documentFormattingProvider": true,
			"renameProvider":             map[string]bool{"prepareProvider": true},
			"codeActionProvider":         map[string]any{"codeActionKinds": []string{"quickfix"}},
		},
	}, nil
}
