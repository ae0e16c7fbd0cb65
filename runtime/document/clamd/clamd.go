// Package clamd asks a running ClamAV daemon whether bytes are clean, over its socket. It is our own: the one client that the module proxy
// serves (dutchcoders/go-clamd) was last touched in 2017 and knows neither a limit of time nor a context.
//
//	scanner, err := clamd.New("unix:/run/clamav/clamd.ctl") // or tcp://clamd:3310
//	found, err := scanner.Scan(ctx, body)                   // "" where it is clean
package clamd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	atOnce     = 4 // scans; clamd itself has ten threads unless told otherwise
	scanWithin = 30 * time.Second
	pingWithin = 2 * time.Second
	chunk      = 64 << 10
	mostReply  = 4 << 10
	mostName   = 200
)

// Client is a daemon. Safe for parallel use; of its scans so many run at once, and the others wait for them.
type Client struct {
	network, address string
	slots            chan struct{}
}

// New takes where the daemon listens: unix: and a path, or tcp:// with host and port. It does not ask yet.
func New(at string) (*Client, error) {
	c := &Client{slots: make(chan struct{}, atOnce)}
	if path, ok := strings.CutPrefix(at, "unix:"); ok && strings.HasPrefix(path, "/") {
		c.network, c.address = "unix", path
		return c, nil
	}
	if host, ok := strings.CutPrefix(at, "tcp://"); ok {
		if _, port, err := net.SplitHostPort(host); err == nil && port != "" {
			c.network, c.address = "tcp", host
			return c, nil
		}
	}
	return nil, errors.New("clamd: want unix:/run/clamav/clamd.ctl or tcp://host:3310")
}

// Scan sends a body and gives the name of what was found in it, "" where nothing was. An error means that nobody knows: the daemon is away, was
// too slow, or takes no file of this size.
func (c *Client) Scan(ctx context.Context, body []byte) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanWithin)
	defer cancel()
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return "", fmt.Errorf("clamd: every scan is taken: %w", ctx.Err())
	}
	reply, err := c.ask(ctx, "zINSTREAM\x00", body)
	if err != nil {
		return "", err
	}
	verdict, ok := strings.CutPrefix(reply, "stream: ")
	switch name, infected := strings.CutSuffix(verdict, " FOUND"); {
	case ok && verdict == "OK":
		return "", nil
	case ok && infected && name != "":
		return name[:min(len(name), mostName)], nil
	}
	return "", fmt.Errorf("clamd: it answers %q", reply)
}

// Ping asks whether the daemon is there.
func (c *Client) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	reply, err := c.ask(ctx, "zPING\x00", nil)
	if err == nil && reply != "PONG" {
		err = fmt.Errorf("clamd: it answers %q", reply)
	}
	return err
}

// ask sends a command and the body behind it, in chunks that an empty one ends, and reads the one reply.
func (c *Client) ask(ctx context.Context, command string, body []byte) (string, error) {
	conn, err := new(net.Dialer).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // also where the caller goes away
	defer stop()
	w := bufio.NewWriter(conn)
	_, sent := w.WriteString(command)
	if body != nil {
		for part := range slices.Chunk(body, chunk) {
			sent = errors.Join(sent, binary.Write(w, binary.BigEndian, uint32(len(part))), write(w, part))
			if sent != nil {
				break // it has said why, or will time out
			}
		}
		sent = errors.Join(sent, binary.Write(w, binary.BigEndian, uint32(0)))
	}
	sent = errors.Join(sent, w.Flush())
	reply, err := io.ReadAll(io.LimitReader(conn, mostReply))
	// Where the body is too large for it, it says so and closes while we are still sending.
	if end := bytes.IndexByte(reply, 0); end >= 0 {
		return string(reply[:end]), nil
	}
	if err = errors.Join(ctx.Err(), sent, err); err == nil {
		err = io.ErrUnexpectedEOF
	}
	return "", fmt.Errorf("clamd: no whole reply: %w", err)
}

func write(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}
