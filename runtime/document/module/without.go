//go:build !cgo

package module

func load(Options) (device, error) { return nil, ErrWithout }
