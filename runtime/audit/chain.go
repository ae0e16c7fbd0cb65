package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// link makes the hash of one seal over the hash before it and the rows of its batch, in their order.
type link struct{ h hash.Hash }

func newLink(authority string, position int64, previous []byte) *link {
	l := &link{sha256.New()}
	l.text("diwan audit 1") // another format gets another first word
	l.text(authority)
	l.number(position)
	l.text(string(previous))
	return l
}

// add takes one row. Lengths stand before texts, so that no two different rows can look the same.
func (l *link) add(r row) {
	l.number(r.id)
	l.number(r.at.UnixMicro())
	for _, s := range []string{r.authority, r.actor, r.action, r.subject, r.detail} {
		l.text(s)
	}
}

func (l *link) sum() []byte { return l.h.Sum(nil) }

func (l *link) number(n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	l.h.Write(b[:])
}

func (l *link) text(s string) {
	l.number(int64(len(s)))
	l.h.Write([]byte(s))
}
