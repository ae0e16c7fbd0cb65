package release

import (
	"encoding/json"
	"fmt"
	"runtime"
	"sync"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Build checks a catalogue and compiles every service of it. Where the findings have errors there is no release (the zero Release), and the
// last good one stays. What was found when the catalogue was loaded is the caller's: a catalogue with such errors is not for Build.
func Build(c *catalog.Catalogue) (Release, diag.List) {
	findings := check.Check(c)
	if findings.HasErrors() {
		return Release{}, findings
	}
	services := make([]Compiled, len(c.Services))
	lists := make([]diag.List, len(c.Services))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, s := range c.Services {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			services[i], lists[i] = compileService(c, s)
		})
	}
	wg.Wait()
	for _, l := range lists {
		findings.Add(l...)
	}
	reference, err := referenceOf(c)
	if err != nil {
		findings.Add(diag.New(diag.Error, "reference-data", c.Settings.Range(), "the reference data cannot be published: {problem}", "problem", err.Error()))
	}
	findings.Sort()
	if findings.HasErrors() {
		return Release{}, findings
	}
	r := Release{Catalogue: c.Settings.Code.Value, Files: make(map[string]string, len(c.Files)), Reference: reference, Services: services}
	for path, b := range c.Files {
		r.Files[path] = string(b)
	}
	return r, findings
}

// compileService makes the plan and proves that it can be loaded.
func compileService(c *catalog.Catalogue, s *catalog.Service) (Compiled, diag.List) {
	p, texts, list := compile.Compile(c, s)
	if list.HasErrors() {
		return Compiled{}, list
	}
	if _, err := machine.Load(p); err != nil {
		list.Add(diag.New(diag.Error, "plan-refused", s.Range(), "the compiled service cannot run: {problem}", "problem", err.Error()))
	}
	return Compiled{Plan: p, Texts: texts}, list
}

// version names data by its content, short enough for a state.
func version(code string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("%s: %w", code, err)
	}
	return code + "@" + plan.DigestOf(b)[:12], nil
}
