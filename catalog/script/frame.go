package script

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// Parent and worker exchange frames: four bytes of length, big-endian, then the body.
//
//	request:  task, four bytes soft limit in milliseconds, 64 bytes script ID, four bytes source length, source, then [value, form] as JSON
//	response: outcome, four bytes line, four bytes column, text
const maxFrame = 1 << 20

var errFrame = errors.New("script: malformed frame")

type task byte

const (
	taskCall  task = 'c'
	taskCheck task = 'k' // compile, don't run
)

type outcome byte

const (
	outcomeReady  outcome = 'R' // sent once, when the worker stands
	outcomeTrue   outcome = 't'
	outcomeFalse  outcome = 'f'
	outcomeCode   outcome = 'c'
	outcomeOther  outcome = 'o' // a result that is neither true, false nor a code
	outcomeThrown outcome = 'e'
	outcomeStack  outcome = 's'
	outcomeTime   outcome = 'i'
	outcomeSyntax outcome = 'y'
)

type request struct {
	task         task
	soft         time.Duration
	id           string
	source, args []byte
}

type response struct {
	outcome      outcome
	line, column int
	text         string
}

func (q *request) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(append(b, byte(q.task)), uint32(q.soft.Milliseconds()))
	b = append(b, q.id...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(q.source)))
	return append(append(b, q.source...), q.args...)
}

const requestHead = 1 + 4 + 64 + 4

func parseRequest(b []byte) (q request, err error) {
	if len(b) < requestHead {
		return q, errFrame
	}
	n := int(binary.BigEndian.Uint32(b[requestHead-4:]))
	if n > len(b)-requestHead {
		return q, errFrame
	}
	soft := time.Duration(binary.BigEndian.Uint32(b[1:])) * time.Millisecond
	return request{task: task(b[0]), soft: soft, id: string(b[5:69]), source: b[requestHead : requestHead+n], args: b[requestHead+n:]}, nil
}

func (r *response) append(b []byte) []byte {
	b = append(b, byte(r.outcome))
	b = binary.BigEndian.AppendUint32(b, uint32(r.line))
	b = binary.BigEndian.AppendUint32(b, uint32(r.column))
	return append(b, r.text...)
}

func parseResponse(b []byte) (r response, err error) {
	if len(b) < 9 {
		return r, errFrame
	}
	return response{outcome(b[0]), int(binary.BigEndian.Uint32(b[1:])), int(binary.BigEndian.Uint32(b[5:])), string(b[9:])}, nil
}

// sealFrame fills in the length of a body that was appended after four empty bytes.
func sealFrame(b []byte) []byte {
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// readFrame reads a body into buf, which grows to at most maxFrame.
func readFrame(r *bufio.Reader, buf []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:]))
	if n > maxFrame {
		return nil, errFrame
	}
	if cap(buf) < n {
		buf = make([]byte, n)
	}
	_, err := io.ReadFull(r, buf[:n])
	return buf[:n], err
}
