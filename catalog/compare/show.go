package compare

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// value is a value of a sentence: as it is written, and as people read it where that differs.
type value struct {
	plain string
	en    string
	ar    string
	code  bool // a formula or a code, to be shown as it is written, from left to right
}

func (v value) in(lang string) string {
	switch {
	case lang == "ar" && v.ar != "":
		return v.ar
	case lang != "ar" && v.en != "":
		return v.en
	}
	return v.plain
}

func plain(s string) value { return value{plain: s} }

// longestShown is how many signs of a value a sentence shows.
const longestShown = 160

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	n := 0
	for i := range s {
		if n == longestShown {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// shown is a value as a sentence shows it.
func (w *walker) shown(n *source.Node, k source.Key) value {
	if n == nil {
		return value{plain: "", en: "nothing", ar: "لا شيء"}
	}
	if k.Type.Go == wordsType && n.Kind == source.Mapping {
		words := plainText(n)
		v := value{en: quoted(words, "en"), ar: quoted(words, "ar")}
		v.plain = v.en
		return v
	}
	if n.Kind == source.Scalar {
		if isFormula(k) || givesAuthority(k, n.Value) {
			if amount, ok := amountIn(n.Value); ok {
				return value{plain: amount}
			}
			return value{plain: short(n.Value), code: true}
		}
		if title := w.titles.of(cmp.Or(k.Names, referring[k.Name]), n.Value); title != "" {
			return value{plain: n.Value, ar: "«" + short(title) + "»"}
		}
		return spoken(short(n.Value))
	}
	v := value{plain: short(flow(n, "")), en: short(flow(n, "en")), ar: short(flow(n, "ar"))}
	return v
}

// together lists several values.
func (w *walker) together(nodes []*source.Node, k source.Key) value {
	var plain, en, ar []string
	for _, n := range nodes {
		v := w.shown(n, k)
		plain, en, ar = append(plain, v.plain), append(en, v.in("en")), append(ar, v.in("ar"))
	}
	return value{plain: short(strings.Join(plain, ", ")), en: short(strings.Join(en, ", ")), ar: short(strings.Join(ar, "، "))}
}

// spoken is a word or a duration as people say it.
func spoken(s string) value {
	if w, ok := plainWords[s]; ok {
		return value{plain: s, en: w.en, ar: w.ar}
	}
	if d, ok := catalog.ParseDuration(s); ok {
		return value{plain: s, en: d.String(), ar: arabicDuration(d)}
	}
	if d, rest, ok := durationBefore(s); ok {
		return value{plain: s, ar: arabicDuration(d) + " " + map[string]string{"after end": "بعد انتهائه"}[rest]}
	}
	return value{plain: s}
}

// durationBefore reads "5 years after end".
func durationBefore(s string) (d catalog.Duration, rest string, ok bool) {
	for _, rest = range []string{"after end"} {
		if before, found := strings.CutSuffix(s, " "+rest); found {
			d, ok = catalog.ParseDuration(before)
			return d, rest, ok
		}
	}
	return d, "", false
}

// arabicUnits are a unit alone, twice (as it stands behind a preposition), three to ten times, and as it follows a greater number.
var arabicUnits = map[catalog.Unit][4]string{
	catalog.Minutes: {"دقيقة واحدة", "دقيقتين", "دقائق", "دقيقة"}, catalog.Hours: {"ساعة واحدة", "ساعتين", "ساعات", "ساعة"},
	catalog.WorkingHours: {"ساعة عمل واحدة", "ساعتي عمل", "ساعات عمل", "ساعة عمل"},
	catalog.Days:         {"يوم واحد", "يومين", "أيام", "يومًا"}, catalog.WorkingDays: {"يوم عمل واحد", "يومي عمل", "أيام عمل", "يوم عمل"},
	catalog.Weeks: {"أسبوع واحد", "أسبوعين", "أسابيع", "أسبوعًا"}, catalog.Months: {"شهر واحد", "شهرين", "أشهر", "شهرًا"},
	catalog.Years: {"سنة واحدة", "سنتين", "سنوات", "سنة"},
}

// arabicDuration counts in Arabic: one and two are words of their own, three to ten take the plural, and what is greater the singular.
func arabicDuration(d catalog.Duration) string {
	u, ok := arabicUnits[d.Unit]
	if !ok {
		return d.String()
	}
	switch last := d.Count % 100; {
	case d.Count == 1:
		return u[0]
	case d.Count == 2:
		return u[1]
	case last >= 3 && last <= 10:
		return strconv.Itoa(d.Count) + " " + u[2]
	case last >= 11:
		return strconv.Itoa(d.Count) + " " + u[3]
	}
	return strconv.Itoa(d.Count) + " " + strings.TrimSuffix(strings.TrimSuffix(u[3], "ًا"), "ا")
}

// amountIn is the amount where a formula is nothing but money("…").
func amountIn(text string) (string, bool) {
	text = strings.TrimSpace(text)
	inner, ok := strings.CutPrefix(text, "money(")
	if !ok || !strings.HasSuffix(inner, ")") {
		return "", false
	}
	inner = strings.TrimSpace(strings.TrimSuffix(inner, ")"))
	if len(inner) < 2 || inner[0] != '"' && inner[0] != '\'' || strings.ContainsAny(inner[1:len(inner)-1], `"'`) {
		return "", false
	}
	return inner[1 : len(inner)-1], true
}

// flow writes a node on one line, with words as people read them in lang, or as they are written where lang is "".
func flow(n *source.Node, lang string) string {
	switch n.Kind {
	case source.Scalar:
		if lang != "" {
			return spoken(n.Value).in(lang)
		}
		return n.Value
	case source.List, source.Mapping:
	default:
		return "~"
	}
	comma := ", "
	if lang == "ar" {
		comma = "، "
	}
	var parts []string
	inner := func(c *source.Node) string {
		if c.Kind == source.Scalar {
			return flow(c, lang)
		}
		return "(" + flow(c, lang) + ")"
	}
	for _, c := range n.Items() {
		parts = append(parts, inner(c))
	}
	for name, c := range n.Pairs() {
		word := name.Value
		if lang != "" {
			word = keyWord("", word, lang)
		}
		if _, ok := catalog.ParseDuration(name.Value); ok && lang != "" {
			word = spoken(name.Value).in(lang)
		}
		parts = append(parts, word+": "+inner(c))
	}
	return strings.Join(parts, comma)
}

// plainText are the words in each language.
func plainText(n *source.Node) map[string]string {
	out := map[string]string{}
	for name, c := range n.Pairs() {
		if c.Kind == source.Scalar {
			out[name.Value] = c.Value
		}
	}
	return out
}

// quoted are words in quotation marks, in lang or else in another language that they have.
func quoted(words map[string]string, lang string) string {
	for _, l := range slices.Concat([]string{lang, "ar", "en"}, slices.Sorted(maps.Keys(words))) {
		if t := words[l]; t != "" {
			return quote(t, lang)
		}
	}
	return quote("", lang)
}

// quote puts words in the quotation marks of the language in which one speaks of them.
func quote(s, lang string) string {
	if lang == "ar" {
		return "«" + short(s) + "»"
	}
	return "“" + short(s) + "”"
}
