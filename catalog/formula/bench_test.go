package formula

import "testing"

const guard = "form.years >= 5 and form.agreed and applicant.age < 70"

func BenchmarkGuard(b *testing.B) {
	f := mustCompile(b, testEnv(b), guard, kind(KindBool))
	v := testValues()
	b.ReportAllocs()
	for b.Loop() {
		if got, err := f.Eval(v); err != nil || got != true {
			b.Fatal(got, err)
		}
	}
}

func BenchmarkFee(b *testing.B) {
	f := mustCompile(b, testEnv(b), "min(tariff.lateCap, tariff.perYear * form.years)", kind(KindMoney))
	v := testValues()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Eval(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	env := testEnv(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := env.Compile(guard, kind(KindBool)); problems != nil {
			b.Fatal(problems)
		}
	}
}

func BenchmarkNewEnv(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewEnv(testScope); err != nil {
			b.Fatal(err)
		}
	}
}
