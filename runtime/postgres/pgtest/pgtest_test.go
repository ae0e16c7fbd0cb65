package pgtest

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

var setups atomic.Int32

func people(ctx context.Context, url string) error {
	setups.Add(1)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "create table person (name text); insert into person values ('from the template')")
	return err
}

func TestEveryTestGetsACopyOfOneTemplate(t *testing.T) {
	for range 3 {
		pool := Pool(t, people)
		if _, err := pool.Exec(t.Context(), "insert into person values ('mine')"); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := pool.QueryRow(t.Context(), "select count(*) from person").Scan(&n); err != nil || n != 2 {
			t.Errorf("%d people, %v; want the template's and mine", n, err)
		}
	}
	if setups.Load() != 1 {
		t.Errorf("setup ran %d times, want once", setups.Load())
	}
}

func TestClosureRunsForEachTest(t *testing.T) {
	for _, word := range []string{"one", "two"} {
		pool := Pool(t, func(ctx context.Context, url string) error {
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			_, err = conn.Exec(ctx, "create table said as select '"+word+"' as word")
			return err
		})
		var got string
		if err := pool.QueryRow(t.Context(), "select word from said").Scan(&got); err != nil || got != word {
			t.Errorf("word = %q, %v; want %q", got, err, word)
		}
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		if err := New(t).QueryRow(t.Context(), "select current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	var there bool
	if err := New(t).QueryRow(t.Context(), "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil || there {
		t.Errorf("database %s is there: %v, %v", name, there, err)
	}
}

func TestSweepTakesOnlyAbandonedFolders(t *testing.T) {
	temp := t.TempDir()
	folder := func(name string, age time.Duration) string {
		dir := filepath.Join(temp, folderPrefix+name)
		if err := os.MkdirAll(filepath.Join(dir, "pg"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pg", "lock"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(dir, then, then); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	old, young, held := folder("old", 2*time.Hour), folder("young", time.Minute), folder("held", 2*time.Hour)
	lock, err := os.Open(filepath.Join(held, "pg", "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	sweep(temp)
	for dir, want := range map[string]bool{old: false, young: true, held: true} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", dir, err == nil, want)
		}
	}
}
