package compare_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
)

// What starts a service is told by what it is, and a consent by what it means for the person.
func TestWhatStartsAServiceIsToldInTheWordsOfTheDomain(t *testing.T) {
	const file = "services/education/nursery-renewal.yaml"
	files := os.DirFS("../../samples/qatar")
	before, _ := catalog.Load(files)
	edited := fstest.MapFS{}
	for name, content := range before.Files {
		edited[name] = &fstest.MapFile{Data: content}
	}
	src := strings.NewReplacer("    consent: needed\n    within: 60 days\n", "    consent: none\n", "  - by: applicant\n", "  - by: licensing-officer\n",
		"-60)\n    for", "-30)\n    for").Replace(string(before.Files[file]))
	edited[file] = &fstest.MapFile{Data: []byte(src)}
	after, _ := catalog.Load(edited)
	d := compare.Catalogues(before, after)
	for lang, want := range map[string][]string{
		"en": {
			"start by a day of the right nursery-licence: day on which it starts changed from addDays(right.validUntil, -60) to addDays(right.validUntil, -30)",
			"start by a day of the right nursery-licence: it is now sent without asking the person",
		},
		"ar": {
			"بدء الخدمة بيوم من عمر الحق «ترخيص دار حضانة»: تغيير اليوم الذي تبدأ فيه من addDays(right.validUntil, -60) إلى addDays(right.validUntil, -30)",
			"بدء الخدمة بيوم من عمر الحق «ترخيص دار حضانة»: يُرسل من الآن دون سؤال الشخص",
			"«موظف تراخيص»",
		},
	} {
		got := sentencesOf(d, lang)
		for _, w := range want {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, w) }) {
				t.Errorf("%s: not said: %s\nsaid:\n%s", lang, w, strings.Join(got, "\n"))
			}
		}
	}
}
