package app

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
)

const (
	tariffFile = "tariffs/transport.yaml"
	healthFile = "services/health/insurance-renew.yaml"
)

// folders is a platform to which folders and changes are released.
type folders struct {
	t    *testing.T
	pool *pgxpool.Pool
	keys *releasetest.Keys
}

func newFolders(t *testing.T) *folders {
	t.Helper()
	f := &folders{t: t, pool: pgtest.Migrated(t)}
	var err error
	if f.keys, err = releasetest.NewKeys(); err != nil {
		t.Fatal(err)
	}
	return f
}

// folder is the samples with other words in some files.
func (f *folders) folder(edits ...[3]string) fstest.MapFS {
	f.t.Helper()
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	out := fstest.MapFS{}
	for path, body := range c.Files {
		out[path] = &fstest.MapFile{Data: body}
	}
	for _, e := range edits {
		out[e[0]] = &fstest.MapFile{Data: f.edited(out[e[0]].Data, e)}
	}
	return out
}

func (f *folders) edited(body []byte, e [3]string) []byte {
	f.t.Helper()
	if !bytes.Contains(body, []byte(e[1])) {
		f.t.Fatalf("%s has no %q", e[0], e[1])
	}
	return bytes.Replace(body, []byte(e[1]), []byte(e[2]), 1)
}

// releases releases a folder, and gives what it was refused for.
func (f *folders) releases(folder fstest.MapFS) (why *Refused) {
	f.t.Helper()
	if err := publish(f.t.Context(), f.pool, f.keys, folder, func(r *Refused) { why = r }); err != nil {
		f.t.Fatal(err)
	}
	return why
}

// changes releases an edit of what is live by a change.
func (f *folders) changes(e [3]string) {
	f.t.Helper()
	files := bodies(f.files())
	files[e[0]] = f.edited(files[e[0]], e)
	c, _ := catalog.Of(files)
	built, list := release.Build(c)
	if list.HasErrors() {
		f.t.Fatal(list)
	}
	f.puts(built, release.Change)
}

func (f *folders) puts(built release.Release, way release.Way) {
	f.t.Helper()
	if err := postgres.InTx(f.t.Context(), f.pool, func(tx pgx.Tx) error {
		id, err := release.Keep(f.t.Context(), tx, f.keys, built)
		if err == nil {
			_, err = release.Publish(f.t.Context(), tx, id, release.Publication{Way: way, Actor: "test"})
		}
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folders) head() release.Head {
	f.t.Helper()
	head, err := release.Current(f.t.Context(), f.pool)
	if err != nil {
		f.t.Fatal(err)
	}
	return head
}

func (f *folders) files() map[string]string {
	f.t.Helper()
	files, err := release.Files(f.t.Context(), f.pool, f.head().ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return files
}

func TestAFolderIsJoinedWithWhatWasReleasedBesideIt(t *testing.T) {
	f := newFolders(t)
	if why := f.releases(f.folder()); why != nil {
		t.Fatal(why)
	}
	f.changes([3]string{healthFile, "\n", "\n# looked through\n"})
	edited := [3]string{tariffFile, "licencePerYear: 50.00", "licencePerYear: 55.00"}
	if why := f.releases(f.folder(edited)); why != nil {
		t.Fatal(why)
	}
	live := f.files()
	if !strings.Contains(live[tariffFile], "55.00") || !strings.Contains(live[healthFile], "# looked through") || f.head().Way != release.Folder {
		t.Errorf("%+v", f.head())
	}

	// The same folder again does nothing, also after what it brought was changed back: every process that starts brings its folder.
	before := f.head().Publication
	f.releases(f.folder(edited))
	if now := f.head().Publication; now != before {
		t.Errorf("published again: %d", now)
	}
	f.changes([3]string{tariffFile, "licencePerYear: 55.00", "licencePerYear: 50.00"})
	f.releases(f.folder(edited))
	if live := f.files(); !strings.Contains(live[tariffFile], "licencePerYear: 50.00") {
		t.Error("a folder that was released takes back what was released since")
	}

	// What both have changed is refused with the place, and nothing is done.
	f.changes([3]string{tariffFile, "lateCap: 120.00", "lateCap: 125.00"})
	before = f.head().Publication
	why := f.releases(f.folder(edited, [3]string{tariffFile, "lateCap: 120.00", "lateCap: 140.00"}))
	if why == nil || !strings.Contains(why.Error(), "diwan pull") || !strings.Contains(why.Error(), tariffFile+": amounts › lateCap") || f.head().Publication != before {
		t.Fatalf("%v", why)
	}
	if live := f.files(); !strings.Contains(live[tariffFile], "125.00") {
		t.Error("it was released all the same")
	}

	// A folder that was pulled since rests on what it was pulled of.
	pulled := fstest.MapFS{releaseFile: {Data: []byte(strconv.FormatInt(f.head().ID, 10) + "\n")}}
	for path, text := range f.files() {
		pulled[path] = &fstest.MapFile{Data: []byte(text)}
	}
	pulled[tariffFile] = &fstest.MapFile{Data: f.edited(pulled[tariffFile].Data, [3]string{tariffFile, "lateCap: 125.00", "lateCap: 140.00"})}
	if why := f.releases(pulled); why != nil {
		t.Fatal(why)
	}
	if live := f.files(); !strings.Contains(live[tariffFile], "140.00") || !strings.Contains(live[tariffFile], "licencePerYear: 50.00") || !strings.Contains(live[healthFile], "# looked through") {
		t.Errorf("%s", live[tariffFile])
	}
	// And from then on it says nothing more: the folder as it was released is what the next one is compared with.
	f.changes([3]string{tariffFile, "lateCap: 140.00", "lateCap: 141.00"})
	pulled[healthFile] = &fstest.MapFile{Data: append(bytes.Clone(pulled[healthFile].Data), "# again\n"...)}
	if why := f.releases(pulled); why != nil {
		t.Fatal(why)
	}
	if live := f.files(); !strings.Contains(live[tariffFile], "141.00") || !strings.Contains(live[healthFile], "# again") {
		t.Errorf("%s", live[tariffFile])
	}
}

func TestWhatIsLiveIsCompiledAnewWithoutAFolder(t *testing.T) {
	f := newFolders(t)
	if err := recompile(t.Context(), f.pool, f.keys); err == nil {
		t.Error("something is live before anything was released")
	}
	f.releases(f.folder())
	first := f.head()
	if err := recompile(t.Context(), f.pool, f.keys); err != nil || f.head().Publication != first.Publication {
		t.Errorf("%+v %v", f.head(), err)
	}
	// An older program has made something else of the same definitions, of which some came by a change.
	files := f.files()
	files[healthFile] += "# looked through\n"
	c, _ := catalog.Of(bodies(files))
	old, list := release.Build(c)
	if list.HasErrors() {
		t.Fatal(list)
	}
	plan := *old.Services[0].Plan
	plan.Currency = "OLD"
	old.Services[0].Plan = &plan
	f.puts(old, release.Change)
	older := f.head()
	if err := recompile(t.Context(), f.pool, f.keys); err != nil {
		t.Fatal(err)
	}
	if now := f.head(); now.ID == older.ID || !strings.Contains(f.files()[healthFile], "# looked through") {
		t.Errorf("%+v", now)
	}
	store, err := release.Open(t.Context(), f.pool, f.keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range store.Services() {
		if s.Plan.Currency == "OLD" {
			t.Error(s.Service)
		}
	}
	// The folder is what it was: releasing it again takes nothing back.
	f.releases(f.folder())
	if !strings.Contains(f.files()[healthFile], "# looked through") {
		t.Error("a folder takes back what came by a change")
	}
}
