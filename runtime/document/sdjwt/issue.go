package sdjwt

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Types of the signed parts.
const (
	Type        = "dc+sd-jwt"
	BindingType = "kb+jwt"
	ListType    = "statuslist+jwt"
)

// Claim is one thing that a credential says and its holder may show.
type Claim struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Reserved are the names that no claim may have: they stand in the open.
var Reserved = []string{"_sd", "_sd_alg", "...", "iss", "vct", "iat", "nbf", "exp", "cnf", "status", "sub", "aud", "vct#integrity"}

// Issue signs a credential. payload stands in the open; of claims only the salted hash does.
func Issue(signer jose.Signer, payload map[string]any, claims []Claim) (string, error) {
	open := map[string]any{"_sd_alg": "sha-256"}
	for name, value := range payload {
		open[name] = value
	}
	hashes := make([]string, len(claims)) // not nil: a credential may say nothing
	disclosures := make([]string, len(claims))
	for i, c := range claims {
		if _, taken := open[c.Name]; taken || slices.Contains(Reserved, c.Name) {
			return "", fmt.Errorf("sdjwt: a claim may not be called %q", c.Name)
		}
		b, err := json.Marshal([]any{rand.Text(), c.Name, c.Value})
		if err != nil {
			return "", fmt.Errorf("sdjwt: %s: %w", c.Name, err)
		}
		disclosures[i] = base64.RawURLEncoding.EncodeToString(b)
		hashes[i] = hash(disclosures[i])
	}
	slices.Sort(hashes) // their order says nothing
	open["_sd"] = hashes
	b, err := json.Marshal(open)
	if err != nil {
		return "", fmt.Errorf("sdjwt: %w", err)
	}
	signed, err := signer.Sign(b)
	if err != nil {
		return "", fmt.Errorf("sdjwt: %w", err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("sdjwt: %w", err)
	}
	return strings.Join(append([]string{text}, disclosures...), "~") + "~", nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
