package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
)

// ended is an application with a paper.
func (w *world) ended(reference string) *application.View {
	v := w.add(reference, licensing)
	v.Status, v.Outcome, v.EndedAt, v.Tasks = application.Ended, "issued", &now, nil
	return v
}

func TestAPaperIsSuspendedByTwoOfficersAndHoldsAgain(t *testing.T) {
	s := serve(t)
	v := s.ended("K9K8-21AB")
	at := path(v)
	if got := s.get(salwa, at+"?lang=en").want(200, "main", "DL-2026-000001"); got.Find("form[action$='/holds']").Length() > 0 {
		t.Error("an auditor may suspend papers")
	}
	s.submit(salwa, at+"/holds", "_paper", "abc234", "_action", "paper-hold", "_reason", "because").want(403)
	s.get(leila, at+"?lang=en").want(200, "main", "Suspend this paper", "label[for=hold-abc234]", "Why is it to be suspended?")
	s.submit(leila, at+"/holds?lang=en", "_paper", "abc234", "_action", "paper-hold", "_reason", " ").want(422, ".error-summary a[href='#hold-abc234']", "Write why", "details[open]", "Suspend this paper")
	s.submit(leila, at+"/holds", "_paper", "abc234", "_action", "paper-burn", "_reason", "why").want(404)
	s.submit(leila, at+"/holds", "_paper", "zzz", "_action", "paper-hold", "_reason", "why").want(404)
	s.submit(leila, at+"/holds", "_paper", "abc234", "_action", "paper-hold", "_reason", "The photograph is another person's").want(303)
	hold := at + "/holds/" + s.holds[0].ID.String()
	if got := s.get(leila, at+"?lang=en").want(200, ".banner", "Leila Mansour", ".banner", "another person's", "main", "Withdraw my proposal"); strings.Contains(got.Find("form[action*='/holds/']").Text(), "Suspend the paper") {
		t.Error("who has proposed it can approve it")
	}
	s.submit(leila, hold, "_action", "approve").want(403)
	s.submit(hiba, hold, "_action", "perhaps").want(404)
	s.submit(nurse, hold, "_action", "approve").want(404)
	s.get(hiba, "/desk?lang=en").want(200, "a[href='/desk/papers']", "Suspended papers")
	s.get(hiba, "/desk/papers?lang=en").want(200, "tbody a[href='"+at+"']", "DL-2026-000001", "tbody", "another person's")
	s.get(nurse, "/desk/papers?lang=en").want(200, "main", "Nothing waits")
	s.submit(hiba, hold, "_action", "approve").want(303)
	s.get(hiba, at+"?lang=en").want(200, "main", "Lift the suspension")
	s.submit(hiba, at+"/holds", "_paper", "abc234", "_action", "paper-release", "_reason", "It is the holder").want(303)
	hold = at + "/holds/" + s.holds[1].ID.String()
	s.turned = true
	s.submit(leila, hold+"?lang=en", "_action", "approve").want(409, ".banner", "Decline the proposal")
	s.submit(leila, hold, "_action", "decline").want(303)
	for _, action := range []string{"paper-hold-proposed", "paper-hold-decided", "paper-release-proposed", "paper-release-decided"} {
		if !slices.ContainsFunc(s.audit, func(e audit.Entry) bool { return e.Action == action }) {
			t.Errorf("%s is not in the audit", action)
		}
	}
}
