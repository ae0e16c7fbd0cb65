package sdjwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

func key(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signer(t testing.TB, k *ecdsa.PrivateKey, typ string) jose.Signer {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: k}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ours(k *ecdsa.PrivateKey) func(string) (any, bool) {
	return func(id string) (any, bool) { return &k.PublicKey, id == "k1" }
}

func bind(t *testing.T, holder *ecdsa.PrivateKey, presented, audience string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(presented))
	b, _ := json.Marshal(map[string]any{"aud": audience, "nonce": "n", "iat": time.Now().Unix(), "sd_hash": base64.RawURLEncoding.EncodeToString(sum[:])})
	signed, err := signer(t, holder, sdjwt.BindingType).Sign(b)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return presented + text
}

func TestOnlyWhatTheHolderDisclosesCanBeRead(t *testing.T) {
	issuer, holder := key(t), key(t)
	text, err := sdjwt.Issue(signer(t, issuer, sdjwt.Type), map[string]any{"iss": "https://services.example.gov", "vct": "licence",
		"cnf": map[string]any{"jwk": jose.JSONWebKey{Key: &holder.PublicKey}}},
		[]sdjwt.Claim{{"given_name", "أمل"}, {"points", 12}, {"address", "رام الله"}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "أمل") || strings.Count(text, "~") != 4 {
		t.Fatal(text)
	}
	parts := strings.Split(text, "~")
	chosen := parts[0] + "~" + parts[2] + "~" // points alone
	shown, err := sdjwt.Verify(chosen, ours(issuer))
	if err != nil || len(shown.Claims) != 1 || shown.Claims[0].Name != "points" || shown.Claims[0].Value != json.Number("12") || len(shown.Hashes) != 3 || shown.Binding != nil {
		t.Fatalf("%+v, %v", shown, err)
	}
	bound := bind(t, holder, chosen, "https://verifier.example")
	if shown, err = sdjwt.Verify(bound, ours(issuer)); err != nil || shown.Binding == nil || shown.Binding.Audience != "https://verifier.example" {
		t.Fatalf("%+v, %v", shown, err)
	}
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"another's binding":        {bind(t, key(t), chosen, "x"), sdjwt.ErrSignature},
		"a binding of another":     {strings.Replace(bound, parts[2]+"~", parts[1]+"~"+parts[2]+"~", 1), sdjwt.ErrSignature},
		"an invented disclosure":   {parts[0] + "~" + base64.RawURLEncoding.EncodeToString([]byte(`["salt","points",0]`)) + "~", sdjwt.ErrSignature},
		"a disclosure twice":       {parts[0] + "~" + parts[2] + "~" + parts[2] + "~", sdjwt.ErrSignature},
		"another payload":          {strings.Replace(chosen, ".", ".e30g", 1), sdjwt.ErrSignature},
		"no credential":            {"hello", sdjwt.ErrFormat},
		"nothing":                  {"", sdjwt.ErrFormat},
		"too long":                 {chosen + strings.Repeat("~", sdjwt.MaxText), sdjwt.ErrFormat},
		"many parts":               {parts[0] + strings.Repeat("~", 1000), sdjwt.ErrFormat},
		"a signature of a purpose": {strings.Replace(chosen, parts[0], strings.Split(listText(t, issuer), "~")[0], 1), sdjwt.ErrFormat},
	} {
		if _, err := sdjwt.Verify(c.text, ours(issuer)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := sdjwt.Verify(chosen, func(string) (any, bool) { return nil, false }); !errors.Is(err, sdjwt.ErrUnknown) {
		t.Error(err)
	}
}

func TestAClaimMayNotTakeThePlaceOfWhatIsSigned(t *testing.T) {
	for _, name := range sdjwt.Reserved {
		if _, err := sdjwt.Issue(signer(t, key(t), sdjwt.Type), map[string]any{"iss": "x"}, []sdjwt.Claim{{name, 1}}); err == nil {
			t.Errorf("a claim is called %s", name)
		}
	}
}

func listText(t *testing.T, k *ecdsa.PrivateKey) string {
	t.Helper()
	l := &sdjwt.List{}
	l.Set(7, sdjwt.Suspended)
	l.Set(8, sdjwt.Invalid)
	l.Set(sdjwt.ListSize-1, sdjwt.Invalid)
	l.Set(9, sdjwt.Invalid)
	l.Set(9, sdjwt.Stands)
	text, err := l.Sign(signer(t, k, sdjwt.ListType), "https://x/1", time.Unix(1000, 0), time.Minute, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAListTellsHowEachStands(t *testing.T) {
	issuer := key(t)
	text := listText(t, issuer)
	if len(text) > 1000 {
		t.Errorf("a list of which nearly all stand has %d bytes", len(text))
	}
	l, err := sdjwt.ReadList(text, "https://x/1", time.Unix(2000, 0), ours(issuer))
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range map[int]sdjwt.Standing{6: sdjwt.Stands, 7: sdjwt.Suspended, 8: sdjwt.Invalid, 9: sdjwt.Stands, 10: sdjwt.Stands, sdjwt.ListSize - 1: sdjwt.Invalid} {
		if got := l.Get(index); got != want {
			t.Errorf("%d: %d, want %d", index, got, want)
		}
	}
	if _, err := sdjwt.ReadList(text, "https://x/2", time.Unix(2000, 0), ours(issuer)); err == nil {
		t.Error("another list was taken for it")
	}
	if _, err := sdjwt.ReadList(text, "https://x/1", time.Unix(1e9, 0), ours(issuer)); err == nil {
		t.Error("an old list is believed")
	}
}

func FuzzVerify(f *testing.F) {
	issuer := key(f)
	text, err := sdjwt.Issue(signer(f, issuer, sdjwt.Type), map[string]any{"iss": "x"}, []sdjwt.Claim{{"a", 1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("~~~")
	f.Fuzz(func(t *testing.T, s string) {
		shown, err := sdjwt.Verify(s, ours(issuer))
		if err == nil && shown.Issuer != "x" {
			t.Errorf("%q is believed", s)
		}
	})
}
