package app

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	neturl "net/url"
	"os"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/clamd"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/mail"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/temporal"
)

// Variable is one setting of a process that is a part: an environment variable.
type Variable struct {
	Name, Means string
	Default     string // "" where there is none
	Optional    bool
	Secret      bool // may also be read from the file that the variable with _FILE behind its name names
	WebOnly     bool
	Release     bool // who publishes a catalogue needs it too
	set         func(*settings, string) error
}

// settings are what variables are put into.
type settings struct {
	Config
	Addresses
	ca, cert, key string
}

// DatabaseVariable names the database.
const DatabaseVariable = "DIWAN_DATABASE_URL"

// Variables are all of them, in the order in which they are shown.
func Variables() []Variable {
	into := func(at func(*settings) *string) func(*settings, string) error {
		return func(s *settings, v string) error { *at(s) = v; return nil }
	}
	return slices.Concat([]Variable{
		{Name: DatabaseVariable, Means: "the database, such as postgres://diwan@db/diwan?sslmode=verify-full", Secret: true, Release: true, set: into(func(s *settings) *string { return &s.Database })},
		{Name: "DIWAN_PUBLIC_URL", Means: "where citizens find the pages, such as https://services.example.gov", set: setPublicURL},
		{Name: "DIWAN_LISTEN", Means: "address of the pages and the API, in clear: a proxy stands before it", Default: "127.0.0.1:8080", WebOnly: true, set: into(func(s *settings) *string { return &s.Web })},
		{Name: "DIWAN_OPERATIONS", Means: "address of /metrics, /healthz and /readyz, which citizens do not reach", Default: "127.0.0.1:9090", set: into(func(s *settings) *string { return &s.Operations })},
		{Name: "DIWAN_TEMPORAL", Means: "host and port of Temporal", set: into(func(s *settings) *string { return &s.Temporal.HostPort })},
		{Name: "DIWAN_TEMPORAL_NAMESPACE", Means: "namespace in it", Default: "diwan", set: into(func(s *settings) *string { return &s.Temporal.Namespace })},
		{Name: "DIWAN_TEMPORAL_KEYS", Means: "keys that encrypt what passes through Temporal: an ID, a space and 32 bytes in base64 a line, the newest first", Secret: true, set: setTemporalKeys},
		{Name: "DIWAN_TEMPORAL_CA", Means: "PEM file of who vouches for Temporal; it lets the connection be TLS", Optional: true, set: into(func(s *settings) *string { return &s.ca })},
		{Name: "DIWAN_TEMPORAL_CERT", Means: "PEM file of our certificate for Temporal", Optional: true, set: into(func(s *settings) *string { return &s.cert })},
		{Name: "DIWAN_TEMPORAL_KEY", Means: "PEM file of its key", Optional: true, set: into(func(s *settings) *string { return &s.key })},
		{Name: "DIWAN_FILES", Means: "folder of uploads and papers, which every process shares, or a private bucket: s3://BUCKET/PREFIX", set: setFiles},
		{Name: "DIWAN_S3", Means: "the S3 of that bucket, such as https://s3.example.gov", Optional: true, set: into(func(s *settings) *string { return &s.S3.Endpoint })},
		{Name: "DIWAN_S3_REGION", Means: "region of the bucket, where the S3 wants it said", Optional: true, set: into(func(s *settings) *string { return &s.S3.Region })},
		{Name: "DIWAN_S3_ID", Means: "ID of our key there", Optional: true, Secret: true, set: into(func(s *settings) *string { return &s.S3.ID })},
		{Name: "DIWAN_S3_SECRET", Means: "and its secret", Optional: true, Secret: true, set: into(func(s *settings) *string { return &s.S3.Secret })},
		{Name: "DIWAN_S3_CA", Means: "PEM file of who vouches for that S3", Optional: true, set: setS3CA},
		{Name: "DIWAN_FILES_KEYS", Means: "keys that wrap the key of every file: 32 bytes in base64 a line, the newest first", Secret: true, set: setMasters},
		{Name: "DIWAN_CLAMD", Means: "the ClamAV daemon that scans uploads, unix:/run/clamav/clamd.ctl or tcp://clamd:3310; without it they are not scanned", Optional: true, set: setClamd},
		{Name: "DIWAN_SIGNING_KEYS", Means: "PEM file of the P-256 keys that sign papers and releases, the newest first, each with its certificate and those above it behind it", Release: true, set: setSigning},
	}, moduleVariables(), []Variable{
		{Name: "DIWAN_TIME_STAMPS", Means: "URL of the authority that gives papers their time-stamps (RFC 3161)", Optional: true, set: setStamps},
		{Name: "DIWAN_TIME_STAMPS_CA", Means: "PEM file of who vouches for it", Optional: true, set: setStampsCA},
		{Name: "DIWAN_SIGN_IN_ISSUER", Means: "the OpenID Connect provider", WebOnly: true, set: into(func(s *settings) *string { return &s.SignIn.Issuer })},
		{Name: "DIWAN_SIGN_IN_CLIENT", Means: "our name there", WebOnly: true, set: into(func(s *settings) *string { return &s.SignIn.ClientID })},
		{Name: "DIWAN_SIGN_IN_SECRET", Means: "our secret there", Secret: true, WebOnly: true, set: into(func(s *settings) *string { return &s.SignIn.ClientSecret })},
		{Name: "DIWAN_STRIPE_KEY", Means: "our key at Stripe; DIWAN_GATEWAY_… may be left out then", Optional: true, Secret: true, set: into(func(s *settings) *string { return &s.Stripe.Key })},
		{Name: "DIWAN_STRIPE_SECRETS", Means: "with which Stripe signs what it reports, one a line, the current one first", Optional: true, Secret: true, set: setStripeSecrets},
		{Name: "DIWAN_PAY_AT", Means: "where can be paid, stripe, gateway or both: stripe gateway lets the payer choose, and takes the first where nobody does; what was opened at another one that is configured is asked about and given back there. Without it stripe, and without that gateway", Optional: true, set: setPayAt},
		{Name: "DIWAN_GATEWAY_URL", Means: "the payment gateway", set: setGateway},
		{Name: "DIWAN_GATEWAY_ORIGIN", Means: "where its pages are, if elsewhere, such as https://pay.example", Optional: true, set: into(func(s *settings) *string { return &s.Gateway.Origin })},
		{Name: "DIWAN_GATEWAY_KEY", Means: "our key at the gateway", Secret: true, set: into(func(s *settings) *string { return &s.Gateway.Key })},
		{Name: "DIWAN_GATEWAY_SECRET", Means: "with which the gateway signs what it reports", Secret: true, set: into(func(s *settings) *string { return &s.Gateway.Secret })},
		{Name: "DIWAN_BILLER", Means: "our number at the banks and wallets of DIWAN_BILL_PAYERS: one to seven digits, with which every reference begins", Optional: true, set: into(func(s *settings) *string { return &s.Bills.Biller })},
		{Name: "DIWAN_BILL_PAYERS", Means: `banks and wallets that take bills by their reference, with their keys, the current one first: {"bank": ["…"]}`, Optional: true, Secret: true, set: setBillPayers},
		{Name: "DIWAN_BANK_STATEMENTS", Means: "folder of the bank's statements, such as 2026-11-21.xml (camt.053) or .csv: what tills have brought to the bank is compared with them", Optional: true, set: into(func(s *settings) *string { return &s.Bank })},
		{Name: "DIWAN_SMTP", Means: "the mail server that sends links to papers, smtps://USER@HOST:465, or smtp://USER@HOST:587 where STARTTLS must follow; nothing goes in clear but to this machine. Without it nobody is offered a link", Optional: true, set: into(func(s *settings) *string { return &s.Mail.Server })},
		{Name: "DIWAN_SMTP_PASSWORD", Means: "password of that USER", Optional: true, Secret: true, set: into(func(s *settings) *string { return &s.Mail.Password })},
		{Name: "DIWAN_SMTP_CA", Means: "PEM file of who vouches for that server, where this machine does not know", Optional: true, set: setMailCA},
		{Name: "DIWAN_MAIL_FROM", Means: "from whom the mails come, such as no-reply@example.gov", Optional: true, set: into(func(s *settings) *string { return &s.Mail.From })},
		{Name: "DIWAN_REGISTRIES", Means: `where each registry is: {"licensing": {"url": "https://…", "key": "…"}}`, Secret: true, set: setRegistries},
	})
}

// moduleVariables are those that who makes a key needs too.
func moduleVariables() []Variable {
	return []Variable{
		{Name: "DIWAN_PKCS11", Means: "library by which the token is reached where signing keys lie, such as /usr/lib/softhsm/libsofthsm2.so, where any do", Optional: true, Release: true, set: func(s *settings, v string) error { s.Module.Library = v; return nil }},
		{Name: "DIWAN_PKCS11_PIN", Means: "PIN of its user; a wrong one is shown to it once, since tokens lock themselves", Optional: true, Secret: true, Release: true, set: func(s *settings, v string) error { s.Module.PIN = v; return nil }},
	}
}

// FromEnvironment reads the configuration of a part. The error names every variable that is missing or wrong, and holds no secret.
func FromEnvironment(part Part, lookup func(name string) (string, bool)) (Config, Addresses, error) {
	s := &settings{Config: Config{Part: part}}
	var wrong []error
	for _, v := range Variables() {
		if v.WebOnly && part == Worker {
			continue
		}
		if s.Stripe.Key != "" && strings.HasPrefix(v.Name, "DIWAN_GATEWAY_") {
			v.Optional = true
		}
		if err := v.into(s, lookup); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := s.secure(); err != nil {
		wrong = append(wrong, err)
	}
	if err := s.bucket(); err != nil {
		wrong = append(wrong, err)
	}
	if (s.Stripe.Key == "") != (len(s.Stripe.Secrets) == 0) {
		wrong = append(wrong, errors.New("DIWAN_STRIPE_KEY and DIWAN_STRIPE_SECRETS: give both or none"))
	}
	if g := s.Gateway; (g.URL == "") != (g.Key == "") || (g.URL == "") != (g.Secret == "") {
		wrong = append(wrong, errors.New("DIWAN_GATEWAY_URL, DIWAN_GATEWAY_KEY and DIWAN_GATEWAY_SECRET: give all or none"))
	}
	if slices.Contains(s.PayAt, ledger.Stripe) && s.Stripe.Key == "" || slices.Contains(s.PayAt, ledger.Gateway) && s.Gateway.URL == "" {
		wrong = append(wrong, errors.New("DIWAN_PAY_AT: names a provider that is not configured"))
	}
	if s.Mail.Server != "" || s.Mail.From != "" || s.Mail.Password != "" {
		if _, err := mail.New(s.Mail); err != nil {
			wrong = append(wrong, fmt.Errorf("DIWAN_SMTP, DIWAN_SMTP_PASSWORD and DIWAN_MAIL_FROM: %w", err))
		}
	}
	if (s.Bills.Biller == "") != (len(s.Bills.Payers) == 0) {
		wrong = append(wrong, errors.New("DIWAN_BILLER and DIWAN_BILL_PAYERS: give both or none"))
	}
	if s.Gateway.Origin == "" && s.Gateway.URL != "" {
		if u, err := neturl.Parse(s.Gateway.URL); err == nil {
			s.Gateway.Origin = u.Scheme + "://" + u.Host
		}
	}
	return s.Config, s.Addresses, errors.Join(wrong...)
}

// ForRelease reads what Release needs.
func ForRelease(lookup func(name string) (string, bool)) (Config, error) {
	s := &settings{}
	var wrong []error
	for _, v := range Variables() {
		if !v.Release {
			continue
		}
		if err := v.into(s, lookup); err != nil {
			wrong = append(wrong, err)
		}
	}
	return s.Config, errors.Join(wrong...)
}

// mostSecret bounds what is read of a file that a variable names.
const mostSecret = 1 << 20

// into puts what a variable says where it belongs; the error names it.
func (v Variable) into(s *settings, lookup func(name string) (string, bool)) error {
	value, err := v.read(lookup)
	if err == nil && value != "" {
		err = v.set(s, value)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", v.Name, err)
	}
	return nil
}

func (v Variable) read(lookup func(name string) (string, bool)) (string, error) {
	value, given := lookup(v.Name)
	if file, ok := lookup(v.Name + "_FILE"); ok && v.Secret {
		if given {
			return "", fmt.Errorf("stands beside %s_FILE; give one of the two", v.Name)
		}
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }()
		b, err := io.ReadAll(io.LimitReader(f, mostSecret))
		if err != nil {
			return "", err
		}
		value = string(b)
	}
	switch value = strings.TrimSpace(value); {
	case value != "":
		return value, nil
	case v.Default != "" || v.Optional:
		return v.Default, nil
	case v.Secret:
		return "", fmt.Errorf("is not set, and neither is %s_FILE: %s", v.Name, v.Means)
	}
	return "", fmt.Errorf("is not set: %s", v.Means)
}

func setPublicURL(s *settings, v string) error {
	u, err := neturl.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return errors.New("want https:// and a host, nothing behind it")
	}
	s.PublicURL = u.Scheme + "://" + u.Host
	return nil
}

func setTemporalKeys(s *settings, v string) (err error) {
	s.Temporal.Keys, err = temporal.ParseKeys(v)
	return err
}

func setMasters(s *settings, v string) error {
	for n, line := range strings.Fields(strings.ReplaceAll(v, ";", "\n")) {
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != 32 {
			return fmt.Errorf("key %d: want 32 bytes in base64", n+1)
		}
		s.Masters = append(s.Masters, key)
	}
	return nil
}

func setClamd(s *settings, v string) error {
	_, err := clamd.New(v)
	s.Clamd = v
	return err
}

// setSigning wants the file to be there: what a process had signed with a key of its own, no other could verify.
func setSigning(s *settings, v string) error {
	_, err := os.Stat(v)
	s.Signing = v
	return err
}

func setStamps(s *settings, v string) error {
	u, err := neturl.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return errors.New("want https:// and a host")
	}
	s.Stamps.URL = v
	return nil
}

func setStampsCA(s *settings, v string) (err error) {
	s.Stamps.Roots, err = roots(v)
	return err
}

func setMailCA(s *settings, v string) (err error) {
	s.Mail.Roots, err = roots(v)
	return err
}

// roots reads the certificates of who vouches for a server.
func roots(file string) (*x509.CertPool, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, errors.New("there is no certificate in the file")
	}
	return pool, nil
}

func setGateway(s *settings, v string) error {
	u, err := neturl.Parse(v)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return errors.New("want https:// and a host")
	}
	s.Gateway.URL = strings.TrimSuffix(v, "/")
	return nil
}

func setPayAt(s *settings, v string) error {
	s.PayAt = strings.Fields(v)
	for i, name := range s.PayAt {
		if name != ledger.Stripe && name != ledger.Gateway || slices.Contains(s.PayAt[:i], name) {
			return errors.New("want stripe, gateway or both, each once")
		}
	}
	return nil
}

func setStripeSecrets(s *settings, v string) error {
	s.Stripe.Secrets = strings.Fields(strings.ReplaceAll(v, ";", "\n"))
	return nil
}

func setBillPayers(s *settings, v string) error {
	if json.Unmarshal([]byte(v), &s.Bills.Payers) != nil || len(s.Bills.Payers) == 0 {
		return errors.New(`want JSON such as {"bank": ["its key"]}`) // the decoder's words may hold a key
	}
	return nil
}

func setRegistries(s *settings, v string) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(v)))
	decoder.DisallowUnknownFields()
	var all map[string]struct{ URL, Key string }
	if err := decoder.Decode(&all); err != nil {
		return errors.New(`want JSON such as {"licensing": {"url": "https://…", "key": "…"}}`) // the decoder's words may hold a key
	}
	s.Registers = map[string]registry.Endpoint{}
	for code, one := range all {
		s.Registers[code] = registry.Endpoint(one)
	}
	return nil
}

// secure makes the connection to Temporal TLS where files for it are given.
func (s *settings) secure() error {
	if s.ca == "" && s.cert == "" && s.key == "" {
		return nil
	}
	s.Temporal.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	if s.ca != "" {
		var err error
		if s.Temporal.TLS.RootCAs, err = roots(s.ca); err != nil {
			return fmt.Errorf("DIWAN_TEMPORAL_CA: %w", err)
		}
	}
	if s.cert == "" && s.key == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return fmt.Errorf("DIWAN_TEMPORAL_CERT and DIWAN_TEMPORAL_KEY: %w", err)
	}
	s.Temporal.TLS.Certificates = []tls.Certificate{pair}
	return nil
}

// Explained says what to do about an error of Serve, where that is known; "" otherwise.
func Explained(err error) string {
	switch {
	case errors.Is(err, postgres.ErrOld), errors.Is(err, errNoRelease):
		return "bring the database to this version and publish a catalogue first: diwan-server release DIR"
	case errors.Is(err, document.ErrModule):
		return "DIWAN_PKCS11 names it, and DIWAN_PKCS11_PIN_FILE the file with the PIN"
	}
	return ""
}
