package app_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/app"
)

var key = base64.StdEncoding.EncodeToString(make([]byte, 32))

// environment is a whole one of a web process.
func environment(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	signing, registries := filepath.Join(dir, "signing.pem"), filepath.Join(dir, "registries.json")
	for file, text := range map[string]string{signing: "", registries: `{"licensing": {"url": "https://licensing.example", "key": "hush"}}` + "\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{
		"DIWAN_DATABASE_URL": "postgres://db/diwan", "DIWAN_PUBLIC_URL": "https://services.example/", "DIWAN_TEMPORAL": "temporal:7233",
		"DIWAN_TEMPORAL_KEYS": "a " + key, "DIWAN_FILES": dir, "DIWAN_FILES_KEYS": key + ";" + key, "DIWAN_SIGNING_KEYS": signing,
		"DIWAN_SIGN_IN_ISSUER": "https://id.example", "DIWAN_SIGN_IN_CLIENT": "diwan", "DIWAN_SIGN_IN_SECRET": "s",
		"DIWAN_GATEWAY_URL": "https://pay.example/v1/", "DIWAN_GATEWAY_KEY": "k", "DIWAN_GATEWAY_SECRET": "s", "DIWAN_REGISTRIES_FILE": registries,
	}
}

func read(part app.Part, env map[string]string) (app.Config, app.Addresses, error) {
	return app.FromEnvironment(part, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestAPartIsConfiguredByItsEnvironment(t *testing.T) {
	env := environment(t)
	c, at, err := read(app.Web, env)
	if err != nil {
		t.Fatal(err)
	}
	if c.Part != app.Web || c.PublicURL != "https://services.example" || len(c.Masters) != 2 || c.Temporal.Namespace != "diwan" || c.Temporal.TLS != nil ||
		c.Gateway.URL != "https://pay.example/v1" || c.Gateway.Origin != "https://pay.example" || c.Registers["licensing"].Key != "hush" || at.Web != "127.0.0.1:8080" {
		t.Errorf("%+v %+v", c, at)
	}
	for name := range env {
		if strings.HasPrefix(name, "DIWAN_SIGN_IN") {
			delete(env, name)
		}
	}
	if _, _, err := read(app.Worker, env); err != nil {
		t.Errorf("nobody signs in at a worker: %v", err)
	}
}

func TestStripeTakesTheGatewaysPlace(t *testing.T) {
	env := environment(t)
	for name := range env {
		if strings.HasPrefix(name, "DIWAN_GATEWAY") {
			delete(env, name)
		}
	}
	env["DIWAN_STRIPE_KEY"], env["DIWAN_STRIPE_SECRETS"] = "sk_test_x", "whsec_new\nwhsec_old\n"
	env["DIWAN_BILLER"], env["DIWAN_BILL_PAYERS"] = "4170", `{"bank": ["its key"]}`
	c, _, err := read(app.Web, env)
	if err != nil || c.Gateway.Origin != "" || c.PayAt != nil || c.Stripe.Key != "sk_test_x" || len(c.Stripe.Secrets) != 2 || c.Bills.Biller != "4170" || c.Bills.Payers["bank"][0] != "its key" {
		t.Errorf("%+v %+v, %v", c.Stripe, c.Bills, err)
	}
}

func TestSeveralProvidersMayBePaidAt(t *testing.T) {
	env := environment(t)
	env["DIWAN_STRIPE_KEY"], env["DIWAN_STRIPE_SECRETS"], env["DIWAN_PAY_AT"] = "sk_test_x", "whsec_x", "gateway stripe"
	if c, _, err := read(app.Web, env); err != nil || !slices.Equal(c.PayAt, []string{"gateway", "stripe"}) || c.Gateway.URL == "" || c.Stripe.Key == "" {
		t.Errorf("%v of %+v, %v", c.PayAt, c.Gateway, err)
	}
	for _, wrong := range []string{"stripe stripe", "elsewhere"} {
		env["DIWAN_PAY_AT"] = wrong
		if _, _, err := read(app.Web, env); err == nil || !strings.Contains(err.Error(), "DIWAN_PAY_AT") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	env["DIWAN_PAY_AT"] = "stripe"
	delete(env, "DIWAN_GATEWAY_KEY")
	if _, _, err := read(app.Web, env); err == nil || !strings.Contains(err.Error(), "DIWAN_GATEWAY_KEY") {
		t.Errorf("half a gateway: %v", err)
	}
	delete(env, "DIWAN_STRIPE_KEY")
	delete(env, "DIWAN_STRIPE_SECRETS")
	if _, _, err := read(app.Web, env); err == nil || !strings.Contains(err.Error(), "DIWAN_PAY_AT") {
		t.Errorf("paid at what is not configured: %v", err)
	}
}

func TestMailsLeaveThroughAServerWithAUserAndAPassword(t *testing.T) {
	env := environment(t)
	if c, _, err := read(app.Worker, env); err != nil || c.Mail.Server != "" {
		t.Errorf("%q where none is named, %v", c.Mail.Server, err)
	}
	env["DIWAN_SMTP"], env["DIWAN_SMTP_PASSWORD"] = "smtp://diwan%40example.gov@mail.example.gov", "its password"
	if _, _, err := read(app.Worker, env); err == nil || !strings.Contains(err.Error(), "DIWAN_MAIL_FROM") || strings.Contains(err.Error(), "its password") {
		t.Errorf("from nobody: %v", err)
	}
	env["DIWAN_MAIL_FROM"] = "no-reply@example.gov"
	if c, _, err := read(app.Worker, env); err != nil || c.Mail.Password != "its password" || c.Mail.From != "no-reply@example.gov" {
		t.Errorf("%v", err)
	}
}

func TestFilesLieInABucketWhereOneIsNamedWithItsKeys(t *testing.T) {
	env := environment(t)
	env["DIWAN_FILES"] = "s3://papers/diwan"
	if _, _, err := read(app.Web, env); err == nil || !strings.Contains(err.Error(), "DIWAN_S3_SECRET") {
		t.Errorf("without a key: %v", err)
	}
	env["DIWAN_S3"], env["DIWAN_S3_ID"], env["DIWAN_S3_SECRET"] = "https://s3.example.gov", "id", "hush"
	if c, _, err := read(app.Web, env); err != nil || c.Files != "s3://papers/diwan" || c.S3.Endpoint != "https://s3.example.gov" || c.S3.Secret != "hush" {
		t.Errorf("%v", err)
	}
	env["DIWAN_FILES"] = t.TempDir()
	if _, _, err := read(app.Web, env); err == nil || !strings.Contains(err.Error(), "names no bucket") || strings.Contains(err.Error(), "hush") {
		t.Errorf("an S3 beside a folder: %v", err)
	}
}

func TestWhatIsMissingOrWrongIsNamedAndNoSecretIsSaid(t *testing.T) {
	_, _, err := read(app.Web, nil)
	for _, v := range app.Variables() {
		if told := err != nil && strings.Contains(err.Error()+" ", v.Name+":"); told != (v.Default == "" && !v.Optional) {
			t.Errorf("%s: told %v in %v", v.Name, told, err)
		}
	}
	for name, wrong := range map[string]string{
		"DIWAN_PUBLIC_URL": "services.example", "DIWAN_TEMPORAL_KEYS": "hush", "DIWAN_FILES": "/nowhere/at/all", "DIWAN_FILES_KEYS": "aHVzaA==",
		"DIWAN_SIGNING_KEYS": "/nowhere/at/all", "DIWAN_CLAMD": "clamd:3310", "DIWAN_S3_CA": "/nowhere/at/all", "DIWAN_GATEWAY_URL": "ftp://pay.example", "DIWAN_REGISTRIES": `{"licensing": {"uri": "hush"}}`,
		"DIWAN_TEMPORAL_CA": "/nowhere/at/all", "DIWAN_STRIPE_SECRETS": "hush", "DIWAN_BILLER": "4170", "DIWAN_BILL_PAYERS": `{"bank": "hush"}`, "DIWAN_SMTP": "smtps://diwan:hush@mail.example", "DIWAN_SMTP_PASSWORD": "hush", "DIWAN_SMTP_CA": "/nowhere/at/all", "DIWAN_TEMPORAL_CERT": "/nowhere/at/all", "DIWAN_DATABASE_URL_FILE": "/nowhere/at/all",
	} {
		env := environment(t)
		if name == "DIWAN_REGISTRIES" {
			delete(env, "DIWAN_REGISTRIES_FILE")
		}
		env[name] = wrong
		_, _, err := read(app.Web, env)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSuffix(name, "_FILE")) || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "aHVzaA") {
			t.Errorf("%s is told as %v", name, err)
		}
	}
}
