package module

import (
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// URI names a private key in a token (RFC 7512). Of ID and Object one may be missing.
type URI struct {
	Token  string // label of the token
	ID     []byte // CKA_ID
	Object string // CKA_LABEL
}

// Block is the type of a PEM block that names a key in a token, as OpenSSL's provider for PKCS#11 reads and writes it.
const Block = "PKCS#11 PROVIDER URI"

const blockVersion = "PKCS#11 Provider URI v1.0"

type blockContent struct {
	Version asn1.RawValue // a VisibleString, which encoding/asn1 does not know
	URI     string        `asn1:"utf8"`
}

const tagVisibleString = 26

// String writes the URI of RFC 7512.
func (u URI) String() string {
	parts := []string{"token=" + escape(u.Token)}
	if len(u.ID) > 0 {
		var id strings.Builder
		for _, b := range u.ID {
			fmt.Fprintf(&id, "%%%02X", b)
		}
		parts = append(parts, "id="+id.String())
	}
	if u.Object != "" {
		parts = append(parts, "object="+escape(u.Object))
	}
	return "pkcs11:" + strings.Join(append(parts, "type=private"), ";")
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// ParseURI reads one. What it does not know it refuses, lest another key is meant; also a PIN, which does not belong there.
func ParseURI(text string) (u URI, err error) {
	rest, ok := strings.CutPrefix(text, "pkcs11:")
	if !ok {
		return u, errors.New("module: want pkcs11:token=…;id=…")
	}
	for part := range strings.SplitSeq(rest, ";") {
		name, value, _ := strings.Cut(part, "=")
		value, err := url.PathUnescape(value)
		if err != nil {
			return u, fmt.Errorf("module: the %s of the URI cannot be read", name)
		}
		switch {
		case name == "token":
			u.Token = value
		case name == "id":
			u.ID = []byte(value)
		case name == "object":
			u.Object = value
		case name == "type" && value == "private":
		default: // what it says is not repeated: it may be a PIN
			return u, errors.New("module: in the URI of a key only token, id, object and type=private may stand")
		}
	}
	if u.Token == "" || len(u.ID) == 0 && u.Object == "" {
		return u, errors.New("module: the URI names no token, or neither id nor object of the key")
	}
	return u, nil
}

// PEM is the block of a key.
func (u URI) PEM() ([]byte, error) {
	der, err := asn1.Marshal(blockContent{asn1.RawValue{Tag: tagVisibleString, Bytes: []byte(blockVersion)}, u.String()})
	if err != nil {
		return nil, fmt.Errorf("module: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: Block, Bytes: der}), nil
}

// ParseBlock reads what stands in such a block.
func ParseBlock(der []byte) (URI, error) {
	var c blockContent
	if rest, err := asn1.Unmarshal(der, &c); err != nil || len(rest) > 0 {
		return URI{}, fmt.Errorf("module: a block %q cannot be read", Block)
	}
	return ParseURI(c.URI)
}
