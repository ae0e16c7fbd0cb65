package designer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// leaflet is what stands on a ministry's paper about a service, as an analyst copies it. It becomes a whole definition, of one shape: questions, a fee,
// those who decide, a document.
type leaflet struct {
	Authority, Code string
	Languages       []string // of the catalogue, the main one first
	Title, Summary  map[string]string
	Days            int // promised, in working days
	Questions       []leafletQuestion
	Fee             string // an amount with its currency; "" where it costs nothing
	Later           bool   // it is paid once everybody has agreed
	Keeps           bool   // it stays with the authority where somebody refuses
	Deciders        []decider
	Together        bool              // they look at it side by side
	SendBack        bool              // they may send it back to be corrected
	Paper           map[string]string // title of the document that is issued; nil: none
	On              string            // day of the examples, YYYY-MM-DD
	say             func(lang, key string) string
}

// leafletQuestion is one that a leaflet says is asked.
type leafletQuestion struct {
	Words    map[string]string
	Kind     catalog.FieldType
	Optional bool
	Options  []map[string]string // of a choice
}

// decider is somebody who looks at applications.
type decider struct {
	Role  string
	Title map[string]string
}

// leafletKinds are the kinds of question that the wizard offers; the workbench has all of them.
var leafletKinds = []catalog.FieldType{
	catalog.TextField, catalog.LongTextField, catalog.IntegerField, catalog.DateField, catalog.YesNoField, catalog.ChoiceField, catalog.FileField, catalog.PhoneField, catalog.EmailField,
}

// hints tell a kind of question by its words, in the languages of the catalogues; the first that fits is taken.
var hints = []struct {
	kind  catalog.FieldType
	words *regexp.Regexp
}{
	{catalog.EmailField, regexp.MustCompile(`(?i)e-?mail|courriel|بريد\p{L}* (?:ال)?[إا]لكتروني|электрон\p{L}* п[оo]`)},
	{catalog.PhoneField, regexp.MustCompile(`(?i)phone|mobile|téléphone|هاتف|جوال|телефон`)},
	{catalog.FileField, regexp.MustCompile(`(?i)\b(?:copy|photo|scan|attach)|صورة|نسخة|مرفق|копия|фото|көшірме|сурет`)},
	{catalog.DateField, regexp.MustCompile(`(?i)\bdate\b|\bday of\b|تاريخ|(?:^|\s)يوم|дата|күні`)},
	{catalog.YesNoField, regexp.MustCompile(`(?i)^(?:do|does|is|are|has|have|will|would|can) |^هل |(?:^|\s)\p{L}+ ли\b|(?:ма|ме|ба|бе|па|пе)\?$`)},
	{catalog.IntegerField, regexp.MustCompile(`(?i)how many|number of (?:\p{L}+s|people|children)\b|^عدد |(?:^|\s)كم\s|количество|сколько|саны$|қанша|неше`)},
	{catalog.LongTextField, regexp.MustCompile(`(?i)describe|description|reason|وصف|صف |سبب|опи[сш]|причин|сипатта|себеб`)},
}

// optionsIn splits the answers off a question: Kind of car: private, taxi.
var optionsIn = regexp.MustCompile(`^(.*?)\s*[:：]\s*(.+[,،;؛].+)$`)

// question reads one question in each language: what follows a colon and has commas are answers to choose from. ok is false where the languages do not have
// as many answers.
func question(lines map[string]string, languages []string) (q leafletQuestion, ok bool) {
	q.Words = map[string]string{}
	for _, lang := range languages {
		line := strings.Join(strings.Fields(lines[lang]), " ")
		m := optionsIn.FindStringSubmatch(line)
		if m == nil {
			q.Words[lang] = line
			if len(q.Options) > 0 {
				return q, false
			}
			continue
		}
		q.Words[lang] = m[1]
		given := strings.FieldsFunc(m[2], func(r rune) bool { return strings.ContainsRune(",،;؛", r) })
		if lang == languages[0] {
			q.Options = make([]map[string]string, len(given))
		}
		if len(given) != len(q.Options) {
			return q, false
		}
		for i, word := range given {
			if q.Options[i] == nil {
				q.Options[i] = map[string]string{}
			}
			if q.Options[i][lang] = strings.TrimSpace(word); q.Options[i][lang] == "" {
				return q, false
			}
		}
	}
	q.Kind = guess(q)
	return q, true
}

func guess(q leafletQuestion) catalog.FieldType {
	if len(q.Options) > 0 {
		return catalog.ChoiceField
	}
	for _, h := range hints {
		for _, words := range q.Words {
			if h.words.MatchString(words) {
				return h.kind
			}
		}
	}
	return catalog.TextField
}

// codeWord is a word that a code can be made of.
var codeWord = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*`)

// fillers say nothing in a code.
var fillers = []string{"the", "a", "an", "of", "in", "on", "for", "to", "your", "you", "do", "does", "is", "are", "what", "which", "how", "many", "much", "have", "has", "and", "or", "it", "s"}

// codeFrom is a code of the first words of a text in English, else of otherwise and a number; it is none of those that are taken.
func codeFrom(words map[string]string, otherwise string, taken map[string]bool) string {
	var parts []string
	for _, w := range codeWord.FindAllString(words["en"], -1) {
		if w = strings.ToLower(w); !slices.Contains(fillers, w) && len(parts) < 3 {
			if len(parts) > 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			}
			parts = append(parts, w)
		}
	}
	code := strings.Join(parts, "")
	if len(code) < 2 || len(code) > 40 || source.Quote(code) != code { // a word that means something else, such as true
		code = otherwise
	}
	if code != otherwise && !taken[code] {
		taken[code] = true
		return code
	}
	return fresh(code, taken)
}

// service is the definition: it has no error, and its examples pass.
func (l *leaflet) service() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	kind := "registration"
	if l.Paper != nil {
		kind = "certificate"
	}
	line("service: %s.%s", l.Authority, l.Code)
	line("title: %s", l.each(l.Title))
	line("summary: %s", l.each(l.Summary))
	line("authority: %s", l.Authority)
	line("type: %s", kind)
	line("promised: %d working days", l.Days)
	line("keep: 5 years after end")
	line("\nform:\n  - section: request\n    title: %s\n    fields:", l.said("designer.new.section"))
	codes := l.codes()
	for i, q := range l.Questions {
		line("      - field: %s\n        type: %s\n        label: %s", codes[i], q.Kind, l.each(q.Words))
		switch q.Kind {
		case catalog.FileField:
			line("        accept: [pdf, jpeg, png]\n        maxSize: 5 MB")
		case catalog.ChoiceField:
			line("        options:")
			values := map[string]bool{}
			for _, o := range q.Options {
				line("          - {value: %s, label: %s}", codeFrom(o, "option", values), l.each(o))
			}
		}
		if q.Optional {
			line("        optional: true")
		}
	}
	if l.Fee != "" {
		line("\nfees:\n  - fee: fee\n    title: %s\n    amount: money(\"%s\")", l.said("designer.add.fee"), l.Fee)
	}
	line("\nsteps:")
	pay := func() {
		line("  - step: pay\n    title: %s\n    pay: [fee]\n    within: {14 days: lapse}", l.said("designer.add.pay"))
	}
	if l.Fee != "" && !l.Later {
		pay()
	}
	steps := l.reviews(line)
	if l.Fee != "" && l.Later {
		pay()
	}
	if l.Paper != nil {
		line("  - step: issue\n    title: %s\n    issue: %s\n    deliver: [download]", l.said("designer.add.issue"), l.Code)
	} else {
		keeps := ""
		if l.Fee != "" {
			keeps = "\n    refund: {fee: keep}"
		}
		line("  - step: done\n    end: approved\n    text: %s%s", l.said("designer.new.done"), keeps)
	}
	l.examples(line, codes, steps)
	return b.String()
}

// reviews are the steps at which somebody decides, and gives their codes.
func (l *leaflet) reviews(line func(string, ...any)) (steps []string) {
	lapse, refused := "", "{end: refused, text: "+l.said("designer.new.refused")
	if l.Fee != "" && !l.Later { // who is silent keeps nobody's money
		lapse = "refund: {fee: all}"
		if l.Keeps {
			refused += ", refund: {fee: keep}"
		} else {
			refused += ", refund: {fee: all}"
		}
	}
	refused += "}"
	taken := map[string]bool{"pay": true, "issue": true, "done": true, "reviews": true}
	back := "sendBack: {to: applicant, atMost: 2, then: refuse, within: {14 days: refuse}}"
	side := l.Together && len(l.Deciders) > 1
	if side {
		line("  - step: reviews\n    title: %s\n    together:", l.said("designer.add.together"))
	}
	for _, d := range l.Deciders {
		code := fresh("review", taken)
		steps = append(steps, code)
		in, refuse := "  ", refused
		if side {
			line("      - branch: %s\n        title: %s\n        steps:", code, l.each(d.Title))
			in, refuse = "          ", "{against: true}"
		}
		line("%s- step: %s\n%s  title: %s\n%s  review: %s\n%s  decisions:\n%s    approve: continue", in, code, in, l.each(d.Title), in, d.Role, in, in)
		if l.SendBack {
			line("%s    %s", in, back)
		}
		line("%s    refuse: %s\n%s  within: {3 working days: remind, 30 days: lapse}", in, refuse, in)
		if lapse != "" {
			line("%s  %s", in, lapse)
		}
	}
	if side {
		line("    until: all\n    otherwise: %s", refused)
	}
	return steps
}

// examples are two: everybody agrees, and the first one refuses.
func (l *leaflet) examples(line func(string, ...any), codes, steps []string) {
	var form, agree []string
	for i, q := range l.Questions {
		if q.Optional {
			continue
		}
		value := map[catalog.FieldType]string{
			catalog.IntegerField: "1", catalog.DateField: l.On, catalog.YesNoField: "true", catalog.FileField: "document.pdf", catalog.PhoneField: `"+970599123456"`, catalog.EmailField: "a@example.org",
		}[q.Kind]
		switch {
		case q.Kind == catalog.ChoiceField:
			value = codeFrom(q.Options[0], "option", map[string]bool{})
		case value == "":
			value = "x"
		}
		form = append(form, codes[i]+": "+value)
	}
	for _, code := range steps {
		agree = append(agree, code+": approve")
	}
	refuse := slices.Clone(agree)
	refuse[0] = steps[0] + ": refuse"
	if !l.Together { // nobody else is asked then
		refuse = refuse[:1]
	}
	end, fees, before := "approved", "", ""
	if l.Paper != nil {
		end = catalog.IssuedOutcome
	}
	if l.Fee != "" {
		fees = ", fees: {fee: " + l.Fee + "}"
	}
	if !l.Later {
		before = fees
	}
	line("\nscenarios:")
	for _, one := range []struct {
		name, decide, expect string
	}{{"approved", strings.Join(agree, ", "), "end: " + end + fees}, {"refused", strings.Join(refuse, ", "), "end: refused" + before}} {
		line("  - scenario: %s\n    on: %s\n    form: {%s}\n    decide: {%s}\n    expect: {%s}", one.name, l.On, strings.Join(form, ", "), one.decide, one.expect)
	}
}

// paper is the definition of the document that is issued: whose it is, what was answered, and its day.
func (l *leaflet) paper() string {
	rows := []string{"{label: " + l.said("designer.paper.holder") + ", value: applicant.name}"}
	codes := l.codes()
	for i, q := range l.Questions {
		if !q.Optional && q.Kind != catalog.FileField && len(rows) <= mostRows {
			rows = append(rows, "{label: "+l.each(q.Words)+", value: form."+codes[i]+"}")
		}
	}
	rows = append(rows, "{label: "+l.said("designer.paper.issued")+", value: issued.on}")
	return paperText(l.Code, l.each(l.Paper), l.register(), rows)
}

// register is the prefix of the document's numbers: the first letters of the code's words.
func (l *leaflet) register() string {
	out := ""
	for _, word := range strings.FieldsFunc(l.Code, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(out) < 8 {
			out += strings.ToUpper(word[:1])
		}
	}
	return out
}

// codes are those of the questions, in their order.
func (l *leaflet) codes() (out []string) {
	taken := map[string]bool{}
	for _, q := range l.Questions {
		out = append(out, codeFrom(q.Words, "question", taken))
	}
	return out
}

// each writes a text in each language, on one line.
func (l *leaflet) each(words map[string]string) string {
	parts := make([]string, len(l.Languages))
	for i, lang := range l.Languages {
		parts[i] = lang + ": " + source.Quote(words[lang])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// said is a text of our own in each language.
func (l *leaflet) said(key string) string {
	words := map[string]string{}
	for _, lang := range l.Languages {
		words[lang] = l.say(lang, key)
	}
	return l.each(words)
}
