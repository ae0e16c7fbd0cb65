// Package inspect finds out what uploaded bytes really are, by their whole structure and not by their beginning, and makes them harmless: a
// picture is decoded and encoded anew, upright and without anything that was not picture; a PDF is read with every object, and refused where it
// does more than show pages.
//
// Look does it in this process. What it reads was made by a stranger, so the platform does it in a child of its own, with little memory and
// time, that begins with Worker and is asked by a Pool:
//
//	pool, err := inspect.New(inspect.Options{Command: []string{"diwan-server", inspect.Command}})
//	found, err := pool.Look(ctx, body) // a Refusal says why it is not taken
package inspect

import (
	"bytes"
	"errors"
)

// Found is what a body is, and the body to keep.
type Found struct {
	Kind  Kind
	Pages int // of a PDF
	Body  []byte
}

// Kind is a type of file that is taken.
type Kind string

// The closed set.
const (
	PDF  Kind = "application/pdf"
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
)

// Refusal is why a body is not taken, for errors.As. Each has a sentence that tells its owner what to do.
type Refusal string

func (r Refusal) Error() string { return "inspect: a file is refused: " + string(r) }

// The closed set.
const (
	Unknown Refusal = "type"    // none of the kinds
	HEIC    Refusal = "heic"    // a picture as telephones keep it, which few programs can read
	Damaged Refusal = "damaged" // begins like one of the kinds and cannot be read to its end within the limits
	Locked  Refusal = "locked"  // an encrypted PDF
	Active  Refusal = "active"  // a PDF with scripts, programs to start, forms that send themselves, or files inside
	Twofold Refusal = "twofold" // two kinds in one
	Pages   Refusal = "pages"   // more than mostPages
	Pixels  Refusal = "pixels"  // more than mostPixels
)

// Refusals lists the set.
func Refusals() []Refusal {
	return []Refusal{Unknown, HEIC, Damaged, Locked, Active, Twofold, Pages, Pixels}
}

const (
	mostPages  = 1_000      // of a PDF; a field may allow fewer
	mostPixels = 64_000_000 // of a picture, looked at before it is unpacked
)

// Look looks at a body. The error is a Refusal.
func Look(body []byte) (found Found, err error) {
	defer func() {
		if recover() != nil { // a fault of a reader is the file's
			found, err = Found{}, Damaged
		}
	}()
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")):
		found.Kind = PDF
		found.Body, found.Pages, err = readPDF(body)
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		found.Kind = JPEG
		found.Body, err = redrawJPEG(body)
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		found.Kind = PNG
		found.Body, err = redrawPNG(body)
	case isHEIC(body):
		err = HEIC
	default:
		err = Unknown
	}
	if err != nil {
		if refusal := Refusal(""); !errors.As(err, &refusal) {
			err = Damaged
		}
		return Found{}, err
	}
	return found, nil
}

// isHEIC knows the brands of HEIF and AVIF.
func isHEIC(b []byte) bool {
	if len(b) < 12 || string(b[4:8]) != "ftyp" {
		return false
	}
	switch string(b[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}
