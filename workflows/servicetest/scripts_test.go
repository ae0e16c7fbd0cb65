package servicetest_test

import (
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/workflows/servicetest"
)

func TestScriptsAreTriedOnTheirOwnTests(t *testing.T) {
	c := sample(t)
	file := c.Service(service).File
	text := string(c.Files[file])
	const message = "    message: {ar: رقم الرخصة غير صحيح؛ تحقق من الأرقام"
	const right = "    tests: [{value: \"7654321\", ok: true}, {value: \"7777777\", ok: false}]\n"
	const wrong = "    tests: [{value: \"7654321\", ok: false}, {value: \"7777777\", form: {nobody: 1, years: 5}, ok: false}]\n"
	c, _ = c.WithFile(file, []byte(strings.Replace(text, message, right+message, 1)))
	if list := run(c, c.Service(service)); len(list) > 0 {
		t.Fatal(told(list, c))
	}
	c, _ = c.WithFile(file, []byte(strings.Replace(text, message, wrong+message, 1)))
	list := run(c, c.Service(service))
	if len(list) != 2 || list[0].Code != "script-test" || !strings.Contains(told(list, c), "finds nothing wrong") || !strings.Contains(told(list, c), `no field "nobody"`) {
		t.Error(told(list, c))
	}
	report := servicetest.New(c, nil).Service(c.Service(service), nil)
	if list := report.Findings(); strings.Contains(told(list, c), "script-test") {
		t.Error("without anything that runs scripts: " + told(list, c))
	}
}
