package catalog

import (
	"errors"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// SettingsFile is the file that makes a folder a catalogue.
const SettingsFile = "catalogue.yaml"

// sampleFolder holds sample people and registry data for trying a catalogue out; it is no part of the language.
const sampleFolder = "sample"

// mostFiles bounds what Load reads; a national catalogue has a few thousand files.
const mostFiles = 50_000

// Load reads a catalogue: catalogue.yaml and the folders of definitions. Files are read and decoded on all cores; the result and the
// order of the findings do not depend on that. The Catalogue is never nil; where the findings have errors it may be shown and edited, but
// must not be released. A file that cannot be read is a finding too.
func Load(fsys fs.FS) (*Catalogue, diag.List) {
	paths, list := definitionPaths(fsys)
	misspelt := slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Suggestion == SettingsFile })
	return decoded(paths, func(path string) *definition { return readDefinition(fsys, path) }, list, misspelt)
}

// Of reads a catalogue that is in memory: its files by path. It is what Load is for a folder; a file that is none of a catalogue is left out.
func Of(files map[string][]byte) (*Catalogue, diag.List) {
	var paths []string
	for path := range files {
		if IsFile(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return decoded(paths, func(path string) *definition { return parseDefinition(path, files[path]) }, nil, false)
}

// decoded makes a catalogue of what read gives of each file.
func decoded(paths []string, read func(path string) *definition, list diag.List, misspelt bool) (*Catalogue, diag.List) {
	files := make([]*definition, len(paths))
	onAllCores(len(paths), func(i int) { files[i] = read(paths[i]) })
	from := sharedOf(files)
	onAllCores(len(paths), func(i int) {
		if !files[i].shares() {
			files[i].decode(from)
		}
	})
	c := assemble(files)
	for _, f := range files {
		list.Add(f.findings...)
	}
	if c.definitionAt(SettingsFile) == nil && !misspelt {
		list.Add(noSettings())
	}
	list.Sort()
	return c, list.Once()
}

// onAllCores calls do for 0 to n-1, each once, and waits.
func onAllCores(n int, do func(i int)) {
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

// WithFile gives the catalogue as it would be with another content of one file, or without the file where content is nil. Everything else
// is shared with c, which does not change. The findings are those of that file, and of those that are made of it.
func (c *Catalogue) WithFile(name string, content []byte) (*Catalogue, diag.List) {
	i, found := slices.BinarySearchFunc(c.definitions, name, func(d *definition, n string) int { return strings.Compare(d.path, n) })
	files := slices.Clone(c.definitions)
	var list diag.List
	d := &definition{path: name}
	switch {
	case content != nil:
		d = parseDefinition(name, content)
		if found {
			files[i] = d
		} else {
			files = slices.Insert(files, i, d)
		}
	case found:
		files = slices.Delete(files, i, i+1)
	}
	switch {
	case d.shares():
		list.Add(d.findings...)
		from := sharedOf(files)
		for i, f := range files {
			if !f.shares() && (f.misses || slices.Contains(f.from, name)) {
				files[i] = f.again(from)
				list.Add(files[i].findings...)
			}
		}
	case content != nil:
		d.decode(c.shared)
		list.Add(d.findings...)
	case name == SettingsFile:
		list.Add(noSettings())
	}
	list.Sort()
	return assemble(files), list.Once()
}

func noSettings() diag.Diagnostic {
	return diag.New(diag.Error, "missing-file", diag.Range{File: SettingsFile}, "the catalogue has no {file}", "file", SettingsFile).
		WithHelp("Write it: code, title, languages, currency, time zone and calendar.")
}

// definitionPaths lists the files that belong to the language, sorted, and warns of those that look as if they should.
func definitionPaths(fsys fs.FS) ([]string, diag.List) {
	var paths []string
	var list diag.List
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			list.Add(unreadable(p, err))
			return nil
		case p != "." && strings.HasPrefix(d.Name(), "."):
			return skip(d)
		case d.IsDir():
			return enter(p, &list)
		case IsFile(p):
			paths = append(paths, p)
			if len(paths) > mostFiles {
				list.Add(diag.New(diag.Error, "too-many-files", diag.Range{}, "the catalogue has more than {most} files", "most", mostFiles).
					WithHelp("Check the folder that holds catalogue.yaml, not one above it."))
				return fs.SkipAll
			}
		case strings.Contains(p, "/"):
			list.Add(unknownFile(p))
		case strings.HasSuffix(p, ".yaml") || strings.HasSuffix(p, ".yml"):
			list.Add(misplacedFile(p))
		}
		return nil
	})
	if err != nil {
		list.Add(unreadable(".", err))
	}
	slices.Sort(paths)
	return paths, list
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// enter decides whether a folder is read. Only services may have folders below.
func enter(p string, list *diag.List) error {
	top, below, nested := strings.Cut(p, "/")
	known := slices.Contains(folders(), top)
	switch {
	case p == ".", known && !nested, top == serviceFolder:
		return nil
	case p == sampleFolder:
		return fs.SkipDir
	case known:
		list.Add(diag.New(diag.Error, "unknown-folder", diag.Range{File: p}, "the folder {folder:q} is not read: only services have folders below", "folder", below).
			WithHelp("Move its files up into {above}/.", "above", top))
	default:
		list.Add(unknownFolder(top))
	}
	return fs.SkipDir
}

// IsFile tells whether a path inside a catalogue is one at which a definition, a script or a drawing lies.
func IsFile(p string) bool {
	if p == SettingsFile {
		return true
	}
	folder, _, ok := strings.Cut(p, "/")
	if !ok || !slices.Contains(folders(), folder) {
		return false
	}
	ext := path.Ext(p)
	return ext == ".yaml" || folder == serviceFolder && ext == ".js" || folder == documentFolder && ext == imageExtension
}

// unknownFolder is a folder that nothing reads. It is an error where its name is nearly that of one that is read: what lies in it would be
// missed without a word.
func unknownFolder(name string) diag.Diagnostic {
	d := diag.New(diag.Warning, "unknown-folder", diag.Range{File: name}, "the folder {folder:q} is not read", "folder", name).
		WithSuggestion(diag.Near(name, folders())).
		WithHelp("The folders of a catalogue are {folders}, and {sample}. What is no definition lies outside.",
			"folders", strings.Join(folders(), ", "), "sample", sampleFolder)
	if d.Suggestion != "" {
		d.Severity = diag.Error
	}
	return d
}

// unknownFile is a file in a folder of definitions that none of them reads. It is an error where it surely should be one: what it declares
// would be missed without a word.
func unknownFile(p string) diag.Diagnostic {
	d := diag.New(diag.Warning, "unknown-file", diag.Range{File: p}, "this file is not read: definitions end in .yaml, scripts of services in .js, and drawings of documents in .svg").
		WithHelp("Rename it, or move it out of the catalogue.")
	ext := path.Ext(p)
	if strings.EqualFold(ext, ".yml") || strings.EqualFold(ext, ".yaml") {
		d.Severity = diag.Error
		d.Suggestion = strings.TrimSuffix(path.Base(p), ext) + ".yaml"
	}
	return d
}

// misplacedFile is a YAML file beside catalogue.yaml. It is an error where that one is misspelt.
func misplacedFile(p string) diag.Diagnostic {
	d := diag.New(diag.Warning, "unknown-file", diag.Range{File: p}, "this file is not read: it lies in no folder of definitions").
		WithSuggestion(diag.Near(p, []string{SettingsFile})).
		WithHelp("Move it into the folder of what it declares: {folders}.", "folders", strings.Join(folders(), ", "))
	if d.Suggestion != "" {
		d.Severity = diag.Error
	}
	return d
}

// unreadable leaves out the path that the operating system adds: the range has it.
func unreadable(p string, err error) diag.Diagnostic {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return diag.New(diag.Error, "unreadable-file", diag.Range{File: p}, "the file cannot be read: {why}", "why", err.Error())
}
