package main

import (
	"net/http"
	neturl "net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// migrationReport is what operators read of a migration.
type migrationReport struct {
	ID        string
	EndedAt   *time.Time
	Items     map[string]int
	Obstacles []struct{ Code, At string }
}

const movePage = "/designer/services/" + licence + "/move"

func TestOpenApplicationsAreMovedToAnEditedServiceOnPurposeOnly(t *testing.T) {
	t.Parallel()
	data, catalogue := newData(t), newCatalogue(t)
	p := launch(t, data, catalogue)
	with := p.people(t)
	unpaid, _ := dueNow(t, with)
	j, a := dueNow(t, with)
	if err := with.browser.pay(a.checkout()); err != nil {
		t.Fatal(err)
	}
	atReview := func(j *journey, with people) openTask {
		t.Helper()
		a := with.officer.await(t, j.id, "the review", func(a seen) bool { return a.Step == "review" && len(a.Tasks) > 0 })
		return a.Tasks[slices.IndexFunc(a.Tasks, func(t openTask) bool { return t.Step == "review" })]
	}
	if task := atReview(j, with); !slices.Contains(task.Actions, "sendBack") {
		t.Fatalf("%+v", task)
	}
	p.stop(t)

	source, err := os.ReadFile(filepath.Join(catalogue, licenceFile))
	if err != nil {
		t.Fatal(err)
	}
	edit(t, catalogue, licenceFile,
		"      sendBack: {to: applicant, atMost: 2, then: refuse, within: {30 days: refuse}}\n", "",
		string(source)[strings.Index(string(source), "  - scenario: sent back once"):], "")
	p = launch(t, data, catalogue)
	with = p.people(t)
	if task := atReview(j, with); !slices.Contains(task.Actions, "sendBack") {
		t.Fatalf("a release alone has moved it: %+v", task)
	}

	first, second := p.as(t, "operator"), p.as(t, "operator2")
	first.url = p.operations(t)
	var r migrationReport
	must(t, first, "POST", "/migrations", "", map[string]string{"service": licence}, &r, http.StatusCreated)
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("no %s: %+v", what, r)
			}
			r = migrationReport{ID: r.ID}
			must(t, first, "GET", "/migrations/"+r.ID, "", nil, &r, http.StatusOK)
		}
	}
	until("dry run", func() bool { return r.Items["movable"] == 2 })
	if status, _ := first.call("POST", "/migrations/"+r.ID+"/approve", "", nil, nil); status != http.StatusConflict {
		t.Errorf("who proposed it approves it: %d", status)
	}
	// The other one looks at it on its page, and approves it there.
	doc, status := second.page(t, movePage, nil)
	if said := doc.Find("#applications").Text(); status != http.StatusOK || strings.Count(said, "Can be moved (2)") != 1 || !strings.Contains(said, a.Reference) {
		t.Fatalf("%d %s", status, said)
	}
	yes := neturl.Values{"act": {"approve"}, "migration": {doc.Find("#decision [name=migration]").AttrOr("value", "")}}
	if doc, status := p.as(t, "operator").page(t, movePage, nil); status != http.StatusOK || doc.Find("#decision").Length() != 0 {
		t.Errorf("who proposed it is offered to approve it: %d", status)
	}
	if _, status := p.as(t, "operator").page(t, movePage, yes); status != http.StatusForbidden {
		t.Errorf("who proposed it approves it: %d", status)
	}
	if _, status := second.page(t, movePage, yes); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	until("end", func() bool { return r.EndedAt != nil && r.Items["moved"] == 2 })

	task := atReview(j, with)
	if slices.Contains(task.Actions, "sendBack") || task.Revision != 2 {
		t.Fatalf("the open task offers %+v", task)
	}
	must(t, with.officer, "POST", ownPath+j.id+"/acts", "", approval(task), nil, http.StatusOK, http.StatusAccepted)
	with.citizen.await(t, j.id, "the end", func(a seen) bool { return a.Status == "ended" && a.Outcome == "issued" })

	a = with.citizen.await(t, unpaid.id, "the payment", func(a seen) bool { return a.checkout() != "" })
	if a.Fees[0].Amount != (amount{"250.00", "ILS"}) {
		t.Errorf("what was assessed has changed: %+v", a.Fees)
	}
	if err := with.browser.pay(a.checkout()); err != nil {
		t.Fatal(err)
	}
	if task := atReview(unpaid, with); slices.Contains(task.Actions, "sendBack") {
		t.Fatalf("%+v", task)
	}
	p.kill() // the run that continues is found again
	p = launch(t, data, catalogue)
	with = p.people(t)
	must(t, with.officer, "POST", ownPath+unpaid.id+"/acts", "", approval(atReview(unpaid, with)), nil, http.StatusOK, http.StatusAccepted)
	with.citizen.await(t, unpaid.id, "the end", func(a seen) bool { return a.Status == "ended" && a.Outcome == "issued" })
}
