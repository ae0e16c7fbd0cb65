package compare

import (
	"cmp"
	"strconv"
	"strings"
)

// sentences are what is said of a change, in English and in Arabic. A name in braces is an argument; {this} is the thing itself, {place:}
// the thing with a colon, {key} the key, {inside} the thing round it. Arabic prefers the noun of the deed (إضافة، حذف، نقل), which needs
// no agreement with the gender of what it speaks of.
var sentences = map[string]word{
	"changed":     {"{place:}{key} changed from {old} to {new}", "{place:}تغيير {key} من {old} إلى {new}"},
	"changedSelf": {"{this} changed from {old} to {new}", "تغيير {this} من {old} إلى {new}"},
	"set":         {"{place:}{key} is now {new}", "{place:}تحديد {key}: {new}"},
	"setSelf":     {"{this} is now {new}", "تحديد {this}: {new}"},
	"unset":       {"{place:}{key} is no longer given (it was {old})", "{place:}إلغاء {key} بعد أن كان {old}"},
	"unsetSelf":   {"{this} is no longer given (it was {old})", "إلغاء {this} بعد أن كان {old}"},
	"more":        {"{place:}{new} added to {key}", "{place:}إضافة {new} إلى {key}"},
	"fewer":       {"{place:}{old} removed from {key}", "{place:}حذف {old} من {key}"},
	"order":       {"{place:}{key} now in the order {new}", "{place:}ترتيب جديد في {key}: {new}"},

	"added":      {"{what} added{inside}", "إضافة {what}{inside}"},
	"addedFirst": {"{what} added{inside} before all others", "إضافة {what}{inside} في أول الترتيب"},
	"addedAfter": {"{what} added{inside} after {after}", "إضافة {what}{inside} بعد {after}"},
	"removed":    {"{what} removed{outof}", "حذف {what}{outof}"},
	"before":     {"{this} now comes before {next}", "نقل {this} إلى ما قبل {next}"},
	"last":       {"{this} now comes last", "نقل {this} إلى آخر الترتيب"},
	"moved":      {"{this} moved from {old} to {new}", "نقل {this} من {old} إلى {new}"},
	"renamed":    {"the code of {this} changed from {old} to {new}", "تغيير رمز {this} من {old} إلى {new}"},

	"definitionAdded":   {"{what} added", "إضافة {what}"},
	"definitionRemoved": {"{what} removed", "حذف {what}"},
	"renamedDefinition": {"its code changed from {old} to {new}", "تغيير الرمز من {old} إلى {new}"},
	"script":            {"the script changed", "تعديل ملف التحقق"},
	"drawing":           {"the drawing changed", "تعديل الرسم"},
	"scenario":          {"{this} changed: {keys}", "تعديل {this}: {keys}"},

	"textChanged": {"{place:}{key} changed in {language} from {old} to {new}", "{place:}تعديل نص {key} {language} من {old} إلى {new}"},
	"textGiven":   {"{place:}{key} given in {language}: {new}", "{place:}إضافة نص {key} {language}: {new}"},
	"textTaken":   {"{place:}{key} removed in {language}: {old}", "{place:}حذف نص {key} {language}: {old}"},

	"required":     {"{this} becomes required", "صار {this} إلزاميًا"},
	"requiredWhen": {"{this} becomes required when {new}", "صار {this} إلزاميًا عند تحقق الشرط {new}"},
	"optional":     {"{this} may now stay empty", "صار {this} اختياريًا"},
	"stricter":     {"{place:}{key} {old} → {new} (stricter)", "{place:}{key} من {old} إلى {new} (تشديد)"},
	"looser":       {"{place:}{key} {old} → {new} (looser)", "{place:}{key} من {old} إلى {new} (تخفيف)"},
	"limited":      {"{place:}{key} is now {new} (stricter)", "{place:}تحديد {key}: {new} (تشديد)"},
	"unlimited":    {"{place:}{key} {old} no longer holds (looser)", "{place:}إلغاء {key} {old} (تخفيف)"},

	"amount":       {"{place:}{old} → {new}", "{place:}من {old} إلى {new}"},
	"refund":       {"{this}: {new} instead of {old}", "{this}: {new} بدلًا من {old}"},
	"by":           {"{this} is now decided by {new} instead of {old}", "{this}: القرار من الآن من اختصاص {new} بدلًا من {old}"},
	"limitMoved":   {"{place:}time limit {old} → {new}, then: {then}", "{place:}المهلة من {old} إلى {new}، وبعدها: {then}"},
	"limitLeads":   {"{place:}after {limit}: {new} instead of {old}", "{place:}بعد {limit}: {new} بدلًا من {old}"},
	"limitAdded":   {"{place:}time limit added: {new}, then: {then}", "{place:}إضافة مهلة: {new}، وبعدها: {then}"},
	"limitRemoved": {"{place:}time limit removed: {old}, then: {then}", "{place:}حذف مهلة مدة {old}، وبعدها: {then}"},
	"mayWithdraw":  {"the applicant may now withdraw", "صار لمقدّم الطلب أن يسحب طلبه"},
	"noWithdrawal": {"the applicant may no longer withdraw", "لم يعد لمقدّم الطلب أن يسحب طلبه"},

	"consentNeeded": {"{place:}nothing is sent any more before the person agrees", "{place:}لا يُرسل شيء من الآن قبل موافقة الشخص"},
	"noConsent":     {"{place:}it is now sent without asking the person", "{place:}يُرسل من الآن دون سؤال الشخص"},

	"onlyWhen/shown":   {"{this} is now shown only when {new}", "{this} لا يظهر من الآن إلا عند تحقق الشرط {new}"},
	"always/shown":     {"{this} is now always shown, no longer only when {old}", "{this} يظهر من الآن دائمًا، لا عند تحقق الشرط {old} فقط"},
	"onlyWhen/due":     {"{this} is now due only when {new}", "{this} لا يُستحق من الآن إلا عند تحقق الشرط {new}"},
	"always/due":       {"{this} is now always due, no longer only when {old}", "{this} يُستحق من الآن دائمًا، لا عند تحقق الشرط {old} فقط"},
	"onlyWhen/happens": {"{this} now happens only when {new}", "{this} لا تُنفَّذ من الآن إلا عند تحقق الشرط {new}"},
	"always/happens":   {"{this} now always happens, no longer only when {old}", "{this} تُنفَّذ من الآن دائمًا، لا عند تحقق الشرط {old} فقط"},

	"exampleFee": {"in {scenario}: {fee} {old} → {new}", "في {scenario}: {fee} من {old} إلى {new}"},
	"exampleEnd": {"in {scenario}: the end is {new} instead of {old}", "في {scenario}: النهاية {new} بدلًا من {old}"},
	"stranded":   {"{what} is no longer there: open applications that wait at it would have nowhere to go", "لا مكان في التعريف الجديد للانتظار في {what}: الطلبات المفتوحة التي تنتظر فيها لا تجد طريقًا"},
}

// Segment is a piece of a sentence: plain words, or a value.
type Segment struct {
	Text string
	Role string // "" for words; old, new, or name for any other value
	Code bool   // a formula or a code: shown as it is written, from left to right
}

// Sentence says the change in a language, ar or en; any other gets English. It has no full stop.
func (c Change) Sentence(lang string) string {
	var b strings.Builder
	for _, s := range c.Segments(lang) {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Segments is the sentence with its values apart.
func (c Change) Segments(lang string) []Segment {
	name := c.sentence
	if self := name + "Self"; c.Key == "" && sentences[self].en != "" {
		name = self
	}
	var out []Segment
	words := func(s string) {
		if s != "" {
			out = append(out, Segment{Text: s})
		}
	}
	rest := sentences[name].in(lang)
	for {
		before, after, found := strings.Cut(rest, "{")
		words(before)
		if !found {
			break
		}
		var placeholder string
		placeholder, rest, _ = strings.Cut(after, "}")
		switch placeholder {
		case "this":
			out = append(out, Segment{Text: phrase(c.Subject).in(lang), Role: "name"})
		case "place:":
			if len(c.Subject) > 0 {
				out = append(out, Segment{Text: phrase(c.Subject).in(lang), Role: "name"})
				words(": ")
			}
		case "inside", "outof":
			if n := len(c.Subject); n > 1 && showsRound(c.Subject) {
				words(round[placeholder].in(lang))
				out = append(out, Segment{Text: phrase(c.Subject[:n-1]).in(lang), Role: "name"})
			}
		case "key":
			words(keyWord(c.of(), c.Key, lang))
		default:
			v := c.args[placeholder]
			role := "name"
			if placeholder == "old" || placeholder == "new" {
				role = placeholder
			}
			out = append(out, Segment{Text: v.in(lang), Role: role, Code: v.code})
		}
	}
	words(affected(c.Affects, lang))
	return out
}

// round leads to the thing round a new one, and to the one round what is gone.
var round = map[string]word{"inside": {" to ", " في "}, "outof": {" from ", " من "}}

// showsRound tells whether it has to be said in which thing a new one stands: not of a field, since its code is unique in the form.
func showsRound(subject []Part) bool { return subject[len(subject)-1].Kind != "field" }

// mostAffected is how many services a sentence names.
const mostAffected = 6

func affected(codes []string, lang string) string {
	if len(codes) == 0 {
		return ""
	}
	names := strings.Join(codes[:min(len(codes), mostAffected)], word{", ", "، "}.in(lang))
	names += more(len(codes)-mostAffected, lang)
	many := word{strconv.Itoa(len(codes)) + " services", arabicServices(len(codes))}
	if len(codes) == 1 {
		many.en = "1 service"
	}
	return word{"; affects " + many.en + ": ", "؛ يمسّ " + many.ar + ": "}.in(lang) + names
}

// more counts those that are not named.
func more(left int, lang string) string {
	if left <= 0 {
		return ""
	}
	ar := strconv.Itoa(left)
	switch left {
	case 1:
		ar = "واحد"
	case 2:
		ar = "اثنان"
	}
	return word{" and " + strconv.Itoa(left) + " more", " و" + ar + " غيرها"}.in(lang)
}

func arabicServices(n int) string {
	switch last := n % 100; {
	case n == 1:
		return "خدمة واحدة"
	case n == 2:
		return "خدمتين"
	case last >= 3 && last <= 10:
		return strconv.Itoa(n) + " خدمات"
	}
	return strconv.Itoa(n) + " خدمة"
}

// phrase names a thing from the outside in: step review, decision refuse. A section is passed over on the way to its fields, whose codes
// are unique without it.
func phrase(parts []Part) value {
	var plain, en, ar []string
	for i, p := range parts {
		if p.Kind == "section" && i+1 < len(parts) {
			continue
		}
		plain, en, ar = append(plain, p.Kind+" "+p.Code), append(en, p.in("en")), append(ar, p.in("ar"))
	}
	return value{plain: strings.Join(plain, ", "), en: strings.Join(en, ", "), ar: strings.Join(ar, "، ")}
}

// in names the thing in a language: in English by its code, which is what an analyst looks for, and in Arabic by its title.
func (p Part) in(lang string) string {
	if p.Code == "" {
		return keyWord("", p.Kind, lang)
	}
	w, known := kindWords[p.Kind]
	if !known {
		w = word{spaced(p.Kind), spaced(p.Kind)}
	}
	if lang == "ar" {
		name := cmp.Or(p.Name["ar"], codeWords[p.Kind+"."+p.Code], p.Code)
		return w.ar + " «" + short(name) + "»"
	}
	if strings.ContainsAny(p.Code, " ,") {
		return w.en + " “" + short(p.Code) + "”"
	}
	return w.en + " " + p.Code
}

// keyWord names a key of a kind of thing. Of a dotted one the last word is enough where it is known; an unknown key is named as it is written.
func keyWord(kind, key, lang string) string {
	last := key[strings.LastIndexByte(key, '.')+1:]
	for _, name := range []string{kind + "." + last, last} {
		if w, ok := keyWords[name]; ok {
			return w.in(lang)
		}
	}
	return key
}

// of is the kind of the thing whose key changed.
func (c Change) of() string {
	if n := len(c.Subject); n > 0 {
		return c.Subject[n-1].Kind
	}
	return c.Definition.Kind
}
