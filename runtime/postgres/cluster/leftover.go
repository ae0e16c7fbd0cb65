package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopLeftOver ends a server that a killed parent left running on this data folder, and removes a
// postmaster.pid whose process number now belongs to somebody else. The caller holds the folder's lock, so a
// server found here has no living owner.
func stopLeftOver(ctx context.Context, data string) error {
	pidFile := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return fmt.Errorf("%s is not a pid file: look at it, then remove it", pidFile)
	}
	if !alive(pid) {
		return nil // postgres sees that by itself
	}
	ours, err := serves(pid, data)
	if err != nil {
		return err
	}
	if !ours {
		if err := os.Remove(pidFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{fastStop, 20 * time.Second}, {immediateStop, 10 * time.Second}} {
		_ = syscall.Kill(pid, step.signal) // fails only when it is gone already
		if awaitGone(ctx, pid, step.wait) {
			return nil
		}
	}
	return fmt.Errorf("a server from an earlier run (process %d) still has %s open and does not stop", pid, data)
}

func awaitGone(ctx context.Context, pid int, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for alive(pid) {
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
	return true
}

// alive is whether the process exists and has not merely not been waited for yet.
func alive(pid int) bool {
	if err := syscall.Kill(pid, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}

// serves is whether the process is a postgres on this data folder. It is an error when that cannot be told: a
// pid file removed under a living server would let a second one in.
func serves(pid int, data string) (bool, error) {
	// A server works in its data folder, by whatever path it was told of it.
	if here, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil {
		folder, err := os.Stat(data)
		return err == nil && os.SameFile(here, folder), err
	}
	command, err := output("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid))
	if err == nil && strings.Contains(command, "postgres -D "+data+" ") {
		return true, nil
	}
	if err != nil || strings.Contains(command, "postgres") {
		return false, fmt.Errorf("process %d may have %s open: stop it first", pid, data)
	}
	return false, nil
}
