package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestDecodeRefuses(t *testing.T) {
	for in, code := range map[string]string{
		``: "syntax", `{`: "syntax", `{"a" 1}`: "syntax", `{"a":1,}`: "syntax", `[1,]`: "syntax", `01`: "syntax", `1.`: "syntax", `.5`: "syntax", `+1`: "syntax",
		`-`: "syntax", `1e`: "syntax", `tru`: "syntax", `NaN`: "syntax", "\"a\nb\"": "syntax", `"\q"`: "syntax", `"\u12g4"`: "syntax", `"a`: "syntax", `"\`: "syntax", `{a:1}`: "syntax",
		`1 2`: "trailing", `{} x`: "trailing", `nullnull`: "trailing",
		`{"a":1,"a":2}`: "duplicate", `{"a":1,"\u0061":2}`: "duplicate", `[{"b":{"x":1,"x":1}}]`: "duplicate",
		`1e41`: "number", `1e-999999999`: "number", `1e99999999999999999999`: "number", strings.Repeat("9", 41): "number",
		"\"\xff\"": "encoding", `"\ud800"`: "encoding", `"\ud800\u0041"`: "encoding", `"\udc00\ud800"`: "encoding", `"a\u0000"`: "encoding",
		strings.Repeat("[", 65) + strings.Repeat("]", 65): "depth", strings.Repeat(`{"a":`, 100_000): "depth",
		`"` + strings.Repeat("a", MaxBytes) + `"`: "size",
	} {
		_, err := Decode([]byte(in))
		var refused *DecodeError
		if !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("Decode(%.60q) = %v, want %s", in, err, code)
		}
	}
	if _, err := Decode([]byte(`{"secret":1,"secret":2}`)); strings.Contains(err.Error(), "secret") {
		t.Errorf("the document is echoed: %v", err)
	}
}

func TestDecodeKeepsNumbersAndText(t *testing.T) {
	got := mustDecode(t, " {\"a\": [1.50, -0, 1e-40, \"\\u00e9\\ud83d\\ude00\\n\\/\"], \"\": {}, \"b\": [true, false, null]} ")
	want := map[string]any{"a": []any{json.Number("1.50"), json.Number("-0"), json.Number("1e-40"), "é😀\n/"}, "": map[string]any{}, "b": []any{true, false, nil}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
	mustDecode(t, strings.Repeat("[", MaxDepth)+strings.Repeat("]", MaxDepth))
}

// FuzzDecode holds Decode to encoding/json: what we accept, it accepts with the same value; what only we
// refuse is refused for a reason that encoding/json doesn't look at.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{validForm, invalidForm, `{"a":1,"a":2}`, `"\ud800\udc00\u0041"`, `[1e5,-0.10,2E+3]`, ` [ ] `, "\"\xff\"", `1 2`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Decode(b)
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		var want any
		wantErr := d.Decode(&want)
		valid := json.Valid(b)
		var refused *DecodeError
		switch {
		case err == nil && (wantErr != nil || !valid):
			t.Fatalf("accepted %q, encoding/json says %v", b, wantErr)
		case err == nil && !reflect.DeepEqual(got, want):
			t.Fatalf("%q: got %#v, encoding/json %#v", b, got, want)
		case errors.As(err, &refused) && valid && (refused.Code == "syntax" || refused.Code == "trailing"):
			t.Fatalf("refused %q: %v", b, err)
		}
	})
}
