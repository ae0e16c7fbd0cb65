package form_test

import (
	"net/url"
	"reflect"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/form"
)

func find(t *testing.T, v form.View, code string) form.Field {
	t.Helper()
	for _, section := range v.Sections {
		for _, f := range section.Fields {
			if f.Code == code {
				return f
			}
		}
	}
	t.Fatalf("no field %s", code)
	return form.Field{}
}

func TestViewKeepsWhatWasTypedAndSaysWhatIsWrong(t *testing.T) {
	f, texts := compile(t, everything, nil)
	raw := f.Parse(url.Values{
		"number": {"١٢٣"}, "born-day": {"31"}, "born-month": {"2"}, "born-year": {"2020"}, "years": {"5"}, "agrees": {"no"}, "consent": {"on"},
		"arabic": {"Layan"}, "csrf": {"token"}, "paper": {"", upload},
	})
	_, problems, err := f.Validate(t.Context(), raw, usual())
	if err != nil {
		t.Fatal(err)
	}
	v := f.View(texts, "ar", raw, problems, usual(), []string{"years"})
	for _, c := range []struct{ code, value, error string }{
		{"number", "١٢٣", "اكتب الإجابة بالشكل المبيّن تحت السؤال"},
		{"arabic", "Layan", "بالعربية"},
		{"agrees", "no", ""},
		{"paper", upload, ""},
		{"born", "", "اكتب تاريخًا صحيحًا باليوم والشهر والسنة، مثل 31 ثم 1 ثم 2026"},
	} {
		if got := find(t, v, c.code); got.Value != c.value || got.Error != c.error || !got.Visible || got.Required {
			t.Errorf("%s: %+v", c.code, got)
		}
	}
	if b := find(t, v, "born"); b.Day != "31" || b.Month != "2" || b.Year != "2020" {
		t.Errorf("boxes: %+v", b)
	}
	years := find(t, v, "years")
	want := []form.Option{{Value: "1", Label: "سنة"}, {Value: "5", Label: "خمس", Chosen: true}}
	if !years.Frozen || !reflect.DeepEqual(years.Options, want) {
		t.Errorf("years: %+v", years)
	}
	if agrees := find(t, v, "agrees"); !reflect.DeepEqual(agrees.Options, []form.Option{{Value: "yes", Label: "نعم"}, {Value: "no", Label: "لا", Chosen: true}}) {
		t.Errorf("agrees: %+v", agrees.Options)
	}
	if !find(t, v, "consent").Checked {
		t.Error("the consent is lost")
	}
}

func TestViewTellsHowABoxBehaves(t *testing.T) {
	f, texts := compile(t, everything, nil)
	v := f.View(texts, "en", nil, nil, usual(), nil)
	for _, want := range []form.Field{
		{Code: "name", Type: "text", Label: "Name", Autocomplete: "name", MaxLength: 200},
		{Code: "arabic", Type: "text", MaxLength: 200},
		{Code: "number", Type: "text", Hint: "Seven", InputMode: "numeric", Direction: "ltr", MaxLength: 200},
		{Code: "notes", Type: "long-text", MaxLength: 4000},
		{Code: "count", Type: "integer", InputMode: "numeric", Direction: "ltr"},
		{Code: "weight", Type: "decimal", InputMode: "decimal", Direction: "ltr"},
		{Code: "price", Type: "money", InputMode: "decimal", Direction: "ltr", Currency: "ILS"},
		{Code: "born", Type: "date", InputMode: "numeric", Direction: "ltr", Autocomplete: "bday"},
		{Code: "paper", Type: "file", Accept: ".pdf,.jpg,.jpeg", Kinds: "PDF, JPEG", MaxSize: 2 << 20, MaxPages: 3},
		{Code: "identity", Type: "national-number", InputMode: "numeric", Direction: "ltr"},
		{Code: "phone", Type: "phone", InputMode: "tel", Direction: "ltr", Autocomplete: "tel"},
		{Code: "mail", Type: "email", InputMode: "email", Direction: "ltr", Autocomplete: "email", MaxLength: 254},
	} {
		want.Visible, want.Name = true, want.Code
		if got := find(t, v, want.Code); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v\n%+v", want.Code, got, want)
		}
	}
}

func TestViewShowsWhatAnswersReveal(t *testing.T) {
	f, texts := compile(t, conditional, nil)
	shown := func(raw map[string]any) (codes []string) {
		for _, section := range f.View(texts, "ar", raw, nil, usual(), nil).Sections {
			for _, field := range section.Fields {
				if field.Visible && section.Visible {
					codes = append(codes, field.Code)
				}
			}
		}
		return codes
	}
	for _, c := range []struct {
		raw  map[string]any
		want []string
	}{
		{nil, []string{"kind"}},
		{map[string]any{"kind": "b"}, []string{"kind", "child"}},
		{map[string]any{"kind": "b", "child": "yes"}, []string{"late", "kind", "child", "age"}},
		{map[string]any{"kind": "b", "child": "yes", "age": "٧"}, []string{"late", "kind", "child", "age", "school"}},
		{map[string]any{"kind": "a", "child": "yes", "age": "٧"}, []string{"kind"}},
	} {
		if got := shown(c.raw); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.raw, got, c.want)
		}
	}
	broken := usual()
	broken.Applicant["birthDate"] = "unknown"
	if v := f.View(texts, "ar", map[string]any{"kind": "a"}, nil, broken, nil); len(v.Sections) != 2 || !find(t, v, "kind").Visible {
		t.Errorf("with broken facts: %+v", v)
	}
	v := f.View(texts, "ar", nil, nil, usual(), nil)
	if !slices.Equal(v.Dynamic, []string{"kind", "child", "age"}) || !find(t, v, "age").Dynamic || find(t, v, "school").Dynamic {
		t.Errorf("dynamic: %v", v.Dynamic)
	}
}

func TestPrefillComesFromWhatIsAttested(t *testing.T) {
	f, texts := compile(t, everything, nil)
	got := f.Prefill(usual())
	want := map[string]any{"name": "ليلى خليل النجار", "born": "1988-03-21", "identity": "401234567"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	b := find(t, f.View(texts, "ar", got, nil, usual(), nil), "born")
	if b.Day != "21" || b.Month != "3" || b.Year != "1988" {
		t.Errorf("boxes: %+v", b)
	}
	if got := f.Prefill(form.Context{Submitted: formula.Date{Year: 2026, Month: 1, Day: 1}}); len(got) != 0 {
		t.Errorf("of nobody: %v", got)
	}
}

func TestParseReadsAPost(t *testing.T) {
	f, _ := compile(t, everything, nil)
	got := f.Parse(url.Values{
		"name": {"", "ليلى"}, "count": {""}, "born-day": {"1"}, "born-month": {""}, "stranger": {"x"}, "mail-day": {"2"},
	})
	want := map[string]any{"name": "ليلى", "count": "", "born": map[string]any{"day": "1", "month": ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if got := f.Parse(url.Values{"born": {"2020-01-31"}}); got["born"] != "2020-01-31" {
		t.Errorf("%v", got)
	}
}
