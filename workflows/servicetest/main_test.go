package servicetest_test

import (
	"os"
	"testing"

	"github.com/diwan-gov/diwan/catalog/script"
)

var pool *script.Pool

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "script-worker" { // the pool starts this program again
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	var err error
	if pool, err = script.NewPool(script.Options{Size: 1}); err != nil {
		panic(err)
	}
	code := m.Run()
	pool.Close()
	os.Exit(code)
}
