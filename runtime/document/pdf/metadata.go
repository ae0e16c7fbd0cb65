package pdf

import (
	"encoding/xml"
	"fmt"
	"strings"
)

const producer = "Diwan"

type metadataObjects struct{ info, xmp int }

// metadata adds the title, the languages and the date, in both forms that
// readers look for.
func (f *file) metadata(d Document, title Text) metadataObjects {
	dated, stamped := "", ""
	if !d.CreatedAt.IsZero() {
		at := d.CreatedAt.UTC()
		dated = fmt.Sprintf("/CreationDate(D:%s)", at.Format("20060102150405Z"))
		stamped = "<xmp:CreateDate>" + at.Format("2006-01-02T15:04:05Z") + "</xmp:CreateDate>"
	}
	var titles, languages strings.Builder
	fmt.Fprintf(&titles, `<rdf:li xml:lang="x-default">%s</rdf:li>`, escape(title.Value))
	for _, t := range d.Title {
		if t.Lang != "" {
			fmt.Fprintf(&titles, `<rdf:li xml:lang="%s">%s</rdf:li>`, t.Lang, escape(t.Value))
		}
	}
	for _, l := range d.Languages {
		languages.WriteString("<rdf:li>" + l + "</rdf:li>")
	}
	packet := `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>` +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` +
		`<dc:title><rdf:Alt>` + titles.String() + `</rdf:Alt></dc:title><dc:language><rdf:Bag>` + languages.String() + `</rdf:Bag></dc:language>` +
		stamped + `<pdf:Producer>` + producer + `</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`
	return metadataObjects{
		info: f.add("<</Title%s/Producer(%s)%s>>", textString(plain(title.Value)), producer, dated),
		xmp:  f.add("<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream", len(packet), packet),
	}
}

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(plain(s))); err != nil {
		return "" // a Builder does not fail
	}
	return b.String()
}
