package designer_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

const permit = "services/transport/permit.yaml"

// building is a new service of Leila's first change.
func building(t *testing.T) *world {
	w := serve(t)
	w.begun()
	if made := w.post(w.leila, "/designer/changes/1/new", url.Values{"code": {"permit"}, "title.ar": {"تصريح"}, "title.en": {"Permit"}}); made.status != http.StatusSeeOther {
		t.Fatalf("status %d", made.status)
	}
	return w
}

// panel is the property form of a thing of the new service.
func (w *world) panel(tab, path string) *goquery.Selection {
	w.t.Helper()
	p := w.get(w.leila, at(permit, tab, path))
	form := p.Find("section.editing > form").Last()
	if form.Length() != 1 {
		w.t.Fatalf("%s has no panel: status %d", path, p.status)
	}
	return form
}

// set fills controls of a panel in.
func (w *world) set(tab, path string, more url.Values) page {
	w.t.Helper()
	answer := w.act(w.panel(tab, path), "act", "set", more)
	if answer.status != http.StatusSeeOther && answer.status != http.StatusUnprocessableEntity {
		w.t.Fatalf("status %d %s", answer.status, w.log.String())
	}
	return answer
}

// add puts something of the palette into the new service.
func (w *world) add(tab, path, list, what string) {
	w.t.Helper()
	form := w.get(w.leila, at(permit, tab, path)).Find("form").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return s.Find(fmt.Sprintf("button[name=what][value=%q]", what)).Length() == 1 && s.Find("input[name=list]").AttrOr("value", "") == list && s.Find("input[name=act]").AttrOr("value", "") == "add"
	})
	if answer := w.act(form, "what", what, nil); answer.status != http.StatusSeeOther {
		w.t.Fatalf("%s into %s: status %d", what, list, answer.status)
	}
}

// has looks for pieces of the new service.
func (w *world) has(pieces ...string) {
	w.t.Helper()
	for _, piece := range pieces {
		if text := w.text(permit); !strings.Contains(text, piece) {
			w.t.Errorf("there is no %q in\n%s", piece, text)
		}
	}
}

func TestDecisionsAreRowsThatLeadSomewhere(t *testing.T) {
	w := building(t)
	w.set("steps", "steps/0", url.Values{"p.decisions.sendBack": {"remove"}})
	if text := w.text(permit); strings.Contains(text, "sendBack") {
		t.Error("a decision that was removed is still there")
	}
	w.set("steps", "steps/0", url.Values{"p.decisions.+code": {"sendBack"}, "p.decisions.+lead": {"applicant"}})
	w.has("sendBack: {to: applicant, atMost: 2, then: refuse, within: {14 days: refuse}}")
	w.set("steps", "steps/0", url.Values{"p.decisions.+code": {"other"}, "p.decisions.+lead": {"to:done"}})
	w.has("decision1: {title: {ar: قرار آخر, en: Another decision}, to: done}")
	w.set("steps", "steps/0", url.Values{"p.decisions.decision1": {"end:completed"}})
	w.has("decision1: {title: {ar: قرار آخر, en: Another decision}, end: completed}")
	if p := w.get(w.leila, at(permit, "steps", "steps/0")); p.Find(".finding--error").Length() != 0 {
		t.Error(p.Find(".finding--error").Text())
	}
}

func TestTimeLimitsAreRowsInTheirOrder(t *testing.T) {
	w := building(t)
	w.set("steps", "steps/0", url.Values{"p.within.+.count": {"١٠"}, "p.within.+.unit": {"working days"}, "p.within.+.then": {"escalate"}})
	w.has("within: {3 working days: remind, 10 working days: escalate, 30 days: lapse}")
	before := w.text(permit)
	w.set("steps", "steps/0", url.Values{"p.within.1.then": {"refuse"}})
	if added, removed := lines(before, w.text(permit)); len(added) != 1 || len(removed) != 1 || !strings.Contains(added[0], "10 working days: refuse") {
		t.Errorf("added %q, removed %q", added, removed)
	}
	w.set("steps", "steps/0", url.Values{"p.within.1.count": {""}})
	w.has("within: {3 working days: remind, 30 days: lapse}")
	before = w.text(permit)
	if p := w.set("steps", "steps/0", url.Values{"p.within.+.count": {"soon"}}); p.status != http.StatusUnprocessableEntity || w.text(permit) != before {
		t.Errorf("a time that is none: status %d", p.status)
	}
	w.set("head", "", url.Values{"p.promised.count": {"2"}, "p.promised.unit": {"weeks"}, "p.keep.count": {"7"}})
	w.has("promised: 2 weeks", "keep: 7 years after end")
	w.set("head", "", url.Values{"p.promised.unit": {"at once"}})
	w.has("promised: at once")
}

func TestConditionsArePutTogetherByChoosing(t *testing.T) {
	w := building(t)
	w.add("form", "form/0", "form/0/fields", "choice")
	w.add("form", "form/0", "form/0/fields", "file")
	w.add("form", "form/0", "form/0/fields", "integer")
	choose := func(path string, form url.Values) page {
		return w.act(w.panel("form", path), "act", "condition:when", form)
	}
	choose("form/0/fields/2", url.Values{"if.when.what": {"form.choice1"}, "if.when.how": {"is"}, "if.when.value": {"One choice"}})
	w.has("when: form.choice1 == 'a'")
	choose("form/0/fields/2", url.Values{"if.when.join": {"or"}, "if.when.what": {"form.integer1"}, "if.when.how": {"more"}, "if.when.value": {"٣"}, "p.optional": {"true"}})
	w.has("when: form.choice1 == 'a' or form.integer1 > 3", "optional: true")
	choose("form/0/fields/2", url.Values{"if.when.join": {"replace"}, "if.when.what": {"fullYears(applicant.birthDate, asOf.submitted)"}, "if.when.how": {"atLeast"}, "if.when.value": {"60"}})
	w.has("when: fullYears(applicant.birthDate, asOf.submitted) >= 60")
	before := w.text(permit)
	for _, bad := range []url.Values{
		{"if.when.what": {"form.choice1"}, "if.when.how": {"is"}, "if.when.value": {"blue"}}, {"if.when.what": {"form.integer1"}, "if.when.how": {"is"}, "if.when.value": {"' or 1 == 1"}},
		{"if.when.what": {"os.exit"}, "if.when.how": {"is"}, "if.when.value": {"1"}}, {"if.when.what": {"form.choice1"}, "if.when.how": {"=="}, "if.when.value": {"a"}},
	} {
		if p := choose("form/0/fields/2", bad); p.status != http.StatusUnprocessableEntity || w.text(permit) != before {
			t.Errorf("%v: status %d", bad, p.status)
		}
	}
	choose("form/0/fields/2", url.Values{"if.when.join": {"replace"}, "if.when.what": {"form.question"}, "if.when.how": {"is"}, "if.when.value": {`it's \ mine`}})
	if p := w.get(w.leila, at(permit, "form", "form/0/fields/2")); p.Find(".finding--error").Length() != 0 {
		t.Error(p.Find(".finding--error").Text())
	}
}

func TestANewDocumentBeginsWithWhatTheFormAsks(t *testing.T) {
	w := building(t)
	w.add("steps", "steps/0", "steps", "issue")
	paper := func(more url.Values) page {
		form := w.get(w.leila, at(permit, "steps", "steps/1")).Find(".paper form")
		return w.act(form, "act", "paper", more)
	}
	if p := paper(url.Values{"paper.code": {"../x"}, "paper.register": {"PM"}, "paper.title.ar": {"تصريح"}, "paper.title.en": {"Permit"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a code that is none: status %d", p.status)
	}
	if p := paper(url.Values{"paper.code": {"permit"}, "paper.register": {"pm"}, "paper.title.ar": {"تصريح"}, "paper.title.en": {"Permit"}}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d %s", p.status, w.log.String())
	}
	w.has("issue: permit")
	if text := w.text("documents/permit.yaml"); !strings.Contains(text, "register: PM") || !strings.Contains(text, "value: form.question") {
		t.Error(text)
	}
	if p := paper(url.Values{"paper.code": {"permit"}, "paper.register": {"PM"}, "paper.title.ar": {"تصريح"}, "paper.title.en": {"Permit"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a second document of that code: status %d", p.status)
	}
}

func TestAMissingRefundRuleIsMendedByOneClick(t *testing.T) {
	w := building(t)
	w.add("fees", "", "fees", "fee")
	w.add("steps", "steps/0", "steps", "pay")
	form := w.get(w.leila, at(permit, "steps", "steps/1")).Find(".editing__acts form:has(button[name=to][value='0'])")
	if w.act(form, "to", "0", nil).status != http.StatusSeeOther {
		t.Fatal("the payment does not move up")
	}
	for range 4 {
		form := w.get(w.leila, at(permit, "steps", "")).Find("form:has(button[value=refund])").First()
		if form.Length() == 0 {
			break
		}
		w.act(form, "act", "refund", nil)
	}
	if p := w.get(w.leila, at(permit, "steps", "")); p.Find(".finding--error").Length() != 0 {
		t.Error(p.Find(".finding--error").Text())
	}
	w.has("refund: {fee1: all}")
}

func TestAFeeByBandsIsATableAndNoFormula(t *testing.T) {
	w := building(t)
	w.add("form", "form/0", "form/0/fields", "integer")
	w.add("fees", "", "fees", "fee")
	amount := func(how string, more url.Values) page {
		form := w.get(w.leila, at(permit, "fees", "fees/0")).Find("form:has(input[name=how][value=" + how + "])")
		return w.act(form, "act", "amount", more)
	}
	amount("fixed", url.Values{"amount.fixed": {"١٢٫٥"}})
	w.has(`amount: money("12.50 ILS")`)
	bands := url.Values{"amount.over": {"form.integer1"}, "amount.upTo.1": {"50"}, "amount.band.1": {"20"}, "amount.above": {"45.5"}}
	amount("bands", bands)
	w.has(`amount: 'form.integer1 <= 50 ? money("20.00 ILS") : money("45.50 ILS")'`)
	p := w.get(w.leila, at(permit, "fees", "fees/0"))
	if got := p.Find("input[name='amount.upTo.1']").AttrOr("value", "") + " " + p.Find("input[name='amount.band.1']").AttrOr("value", "") + " " + p.Find("input[name='amount.above']").AttrOr("value", ""); got != "50 20.00 45.50" {
		t.Errorf("the bands are shown as %q", got)
	}
	if p.Find(".finding--error").Length() != 1 { // nobody pays it yet
		t.Error(p.Find(".finding--error").Text())
	}
	amount("bands", url.Values{"amount.upTo.2": {"100"}, "amount.band.2": {"30"}})
	w.has(`form.integer1 <= 50 ? money("20.00 ILS") : form.integer1 <= 100 ? money("30.00 ILS") : money("45.50 ILS")`)
	before := w.text(permit)
	for _, bad := range []url.Values{{"amount.upTo.1": {"200"}}, {"amount.above": {""}}, {"amount.band.1": {"a lot"}}, {"amount.band.1": {"1.005"}}, {"amount.over": {"applicant.name"}}} {
		if p := amount("bands", bad); p.status != http.StatusUnprocessableEntity || w.text(permit) != before {
			t.Errorf("%v: status %d", bad, p.status)
		}
	}
}

func TestAFormulaIsSaidInWordsBesideIt(t *testing.T) {
	w := serve(t)
	w.begun()
	p := w.get(w.leila, at(licence, "fees", "fees/0"))
	if said := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(p.Find(".said").First().Text()); !strings.Contains(said, "licencePerYear") || !strings.Contains(said, "× “Renew for”") {
		t.Errorf("the amount is said as %q", said)
	}
	usable := p.Find(".usable").First().Text()
	for _, want := range []string{"form.years", "Renew for", "tariff.licencePerYear", "50.00 ILS", "licence.unpaidFines", "the applicant's date of birth"} {
		if !strings.Contains(usable, want) {
			t.Errorf("%q is not among what can be used", want)
		}
	}
	if row := w.get(w.leila, at(licence, "steps", "steps/3")).Find(".outline__row--selected .outline__flow").Text(); !strings.Contains(row, "is more than 0") {
		t.Errorf("the row says %q", row)
	}
}

func TestWhatIsPaidIsDrawnOverAnAnswerBesideWhatIsLive(t *testing.T) {
	w := serve(t)
	w.begun()
	w.edit(1, licence, "amount: tariff.licencePerYear * form.years", "amount: tariff.licencePerYear * (form.years + 1)")
	p := w.get(w.leila, at(licence, "fees", "")+"&over=years&scenario=0")
	rows := p.Find(".bench__picture .bands tbody tr").Map(func(_ int, s *goquery.Selection) string {
		return strings.Join(strings.Fields(strings.NewReplacer("\u2068", " ", "\u2069", " ", "₪", " ").Replace(s.Text())), " ")
	})
	if len(rows) != 2 || !strings.Contains(rows[0], "100.00") || !strings.Contains(rows[0], "50.00") || !strings.Contains(rows[1], "300.00") || !strings.Contains(rows[1], "250.00") {
		t.Errorf("%q", rows)
	}
	if p.Find("svg.chart .chart__is circle").Length() != 2 || p.Find("svg.chart .chart__was circle").Length() != 2 {
		t.Error(p.Find("svg.chart").Text())
	}
	for _, bad := range []string{"&over=nothing&lo=x&hi=-1&scenario=99", "&scenario=-5", "&lo=5&hi=1"} {
		if p := w.get(w.leila, at(licence, "fees", "")+bad); p.status != http.StatusOK {
			t.Errorf("%s: status %d", bad, p.status)
		}
	}
}

func TestRequestsThatNoPageMakesAreRefused(t *testing.T) {
	w := building(t)
	before := w.text(permit)
	for _, act := range []string{"set", "add", "remove", "move", "wrap", "mend", "refund", "expect", "forget", "amount", "paper", "texts", "condition:when", "condition:", "save", "nothing"} {
		for _, number := range []string{"", "-1", "99999999999999999999", "999", "x"} {
			for _, path := range []string{"", "scenarios/-1", "steps/99", "form/0/fields/0/x", "steps", "~1", "steps/0/decisions/none"} {
				p := w.post(w.leila, "/designer/changes/1/edit", url.Values{"file": {permit}, "tab": {"steps"}, "act": {act}, "at": {path}, "list": {path}, "from": {number}, "to": {number}, "index": {number}, "what": {"review"}, "version": {number}, "how": {"bands"}, "into": {"form"},
					"p.within.+.count": {number}, "was.decisions.none": {"continue"}, "p.decisions.none": {"remove"}, "p.decisions.+code": {"x: y"}, "p.decisions.+lead": {"to:}{"}})
				if p.status >= 500 {
					t.Fatalf("%s %q of %q: status %d %s", act, number, path, p.status, w.log.String())
				}
				if text := w.text(permit); text != before { // what is refused by half would not be undone by one step
					w.post(w.leila, "/designer/changes/1/edit", url.Values{"file": {permit}, "act": {"undo"}})
					if w.text(permit) != before {
						t.Fatalf("%s %q of %q is not undone", act, number, path)
					}
				}
			}
		}
	}
}

// Beside each key stands what it means: in Arabic for whoever reads Arabic, in English for everybody else.
func TestHelpIsInTheLanguageOfThePage(t *testing.T) {
	w := serve(t)
	w.begun()
	page := at(licence, "form", "form/0/fields/0")
	for lang, want := range map[string]string{"en": "The question.", "ar": "السؤال."} {
		p := w.get(w.leila, page+"&lang="+lang)
		help := p.Find(".property:has(code:contains('label')) .help p").First()
		written := map[bool]string{true: "ar rtl", false: "en ltr"}[lang == "ar"]
		if said := help.Text(); !strings.HasSuffix(said, want) || help.AttrOr("lang", "")+" "+help.AttrOr("dir", "") != written {
			t.Errorf("%s: %q, %s %s", lang, said, help.AttrOr("lang", ""), help.AttrOr("dir", ""))
		}
	}
}
