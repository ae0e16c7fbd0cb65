package main

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// A court has the word while the public is heard: the expert suspends the assessment, nobody can speak or decide meanwhile, and the hearing goes
// on for the time that was left.
func TestAnApplicationIsSuspendedAndGoesOn(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), kazakhstan)
	browser := uitest.Browser(t)
	api := p.as(t, "citizen")
	var sent struct{ ID string }
	form := map[string]any{"project": "A wind farm of twelve turbines", "place": "Ereymentau", "report": api.upload("report.pdf")}
	must(t, api, "POST", services+"ecology.impact.assessment/applications", "", map[string]any{"form": form}, &sent, http.StatusCreated)
	api.await(t, sent.ID, "the hearing", func(a seen) bool { return a.Step == "hearing" })

	applicant, neighbour, expert := p.visit(t, browser, "en", true), p.visit(t, browser, "en", true), p.visit(t, browser, "en", true)
	neighbour.open("/hearings")
	neighbour.press("Public hearing")
	hearing := neighbour.path()
	neighbour.press("Sign in and take part")
	neighbour.signIn(dana)
	neighbour.fill("What you say", "The cranes breed there in May.")

	expert.open("/desk/applications/" + sent.ID)
	expert.signIn("Baurzhan Seitkali")
	expert.unfold("Suspend the application")
	expert.sees("60 days")
	expert.fill("Why it must wait, for the applicant to read", "The court of Ereymentau decides on the plot first.")
	expert.expect(expert.press("Suspend the application"), http.StatusOK)
	expert.sees("The application was suspended", "Suspended applications")
	expert.open("/desk/applications/" + sent.ID)
	expert.sees("Suspended", "The court of Ereymentau decides on the plot first.", "Resume the application")

	expert.press("See the way in the plan")
	expert.sees("The way so far", "Public hearing", "Baurzhan Seitkali", "The court of Ereymentau decides on the plot first.")

	neighbour.press("Continue") // the page lay open
	neighbour.press("Send")
	neighbour.sees("suspended")
	neighbour.open(hearing)
	neighbour.sees("You can answer when it goes on")
	neighbour.misses("What you say")

	applicant.open("/applications/" + sent.ID)
	applicant.signIn("Yerlan Ospanov")
	applicant.sees("has suspended your application until", "The court of Ereymentau decides on the plot first.", "Withdraw")
	must(t, api, "POST", ownPath+sent.ID+"/acts", uuid.NewString(), map[string]any{"action": "resume"}, nil, http.StatusUnprocessableEntity)

	expert.open("/desk/applications/" + sent.ID)
	expert.expect(expert.press("Resume the application"), http.StatusOK)
	expert.sees("The application was resumed")
	applicant.open("/applications/" + sent.ID)
	applicant.sees("Your application goes on")
	neighbour.open(hearing)
	neighbour.fill("What you say", "The cranes breed there in May.")
	neighbour.press("Continue")
	neighbour.press("Send")
	neighbour.sees("Your answer was sent")
}
