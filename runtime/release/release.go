package release

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Release is a whole catalogue, ready to be kept.
type Release struct {
	Catalogue string            // code
	Files     map[string]string // path → bytes of every file, as read
	Reference Reference
	Services  []Compiled
}

// Compiled is one service of a release.
type Compiled struct {
	Plan  *plan.Plan
	Texts *plan.Texts
}

// body is what is stored by its content.
type body struct {
	digest string
	bytes  []byte
}

func bodyOf(b []byte) body { return body{plan.DigestOf(b), b} }

// packed is a release as it is stored.
type packed struct {
	content
	sources   []body
	reference body
	services  []packedService // by code
}

type packedService struct {
	code        string
	plan, texts body
}

// content is what a release holds, by digests; its own digest is over its JSON.
type content struct {
	Catalogue string            `json:"catalogue"`
	Files     map[string]string `json:"files"` // path → digest
	Reference string            `json:"reference"`
	Services  [][3]string       `json:"services"` // code, plan, texts
}

// digest addresses the release. Maps are written with sorted keys, so equal releases have equal bytes.
func (c content) digest() (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("release: %w", err)
	}
	return plan.DigestOf(b), nil
}

func (r Release) pack() (*packed, error) {
	p := &packed{content: content{Catalogue: r.Catalogue, Files: make(map[string]string, len(r.Files))}}
	for path, text := range r.Files {
		b := bodyOf([]byte(text))
		p.Files[path] = b.digest
		p.sources = append(p.sources, b)
	}
	reference, err := json.Marshal(r.Reference)
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	p.reference = bodyOf(reference)
	p.Reference = p.reference.digest
	for _, c := range r.Services {
		s := packedService{code: c.Plan.Service}
		for into, canonical := range map[*body]func() ([]byte, error){&s.plan: c.Plan.Canonical, &s.texts: c.Texts.Canonical} {
			b, err := canonical()
			if err != nil {
				return nil, fmt.Errorf("release: %s: %w", s.code, err)
			}
			*into = bodyOf(b)
		}
		p.services = append(p.services, s)
	}
	slices.SortFunc(p.services, func(a, b packedService) int { return strings.Compare(a.code, b.code) })
	for i, s := range p.services {
		if i > 0 && p.services[i-1].code == s.code {
			return nil, fmt.Errorf("release: service %s is given twice", s.code)
		}
		p.Services = append(p.Services, [3]string{s.code, s.plan.digest, s.texts.digest})
	}
	return p, nil
}

// Digest addresses the release.
func (r Release) Digest() (string, error) {
	p, err := r.pack()
	if err != nil {
		return "", err
	}
	return p.digest()
}
