package formula

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Each case marks the range of its only problem with ⟦ and ⟧.
func TestAProblemSaysWhatIsWrongAtItsPlace(t *testing.T) {
	env := testEnv(t)
	for _, c := range []struct {
		src  string
		want Kind
		code diag.Code
		says string // a part of Summary or Help
	}{
		// names and fields
		{"⟦frm⟧.years > 1", KindBool, CodeUnknownName, "Did you mean form?"},
		{"form.⟦yeers⟧ > 1", KindBool, CodeUnknownField, "Did you mean years?"},
		{"form.⟦YEARS⟧ > 1", KindBool, CodeUnknownField, "Did you mean years?"},
		{"applicant.⟦zzzzzz⟧ > 1", KindBool, CodeUnknownField, "There is: age."},
		{"has(form.⟦note2⟧)", KindBool, CodeUnknownField, "form has no field note2"},
		{"orElse(form.⟦note2⟧, '')", KindText, CodeUnknownField, "Did you mean note?"},
		{"form.years.⟦months⟧ > 1", KindBool, CodeNoFields, "a whole number and has no fields"},
		{"form.family.exists(m, m.⟦agee⟧ > 1)", KindBool, CodeUnknownField, "Did you mean age?"},

		// what people write instead
		{"⟦years⟧ > 1", KindBool, CodeUnknownName, "Did you mean form.years?"},
		{"form.agreed == ⟦yes⟧", KindBool, CodeUnknownName, "Did you mean true?"},
		{"⟦today⟧ > form.born", KindBool, CodeUnknownName, "Did you mean asOf.submitted?"},
		{"⟦today⟧() > form.born", KindBool, CodeUnknownFunction, "Did you mean asOf.submitted?"},
		{"form.agreed ⟦AND⟧ form.years > 1", KindBool, CodeSyntax, "Write and."},
		{"⟦50.00 ILS⟧", KindMoney, CodeSyntax, "money('50.00 ILS')"},
		{"form.fee * ⟦10%⟧", KindMoney, CodeSyntax, "0.10"},
		{"⟦if⟧ form.agreed then 1 else 2", KindInt, CodeSyntax, "condition ? one value : the other value"},
		{"⟦monthsStarted⟧(form.born, asOf.submitted)", KindInt, CodeUnknownFunction, "monthsBegun"},

		// offsets behind words and Arabic text
		{"form.agreed and ⟦frm⟧.years > 1", KindBool, CodeUnknownName, "form"},
		{"form.agreed or not form.agreed or ⟦frm⟧.years > 1", KindBool, CodeUnknownName, "form"},
		{"not (form.agreed and not form.agreed) and form.⟦yeers⟧ > 1", KindBool, CodeUnknownField, "years"},
		{"form.name == 'تجديد رخصة' and form.⟦yeers⟧ > 1", KindBool, CodeUnknownField, "years"},
		{"not form.name == 'تجديد' or ⟦form.name + 1⟧ == 'سنة'", KindBool, CodeOperands, "+ does not go between text and a whole number"},
		{"form.agreed and\n  form.name == 'سنة' and\n  form.⟦yeers⟧ > 1", KindBool, CodeUnknownField, "years"},

		// functions
		{"⟦fulYears⟧(form.born, asOf.submitted)", KindInt, CodeUnknownFunction, "fullYears(from, to)"},
		{"⟦now⟧()", KindDate, CodeUnknownFunction, "there is no function now()"},
		{"⟦timestamp⟧('2024-01-01T00:00:00Z')", KindAny, CodeUnknownFunction, "no function timestamp()"},
		{"⟦fullYears(form.born)⟧", KindInt, CodeArguments, "fullYears(from, to)"},
		{"⟦fullYears(form.born, 'x')⟧", KindInt, CodeArguments, "does not take a date and text"},
		{"⟦min(1)⟧", KindInt, CodeArguments, "two or more"},
		{"⟦has(1 + 1)⟧", KindBool, CodeArguments, "one field"},
		{"⟦orElse(1, 2)⟧", KindInt, CodeArguments, "one field"},
		{"form.numbers.⟦exists⟧(1)", KindBool, CodeArguments, "list.exists(item, condition)"},
		{"⟦contains(form.name, 'x')⟧", KindBool, CodeArguments, "text.contains(part)"},

		// operators
		{"⟦form.fee + 1⟧", KindMoney, CodeOperands, `money("50.00 ILS")`},
		{"⟦form.fee > 0⟧", KindBool, CodeOperands, `money("50.00 ILS")`},
		{"⟦form.fee * form.fee⟧", KindMoney, CodeOperands, "by a number"},
		{"⟦form.fee / 3⟧", KindMoney, CodeOperands, "must be rounded"},
		{"⟦form.fee / 3⟧ + form.fee", KindMoney, CodeOperands, "must be rounded"},
		{"max(⟦form.fee / 3⟧, form.fee)", KindMoney, CodeOperands, "must be rounded"},
		{"⟦asOf.submitted - form.born⟧", KindInt, CodeOperands, "daysBetween"},
		{"⟦asOf.submitted + 1⟧", KindDate, CodeOperands, "addDays"},
		{"⟦form.born == '2000-01-01'⟧", KindBool, CodeOperands, `date("2026-01-31")`},
		{"⟦form.years == '5'⟧", KindBool, CodeOperands, "without quotes"},
		{"form.years == 5 and ⟦form.years⟧", KindBool, CodeNotYesNo, "yes or no is wanted, but this is a whole number"},
		{"⟦form.agreed ? 'a' : 1⟧", KindText, CodeOperands, "one kind, but are text and a whole number"},
		{"⟦form.colours == form.colours⟧", KindBool, CodeOperands, "size, in, all and exists"},
		{"⟦form.years⟧.exists(x, x > 1)", KindBool, CodeOperands, "a list is wanted"},
		{"⟦'a' in form.numbers⟧", KindBool, CodeOperands, "in does not go between text and a list"},

		// results
		{"⟦form.years + 1⟧", KindBool, CodeResult, "gives a whole number, but here yes or no is wanted"},
		{"⟦form.years * 1.5⟧", KindInt, CodeResult, "Round it"},
		{"  (⟦form.years⟧) ", KindText, CodeResult, "text is wanted"},
		{"⟦form.years * 2⟧", KindMoney, CodeResult, "Multiply it by an amount"},

		// literals
		{"money(⟦'50.001 ILS'⟧) == form.fee", KindBool, CodeLiteral, "no more decimals"},
		{"money(⟦'50 XXX'⟧) == form.fee", KindBool, CodeLiteral, "amount"},
		{"money(⟦form.name⟧) == form.fee", KindBool, CodeLiteral, "quotes"},
		{"date(⟦'2023-02-29'⟧) == form.born", KindBool, CodeLiteral, "must exist"},
		{"form.name.matches(⟦'(?=x)'⟧)", KindBool, CodeLiteral, "RE2"},
		{"form.name.matches(⟦form.name⟧)", KindBool, CodeLiteral, "quotes"},
		{"⟦1e99⟧ > 1", KindBool, CodeLiteral, "exactly"},

		// what CEL has and formulas do not
		{"⟦5u⟧ == 5", KindBool, CodeNotSupported, "without u"},
		{"⟦null⟧ == form.name", KindBool, CodeNotSupported, "absent"},
		{"⟦b'x'⟧ == form.name", KindBool, CodeNotSupported, "without b"},
		{"⟦form.numbers[0]⟧ == 1", KindBool, CodeNotSupported, "not read by its number"},
		{"size(⟦{'a': 1}⟧) == 1", KindBool, CodeNotSupported, "{ }"},

		// syntax
		{"form.years ⟦=⟧ 5", KindBool, CodeSyntax, "Write =="},
		{"form.years ⟦not in⟧ [1]", KindBool, CodeSyntax, "not (value in list)"},
		{"form.name == ⟦“⟧x", KindBool, CodeSyntax, "plain quotes"},
		{"form.years == ⟦٥⟧", KindBool, CodeSyntax, "0 to 9"},
		{"form.years > ⟦⟧", KindBool, CodeSyntax, "ends too early"},
		{"form.years > ⟦)⟧", KindBool, CodeSyntax, "cannot be read"},
		{"⟦⟧", KindBool, CodeSyntax, "empty"},
		{"⟦99999999999999999999⟧ > 1", KindBool, CodeSyntax, "too large"},
	} {
		start := strings.Index(c.src, "⟦")
		end := strings.Index(c.src, "⟧") - len("⟦")
		src := strings.NewReplacer("⟦", "", "⟧", "").Replace(c.src)
		f, problems := env.Compile(src, kind(c.want))
		if f != nil || len(problems) != 1 {
			t.Errorf("%s: %d problems: %+v", c.src, len(problems), problems)
			continue
		}
		p := problems[0]
		if p.Offset != start || p.End != end {
			t.Errorf("%s: at %d–%d, want %d–%d: %+v", c.src, p.Offset, p.End, start, end, p)
		}
		if p.Code != c.code || !strings.Contains(p.Said().String()+" "+p.Advice().String(), c.says) {
			t.Errorf("%s: %+v", c.src, p)
		}
	}
}

func TestAllProblemsAreFoundAtOnceInTheOrderOfTheText(t *testing.T) {
	_, problems := testEnv(t).Compile("form.yeers > 1 and tarif.perYear > form.fee or form.note == 'x' or form.fee + 1 > form.fee", kind(KindBool))
	var codes []diag.Code
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	if want := []diag.Code{CodeUnknownField, CodeUnknownName, CodeAbsentValue, CodeOperands}; !slices.Equal(codes, want) {
		t.Errorf("%s, want %s", codes, want)
	}
}

func TestASourceOutOfBoundsIsRefused(t *testing.T) {
	env := testEnv(t)
	for name, src := range map[string]string{
		"long":       strings.Repeat("1 + ", MaxSource/4) + "1",
		"deep":       strings.Repeat("(", 500) + "1" + strings.Repeat(")", 500),
		"deep not":   strings.Repeat("not ", 300) + "true",
		"deep chain": strings.Repeat("-(", 200) + "1" + strings.Repeat(")", 200),
		"deep minus": strings.Repeat("1-", 300) + "1",
	} {
		f, problems := env.Compile(src, Type{})
		if f != nil || len(problems) != 1 || problems[0].Code != CodeTooLong {
			t.Errorf("%s: %+v", name, problems)
		}
	}
}

func FuzzCompileNeverPanics(f *testing.F) {
	for _, seed := range []string{
		"not form.years == 5 and 'سنة' != form.name", "form.x.y(", "((", "))", "not", "and or", "'", "r\"", "0.1e", "-.5", "1..2",
		"has(has(form.note))", "orElse(form.note, orElse(form.note, ''))", "min(1, min(2, 3), form.rate)", "[1, 0.5, [2]]", "[[]][0]",
		"form.family.map(m, m.age).filter(x, x > 1).exists(form, form.years > 1)", "`a`", "a.?b", "{1: 2}", "A{b: 1}", ".form.years", "// x", "\xff", "@scope.form",
		"form.family.all(all, all(all))", "money(1)", "date()", "money('1 ILS', 2)", "''.matches('(')", "!!!true", "--1", "- -0.5", "true ? 1 : 0.5",
	} {
		f.Add(seed)
	}
	env, err := NewEnv(testScope)
	if err != nil {
		f.Fatal(err)
	}
	values := testValues()
	f.Fuzz(func(t *testing.T, src string) {
		formula, problems := env.CompileUnder(src, Type{}, []string{src})
		if (formula == nil) == (len(problems) == 0) {
			t.Fatalf("neither a formula nor a problem, or both: %v %v", formula, problems)
		}
		for _, p := range problems {
			if p.Offset < 0 || p.End < p.Offset || p.End > len(src) || p.Summary == "" || p.Code == "" {
				t.Fatalf("%q: %+v", src, p)
			}
		}
		if formula != nil {
			got, err := formula.Eval(values)
			failed, typed := err.(*EvalError)
			if err != nil && (!typed || failed.Failure == AbsentValue || failed.Failure == WrongValue) {
				t.Fatalf("%q passed the check, then: %v", src, err)
			}
			if err == nil && got == nil {
				t.Fatalf("%q gave nothing", src)
			}
		}
	})
}
