package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	folderPrefix = "diwan-pgtest-"
	// abandoned is the age from which a folder may be taken for left over: far longer than any test runs.
	abandoned = time.Hour
)

// sweep removes what killed test processes left behind. A folder whose lock is held belongs to a living one.
func sweep(temp string) {
	folders, _ := filepath.Glob(filepath.Join(temp, folderPrefix+"*")) // the only error is a bad pattern
	for _, dir := range folders {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < abandoned {
			continue
		}
		lock, err := os.Open(filepath.Join(dir, "pg", "lock"))
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir) // what cannot be removed is somebody else's
		}
		_ = lock.Close()
	}
}
