package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	yaml "gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// national is how many services a country's catalogue has; tests, which want no figure, take fewer.
var national = 1400

// manyTakes is how often a whole catalogue is measured; the figure is the median.
const manyTakes = 3

var serviceLine = regexp.MustCompile(`(?m)^service: \S+`)

// nationalCatalogue repeats the sample services, each under a code of its own, until there are n of them, all in memory.
func nationalCatalogue(n int) (fstest.MapFS, error) {
	out := fstest.MapFS{}
	var services []string
	err := fs.WalkDir(os.DirFS(samples), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "sample/") {
			return err
		}
		b, err := os.ReadFile(path.Join(samples, name))
		if err != nil {
			return err
		}
		out[name] = &fstest.MapFile{Data: b}
		if serviceLine.Match(b) && strings.HasPrefix(name, "services/") {
			services = append(services, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(services) == 0 {
		return nil, errors.New("the sample catalogue has no services")
	}
	slices.Sort(services)
	for i := range n - len(services) {
		name := services[i%len(services)]
		copied := serviceLine.ReplaceAllFunc(out[name].Data, func(line []byte) []byte { return fmt.Appendf(slices.Clip(line), "-%d", i) })
		out[strings.TrimSuffix(name, ".yaml")+fmt.Sprintf("-%d.yaml", i)] = &fstest.MapFile{Data: copied}
	}
	return out, nil
}

// catalogueOf is a national catalogue of n services, read.
func catalogueOf(n int) (*catalog.Catalogue, error) {
	files, err := nationalCatalogue(n)
	if err != nil {
		return nil, err
	}
	c, found := catalog.Load(files)
	if found.HasErrors() {
		return nil, errors.New(found[0].Summary)
	}
	return c, nil
}

// catalogueCheck reads and checks a national catalogue from cold, and one service of it after an edit, as an editor does.
func catalogueCheck(_ context.Context, r *report) error {
	files, err := nationalCatalogue(national)
	if err != nil {
		return err
	}
	var parsing, checking []time.Duration
	var c *catalog.Catalogue
	before := heap()
	for range manyTakes {
		began := time.Now()
		if err := parseAll(files); err != nil {
			return err
		}
		parsing = append(parsing, time.Since(began))
		began = time.Now()
		loaded, list := catalog.Load(files)
		list.Add(check.Check(loaded)...)
		checking = append(checking, time.Since(began))
		if list.HasErrors() || len(loaded.Services) != national {
			return fmt.Errorf("%d services, %d findings", len(loaded.Services), len(list))
		}
		c = loaded
	}
	r.figure("check.catalogue_s", median(checking).Seconds(), "s")
	r.figure("check.ratio_to_parse", median(checking).Seconds()/median(parsing).Seconds(), "ratio")
	r.figure("check.heap_mb", float64(heap()-before)/1e6, "MB")
	return oneEdit(r, c)
}

// parseAll is what there is to compare with: the same files through yaml.v3 and nothing more, on all cores too.
func parseAll(files fstest.MapFS) error {
	var names []string
	for name := range files {
		if path.Ext(name) == ".yaml" {
			names = append(names, name)
		}
	}
	return onAll(names, func(name string) error {
		var n yaml.Node
		return yaml.Unmarshal(files[name].Data, &n)
	})
}

func oneEdit(r *report, c *catalog.Catalogue) error {
	file := c.Service(service).File
	text := c.Files[file]
	other := append(slices.Clone(text), "# edited\n"...)
	edits := 0
	took, err := perCall(func() error {
		content := text
		if edits++; edits%2 == 1 {
			content = other
		}
		changed, list := c.WithFile(file, content)
		list.Add(check.Service(changed, changed.Service(service))...)
		if list.HasErrors() {
			return errors.New(list[0].Summary)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("check.one_edit_ms", millis(took), "ms")
	return nil
}

// catalogueCompile compiles every service of a national catalogue, on all cores.
func catalogueCompile(_ context.Context, r *report) error {
	c, err := loadNational()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := onAll(c.Services, func(s *catalog.Service) error {
		if p, _, list := compile.Compile(c, s); p == nil {
			return fmt.Errorf("%s: %s", s.Code, list[0].Summary)
		}
		return nil
	}); err != nil {
		return err
	}
	r.figure("compile.catalogue_s", time.Since(began).Seconds(), "s")
	return nil
}

// scenarios runs all scenarios of a national catalogue on all cores; compiling each service once is part of it.
func scenarios(_ context.Context, r *report) error {
	c, err := loadNational()
	if err != nil {
		return err
	}
	pool, err := script.NewPool(script.Options{Size: runtime.GOMAXPROCS(0)})
	if err != nil {
		return err
	}
	defer pool.Close()
	suite := servicetest.New(c, pool)
	var ran atomic.Int64
	began := time.Now()
	if err := onAll(c.Services, func(s *catalog.Service) error {
		report := suite.Service(s, nil)
		ran.Add(int64(len(report.Results)))
		if list := report.Findings(); list.HasErrors() {
			return fmt.Errorf("%s: %s", s.Code, list[0].Summary)
		}
		return nil
	}); err != nil {
		return err
	}
	r.figure("scenarios.per_s", float64(ran.Load())/time.Since(began).Seconds(), "/s")
	return nil
}

func loadNational() (*catalog.Catalogue, error) {
	files, err := nationalCatalogue(national)
	if err != nil {
		return nil, err
	}
	c, list := catalog.Load(files)
	if list.HasErrors() {
		return nil, errors.New(list[0].Summary)
	}
	return c, nil
}

// onAll does do for everything, on all cores, until one of them meets an error.
func onAll[T any](all []T, do func(T) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	for worker := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all) && errs[worker] == nil; i = int(next.Add(1)) - 1 {
				errs[worker] = do(all[i])
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
