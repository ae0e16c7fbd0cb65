package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestAnApplicationIsLivedThroughByTheAPI(t *testing.T) {
	p := shared.get(t)
	with := p.people(t)
	citizen, officer := with.citizen, with.officer
	j := &journey{key: uuid.NewString()}
	if err := j.submit(citizen); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`).MatchString(j.reference) {
		t.Errorf("reference %q", j.reference)
	}
	a := citizen.await(t, j.id, "payment due", func(a seen) bool { return a.checkout() != "" })
	if a.Status != "waiting" || a.Step != "pay" || len(a.Payments) != 1 || a.Payments[0].Amount != (amount{"250.00", "ILS"}) || len(a.Fees) != 1 {
		t.Errorf("before the payment: %+v", a)
	}
	if err := with.browser.pay(a.checkout()); err != nil {
		t.Fatal(err)
	}
	a = citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	if a.Status != "open" || a.Payments[0].Status != "paid" || a.Payments[0].Checkout != "" || len(a.Tasks) != 0 {
		t.Errorf("under review, for the applicant: %+v", a)
	}
	sentBack(t, citizen, officer, j)
	decided(t, citizen, officer, j)

	a = citizen.await(t, j.id, "ended", func(a seen) bool { return a.Status == "ended" })
	if a.Outcome != "issued" || len(a.Documents) != 1 || a.Documents[0].Status != "valid" || a.Documents[0].Title["ar"] == "" {
		t.Fatalf("at the end: %+v", a)
	}
	if want := []string{"licence", "pay", "review", "card"}; !slices.Equal(unique(a.path()), want) {
		t.Errorf("the road was %v, not %v", a.path(), want)
	}
	refused(t, officer, "POST", ownPath+j.id+"/acts", "", approval(j.task), http.StatusConflict, "ended")
	refused(t, citizen, "POST", ownPath+j.id+"/acts", "", map[string]any{"action": "withdraw"}, http.StatusConflict, "ended")
	verified(t, p, citizen, a)
}

func unique(steps []string) (out []string) {
	for _, s := range steps {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// sentBack has the officer send the application back once, and the applicant correct it.
func sentBack(t *testing.T, citizen, officer *caller, j *journey) {
	t.Helper()
	acts := ownPath + j.id + "/acts"
	var a seen
	must(t, officer, "GET", ownPath+j.id, "", nil, &a, http.StatusOK)
	if len(a.Tasks) != 1 || a.Tasks[0].Step != "review" || !slices.Contains(a.Tasks[0].Actions, "approve") {
		t.Fatalf("the officer's tasks are %+v", a.Tasks)
	}
	task := a.Tasks[0]
	back := map[string]any{"task": task.ID, "action": "sendBack", "revision": task.Revision}
	refused(t, officer, "POST", acts, "", back, http.StatusUnprocessableEntity, "comment-required")
	back["comment"] = "Please choose one year"
	key := uuid.NewString()
	must(t, officer, "POST", acts, key, back, &a, http.StatusOK)
	if a.Status != "waiting" || len(a.Tasks) != 0 {
		t.Errorf("right after it was sent back the officer reads %s with tasks %+v", a.Status, a.Tasks)
	}
	must(t, officer, "POST", acts, key, back, nil, http.StatusOK)
	back["comment"] = "Something else"
	refused(t, officer, "POST", acts, key, back, http.StatusConflict, "key-reused")
	refused(t, officer, "POST", acts, "", back, http.StatusConflict, "closed")

	must(t, citizen, "GET", ownPath+j.id, "", nil, &a, http.StatusOK)
	if len(a.Tasks) != 1 || a.Tasks[0].Kind != "correct" {
		t.Fatalf("the applicant's tasks are %+v", a.Tasks)
	}
	task = a.Tasks[0]
	form := map[string]any{"licenceNumber": "1234567", "years": 5, "phone": "0599000111", "declaration": true}
	correction := map[string]any{"task": task.ID, "action": "submit", "revision": task.Revision, "data": form}
	form["phone"] = "wrong"
	if found := refused(t, citizen, "POST", acts, "", correction, http.StatusUnprocessableEntity, "invalid"); len(found.Errors) != 1 || found.Errors[0].Path != "/phone" {
		t.Errorf("a wrong correction is refused as %+v", found.Errors)
	}
	form["phone"], form["years"] = "0599000111", 1
	refused(t, citizen, "POST", acts, "", correction, http.StatusUnprocessableEntity, "frozen") // it was paid for
	form["years"] = 5
	refused(t, officer, "POST", acts, "", correction, http.StatusForbidden, "forbidden")
	must(t, citizen, "POST", acts, "", correction, &a, http.StatusOK)
	if a.Step != "review" || a.Form["phone"] == nil || !strings.HasSuffix(fmt.Sprint(a.Form["phone"]), "599000111") {
		t.Errorf("right after the correction the applicant reads step %q and phone %v", a.Step, a.Form["phone"])
	}
}

// decided has everybody but the officer fail to approve, and then the officer do it.
func decided(t *testing.T, citizen, officer *caller, j *journey) {
	t.Helper()
	acts := ownPath + j.id + "/acts"
	var queue listed[struct {
		openTask
		Application, Reference string
	}]
	must(t, officer, "GET", tasksPath+"?limit=100", "", nil, &queue, http.StatusOK)
	i := slices.IndexFunc(queue.Items, func(q struct {
		openTask
		Application, Reference string
	}) bool {
		return q.Application == j.id
	})
	if i < 0 || queue.Items[i].Reference != j.reference {
		t.Fatalf("the application is not in the queue of %d", len(queue.Items))
	}
	j.task = queue.Items[i].openTask
	act := approval(j.task)
	refused(t, citizen, "POST", acts, "", act, http.StatusForbidden, "forbidden")
	act["action"] = "promote"
	refused(t, officer, "POST", acts, "", act, http.StatusUnprocessableEntity, "unknown-action")
	act["action"], act["revision"] = "approve", j.task.Revision+7
	refused(t, officer, "POST", acts, "", act, http.StatusConflict, "revision")
	act["task"] = uuid.NewString()
	refused(t, officer, "POST", acts, "", act, http.StatusNotFound, "not-found")
	refused(t, officer, "POST", acts, "", map[string]any{"action": "withdraw"}, http.StatusForbidden, "forbidden")
	var a seen
	must(t, officer, "POST", acts, "", approval(j.task), &a, http.StatusOK)
	if slices.ContainsFunc(a.Tasks, func(one openTask) bool { return one.ID == j.task.ID }) {
		t.Error("right after the approval the task is still open")
	}
}

// verified downloads the paper as its owner, and checks it as a stranger.
func verified(t *testing.T, p *product, citizen *caller, a seen) {
	t.Helper()
	stranger := &caller{t: t, url: p.url}
	doc := a.Documents[0]
	href := strings.TrimPrefix(doc.Href, p.url)
	pdf, err := citizen.send("GET", href, "", "", nil)
	if err != nil || pdf.status != http.StatusOK || !bytes.HasPrefix(pdf.body, []byte("%PDF-")) {
		t.Fatalf("the paper: %d (%v)", pdf.status, err)
	}
	if d := pdf.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
		t.Errorf("the paper is served %q", d)
	}
	refused(t, stranger, "GET", href, "", nil, http.StatusUnauthorized, "unauthorized")
	refused(t, p.as(t, "citizen2"), "GET", href, "", nil, http.StatusNotFound, "not-found")
	refused(t, p.as(t, "officer.health"), "GET", href, "", nil, http.StatusNotFound, "not-found")
	altered := bytes.Clone(pdf.body)
	altered[len(altered)/2] ^= 1
	for _, one := range []struct {
		what, id string
		file     []byte
		status   string
	}{
		{"number", doc.ID, nil, "valid"}, {"unknown number", "AAAAAAAAAAAAAAAAAAAAAAAAAA", nil, "unknown"},
		{"file", "", pdf.body, "valid"}, {"other file", "", []byte("%PDF-1.4 of somebody"), "unknown"},
	} {
		got, err := verify(t, stranger, one.id, one.file)
		if err != nil || got.Status != one.status {
			t.Errorf("%s is %q, not %q (%v)", one.what, got.Status, one.status, err)
		}
		if one.status == "valid" && (got.Number != doc.Number || got.Authority["ar"] == "" || got.IssuedAt == "") {
			t.Errorf("%s shows %+v", one.what, got)
		}
	}
	if got, err := verify(t, stranger, "", altered); err != nil || got.Status == "valid" {
		t.Errorf("an altered file is %q (%v)", got.Status, err)
	}
}

type verification struct {
	Status, Number, IssuedAt, ValidUntil string
	Authority                            map[string]string
}

// verify asks by number, or by file where there is one.
func verify(t *testing.T, c *caller, id string, file []byte) (v verification, err error) {
	t.Helper()
	var got reply
	if file == nil {
		got, err = c.send("GET", "/verify/"+id, "", "", nil, "Accept", "application/json")
	} else {
		body, contentType := multipartFile(t, "paper.pdf", file)
		got, err = c.send("POST", "/verify", "", contentType, body, "Accept", "application/json")
	}
	if err == nil {
		err = json.Unmarshal(got.body, &v)
	}
	for _, personal := range []string{"401234567", "1234567", "Layla", "ليلى"} {
		if bytes.Contains(got.body, []byte(personal)) {
			t.Errorf("a stranger reads %q", personal)
		}
	}
	return v, err
}
