package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// hostileScript loops on one number, eats memory on another and recurses on a third.
const hostileScript = `function validate(value, form) {
  if (value === "6666660") { for (;;) {} }
  if (value === "7777770") { const all = []; for (;;) { all.push("x".repeat(1 << 20) + all.length); } }
  if (value === "8888880") { const down = function (n) { return down(n + 1) + 1; }; return down(0) > 0; }
  if (value === "9999990") { throw new Error(value); }
  return true;
}
`

// scriptLimit is what a form may take whose script is stopped: the design says half a second, and two busy cores are allowed as much again.
const scriptLimit = 1500 * time.Millisecond

func TestAHostileScriptIsStoppedAndDisturbsNobody(t *testing.T) {
	t.Parallel()
	data, catalogue := newData(t), newCatalogue(t)
	if err := os.WriteFile(filepath.Join(catalogue, "services", "transport", "licence-number.js"), []byte(hostileScript), 0o600); err != nil {
		t.Fatal(err)
	}
	p := launch(t, data, catalogue)
	c := p.as(t, "citizen")
	form := func(number string) map[string]any {
		f := renewal(5)
		f["form"].(map[string]any)["licenceNumber"] = number
		return f
	}
	for name, number := range map[string]string{"loop": "6666660", "memory": "7777770", "recursion": "8888880", "throws": "9999990"} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			found := refused(t, c, "POST", services+licence+"/quote", "", form(number), http.StatusServiceUnavailable, "unavailable")
			took := time.Since(began)
			t.Logf("answered after %v", took.Round(time.Millisecond))
			if took > scriptLimit {
				t.Errorf("the answer took %v", took)
			}
			if len(found.Errors) != 1 || found.Errors[0].Code != "script-unavailable" || found.Errors[0].Path != "/licenceNumber" || found.Errors[0].Message == "" {
				t.Errorf("it says %+v", found.Errors)
			}
			must(t, c, "POST", services+licence+"/quote", "", form("1234567"), nil, http.StatusOK) // the next one is served
		})
	}
	var attackers sync.WaitGroup
	for range 4 {
		attackers.Go(func() {
			var raw any
			if status, err := c.call("POST", services+licence+"/quote", "", form("6666660"), &raw); status != http.StatusServiceUnavailable {
				t.Errorf("under attack: %d (%v)", status, err)
			}
		})
	}
	for _, plate := range []string{"6-1234-96", "6-2345-95"} {
		began := time.Now()
		at := services + "transport.traffic-fines.enquiry/applications"
		var made struct{ ID string }
		must(t, c, "POST", at, uuid.NewString(), map[string]any{"form": map[string]any{"plate": plate}}, &made, http.StatusCreated)
		c.await(t, made.ID, "ended", func(a seen) bool { return a.Status == "ended" })
		if took := time.Since(began); took > 2*scriptLimit {
			t.Errorf("another service took %v meanwhile", took)
		}
	}
	attackers.Wait()
	must(t, c, "POST", services+licence+"/quote", "", form("1234567"), nil, http.StatusOK)
	if err := (&journey{key: fmt.Sprint("after ", uuid.NewString())}).drive(t.Context(), p.people(t)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if strings.Contains(p.log(), "9999990") {
		t.Error("what the script threw is in the log")
	}
}
