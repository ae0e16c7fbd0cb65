//go:build !linux

package script

import "syscall"

// Only Linux has the limits that production needs; elsewhere the heap watch and the kill remain.
func limitProcess() {}

func childAttributes() *syscall.SysProcAttr { return nil }
