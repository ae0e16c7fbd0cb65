package audit

import (
	"errors"
	"time"
)

// Entry is one record. Authority, Actor, Action and Subject are opaque identifiers and codes; Detail holds codes and numbers that say more
// (which field, which channel), never personal data.
type Entry struct {
	Authority string
	Actor     string // ID of a person, gateway or system
	Action    string // read, act, download, verify, sign-in, release
	Subject   string
	Detail    map[string]string
}

// maxField bounds what a caller may put into one text of a record.
const maxField = 400

func (e Entry) check() error {
	if e.Authority == "" || e.Actor == "" || e.Action == "" {
		return errors.New("audit: a record needs an authority, an actor and an action")
	}
	for _, s := range []string{e.Authority, e.Actor, e.Action, e.Subject} {
		if len(s) > maxField {
			return errors.New("audit: a record holds identifiers, not texts")
		}
	}
	return nil
}

// row is a record as it is stored.
type row struct {
	id        int64
	at        time.Time
	authority string
	actor     string
	action    string
	subject   string
	detail    string // JSON as the database writes it
}
