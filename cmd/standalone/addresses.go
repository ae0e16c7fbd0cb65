package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// listeners are the open ports of one run. The sample servers keep their ports from run to run, since links to them live longer than a
// process: a citizen may come back from the gateway after a restart.
type listeners struct {
	web, provider, gateway, registries, operations, mailbox net.Listener
}

func (l listeners) all() []net.Listener {
	return []net.Listener{l.web, l.provider, l.gateway, l.registries, l.operations, l.mailbox}
}

func (l listeners) close() {
	for _, one := range l.all() {
		if one != nil {
			_ = one.Close()
		}
	}
}

// ports are what is remembered in the data folder.
type ports struct {
	Web        int `json:"web"`
	Provider   int `json:"provider"`
	Gateway    int `json:"gateway"`
	Registries int `json:"registries"`
	Operations int `json:"operations"`
	Mailbox    int `json:"mailbox"`
}

// free tells whether the web address can be opened, without keeping it: nobody is to be answered before everything is there.
func free(address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return fmt.Errorf("--listen %s: %w", address, err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return taken(address, err)
	}
	return l.Close()
}

// taken says what to do about a web address that cannot be opened.
func taken(address string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("the web address %s is taken by another program; name another with --listen 127.0.0.1:0", address)
	}
	return fmt.Errorf("the web address %s cannot be opened; name another with --listen: %w", address, err)
}

// listen opens the web address asked for and, on the same host, the sample servers' and the operators' ports: those of the last run, else the five after
// the web's, else any that is free.
func listen(data, address string) (_ listeners, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return listeners{}, fmt.Errorf("--listen %s: %w", address, err)
	}
	file := filepath.Join(data, "ports.json")
	last, err := lastPorts(file)
	if err != nil {
		return listeners{}, err
	}
	var l listeners
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if port == "0" && last.Web != 0 {
		l.web, _ = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(last.Web)))
	}
	if l.web == nil {
		if l.web, err = net.Listen("tcp", address); err != nil {
			return l, taken(address, err)
		}
	}
	web := portOf(l.web)
	for i, one := range []struct {
		at   *net.Listener
		last int
	}{{&l.provider, last.Provider}, {&l.gateway, last.Gateway}, {&l.registries, last.Registries}, {&l.operations, last.Operations}, {&l.mailbox, last.Mailbox}} {
		if *one.at, err = listenNear(host, one.last, web+1+i); err != nil {
			return l, err
		}
	}
	now := ports{web, portOf(l.provider), portOf(l.gateway), portOf(l.registries), portOf(l.operations), portOf(l.mailbox)}
	b, err := json.Marshal(now)
	if err != nil {
		return l, err
	}
	return l, os.WriteFile(file, b, 0o600)
}

func lastPorts(file string) (last ports, err error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &last)
	}
	return last, err
}

func listenNear(host string, wanted ...int) (net.Listener, error) {
	for _, port := range append(wanted, 0) {
		if port == 0 || port > 65535 {
			continue
		}
		if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
			return l, nil
		}
	}
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// url is where a browser on this machine finds the listener.
func url(l net.Listener) string { return "http://" + l.Addr().String() }
