package mailbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Bounds of what is kept.
const (
	most      = 100
	mostBytes = 1 << 20
	mostTo    = 10
	wait      = 30 * time.Second // for a client
)

// Mail is one that came.
type Mail struct {
	From string
	To   []string
	At   time.Time
	Raw  []byte
}

// Mailbox is the server with what it has taken. It is safe for parallel use.
type Mailbox struct {
	server *smtp.Server
	mu     sync.Mutex
	mails  []Mail // the oldest first
}

// New makes an empty one.
func New() *Mailbox {
	b := &Mailbox{}
	b.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: b}, nil }))
	b.server.Domain, b.server.MaxMessageBytes, b.server.MaxRecipients = "localhost", mostBytes, mostTo
	b.server.ReadTimeout, b.server.WriteTimeout = wait, wait
	return b
}

// Serve takes mails until Close.
func (b *Mailbox) Serve(l net.Listener) error {
	if err := b.server.Serve(l); !errors.Is(err, smtp.ErrServerClosed) {
		return err
	}
	return nil
}

// Close takes no more.
func (b *Mailbox) Close() error { return b.server.Close() }

// Mails are those that are kept, the newest first.
func (b *Mailbox) Mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.mails)
	slices.Reverse(out)
	return out
}

func (b *Mailbox) add(m Mail) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails = append(b.mails, m)
	if len(b.mails) > most {
		b.mails = slices.Delete(b.mails, 0, len(b.mails)-most)
	}
}

// Handler shows the mails.
func (b *Mailbox) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", policy)
		_ = page.Execute(w, read(b.Mails())) // the reader went away
	})
}

// session is what one client says.
type session struct {
	box  *Mailbox
	mail Mail
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = Mail{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.mail.Raw, err = io.ReadAll(r); err != nil { // the server has bounded it
		return err
	}
	s.mail.At = time.Now()
	s.box.add(s.mail)
	return nil
}

func (s *session) Reset()        { s.mail = Mail{} }
func (s *session) Logout() error { return nil }
