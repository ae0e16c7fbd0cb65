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
	list, sound := checked(c, loaded)
	scripts := new(lazyPool)
	defer scripts.Close()
	suite := servicetest.New(c, scripts)
	found := make([]diag.List, len(sound))
	each(len(sound), func(i int) {
		report := suite.Service(sound[i], nil)
		found[i] = report.Findings()
	})
	for _, l := range found {
		list.Add(l...)
	}
	list.Sort()
	return list.Once()
}

// checked gives what reading and checking a catalogue find, and the services that can be compiled.
func checked(c *catalog.Catalogue, loaded diag.List) (list diag.List, sound []*catalog.Service) {
	list = slices.Clone(loaded)
	list.Add(check.Check(c)...)
	broken := brokenBy(list)
	for _, s := range c.Services {
		if !broken[s.File] && c.Sound(s.File) && !rests(c, s, broken) {
			sound = append(sound, s)
		}
	}
	return list, sound
}

// each does do for 0 to n-1 on all cores, in no order.
func each(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// brokenBy are the files with errors, or with a cause of one.
func brokenBy(list diag.List) map[string]bool {
	broken := map[string]bool{}
	for _, d := range list {
		if d.Severity == diag.Error {
			broken[d.Range.File] = true
			for _, r := range d.Related {
				broken[r.Range.File] = true
			}
		}
	}
	return broken
}

// rests tells whether something that s names is broken: what its plan and its scenarios would show then is no fault of its own.
func rests(c *catalog.Catalogue, s *catalog.Service, broken map[string]bool) bool {
	named := append([]string{catalog.SettingsFile}, c.MadeOf(s.File)...)
	if a := c.Authority(s.Authority.Value); a != nil {
		named = append(named, a.Head().File)
	}
	if k := c.Calendar(c.Settings.Calendar.Value); k != nil {
		named = append(named, k.Head().File)
	}
	if t := c.Tariff(s.Tariff.Value); t != nil {
		named = append(named, t.Head().File)
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		if step.Ask.Value != "" {
			r, _ := c.Operation(step.Ask.Value)
			if r == nil {
				return true
			}
			named = append(named, r.Head().File)
		}
		if step.Issue.Value != "" {
			d := c.Document(step.Issue.Value)
			if d == nil {
				return true
			}
			named = append(named, d.Head().File)
		}
	}
	return slices.ContainsFunc(named, func(file string) bool { return broken[file] })
}
