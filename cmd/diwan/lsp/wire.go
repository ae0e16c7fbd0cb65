package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// message is one JSON-RPC message: a request, a notification (no ID) or an answer (no Method).
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

// problem is the error of an answer.
type problem struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (p *problem) Error() string { return p.Message }

// The codes of JSON-RPC and of the protocol.
const (
	parseError       = -32700
	invalidRequest   = -32600
	methodNotFound   = -32601
	invalidParams    = -32602
	internalError    = -32603
	notInitialized   = -32002
	requestCancelled = -32800
	requestFailed    = -32803
)

// largestMessage bounds what is kept of one message; a definition is at most a megabyte.
const largestMessage = 16 << 20

// longestHeader bounds one line of a header.
const longestHeader = 4096

var errTooLarge = errors.New("the message is too large")

// readMessage reads the bytes of the next message. errTooLarge means that a message was passed over; any other error ends the stream.
func readMessage(r *bufio.Reader) ([]byte, error) {
	length := -1
	for {
		line, err := readLine(r)
		if err != nil {
			return nil, err
		}
		if line == "" {
			if length >= 0 {
				break
			}
			continue // what is no header is passed over until one comes
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 {
				length = n
			}
		}
	}
	if length > largestMessage {
		if _, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
			return nil, err
		}
		return nil, errTooLarge
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return body, err
}

// readLine reads a line of a header; of a long one only the beginning is kept.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, more, err := r.ReadLine()
		if err != nil {
			return "", err
		}
		if len(line) < longestHeader {
			line = append(line, part...)
		}
		if !more {
			return string(line), nil
		}
	}
}

// writer sends messages, each whole. It is safe for parallel use.
type writer struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *writer) send(m message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = fmt.Fprintf(w.out, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

func (w *writer) notify(method string, params any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	return w.send(message{Method: method, Params: body})
}

// answer sends the result of a request, or its problem.
func (w *writer) answer(id json.RawMessage, result any, p *problem) error {
	if id == nil {
		id = json.RawMessage("null")
	}
	if p != nil {
		return w.send(message{ID: id, Error: p})
	}
	body, err := json.Marshal(result)
	if err != nil {
		return w.send(message{ID: id, Error: &problem{internalError, "the answer cannot be written"}})
	}
	return w.send(message{ID: id, Result: body})
}
