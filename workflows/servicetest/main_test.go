package servicetest_test

import (
	"os"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog/script"
)

var pool *script.Pool

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "script-worker" { // the pool starts this program again
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	var err error
	if pool, err = script.NewPool(script.Options{Size: 1, Soft: 2 * time.Second, Hard: 5 * time.Second}); err != nil {
		panic(err)
	}
	code := m.Run()
	pool.Close()
	os.Exit(code)
}
