package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// secret reads the named secret of this data folder, made at the first start: 256 random bits, readable by the owner only.
func secret(data, name string) (string, error) {
	dir := filepath.Join(data, "secrets")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	file := filepath.Join(dir, name)
	b, err := os.ReadFile(file)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	made := base64.RawURLEncoding.EncodeToString(raw)
	// Written aside and linked, so that a crash never leaves half a secret behind which everything encrypted would be lost.
	aside := file + ".new"
	if err := os.WriteFile(aside, []byte(made+"\n"), 0o600); err != nil {
		return "", err
	}
	return made, os.Rename(aside, file)
}
