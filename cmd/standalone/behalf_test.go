package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

const allowance = "social.child-care-allowance"

// allowances is the catalogue of Kazakhstan, in which the allowance is granted and not yet paid.
func allowances(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := copyFolder("../../samples/kazakhstan", dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "services/social/child-care-allowance.yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	from, to := strings.Index(string(b), "  - step: first\n"), strings.Index(string(b), "  - step: told\n")
	after := strings.ReplaceAll(string(b[:from])+string(b[to:]), "allowance, first, told", "allowance, told")
	if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAGuardianAppliesForTheirWardAndNobodyElseDoes(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), allowances(t))
	const ward = "403456789"
	stranger, guardian := p.as(t, "citizen2"), p.as(t, "citizen")
	form := map[string]any{"child": "261120500001", "account": "KZ86125KZT5004100100"}
	apply := func(c *caller, behalf map[string]any, out any, want int) {
		t.Helper()
		must(t, c, "POST", services+allowance+"/applications", "", map[string]any{"form": form, "onBehalf": behalf}, out, want)
	}
	var refused struct{ Detail string }
	apply(stranger, map[string]any{"as": "guardian", "nationalNumber": ward}, &refused, http.StatusUnprocessableEntity)
	if refused.Detail == "" || strings.Contains(refused.Detail, "Aigul") {
		t.Errorf("a stranger is told %q", refused.Detail)
	}
	apply(stranger, map[string]any{"as": "spouse", "nationalNumber": ward}, nil, http.StatusUnprocessableEntity)
	apply(guardian, map[string]any{"as": "guardian", "nationalNumber": "401234567"}, nil, http.StatusUnprocessableEntity)

	yerlan := p.visit(t, uitest.Browser(t), "en", false)
	yerlan.open("/services/" + allowance)
	yerlan.press("Apply for somebody else")
	yerlan.signIn("Yerlan Ospanov")
	yerlan.choose("Guardian")
	yerlan.fill("Their national number", ward)
	yerlan.press("Continue")
	yerlan.sees(ward)
	yerlan.fill("IIN of the child", "261120500001")
	yerlan.fill("Account for the allowance", "KZ86125KZT5004100100")
	yerlan.press("Continue")
	yerlan.sees(ward)
	yerlan.press("Send the application")
	yerlan.sees("You have applied for " + ward + ". Your capacity: Guardian.")
	id := strings.TrimPrefix(yerlan.path(), "/applications/")
	ended := guardian.await(t, id, "the allowance", func(a seen) bool { return a.Status == "ended" })
	if ended.Outcome != "completed" {
		t.Errorf("it ended as %s", ended.Outcome)
	}
	if status, _ := stranger.call("GET", ownPath+id, "", nil, nil); status != http.StatusNotFound {
		t.Errorf("a stranger is answered %d", status)
	}
	aigul := p.visit(t, uitest.Browser(t), "en", false)
	aigul.open("/applications/" + id)
	aigul.signIn("Aigul Bekova")
	aigul.sees("Yerlan", "has applied for you. Their capacity: Guardian.")
	aigul.open("/rights")
	aigul.sees("261120500001")

	officer := p.visit(t, uitest.Browser(t), "en", false)
	officer.open("/desk/applications/" + id)
	officer.signIn("Nurlan Yesenov")
	officer.sees("Applies for the applicant, as guardian", "401234567", ward)
}
