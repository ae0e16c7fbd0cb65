package app

import (
	"errors"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/module"
)

// Rotate puts a fresh key before the others in a file of signing keys: into the file, or where token is not "" into the token of that label. Processes
// take it when they start again; those that have not yet do not know what the others sign from then on, so start them soon after each other.
func Rotate(path, token string, lookup func(name string) (string, bool)) error {
	return withModule(lookup, func(m *module.Module) error {
		switch {
		case token == "":
			return document.Rotate(path, m)
		case m == nil:
			return errors.New("DIWAN_PKCS11 is not set: it names the library by which the token is reached")
		}
		return document.RotateInto(path, m, token)
	})
}

// CertificateRequest asks an authority to vouch for the newest key of a file of signing keys, for who signs.
func CertificateRequest(path, name string, lookup func(name string) (string, bool)) (request []byte, err error) {
	err = withModule(lookup, func(m *module.Module) error {
		request, err = document.CertificateRequest(path, m, name)
		return err
	})
	return request, err
}

// withModule reads of the environment what concerns tokens, and nothing else.
func withModule(lookup func(name string) (string, bool), do func(*module.Module) error) error {
	s := &settings{}
	for _, v := range moduleVariables() {
		if err := v.into(s, lookup); err != nil {
			return err
		}
	}
	m, err := s.Module.open()
	if err != nil {
		return err
	}
	if m != nil {
		defer m.Close()
	}
	return do(m)
}

// open loads the library; nil where none is named.
func (m Module) open() (*module.Module, error) {
	if m.Library == "" {
		return nil, nil
	}
	return module.Open(module.Options{Library: m.Library, PIN: m.PIN})
}
