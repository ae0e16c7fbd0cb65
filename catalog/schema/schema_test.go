package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func mustCompile(t testing.TB, s string) *Schema {
	t.Helper()
	c, err := Compile([]byte(s))
	if err != nil {
		t.Fatalf("Compile(%s): %v", s, err)
	}
	return c
}

func mustDecode(t testing.TB, s string) any {
	t.Helper()
	v, err := Decode([]byte(s))
	if err != nil {
		t.Fatalf("Decode(%s): %v", s, err)
	}
	return v
}

// found prints violations as "path keyword params", one a line.
func found(vs []Violation) string {
	var lines []string
	for _, v := range vs {
		lines = append(lines, strings.TrimSpace(v.Path+" "+v.Keyword+" "+string(v.Params)))
	}
	return strings.Join(lines, "\n")
}

func TestValidateFindsWhatIsWrongAtItsPlace(t *testing.T) {
	for _, c := range []struct{ schema, value, want string }{
		// Each of the first rows passes in qri on its own.
		{`{"type":"boolean"}`, `"true"`, `type "boolean"`},
		{`{"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}},"additionalProperties":false}`, `{"a":{},"b":1}`, `/b additionalProperties`},
		{`{"multipleOf":0.01}`, `19.99`, ``},
		{`{"multipleOf":0.01}`, `19.995`, `multipleOf 0.01`},
		{`{"format":"email"}`, `"Name <a@b.ps>"`, `format "email"`},
		{`{"properties":{"family":{"items":{"required":["relation"]}}}}`, `{"family":[{"relation":1},{"relation":1},{}]}`, `/family/2/relation required`},

		{`{"type":["integer","null"]}`, `1.0`, ``},
		{`{"type":"integer"}`, `1.5`, `type "integer"`},
		{`{"const":1}`, `1.00`, ``},
		{`{"enum":["a",{"x":[1]}]}`, `{"x":[1e0]}`, ``},
		{`{"enum":["a",2]}`, `"2"`, `enum ["a",2]`},
		{`{"uniqueItems":true}`, `[{"a":1,"b":2},3,{"b":2.0,"a":1}]`, `/2 uniqueItems`},
		{`{"uniqueItems":true}`, `[1,"1",true,null,[1],["1"],{"a":1}]`, ``},
		{`{"maximum":12345678901234567890}`, `12345678901234567891`, `maximum 12345678901234567890`},
		{`{"exclusiveMinimum":0.1}`, `0.10`, `exclusiveMinimum 0.1`},
		{`{"minLength":3}`, `"دين"`, ``},
		{`{"dependentRequired":{"a":["b","c"]}}`, `{"a":1,"c":1}`, `/b dependentRequired "a"`},
		{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{}`, `/c required`},
		{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{"a":1}`, `/b required`},
		{`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `1`, `anyOf`},
		{`{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `1`, `oneOf`},
		{`{"not":{"type":"string"}}`, `"a"`, `not`},
		{`false`, `1`, `false`},
		{`{"properties":{"a":false,"":false}}`, `{"a":1,"":2}`, "/ false\n/a false"},
		{`{"allOf":[false]}`, `1`, `false`},
		{`{"items":{"properties":{"a":{"allOf":[false]}}}}`, `[{"a":1}]`, `/0/a false`},
		{`{"properties":{"a/b~c":{"type":"null"}}}`, `{"a/b~c":1}`, `/a~1b~0c type "null"`},
		{`{"allOf":[{"pattern":"^a"},{"pattern":"b$"},{"pattern":"^a"}]}`, `"x"`, "pattern \"^a\"\n pattern \"b$\""},
	} {
		got := found(mustCompile(t, c.schema).Validate(mustDecode(t, c.value)))
		if strings.ReplaceAll(got, "\n ", "\n") != strings.ReplaceAll(c.want, "\n ", "\n") {
			t.Errorf("%s on %s:\n got %q\nwant %q", c.schema, c.value, got, c.want)
		}
	}
}

func TestValidateIsSortedAndNeverEchoesTheValue(t *testing.T) {
	s := mustCompile(t, formSchema)
	if got := s.Validate(mustDecode(t, validForm)); got != nil {
		t.Fatalf("valid form: %s", found(got))
	}
	v := mustDecode(t, invalidForm)
	want := `/address/name additionalProperties
/address/street required
/age maximum 130
/birthDate format "date"
/consent const true
/displacedFrom required
/email format "email"
/family/1/relation enum ["mother", "father", "brother", "sister"]
/family/2/relation required
/familyName required
/firstName minLength 1
/income multipleOf 0.01
/nationalID pattern "^[0-9]{9}$"
/phone format "phone"
/region enum ["gaza", "north-gaza", "khan-yunis", "rafah", "hebron", "nablus", "ramallah"]`
	for range 20 { // map order must not show
		if got := found(s.Validate(v)); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
	out, err := json.Marshal(s.Validate(mustDecode(t, `{"Ahmad, 12 Street":1,"`+strings.Repeat("k", 70)+`":2}`)))
	if err != nil || strings.Contains(string(out), "Ahmad") || strings.Contains(string(out), "kkk") {
		t.Errorf("a stranger's key is echoed: %s %v", out, err)
	}
}

func TestCompileRefusesWhatIsOutsideTheSet(t *testing.T) {
	fetched := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { fetched <- r.URL.Path }))
	defer server.Close()
	local := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(local, []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ schema, path, reason string }{
		{`{"$ref":"` + server.URL + `/a.json"}`, "", `"$ref"`},
		{`{"$ref":"file://` + local + `"}`, "", `"$ref"`},
		{`{"$ref":"#"}`, "", `"$ref"`},
		{`{"properties":{"a":{"$id":"x"}}}`, "/properties/a", `"$id"`},
		{`{"$ID":"x"}`, "", `"$ID"`},
		{`{"$anchor":"x"}`, "", `"$anchor"`},
		{`{"minLenght":1}`, "", `"minLenght"`},
		{`{"patternProperties":{}}`, "", `"patternProperties"`},
		{`{"definitions":{}}`, "", `"definitions"`},
		{`{"format":"uri"}`, "/format", "unknown format"},
		{`{"format":"email","minLength":-1}`, "/minLength", "whole number"},
		{`{"minLength":1.0}`, "/minLength", "whole number"},
		{`{"minimum":"1"}`, "/minimum", "want a number"},
		{`{"multipleOf":0}`, "/multipleOf", "above 0"},
		{`{"maximum":1e999}`, "", "exponent"},
		{`{"type":"text"}`, "/type", "unknown type"},
		{`{"type":" "}`, "/type", "unknown type"},
		{`{"type":[]}`, "/type", "at least one"},
		{`{"enum":[]}`, "/enum", "list of values"},
		{`{"required":[null]}`, "/required", "different texts"},
		{`{"required":["a","a"]}`, "/required", "different texts"},
		{`{"additionalProperties":true}`, "/additionalProperties", "only be false"},
		{`{"additionalProperties":{}}`, "/additionalProperties", "only be false"},
		{`{"items":[{}]}`, "/items", "object, true or false"},
		{`{"properties":null}`, "/properties", "object of schemas"},
		{`{"allOf":[]}`, "/allOf", "list of schemas"},
		{`{"not":null}`, "/not", "object, true or false"},
		{`{"uniqueItems":1}`, "/uniqueItems", "true or false"},
		{`{"$schema":"http://json-schema.org/draft-07/schema#"}`, "/$schema", "2020-12"},
		{`{"not":{"$schema":"` + Draft + `"}}`, "/not/$schema", "at the top"},
		{`{"type":"string","type":"null"}`, "", "same key"},
		{`[]`, "", "object, true or false"},
		{`{"pattern":"a\\s"}`, "/pattern", `\s`},
		{`{"properties":{"a":{"pattern":"[\\S]"}}}`, "/properties/a/pattern", `\S`},
	} {
		_, err := Compile([]byte(c.schema))
		var refused *CompileError
		if !errors.As(err, &refused) || refused.Path != c.path || !strings.Contains(refused.Reason, c.reason) {
			t.Errorf("Compile(%s) = %v, want %q at %q", c.schema, err, c.reason, c.path)
		}
	}
	select {
	case p := <-fetched:
		t.Errorf("a schema made us fetch %s", p)
	default:
	}
}

func TestPatternIsWhatBrowsersAndRE2ReadAlike(t *testing.T) {
	for _, bad := range []string{`\s`, `a\S`, `[\s]`, `(?=a)`, `(?!a)`, `(?<=a)b`, `(a)\1`, `\k<n>`, `(?<n>a)`, `(?i)a`, `\A`, `a\z`, `\Qa\E`, `\pL`,
		`\p{Arabic}`, `\p{Script=Arabic}`, `[[:alpha:]]`, `[]`, `[^]`, `[]a]`, `a{`, `a{,5}`, `a{2,1}`, `a}`, `a]`, `a**`, `a++`, `(`, `)`, `[b-a]`, `\u0041`, `\x{41}`,
		`\cA`, `\a`, `a\`, `a{1001}`, `\_`, strings.Repeat("a", 1001)} {
		if _, err := compilePattern(bad); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
	for pattern, matches := range map[string]string{
		`^[0-9]{7}$`: "1234567", `^(?:a|b)+?$`: "ab", `^\p{L}+$`: "محمد", `^\p{Lu}\P{N}*$`: "Ab", `^[\w.\-]+@\d{2,}$`: "a-b@12", `^\x41\.\/\{\}$`: "A./{}",
		`^[^-a\]]$`: "b", `^[ء-ي ]+$`: "بيت لاهيا", `^a{2}b{1,}c{0,3}$`: "aab", `\bab\b`: "x ab y", `^[\p{L}\d]{2}$`: "ب1", `^[a^\[]+$`: "a^[",
	} {
		re, err := compilePattern(pattern)
		if err != nil || !re.MatchString(matches) {
			t.Errorf("%s on %s: %v", pattern, matches, err)
		}
	}
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"date": {[]string{"2024-02-29", "1948-05-15"}, []string{"2023-02-29", "2024-2-9", "2024-13-01", "20240229", "", "2024-02-29T00:00:00Z", "٢٠٢٤-٠٢-٢٩"}},
		"email": {[]string{"a@b.ps", "m.najjar+x@mail.example.ps", "o'b@example.com"},
			[]string{"a@b", "Name <a@b.ps>", "<a@b.ps>", "a b@c.ps", "a@b.ps, c@d.ps", `"a"@b.ps`, ".a@b.ps", "a..b@c.ps", "a@-b.ps", "a@b..ps", "a@b.ps.", "a@[1.2.3.4]", "a@b@c.ps", "@b.ps", "a@b.ps\n", strings.Repeat("a", 65) + "@b.ps"}},
		"phone": {[]string{"0591234567", "+970591234567"}, []string{"059-1234567", "٠٥٩١٢٣٤٥٦٧", "++970591234567", "123456", "1234567890123456", "+", ""}},
	} {
		s := mustCompile(t, `{"format":"`+name+`"}`)
		for _, v := range c.good {
			if got := s.Validate(v); got != nil {
				t.Errorf("%s %q: refused", name, v)
			}
		}
		for _, v := range c.bad {
			if got := s.Validate(v); len(got) != 1 || got[0].Keyword != "format" {
				t.Errorf("%s %q: %s", name, v, found(got))
			}
		}
		if got := s.Validate(json.Number("5")); got != nil {
			t.Errorf("%s on a number: %s", name, found(got))
		}
	}
}

func TestValidateRefusesValuesThatDecodeCannotMake(t *testing.T) {
	s := mustCompile(t, `{}`)
	itself := map[string]any{}
	itself["a"] = itself
	for _, v := range []any{1, 1.5, []string{"a"}, json.Number("1/3"), json.Number("0x10"), json.Number("1e999999999"), json.Number(""), json.Number("Inf"), itself, map[string]any{"b": 1, "a": 2}} {
		if got := s.Validate(v); len(got) != 1 || got[0].Keyword != "value" {
			t.Errorf("%T: %s", v, found(got))
		}
	}
	if got := s.Validate(map[string]any{"b": []any{"x", 1}}); found(got) != "/b/1 value" {
		t.Errorf("got %s", found(got))
	}
}

func TestUniqueItemsIsNotQuadratic(t *testing.T) {
	s := mustCompile(t, `{"uniqueItems":true}`)
	list := make([]any, 50_000)
	for i := range list {
		list[i] = map[string]any{"name": fmt.Sprint("person ", i), "n": json.Number("1")}
	}
	start := time.Now()
	if got := s.Validate(list); got != nil {
		t.Fatal(found(got))
	}
	// Pair by pair this is 1.25 billion comparisons of objects, many minutes.
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("50,000 objects took %v", took)
	}
}

func TestViolationsAreCapped(t *testing.T) {
	s := mustCompile(t, `{"items":{"type":"null"}}`)
	if got := s.Validate(make([]any, 5000)); got != nil {
		t.Fatal(found(got[:1]))
	}
	list := make([]any, 5000)
	for i := range list {
		list[i] = "x"
	}
	if got := s.Validate(list); len(got) != MaxViolations {
		t.Errorf("%d violations", len(got))
	}
}

// Run with -race: qri alone races at its first parallel use.
func TestParallelUse(t *testing.T) {
	var wg sync.WaitGroup
	valid, invalid := mustDecode(t, validForm), mustDecode(t, invalidForm)
	shared := mustCompile(t, formSchema)
	for range 8 {
		wg.Go(func() {
			own, err := Compile([]byte(formSchema))
			if err != nil {
				t.Error(err)
				return
			}
			for range 50 {
				for _, s := range []*Schema{own, shared} {
					if n := len(s.Validate(valid)); n != 0 {
						t.Errorf("valid form: %d violations", n)
					}
					if n := len(s.Validate(invalid)); n != 15 {
						t.Errorf("invalid form: %d violations", n)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkForm25(b *testing.B) {
	s := mustCompile(b, formSchema)
	for name, form := range map[string]string{"valid": validForm, "invalid": invalidForm} {
		b.Run("decode-validate/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, err := Decode([]byte(form))
				if err != nil {
					b.Fatal(err)
				}
				s.Validate(v)
			}
		})
		v := mustDecode(b, form)
		b.Run("validate/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Validate(v)
			}
		})
	}
}

func BenchmarkCompileForm25(b *testing.B) {
	for b.Loop() {
		mustCompile(b, formSchema)
	}
}
