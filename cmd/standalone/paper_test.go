package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// paper is a small PDF on the disk, as a citizen scans one; the words make it differ from another one.
func paper(t testing.TB, name, words string) string {
	t.Helper()
	return file(t, name, bytes.Replace(smallPDF, []byte("startxref"), []byte("% "+words+"\nstartxref"), 1))
}

// file puts bytes on the disk under a name, for as long as the test takes.
func file(t testing.TB, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// download loads a document from the page of an ended application and makes sure that it is one.
func (v *guest) download() (pdf []byte) {
	v.t.Helper()
	links := v.links("/documents/")
	if len(links) != 1 {
		v.t.Fatalf("the page leads to the documents %q, want one:\n%s", links, v.text())
	}
	answer, pdf := v.fetch(links[0])
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || kind != "application/pdf" {
		v.t.Fatalf("the document answers %d, %q", answer.StatusCode, kind)
	}
	const least, most = 5_000, 5_000_000
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < least || len(pdf) > most {
		v.t.Fatalf("the document is no PDF of a sensible size: %d bytes, beginning with %q", len(pdf), pdf[:min(len(pdf), 20)])
	}
	return pdf
}

// altered is a document with one byte changed, in its middle.
func altered(pdf []byte) []byte {
	out := bytes.Clone(pdf)
	out[len(out)/2] ^= 1
	return out
}
