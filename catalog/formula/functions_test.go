package formula

import "testing"

func TestTheReferenceHasEveryFunction(t *testing.T) {
	told := map[string]bool{}
	for _, f := range Functions() {
		if f.Use == "" || f.Doc == "" || told[f.Name] {
			t.Errorf("%+v", f)
		}
		told[f.Name] = true
	}
	for name := range usage {
		if !told[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
