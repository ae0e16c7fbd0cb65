package main

import (
	"net/http"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// A nursery wants to move. While Civil Defence has still to look at the building, the ministry refuses: nobody has to look at it any more.
func TestWhatAnApplicationHasStartedIsCalledOffTogetherWithIt(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), qatar)
	browser := uitest.Browser(t)
	api, safety := p.as(t, "employer"), p.as(t, "officer.civil-defence")
	form := map[string]any{"licence": "NL-100", "address": "الدوحة - السد", "lease": api.upload("lease.pdf")}
	id := api.apply(t, "education.nursery.move", form, "the checks", at("checks")).ID
	p.as(t, "officer.education.licensing").await(t, id, "the review", waits("review"))
	var v struct {
		Related []struct{ ID, Service string }
	}
	api.await(t, id, "the visit of Civil Defence", func(seen) bool {
		must(t, api, "GET", ownPath+id, "", nil, &v, http.StatusOK)
		return len(v.Related) == 1
	})
	visit := v.Related[0].ID
	safety.await(t, visit, "somebody is to come", waits("visit"))

	officer, applicant := p.visit(t, browser, "en", false), p.visit(t, browser, "en", true)
	officer.open("/desk/applications/" + id)
	officer.signIn("Fahad Al-Ansari")
	officer.choose("Refuse")
	officer.fill("Comment", "The nursery has moved twice this year.")
	officer.press("Record the decision")
	officer.press("Yes, refuse it")
	officer.sees("Decision recorded")

	api.await(t, visit, "called off", func(a seen) bool { return a.Outcome == "withdrawn" })
	api.await(t, id, "refused", func(a seen) bool { return a.Outcome == "refused" })
	applicant.open("/applications/" + id)
	applicant.signIn("Nasser Al-Marri")
	applicant.sees("What was started here was withdrawn too.")
	applicant.open("/applications/" + visit)
	applicant.sees("This application was withdrawn together with the one that had started it.")
	must(t, safety, "GET", ownPath+visit, "", nil, nil, http.StatusOK) // it is still there to be looked at
}
