package script

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

const (
	rlimitData = 2 // RLIMIT_DATA, which package syscall doesn't name
	dataLimit  = 256 << 20
	dataRoom   = 192 << 20 // above what the process already holds, where that is much, as under the race detector
)

// limitProcess makes the kernel hold what the runtime can't: one allocation of gigabytes fails at
// once. A limit that can't be set leaves the parent's kill, so failure isn't fatal.
func limitProcess() {
	limit := max(dataLimit, heldData()+dataRoom)
	for _, l := range []struct {
		what  int
		limit uint64
	}{{rlimitData, limit}, {syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_FSIZE, 0}, {syscall.RLIMIT_NOFILE, 16}} {
		_ = syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.limit, Max: l.limit})
	}
}

// heldData reads the process's data and stack in bytes, the sixth field of statm.
func heldData() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(b)
	if err != nil || len(fields) < 6 {
		return 0
	}
	pages, err := strconv.ParseUint(string(fields[5]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}

// childAttributes ties a worker's life to the thread that starts it and keeps the terminal's
// signals from it.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
