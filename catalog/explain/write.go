package explain

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// The words round a page.
const (
	wrongHeading diag.Phrase = "Wrong, in {file}:"
	foundHeading diag.Phrase = "The check says:"
	rightHeading diag.Phrase = "Right:"
)

// WriteText writes the page to a terminal in a language; nil is English. The only errors are those of w.
func (p Page) WriteText(w io.Writer, l *diag.Language) error {
	lang := tag(l)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", p.Code, p.Meaning[lang])
	if none := p.NoExample[lang]; none != "" {
		fmt.Fprintf(&b, "\n%s\n", none)
	} else {
		fmt.Fprintf(&b, "\n%s\n\n%s\n%s\n\n%s\n%s\n\n%s", diag.Say(wrongHeading, "file", p.Wrong.File).In(l), indented(p.Wrong.Text),
			diag.Say(foundHeading).In(l), indented(p.Found[lang]), diag.Say(rightHeading).In(l), indented(p.Right.Text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func tag(l *diag.Language) string {
	if l == nil {
		return "en"
	}
	return l.Code
}

// Markdown is all pages in English and Arabic, sorted by code. It is the same bytes every time.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Findings · الملاحظات\n\nThis page is made from the files in `catalog/explain/pages` (`diwan reference findings`); it is not edited by hand. " +
		"Every wrong example gives exactly the finding that stands under it, and every right one gives none: both are tests. " +
		"They stand in the catalogue `catalog/explain/base.txtar`.\n\n" +
		"<div dir=\"rtl\">\n\nهذه الصفحة مصنوعة من ملفات البرنامج ولا تُعدَّل باليد. كل مثال خاطئ يعطي الملاحظة المكتوبة تحته وحدها، وكل مثال صحيح لا يعطي أي ملاحظة.\n\n</div>\n")
	for _, p := range pages() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n<div dir=\"rtl\">\n\n%s\n\n</div>\n", p.Code, p.Meaning["en"], p.Meaning["ar"])
		if len(p.NoExample) > 0 {
			fmt.Fprintf(&b, "\n%s\n\n<div dir=\"rtl\">\n\n%s\n\n</div>\n", p.NoExample["en"], p.NoExample["ar"])
			continue
		}
		kind := strings.TrimPrefix(path.Ext(p.Wrong.File), ".")
		fmt.Fprintf(&b, "\nWrong · خطأ (`%s`)\n\n```%s\n%s```\n\n```text\n%s```\n\n```text\n%s```\n\nRight · صواب\n\n```%s\n%s```\n",
			p.Wrong.File, kind, p.Wrong.Text, p.Found["en"], p.Found["ar"], kind, p.Right.Text)
	}
	return b.String()
}
