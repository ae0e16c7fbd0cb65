package catalog_test

import (
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

const samples = "../samples/palestine"

func lines(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

func TestTheSampleCatalogueLoads(t *testing.T) {
	c, list := catalog.Load(os.DirFS(samples))
	if len(list) > 0 {
		t.Fatal(lines(list))
	}
	s := c.Service("transport.driving-licence.renew")
	if s == nil || s.File != "services/transport/driving-licence-renew.yaml" || s.Title.In("en") != "Driving licence renewal" {
		t.Fatalf("%+v", s)
	}
	if registry, op := c.Operation("licensing/licence-by-number"); op == nil || registry.Code.Value != "licensing" || op.Gives.Len() != 6 {
		t.Errorf("%+v", op)
	}
	if _, op := c.Operation("licensing/nothing"); op != nil {
		t.Errorf("%+v", op)
	}
	if file, content := c.Script(s, "licence-number.js"); file != "services/transport/licence-number.js" || len(content) == 0 {
		t.Errorf("%s: %d bytes", file, len(content))
	}
	for _, name := range []string{"../interior/x.js", "driving-licence-renew.yaml", "nothing.js", ""} {
		if _, content := c.Script(s, name); content != nil {
			t.Errorf("%q was found", name)
		}
	}
	if c.Role("transport", "licensing-officer") == nil || c.Tariff("transport") == nil || c.Calendar("palestine") == nil ||
		c.Document("driving-licence") == nil || c.Registry("civil") == nil || c.Service("") != nil {
		t.Error("something is not found by its code")
	}
}

func TestWhatLoadGivesDoesNotDependOnTheOrderInWhichFilesAreRead(t *testing.T) {
	files := fstest.MapFS{"catalogue.yaml": {Data: []byte("catalogue: x\n")}}
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p") {
		files["authorities/"+name+".yaml"] = &fstest.MapFile{Data: []byte("authority: " + name + "\nwrong: 1\n")}
	}
	first, list := catalog.Load(files)
	for range 20 {
		again, other := catalog.Load(files)
		if !reflect.DeepEqual(list, other) {
			t.Fatalf("got\n%s\nand\n%s", lines(list), lines(other))
		}
		for i, a := range again.Authorities {
			if a.Code.Value != first.Authorities[i].Code.Value {
				t.Fatalf("%d: %s", i, a.Code)
			}
		}
	}
}

func TestFilesThatAreNotReadAreTold(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range strings.Fields("README.md sample/people.yaml authorities/a.yml authorities/notes.txt authorities/deep/a.yaml service/x.yaml .git/config services/a/.x.yaml services/a/b.js registries/x.js catalog.yaml") {
		files[name] = &fstest.MapFile{Data: []byte("x: 1\n")}
	}
	c, list := catalog.Load(files)
	want := `authorities/a.yml: error[unknown-file]: this file is not read: definitions end in .yaml, scripts of services in .js, and drawings of documents in .svg (did you mean "a.yaml"?)
authorities/deep: error[unknown-folder]: the folder "deep" is not read: only services have folders below
authorities/notes.txt: warning[unknown-file]: this file is not read: definitions end in .yaml, scripts of services in .js, and drawings of documents in .svg
catalog.yaml: error[unknown-file]: this file is not read: it lies in no folder of definitions (did you mean "catalogue.yaml"?)
registries/x.js: warning[unknown-file]: this file is not read: definitions end in .yaml, scripts of services in .js, and drawings of documents in .svg
service: error[unknown-folder]: the folder "service" is not read (did you mean "services"?)
`
	if got := lines(list); got != want {
		t.Errorf("got\n%s", got)
	}
	if names := c.FileNames(); !slices.Equal(names, []string{"services/a/b.js"}) || c.Settings == nil {
		t.Errorf("%v", names)
	}
}

func TestALargeFileIsRefusedBeforeItIsRead(t *testing.T) {
	files := fstest.MapFS{"catalogue.yaml": {Data: make([]byte, 3<<20)}}
	if _, list := catalog.Load(files); !strings.Contains(lines(list), "catalogue.yaml: error[too-large]") {
		t.Error(lines(list))
	}
}

func TestWithFileChangesOneFileAndLeavesTheCatalogueAsItWas(t *testing.T) {
	c, _ := catalog.Load(os.DirFS(samples))
	const code, file = "transport.driving-licence.renew", "services/transport/driving-licence-renew.yaml"
	edited, list := c.WithFile(file, []byte(strings.Replace(string(c.Files[file]), "promised: 3 working", "promised: 4 working", 1)))
	if len(list) > 0 || edited.Service(code).Promised.Value != "4 working days" || c.Service(code).Promised.Value != "3 working days" {
		t.Errorf("%s %s", edited.Service(code).Promised, lines(list))
	}
	without, _ := edited.WithFile(file, nil)
	if without.Service(code) != nil || edited.Service(code) == nil || len(without.Services) != len(c.Services)-1 {
		t.Error("the file was not left out")
	}
	broken, list := c.WithFile("authorities/new.yaml", []byte("authority: [\n"))
	if !list.HasErrors() || broken.Sound("authorities/new.yaml") || broken.Complete("authorities") || !c.Complete("authorities") {
		t.Error(lines(list))
	}
	if _, list := c.WithFile(catalog.SettingsFile, nil); !list.HasErrors() {
		t.Error("a catalogue without settings was accepted")
	}
}

type refusing struct{ fs.FS }

func (r refusing) Open(name string) (fs.File, error) {
	if name == "authorities/a.yaml" {
		return nil, &fs.PathError{Op: "open", Path: "/somewhere/on/this/machine", Err: fs.ErrPermission}
	}
	return r.FS.Open(name)
}

func TestAFileThatCannotBeReadIsAFindingWithoutThePathOfTheMachine(t *testing.T) {
	files := fstest.MapFS{"catalogue.yaml": {Data: []byte("catalogue: x\n")}, "authorities/a.yaml": {Data: []byte("x: 1\n")}}
	_, list := catalog.Load(refusing{files})
	if got := lines(list); !strings.Contains(got, "authorities/a.yaml: error[unreadable-file]") || strings.Contains(got, "machine") {
		t.Error(got)
	}
}
