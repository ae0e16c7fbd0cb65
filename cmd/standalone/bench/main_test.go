package bench

import (
	"os"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/script"
)

// TestMain lets this binary be the worker of a script pool, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "script-worker" {
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	oneTake, ledgerTake = 5*time.Millisecond, 20*time.Millisecond
	national, bookEntries = 20, 2000
	os.Exit(m.Run())
}
