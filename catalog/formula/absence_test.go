package formula

import (
	"strings"
	"testing"
)

func TestAbsentValuesMustBeGuarded(t *testing.T) {
	env := testEnv(t)
	for _, c := range []struct {
		src    string
		guards []string
		absent string // the paths reported, space separated
	}{
		// has and orElse
		{src: "form.count > 1", absent: "form.count"},
		{src: "has(form.count) and form.count > 1"},
		{src: "form.count > 1 and has(form.count)", absent: "form.count"},
		{src: "has(form.count) or form.count > 1", absent: "form.count"},
		{src: "not has(form.count) or form.count > 1"},
		{src: "not has(form.count) and form.count > 1", absent: "form.count"},
		{src: "has(form.count) ? form.count > 1 : false"},
		{src: "has(form.count) ? false : form.count > 1", absent: "form.count"},
		{src: "not has(form.count) ? false : form.count > 1"},
		{src: "orElse(form.count, 1) > 1"},
		{src: "orElse(form.count, form.count) > 1", absent: "form.count"},
		{src: "orElse(form.note, orElse(form.note, '')) == ''"},
		{src: "has(form.note) and form.count > 1", absent: "form.count"},
		{src: "has(form.count) and form.agreed and (form.years > 1 and form.count > 1)"},
		{src: "(has(form.count) and form.agreed) and form.count > 1"},
		{src: "(has(form.count) or form.agreed) and form.count > 1", absent: "form.count"},
		{src: "not (not has(form.count) or form.agreed) and form.count > 1"},
		{src: "not (has(form.count) and form.agreed) or form.count > 1"},
		{src: "(has(form.count) and form.agreed ? form.count : 0) > form.years"},
		{src: "min(1, form.count) == 1", absent: "form.count"},
		{src: "size([form.count]) == 1", absent: "form.count"},

		// nested
		{src: "form.address.city == 'x'", absent: "form.address"},
		{src: "has(form.address) and form.address.city == 'x'"},
		{src: "has(form.address.city) and form.address.city == 'x'"},
		{src: "has(form.address) and form.address.flat == 1", absent: "form.address.flat"},
		{src: "form.address.flat == 1", absent: "form.address form.address.flat"},
		{src: "has(form.address.flat) and form.address.flat == 1 and form.address.city == 'x'"},
		{src: "orElse(form.address.flat, 0) == 1"},
		{src: "licence.unpaidFines > 0", absent: "licence"},
		{src: "has(licence) and licence.unpaidFines > 0"},

		// items of lists
		{src: "form.family.exists(m, m.age > 1)", absent: "m.age"},
		{src: "form.family.exists(m, has(m.age) and m.age > 1)"},
		{src: "form.family.exists(m, has(m.age) and form.family.exists(n, n.age > m.age))", absent: "n.age"},
		{src: "form.family.exists(m, has(m.age) and form.family.exists(m, m.age > 1))", absent: "m.age"},
		{src: "form.family.all(m, orElse(m.age, 0) > 1)"},

		// the condition of the field
		{src: "form.medicalReport == 'x'", absent: "form.medicalReport"},
		{src: "applicant.age >= 60 and form.medicalReport == 'x'"},
		{src: "( applicant.age>=60 ) && form.medicalReport == 'x'"},
		{src: "applicant.age >= 61 and form.medicalReport == 'x'", absent: "form.medicalReport"},
		{src: "not (applicant.age >= 60) or form.medicalReport == 'x'"},
		{src: "applicant.age >= 60 or form.medicalReport == 'x'", absent: "form.medicalReport"},
		{src: "applicant.age >= 60 ? form.medicalReport == 'x' : true"},
		{src: "has(form.medicalReport) and form.medicalReport == 'x'"},
		{src: "applicant.age >= 60 and form.clinic == 'x'", absent: "form.clinic"},
		{src: "has(form.clinic) and form.clinic == 'x' and form.medicalReport == 'x'"},
		{src: "applicant.age >= 60 and form.doctor == 'x'", absent: "form.doctor"},
		{src: "has(form.note) and form.agreed and applicant.age >= 60 and form.doctor == 'x'"},
		{src: "has(form.doctor) and form.note == 'x' and form.medicalReport == 'x'"},

		// guards of the position
		{src: "form.medicalReport == 'x'", guards: []string{"applicant.age >= 60"}},
		{src: "form.medicalReport == 'x'", guards: []string{"form.agreed and (applicant.age >= 60)", "form.years > 1"}},
		{src: "form.medicalReport == 'x'", guards: []string{"form.agreed or applicant.age >= 60"}, absent: "form.medicalReport"},
		{src: "form.count > 1", guards: []string{"has(form.count)"}},
		{src: "form.count > 1", guards: []string{"not not has(form.count)"}},
		{src: "form.count > 1", guards: []string{"not has(form.count)"}, absent: "form.count"},
		{src: "form.count > 1", guards: []string{"(("}, absent: "form.count"},
		{src: "licence.unpaidFines > 1", guards: []string{"has(licence.expiresOn)"}},
	} {
		_, problems := env.CompileUnder(c.src, Type{}, c.guards)
		var absent []string
		for _, p := range problems {
			if p.Code == CodeAbsentValue {
				absent = append(absent, p.Args["path"].(string))
			} else {
				t.Errorf("%s: %+v", c.src, p)
			}
		}
		if got := strings.Join(absent, " "); got != c.absent {
			t.Errorf("%s under %q: absent %q, want %q", c.src, c.guards, got, c.absent)
		}
	}
}

func TestAnAbsentValueIsReportedWithWhatToWrite(t *testing.T) {
	src := "form.name == 'عربي' and form.medicalReport == 'x'"
	_, problems := testEnv(t).Compile(src, kind(KindBool))
	if len(problems) != 1 {
		t.Fatalf("%+v", problems)
	}
	p := problems[0]
	if src[p.Offset:p.End] != "form.medicalReport" || p.Args["when"] != "applicant.age >= 60" ||
		!strings.Contains(p.Advice().String(), "has(form.medicalReport)") || !strings.Contains(p.Advice().String(), "orElse(form.medicalReport, value)") {
		t.Errorf("%+v", p)
	}
}

// Whatever is absent, a formula that passed the check never meets it.
func TestAFormulaThatPassedNeverMeetsAnAbsentValue(t *testing.T) {
	env := testEnv(t)
	f := mustCompile(t, env, `has(form.address.flat) and form.address.flat > 1
		or orElse(form.count, 0) > 3 or has(licence.unpaidFines) and licence.unpaidFines > 0
		or applicant.age >= 60 and form.medicalReport == 'x' or form.family.exists(m, orElse(m.age, 0) > 90)`, kind(KindBool))
	addresses := []any{nil, map[string]any{"city": "x"}, map[string]any{"city": "x", "flat": int64(1)}}
	for _, address := range addresses {
		for _, count := range []any{nil, int64(2)} {
			for _, licence := range []any{nil, map[string]any{"unpaidFines": int64(0)}} {
				for _, age := range []int64{59, 60} {
					v := testValues()
					form := v["form"].(map[string]any)
					form["address"], form["count"], v["licence"] = address, count, licence
					v["applicant"] = map[string]any{"age": age}
					if age >= 60 {
						form["medicalReport"] = "y"
					}
					if got, err := f.Eval(v); err != nil || got != false {
						t.Errorf("%v %v %v %v: %v, %v", address, count, licence, age, got, err)
					}
				}
			}
		}
	}
}
