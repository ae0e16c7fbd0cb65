package formula

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestDecimalsAreReadWithinBoundsAndWrittenCanonically(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "-0.00": "0", "1.10": "1.1", "007": "7", "+5": "5", ".5": "0.5", "5.": "5",
		"1e3": "1000", "1E-3": "0.001", "-12.3400": "-12.34", "100": "100",
		"1e38": "1" + strings.Repeat("0", 38), "1e-38": "0." + strings.Repeat("0", 37) + "1",
		"1" + strings.Repeat("0", 40) + "e-5": "1" + strings.Repeat("0", 35),
	} {
		d, err := ParseDecimal(in)
		if err != nil || d.String() != want {
			t.Errorf("%s: %s, %v; want %s", in, d, err, want)
			continue
		}
		again, err := ParseDecimal(d.String())
		if err != nil || again.Cmp(d) != 0 {
			t.Errorf("%s does not read its own text: %v", in, err)
		}
	}
	for _, in := range []string{
		"", ".", "-", "e5", "1e", "1.2.3", "NaN", "Infinity", "-inf", "0x10", "1,5", "١", " 1", "1 ", "1_000", "1e39", "1e-39",
		"1e99999999999", "1e-99999999999", strings.Repeat("1", 39), strings.Repeat("9", 10000), "0." + strings.Repeat("0", 38) + "1",
	} {
		if d, err := ParseDecimal(in); err == nil {
			t.Errorf("%.50q was read as %s", in, d)
		}
	}
	if zero := (Decimal{}); zero.String() != "0" || zero.Cmp(decimalOf(t, "0.0")) != 0 {
		t.Error("the zero value is not 0")
	}
}

func TestMoneyHasTheDecimalsOfItsCurrency(t *testing.T) {
	for in, want := range map[string]Money{
		"250.00 ILS": {25000, "ILS"}, "250 ILS": {25000, "ILS"}, "-0.05 ILS": {-5, "ILS"}, "1.5 JOD": {1500, "JOD"},
		"0.001 JOD": {1, "JOD"}, "12 JPY": {12, "JPY"}, "3.10 KZT": {310, "KZT"}, "1 QAR": {100, "QAR"},
		"92233720368547758.07 USD": {math.MaxInt64, "USD"}, "-92233720368547758.08 EUR": {math.MinInt64, "EUR"},
	} {
		m, err := ParseMoney(in)
		if err != nil || m != want {
			t.Errorf("%s: %v, %v", in, m, err)
			continue
		}
		if again, err := ParseMoney(m.String()); err != nil || again != m {
			t.Errorf("%s does not read its own text %s: %v", in, m, err)
		}
	}
	for _, in := range []string{
		"", "5", "5ILS", "5  ILS", "5 ils", "5 XXX", "5.001 ILS", "1.2345 JOD", "12.0 JPY", "1e2 ILS", "+5 ILS", ".5 ILS", "5. ILS",
		"٥ ILS", "--5 ILS", "92233720368547758.08 USD", strings.Repeat("1", 100) + " ILS",
	} {
		if m, err := ParseMoney(in); err == nil {
			t.Errorf("%q was read as %v", in, m)
		}
	}
	b, err := json.Marshal(Money{25000, "ILS"})
	if err != nil || string(b) != `{"value":"250.00","currency":"ILS"}` {
		t.Errorf("%s, %v", b, err)
	}
	var m Money
	if err := json.Unmarshal(b, &m); err != nil || m != (Money{25000, "ILS"}) {
		t.Errorf("%v, %v", m, err)
	}
}

func TestOnlyDaysThatExistAreDates(t *testing.T) {
	for _, in := range []string{"2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-04-30"} {
		d, err := ParseDate(in)
		if err != nil || d.String() != in {
			t.Errorf("%s: %v, %v", in, d, err)
		}
	}
	for _, in := range []string{"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "0000-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "20240101", "", "٢٠٢٤-٠١-٠١"} {
		if d, err := ParseDate(in); err == nil {
			t.Errorf("%s was read as %v", in, d)
		}
	}
	b, _ := json.Marshal(Date{2026, 1, 2})
	var d Date
	if err := json.Unmarshal(b, &d); err != nil || string(b) != `"2026-01-02"` || d != (Date{2026, 1, 2}) {
		t.Errorf("%s, %v, %v", b, d, err)
	}
}

func TestDecodeRefusesWhatDoesNotFit(t *testing.T) {
	family := object("form", field("family", listOf(object("person", field("age", kind(KindInt))))))
	deep := kind(KindInt)
	nested := any(json.Number("1"))
	for range 40 {
		deep, nested = listOf(deep), []any{nested}
	}
	for name, c := range map[string]struct {
		t   Type
		raw any
		err string
	}{
		"nothing":            {kind(KindInt), nil, "no value"},
		"any":                {Type{}, true, "another type"},
		"float":              {kind(KindDecimal), 0.1, "another type"},
		"fraction":           {kind(KindInt), json.Number("1.5"), "not a whole number"},
		"large":              {kind(KindInt), json.Number("9223372036854775808"), "not a whole number"},
		"huge exponent":      {kind(KindInt), json.Number("1e999999999"), "not a whole number"},
		"huge decimal":       {kind(KindDecimal), json.Number("1e999999999"), "decimal number"},
		"text for a number":  {kind(KindInt), "5", "another type"},
		"number for text":    {kind(KindText), json.Number("5"), "another type"},
		"bad text":           {kind(KindText), "\xff", "another type"},
		"long text":          {kind(KindText), strings.Repeat("x", maxText+1), "too large"},
		"long list":          {listOf(kind(KindInt)), make([]any, maxItems+1), "too large"},
		"deep":               {deep, nested, "too deep"},
		"no date":            {kind(KindDate), "2023-02-29", "not a date"},
		"half a money":       {kind(KindMoney), map[string]any{"value": "1"}, "not an amount"},
		"more than money":    {kind(KindMoney), map[string]any{"value": "1", "currency": "ILS", "x": "y"}, "not an amount"},
		"number as money":    {kind(KindMoney), json.Number("5"), "another type"},
		"item":               {family, map[string]any{"family": []any{map[string]any{"age": json.Number("1")}, map[string]any{"age": "x"}}}, "/family/1/age: "},
		"unknown field":      {family, map[string]any{"secret": true}, "not declared"},
		"list for an object": {family, []any{}, "another type"},
	} {
		got, err := DecodeValue(c.t, c.raw)
		if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v; want %q", name, got, err, c.err)
		}
	}
	got, err := DecodeValue(family, map[string]any{"family": nil})
	if err != nil || !reflect.DeepEqual(got, map[string]any{}) {
		t.Errorf("null is not absent: %v, %v", got, err)
	}
	for _, whole := range []string{"5", "5.0", "50e-1", "0.5e1"} {
		if got, err := DecodeValue(kind(KindInt), json.Number(whole)); err != nil || got != int64(5) {
			t.Errorf("%s: %v, %v", whole, got, err)
		}
	}
}

// anyValue makes a random type with a value of it.
func anyValue(r *rand.Rand, depth int) (Type, any) {
	kinds := []Kind{KindBool, KindInt, KindDecimal, KindMoney, KindText, KindDate}
	if depth < 3 {
		kinds = append(kinds, KindList, KindObject)
	}
	switch k := kinds[r.IntN(len(kinds))]; k {
	case KindBool:
		return kind(k), r.IntN(2) == 0
	case KindInt:
		return kind(k), int64(r.Uint64())
	case KindDecimal:
		return kind(k), NewDecimal(int64(r.Uint64()), int32(r.IntN(50)-30))
	case KindMoney:
		currencies := []string{"ILS", "JOD", "JPY", "KZT"}
		return kind(k), Money{int64(r.Uint64()), currencies[r.IntN(len(currencies))]}
	case KindText:
		runes := make([]rune, r.IntN(8))
		for i := range runes {
			runes[i] = []rune{'a', '"', '\\', 'س', '٣', '\n', '€', '😀'}[r.IntN(8)]
		}
		return kind(k), string(runes)
	case KindDate:
		d, _ := Date{1, 1, 1}.AddDays(int64(r.IntN(3652059)))
		return kind(k), d
	case KindList:
		elem, first := anyValue(r, depth+1)
		list := []any{}
		if r.IntN(4) > 0 {
			list = append(list, first, first)
		}
		return listOf(elem), list
	default:
		o := &Object{Name: "o"}
		m := map[string]any{}
		for i := range r.IntN(4) {
			t, v := anyValue(r, depth+1)
			o.Fields = append(o.Fields, Field{Name: fmt.Sprintf("f%d", i), Type: t, Optional: true})
			if r.IntN(4) > 0 {
				m[o.Fields[i].Name] = v
			}
		}
		return Type{Kind: KindObject, Object: o}, m
	}
}

func TestEncodedValuesDecodeToThemselves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		typ, value := anyValue(r, 0)
		encoded := EncodeValue(value)
		direct, err := DecodeValue(typ, encoded)
		if err != nil || fmt.Sprint(direct) != fmt.Sprint(value) {
			t.Fatalf("%v: %v became %v, %v", typ, value, direct, err)
		}
		// And the same through the text of JSON, both ways of writing it.
		for _, v := range []any{encoded, value} {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			var raw any
			dec := json.NewDecoder(bytes.NewReader(b))
			dec.UseNumber()
			if err := dec.Decode(&raw); err != nil {
				t.Fatal(err)
			}
			if v, err := DecodeValue(typ, raw); err != nil || fmt.Sprint(v) != fmt.Sprint(value) {
				t.Fatalf("%v: %v became %s became %v, %v", typ, value, b, v, err)
			}
		}
		if again, err := DecodeValue(typ, value); err != nil || fmt.Sprint(again) != fmt.Sprint(value) {
			t.Fatalf("a decoded value does not pass: %v, %v", again, err)
		}
	}
	if EncodeValue(struct{}{}) != nil || EncodeValue(nil) != nil {
		t.Error("a value that no formula gives is not nil")
	}
}
