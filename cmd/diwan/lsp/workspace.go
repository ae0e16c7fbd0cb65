package lsp

import (
	"context"
	"os"
	"path"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// workspace is one catalogue in which documents are open, as it stands in the editor.
type workspace struct {
	root      string
	catalogue *catalog.Catalogue
	loaded    diag.List // what reading the files has found
	findings  diag.List // everything

	touched    map[string]bool // files that have changed since they were checked
	changed    time.Time       // when the last of them did
	whole      bool            // the whole catalogue has to be checked
	checking   bool            // it is being checked
	generation int             // counts the changes of the catalogue
	published  map[string]string
}

// verdict is what a check of the whole catalogue has found.
type verdict struct {
	workspace  *workspace
	generation int
	findings   diag.List
}

// workspace gives the catalogue at root, which is read when it is needed first.
func (s *Server) workspace(root string) *workspace {
	if w := s.workspaces[root]; w != nil {
		return w
	}
	c, loaded := catalog.Load(os.DirFS(root))
	w := &workspace{root: root, catalogue: c, loaded: loaded, findings: slices.Clone(loaded), touched: map[string]bool{}, whole: true, published: map[string]string{}}
	s.workspaces[root] = w
	return w
}

// touch notes that a file has changed.
func (w *workspace) touch(inside string) {
	w.touched[inside] = true
	w.changed = time.Now()
}

// due is when something is to be done, if anything is.
func (w *workspace) due() (time.Time, bool) {
	switch {
	case len(w.touched) > 0:
		return w.changed.Add(afterTyping), true
	case w.whole && !w.checking:
		return w.changed.Add(afterChanges), true
	}
	return time.Time{}, false
}

// work does what is due: it checks the files that have changed, and begins to check the whole.
func (s *Server) work(ctx context.Context) {
	now := time.Now()
	for _, w := range s.workspaces {
		if due, pending := w.due(); !pending || due.After(now) {
			continue
		}
		if len(w.touched) > 0 {
			s.guard("check", func() { s.update(w) })
			continue
		}
		w.checking = true
		generation, c, loaded := w.generation, w.catalogue, slices.Clone(w.loaded)
		s.background.Go(func() {
			v := verdict{workspace: w, generation: generation}
			s.guard("check", func() { v.findings = s.opt.Findings(c, loaded) })
			select {
			case s.checked <- v:
			case <-ctx.Done():
			}
		})
	}
}

// settle takes a verdict over the whole; one that has been overtaken by changes is asked for again.
func (s *Server) settle(v verdict) {
	w := v.workspace
	w.checking = false
	if v.generation != w.generation {
		return
	}
	w.whole = false
	w.findings = v.findings
	s.publish(w)
}

// update takes the files that have changed into the catalogue and checks what can be checked at once.
func (s *Server) update(w *workspace) {
	files := w.touched
	w.touched = map[string]bool{}
	for _, file := range sortedKeys(files) {
		content, _ := s.content(w, file)
		before := w.catalogue
		if catalog.Declares(file) == nil && path.Ext(file) != ".js" && path.Ext(file) != ".svg" {
			continue
		}
		if have, known := before.Files[file]; known != (content != nil) || string(have) != string(content) {
			var found diag.List
			w.catalogue, found = before.WithFile(file, content)
			// What is made of the file, as a service of its blueprint, was read again too.
			again := func(other string) bool {
				return other == file || slices.Contains(before.MadeOf(other), file) || slices.Contains(w.catalogue.MadeOf(other), file)
			}
			w.loaded = append(slices.DeleteFunc(slices.Clone(w.loaded), func(d diag.Diagnostic) bool { return again(d.Range.File) }), found...)
			w.generation++
		}
		if path.Ext(file) == ".svg" { // any document may show it
			w.whole = true
			continue
		}
		if path.Ext(file) == ".js" {
			for _, service := range w.catalogue.Services {
				if path.Dir(service.File) == path.Dir(file) {
					w.check(s, service.File)
				}
			}
			continue
		}
		broken := brokenFiles(w.findings, file)
		w.check(s, file)
		if codeOf(before, file) != codeOf(w.catalogue, file) || codeOf(w.catalogue, file) == "" || !slices.Equal(broken, brokenFiles(w.findings, file)) {
			w.whole = true
		}
	}
	s.publish(w)
}

// check renews the findings of one file.
func (w *workspace) check(s *Server, file string) {
	concerns := func(d diag.Diagnostic) bool {
		return d.Range.File == file || slices.ContainsFunc(d.Related, func(r diag.Related) bool { return r.Range.File == file })
	}
	list := slices.DeleteFunc(slices.Clone(w.findings), concerns)
	var own diag.List
	for _, d := range append(slices.Clone(w.loaded), check.Shared(w.catalogue)...) {
		if concerns(d) {
			own.Add(d)
		}
	}
	list.Add(own...)
	if service := serviceAt(w.catalogue, file); service != nil {
		list.Add(s.opt.Service(w.catalogue, service, list)...)
	}
	list.Sort()
	w.findings = list.Once()
}

// brokenFiles are the files with errors, but for one.
func brokenFiles(list diag.List, but string) []string {
	var out []string
	for _, d := range list {
		if d.Severity == diag.Error && d.Range.File != but {
			out = append(out, d.Range.File)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func serviceAt(c *catalog.Catalogue, file string) *catalog.Service {
	i := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == file })
	if i < 0 {
		return nil
	}
	return c.Services[i]
}

// codeOf is the code of the service in a file, or "".
func codeOf(c *catalog.Catalogue, file string) string {
	if s := serviceAt(c, file); s != nil {
		return s.Code.Value
	}
	return ""
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
