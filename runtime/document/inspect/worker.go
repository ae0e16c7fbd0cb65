package inspect

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
)

// Command is the argument with which a program begins as Worker.
const Command = "inspect-worker"

const (
	mostBody = 21 << 20 // somewhat more than the archive keeps, in and out
	goMemory = 600 << 20
	goStack  = 64 << 20
	mostHead = 4 << 10
)

// head is what a child says before the body.
type head struct {
	Refusal Refusal `json:"refusal,omitempty"`
	Kind    Kind    `json:"kind,omitempty"`
	Pages   int     `json:"pages,omitempty"`
}

// Worker is the main of a child process: a binary calls it when its first argument is Command, before anything else, with its standard input
// and output. It looks at one body and returns. It limits its own process for good, so it may be called in a child only.
func Worker(in io.Reader, out io.Writer) {
	limitProcess()
	debug.SetMemoryLimit(goMemory)
	debug.SetMaxStack(goStack)
	if nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = nowhere // what a reader prints is no answer
	}
	body, err := io.ReadAll(io.LimitReader(in, mostBody))
	if err != nil {
		os.Exit(1)
	}
	found, err := Look(body)
	h := head{Kind: found.Kind, Pages: found.Pages}
	_ = errors.As(err, &h.Refusal)
	line, err := json.Marshal(h)
	if err != nil {
		os.Exit(1)
	}
	w := bufio.NewWriter(out)
	_, _ = w.Write(append(line, '\n'))
	_, _ = w.Write(found.Body)
	if w.Flush() != nil {
		os.Exit(1)
	}
}
