//go:build !linux

package script

import (
	"testing"
	"time"
)

// cpu runs do and gives the time that it took.
func cpu(_ testing.TB, do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}
