package document

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kind is a type of file that may be uploaded.
type kind struct {
	mediaType string
	extension string
	is        func([]byte) bool
}

// kinds is the closed set. A file is what its content is; what a browser or a name says does not count.
var kinds = []kind{
	{"application/pdf", ".pdf", isPDF},
	{"image/jpeg", ".jpg", func(b []byte) bool {
		return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) && isImage(b, jpeg.DecodeConfig)
	}},
	{"image/png", ".png", func(b []byte) bool {
		return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) && isImage(b, png.DecodeConfig)
	}},
}

func kindOf(body []byte) (kind, bool) {
	for _, k := range kinds {
		if k.is(body) {
			return k, true
		}
	}
	return kind{}, false
}

// isPDF wants the beginning and the end of a PDF file; scanners and mail programs add a little after the end.
func isPDF(b []byte) bool {
	end := b[max(0, len(b)-2048):]
	return (bytes.HasPrefix(b, []byte("%PDF-1.")) || bytes.HasPrefix(b, []byte("%PDF-2."))) &&
		bytes.Contains(end, []byte("startxref")) && bytes.Contains(end, []byte("%%EOF"))
}

// maxSide and maxPixels keep a small file from unfolding into gigabytes at whoever opens it.
const (
	maxSide   = 30_000
	maxPixels = 200_000_000
)

func isImage(b []byte, config func(io.Reader) (image.Config, error)) bool {
	c, err := config(bytes.NewReader(b))
	return err == nil && c.Width > 0 && c.Height > 0 && c.Width <= maxSide && c.Height <= maxSide && c.Width*c.Height <= maxPixels
}

const maxName = 100

// cleanName makes a file's name safe to show and to send: the last part of a path, without control or direction characters, of bounded
// length, with the extension of its true kind.
func cleanName(name, extension string) string {
	name = path.Base(strings.ReplaceAll(norm.NFC.String(strings.ToValidUTF8(name, "")), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			return -1
		case strings.ContainsRune(`<>:"|?*/;%`, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(strings.TrimSuffix(name, path.Ext(name)), ". ")
	if runes := []rune(name); len(runes) > maxName {
		name = strings.Trim(string(runes[:maxName]), ". ")
	}
	if name == "" || name == "-" {
		name = "file"
	}
	return name + extension
}
