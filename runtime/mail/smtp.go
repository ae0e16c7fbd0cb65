package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Limit bounds the sending of one letter, from the first packet to the last.
const Limit = 30 * time.Second

// stretches are the parts of a sending that the client bounds each for itself: to connect, to be greeted, to secure and sign in, and to hand over.
const stretches = 4

// ErrRefused: the mail server has said for good that it does not take this letter to this address.
var ErrRefused = errors.New("mail: the server refuses it")

// Options of an SMTP.
type Options struct {
	// Server is smtps://USER@HOST:465, where TLS comes first, or smtp://USER@HOST:587, where it must follow (STARTTLS) unless HOST is this machine. USER and the
	// port may be missing; a user's @ is written %40.
	Server   string
	Password string         // of USER
	From     string         // no-reply@example.gov, or Diwan <no-reply@example.gov>
	Roots    *x509.CertPool // who must vouch for HOST; nil = whom this machine believes
}

// SMTP sends through one mail server. It is safe for parallel use: each letter has a connection of its own.
type SMTP struct {
	host    string
	options []gomail.Option
	from    *netmail.Address
}

// New makes one; it connects to nothing yet. The error holds no password.
func New(o Options) (*SMTP, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Scheme != "smtps" && u.Scheme != "smtp" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("mail: want smtps://USER@HOST:465 or smtp://USER@HOST:587")
	}
	if _, has := u.User.Password(); has {
		return nil, errors.New("mail: a password does not belong into the address of the server")
	}
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, errors.New("mail: want the address of a sender, such as no-reply@example.gov")
	}
	if (o.Password != "") != (u.User.Username() != "") {
		return nil, errors.New("mail: a user and a password: give both or none")
	}
	port := map[string]int{"smtps": 465, "smtp": 587}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, errors.New("mail: the port of the server is none")
		}
	}
	s := &SMTP{host: u.Hostname(), from: from, options: []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(Limit / stretches), gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithHELO(domain(from.Address)),
		gomail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, RootCAs: o.Roots}),
	}}
	switch {
	case u.Scheme == "smtps":
		s.options = append(s.options, gomail.WithSSL())
	case here(u.Hostname()):
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.User.Username() != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(o.Password))
	}
	_, err = gomail.NewClient(s.host, s.options...)
	return s, err
}

// here tells whether a host is this machine.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// Send hands a letter to the server, within Limit. ErrRefused where trying again would change nothing; any other error may be gone a while later.
func (s *SMTP) Send(ctx context.Context, l Letter) error {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	if err := message.To(l.To); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	message.Subject(l.Subject)
	message.SetDate()
	message.SetMessageIDWithValue(messageID(s.from.Address))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nothing answers it
	message.SetGenHeader("Content-Language", l.Language)
	message.SetBodyString(gomail.TypeTextPlain, l.Text)
	message.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() { // that the goodbye was lost is nobody's loss
		return nil
	}
	answered := []gomail.SendErrReason{gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose}
	if said := (*gomail.SendError)(nil); errors.As(err, &said) && slices.Contains(answered, said.Reason) && said.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return fmt.Errorf("mail: %w", err)
}
