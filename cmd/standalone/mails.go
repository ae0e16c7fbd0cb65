package main

import (
	"context"
	"net"

	"github.com/diwan-gov/diwan/cmd/standalone/mailbox"
	"github.com/diwan-gov/diwan/runtime/mail"
)

// startMailbox takes every mail that Diwan sends and shows it on a page of its own port. No link leads to where it is handed in, so any port will do.
func (s *standalone) startMailbox() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	box := mailbox.New()
	go func() {
		if err := box.Serve(l); err != nil {
			s.log.Error("sample mailbox", "error", err)
		}
	}()
	s.later("sample mailbox", func(context.Context) error { return box.Close() })
	s.mail = mail.Options{Server: "smtp://" + l.Addr().String(), From: "no-reply@diwan.example"}
	s.serveOn(s.listeners.mailbox, box.Handler())
	return nil
}
