package app

import (
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"log/slog"
	"time"

	"github.com/diwan-gov/diwan/runtime/mail"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/registry"
	"github.com/diwan-gov/diwan/runtime/temporal"
)

// Config says where everything is that an App needs. What may be missing says so.
type Config struct {
	Part      Part   // Whole
	PublicURL string // of the web pages, without a slash at the end
	Database  string // of Postgres
	Catalogue fs.FS  // the folder of definitions to publish at the start; nil = go on with the current release

	Temporal  Temporal
	Files     string   // folder of encrypted file bodies, or s3://BUCKET/PREFIX
	S3        S3       // where Files is in one
	Masters   [][]byte // 32 bytes each; the newest first; they wrap the key of every file
	Clamd     string   // the scanner of uploads, unix:/run/clamav/clamd.ctl or tcp://host:3310; "" = they are not scanned
	Signing   string   // PEM file of the keys that sign documents; made when it is missing
	Module    Module   // where those of them are that lie in a token
	Stamps    Stamps
	SignIn    SignIn // of no use to a Worker
	Gateway   Gateway
	Stripe    Stripe
	PayAt     []string // names of the providers at which can be paid, the first where nobody chooses; nil = at Stripe, and without it at the gateway
	Bills     Bills
	Mail      mail.Options                 // the mail server; without a Server no link to a paper is sent
	Bank      string                       // folder of the bank's statements, one file a day; "" = nobody puts them there
	Registers map[string]registry.Endpoint // how each registry is reached, by its code

	ScriptCommand  []string         // of the limited child in which scripts run; nil = this binary with script-worker
	ScriptWorkers  int              // 0 = 2
	InspectCommand []string         // of the limited child that looks into uploads; nil = this binary with inspect.Command
	Log            *slog.Logger     // nil = slog.Default()
	Now            func() time.Time // nil = time.Now
	Fault          outbox.Fault     // for tests that stop the process at a named point; nil in production
}

// Temporal is the server and the keys with which what passes through it is encrypted.
type Temporal struct {
	HostPort, Namespace string
	Keys                *temporal.Keys
	TLS                 *tls.Config // nil = in clear
}

// S3 is the server of the bucket that Files names.
type S3 struct {
	Endpoint, Region, ID, Secret string
	Roots                        *x509.CertPool // who must vouch for it; nil = whom this machine believes
}

// Module is the library by which tokens with keys are reached (PKCS#11), and the PIN that they take; without a library there are none.
type Module struct {
	Library, PIN string
}

// Stamps is the authority that gives papers their time-stamps (RFC 3161); without a URL there are none.
type Stamps struct {
	URL   string
	Roots *x509.CertPool // who must vouch for it; nil believes whoever answers there
}

// SignIn is the OpenID Connect provider.
type SignIn struct {
	Issuer, ClientID, ClientSecret string
}

// Gateway is a payment gateway; without a URL there is none. Origin is where its pages are, since a form of ours ends there.
type Gateway struct {
	URL, Origin, Key, Secret string
}

// Stripe is our account there; without a key there is none.
type Stripe struct {
	Key     string
	Secrets []string // of the webhook endpoint
}

// Bills are paid at banks and wallets by their reference; without payers nowhere.
type Bills struct {
	Biller string              // our number there
	Payers map[string][]string // keys of each bank and wallet by its code
}

func (c *Config) defaults() {
	if c.ScriptWorkers == 0 {
		c.ScriptWorkers = 2
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}
