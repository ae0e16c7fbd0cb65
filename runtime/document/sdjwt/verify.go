package sdjwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// The reasons for which a text is refused.
var (
	ErrFormat    = errors.New("sdjwt: no credential of this form")
	ErrUnknown   = errors.New("sdjwt: signed by a key that is not ours")
	ErrSignature = errors.New("sdjwt: not as it was signed")
)

// MaxText bounds a credential.
const MaxText = 64 << 10

const maxDisclosed = 100

// Payload is what stands in the open.
type Payload struct {
	Issuer   string  `json:"iss"`
	Type     string  `json:"vct"`
	IssuedAt int64   `json:"iat"`
	Expires  int64   `json:"exp"`
	Holder   *Holder `json:"cnf"`
	Status   *struct {
		List *Reference `json:"status_list"`
	} `json:"status"`
	Hashes    []string `json:"_sd"`
	Algorithm string   `json:"_sd_alg"`
}

// Holder is whose credential it is.
type Holder struct {
	Key *jose.JSONWebKey `json:"jwk"`
}

// Reference is a place in a list of statuses.
type Reference struct {
	Index int    `json:"idx"`
	URI   string `json:"uri"`
}

// Binding is what the holder has signed about this showing.
type Binding struct {
	Audience string `json:"aud"`
	Nonce    string `json:"nonce"`
	IssuedAt int64  `json:"iat"`
	Hash     string `json:"sd_hash"`
}

// Shown is a credential as its holder shows it.
type Shown struct {
	Payload
	Claims  []Claim  // that were disclosed, in the order of the holder; values as JSON gives them, numbers as json.Number
	Binding *Binding // nil where the holder has signed nothing
}

// Verify reads a credential and believes nothing that is not signed. keys gives the public key of an ID. Whether it has expired, its status, and
// for whom Binding is meant are the caller's to look at.
func Verify(text string, keys func(id string) (any, bool)) (s Shown, err error) {
	if len(text) > MaxText {
		return s, ErrFormat
	}
	parts := strings.Split(strings.TrimSpace(text), "~")
	if len(parts) < 2 || len(parts) > maxDisclosed+2 {
		return s, ErrFormat
	}
	disclosures, binding := parts[1:len(parts)-1], parts[len(parts)-1]
	body, err := verified(parts[0], Type, keys)
	if err != nil {
		return s, err
	}
	if err := decode(body, &s.Payload); err != nil || s.Algorithm != "sha-256" && s.Algorithm != "" {
		return s, ErrFormat
	}
	for i, d := range disclosures {
		if slices.Contains(disclosures[:i], d) || !slices.Contains(s.Hashes, hash(d)) {
			return s, ErrSignature
		}
		c, err := claim(d)
		if err != nil || slices.Contains(Reserved, c.Name) || slices.ContainsFunc(s.Claims, func(o Claim) bool { return o.Name == c.Name }) {
			return s, ErrFormat
		}
		s.Claims = append(s.Claims, c)
	}
	if binding == "" {
		return s, nil
	}
	if s.Holder == nil || s.Holder.Key == nil {
		return s, ErrFormat
	}
	body, err = verified(binding, BindingType, func(string) (any, bool) { return s.Holder.Key.Key, true })
	if err != nil {
		return s, err
	}
	s.Binding = &Binding{}
	if err := decode(body, s.Binding); err != nil {
		return s, ErrFormat
	}
	if s.Binding.Hash != hash(strings.TrimSuffix(strings.TrimSpace(text), binding)) {
		return s, ErrSignature
	}
	return s, nil
}

// verified gives what a compact JWS of that type says.
func verified(compact, typ string, keys func(id string) (any, bool)) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(compact, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	header := jws.Signatures[0].Protected
	if header.ExtraHeaders[jose.HeaderType] != typ {
		return nil, ErrFormat
	}
	key, known := keys(header.KeyID)
	if !known {
		return nil, ErrUnknown
	}
	body, err := jws.Verify(key)
	if err != nil {
		return nil, ErrSignature
	}
	return body, nil
}

func claim(disclosure string) (c Claim, err error) {
	b, err := base64.RawURLEncoding.DecodeString(disclosure)
	if err != nil {
		return c, err
	}
	var parts []any
	if err := decode(b, &parts); err != nil || len(parts) != 3 {
		return c, ErrFormat
	}
	name, ok := parts[1].(string)
	if !ok || name == "" {
		return c, ErrFormat
	}
	return Claim{name, parts[2]}, nil
}

func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}
