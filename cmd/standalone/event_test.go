package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

const (
	qatar       = "../../samples/qatar"
	publicEvent = "interior.public-event.permit"
)

// ask sends an application for an event with so many visitors, and gives its ID.
func (c *caller) event(t *testing.T, visitors int) string {
	t.Helper()
	form := map[string]any{"name": "مهرجان الخريف", "place": "كورنيش الدوحة", "day": time.Now().AddDate(0, 2, 0).Format(time.DateOnly), "visitors": visitors}
	var sent struct{ ID string }
	must(t, c, "POST", services+publicEvent+"/applications", "", map[string]any{"form": form}, &sent, http.StatusCreated)
	c.await(t, sent.ID, "the review", func(a seen) bool { return a.Step == "review" })
	return sent.ID
}

func TestAnEventIsLookedAtByTwoAuthoritiesAndVotedOnByACommittee(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), qatar)
	browser := uitest.Browser(t)
	applicant := p.as(t, "employer")
	large, small := applicant.event(t, 5000), applicant.event(t, 300)

	officer := p.visit(t, browser, "en", false)
	officer.open("/desk/applications/" + large)
	officer.signIn("Salman Al-Jaber")
	officer.sees("Security guards needed", "Your decision")
	officer.press("Take this task")
	officer.sees("You work on this task")
	officer.choose("Approve")
	officer.expect(officer.press("Record the decision"), 422)
	if got := officer.problem("Security guards needed"); !strings.HasPrefix(got, "Error: ") {
		t.Errorf("beside the guards stands %q", got)
	}
	officer.fill("Security guards needed", "60")
	officer.choose("Yes")
	officer.expect(officer.press("Record the decision"), 200)
	officer.sees("Your answer has opened further questions")
	officer.fill("Street", "شارع الكورنيش")
	officer.press("Record the decision")
	officer.sees("Decision recorded")

	substitute(t, p, officer)
	extended(t, p, large)
	safetyLooks(t, p, large, small)
	applicant.await(t, large, "the committee", func(a seen) bool { return a.Step == "committee" })

	first, second := p.visit(t, browser, "en", false), p.visit(t, browser, "ar", false)
	second.open("/desk/applications/" + large)
	second.signIn("عبدالرحمن سيف الخاطر")
	first.open("/desk/applications/" + large)
	first.signIn("Latifa Al-Jufairi")
	first.sees("Your vote", "0 of 3 members have voted", "60", "8000", "شارع الكورنيش", "Abdulrahman Al-Khater", "The time limit was extended")
	first.choose("Approve")
	first.fill("Your reason", "Well prepared.")
	first.press("Cast your vote")
	first.open("/desk/applications/" + large)
	first.reloads("You have voted already")
	first.sees("Have voted", "May still vote", "Mona Al-Sulaiti")
	first.misses("Well prepared.")
	second.open("/desk/applications/" + large)
	second.reloads("صوّت 1 من 3")
	second.sees("لطيفة حمد الجفيري")
	second.misses("Well prepared.")
	second.choose("موافقة")
	second.press("صوّت")
	ended := applicant.await(t, large, "the end", func(a seen) bool { return a.Status == "ended" })
	if ended.Outcome != "issued" || len(ended.Documents) != 1 {
		t.Errorf("it ended as %s with %d papers", ended.Outcome, len(ended.Documents))
	}
	first.open("/desk/applications/" + large)
	first.sees("Approve: 2", "Refuse: 0", "Well prepared.")
}

// substitute lets a colleague decide on behalf of the officer, and sees who decided for whom.
func substitute(t *testing.T, p *product, officer *guest) {
	t.Helper()
	colleague := p.as(t, "events.3") // who has signed in can be named
	must(t, colleague, "GET", tasksPath, "", nil, nil, http.StatusOK)
	officer.open("/desk/absence")
	officer.choose("Events officer")
	officer.pick("Colleague", "Mona Al-Sulaiti")
	now := time.Now()
	for i, day := range []time.Time{now, now.AddDate(0, 0, 7)} {
		name := []string{"_since", "_until"}[i]
		officer.set(name+"-day", strconv.Itoa(day.Day()))
		officer.set(name+"-month", strconv.Itoa(int(day.Month())))
		officer.set(name+"-year", strconv.Itoa(day.Year()))
	}
	officer.press("Name the substitute")
	officer.sees("Who stands in for you", "Mona Al-Sulaiti")
	var queue struct {
		Items []struct{ Application, ID string }
	}
	must(t, colleague, "GET", tasksPath, "", nil, &queue, http.StatusOK)
	if len(queue.Items) != 1 {
		t.Fatalf("%d tasks wait for the substitute", len(queue.Items))
	}
	act := map[string]any{"task": queue.Items[0].ID, "revision": 1, "action": "approve", "data": map[string]any{"guards": 3, "closure": false}}
	must(t, colleague, "POST", ownPath+queue.Items[0].Application+"/acts", "", act, nil, http.StatusOK, http.StatusAccepted)
	var acts, delegated int
	err := p.database(t).QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE c.on_behalf IS NOT NULL AND c.on_behalf::text <> c.actor) FROM diwan.act c
		WHERE c.application = $1`, queue.Items[0].Application).Scan(&acts, &delegated)
	if err != nil || acts != 1 || delegated != 1 {
		t.Errorf("%d acts, %d on behalf of somebody, %v", acts, delegated, err)
	}
}

// extended lengthens the time limit once, with a reason.
func extended(t *testing.T, p *product, id string) {
	t.Helper()
	officer := p.as(t, "officer.interior")
	act := map[string]any{"action": "extend"}
	refused(t, officer, "POST", ownPath+id+"/acts", "", act, http.StatusUnprocessableEntity, "comment-required")
	act["comment"] = "The place was changed."
	must(t, officer, "POST", ownPath+id+"/acts", "", act, nil, http.StatusOK, http.StatusAccepted)
	refused(t, officer, "POST", ownPath+id+"/acts", "", act, http.StatusUnprocessableEntity, "invalid")
}

// safetyLooks lets another authority decide on what is addressed to it, and on nothing else.
func safetyLooks(t *testing.T, p *product, id, other string) {
	t.Helper()
	safety := p.as(t, "officer.civil-defence")
	var queue struct {
		Items []struct{ Application, Step string }
	}
	must(t, safety, "GET", tasksPath, "", nil, &queue, http.StatusOK)
	if len(queue.Items) != 2 || queue.Items[0].Step != "safety" {
		t.Errorf("the queue of the other authority is %+v", queue.Items)
	}
	later := p.as(t, "employer").event(t, 100)
	refused(t, safety, "GET", ownPath+later, "", nil, http.StatusNotFound, "not-found")
	var a seen
	must(t, safety, "GET", ownPath+id, "", nil, &a, http.StatusOK)
	act := map[string]any{"task": a.Tasks[0].ID, "revision": a.Tasks[0].Revision, "action": "approve"}
	refused(t, safety, "POST", ownPath+id+"/acts", "", act, http.StatusUnprocessableEntity, "invalid")
	act["data"] = map[string]any{"capacity": 8000}
	must(t, safety, "POST", ownPath+id+"/acts", "", act, nil, http.StatusOK, http.StatusAccepted)
}

// set types into the field with this name.
func (v *guest) set(name, words string) {
	v.t.Helper()
	v.write(chromedp.JSPath(`document.querySelector('main [name="`+name+`"]')`), words)
}

// pick chooses an option of the list with this label.
func (v *guest) pick(label, option string) {
	v.t.Helper()
	list := string(v.control(label))
	if !uitest.Eval[bool](v.t, v.tab, `(() => {
		const option = [...`+list+`.options].find((o) => `+plain+`(o.textContent) === `+strconv.Quote(option)+`);
		if (option) option.selected = true;
		return option !== undefined;
	})()`) {
		v.t.Fatalf("%q does not offer %q on %s", label, option, v.address())
	}
}
