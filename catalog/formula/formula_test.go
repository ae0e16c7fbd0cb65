package formula

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func kind(k Kind) Type                { return Type{Kind: k} }
func listOf(t Type) Type              { return Type{Kind: KindList, Elem: &t} }
func field(name string, t Type) Field { return Field{Name: name, Type: t} }
func object(name string, fields ...Field) Type {
	return Type{Kind: KindObject, Object: &Object{Name: name, Fields: fields}}
}
func optional(f Field) Field          { f.Optional = true; return f }
func when(f Field, cond string) Field { f.When = cond; return f }

var (
	person = object("person",
		field("relation", kind(KindText)),
		optional(field("age", kind(KindInt))),
		field("income", kind(KindMoney)))
	testScope = []Field{
		field("form", object("form",
			field("years", kind(KindInt)),
			field("rate", kind(KindDecimal)),
			field("fee", kind(KindMoney)),
			field("dinars", kind(KindMoney)),
			field("name", kind(KindText)),
			field("born", kind(KindDate)),
			field("agreed", kind(KindBool)),
			field("colours", listOf(kind(KindText))),
			field("numbers", listOf(kind(KindInt))),
			field("rates", listOf(kind(KindDecimal))),
			field("amounts", listOf(kind(KindMoney))),
			field("family", listOf(person)),
			optional(field("note", kind(KindText))),
			optional(field("count", kind(KindInt))),
			optional(field("address", object("address",
				field("city", kind(KindText)),
				optional(field("flat", kind(KindInt)))))),
			when(field("medicalReport", kind(KindText)), "applicant.age >= 60"),
			when(field("doctor", kind(KindText)), "applicant.age>=60 and (has(form.note))"),
			optional(when(field("clinic", kind(KindText)), "applicant.age >= 60")))),
		field("applicant", object("applicant", field("age", kind(KindInt)))),
		field("tariff", object("tariff", field("perYear", kind(KindMoney)), field("lateCap", kind(KindMoney)))),
		field("asOf", object("asOf", field("submitted", kind(KindDate)))),
		optional(field("licence", object("licence",
			field("expiresOn", kind(KindDate)),
			field("unpaidFines", kind(KindInt))))),
	}
)

func testEnv(t testing.TB) *Env {
	t.Helper()
	env, err := NewEnv(testScope)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func decimalOf(t testing.TB, s string) Decimal {
	t.Helper()
	d, err := ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func testValues() Values {
	rate, _ := ParseDecimal("0.1")
	return Values{
		"form": map[string]any{
			"years": int64(5), "rate": rate, "fee": Money{25000, "ILS"}, "dinars": Money{1500, "JOD"},
			"name": "ليلى Haddad", "born": Date{2000, 2, 29}, "agreed": true,
			"colours": []any{"red", "green"}, "numbers": []any{int64(3), int64(4)},
			"rates": []any{rate, rate, rate}, "amounts": []any{Money{150, "ILS"}, Money{250, "ILS"}},
			"family": []any{
				map[string]any{"relation": "child", "age": int64(4), "income": Money{0, "ILS"}},
				map[string]any{"relation": "spouse", "income": Money{900000, "ILS"}},
			},
		},
		"applicant": map[string]any{"age": int64(61)},
		"tariff":    map[string]any{"perYear": Money{5000, "ILS"}, "lateCap": Money{12000, "ILS"}},
		"asOf":      map[string]any{"submitted": Date{2026, 1, 2}},
	}
}

func mustCompile(t testing.TB, env *Env, src string, want Type) *Formula {
	t.Helper()
	f, problems := env.Compile(src, want)
	if len(problems) > 0 {
		t.Fatalf("%s: %+v", src, problems)
	}
	return f
}

// text writes a result so that a table can hold it.
func text(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return "int " + NewDecimal(x, 0).String()
	case Decimal:
		return "decimal " + x.String()
	case Money:
		return x.String()
	case Date:
		return x.String()
	case bool:
		if x {
			return "yes"
		}
		return "no"
	case []any:
		parts := make([]string, len(x))
		for i, item := range x {
			parts[i] = text(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "?"
}

func TestFormulasGiveTheirValues(t *testing.T) {
	env := testEnv(t)
	for _, c := range []struct{ src, want string }{
		// words and precedence
		{"form.years == 5 and form.agreed", "yes"},
		{"form.years == 4 or not form.agreed", "no"},
		{"not form.years == 5", "no"},
		{"not (form.years == 5) or true", "yes"},
		{"not form.agreed and false or true", "yes"},
		{"not not form.agreed", "yes"},
		{"not form.years == 4 ? 'a' : 'b'", "a"},
		{"size([not form.agreed, not form.years == 4]) == 2", "yes"},
		{"'and or not' == \"and or not\"", "yes"},
		{"form.name == 'ليلى Haddad' and not form.name.contains('and')", "yes"},
		{"form.agreed // not this\n and true", "yes"},

		// exact numbers
		{"0.1 + 0.2 == 0.3", "yes"},
		{"0.1 + 0.2", "decimal 0.3"},
		{"-0.1 + .2", "decimal 0.1"},
		{"1.10 == 1.1", "yes"},
		{"1 == 1.0 and 1.0 == 1 and 2 != 1.0", "yes"},
		{"form.years == 5.0", "yes"},
		{"form.years + 0.5", "decimal 5.5"},
		{"2 * form.rate", "decimal 0.2"},
		{"7 / 2", "decimal 3.5"},
		{"1 / 3", "decimal 0.3333333333333333333333333333333333"},
		{"2 / 3", "decimal 0.6666666666666666666666666666666667"},
		{"round(7 / 2)", "int 4"},
		{"round(-2.5)", "int -3"},
		{"round(2.4999)", "int 2"},
		{"roundUp(2.01)", "int 3"},
		{"roundUp(-2.9)", "int -2"},
		{"roundDown(2.99)", "int 2"},
		{"roundDown(-2.1)", "int -3"},
		{"7 % 3", "int 1"},
		{"-7 % 3", "int -1"},
		{"1.5 < 2 and 2 > 1.5 and 1.5 <= 1.5 and 3 >= 3.0", "yes"},
		{"9007199254740993 + 0.0 == 9007199254740993", "yes"},
		{"1e3 + 0", "decimal 1000"},
		{"form.years > 3 ? 1 : 0.5", "decimal 1"},

		// money
		{"money('50.00 ILS') * form.years", "250.00 ILS"},
		{"form.years * tariff.perYear", "250.00 ILS"},
		{"form.fee + tariff.perYear - money('1 ILS')", "299.00 ILS"},
		{"-form.fee", "-250.00 ILS"},
		{"money('0.05 ILS') * 0.5", "0.02 ILS"}, // 2.5 agorot: half to even
		{"money('0.07 ILS') * 0.5", "0.04 ILS"}, // 3.5 agorot
		{"0.5 * money('0.001 JOD')", "0.000 JOD"},
		{"money('1.500 JOD') * 3", "4.500 JOD"},
		{"money('1.5 JOD') == form.dinars", "yes"},
		{"round(money('2.50 ILS'))", "3.00 ILS"},
		{"round(money('-2.50 ILS'))", "-3.00 ILS"},
		{"round(money('2.49 ILS'))", "2.00 ILS"},
		{"roundUp(money('2.01 ILS'))", "3.00 ILS"},
		{"roundDown(money('2.99 ILS'))", "2.00 ILS"},
		{"round(money('1.500 JOD'))", "2.000 JOD"},
		{"round(money('1.499 JOD'))", "1.000 JOD"},
		{"roundDown(money('100.00 ILS') / 3)", "33.00 ILS"},
		{"roundUp(money('100.00 ILS') / 3)", "34.00 ILS"},
		{"round(money('5.00 ILS') / 2)", "3.00 ILS"},
		{"round(money('-5.00 ILS') / 2)", "-3.00 ILS"},
		{"roundDown(money('-5.00 ILS') / 2)", "-3.00 ILS"},
		{"roundUp(money('-5.00 ILS') / 2)", "-2.00 ILS"},
		{"roundDown(money('1.00 ILS') / 0.01)", "100.00 ILS"},
		{"min(tariff.lateCap, tariff.perYear * 3)", "120.00 ILS"},
		{"max(money('1 ILS'), money('3 ILS'), money('2 ILS'))", "3.00 ILS"},
		{"form.fee > money('249.99 ILS') and form.fee != money('250.01 ILS')", "yes"},
		{"min(3, 1, 2) + max(1, 2)", "int 3"},
		{"min(1, 0.5)", "decimal 0.5"},
		{"max(date('2024-02-29'), date('2024-02-28'))", "2024-02-29"},

		// text
		{"size(form.name)", "int 11"},
		{"form.name.size() == 11", "yes"},
		{"form.name.startsWith('ليلى') && form.name.endsWith('dad')", "yes"},
		{"form.name.matches('^[^0-9]+$')", "yes"},
		{"lower('ABC') + 'd'", "abcd"},
		{"'b' > 'a'", "yes"},

		// lists
		{"size(form.colours) + form.colours.size()", "int 4"},
		{"'red' in form.colours and not ('blue' in form.colours)", "yes"},
		{"form.years in [1, 5]", "yes"},
		{"form.years in [1, 5.0]", "yes"},
		{"form.rate in [0.10, 2]", "yes"},
		{"tariff.perYear in [money('50 ILS')]", "yes"},
		{"form.colours.exists(c, c == 'green')", "yes"},
		{"form.colours.all(c, c.size() > 3)", "no"},
		{"form.numbers.filter(n, n > 3)", "[int 4]"},
		{"form.numbers.map(n, n * 2)", "[int 6, int 8]"},
		{"sum(form.numbers)", "int 7"},
		{"sum(form.rates) == 0.3", "yes"},
		{"sum(form.amounts)", "4.00 ILS"},
		{"sum(form.amounts.filter(a, false)) + money('1 ILS')", "1.00 ILS"},
		{"min(sum(form.amounts.filter(a, false)), money('5 ILS'))", "0.00 ILS"},
		{"sum(form.family.map(m, m.income))", "9000.00 ILS"},
		{"form.family.exists(m, has(m.age) and m.age < 18)", "yes"},
		{"form.family.map(m, orElse(m.age, 99))", "[int 4, int 99]"},
		{"form.family.exists(m, form.family.exists(n, n.relation != m.relation))", "yes"},
		{"size(form.colours + ['blue'])", "int 3"},

		// absence
		{"has(form.note)", "no"},
		{"has(licence)", "no"},
		{"has(licence.expiresOn)", "no"},
		{"has(form.address.flat)", "no"},
		{"orElse(form.note, 'none')", "none"},
		{"orElse(form.address.flat, 7)", "int 7"},
		{"orElse(form.count, 0) + 1", "int 1"},
		{"has(form.note) ? form.note : 'empty'", "empty"},
		{"!has(form.count) || form.count > 3", "yes"},
		{"not has(form.count) or form.count > 3", "yes"},
	} {
		f, problems := env.Compile(c.src, Type{})
		if len(problems) > 0 {
			t.Errorf("%s: %+v", c.src, problems)
			continue
		}
		got, err := f.Eval(testValues())
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
		} else if text(got) != c.want {
			t.Errorf("%s = %s, want %s", c.src, text(got), c.want)
		}
	}
}

func TestCalendarFunctionsAtMonthEndsAndLeapDays(t *testing.T) {
	env := testEnv(t)
	for _, c := range []struct{ call, want string }{
		{"fullYears(date('2000-02-29'), date('2001-02-27'))", "int 0"},
		{"fullYears(date('2000-02-29'), date('2001-02-28'))", "int 1"},
		{"fullYears(date('2000-02-29'), date('2004-02-28'))", "int 3"},
		{"fullYears(date('2000-02-29'), date('2004-02-29'))", "int 4"},
		{"fullYears(date('2000-06-15'), date('2018-06-14'))", "int 17"},
		{"fullYears(date('2000-06-15'), date('2018-06-15'))", "int 18"},
		{"fullYears(date('2018-06-15'), date('2000-06-15'))", "int 0"},
		{"fullMonths(date('2024-01-31'), date('2024-02-28'))", "int 0"},
		{"fullMonths(date('2024-01-31'), date('2024-02-29'))", "int 1"},
		{"fullMonths(date('2023-01-31'), date('2023-02-28'))", "int 1"},
		{"fullMonths(date('2023-01-31'), date('2023-03-30'))", "int 1"},
		{"fullMonths(date('2023-01-31'), date('2023-03-31'))", "int 2"},
		{"fullMonths(date('2023-03-01'), date('2023-01-01'))", "int 0"},
		{"monthsBegun(date('2026-01-10'), date('2026-01-10'))", "int 0"},
		{"monthsBegun(date('2026-01-10'), date('2026-01-09'))", "int 0"},
		{"monthsBegun(date('2026-01-10'), date('2026-01-11'))", "int 1"},
		{"monthsBegun(date('2026-01-10'), date('2026-02-10'))", "int 1"},
		{"monthsBegun(date('2026-01-10'), date('2026-02-11'))", "int 2"},
		{"monthsBegun(date('2024-01-31'), date('2024-02-29'))", "int 1"},
		{"monthsBegun(date('2024-01-31'), date('2024-03-01'))", "int 2"},
		{"monthsBegun(date('2024-02-29'), date('2025-03-01'))", "int 13"},
		{"daysBetween(date('2024-02-28'), date('2024-03-01'))", "int 2"},
		{"daysBetween(date('2023-02-28'), date('2023-03-01'))", "int 1"},
		{"daysBetween(date('2023-03-01'), date('2023-02-28'))", "int -1"},
		{"daysBetween(date('0001-01-01'), date('9999-12-31'))", "int 3652058"},
		{"addDays(date('2024-02-28'), 1)", "2024-02-29"},
		{"addDays(date('2024-03-01'), -1)", "2024-02-29"},
		{"addDays(date('2023-12-31'), 1)", "2024-01-01"},
		{"addMonths(date('2024-01-31'), 1)", "2024-02-29"},
		{"addMonths(date('2023-01-31'), 1)", "2023-02-28"},
		{"addMonths(date('2024-03-31'), -1)", "2024-02-29"},
		{"addMonths(date('2024-01-15'), -1)", "2023-12-15"},
		{"addYears(date('2024-02-29'), 1)", "2025-02-28"},
		{"addYears(date('2024-02-29'), 4)", "2028-02-29"},
		{"addYears(date('1900-02-28'), -1)", "1899-02-28"},
		{"date('2024-02-29') < date('2024-03-01')", "yes"},
		{"date('2024-02-29') == date('2024-02-29')", "yes"},
		{"date('2024-02-29') != date('2024-02-28')", "yes"},
	} {
		got, err := mustCompile(t, env, c.call, Type{}).Eval(nil)
		if err != nil {
			t.Errorf("%s: %v", c.call, err)
		} else if text(got) != c.want {
			t.Errorf("%s = %s, want %s", c.call, text(got), c.want)
		}
	}
}

func TestEvaluationFailsWithATypedErrorAndNoValues(t *testing.T) {
	env := testEnv(t)
	big := make([]any, 2000)
	for i := range big {
		big[i] = int64(987654321)
	}
	secret := testValues()
	secret["form"].(map[string]any)["numbers"] = big
	wrong := testValues()
	wrong["form"].(map[string]any)["years"] = "987654321"
	wrongItem := testValues()
	wrongItem["form"].(map[string]any)["numbers"] = []any{"987654321"}
	for _, c := range []struct {
		src  string
		with Values
		want Failure
	}{
		{"form.years / 0 > 1", testValues(), DivisionByZero},
		{"form.years % 0 == 1", testValues(), DivisionByZero},
		{"round(form.fee / 0)", testValues(), DivisionByZero},
		{"round(form.fee / (form.rate - 0.1))", testValues(), DivisionByZero},
		{"form.fee + form.dinars", testValues(), CurrencyMismatch},
		{"form.fee == form.dinars", testValues(), CurrencyMismatch},
		{"form.fee != form.dinars", testValues(), CurrencyMismatch},
		{"form.fee < form.dinars", testValues(), CurrencyMismatch},
		{"max(form.fee, form.dinars)", testValues(), CurrencyMismatch},
		{"form.fee in [form.dinars]", testValues(), CurrencyMismatch},
		{"sum(form.amounts.filter(a, false))", testValues(), NoCurrency},
		{"9223372036854775807 + form.years", testValues(), Overflow},
		{"-9223372036854775807 - form.years", testValues(), Overflow},
		{"4611686018427387904 * form.years", testValues(), Overflow},
		{"form.fee * 9223372036854775807", testValues(), Overflow},
		{"round(form.rate * 1e38)", testValues(), Overflow},
		{"addYears(form.born, 9000)", testValues(), Overflow},
		{"addDays(form.born, 9223372036854775807)", testValues(), Overflow},
		{"form.numbers.exists(a, form.numbers.exists(b, a + b == 1))", secret, CostExceeded},
		{"form.years > 1", wrong, WrongValue},
		{"sum(form.numbers) > 1", wrongItem, WrongValue},
		{"form.numbers.exists(n, n > 1)", wrongItem, WrongValue},
		{"form.years > 1", Values{}, AbsentValue},
		{"form.years > 1", nil, AbsentValue},
	} {
		got, err := mustCompile(t, env, c.src, Type{}).Eval(c.with)
		var failed *EvalError
		if !errors.As(err, &failed) || failed.Failure != c.want {
			t.Errorf("%s = %v, %v; want %s", c.src, got, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), "987654321") {
			t.Errorf("%s: the error repeats a value: %v", c.src, err)
		}
	}
}

func TestAFormulaKnowsItsTypeSourceAndReads(t *testing.T) {
	env := testEnv(t)
	src := "has(licence) and licence.unpaidFines > 0 or form.family.exists(m, m.relation == 'child') and form.years > size(form.family) or orElse(form.address.flat, 0) > 1"
	f := mustCompile(t, env, src, kind(KindBool))
	if f.Source() != src || f.Type().Kind != KindBool {
		t.Errorf("source %q, type %v", f.Source(), f.Type())
	}
	want := []string{"form.address.flat", "form.family", "form.years", "licence", "licence.unpaidFines"}
	if !slices.Equal(f.Reads(), want) {
		t.Errorf("reads %v, want %v", f.Reads(), want)
	}
	// A whole number is given as the decimal that was asked for.
	d := mustCompile(t, env, "form.years", kind(KindDecimal))
	got, err := d.Eval(testValues())
	if err != nil || d.Type().Kind != KindDecimal || text(got) != "decimal 5" {
		t.Errorf("%v, %v, %v", d.Type(), text(got), err)
	}
	l := mustCompile(t, env, "form.family", Type{})
	if got := l.Type(); got.Kind != KindList || got.Elem.Object != person.Object {
		t.Errorf("type %v", got)
	}
	out, err := l.Eval(testValues())
	if err != nil || !reflect.DeepEqual(out, testValues()["form"].(map[string]any)["family"]) {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAFormulaRunsInParallel(t *testing.T) {
	env := testEnv(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			f, problems := env.Compile("form.medicalReport == 'x' or true", Type{})
			if f != nil || len(problems) != 1 {
				t.Errorf("%v %v", f, problems)
			}
			g, _ := env.Compile("form.fee == form.dinars or form.family.all(m, m.relation != 'x')", Type{})
			for range 50 {
				if got, err := g.Eval(testValues()); err != nil || got != true {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	group.Wait()
}

func TestAScopeThatNoFormulaCouldReadIsRefused(t *testing.T) {
	loop := &Object{Name: "loop"}
	loop.Fields = []Field{{Name: "self", Type: Type{Kind: KindObject, Object: loop}}}
	for name, scope := range map[string][]Field{
		"twice":          {field("a", kind(KindInt)), field("a", kind(KindInt))},
		"bad name":       {field("a-b", kind(KindInt))},
		"arabic name":    {field("اسم", kind(KindInt))},
		"operator":       {field("and", kind(KindInt))},
		"literal":        {field("form", object("form", field("true", kind(KindInt))))},
		"no kind":        {field("a", Type{})},
		"no items":       {field("a", kind(KindList))},
		"no fields":      {field("a", kind(KindObject))},
		"holds itself":   {field("a", Type{Kind: KindObject, Object: loop})},
		"twice, inside":  {field("form", object("form", field("x", kind(KindInt)), field("x", kind(KindInt))))},
		"items' no kind": {field("a", listOf(Type{}))},
	} {
		if _, err := NewEnv(scope); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	// Behind a point, the words of operators are ordinary names.
	env, err := NewEnv([]Field{field("form", object("form", field("not", kind(KindBool)), field("or", kind(KindBool))))})
	if err != nil {
		t.Fatal(err)
	}
	got, err := mustCompile(t, env, "not form.not and form.or", kind(KindBool)).
		Eval(Values{"form": map[string]any{"not": false, "or": true}})
	if err != nil || got != true {
		t.Errorf("%v, %v", got, err)
	}
}
