package registries

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Options describes a set of sample registries.
type Options struct {
	Files fs.FS            // *.yaml at its top; none where no sample data is given
	Key   string           // the bearer key that callers must send
	Now   func() time.Time // in the zone that decides which day it is; nil: time.Now
}

// Registries answers calls. Its methods may be called concurrently.
type Registries struct {
	key        [sha256.Size]byte
	now        func() time.Time
	operations map[string]*operation // by registry/operation
}

// operation is one question that a registry answers.
type operation struct {
	arguments []string
	rows      []*row
}

// row is one thing that a registry knows.
type row struct {
	match  map[string]string
	answer any
	delay  time.Duration
	status int          // of the calls that fail
	fails  atomic.Int64 // calls that still fail
}

// New reads the files; the error names the file and line of everything that is wrong in the first bad one.
func New(o Options) (*Registries, error) {
	if o.Key == "" {
		return nil, errors.New("registries: the key is empty")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Registries{key: sha256.Sum256([]byte(o.Key)), now: o.Now, operations: map[string]*operation{}}
	names, err := fs.Glob(o.Files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("registries: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(o.Files, name)
		if err != nil {
			return nil, fmt.Errorf("registries: %w", err)
		}
		if err := r.read(text); err != nil {
			return nil, fmt.Errorf("registries: %s: %w", name, err)
		}
	}
	return r, nil
}

// Answers tells whether there are samples for the operation, such as licensing/licence-by-number.
func (r *Registries) Answers(operation string) bool { return r.operations[operation] != nil }

// Handler serves POST /{registry}/{operation}.
func (r *Registries) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{registry}/{operation}", r.ask)
	return http.MaxBytesHandler(mux, 64<<10)
}

func (r *Registries) ask(w http.ResponseWriter, req *http.Request) {
	key, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	got := sha256.Sum256([]byte(key))
	if !ok || subtle.ConstantTimeCompare(got[:], r.key[:]) != 1 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "unauthorized", "the key is missing or wrong")
		return
	}
	op := r.operations[req.PathValue("registry")+"/"+req.PathValue("operation")]
	if op == nil {
		// Not 404: the caller would take it for an entry that does not exist, and tell the applicant so.
		refuse(w, http.StatusBadRequest, "unknown-operation", "there is no such registry or operation")
		return
	}
	arguments, ok := read(req.Body)
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid", "the body must be one JSON object of texts, numbers and truth values")
		return
	}
	if problem := op.check(arguments); problem != "" {
		refuse(w, http.StatusBadRequest, "invalid", problem)
		return
	}
	found := op.find(arguments)
	if found == nil {
		refuse(w, http.StatusNotFound, "not-found", "there is no entry for these arguments")
		return
	}
	if found.delay > 0 {
		timer := time.NewTimer(found.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-req.Context().Done():
			return
		}
	}
	if found.fails.Load() > 0 && found.fails.Add(-1) >= 0 {
		refuse(w, found.status, "unavailable", "the registry cannot answer now")
		return
	}
	reply(w, http.StatusOK, resolve(found.answer, r.now()))
}

// read gives the arguments as they are written: 12 and "12" are the same to a row.
func read(body io.Reader) (arguments map[string]string, ok bool) {
	d := json.NewDecoder(body)
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil || d.More() {
		return nil, false
	}
	arguments = make(map[string]string, len(values))
	for name, value := range values {
		switch v := value.(type) {
		case string, bool, json.Number:
			arguments[name] = fmt.Sprint(v)
		default:
			return nil, false
		}
	}
	return arguments, true
}

// check wants exactly the declared arguments.
func (o *operation) check(arguments map[string]string) (problem string) {
	for _, name := range o.arguments {
		if arguments[name] == "" {
			return "argument " + name + " is missing"
		}
	}
	for name := range arguments {
		if !slices.Contains(o.arguments, name) {
			return "there is no argument " + name
		}
	}
	return ""
}

func (o *operation) find(arguments map[string]string) *row {
	for _, row := range o.rows {
		fits := true
		for name, value := range row.match {
			fits = fits && arguments[name] == value
		}
		if fits {
			return row
		}
	}
	return nil
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]string{"code": code, "message": message})
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the caller went away
}
