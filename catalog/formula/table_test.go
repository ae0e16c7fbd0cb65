package formula_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
)

func engines() formula.TableShape {
	return formula.TableShape{Gives: formula.KindMoney, Columns: []formula.Column{{Name: "cc", Kind: formula.KindInt}, {Name: "fuel", Kind: formula.KindText}}}
}

func tariffScope(t *testing.T) (*formula.Env, formula.Values) {
	t.Helper()
	engine := engines()
	land := formula.TableShape{Gives: formula.KindDecimal, Columns: []formula.Column{{Name: "area", Kind: formula.KindDecimal}}}
	env, err := formula.NewEnv([]formula.Field{
		{Name: "form", Type: formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: "form", Fields: []formula.Field{
			{Name: "cc", Type: formula.Type{Kind: formula.KindInt}}, {Name: "fuel", Type: formula.Type{Kind: formula.KindText}},
			{Name: "area", Type: formula.Type{Kind: formula.KindDecimal}}, {Name: "maybe", Type: formula.Type{Kind: formula.KindText}, Optional: true},
		}}}},
		{Name: "tariff", Type: formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: "tariff", Fields: []formula.Field{
			{Name: "engine", Type: formula.Type{Kind: formula.KindTable, Table: &engine}},
			{Name: "land", Type: formula.Type{Kind: formula.KindTable, Table: &land}},
			{Name: "stamp", Type: formula.Type{Kind: formula.KindMoney}},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	parse := func(shape formula.TableShape, rows ...[]string) *formula.Table {
		table, err := formula.ParseTable(shape, rows)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	return env, formula.Values{
		"form": map[string]any{"cc": int64(1000), "fuel": "petrol", "area": must(formula.ParseDecimal("100.5"))},
		"tariff": map[string]any{
			"stamp": formula.Money{Minor: 500, Currency: "ILS"},
			"engine": parse(engine, []string{"0..1000", "petrol", "250.00 ILS"}, []string{"over 1000..2000", "petrol", "400.00 ILS"},
				[]string{"over 2000", "petrol", "900.00 ILS"}, []string{"any other", "any other", "20.00 ILS"}, []string{"any other", "diesel", "30.00 ILS"}),
			"land": parse(land, []string{"up to 100", "0.5"}, []string{"over 100..250.75", "1"}),
		},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestATableGivesTheRowThatTakesItsKeys(t *testing.T) {
	env, values := tariffScope(t)
	for text, want := range map[string]string{
		`tariff.engine(form.cc, form.fuel)`:                             "250.00 ILS",
		`tariff.engine(1001, "petrol") + tariff.stamp`:                  "405.00 ILS",
		`tariff.engine(2000, form.fuel)`:                                "400.00 ILS",
		`tariff.engine(2001, form.fuel) * 2`:                            "1800.00 ILS",
		`tariff.engine(5, "diesel")`:                                    "30.00 ILS",
		`tariff.engine(5, "hydrogen")`:                                  "20.00 ILS",
		`tariff.land(form.area) == 1.0 ? tariff.stamp : tariff.stamp*3`: "5.00 ILS",
		`tariff.land(100) == 0.5 ? tariff.stamp : tariff.stamp*3`:       "5.00 ILS",
		`[500, 1500].map(cc, tariff.engine(cc, "petrol")).sum() `:       "",
		`sum([500, 1500].map(cc, tariff.engine(cc, "petrol")))`:         "650.00 ILS",
	} {
		f, problems := env.Compile(text, formula.Type{Kind: formula.KindMoney})
		if want == "" {
			if len(problems) == 0 {
				t.Errorf("%s compiled", text)
			}
			continue
		}
		if len(problems) > 0 {
			t.Errorf("%s: %+v", text, problems)
			continue
		}
		if got, err := f.Eval(values); err != nil || got.(formula.Money).String() != want {
			t.Errorf("%s = %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestACaseWithoutARowFailsAndNamesTheTableAndNoValue(t *testing.T) {
	env, values := tariffScope(t)
	f, problems := env.Compile("tariff.land(form.area * 10)", formula.Type{Kind: formula.KindDecimal})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, err := f.Eval(values)
	var failed *formula.EvalError
	if !errors.As(err, &failed) || failed.Failure != formula.NoRow || failed.Field != "land" || failed.Kinds != "area: a decimal number" {
		t.Fatalf("%+v", err)
	}
	if strings.Contains(err.Error(), "1005") {
		t.Fatalf("%s holds a value of the form", err)
	}
	if got := f.Reads(); strings.Join(got, " ") != "form.area tariff.land" {
		t.Fatal(got)
	}
}

func TestATableIsReadWithAKeyOfTheRightKindForEachColumn(t *testing.T) {
	env, _ := tariffScope(t)
	for text, want := range map[string]string{
		`tariff.engine`:                      "a table is read with a key for each column",
		`tariff.engine(form.cc)`:             "tariff.engine is a table that wants 2 keys, but this gives 1",
		`tariff.engine(form.fuel, form.cc)`:  "here the table wants a whole number, but this is text",
		`tariff.engine(form.cc, form.maybe)`: "form.maybe may be absent here; say what then",
		`tariff.engin(form.cc, form.fuel)`:   "tariff has no table engin",
		`tariff.engine(form.cc, form.area)`:  "here the table wants text, but this is a decimal number",
		`tariff.land(form.area, 3)`:          "tariff.land is a table that wants 1 keys, but this gives 2",
		`tariff.stamp(form.area)`:            "tariff has no table stamp",
		`form.engine(form.cc)`:               "there is no function engine()",
	} {
		_, problems := env.Compile(text, formula.Type{Kind: formula.KindMoney})
		if len(problems) == 0 || problems[0].Said().String() != want {
			t.Errorf("%s: %+v\nwant %s", text, problems, want)
		}
	}
}

func TestACellThatCannotBeIsRefused(t *testing.T) {
	for _, c := range []struct {
		kind formula.Kind
		text string
	}{
		{formula.KindInt, "ten"}, {formula.KindInt, "1.5"}, {formula.KindInt, "5..1"}, {formula.KindInt, "over 5..5"}, {formula.KindInt, ""}, {formula.KindInt, ".."},
		{formula.KindBool, "maybe"}, {formula.KindBool, "no..yes"}, {formula.KindDate, "2026-02-30"}, {formula.KindMoney, "5"}, {formula.KindObject, "x"},
	} {
		if cell, err := formula.ParseCell(c.kind, c.text); err == nil {
			t.Errorf("%q is read as %+v", c.text, cell)
		}
	}
	if _, err := formula.ParseTable(engines(), [][]string{{"1", "a"}}); err == nil {
		t.Error("a row without what it gives is read")
	}
	if _, err := formula.ParseTable(engines(), make([][]string, formula.MostRows+1)); err == nil {
		t.Error("a table without end is read")
	}
}

func TestATableSurvivesItsJSON(t *testing.T) {
	env, values := tariffScope(t)
	shape := engines()
	raw := []any{[]any{"0..1000", "petrol", "250.00 ILS"}}
	table, err := formula.DecodeValue(formula.Type{Kind: formula.KindTable, Table: &shape}, raw)
	if err != nil {
		t.Fatal(err)
	}
	values["tariff"].(map[string]any)["engine"] = table
	f, _ := env.Compile("tariff.engine(form.cc, form.fuel)", formula.Type{Kind: formula.KindMoney})
	if got, err := f.Eval(values); err != nil || got.(formula.Money).Minor != 25000 {
		t.Fatal(got, err)
	}
	if _, err := formula.DecodeValue(formula.Type{Kind: formula.KindTable, Table: &shape}, []any{[]any{"x"}}); err == nil {
		t.Fatal("a row without its cells is read")
	}
}
