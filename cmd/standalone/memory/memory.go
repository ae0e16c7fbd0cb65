// Package memory says how much of it everything in one process may take.
//
// A Temporal server makes much garbage and keeps little, and collecting it is a good part of its work: so it is collected seldom. What is live
// with a national catalogue under load is a quarter of the limit, beyond which it is collected more often; the limit is soft, and nothing fails by it.
//
//	defer memory.Bound()()
package memory

import (
	"math"
	"runtime/debug"
)

const (
	percent = 400       // of what is live: how much garbage may stand beside it
	limit   = 448 << 20 // bytes of the Go runtime; the program itself and its files come beside it
)

// Bound holds until undo. A limit that the environment gives (GOMEMLIMIT) stays.
func Bound() (undo func()) {
	before, most := debug.SetGCPercent(percent), debug.SetMemoryLimit(-1)
	if most == math.MaxInt64 {
		debug.SetMemoryLimit(limit)
	}
	return func() {
		debug.SetGCPercent(before)
		debug.SetMemoryLimit(most)
	}
}
