package app

import (
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// wallets gives papers to wallets.
func (a *App) wallets(keys *document.Keys) (*credential.Office, error) {
	c := a.config
	// Every process has the masters, and only ours do.
	secret, err := hkdf.Key(sha256.New, c.Masters[0], nil, "diwan nonces of credentials", 32)
	if err != nil {
		return nil, err
	}
	types := &walletTypes{releases: a.Releases}
	return credential.New(credential.Options{
		Pool: a.Pool, Papers: a.Archive, Keys: keys, PublicURL: c.PublicURL, Secret: secret, Types: types.now,
		Name: func() plan.Text { return a.Releases.Reference().Title }, Now: c.Now, Log: c.Log,
	})
}

// walletTypes are the documents of the current release that wallets get, worked out once for each release.
type walletTypes struct {
	releases *release.Store

	mu    sync.Mutex
	of    string
	types []credential.Type
}

func (w *walletTypes) now() []credential.Type {
	head := w.releases.Head().Digest
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == head {
		return w.types
	}
	var types []credential.Type
	for _, live := range w.releases.Services() {
		for _, d := range live.Plan.Documents {
			if slices.ContainsFunc(types, func(t credential.Type) bool { return t.Code == d.Code }) {
				continue // services share documents
			}
			if t := walletType(d, live.Texts.Documents[d.Code]); len(t.Claims) > 0 {
				types = append(types, t)
			}
		}
	}
	slices.SortFunc(types, func(a, b credential.Type) int { return cmp.Compare(a.Code, b.Code) })
	w.of, w.types = head, types
	return types
}

func walletType(d plan.Document, text plan.DocumentText) credential.Type {
	t := credential.Type{Code: d.Code, Title: text.Title}
	for i, r := range d.Rows {
		if r.Claim != "" && i < len(text.Rows) {
			t.Claims = append(t.Claims, credential.TypeClaim{Name: r.Claim, Kind: r.Kind, Label: text.Rows[i]})
		}
	}
	return t
}
