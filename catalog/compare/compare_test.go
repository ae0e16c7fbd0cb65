package compare_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/source"
)

const licence = "services/transport/driving-licence-renew.yaml"

// sentencesOf are the sentences of a difference in a language.
func sentencesOf(d compare.Difference, lang string) []string {
	var out []string
	for _, c := range d {
		out = append(out, c.Sentence(lang))
	}
	return out
}

// Each edit of the driving licence is told in exactly these words.
func TestAnEditIsToldInTheWordsOfTheDomain(t *testing.T) {
	c := load(t)
	src := string(c.Files[licence])
	for _, test := range []struct {
		name     string
		old, new string // what stands in the file and what then stands in its place
		kinds    []string
		en, ar   []string
	}{
		{"time limit", "within: {14 days: lapse}", "within: {7 days: lapse}", []string{"step-within"},
			[]string{"step pay: time limit 14 days → 7 days, then: lapse of the application"},
			[]string{"الخطوة «دفع الرسوم»: المهلة من 14 يومًا إلى 7 أيام، وبعدها: سقوط الطلب"}},
		{"what follows a limit", "within: {2 working days: escalate}", "within: {2 working days: lapse}", []string{"step-within-then"},
			[]string{"step review: after 2 working days: lapse of the application instead of escalation"},
			[]string{"الخطوة «مراجعة موظف الترخيص»: بعد يومي عمل: سقوط الطلب بدلًا من رفع الأمر"}},
		{"role", "review: licensing-officer", "review: head", []string{"step-role"},
			[]string{"step review is now decided by head instead of licensing-officer"},
			[]string{"الخطوة «مراجعة موظف الترخيص»: القرار من الآن من اختصاص head بدلًا من «موظف ترخيص»"}},
		{"refund", "refuse: {end: refused, refund: {renewal: all, late: keep}}", "refuse: {end: refused, refund: {renewal: all, late: all}}", []string{"refund"},
			[]string{"step review, decision refuse, refund of late: all of it instead of nothing"},
			[]string{"الخطوة «مراجعة موظف الترخيص»، القرار «رفض»، استرداد «غرامة تأخير»: كله بدلًا من لا شيء"}},
		{"bound of a return", "atMost: 2", "atMost: 3", []string{"decision-at-most"},
			[]string{"step review, decision sendBack: number of times at most changed from 2 to 3"},
			[]string{"الخطوة «مراجعة موظف الترخيص»، القرار «إعادة للتصحيح»: تغيير أقصى عدد للمرات من 2 إلى 3"}},
		{"condition taken away", "        when: facts.age >= 60\n", "", []string{"field-when"},
			[]string{"field medicalReport is now always shown, no longer only when facts.age >= 60"},
			[]string{"الحقل «تقرير طبي» يظهر من الآن دائمًا، لا عند تحقق الشرط facts.age >= 60 فقط"}},
		{"stricter size", "maxSize: 5 MB", "maxSize: 2 MB", []string{"field-max-size-stricter"},
			[]string{"field medicalReport: largest size 5 MB → 2 MB (stricter)"}, []string{"الحقل «تقرير طبي»: أكبر حجم من 5 MB إلى 2 MB (تشديد)"}},
		{"kind of file", "accept: [pdf, jpeg, png]", "accept: [pdf, jpeg]", []string{"field-accept-removed"},
			[]string{"field medicalReport: png removed from kinds of file"}, []string{"الحقل «تقرير طبي»: حذف png من أنواع الملفات"}},
		{"text in one language", "ar: سنة واحدة", "ar: سنة", []string{"option-label"},
			[]string{"field years, option 1: label changed in Arabic from “سنة واحدة” to “سنة”"},
			[]string{"الحقل «مدة التجديد»، الخيار «سنة»: تعديل نص التسمية بالعربية من «سنة واحدة» إلى «سنة»"}},
		{"condition of a fee", "when: facts.monthsLate > 0", "when: facts.monthsLate > 1", []string{"fee-when"},
			[]string{"fee late: condition changed from facts.monthsLate > 0 to facts.monthsLate > 1"},
			[]string{"الرسم «غرامة تأخير»: تغيير الشرط من facts.monthsLate > 0 إلى facts.monthsLate > 1"}},
		{"order of the buttons", "      approve: continue\n      sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}}\n",
			"      sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}}\n      approve: continue\n", []string{"decision-moved"},
			[]string{"step review, decision approve now comes before decision refuse"},
			[]string{"نقل الخطوة «مراجعة موظف الترخيص»، القرار «موافقة» إلى ما قبل القرار «رفض»"}},
		{"optional", "        type: phone\n", "        type: phone\n        optional: true\n", []string{"field-optional"},
			[]string{"field phone may now stay empty"}, []string{"صار الحقل «رقم الهاتف المحمول» اختياريًا"}},
		{"withdrawal", "withdraw: {refund: {renewal: all, late: keep}}\n", "", []string{"service-withdraw-removed"},
			[]string{"the applicant may no longer withdraw"}, []string{"لم يعد لمقدّم الطلب أن يسحب طلبه"}},
		{"promise", "promised: 3 working days", "promised: 2 working days", []string{"service-promised"},
			[]string{"promised time changed from 3 working days to 2 working days"}, []string{"تغيير المدة الموعودة من 3 أيام عمل إلى يومي عمل"}},
		{"scenario", "form: {licenceNumber: \"1234567\", years: 5,", "form: {licenceNumber: \"1234567\", years: 1,", []string{"scenario-changed"},
			[]string{"scenario “five years, on time” changed: answers of the form"}, []string{"تعديل السيناريو «five years, on time»: إجابات النموذج"}},
		{"unknown key", "    pay: [renewal, late]\n", "    pay: [renewal, late]\n    parts: {count: 4, every: 1 month}\n", []string{"step-parts"},
			[]string{"step pay: parts is now count: 4, every: 1 month"}, []string{"الخطوة «دفع الرسوم»: تحديد parts: count: 4، every: شهر واحد"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(src, test.old) < 1 {
				t.Fatalf("the sample has no %q", test.old)
			}
			d := differ(c, licence, strings.Replace(src, test.old, test.new, 1))
			var kinds []string
			for _, change := range d {
				kinds = append(kinds, change.Kind)
			}
			if !slices.Equal(kinds, test.kinds) || !slices.Equal(sentencesOf(d, "en"), test.en) || !slices.Equal(sentencesOf(d, "ar"), test.ar) {
				t.Errorf("%q\n%s\n%s", kinds, strings.Join(sentencesOf(d, "en"), "\n"), strings.Join(sentencesOf(d, "ar"), "\n"))
			}
		})
	}
}

// A step that was added, one that moved, a field that was renamed with all that reads it, and a field in another section.
func TestWhatMovesOrIsRenamedIsNoRemovalAndAddition(t *testing.T) {
	c := load(t)
	src := string(c.Files[licence])
	bar, fines, pay := strings.Index(src, "  - step: bar"), strings.Index(src, "  - step: fines"), strings.Index(src, "  - step: pay")
	for name, test := range map[string]struct {
		changed string
		want    []string
	}{
		"moved step":    {src[:bar] + src[fines:pay] + src[bar:fines] + src[pay:], []string{"step bar now comes before step pay"}},
		"renamed field": {strings.ReplaceAll(src, "licenceNumber", "licence2"), []string{"the code of field licence2 changed from licenceNumber to licence2"}},
		"renamed fee":   {strings.NewReplacer("fee: late", "fee: fine", "renewal, late]", "renewal, fine]", "late: keep", "fine: keep", "late: 50", "fine: 50", "late: all", "fine: all").Replace(src), []string{"the code of fee fine changed from late to fine"}},
		"renamed fact":  {strings.ReplaceAll(src, "monthsLate", "delay"), []string{"the code of fact delay changed from monthsLate to delay"}},
		"renamed step": {strings.NewReplacer("step: review", "step: look", "review: approve", "look: approve", "review: refuse", "look: refuse", "pay, review", "pay, look", "{review:", "{look:", "{review/", "{look/", "at: review", "at: look").Replace(src),
			[]string{"the code of step look changed from review to look"}},
		"field in another section": {func() string {
			phone, declaration := strings.Index(src, "      - field: phone"), strings.Index(src, "      - field: declaration")
			years := strings.Index(src, "      - field: years")
			return src[:years] + src[phone:declaration] + src[years:phone] + src[declaration:]
		}(), []string{"field phone moved from section contact to section licence"}},
		"added step": {strings.Replace(src, "  - step: review", "  - step: finance\n    title: {ar: مراجعة المالية, en: Finance}\n    review: finance-officer\n    decisions: {approve: continue}\n  - step: review", 1),
			[]string{"step finance (review by finance-officer) added after step pay"}},
		"removed option": {strings.Replace(src, "          - {value: 5, label: {ar: خمس سنوات, en: Five years}}\n", "", 1), []string{"option 5 (Five years) removed from field years"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sentencesOf(differ(c, licence, test.changed), "en"); !slices.Equal(got, test.want) {
				t.Errorf("%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestRowsOfAFactAreToldWithTheirDays(t *testing.T) {
	c := load(t)
	src := string(c.Files[licence])
	with := func(rows string) string {
		return strings.Replace(src, "facts:\n", "facts:\n  rate: {title: {ar: نسبة الضريبة, en: Tax rate}, on: asOf.submitted, cases: ["+rows+"]}\n", 1)
	}
	c, list := c.WithFile(licence, []byte(with("{until: 2026-06-30, value: 0.15}, {since: 2026-07-01, value: 0.16}")))
	if len(list) > 0 {
		t.Fatal(list)
	}
	for rows, want := range map[string][2][]string{
		"{until: 2026-09-30, value: 0.15}, {since: 2026-10-01, value: 0.16}": {{
			"fact rate, row 1: last day changed from 2026-06-30 to 2026-09-30",
			"fact rate, row 2: first day changed from 2026-07-01 to 2026-10-01",
		}, {
			"القيمة المسماة «نسبة الضريبة»، السطر «1»: تغيير آخر يوم من 2026-06-30 إلى 2026-09-30",
			"القيمة المسماة «نسبة الضريبة»، السطر «2»: تغيير أول يوم من 2026-07-01 إلى 2026-10-01",
		}},
		"{until: 2026-06-30, value: 0.15}, {since: 2026-07-01, until: 2026-12-31, value: 0.16}, {since: 2027-01-01, value: 0.18}": {{
			"row 3 (0.18) added to fact rate",
			"fact rate, row 2: last day is now 2026-12-31",
		}, {
			"إضافة السطر «3» (0.18) في القيمة المسماة «نسبة الضريبة»",
			"القيمة المسماة «نسبة الضريبة»، السطر «2»: تحديد آخر يوم: 2026-12-31",
		}},
	} {
		d := differ(c, licence, with(rows))
		if en, ar := sentencesOf(d, "en"), sentencesOf(d, "ar"); !slices.Equal(en, want[0]) || !slices.Equal(ar, want[1]) {
			t.Errorf("%s\n%s", strings.Join(en, "\n"), strings.Join(ar, "\n"))
		}
	}
}

func TestATariffNamesTheServicesThatItAffects(t *testing.T) {
	c := load(t)
	const file = "tariffs/transport.yaml"
	d := differ(c, file, strings.Replace(string(c.Files[file]), "licencePerYear: 50.00", "licencePerYear: 60.00", 1))
	want := "tariff amount licencePerYear: 50.00 ILS → 60.00 ILS; affects 1 service: transport.driving-licence.renew"
	if got := sentencesOf(d, "en"); !slices.Equal(got, []string{want}) {
		t.Errorf("%q", got)
	}
	if len(d) > 0 && (d[0].Concern != compare.Money || d[0].Old.Start.Line != 8 || d[0].New.Start.Line != 8) {
		t.Errorf("%+v", d[0])
	}
}

// What does not change the meaning is no change: comments, blank lines, the order of keys, the spelling of formulas and amounts.
func TestSpellingIsNoChange(t *testing.T) {
	c := load(t)
	for _, file := range yamlFiles(c) {
		src := string(c.Files[file])
		var lines []string
		for i, line := range strings.Split(strings.TrimSuffix(src, "\n"), "\n") {
			if i%3 == 0 && !strings.HasPrefix(strings.TrimSpace(line), "-") {
				lines = append(lines, "# a remark", "")
			}
			lines = append(lines, line+" # another")
		}
		if d := differ(c, file, strings.Join(lines, "\n")); len(d) > 0 {
			t.Errorf("%s with comments: %q", file, sentencesOf(d, "en"))
		}
		root, _ := source.Parse(file, []byte(src), source.Limits{})
		if d := differ(c, file, backwards(root, "")+"\n"); len(d) > 0 {
			t.Errorf("%s backwards: %q", file, sentencesOf(d, "en"))
		}
	}
	src := string(c.Files[licence])
	for _, again := range [][2]string{
		{"facts.monthsLate > 0", "facts.monthsLate>0"}, {"14 days", "14 day"}, {"renewal: 50.00 ILS", "renewal: 50 ILS"}, {"sample: true", "sample:   true"},
		{"        type: phone\n", "        type: phone\n        optional: false\n"},
	} {
		if d := differ(c, licence, strings.Replace(src, again[0], again[1], 1)); len(d) > 0 || !strings.Contains(src, again[0]) {
			t.Errorf("%s as %s: %q", again[0], again[1], sentencesOf(d, "en"))
		}
	}
}

// backwards writes a node with the keys of every mapping in the opposite order, but for those whose order people see.
func backwards(n *source.Node, name string) string {
	switch n.Kind {
	case source.List:
		var items []string
		for _, c := range n.Items() {
			items = append(items, backwards(c, ""))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case source.Mapping:
		var entries []string
		for k, v := range n.Pairs() {
			entries = append(entries, quoted(k)+": "+backwards(v, k.Value))
		}
		if name != "decisions" {
			slices.Reverse(entries)
		}
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return quoted(n)
}

func quoted(n *source.Node) string {
	if n.Style == source.Plain && strings.Trim(n.Value, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return n.Value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(n.Value) + `"`
}

func TestTwoEqualCataloguesSayThatNothingChanged(t *testing.T) {
	c := load(t)
	d := compare.Catalogues(c, load(t))
	for lang, want := range map[string]string{"en": "nothing changed\n", "ar": "لا تغيير\n"} {
		var b bytes.Buffer
		if err := d.WriteText(&b, lang); err != nil || b.String() != want {
			t.Errorf("%v %q", err, b.String())
		}
	}
}

// What a family has in common is told once, where it stands, with the members that it touches; what a member overrides is told there.
func TestABlueprintTellsItsChangeOnceAndNamesItsMembers(t *testing.T) {
	c := load(t)
	const file = "blueprints/status-enquiry.yaml"
	after, list := c.WithFile(file, []byte(strings.Replace(string(c.Files[file]), "promised: at once", "promised: 2 days", 1)))
	if list.HasErrors() {
		t.Fatal(list)
	}
	want := "promised time changed from at once to 2 days; affects 3 services: interior.identity-card.enquiry, interior.passport.enquiry, labour.application.enquiry"
	if got := sentencesOf(compare.Catalogues(c, after), "en"); len(got) != 1 || !strings.HasSuffix(got[0], want) {
		t.Errorf("%q", got)
	}
	const member = "services/interior/passport-status.yaml"
	after, _ = c.WithFile(member, []byte(string(c.Files[member])+"override: {promised: 3 days}\n"))
	if got := sentencesOf(compare.Catalogues(c, after), "en"); !slices.Equal(got, []string{"promised time changed from at once to 3 days"}) {
		t.Errorf("%q", got)
	}
}

// A tariff that gets a second version is no tariff that lost its amounts; what the version changes is told against the one before.
func TestAVersionOfATariffIsToldAgainstTheOneBefore(t *testing.T) {
	c := load(t)
	const file = "tariffs/transport.yaml"
	head, _, _ := strings.Cut(string(c.Files[file]), "since:")
	old := head + "since: 2026-01-01\namounts: {licencePerYear: 50.00 ILS, latePerMonth: 10.00 ILS, lateCap: 120.00 ILS}\ntables:\n" +
		"  engine: {by: [{column: cc, type: integer, bands: true}], gives: money, rows: [[up to 1000, 250.00 ILS], [over 1000, 400.00 ILS]]}\n"
	before, list := c.WithFile(file, []byte(old))
	if list.HasErrors() {
		t.Fatal(list)
	}
	two := head + "versions:\n  - since: 2026-01-01\n    amounts: {licencePerYear: 50.00 ILS, latePerMonth: 10.00 ILS, lateCap: 120.00 ILS}\n    tables:\n" +
		"      engine: {by: [{column: cc, type: integer, bands: true}], gives: money, rows: [[up to 1000, 250.00 ILS], [over 1000, 400.00 ILS]]}\n" +
		"  - since: 2027-01-01\n    amounts: {licencePerYear: 60.00 ILS, latePerMonth: 10.00 ILS, lateCap: 120.00 ILS}\n    tables:\n" +
		"      engine: {by: [{column: cc, type: integer, bands: true}], gives: money, rows: [[up to 1000, 250.00 ILS], [over 1000, 450.00 ILS]]}\n"
	want := []string{
		"version from 2027-01-01 added; affects 1 service: transport.driving-licence.renew",
		"version from 2027-01-01, tariff amount licencePerYear: 50.00 ILS → 60.00 ILS; affects 1 service: transport.driving-licence.renew",
		"version from 2027-01-01, table engine, row 2: over 1000, 400.00 ILS → over 1000, 450.00 ILS",
	}
	if got := sentencesOf(differ(before, file, two), "en"); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if got := sentencesOf(differ(before, file, strings.Replace(old, "400.00", "420.00", 1)), "en"); !slices.Equal(got, []string{"table engine, row 2: over 1000, 400.00 ILS → over 1000, 420.00 ILS"}) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}
