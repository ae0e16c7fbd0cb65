package portal_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// wards is a world in which one may apply for Yusuf as his guardian, whom a register proves, and with a paper.
func wards(t *testing.T) (*world, string) {
	t.Helper()
	c, found := catalog.Load(os.DirFS("../../samples/kazakhstan"))
	if found.HasErrors() {
		t.Fatal(found[0].Summary)
	}
	built, found := release.Build(c)
	if found.HasErrors() {
		t.Fatal(found[0].Summary)
	}
	const service = "social.child-care-allowance"
	for _, s := range built.Services {
		if s.Plan.Service != service {
			continue
		}
		p := *s.Plan
		for i := range p.Nodes { // what comes behind the form does not matter here
			if p.Nodes[i].Kind == plan.PayOut {
				p.Nodes[i].Kind = plan.Gate
			}
		}
		w := newWorld(t, &release.Live{Service: service, Authority: p.Authority, PlanDigest: "p:" + service, TextsDigest: "t:" + service, Plan: &p, Texts: s.Texts})
		w.person = &layla
		return w, "/services/" + service + "/behalf"
	}
	t.Fatal("the sample is gone")
	return nil, ""
}

func TestOneAppliesForSomebodyElseInACapacityThatTheServiceHas(t *testing.T) {
	w, path := wards(t)
	w.get(t, "/services/social.child-care-allowance").is(http.StatusOK).has(`a[href="`+path+`"]`, "Apply for somebody else")
	asked := w.get(t, path).is(http.StatusOK).has("main", "Guardian").has("main", "Representative with a power of attorney")
	asked.send(nil, "").is(http.StatusUnprocessableEntity).has("#as-error", "Choose in which capacity").has("#number-error", "national number")
	asked.send(map[string]string{"as": "guardian", "number": layla.NationalNumber}, "").is(http.StatusUnprocessableEntity).has("#number-error", "your own number")
	asked.send(map[string]string{"as": "representative", "number": yusuf.NationalNumber}, "").is(http.StatusUnprocessableEntity).has("#born-error", "date of birth")
	wrong := map[string]string{"as": "representative", "number": yusuf.NationalNumber, "born-day": "3", "born-month": "7", "born-year": "1961"}
	asked.send(wrong, "").is(http.StatusUnprocessableEntity).has("#number-error", "do not belong together")
	wrong["born-day"] = "٢"
	to := asked.send(wrong, "").is(http.StatusSeeOther).to
	form := w.get(t, to).is(http.StatusOK).has(".banner", "Yusuf Hamdan, national number 402345674").has("main", "Power of attorney")
	if form.Find("main").Text() == "" || len(w.book.drafts) != 1 || w.book.drafts[0].Applicant.Behalf.ID != layla.ID {
		t.Fatalf("%+v", w.book.drafts)
	}
	w.person = &yusuf
	w.get(t, to).is(http.StatusNotFound)
	w.get(t, "/applications").is(http.StatusOK).hasNot(`a[href^="/drafts/"]`)
}

func TestWhoIsNotProvedToBeAGuardianIsToldWhyAndSeesNothingOfTheWard(t *testing.T) {
	w, path := wards(t)
	to := w.get(t, path).send(map[string]string{"as": "guardian", "number": yusuf.NationalNumber}, "").is(http.StatusSeeOther).to
	w.get(t, to).is(http.StatusForbidden).has("main", "The register does not know you as the guardian").hasNot("main:contains('Yusuf')")
}

func TestWhatOneRepresentativeWasProvedIsNotAnothers(t *testing.T) {
	w, path := wards(t)
	w.book.known = `{"since":"2024-02-01"}`
	guardian := map[string]string{"as": "guardian", "number": yusuf.NationalNumber}
	w.get(t, w.get(t, path).send(guardian, "").to).is(http.StatusOK)
	w.book.known = ""
	other := layla
	other.ID, other.NationalNumber = uuid.New(), "403456781"
	w.person = &other
	w.get(t, w.get(t, path).send(guardian, "").to).is(http.StatusForbidden)
}
