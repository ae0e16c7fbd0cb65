// Package mailbox is a mail server for trying things out: it takes every mail, sends none on, keeps the last ones in memory and shows them on a page.
//
//	box := mailbox.New()
//	go box.Serve(listener)                      // SMTP, in clear
//	http.Handle("/", box.Handler())
package mailbox
