package formula

import (
	"fmt"
	"strings"
	"testing"
)

func unitEnv(t *testing.T) *Env {
	t.Helper()
	item := &Object{Name: "items", Fields: []Field{{Name: "kg", Type: Type{Kind: KindDecimal, Unit: "kg"}}, {Name: "t", Type: Type{Kind: KindDecimal, Unit: "t"}}}}
	env, err := NewEnv([]Field{{Name: "form", Type: Type{Kind: KindObject, Object: &Object{Name: "form", Fields: []Field{
		{Name: "kg", Type: Type{Kind: KindDecimal, Unit: "kg"}}, {Name: "grams", Type: Type{Kind: KindInt, Unit: "g"}}, {Name: "n", Type: Type{Kind: KindInt}},
		{Name: "area", Type: Type{Kind: KindInt, Unit: "dunam"}, Optional: true}, {Name: "minutes", Type: Type{Kind: KindInt, Unit: "min"}},
		{Name: "items", Type: Type{Kind: KindList, Elem: &Type{Kind: KindObject, Object: item}}},
	}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestANumberIsConvertedExactly(t *testing.T) {
	env := unitEnv(t)
	values := Values{"form": map[string]any{"kg": mustDecimal("1234.567"), "grams": int64(3), "n": int64(7), "minutes": int64(50)}}
	for text, want := range map[string]string{
		`convert(form.kg, "kg", "t")`: "1.234567 t", `convert(form.grams, "g", "kg")`: "0.003 kg", `convert(form.n, "dunam", "m2")`: "7000 m2",
		`convert(convert(form.kg, "kg", "t"), "t", "kg")`: "1234.567 kg", `convert(form.n, "kWh", "MJ")`: "25.2 MJ",
		`convert(form.minutes, "min", "h")`: "0.8333333333333333333333333333333333 h", `convert(form.n, "hp", "kW")`: "5.14849125 kW",
		`convert(form.kg, "kg", "kg") + 1`: "1235.567 kg", `roundUp(convert(form.kg, "kg", "t"))`: "2 t", `form.kg * 2 / 4`: "617.2835 ",
		`form.kg * form.n`: "8641.969 ", `-form.kg`: "-1234.567 kg", `form.kg * form.kg`: "1524155.677489 ", `form.n + 1`: "8 ", `max(form.kg, convert(form.grams, "g", "kg"))`: "1234.567 kg",
		`form.n > 1 ? form.kg : 0.0`: "1234.567 kg", `orElse(form.area, 4)`: "4 dunam",
	} {
		f, problems := env.Compile(text, Type{})
		if len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
			continue
		}
		v, err := f.Eval(values)
		if got := fmt.Sprint(v, " ", f.Type().Unit); err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", text, got, err, want)
		}
	}
}

func mustDecimal(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestNumbersOfDifferentUnitsDoNotMeet(t *testing.T) {
	env := unitEnv(t)
	for _, c := range []struct{ src, says string }{
		{`convert(form.kg, "⟦g⟧", "t")`, `the number is in kg, not in g`},
		{`convert(form.kg, "kg", "⟦m⟧")`, "kg measures mass, but m measures length"},
		{`convert(form.kg, "⟦kilo⟧", "t")`, `there is no unit "kilo" Did you mean kg?`},
		{`convert(form.kg, "kg", "⟦stone⟧")`, "There is kg, mg, g"},
		{`⟦form.kg > form.grams⟧`, `a number in kg and one in g stand together Convert one of them: convert(…, "g", "kg").`},
		{`⟦form.kg + form.grams⟧ > 1.0`, "stand together"},
		{`⟦convert(form.grams, "g", "t") >= form.kg⟧`, "a number in t and one in kg"},
		{`⟦min(form.kg, 1, form.grams)⟧ > 1`, "stand together"},
		{`(⟦form.n > 1 ? form.kg : convert(form.kg, "kg", "t")⟧) > 1.0`, "stand together"},
		{`form.items.exists(i, ⟦i.kg > i.t⟧)`, "a number in kg and one in t"},
		{`convert(form.kg, ⟦lower("KG")⟧, "t") > 1`, "a text in quotes must stand"},
		{`⟦convert("a", "kg", "t")⟧ > 1`, "convert() does not take text, text and text"},
	} {
		before, rest, _ := strings.Cut(c.src, "⟦")
		marked, after, _ := strings.Cut(rest, "⟧")
		src := before + marked + after
		_, problems := env.Compile(src, Type{})
		if len(problems) != 1 {
			t.Errorf("%s: %v", src, problems)
			continue
		}
		p := problems[0]
		if src[p.Offset:p.End] != marked {
			t.Errorf("%s: at %q", src, src[p.Offset:p.End])
		}
		if got := p.Said().String() + " " + p.Advice().String(); !strings.Contains(got, c.says) {
			t.Errorf("%s: %s", src, got)
		}
	}
	if _, problems := env.Compile("form.grams", Type{Kind: KindDecimal, Unit: "kg"}); len(problems) != 1 || problems[0].Said().String() != "this is in g, but here kg is wanted" {
		t.Error(problems)
	}
	for _, fine := range []string{`form.grams * 0.001 > form.kg`, `form.kg > 3`, `form.kg * 1.5 > convert(form.grams, "g", "kg")`, `form.items.exists(i, i.kg > convert(i.t, "t", "kg"))`, `form.kg / form.kg > form.n`} {
		if _, problems := env.Compile(fine, Type{}); len(problems) > 0 {
			t.Errorf("%s: %v", fine, problems)
		}
	}
}
