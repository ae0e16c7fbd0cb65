package inspect

import (
	"syscall"
)

const (
	rlimitData = 2 // RLIMIT_DATA, which package syscall doesn't name
	dataLimit  = 1 << 30
	cpuLimit   = 30 // seconds of all threads: also where the parent has gone
)

// limitProcess makes the kernel hold what the runtime can't. It writes no file and opens few. A limit that can't be set leaves the parent's
// kill, so failure isn't fatal.
func limitProcess() {
	for _, l := range []struct {
		what  int
		limit uint64
	}{{rlimitData, dataLimit}, {syscall.RLIMIT_CPU, cpuLimit}, {syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_FSIZE, 0}, {syscall.RLIMIT_NOFILE, 16}} {
		_ = syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.limit, Max: l.limit})
	}
}
