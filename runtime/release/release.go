package release

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Release is a whole catalogue, ready to be published.
type Release struct {
	Catalogue string            // code
	Files     map[string]string // path → text of every file, as read
	Reference Reference
	Services  []Compiled
}

// Compiled is one service of a release.
type Compiled struct {
	Plan  *plan.Plan
	Texts *plan.Texts
}

// packed is a service as it is stored.
type packed struct {
	service                 string
	plan, texts             []byte
	planDigest, textsDigest string
}

// pack gives the canonical form of every service, by code, and the digest of the release: SHA-256 over the code of the catalogue, every
// file, the reference data and the digests of every service.
func (r Release) pack() ([]packed, string, error) {
	services := make([]packed, 0, len(r.Services))
	for _, c := range r.Services {
		p, err := c.Plan.Canonical()
		if err != nil {
			return nil, "", fmt.Errorf("release: %s: %w", c.Plan.Service, err)
		}
		t, err := c.Texts.Canonical()
		if err != nil {
			return nil, "", fmt.Errorf("release: %s: %w", c.Plan.Service, err)
		}
		services = append(services, packed{c.Plan.Service, p, t, plan.DigestOf(p), plan.DigestOf(t)})
	}
	slices.SortFunc(services, func(a, b packed) int { return strings.Compare(a.service, b.service) })
	rows := make([][3]string, len(services))
	for i, s := range services {
		if i > 0 && services[i-1].service == s.service {
			return nil, "", fmt.Errorf("release: service %s is given twice", s.service)
		}
		rows[i] = [3]string{s.service, s.planDigest, s.textsDigest}
	}
	// Maps are written with sorted keys, so equal releases have equal bytes.
	b, err := json.Marshal([]any{r.Catalogue, r.Files, r.Reference, rows})
	if err != nil {
		return nil, "", fmt.Errorf("release: %w", err)
	}
	sum := sha256.Sum256(b)
	return services, hex.EncodeToString(sum[:]), nil
}

// Digest addresses the release.
func (r Release) Digest() (string, error) {
	_, digest, err := r.pack()
	return digest, err
}
