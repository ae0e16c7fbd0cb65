package main

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// findings gives everything that is wrong with a catalogue: what reading and checking it find, and, of the services that these find no
// error in, what compiling them and running their scenarios does. It works on all cores.
func findings(c *catalog.Catalogue, loaded diag.List) diag.List {
	list := slices.Clone(loaded)
	list.Add(check.Check(c)...)
	broken := map[string]bool{}
	for _, d := range list {
		if d.Severity == diag.Error {
			broken[d.Range.File] = true
			for _, r := range d.Related {
				broken[r.Range.File] = true
			}
		}
	}
	found := make([]diag.List, len(c.Services))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(c.Services)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(c.Services); i = int(next.Add(1)) - 1 {
				if s := c.Services[i]; !broken[s.File] && c.Sound(s.File) {
					found[i] = servicetest.Run(c, s)
				}
			}
		})
	}
	wg.Wait()
	for _, l := range found {
		list.Add(l...)
	}
	list.Sort()
	return list
}
