package script

import (
	"errors"
	"fmt"
)

// The kinds of failure of a call. None of them means valid or invalid.
var (
	ErrTime        = errors.New("time limit")
	ErrMemory      = errors.New("memory or call depth limit")
	ErrKilled      = errors.New("worker ended") // for a reason that isn't known
	ErrThrown      = errors.New("script threw")
	ErrResult      = errors.New("result is neither true, false nor a message code")
	ErrSyntax      = errors.New("not valid JavaScript")
	ErrInput       = errors.New("value and form can't be sent") // too large, or no JSON
	ErrUnavailable = errors.New("no worker is free")
)

// Error is a failed call. Its text names the script and the place in it, and nothing that the script
// or the applicant wrote, so that it can be logged.
type Error struct {
	Kind         error // one of those above; errors.Is finds it
	File         string
	Line, Column int    // 0 when unknown
	Class        string // of a thrown native error, as "TypeError"
}

func (e *Error) Error() string {
	s := "script " + e.File
	if e.Line > 0 {
		s += fmt.Sprintf(":%d:%d", e.Line, e.Column)
	}
	s += ": " + e.Kind.Error()
	if e.Class != "" {
		s += " " + e.Class
	}
	return s
}

func (e *Error) Unwrap() error { return e.Kind }
