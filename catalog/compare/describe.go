package compare

import (
	"cmp"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// stepWords say what a step does, by the key that makes its kind; {x} is what stands behind the key, where that is a word or a list of words.
var stepWords = map[string]word{
	"ask": {"lookup of {x}", "استعلام من {x}"}, "refuse": {"refusal", "رفض"}, "pay": {"payment of {x}", "دفع {x}"}, "review": {"review by {x}", "مراجعة {x}"},
	"issue": {"issue of {x}", "إصدار {x}"}, "answer": {"answer", "جواب"}, "write": {"entry in {x}", "قيد في {x}"}, "inspect": {"inspection by {x}", "معاينة {x}"},
	"together": {"parallel branches", "فروع متوازية"}, "invite": {"answer of {x}", "رد {x}"}, "appointment": {"appointment with {x}", "موعد مع {x}"},
	"wait": {"wait", "انتظار"}, "notify": {"notice to {x}", "إشعار {x}"}, "revoke": {"revocation of {x}", "إلغاء {x}"}, "grant": {"grant of {x}", "منح {x}"},
	"change": {"change of {x}", "تغيير {x}"}, "start": {"start of {x}", "بدء {x}"}, "compute": {"computation", "حساب"}, "draw": {"random draw", "سحب عشوائي"},
	"choose": {"choice of branches", "اختيار بين فروع"}, "repeat": {"repetition", "تكرار"}, "go": {"on to {x}", "انتقال إلى {x}"}, "payOut": {"payment to {x}", "صرف إلى {x}"},
	"release": {"release of {x}", "رد {x}"}, "forfeit": {"forfeit of {x}", "مصادرة {x}"}, "end": {"end: {x}", "نهاية: {x}"}, "place": {"placing", "ترتيب وتوزيع"},
}

// described names a thing and says in a word what it is: step finance (review by finance-officer), fee stamp (5.00 ILS).
func (w *walker) described(t thing) value {
	v := phrase([]Part{t.part})
	if t.bare && t.part.Name == nil {
		v = value{plain: t.part.Kind, en: t.part.in("en"), ar: t.part.in("ar")}
	}
	en, ar := w.what(t)
	if en != "" {
		v.plain += " (" + en + ")"
		v.en += " (" + en + ")"
	}
	if ar = cmp.Or(ar, en); ar != "" {
		v.ar += " (" + ar + ")"
	}
	return v
}

// what says what a thing is, or "".
func (w *walker) what(t thing) (en, ar string) {
	n := t.node
	if n.Kind != source.Mapping {
		v := w.shown(n, t.k)
		return v.in("en"), v.in("ar")
	}
	switch t.part.Kind {
	case "step":
		return w.whatStep(n)
	case "field":
		return of(n, "type")
	case "fee":
		if v := n.Lookup("amount"); v != nil && v.Kind == source.Scalar {
			s := w.shown(v, source.Key{Doc: "Formula"})
			return s.plain, s.plain
		}
	case "decision":
		en, ar = short(flow(n, "en")), short(flow(n, "ar"))
		return en, ar
	case "option":
		label := nameOf(n)
		return label["en"], label["ar"]
	case "row", factRow:
		return of(n, "value")
	case "validation":
		return of(n, "rule")
	}
	return "", ""
}

func of(n *source.Node, key string) (en, ar string) {
	v := n.Lookup(key)
	if v == nil || v.Kind != source.Scalar {
		return "", ""
	}
	s := spoken(short(v.Value))
	return s.in("en"), s.in("ar")
}

func (w *walker) whatStep(n *source.Node) (en, ar string) {
	for name, v := range n.Pairs() {
		words, ok := stepWords[name.Value]
		if !ok {
			continue
		}
		k := source.Key{Name: name.Value, Type: source.Type{Kind: "text"}}
		var x value
		switch {
		case v.Kind == source.Scalar:
			x = w.shown(v, k)
		case v.Kind == source.List && scalars(v):
			x = w.together(v.Items(), k)
		case v.Kind == source.Mapping:
			if to := v.Lookup("to"); to != nil && to.Kind == source.Scalar {
				x = plain(to.Value)
			}
		}
		fill := func(s, x string) string {
			if x == "" {
				s, _, _ = strings.Cut(s, " {x}")
				return strings.TrimSuffix(s, " of")
			}
			return strings.ReplaceAll(s, "{x}", x)
		}
		return fill(words.en, x.in("en")), fill(words.ar, x.in("ar"))
	}
	return "", ""
}
