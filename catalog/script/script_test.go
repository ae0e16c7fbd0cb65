package script

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseFindsWhatTheScriptReads(t *testing.T) {
	for body, want := range map[string]string{
		`return form.age > 18 && form.address.city === "x"`:            "address.city age",
		`return form.address.city + form.address`:                      "address",
		`return form?.a?.b.c`:                                          "a.b.c",
		`return form["a"]["b"]`:                                        "a.b",
		`return form.name.trim().length > form.family.length`:          "family name",
		`return form.length`:                                           "length",
		`return form.address.hasOwnProperty("x") && form.a?.b?.trim()`: "a.b address",
		`return form.family.some(p => p.age > form.limit)`:             "family limit",
		`return form.family[0].name === form.family[value].name`:       "family",
		`const {a, b} = form.pair; return {form: 1}.form + x.form.y`:   "pair",
		`return value`:                    "",
		`return form[value]`:              "ALL",
		`return form.a && helper(form)`:   "ALL a",
		`return Object.keys(form).length`: "ALL",
		`const {a} = form; return a`:      "ALL",
		`return {form}.form.a`:            "ALL",
		`return "a" in form`:              "ALL",
		`return form.hasOwnProperty("a")`: "ALL",
		`return arguments[1].a`:           "ALL",
		`return form["a.b"]`:              "ALL",
		`for (const k in form) { return k } return [...form.list, form].length`: "ALL list",
	} {
		s, problems := Parse("a.js", []byte("function validate(value, form) { "+body+" }"))
		if s == nil {
			t.Errorf("%s: %v", body, problems)
			continue
		}
		got := strings.Join(s.Reads(), " ")
		if s.ReadsAll() {
			got = strings.TrimSpace("ALL " + got)
		}
		if got != want {
			t.Errorf("%s: reads %q, want %q", body, got, want)
		}
		flagged := slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == "script-reads-everything" && p.Warning })
		if flagged != s.ReadsAll() {
			t.Errorf("%s: ReadsAll %v, problems %v", body, s.ReadsAll(), problems)
		}
	}
	s, _ := Parse("a.js", []byte(`function validate(v, f) { const form = {x: 1}; return form.x === f.a }`))
	if got := s.Reads(); !slices.Equal(got, []string{"a"}) || s.ReadsAll() {
		t.Errorf("with a form called f: %v", got)
	}
}

func TestParseRefuses(t *testing.T) {
	in := func(body string) string { return "function validate(value, form) {\n  " + body + "\n}" }
	for src, want := range map[string]string{
		``:                                            "1:1 script-no-validate",
		`const validate = (v) => true`:                "1:1 script-no-validate",
		`function check() {}`:                         "1:1 script-no-validate",
		`function* validate() {}`:                     "1:1 script-no-validate",
		`function validate({a}) {}`:                   "1:19 script-parameters",
		`function validate(a, b = a) {}`:              "1:22 script-parameters",
		`function validate(a, b, c) {}`:               "1:1 script-parameters",
		`function validate(...all) {}`:                "1:1 script-parameters",
		in(`return )`):                                "2:10 script-syntax",
		in(`/* بيت */ return )`):                      "2:20 script-syntax",
		in(`return /(?=a)b/.test(value)`):             "2:10 script-pattern",
		in(`return /(?<=a)b/.test(value)`):            "2:10 script-pattern",
		in(`return /^(a+)\1$/.test(value)`):           "2:10 script-pattern",
		in(`return /a{2000}/.test(value)`):            "2:10 script-pattern",
		in(`return /\p{Script=Arabic}/u.test(value)`): "2:10 script-pattern",
		in(`return new Date() > value`):               "2:14 script-absent",
		in(`return eval(value)`):                      "2:10 script-absent",
		in(`return Math.random() > 0.5`):              "2:10 script-absent",
		in(`return (async () => 1)()`):                "2:11 script-async",
		strings.Repeat(" ", MaxSource+1):              "1:1 script-too-long",
		"\xff":                                        "1:1 script-encoding",
		in(strings.Repeat("(", 200)):                  "2:102 script-too-deep",
		in(strings.Repeat("a=>", 300) + "1"):          "1:1 script-too-deep",
		`import "x"; function validate() {}`:          "1:1 script-syntax",
	} {
		s, problems := Parse("a.js", []byte(src))
		if s != nil || len(problems) == 0 {
			t.Errorf("%.60q: accepted, problems %v", src, problems)
			continue
		}
		p := problems[0]
		got := strings.Fields(p.String())[0] + " " + string(p.Code)
		if got != want || p.Summary == "" {
			t.Errorf("%.60q: %s (%s), want %s", src, got, p.Said(), want)
		}
	}
}

func TestParseAcceptsOwnNamesAndPlainPatterns(t *testing.T) {
	src := "function Date(d) { return d }\nfunction validate(value, form) { return /^[0-9]{7}$/.test(value) && /\\s\\u0041/i.test(Date(form.at)) }"
	if s, problems := Parse("a.js", []byte(src)); s == nil || len(problems) != 0 {
		t.Errorf("problems %v", problems)
	}
	a, _ := Parse("a.js", []byte(src))
	b, _ := Parse("b.js", []byte(src))
	c, _ := Parse("a.js", []byte(src+" "))
	if a.ID() != b.ID() || a.ID() == c.ID() || len(a.ID()) != 64 {
		t.Errorf("IDs %s %s %s", a.ID(), b.ID(), c.ID())
	}
}

// Text that is cheap to write and dear to read must not hold up or end the process that checks definitions.
func TestParseIsQuickOnHostileText(t *testing.T) {
	for name, src := range map[string]string{
		"unary":    strings.Repeat("!", MaxSource-100) + "1",
		"or":       strings.Repeat("0||", 10_000) + "0",
		"sum":      strings.Repeat("'a'+", 8_000) + "'a'",
		"choice":   strings.Repeat("1?1:", 8_000) + "1",
		"if":       strings.Repeat("if(1)", 6_000) + "1",
		"new":      strings.Repeat("new ", 8_000) + "a",
		"template": strings.Repeat("`${", 90) + "1" + strings.Repeat("}`", 90),
		"bigint":   "2n**(2n**34n)",
		"arrows":   strings.Repeat("a=>", maxArrows) + "1",
		"members":  "form" + strings.Repeat(".a", 15_000),
		"map":      "1\n//# sourceMappingURL=/dev/zero",
	} {
		took := cpu(t, func() { Parse("a.js", []byte("function validate(value, form) { return value }\n"+src)) })
		if took > 2*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
