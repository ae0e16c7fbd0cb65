// Package module signs with keys that lie in PKCS#11 tokens and never leave them: a hardware security module, a card, or SoftHSM. It knows no
// papers and no database, and makes no log: a PIN passes through it.
//
//	m, err := module.Open(module.Options{Library: "/usr/lib/softhsm/libsofthsm2.so", PIN: pin})
//	at, public, err := m.Create("diwan", "papers 2026")
//	signature, err := m.Key(at, public).Sign(rand.Reader, digest, crypto.SHA256)
//
// It stands on the plain binding of PKCS#11 (miekg/pkcs11). The library above that one (crypto11) logs in once and holds handles for good, so that
// a token that was away for a moment would need a restart of every process.
package module
