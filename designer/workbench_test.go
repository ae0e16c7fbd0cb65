package designer_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/diwan-gov/diwan/runtime/change"
)

const health = "services/health/insurance-renew.yaml"

// at is the address of the workbench of a file of the first change.
func at(file, tab, path string) string { return in(1, file, tab, path) }

// in is that of a file of any change.
func in(number int64, file, tab, path string) string {
	return fmt.Sprintf("/designer/changes/%d/edit?", number) + url.Values{"file": {file}, "tab": {tab}, "at": {path}}.Encode()
}

// text is a file as the change has it.
func (w *world) text(file string) string {
	w.t.Helper()
	t, err := w.changes.Text(w.t.Context(), 1, file)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(t.Body)
}

// fill is what a browser would send of a form.
func fill(form *goquery.Selection) url.Values {
	out := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		if name == "" {
			return
		}
		value := s.AttrOr("value", "")
		if kind := s.AttrOr("type", ""); kind == "checkbox" || kind == "radio" {
			if _, checked := s.Attr("checked"); !checked {
				return
			}
		}
		switch goquery.NodeName(s) {
		case "textarea":
			value = s.Text()
		case "select":
			value = s.Find("option[selected]").AttrOr("value", "")
		}
		out.Add(name, value)
	})
	return out
}

// act posts a form of a page, with the button of that value.
func (w *world) act(form *goquery.Selection, button, value string, more url.Values) page {
	w.t.Helper()
	if form.Length() != 1 {
		w.t.Fatalf("there are %d forms", form.Length())
	}
	body := fill(form)
	body.Set(button, value)
	for name, v := range more {
		body[name] = v
	}
	return w.post(w.leila, form.AttrOr("action", ""), body)
}

func TestAPropertyIsSetAndNothingElseIsTouched(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	p := w.get(w.leila, at(licence, "form", "form/0/fields/0"))
	form := p.Find("section.editing form").Last()
	if answer := w.act(form, "act", "set", url.Values{"p.label.en": {"Number: of the #licence"}, "p.optional": {"true"}}); answer.status != http.StatusSeeOther {
		t.Fatalf("status %d %s", answer.status, w.log.String())
	}
	got := w.text(licence)
	added, removed := lines(before, got)
	if len(removed) != 1 || len(added) != 2 || !strings.Contains(strings.Join(added, "\n"), `en: "Number: of the #licence"`) || !strings.Contains(strings.Join(added, "\n"), "optional: true") {
		t.Errorf("removed %q, added %q", removed, added)
	}
	if answer := w.act(w.get(w.leila, at(licence, "form", "")).Find(".bench-undo form"), "act", "undo", nil); answer.status != http.StatusSeeOther || w.text(licence) != before {
		t.Errorf("undone it is another text: status %d", answer.status)
	}
	if w.act(w.get(w.leila, at(licence, "form", "")).Find(".bench-undo form"), "act", "redo", nil); w.text(licence) != got {
		t.Error("redone it is another text")
	}
}

func TestWhatSomebodyElseHasSetMeanwhileStays(t *testing.T) {
	w := serve(t)
	w.begun()
	form := w.get(w.leila, at(licence, "form", "form/0/fields/0")).Find("section.editing form").Last()
	w.edit(1, licence, "Licence number", "Number on the licence")
	w.act(form, "act", "set", url.Values{"p.label.ar": {"الرقم على الرخصة"}})
	if got := w.text(licence); !strings.Contains(got, "Number on the licence") || !strings.Contains(got, "الرقم على الرخصة") {
		t.Error("of two edits of one label one is lost")
	}
}

func TestOnlyAnalystsOfItsAuthorityEditAFile(t *testing.T) {
	w := serve(t)
	w.begun()
	for _, who := range []string{"rami", "huda"} {
		person := map[string]func() page{
			"rami": func() page {
				return w.post(w.rami, "/designer/changes/1/edit", url.Values{"file": {licence}, "act": {"remove"}, "at": {"fees/0"}})
			},
			"huda": func() page {
				return w.post(w.huda, "/designer/changes/1/edit", url.Values{"file": {health}, "act": {"remove"}, "at": {"form/0"}})
			},
		}[who]
		if p := person(); p.status != http.StatusForbidden {
			t.Errorf("%s: status %d", who, p.status)
		}
	}
	if p := w.get(w.rami, at(licence, "form", "form/0")); p.status != http.StatusOK || p.Find("button[value=set], .palette, .bench-undo").Length() != 0 {
		t.Errorf("a reviewer is offered to edit: status %d", p.status)
	}
	if p := w.get(w.leila, at(health, "form", "")); p.Find(".palette").Length() != 0 {
		t.Error("a file of another authority is offered")
	}
}

func TestATextOfAnyBytesIsShownAndMended(t *testing.T) {
	w := serve(t)
	w.begun()
	for _, text := range []string{"", "\x00\xff\xfe", "service: [", "a: b\n", "- 1\n- 2\n", "service: x\nform: 3\nsteps: {a: b}\n", strings.Repeat("x: ", 500), "service: a\nform:\n  - \n  - 3\n"} {
		if _, err := w.changes.Edit(t.Context(), w.leila, 1, licence, func([]byte) ([]byte, error) { return []byte(text), nil }); err != nil {
			t.Fatal(err)
		}
		for _, tab := range []string{"", "form", "steps", "fees", "head", "texts", "preview", "try", "text"} {
			if p := w.get(w.leila, at(licence, tab, "form/0/fields/0")); p.status != http.StatusOK {
				t.Errorf("%q on %s: status %d %s", text, tab, p.status, w.log.String())
			}
		}
	}
	if p := w.get(w.leila, at(licence, "text", "")); p.Find(".finding--error").Length() == 0 {
		t.Error("what is broken is shown without its findings")
	}
	whole := fill(w.get(w.leila, at(licence, "text", "")).Find(".source form"))
	whole.Set("act", "save")
	whole.Set("text", "service: transport.test\r\n")
	if p := w.post(w.leila, "/designer/changes/1/edit", whole); p.status != http.StatusSeeOther || w.text(licence) != "service: transport.test\n" {
		t.Errorf("status %d, %q", p.status, w.text(licence))
	}
}

func TestATextWithoutScriptsIsJoinedWithWhatOthersHaveEdited(t *testing.T) {
	w := serve(t)
	w.begun()
	form := w.get(w.leila, at(licence, "text", "")).Find(".source form")
	w.edit(1, licence, "promised: 3 working days", "promised: 4 working days")
	mine := strings.Replace(form.Find("textarea").Text(), "Licence number", "Number", 1)
	if p := w.act(form, "act", "save", url.Values{"text": {mine}}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d", p.status)
	}
	if got := w.text(licence); !strings.Contains(got, "promised: 4 working days") || !strings.Contains(got, "en: Number") {
		t.Error("one of the two edits is lost")
	}
	mine = strings.Replace(mine, "promised: 3 working days", "promised: 9 working days", 1)
	p := w.act(form, "act", "save", url.Values{"text": {mine}})
	if p.status != http.StatusConflict || !strings.Contains(p.Find(".source textarea").Text(), "promised: 9 working days") {
		t.Errorf("a conflict: status %d; what was written is kept: %t", p.status, strings.Contains(p.Find("textarea").Text(), "9 working days"))
	}
}

func TestTheTableOfTextsBeginsWithWhatIsMissing(t *testing.T) {
	w := serve(t)
	w.begun()
	w.edit(1, licence, ", en: Licence number", "")
	p := w.get(w.leila, at(licence, "texts", ""))
	first := p.Find(".texts tbody tr").First()
	if !first.HasClass("texts__missing") || p.Find(".texts__missing").Length() != 1 {
		t.Fatalf("missing: %d", p.Find(".texts__missing").Length())
	}
	name := first.Find("textarea[lang=en]").AttrOr("name", "")
	before := w.text(licence)
	w.act(p.Find("form:has(.texts)"), "act", "texts", url.Values{name: {"The number"}})
	added, removed := lines(before, w.text(licence))
	if len(added) != 1 || len(removed) != 1 || !strings.Contains(added[0], "The number") {
		t.Errorf("removed %q, added %q", removed, added)
	}
}

func TestThePreviewIsWhatACitizenGetsInEachLanguage(t *testing.T) {
	w := serve(t)
	w.begun()
	for lang, label := range map[string]string{"ar": "رقم", "en": "Licence number"} {
		p := w.get(w.leila, at(licence, "preview", "")+"&scenario=0&pl="+lang)
		preview := p.Find("[data-preview]")
		if preview.AttrOr("lang", "") != lang || !strings.Contains(preview.Text(), label) {
			t.Errorf("%s: no %s", lang, label)
		}
		if value := preview.Find("input[name=licenceNumber]").AttrOr("value", ""); value == "" {
			t.Errorf("%s: the scenario does not fill it", lang)
		}
	}
}

func TestTheExamplesAreRunOnTheTextAsItStands(t *testing.T) {
	w := serve(t)
	w.begun()
	p := w.get(w.leila, at(licence, "try", "")+"&scenario=0")
	if p.Find(".outline__row--selected .tag--good").Length() != 1 || p.Find(".story li").Length() < 4 || p.Find(".picture svg").Length() != 1 {
		t.Errorf("%d fail, %d things happen", p.Find(".outline .tag--bad").Length(), p.Find(".story li").Length())
	}
	w.edit(1, licence, "amount: tariff.licencePerYear * form.years", "amount: tariff.licencePerYear * (form.years + 1)")
	p = w.get(w.leila, at(licence, "try", "")+"&scenario=0")
	if p.Find(".outline__row--selected .tag--bad").Length() != 1 || p.Find(".editing .finding--error").Length() == 0 {
		t.Error("another fee is paid, and every example is as expected")
	}
}

func TestWhatIsAddedFromThePaletteIsSound(t *testing.T) {
	w := serve(t)
	w.begun()
	made := w.post(w.leila, "/designer/changes/1/new", url.Values{"code": {"permit"}, "title.ar": {"تصريح"}, "title.en": {"Permit"}})
	if made.status != http.StatusSeeOther {
		t.Fatalf("status %d", made.status)
	}
	const file = "services/transport/permit.yaml"
	for _, place := range [][2]string{{"form", "form/0/fields/0"}, {"form", "form/0"}, {"form", ""}, {"steps", "steps/0"}, {"fees", ""}} {
		for _, what := range w.get(w.leila, at(file, place[0], place[1])).Find(".palette__choice").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") }) {
			form := w.get(w.leila, at(file, place[0], place[1])).Find(fmt.Sprintf("form:has(button[name=what][value=%q])", what)).First()
			if answer := w.act(form, "what", what, nil); answer.status != http.StatusSeeOther {
				t.Errorf("%s: status %d %s", what, answer.status, w.log.String())
				continue
			}
			page := w.get(w.leila, at(file, place[0], ""))
			page.Find(".finding--error").Each(func(_ int, found *goquery.Selection) {
				switch what {
				case "item", "issue", "end", "pay", "fee", "start": // needs something that the analyst does next, or ends what comes behind it
				default:
					t.Errorf("%s in %s: %s", what, place, found.Text())
				}
			})
			w.act(w.get(w.leila, at(file, place[0], "")).Find(".bench-undo form"), "act", "undo", nil)
		}
	}
}

// lines are those that b has and a has not, and the other way round.
func lines(a, b string) (added, removed []string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	left := slices.Clone(x)
	for _, line := range y {
		if i := slices.Index(left, line); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			added = append(added, line)
		}
	}
	return added, left
}

// comments are those of a text.
func comments(text string) (out []string) {
	for line := range strings.Lines(text) {
		if _, comment, is := strings.Cut(line, " # "); is {
			out = append(out, strings.TrimSpace(comment))
		} else if strings.HasPrefix(strings.TrimSpace(line), "#") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// Edits as somebody with a mouse makes them, on pages as they come, over the services of every sample: each changes the lines that it means, keeps
// the comments and is undone to the same bytes.
func TestRandomVisualEditsChangeOnlyWhatTheyMean(t *testing.T) {
	for _, country := range []string{"palestine", "qatar", "kazakhstan"} {
		t.Run(country, func(t *testing.T) { editAtRandom(t, country) })
	}
}

func editAtRandom(t *testing.T, country string) {
	w := serveOf(t, country)
	c, err := w.changes.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type open struct {
		number int64
		file   string
	}
	var files []open
	numbers := map[string]int64{}
	for _, s := range c.Services {
		if bytes.HasPrefix(c.Files[s.File], []byte("blueprint:")) || c.Files[s.File] == nil {
			continue // most of it stands elsewhere: it is edited as text
		}
		authority := s.Authority.Value
		if numbers[authority] == 0 {
			w.leila.Capacities = append(w.leila.Capacities, authority+":"+change.Analyst)
			ch, err := w.changes.Start(t.Context(), w.leila, change.Words{Title: "At random"}, authority)
			if err != nil {
				t.Fatal(err)
			}
			numbers[authority] = ch.Number
		}
		files = append(files, open{numbers[authority], s.File})
	}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	kinds := map[string]int{}
	for done := 0; done < 25; {
		file := files[r.IntN(len(files))]
		now := func() string {
			text, err := w.changes.Text(t.Context(), file.number, file.file)
			if err != nil {
				t.Fatal(err)
			}
			return string(text.Body)
		}
		tab := []string{"form", "steps", "fees", "head"}[r.IntN(4)]
		p := w.get(w.leila, in(file.number, file.file, tab, ""))
		links := p.Find(".outline a")
		if links.Length() > 0 {
			p = w.get(w.leila, links.Eq(r.IntN(links.Length())).AttrOr("href", ""))
		}
		before := now()
		kind := []string{"set", "choose", "add", "move", "remove", "wrap"}[r.IntN(6)]
		var answer page
		most := 0 // lines that may go
		switch kind {
		case "set":
			form := p.Find("section.editing form").Last()
			boxes := form.Find("textarea.input, input.input").FilterFunction(func(_ int, s *goquery.Selection) bool {
				value := s.AttrOr("value", "") + s.Text()
				return value != "" && !s.HasClass("code-box") && strings.HasPrefix(s.AttrOr("name", ""), "p.")
			})
			if boxes.Length() == 0 {
				continue
			}
			box := boxes.Eq(r.IntN(boxes.Length()))
			answer, most = w.act(form, "act", "set", url.Values{box.AttrOr("name", ""): {fmt.Sprintf("new-%d", r.IntN(1e6))}}), strings.Count(box.Text(), "\n")+1
		case "choose":
			form := p.Find("section.editing form").Last()
			lists := form.Find("select, input[type=checkbox]").FilterFunction(func(_ int, s *goquery.Selection) bool {
				return strings.HasPrefix(s.AttrOr("name", ""), "p.") && !strings.Contains(s.AttrOr("name", ""), "+")
			})
			if lists.Length() == 0 {
				continue
			}
			one := lists.Eq(r.IntN(lists.Length()))
			name, value := one.AttrOr("name", ""), []string(nil)
			if goquery.NodeName(one) == "select" {
				options := one.Find("option")
				value = []string{options.Eq(r.IntN(options.Length())).AttrOr("value", "")}
			} else {
				form.Find("input[checked]").Each(func(_ int, s *goquery.Selection) {
					if s.AttrOr("name", "") == name && s.AttrOr("value", "") != one.AttrOr("value", "") {
						value = append(value, s.AttrOr("value", ""))
					}
				})
				if _, checked := one.Attr("checked"); !checked {
					value = append(value, one.AttrOr("value", ""))
				}
			}
			answer, most = w.act(form, "act", "set", url.Values{name: value}), 6 // a decision, with what was said of it
			if value == nil || slices.Contains([]string{"", "remove"}, strings.Join(value, "")) {
				kind = "clear" // and what was said beside it
			}
		case "add":
			buttons := p.Find(".palette:not(.wrap) .palette__choice")
			if buttons.Length() == 0 {
				continue
			}
			button := buttons.Eq(r.IntN(buttons.Length()))
			answer = w.act(button.Closest("form"), "what", button.AttrOr("value", ""), nil)
		case "wrap":
			buttons := p.Find(".wrap .palette__choice")
			if buttons.Length() == 0 {
				continue
			}
			button := buttons.Eq(r.IntN(buttons.Length()))
			answer, most = w.act(button.Closest("form"), "what", button.AttrOr("value", ""), nil), 1000
		default:
			forms := p.Find(".editing__acts > form").FilterFunction(func(_ int, s *goquery.Selection) bool {
				return (s.Find("input[name=act][value=move]").Length() > 0) == (kind == "move")
			})
			if forms.Length() == 0 {
				continue
			}
			form := forms.Eq(r.IntN(forms.Length()))
			button := form.Find("button")
			answer, most = w.act(form, button.AttrOr("name", ""), button.AttrOr("value", ""), nil), 1000
		}
		if answer.status == http.StatusUnprocessableEntity { // it cannot be made without touching something else, and is not made
			if now() != before {
				t.Fatal("what is refused has changed the text")
			}
			continue
		}
		after := now()
		if answer.status != http.StatusSeeOther || after == before && !slices.Contains([]string{"set", "choose", "clear", "move"}, kind) { // of a move: two that are alike
			t.Fatalf("%s of %s on %s: status %d, changed %t %s\n%s", kind, file.file, p.Find(".outline__row--selected").Text(), answer.status, after != before, w.log.String(), before)
		}
		added, removed := lines(before, after)
		switch {
		case kind == "wrap" && len(missing(inLine(removed), inLine(added))) > 0: // what stands inside of another is only moved in
			t.Fatalf("a wrapping loses lines: %q", missing(inLine(removed), inLine(added)))
		case len(removed) > most:
			t.Fatalf("%s: lines are gone: %q for %q", kind, removed, added)
		case kind == "move" && len(added)+len(removed) > 2: // the first of a list may stand behind its hyphen with what follows it
			t.Fatalf("a move changes lines: %q %q", added, removed)
		case kind == "remove" && len(added) > 1:
			t.Fatalf("a removal adds lines: %q", added)
		}
		if kind != "remove" && kind != "clear" && !slices.Equal(sorted(comments(before)), sorted(comments(after))) {
			t.Fatalf("%s: the comments are %q and were %q", kind, comments(after), comments(before))
		}
		w.act(w.get(w.leila, in(file.number, file.file, tab, "")).Find(".bench-undo form"), "act", "undo", nil)
		if after != before && !bytes.Equal([]byte(now()), []byte(before)) {
			t.Fatalf("%s is not undone to the same bytes", kind)
		}
		if done%3 == 0 { // some stay, so that later ones are made on what is made
			w.act(w.get(w.leila, in(file.number, file.file, tab, "")).Find(".bench-undo form"), "act", "redo", nil)
		}
		kinds[kind]++
		done++
	}
	t.Log(kinds)
}

// inLine are lines without what only says how deep they stand.
func inLine(list []string) (out []string) {
	for _, line := range list {
		out = append(out, strings.TrimPrefix(strings.TrimSpace(line), "- "))
	}
	return out
}

// missing are those of list that others has not.
func missing(list, others []string) (out []string) {
	left := slices.Clone(others)
	for _, line := range list {
		if i := slices.Index(left, line); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			out = append(out, line)
		}
	}
	return out
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func TestThePictureLeadsToItsStepsAndShowsTheChosenOne(t *testing.T) {
	w := serve(t)
	w.begun()
	p := w.get(w.leila, at(licence, "steps", "steps/5"))
	if chosen := p.Find(".picture [data-chosen]"); chosen.Length() != 1 || chosen.Next().Find("[data-key=review]").Length() != 1 {
		t.Errorf("%d steps are shown as chosen", chosen.Length())
	}
	links := p.Find(".picture a")
	if links.Length() < 7 || !strings.Contains(links.First().AttrOr("href", ""), "at=steps%2F0") {
		t.Errorf("%d links, the first to %s", links.Length(), links.First().AttrOr("href", ""))
	}
}
