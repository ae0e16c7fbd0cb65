package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/diwan-gov/diwan/runtime/mail"
)

const password = "a password of the tests"

// server is a mail server with TLS that takes mails of one user.
type server struct {
	mu     sync.Mutex
	mails  []string
	to     []string
	refuse *smtp.SMTPError // what is said to every address
	secure []bool          // whether each mail came over TLS
	port   string
	roots  *x509.CertPool
}

type session struct {
	s    *server
	conn *smtp.Conn
	in   bool
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "diwan" || pass != password {
			return smtp.ErrAuthFailed
		}
		c.in = true
		return nil
	}), nil
}
func (c *session) Mail(string, *smtp.MailOptions) error {
	if !c.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.refuse != nil {
		return c.s.refuse
	}
	c.s.to = append(c.s.to, to)
	return nil
}
func (c *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	_, secure := c.conn.TLSConnectionState()
	c.s.mails, c.s.secure = append(c.s.mails, string(b)), append(c.s.secure, secure)
	return err
}
func (c *session) Reset()        {}
func (c *session) Logout() error { return nil }

// serve starts one; first says whether TLS comes first, and without a certificate there is none at all.
func serve(t *testing.T, first, certified bool) *server {
	t.Helper()
	s := &server{roots: x509.NewCertPool()}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots.AddCert(cert)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	at := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }))
	at.Domain, at.AllowInsecureAuth = "localhost", !certified
	if certified && !first {
		at.TLSConfig = config
	}
	if first {
		l = tls.NewListener(l, config)
	}
	go func() { _ = at.Serve(l) }()
	t.Cleanup(func() { _ = at.Close() })
	return s
}

func (s *server) sender(t *testing.T, scheme, pass string) *mail.SMTP {
	t.Helper()
	sender, err := mail.New(mail.Options{Server: scheme + "://diwan@localhost:" + s.port, Password: pass, From: "Diwan <no-reply@example.gov>", Roots: s.roots})
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

var letter = mail.PaperLink("ar", "تجديد رخصة القيادة", "https://diwan.example/link/abc?lang=ar", 7, 5).For("layla@example.com")

func TestALetterIsSentOverTLSFirstOrAfterSTARTTLS(t *testing.T) {
	for scheme, first := range map[string]bool{"smtps": true, "smtp": false} {
		s := serve(t, first, true)
		if err := s.sender(t, scheme, password).Send(t.Context(), letter); err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		if len(s.mails) != 1 || !s.secure[0] || s.to[0] != "layla@example.com" {
			t.Fatalf("%s: %v, %v, %v", scheme, s.mails, s.secure, s.to)
		}
		m, err := netmail.ReadMessage(bytes.NewReader([]byte(s.mails[0])))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "تجديد رخصة القيادة: وثيقتك" || !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") || !strings.HasSuffix(m.Header.Get("Message-ID"), "@example.gov>") {
			t.Errorf("%s: %q, %v, %v", scheme, subject, m.Header, err)
		}
		if strings.Contains(s.mails[0], "attachment") {
			t.Error("something is attached")
		}
	}
}

func TestWhatWillNotBeTakenIsToldFromWhatMayBeLater(t *testing.T) {
	s := serve(t, true, true)
	sender := s.sender(t, "smtps", password)
	s.refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	if err := sender.Send(t.Context(), letter); !errors.Is(err, mail.ErrRefused) {
		t.Errorf("550: %v", err)
	}
	s.refuse = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come back later"}
	if err := sender.Send(t.Context(), letter); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("451: %v", err)
	}
	s.refuse = nil
	if err := s.sender(t, "smtps", "wrong").Send(t.Context(), letter); err == nil || errors.Is(err, mail.ErrRefused) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	s.roots = x509.NewCertPool()
	if err := s.sender(t, "smtps", password).Send(t.Context(), letter); err == nil || errors.Is(err, mail.ErrRefused) {
		t.Errorf("a stranger's certificate: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sender.Send(ended, letter); err == nil {
		t.Error("it was sent after its time")
	}
	if len(s.mails) != 0 {
		t.Errorf("%d mails were taken", len(s.mails))
	}
}

func TestAServerThatCannotBeIsRefused(t *testing.T) {
	for _, o := range []mail.Options{
		{Server: "mail.example.gov", From: "a@example.gov"}, {Server: "http://mail.example.gov", From: "a@example.gov"}, {Server: "smtp://", From: "a@example.gov"},
		{Server: "smtps://diwan:secret@mail.example.gov", From: "a@example.gov", Password: "secret"}, {Server: "smtps://mail.example.gov"},
		{Server: "smtps://diwan@mail.example.gov", From: "a@example.gov"}, {Server: "smtps://mail.example.gov", From: "a@example.gov", Password: "secret"},
		{Server: "smtps://mail.example.gov:0", From: "a@example.gov"},
	} {
		if _, err := mail.New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", o.Server, err)
		}
	}
}

func TestALetterSaysForHowLongAndHowOften(t *testing.T) {
	for _, says := range []struct {
		language        string
		days, downloads int
		want            string
	}{
		{"ar", 7, 5, "7 أيام، ويمكن تنزيل الوثيقة به 5 مرات."}, {"ar", 2, 1, "يومين، ويمكن تنزيل الوثيقة به مرة واحدة."}, {"ar", 30, 12, "30 يومًا، ويمكن تنزيل الوثيقة به 12 مرة."},
		{"en", 7, 5, "lasts 7 days, and the document can be downloaded by it 5 times."}, {"en", 1, 1, "lasts 1 day, and the document can be downloaded by it once."},
		{"kk", 7, 5, "7 күн жарамды, ол арқылы құжатты 5 рет"}, {"ru", 7, 5, "7 дней, скачать документ по ней можно 5 раз."}, {"ru", 3, 2, "3 дня, скачать документ по ней можно 2 раза."},
		{"fr", 7, 5, "7 jours et permet 5 téléchargements."}, {"fr", 1, 1, "1 jour et permet 1 téléchargement."},
	} {
		if l := mail.PaperLink(says.language, "S", "https://diwan.example", says.days, says.downloads); !strings.Contains(l.Text, says.want) || !strings.Contains(l.HTML, says.want) {
			t.Errorf("%s does not say %q: %s", says.language, says.want, l.Text)
		}
	}
}

func TestALetterIsWholeInEveryLanguage(t *testing.T) {
	const link = "https://diwan.example/link/abc?lang=xx"
	for _, language := range mail.Languages() {
		l := mail.PaperLink(language, "A & B", link, 7, 5)
		direction := map[bool]string{true: `dir="rtl"`, false: `<body dir="ltr"`}[language == "ar"]
		if l.Language != language || !strings.Contains(l.Text, "\n"+link+"\n") || !strings.Contains(l.HTML, `href="`+link+`"`) || !strings.Contains(l.HTML, direction) || strings.Contains(l.HTML, "A & B") {
			t.Errorf("%s: %s %s", language, l.Text, l.HTML)
		}
		if strings.Count(strings.TrimSpace(l.Text), "\n\n") != 4 || strings.HasSuffix(l.Subject, ": ") || strings.ContainsAny(l.Text, "{#") {
			t.Errorf("%s lacks words: %q %q", language, l.Subject, l.Text)
		}
	}
	if got := mail.PaperLink("xx", "S", link, 7, 5).Language; got != "ar" {
		t.Errorf("a language that nobody speaks here becomes %s", got)
	}
}
