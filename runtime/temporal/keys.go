package temporal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// keyLength is that of AES-256.
const keyLength = 32

// Keys is a ring of keys: the newest encrypts, every one decrypts. A key that payloads of open workflows were written with must stay in it;
// taking a key out of the ring for good erases what it encrypted. Immutable.
type Keys struct {
	newest string
	byID   map[string]cipher.AEAD
}

var keyID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,40}$`)

// ParseKeys reads a ring: one key a line, the newest first, each an ID, a space and 32 bytes in base64. Empty lines and lines that begin with
// # are skipped; a semicolon may stand for a line break. Errors never repeat a key.
func ParseKeys(text string) (*Keys, error) {
	k := &Keys{byID: map[string]cipher.AEAD{}}
	for n, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		id, secret, _ := strings.Cut(line, " ")
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
		if err != nil || len(b) != keyLength || !keyID.MatchString(id) {
			return nil, fmt.Errorf("key %d: want an ID, a space and %d bytes in base64", n+1, keyLength)
		}
		if k.byID[id] != nil {
			return nil, fmt.Errorf("key %d: the ID %s is given twice", n+1, id)
		}
		block, err := aes.NewCipher(b)
		if err != nil {
			return nil, err
		}
		if k.byID[id], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
		if k.newest == "" {
			k.newest = id
		}
	}
	if k.newest == "" {
		return nil, errors.New("no key")
	}
	return k, nil
}

// LoadKeys reads a ring from the file, which only its owner may read, or where file is "" from the environment variable.
func LoadKeys(file, variable string) (*Keys, error) {
	if file == "" {
		k, err := ParseKeys(os.Getenv(variable))
		if err != nil {
			return nil, fmt.Errorf("temporal keys in %s: %w", variable, err)
		}
		return k, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("temporal keys: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("temporal keys: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("temporal keys: %s can be read by others (mode %#o); want 0600", file, mode)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("temporal keys: %w", err)
	}
	k, err := ParseKeys(string(b))
	if err != nil {
		return nil, fmt.Errorf("temporal keys in %s: %w", file, err)
	}
	return k, nil
}
