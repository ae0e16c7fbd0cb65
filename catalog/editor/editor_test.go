package editor_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/editor"
)

const (
	samples = "../../samples/palestine"
	licence = "services/transport/driving-licence-renew.yaml"
	cursor  = "┃"
)

func load(t testing.TB) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(os.DirFS(samples))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return c
}

// edited is a file of the samples in which old, which stands there once, is replaced by text with a cursor.
func edited(t testing.TB, c *catalog.Catalogue, file, old, text string) (view *editor.View, offset int) {
	t.Helper()
	content := string(c.Files[file])
	if strings.Count(content, old) != 1 {
		t.Fatalf("%q stands %d times in %s", old, strings.Count(content, old), file)
	}
	content = strings.Replace(content, old, text, 1)
	offset = strings.Index(content, cursor)
	if offset < 0 {
		t.Fatalf("no cursor in %q", text)
	}
	return editor.Of(c, file, []byte(strings.Replace(content, cursor, "", 1))), offset
}

func labels(items []editor.Item) []string {
	var out []string
	for _, i := range items {
		out = append(out, i.Label)
	}
	return out
}

func TestCompletionInADefinitionThatIsBeingWritten(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		name, old, text string
		first           string   // the labels that come first
		has             []string // labels that are there
		not             []string
	}{
		{"a key of a field", "        type: phone\n", "        ┃\n", "type optional", []string{"when", "options"}, []string{"field", "label", "hint"}},
		{"half a key", "        type: phone\n", "        ty┃\n", "type", []string{"when"}, nil},
		{"a key of a service", "tariff: transport\n", "ta┃\n", "tariff", nil, []string{"title", "steps"}},
		{"a key in braces", "sendBack: {to: applicant, ", "sendBack: {to: applicant, wi┃, ", "title", nil, []string{"to", "atMost", "then", "within"}},
		{"a key in braces that are not closed", "      approve: continue\n", "      approve: {┃\n", "", []string{"end", "to", "title"}, nil},
		{"the first key of an item", "  - fee: late\n", "  - ┃\n  - fee: late\n", "fee title amount", []string{"when"}, nil},
		{"the type of a field", "        type: phone\n", "        type: ┃\n", "text", []string{"phone", "national-number"}, nil},
		{"a fee to pay", "pay: [renewal, late]", "pay: [renewal, ┃]", "renewal late", nil, nil},
		{"a fee to pay, not closed", "pay: [renewal, late]", "pay: [ren┃", "renewal late", nil, nil},
		{"a role", "review: licensing-officer", "review: ┃", "licensing-officer", nil, []string{"civil-officer"}},
		{"an operation", "ask: licensing/licence-by-number", "ask: licen┃", "", []string{"licensing/licence-by-number", "civil/person-by-number"}, nil},
		{"a document", "issue: driving-licence", "issue: dr┃", "", []string{"driving-licence", "health-insurance-card"}, nil},
		{"an authority", "authority: transport", "authority: ┃", "", []string{"transport", "health", "interior"}, nil},
		{"a tariff", "tariff: transport\n", "tariff: ┃\n", "", []string{"transport"}, []string{"applicant"}},
		{"an argument", "with: {number: form.licenceNumber}", "with: {┃}", "number", nil, nil},
		{"the fields of the form", "amount: tariff.licencePerYear * form.years", "amount: tariff.licencePerYear * form.┃", "licenceNumber years", []string{"phone", "declaration"}, []string{"renewal"}},
		{"the amounts of the tariff", "amount: tariff.licencePerYear * form.years", "amount: tariff.┃ * form.years", "licencePerYear latePerMonth", nil, nil},
		{"the middle of a name", "amount: tariff.licencePerYear * form.years", "amount: tariff.licen┃cePerYear * form.years", "licencePerYear", nil, nil},
		{"a unit", "        type: phone\n", "        type: decimal\n        unit: ┃\n", "kg mg", []string{"m2", "dunam"}, nil},
		{"a unit of a conversion", "facts:\n", "facts:\n  t: 'convert(form.years, \"kg\", \"┃\")'\n", "kg mg", []string{"t"}, []string{"form"}},
		{"a key of a fact", "facts:\n", "facts:\n  rate:\n    ┃\n", "", []string{"on", "cases", "title"}, []string{"value"}},
		{"a key of a row", "facts:\n", "facts:\n  rate: {on: asOf.submitted, cases: [{until: 2026-06-30, ┃}]}\n", "", []string{"value", "when", "since"}, []string{"cases", "until"}},
		{"the value of a row", "facts:\n", "facts:\n  rate: {cases: [{value: form.┃}]}\n", "", []string{"years"}, nil},
		{"the condition of a row", "facts:\n", "facts:\n  rate: {cases: [{when: tariff.┃, value: 1}]}\n", "", []string{"licencePerYear"}, nil},
		{"the day of rows", "facts:\n", "facts:\n  rate: {on: asOf.┃, cases: []}\n", "submitted", nil, nil},
		{"facts", "when: facts.monthsLate > 0", "when: facts.┃", "age monthsLate", nil, nil},
		{"what a lookup answers", "when: licence.blocked", "when: not licence.┃", "holder category expiresOn", []string{"blocked"}, nil},
		{"what a formula begins with", "when: licence.blocked", "when: ┃", "form applicant asOf", []string{"licence", "facts", "monthsBegun", "not"}, []string{"contains"}},
		{"what is asked of a text", "when: licence.blocked", "when: licence.holder.┃", "contains", []string{"startsWith"}, []string{"min"}},
		{"the applicant", "when: licence.holder != applicant.nationalNumber", "when: licence.holder != applicant.n┃", "", []string{"nationalNumber", "birthDate"}, nil},
		{"a formula in a fact", "age: fullYears(applicant.birthDate, asOf.submitted)", "age: fullYears(applicant.birthDate, asOf.┃", "submitted", nil, nil},
		{"languages", "title: {ar: دفع الرسوم, en: Payment}", "title: {ar: دفع الرسوم, ┃}", "en", nil, []string{"ar"}},
		{"a text in each language", "title: {ar: دفع الرسوم, en: Payment}", "title: ┃", "{…}", nil, nil},
		{"refunds", "withdraw: {refund: {renewal: all, late: keep}}", "withdraw: {refund: {renewal: ┃}}", "all keep", nil, nil},
		{"whose refund", "withdraw: {refund: {renewal: all, late: keep}}", "withdraw: {refund: {renewal: all, ┃}}", "late", nil, []string{"renewal"}},
		{"a decision", "then: refuse, within: {30 days: refuse}}", "then: ┃}", "approve sendBack refuse", nil, nil},
		{"what a scenario decides", "decide: {review: refuse}", "decide: {review: ┃}", "approve sendBack refuse", nil, nil},
		{"the steps of a scenario", "path: [licence, fines]", "path: [licence, ┃]", "licence holder bar", nil, nil},
		{"a script", "script: licence-number.js", "script: ┃", "licence-number.js", nil, nil},
		{"a field beside a message", "    field: licenceNumber\n    message", "    field: ┃\n    message", "licenceNumber years", nil, nil},
		{"true or false", "sample: true\n", "sample: ┃\n", "true false", nil, nil},
		{"what others write", "type: licence.renew\n", "type: ┃\n", "", []string{"certificate", "enquiry"}, []string{"licence.renew"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v, offset := edited(t, c, licence, test.old, test.text)
			got := labels(v.Complete(offset))
			if !strings.HasPrefix(strings.Join(got, " "), test.first) {
				t.Errorf("got %v, want first %s", got, test.first)
			}
			for _, l := range test.has {
				if !slices.Contains(got, l) {
					t.Errorf("%s is missing: %v", l, got)
				}
			}
			for _, l := range test.not {
				if slices.Contains(got, l) {
					t.Errorf("%s does not belong here: %v", l, got)
				}
			}
			if len(got) == 0 {
				t.Error("nothing is proposed")
			}
		})
	}
}

func TestOptionsAreProposedBehindAComparison(t *testing.T) {
	c := load(t)
	v, offset := edited(t, c, licence, "when: facts.age >= 60", `when: form.years == "┃`)
	if got := labels(v.Complete(offset)); strings.Join(got, " ") != "1 5" {
		t.Errorf("got %v", got)
	}
}

func TestOptionsAreProposedAsFormulasWriteThem(t *testing.T) {
	c := load(t)
	const insurance = "services/health/insurance-renew.yaml"
	for _, test := range []struct{ file, old, text, label, insert string }{
		{licence, "when: facts.age >= 60", "when: form.years == ┃", "5", "5"},
		{licence, "when: facts.age >= 60", "when: facts.age > 3 and form.years != ┃ and true", "1", "1"},
		{insurance, "when: form.dependant == 'studentSon'", "when: form.dependant == ┃", "studentSon", "'studentSon'"},
		{insurance, "when: form.dependant == 'studentSon'", "when: form.dependant == stu┃", "studentSon", "'studentSon'"},
		{insurance, "when: form.dependant == 'studentSon'", "when: 'form.dependant == ┃'", "studentSon", `"studentSon"`},
		{insurance, "when: form.dependant == 'studentSon'", `when: form.dependant == "┃`, "studentSon", "studentSon"},
	} {
		v, offset := edited(t, c, test.file, test.old, test.text)
		items := v.Complete(offset)
		i := slices.IndexFunc(items, func(i editor.Item) bool { return i.Label == test.label })
		if i < 0 || items[i].Insert != test.insert || items[i].Detail == "" {
			t.Errorf("%s: %+v", test.text, items[:min(3, len(items))])
		}
		if in := strings.Contains(test.text, `"┃`); slices.Contains(labels(items), "form") == in {
			t.Errorf("%s: names that do not belong here, or are missing: %v", test.text, labels(items))
		}
	}
}

func TestAFormulaTellsWhatItGives(t *testing.T) {
	c := load(t)
	for text, want := range map[string]string{
		"when: ┃facts.age >= 60": "yes or no", "when: facts.age┃ + 1": "a whole number", "when: applicant.┃birthDate": "a date", "when: tariff.licencePerYear * ┃3": "an amount of money",
		"when: ┃facts.agee": "", "wh┃en: facts.age": "", "when: ┃facts.age ==": "",
	} {
		v, offset := edited(t, c, licence, "when: facts.age >= 60", text)
		got, ok := v.Gives(offset)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%s: %v %v", text, got, ok)
		}
	}
	v, offset := edited(t, c, licence, "amount: tariff.licencePerYear * form.years", "amount: fees.┃late")
	if got, ok := v.Gives(offset); !ok || got.String() != "an amount of money" {
		t.Errorf("a line of the tariff before this one gives %v %v", got, ok)
	}
}

func TestCompletionWorksWhileOtherLinesAreBroken(t *testing.T) {
	c := load(t)
	content := strings.Replace(string(c.Files[licence]), "authority: transport\n", "authority: transport\n: : broken [\n", 1)
	content = strings.Replace(content, "deliver: [download]", "deliver: [download", 1)
	content = strings.Replace(content, "when: licence.blocked", "when: licence.┃", 1)
	offset := strings.Index(content, cursor)
	v := editor.Of(c, licence, []byte(strings.Replace(content, cursor, "", 1)))
	if got := labels(v.Complete(offset)); !slices.Contains(got, "blocked") {
		t.Errorf("got %v", got)
	}
}

func TestCompletionInDocumentsReadsTheServiceThatIssuesThem(t *testing.T) {
	c := load(t)
	v, offset := edited(t, c, "documents/driving-licence.yaml", "value: licence.category,", "value: form.┃,")
	if got := labels(v.Complete(offset)); !slices.Contains(got, "licenceNumber") {
		t.Errorf("got %v", got)
	}
	v, offset = edited(t, c, "documents/driving-licence.yaml", "value: licence.category,", "value: issued.┃,")
	if got := labels(v.Complete(offset)); strings.Join(got, " ") != "number on" {
		t.Errorf("got %v", got)
	}
}

func TestCompletionInALayoutKnowsRowsAndDrawings(t *testing.T) {
	c := load(t)
	for old, want := range map[string]struct{ is, label string }{
		"rows: [holder, licenceNumber": {"rows: [ca┃, licenceNumber", "category"},
		"image: star.svg":              {"image: ┃", "star.svg"},
		"- block: new page":            {"- block: ┃", "signatures"},
		"paper: card":                  {"paper: ┃", "A5"},
	} {
		v, offset := edited(t, c, "documents/driving-licence.yaml", old, want.is)
		if got := labels(v.Complete(offset)); !slices.Contains(got, want.label) {
			t.Errorf("%s: got %v", want.is, got)
		}
	}
}

func TestAProposalReplacesTheWholeWordAndIndentsWhatIsBelow(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ old, text, label, want string }{
		{"        type: phone\n", "        op┃tx\n", "options", "        options:\n          - value: $0\n"},
		{"        type: phone\n", "        me┃\n", "message", "        message: {ar: $1, en: $2\\}\n"},
		{"  - fee: late\n", "  - f┃\n", "fee", "  - fee: $0\n"},
		{"ask: licensing/licence-by-number", "ask: licensing/lic┃-number", "licensing/vehicle-by-plate", "ask: licensing/vehicle-by-plate"},
		{"amount: tariff.licencePerYear * form.years", "amount: mi┃", "min", "amount: min($0)"},
	} {
		v, offset := edited(t, c, licence, test.old, test.text)
		i := slices.IndexFunc(v.Complete(offset), func(i editor.Item) bool { return i.Label == test.label })
		if i < 0 {
			t.Errorf("%s: %s is not proposed: %v", test.text, test.label, labels(v.Complete(offset)))
			continue
		}
		item := v.Complete(offset)[i]
		content := strings.Replace(strings.Replace(string(c.Files[licence]), test.old, test.text, 1), cursor, "", 1)
		got := content[:item.From] + item.Insert + content[item.To:]
		if want := strings.Replace(string(c.Files[licence]), test.old, test.want, 1); got != want {
			t.Errorf("%s: got %q", test.text, got[max(0, item.From-20):item.From+len(item.Insert)+20])
		}
	}
}

func TestHoverExplainsKeysNamesAndFormulas(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ old, text, at, want string }{
		{"within: {14 days: lapse}", "wi┃thin: {14 days: lapse}", "within", "Time limits, ascending, and what happens"},
		{"tariff.licencePerYear * form.years", "tariff.licencePerYear * form.ye┃ars", "years", "`form.years`: a whole number"},
		{"tariff.licencePerYear * form.years", "tariff.licencePerYear * form.ye┃ars", "years", "مدة التجديد"},
		{"tariff.licencePerYear * form.years", "tariff.licen┃cePerYear * form.years", "licencePerYear", "50.00 ILS"},
		{"when: facts.monthsLate > 0", "when: facts.month┃sLate > 0", "monthsLate", "monthsBegun(licence.expiresOn"},
		{"when: licence.blocked", "when: licence.blo┃cked", "blocked", "yes or no"},
		{"when: licence.blocked", "when: lic┃ence.blocked", "licence", "**step** `licence`"},
		{"age: fullYears(applicant", "age: full┃Years(applicant", "fullYears", "Years that have passed"},
		{"review: licensing-officer", "review: licens┃ing-officer", "licensing-officer", "**role** `licensing-officer`"},
		{"ask: licensing/licence-by-number", "ask: licensing/lic┃ence-by-number", "licence-by-number", "expiresOn: date"},
		{"issue: driving-licence", "issue: driv┃ing-licence", "driving-licence", "**document** `driving-licence`"},
		{"        type: phone\n", "        type: ph┃one\n", "phone", "Kind of answer"},
		{"pay: [renewal, late]", "pay: [rene┃wal, late]", "renewal", "**fee** `renewal` · رسم التجديد"},
	} {
		v, offset := edited(t, c, licence, test.old, test.text)
		got, ok := v.Hover(offset)
		if !ok || !strings.Contains(got.Text, test.want) {
			t.Errorf("%s: got %q, want %q", test.text, got.Text, test.want)
		}
		content := string(c.Files[licence])
		if ok && content[got.Range.Start.Offset:got.Range.End.Offset] != test.at {
			t.Errorf("%s: it stands beside %q", test.text, content[got.Range.Start.Offset:got.Range.End.Offset])
		}
	}
}

// place writes where a range is: the file, and the line of the catalogue with the range in brackets.
func place(c *catalog.Catalogue, file string, from, to int) string {
	content := string(c.Files[file])
	start := strings.LastIndexByte(content[:from], '\n') + 1
	end := to + strings.IndexByte(content[to:]+"\n", '\n')
	return path.Base(file) + ": " + strings.TrimSpace(content[start:from]+"["+content[from:to]+"]"+content[to:end])
}

func TestDefinitionAndReferences(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		old, text string
		define    string
		uses      int // with the declaration, at least
	}{
		{"tariff.licencePerYear * form.years", "tariff.licencePerYear * form.ye┃ars", "driving-licence-renew.yaml: - field: [years]", 14},
		{"tariff.licencePerYear * form.years", "tariff.licencePer┃Year * form.years", "transport.yaml: [licencePerYear]: 50.00 ILS", 2},
		{"when: facts.age >= 60", "when: facts.a┃ge >= 60", "driving-licence-renew.yaml: [age]: fullYears(applicant.birthDate, asOf.submitted)", 2},
		{"pay: [renewal, late]", "pay: [renewal, la┃te]", "driving-licence-renew.yaml: - fee: [late]", 5},
		{"review: licensing-officer", "review: licens┃ing-officer", "transport.yaml: - role: [licensing-officer]", 4},
		{"ask: licensing/licence-by-number", "ask: licensing/lic┃ence-by-number", "licensing.yaml: - operation: [licence-by-number]", 0},
		{"ask: licensing/licence-by-number", "ask: lice┃nsing/licence-by-number", "licensing.yaml: registry: [licensing]", 0},
		{"when: licence.blocked", "when: licence.bl┃ocked", "licensing.yaml: [blocked]: yes-no", 0},
		{"when: licence.blocked", "when: lic┃ence.blocked", "driving-licence-renew.yaml: - step: [licence]", 0},
		{"issue: driving-licence", "issue: driving-lic┃ence", "driving-licence.yaml: document: [driving-licence]", 0},
		{"then: refuse, within", "then: ref┃use, within", "driving-licence-renew.yaml: [refuse]: {end: refused, refund: {renewal: all, late: keep}}", 3},
		{"    field: licenceNumber\n    message", "    field: licence┃Number\n    message", "driving-licence-renew.yaml: - field: [licenceNumber]", 0},
		{"with: {number: form.licenceNumber}", "with: {num┃ber: form.licenceNumber}", "licensing.yaml: with: {[number]: text}", 0},
		{"authority: transport", "authority: trans┃port", "transport.yaml: authority: [transport]", 0},
	} {
		v, offset := edited(t, c, licence, test.old, test.text)
		found := v.Define(offset)
		if len(found) != 1 {
			t.Errorf("%s: %d definitions", test.text, len(found))
			continue
		}
		if got := place(c, found[0].File, found[0].Start.Offset, found[0].End.Offset); got != test.define {
			t.Errorf("%s: got %s, want %s", test.text, got, test.define)
		}
		uses := v.References(offset, true)
		if len(uses) < test.uses {
			for _, u := range uses {
				t.Log(place(c, u.File, u.Start.Offset, u.End.Offset))
			}
			t.Errorf("%s: %d uses, want %d", test.text, len(uses), test.uses)
		}
		if others := v.References(offset, false); len(others) != len(uses)-1 {
			t.Errorf("%s: %d uses beside %d with the declaration", test.text, len(others), len(uses))
		}
	}
	v, offset := edited(t, c, licence, "script: licence-number.js", "script: licence-┃number.js")
	if found := v.Define(offset); len(found) != 1 || found[0].File != "services/transport/licence-number.js" {
		t.Errorf("script: %v", found)
	}
}

func TestRenamingChangesEveryPlaceAndTheCatalogueStaysClean(t *testing.T) {
	c := load(t)
	for _, test := range []struct {
		old, text, name string
		files           int
		edits           int // at least
	}{
		{"tariff.licencePerYear * form.years", "tariff.licencePerYear * form.ye┃ars", "duration", 2, 14},
		{"      - field: licenceNumber", "      - field: licence┃Number", "number", 2, 15},
		{"  - fee: late", "  - fee: la┃te", "fine", 1, 5},
		{"  monthsLate: monthsBegun", "  months┃Late: monthsBegun", "late", 1, 3},
		{"  - step: licence", "  - step: lic┃ence", "card2", 2, 0},
	} {
		v, offset := edited(t, c, licence, test.old, test.text)
		r, err := v.Rename(offset, test.name)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		changed := c
		files := map[string]string{}
		for _, e := range slices.Backward(r.Edits) {
			text, ok := files[e.Range.File]
			if !ok {
				text = string(c.Files[e.Range.File])
			}
			files[e.Range.File] = text[:e.Range.Start.Offset] + e.New + text[e.Range.End.Offset:]
		}
		for file, text := range files {
			next, list := changed.WithFile(file, []byte(text))
			if list.HasErrors() {
				t.Error(list)
			}
			changed = next
		}
		if len(files) != test.files || len(r.Edits) < test.edits {
			t.Errorf("%s: %d edits in %d files", test.text, len(r.Edits), len(files))
			for _, e := range r.Edits {
				t.Log(place(c, e.Range.File, e.Range.Start.Offset, e.Range.End.Offset))
			}
		}
		if list := check.Check(changed); len(list) > 0 {
			t.Errorf("%s: %s", test.text, fmt.Sprint(list))
		}
	}
}

func TestANameThatCannotBeIsRefusedInPlainWords(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ old, text, name, want string }{
		{"      - field: years", "      - field: ye┃ars", "phone", "there is already a field phone"},
		{"      - field: years", "      - field: ye┃ars", "Years", "no code"},
		{"      - field: years", "      - field: ye┃ars", "how-many", "cannot be read by formulas"},
		{"  - step: licence", "  - step: lic┃ence", "form", "formulas read something else"},
		{"review: licensing-officer", "review: licens┃ing-officer", "other", "other systems know it"},
		{"promised: 3 working days", "promised: 3 wo┃rking days", "other", "no name here"},
	} {
		v, offset := edited(t, c, licence, test.old, test.text)
		if _, err := v.Rename(offset, test.name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.text, err)
		}
	}
}

func TestTheOutlineListsWhatAFileDeclares(t *testing.T) {
	c := load(t)
	v := editor.Of(c, licence, c.Files[licence])
	var lines []string
	var list func(entries []editor.Entry, indent string)
	list = func(entries []editor.Entry, indent string) {
		for _, e := range entries {
			lines = append(lines, indent+e.Kind+" "+e.Name)
			list(e.Below, indent+"  ")
		}
	}
	list(v.Outline(), "")
	got := strings.Join(lines, "\n")
	if want := "service transport.driving-licence.renew\n  section licence\n    field licenceNumber\n    field years\n    field medicalReport\n  section contact\n"; !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	if !strings.Contains(got, "\n  fee late\n  step licence\n") {
		t.Errorf("got\n%s", got)
	}
}
