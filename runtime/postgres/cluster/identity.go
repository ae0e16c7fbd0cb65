package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	fastStop      = syscall.SIGINT
	immediateStop = syscall.SIGQUIT
)

// identity is whom the server runs as. PostgreSQL refuses to run as root, so root drops to another user or,
// where that user cannot reach the folder, to a namespace in which root goes by another number.
type identity struct {
	uid, gid  int // -1: as we are
	namespace bool
}

func chooseIdentity(dir, data, binDir string) (identity, error) {
	if os.Geteuid() != 0 {
		return identity{uid: -1, gid: -1}, nil
	}
	// Data that exists stays with the user that owns it.
	if info, err := os.Stat(data); err == nil {
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && owner.Uid != 0 {
			return identity{uid: int(owner.Uid), gid: int(owner.Gid)}, nil
		}
		if namespaceSupported {
			return identity{uid: -1, gid: -1, namespace: true}, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return identity{}, err
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if uidErr == nil && gidErr == nil && reachable(filepath.Dir(dir)) && reachable(binDir) {
			return identity{uid: uid, gid: gid}, nil
		}
	}
	if namespaceSupported {
		return identity{uid: -1, gid: -1, namespace: true}, nil
	}
	return identity{}, fmt.Errorf("PostgreSQL does not run as root, and no other user can reach both %s and %s: choose another folder or start as another user", dir, binDir)
}

// reachable is whether every user may pass through the folder and all above it.
func reachable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// own hands a path to the user that the server runs as.
func (i identity) own(path string) error {
	if i.uid < 0 {
		return nil
	}
	return os.Chown(path, i.uid, i.gid)
}

// command prepares a child in its own process group, so that an interrupt typed at the terminal reaches only us
// and the server stops after its clients.
func (i identity) command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=" + childLocale, "TZ=UTC", "HOME=" + dir}
	cmd.SysProcAttr = childAttributes()
	if i.uid >= 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(i.uid), Gid: uint32(i.gid)}
	}
	if i.namespace {
		enterNamespace(cmd.SysProcAttr)
	}
	return cmd
}
