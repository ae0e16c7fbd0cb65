package pdf

import (
	"bytes"
	"embed"
	"fmt"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// The four files are IBM Plex as published (SIL Open Font License, see
// fonts/LICENSE.txt), unchanged, in the compressed form. They lack few letters of
// Latin names (ʿ and ḏ of scholars' transcription); those are refused by name.
//
//go:embed fonts/*.woff fonts/LICENSE.txt
var fontFiles embed.FS

// faceID names one of the embedded faces and is the number of its PDF resource.
type faceID int

const (
	arabicRegular faceID = iota
	latinRegular
	arabicStrong
	latinStrong
	faceCount
)

var faceNames = [faceCount]string{
	"IBMPlexSansArabic-Regular", "IBMPlexSans-Regular", "IBMPlexSansArabic-SemiBold", "IBMPlexSans-SemiBold",
}

// face is a parsed font with the tables that a subset is made from. It is
// read-only and shared.
type face struct {
	font   *font.Font
	tables map[string][]byte
}

// loadFaces parses the embedded fonts, once in a process.
var loadFaces = sync.OnceValues(func() (*[faceCount]*face, error) {
	var out [faceCount]*face
	for id, name := range faceNames {
		raw, err := fontFiles.ReadFile("fonts/" + name + ".woff")
		if err != nil {
			return nil, fmt.Errorf("pdf: %w", err)
		}
		loader, err := opentype.NewLoader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", name, err)
		}
		parsed, err := font.NewFont(loader)
		if err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", name, err)
		}
		if parsed.Upem() != em {
			return nil, fmt.Errorf("pdf: font %s: %d units per em instead of %d", name, parsed.Upem(), em)
		}
		f := &face{font: parsed, tables: map[string][]byte{}}
		for _, tag := range []string{"glyf", "loca", "head", "hhea", "hmtx", "maxp"} {
			if f.tables[tag], err = loader.RawTable(opentype.MustNewTag(tag)); err != nil {
				return nil, fmt.Errorf("pdf: font %s: table %s: %w", name, tag, err)
			}
		}
		out[id] = f
	}
	return &out, nil
})
