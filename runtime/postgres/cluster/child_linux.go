package cluster

import "syscall"

const (
	namespaceSupported = true
	childLocale        = "C.UTF-8"
	// namespaceUser is root's number inside the namespace: nobody's, by custom.
	namespaceUser = 65534
)

// childAttributes makes the child die with us: the system sends it the signal for an immediate stop.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: immediateStop}
}

func enterNamespace(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags = syscall.CLONE_NEWUSER
	attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: namespaceUser, HostID: 0, Size: 1}}
	attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: namespaceUser, HostID: 0, Size: 1}}
	attributes.Credential = &syscall.Credential{Uid: namespaceUser, Gid: namespaceUser, NoSetGroups: true}
}
