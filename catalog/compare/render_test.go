package compare_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/compare"
)

// hostile is a text that would be markup if it were not escaped.
const hostile = `<script>alert("x")</script><img src=x onerror=y>`

func TestTheFragmentIsEscapedAndHasADirection(t *testing.T) {
	c := load(t)
	src := string(c.Files[licence])
	changed := strings.NewReplacer("ar: سنة واحدة", "ar: '"+hostile+"'", "when: facts.monthsLate > 0", `when: "facts.monthsLate < 2 and form.phone != '<b>'"`).Replace(src)
	d := differ(c, licence, changed)
	for lang, dir := range map[string]string{"ar": "rtl", "en": "ltr"} {
		var b bytes.Buffer
		if err := d.WriteHTML(&b, lang); err != nil {
			t.Fatal(err)
		}
		names := elements(t, b.String())
		for _, name := range []string{"script", "img", "b", "style"} {
			if slices.Contains(names, name) {
				t.Errorf("there is a %s: %s", name, &b)
			}
		}
		for _, name := range []string{"section", "h2", "h3", "ul", "li", "del", "ins", "code", "bdi"} {
			if !slices.Contains(names, name) {
				t.Errorf("there is no %s: %s", name, &b)
			}
		}
		if !strings.HasPrefix(b.String(), `<section class="difference" lang="`+lang+`" dir="`+dir+`">`) || strings.Contains(b.String(), "style=") {
			t.Errorf("%s", &b)
		}
	}
}

// elements are the names of the elements of a fragment, which is well formed as XML too.
func elements(t *testing.T, fragment string) []string {
	t.Helper()
	var names []string
	r := xml.NewDecoder(strings.NewReader(fragment))
	for {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, fragment)
		}
		if e, ok := token.(xml.StartElement); ok {
			names = append(names, e.Name.Local)
		}
	}
}

func TestProgramsReadEachChangeWithItsPlacesAndBothSentences(t *testing.T) {
	c := load(t)
	d := differ(c, licence, strings.Replace(string(c.Files[licence]), "within: {14 days: lapse}", "within: {7 days: lapse}", 1))
	var b bytes.Buffer
	if err := d.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Count   int
		Changes []struct {
			Kind, Concern string
			Definition    compare.Part
			Subject       []compare.Part
			Old, New      struct{ Start struct{ Line int } }
			Args          map[string]string
			Sentence      map[string]string
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Count != 1 || len(got.Changes) != 1 {
		t.Fatalf("%v %s", err, &b)
	}
	ch := got.Changes[0]
	if ch.Kind != "step-within" || ch.Concern != "time" || ch.Definition.Code != "transport.driving-licence.renew" || ch.Subject[0].Code != "pay" ||
		ch.Old.Start.Line != 93 || ch.New.Start.Line != 93 || ch.Args["old"] != "14 days" || ch.Args["new"] != "7 days" ||
		!strings.Contains(ch.Sentence["ar"], "المهلة") || !strings.Contains(ch.Sentence["en"], "time limit") {
		t.Errorf("%s", &b)
	}
}

func TestTheMostImportantChangeOfTheMostTouchedServiceComesFirst(t *testing.T) {
	c := load(t)
	after, _ := c.WithFile(licence, []byte(strings.NewReplacer("ar: سنة واحدة", "ar: سنة", "tariff.licencePerYear * form.years", "tariff.licencePerYear", "within: {14 days: lapse}", "within: {7 days: lapse}").Replace(string(c.Files[licence]))))
	const birth = "services/interior/birth-certificate-first.yaml"
	after, _ = after.WithFile(birth, []byte(strings.Replace(string(c.Files[birth]), "accept: [pdf", "optional: true\n        accept: [pdf", 1)))
	d := compare.Catalogues(c, after)
	var concerns []compare.Concern
	for _, ch := range d {
		concerns = append(concerns, ch.Concern)
	}
	if want := []compare.Concern{compare.Money, compare.Time, compare.Wording, compare.Data}; !slices.Equal(concerns, want) {
		t.Errorf("%q", concerns)
	}
	if groups := d.Groups(); len(groups) != 2 || groups[0].New != licence || groups[1].Old != birth {
		t.Errorf("%+v", groups)
	}
}
