package module

import (
	"encoding/pem"
	"strings"
	"testing"
)

func TestAURINamesAKeyAndComesBackFromItsBlock(t *testing.T) {
	for _, u := range []URI{
		{Token: "ديوان; token=x", ID: []byte{0, 1, 0xff, ';'}, Object: "papers 2026 + more"},
		{Token: "a", ID: []byte("1")}, {Token: "a", Object: "b%3B"},
	} {
		text, err := u.PEM()
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(text)
		if block == nil || block.Type != Block {
			t.Fatalf("%s", text)
		}
		if back, err := ParseBlock(block.Bytes); err != nil || back.String() != u.String() || string(back.ID) != string(u.ID) || back.Token != u.Token || back.Object != u.Object {
			t.Errorf("%s came back as %s: %v", u, back, err)
		}
	}
	if _, err := ParseBlock([]byte("nonsense")); err == nil {
		t.Error("nonsense is a key")
	}
}

func TestAURIThatSaysMoreThanIsKnownIsRefusedAndItsPINIsNotRepeated(t *testing.T) {
	for _, text := range []string{
		"", "pkcs11:", "pkcs11:token=a", "pkcs11:id=%01", "pkcs11:token=a;id=%0", "pkcs11:token=a;id=%01;type=cert", "pkcs11:token=a;id=%01;pin-value=hush",
		"pkcs11:token=a;id=%01?pin-value=hush;x", "pkcs11:token=a;id=%01;serial=7", "pkcs11:token=a;object=b;pin-source=%ZZhush",
	} {
		if u, err := ParseURI(text); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %s, %v", text, u, err)
		}
	}
}
