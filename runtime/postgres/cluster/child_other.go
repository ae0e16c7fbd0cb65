//go:build unix && !linux

package cluster

import "syscall"

const (
	namespaceSupported = false
	childLocale        = "C"
)

// childAttributes cannot tie the child to our life here; the next start ends a server that was left over.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func enterNamespace(*syscall.SysProcAttr) {}
