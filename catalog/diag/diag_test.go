package diag_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// rangeOf is the range of part in content.
func rangeOf(file, content, part string) diag.Range {
	start := strings.Index(content, part)
	return diag.Range{File: file, Start: positionOf(content, start), End: positionOf(content, start+len(part))}
}

func positionOf(content string, offset int) diag.Position {
	before := content[:offset]
	line := strings.LastIndex(before, "\n") + 1
	return diag.Position{Line: strings.Count(before, "\n") + 1, Column: len([]rune(before[line:])) + 1, Offset: offset}
}

func TestTextPutsTheCaretUnderTheRange(t *testing.T) {
	for _, test := range []struct{ name, content, part, shown string }{
		{"plain", "a: 1\nb: two\n", "two", "    b: two\n       ^^^\n"},
		{"after Arabic", "اسم: خطأ\n", "خطأ", "    اسم: خطأ\n         ^^^\n"},
		{"after vowel signs", "اِسْم: خطأ\n", "خطأ", "    اِسْم: خطأ\n         ^^^\n"},
		{"after a tab", "a:\tx\n", "x", "    a:\tx\n      \t^\n"},
		{"Windows line", "a: x\r\nb: y\r\n", "y", "    b: y\n       ^\n"},
		{"several lines", "a: x\n  y\n", "x\n  y", "    a: x\n       ^\n"},
		{"byte order mark", "\ufeffa: x\n", "zz", "    a: x\n    ^\n"},
		{"terminal escape", "a: \x1b[2Jx\n", "x", "    a: \ufffd[2Jx\n           ^\n"},
		{"long line", strings.Repeat("a", 300) + "X" + strings.Repeat("b", 300), "X",
			"    …" + strings.Repeat("a", 59) + "X" + strings.Repeat("b", 99) + "…\n" + strings.Repeat(" ", 64) + "^\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := diag.Range{File: "f", Start: diag.Position{Line: 1, Column: 1, Offset: 3}, End: diag.Position{Line: 1, Column: 2, Offset: 4}}
			if strings.Contains(test.content, test.part) {
				r = rangeOf("f", test.content, test.part)
			}
			var b strings.Builder
			list := diag.List{diag.New(diag.Error, "c", r, "s")}
			if err := diag.WriteText(&b, list, func(string) []byte { return []byte(test.content) }); err != nil {
				t.Fatal(err)
			}
			if _, got, _ := strings.Cut(b.String(), "\n"); got != test.shown {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.shown)
			}
		})
	}
}

func TestTextNeverFailsOnASourceThatChanged(t *testing.T) {
	r := diag.Range{File: "f", Start: diag.Position{Line: 9, Column: 50, Offset: 5}, End: diag.Position{Line: 9, Column: 40, Offset: 2}}
	var b strings.Builder
	if err := diag.WriteText(&b, diag.List{diag.New(diag.Warning, "c", r, "s")}, func(string) []byte { return []byte("a: bcd") }); err != nil {
		t.Fatal(err)
	}
	if want := "f:9:50: warning[c]: s\n    a: bcd\n          ^\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

func sample() diag.List {
	const content = "id: a\ntpye: <b>\n"
	d := diag.New(diag.Error, "unknown-key", rangeOf("x/ملف.yaml", content, "tpye"), "unknown key {key:q} in {where}", "key", "tpye", "where", "{key}").
		WithSuggestion("type").WithHelp("Correct it.").WithRelated(rangeOf("x/ملف.yaml", content, "id"), "here <too>")
	return diag.List{d, diag.New(diag.Warning, "about-the-file", diag.Range{File: "y.yaml"}, "odd")}
}

func TestNewFillsTheSummaryOnce(t *testing.T) {
	d := sample()[0]
	if want := `x/ملف.yaml:2:1: error[unknown-key]: unknown key "tpye" in {key} (did you mean "type"?)`; d.String() != want {
		t.Errorf("got %s", d)
	}
	if !reflect.DeepEqual(d.Args, map[string]string{"key": "tpye", "where": "{key}"}) {
		t.Errorf("got %v", d.Args)
	}
}

func TestJSONReadsBackAsTheSameList(t *testing.T) {
	var b bytes.Buffer
	if err := diag.WriteJSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Errors, Warnings int
		Diagnostics      diag.List
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := diag.WriteJSON(&again, got.Diagnostics); err != nil {
		t.Fatal(err)
	}
	if got.Errors != 1 || got.Warnings != 1 || again.String() != b.String() || got.Diagnostics[0].String() != sample()[0].String() {
		t.Errorf("got %+v", got)
	}
	b.Reset()
	if err := diag.WriteJSON(&b, nil); err != nil || !strings.Contains(b.String(), `"diagnostics": []`) {
		t.Errorf("got %s, %v", &b, err)
	}
}

func TestSARIFHoldsRulesPlacesAndRelatedPlaces(t *testing.T) {
	var b bytes.Buffer
	if err := diag.WriteSARIF(&b, nil, sample()); err != nil {
		t.Fatal(err)
	}
	var log map[string]any
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	at := func(path ...any) any {
		var v any = log
		for _, p := range path {
			switch p := p.(type) {
			case string:
				v = v.(map[string]any)[p]
			case int:
				v = v.([]any)[p]
			}
		}
		return v
	}
	result := []any{"runs", 0, "results", 0}
	place := append(result, "locations", 0, "physicalLocation")
	for _, test := range []struct {
		want any
		path []any
	}{
		{"2.1.0", []any{"version"}},
		{"diwan", []any{"runs", 0, "tool", "driver", "name"}},
		{"about-the-file", []any{"runs", 0, "tool", "driver", "rules", 0, "id"}},
		{"unicodeCodePoints", []any{"runs", 0, "columnKind"}},
		{1.0, append(result, "ruleIndex")},
		{"error", append(result, "level")},
		{`unknown key "tpye" in {key} (did you mean "type"?). Correct it.`, append(result, "message", "text")},
		{"x/%D9%85%D9%84%D9%81.yaml", append(place, "artifactLocation", "uri")},
		{2.0, append(place, "region", "startLine")},
		{5.0, append(place, "region", "endColumn")},
		{4.0, append(place, "region", "byteLength")},
		{"here <too>", append(result, "relatedLocations", 0, "message", "text")},
		{nil, []any{"runs", 0, "results", 1, "locations", 0, "physicalLocation", "region"}},
	} {
		if got := at(test.path...); got != test.want {
			t.Errorf("%v: got %v, want %v", test.path, got, test.want)
		}
	}
}

func TestSortDoesNotDependOnTheOrderOfChecks(t *testing.T) {
	place := func(file string, offset int, code diag.Code) diag.Diagnostic {
		return diag.New(diag.Error, code, diag.Range{File: file, Start: diag.Position{Line: 1, Column: 1, Offset: offset}}, diag.Phrase(code))
	}
	want := diag.List{place("a", 1, "x"), place("a", 2, "b"), place("a", 2, "c"), place("b", 0, "a")}
	got := diag.List{want[3], want[2], want[0], want[1]}
	got.Sort()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestCapSaysHowManyAreLeftOut(t *testing.T) {
	list := diag.List{
		diag.New(diag.Warning, "a", diag.Range{}, "a"), diag.New(diag.Warning, "b", diag.Range{}, "b"), diag.New(diag.Error, "c", diag.Range{}, "c"),
	}
	got := list.Cap(1)
	if len(got) != 2 || got[1].Summary != "2 more problems are not shown" || !got.HasErrors() {
		t.Errorf("got %v", got)
	}
	if got := list[:2].Cap(2); len(got) != 2 || got.HasErrors() {
		t.Errorf("got %v", got)
	}
}

func TestNearFindsSlipsOfTheFinger(t *testing.T) {
	keys := []string{"type", "title", "label", "required", "id", "مدة"}
	for word, want := range map[string]string{
		"tpye": "type", "Title": "title", "lable": "label", "requird": "required", "colour": "", "": "", "x": "", "ie": "id",
		"مده": "مدة", "typ": "type", "requiredx": "required", strings.Repeat("t", 100): "",
	} {
		if got := diag.Near(word, keys); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
