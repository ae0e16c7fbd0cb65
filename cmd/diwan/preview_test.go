package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/debian"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Every paper of the samples is drawn as its scenarios issue it, for an applicant of each language, and all that it says can be read out of
// it: by a screen reader, and by pdftotext.
func TestEveryPaperOfTheSamplesCanBeReadOutOfItsFile(t *testing.T) {
	tool := debian.Program(t, "poppler-utils", "pdftotext")
	drawnPapers, layouts := 0, map[string]bool{}
	for _, root := range []string{"palestine", "kazakhstan", "qatar"} {
		c, list := catalog.Load(os.DirFS("../../samples/" + root))
		if list.HasErrors() {
			t.Fatal(list)
		}
		for _, s := range c.Services {
			for step := range s.AllSteps() {
				if step.Issue.IsZero() {
					continue
				}
				issued, err := issuedBy(c, s, previewOptions{document: step.Issue.Value})
				if err != nil {
					t.Errorf("%s: %s: %v", s.Code.Value, step.Issue.Value, err)
					continue
				}
				if issued.Texts.Documents[step.Issue.Value].Layout != nil {
					layouts[step.Issue.Value] = true
				}
				for _, lang := range c.Settings.Languages {
					what := fmt.Sprintf("%s, %s first", step.Issue.Value, lang.Value)
					file, err := drawn(c, s, issued, lang.Value)
					if err != nil {
						t.Errorf("%s: %v", what, err)
						continue
					}
					drawnPapers++
					said := wordsOf(issued.Texts.Documents[step.Issue.Value], lang.Value)
					if said = append(said, issued.Number); len(said) < 2 {
						t.Fatalf("%s says nothing", what)
					}
					readable(t, what, tool, file, said)
				}
			}
		}
	}
	if drawnPapers < 20 || len(layouts) < 6 {
		t.Errorf("%d papers of %d layouts", drawnPapers, len(layouts))
	}
}

// readable looks for each text as a screen reader is given it, and for each word in what pdftotext makes of the pages.
func readable(t *testing.T, what, tool string, file []byte, said []string) {
	t.Helper()
	for _, text := range said {
		if !bytes.Contains(file, []byte(utf16Hex(text))) {
			t.Errorf("%s: a screen reader is not told %q", what, text)
		}
	}
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-enc", "UTF-8", name, "-").CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("Error")) {
		t.Fatalf("%s: pdftotext: %v\n%s", what, err, out)
	}
	read := strings.Map(func(r rune) rune { // the marks of direction that it adds
		if strings.ContainsRune("\u202a\u202b\u202c\u200e\u200f", r) {
			return -1
		}
		return r
	}, string(out))
	for _, text := range said {
		for word := range strings.FieldsSeq(text) {
			word = strings.Trim(word, ".,:;،؛!؟?()«»“”") // a mark at the end of a line stands at its other end for poppler
			if !strings.Contains(read, word) {
				t.Errorf("%s: pdftotext does not find %q of %q in\n%s", what, word, text, read)
			}
		}
	}
}

func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// wordsOf are the fixed words of a paper in one of its languages: its title, and of its layout the texts without values.
func wordsOf(d plan.DocumentText, lang string) []string {
	l := d.Layout
	if l != nil && len(l.Languages) > 0 && !slices.Contains(l.Languages, lang) {
		lang = l.Languages[0]
	}
	var out []string
	add := func(texts ...plan.Text) {
		for _, t := range texts {
			if t[lang] != "" && !strings.Contains(t[lang], "{") {
				out = append(out, t[lang])
			}
		}
	}
	add(d.Title)
	if l != nil {
		for _, b := range l.Blocks {
			add(b.Text)
			add(b.Items...)
			add(b.Signers...)
		}
	}
	return out
}

func TestPreviewWritesAPaperAndTellsWhatIsMissing(t *testing.T) {
	const service = "../../samples/palestine/services/transport/driving-licence-renew.yaml"
	name := filepath.Join(t.TempDir(), "licence.pdf")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"preview", service, "-o", name, "--lang", "en"}, exitClean, "driving-licence"},
		{[]string{"preview", service, "-o", name, "--document", "passport"}, exitUsage, "no scenario issues this paper"},
		{[]string{"preview", service, "-o", name, "--scenario", "nobody"}, exitUsage, "there is no scenario"},
		{[]string{"preview", "../../samples/palestine/documents/driving-licence.yaml", "-o", name}, exitUsage, "defines no service"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), c.args, &out, &errs); code != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%v: %d, %q", c.args, code, errs.String())
		}
	}
	if file, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Errorf("no paper: %v", err)
	}
}
