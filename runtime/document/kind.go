package document

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/diwan-gov/diwan/runtime/document/inspect"
)

// Refusal is why the content of a file is not taken, for errors.As.
type Refusal = inspect.Refusal

// extensions are those of the kinds that are taken. A file is what its content is; what a browser or a name says does not count.
var extensions = map[inspect.Kind]string{inspect.PDF: ".pdf", inspect.JPEG: ".jpg", inspect.PNG: ".png"}

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
