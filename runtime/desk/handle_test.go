package desk_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// press posts the form of a page whose action ends so, with what the officer writes.
func (s *served) press(who *identity.Person, p page, action string, values ...string) page {
	s.t.Helper()
	form := p.Find("form[method=post][action$='" + action + "']").Last()
	if form.Length() != 1 {
		s.t.Fatalf("no form for %s", action)
	}
	sent := url.Values{}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { sent.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for i := 0; i < len(values); i += 2 {
		sent.Set(values[i], values[i+1])
	}
	r := httptest.NewRequest("POST", form.AttrOr("action", "")+"?lang=en", strings.NewReader(sent.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(who, r)
}

func TestATaskThatSomebodyTookSaysWhoseItIs(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	open := s.get(leila, path(v)+"?lang=en")
	if got := s.press(leila, open, "/claim").want(303); got.header.Get("Location") != path(v) {
		t.Errorf("leads to %q", got.header.Get("Location"))
	}
	s.get(leila, path(v)+"?lang=en").want(200, ".handles", "You work on this task", "#decision", "Your decision")
	s.get(leila, "/desk?lang=en").want(200, "tbody .tag", "Yours")
	s.get(hiba, "/desk?lang=en").want(200, "tbody .tag", "Leila Mansour")
	other := s.get(hiba, path(v)+"?lang=en").want(200, ".decision", "\u2068Leila Mansour\u2069 works on this task until")
	if other.Find("form[action$='/decide'], form[action$='/claim']").Length() > 0 {
		t.Error("somebody else may decide, or take it")
	}
	s.press(leila, s.get(leila, path(v)), "/release").want(303)
	s.get(hiba, path(v)+"?lang=en").want(200, "#decision", "Your decision")
}

func TestWhoStepsAsideSaysWhyAndIsAskedNoMore(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	open := s.get(leila, path(v)+"?lang=en").want(200, ".handles summary", "I must not decide on this application")
	s.press(leila, open, "/recuse").want(422, ".error-summary a[href='#why-recuse']", "Give the reason")
	got := s.press(leila, open, "/recuse", "_comment", "a cousin").want(303)
	if got.header.Get("Location") != "/desk?done=recused&of=D7K2-94QM" {
		t.Errorf("leads to %q", got.header.Get("Location"))
	}
	after := s.get(leila, path(v)+"?lang=en").want(200, ".decision", "You have stepped aside")
	if after.Find("form[action$='/decide']").Length() > 0 {
		t.Error("there is something to decide")
	}
}

func TestAPanelShowsWhoHasVotedAndNotHow(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	v.Tasks[0].Panel, v.Tasks[0].Voted = &application.Panel{Members: 3, Quorum: 2, Minutes: true}, 1
	v.Votes = []application.Vote{{Node: "review", Visit: 1, Actor: leila.ID, At: now}}
	voted := s.get(leila, path(v)+"?lang=en").want(200, ".decision", "You have voted already", ".columns__main", "Leila Mansour", ".columns__main", "Hiba Qasem")
	if voted.Find("form[action$='/claim']").Length() > 0 {
		t.Error("a member may take the task")
	}
	s.get(hiba, path(v)+"?lang=en").want(200, "#decision h2", "Your vote", "#decision", "1 of 3 members have voted", "#decision button", "Cast your vote")
	later := now.Add(48 * time.Hour)
	v.Tasks[0].From = &later
	s.get(hiba, path(v)+"?lang=en").want(200, ".decision", "Nobody can decide before")
	v.Tasks[0].ClosedAt, v.Tasks[0].Outcome = &now, "approve"
	v.Votes = []application.Vote{{Node: "review", Visit: 1, Actor: leila.ID, At: now, Action: "approve", Remark: "well kept"}, {Node: "review", Visit: 1, Actor: hiba.ID, At: now, Action: "approve"}}
	s.get(hiba, path(v)+"?lang=en").want(200, ".columns__main", "Approve: 2", ".columns__main .words", "well kept")
}

func TestASubstituteIsNamedForAPeriod(t *testing.T) {
	s := serve(t)
	open := s.get(leila, "/desk/absence?lang=en").want(200, "h1", "Substitutes", "select[name=_colleague]", "Hiba Qasem")
	if open.Find("select[name=_colleague] option[value='"+nurse.ID.String()+"'], select[name=_colleague] option[value='"+leila.ID.String()+"']").Length() > 0 {
		t.Error("another authority's officer, or the officer, is offered")
	}
	days := func(last string) []string {
		return []string{"_role", licensing, "_colleague", hiba.ID.String(), "_since-day", "1", "_since-month", "12", "_since-year", "2026", "_until-day", last, "_until-month", "12", "_until-year", "2026"}
	}
	s.press(leila, open, "/desk/absence", days("")...).want(422, ".error-summary a[href='#_until']", "Write a day")
	s.press(leila, open, "/desk/absence", append(days("24"), "_role", "transport:operator")...).want(422, ".error-summary", "one of your own roles")
	s.press(leila, open, "/desk/absence", days("24")...).want(303)
	if len(s.delegated) != 1 || s.delegated[0].To != hiba.ID || s.delegated[0].Until.Sub(s.delegated[0].Since) != 24*24*time.Hour {
		t.Fatalf("%+v", s.delegated)
	}
	if last := s.audit[len(s.audit)-1]; last.Action != "delegate" || last.Authority != "transport" {
		t.Errorf("audit %+v", last)
	}
	given := s.get(leila, "/desk/absence?lang=en").want(200, ".stand-in", "Hiba Qasem", ".stand-in", "24 December 2026")
	s.get(hiba, "/desk/absence?lang=en").want(200, ".stand-in", "Leila Mansour")
	s.press(hiba, given, "/end").want(404)
	s.press(leila, given, "/end").want(303)
	if len(s.delegated) != 0 {
		t.Error("it still holds")
	}
}

func TestASubstituteDecidesOnBehalfOfAColleague(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	substitute := *amin
	substitute.Capacities, substitute.Delegated = []string{licensing, operator}, map[string]uuid.UUID{licensing: leila.ID}
	s.get(&substitute, path(v)+"?lang=en").want(200, "#decision", "You decide as a substitute: \u2068Licensing officer\u2069")
	s.get(&substitute, "/desk?lang=en").want(200, "tbody", "As a substitute")
	if got := s.get(&substitute, "/desk/absence?lang=en"); got.Find("input[name=_role][value='"+licensing+"']").Length() > 0 {
		t.Error("what was delegated can be passed on")
	}
}

func TestWhatHasEndedIsReopenedWithAReason(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	v.Status, v.Outcome, v.Tasks = application.Ended, "refused", nil
	if got := s.get(leila, path(v)+"?lang=en").want(200); got.Find("form[action$='/reopen']").Length() > 0 {
		t.Error("it is offered where it may not be")
	}
	v.Anytime = []string{application.Reopen}
	open := s.get(leila, path(v)+"?lang=en").want(200, ".handles", "Reopen the application", ".handles", "goes back to")
	bare := s.press(leila, open, "/reopen").want(422, "#why-reopen-error", "Give the reason")
	done := s.press(leila, bare, "/reopen", "_comment", "The proof was overlooked.").want(303)
	if to := done.header.Get("Location"); to != "/desk?done=reopen&of=D7K2-94QM" {
		t.Errorf("then the officer is at %s", to)
	}
	s.get(leila, "/desk?done=reopen&of=D7K2-94QM&lang=en").want(200, ".banner--success", "reopened")
	v.Anytime = nil // its time passes while the page is open
	s.press(leila, open, "/reopen", "_comment", "Too late.").want(409, ".banner--warning", "not possible any more", ".columns__aside", "Too late.")
	for _, a := range s.acts {
		if a.Action != application.Reopen || a.Comment != "The proof was overlooked." {
			t.Errorf("%+v", a)
		}
	}
}

func TestAnApplicationIsSuspendedWithAReasonAndResumed(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	pl := *renewal
	pl.Suspend = &plan.Suspend{Role: "licensing-officer", For: plan.Span{Count: 90, Unit: "days"}, Times: 1}
	s.plan = &pl
	v.Anytime = []string{application.Suspend}
	open := s.get(leila, path(v)+"?lang=en").want(200, ".handles", "Suspend the application", ".handles", "90 days")
	bare := s.press(leila, open, "/suspend").want(422, "#why-suspend-error", "Give the reason")
	s.press(leila, bare, "/suspend", "_comment", "A court decides first.").want(303)
	for _, a := range s.acts {
		if a.Action != application.Suspend || a.Comment != "A court decides first." {
			t.Errorf("%+v", a)
		}
	}
	until := now.AddDate(0, 0, 90)
	v.Anytime, v.SuspendedUntil = []string{application.Resume}, &until
	v.Timeline = append(v.Timeline, application.Event{At: now, Kind: "suspended", Actor: "officer", Comment: "A court decides first."})
	still := s.get(leila, path(v)+"?lang=en").want(200, ".tag", "Suspended", "main", "Nobody decides on it until it is resumed", ".timeline", "A court decides first.", ".handles", "Resume the application")
	if still.Find("form[action$='/decide']").Length() > 0 {
		t.Error("a decision is offered")
	}
	s.get(leila, "/desk?lang=en").want(200, "caption", "Suspended applications", "tbody", "D7K2-94QM")
	s.press(leila, still, "/resume").want(303)
}

func TestTheWayOfAnApplicationIsShownInThePictureAndInWords(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	v.Timeline = append(v.Timeline, application.Event{At: now, Kind: "entered", Step: "licence", Visit: 1, Actor: "system"},
		application.Event{At: now, Kind: "done", Step: "licence", Visit: 1, Outcome: "sendBack", Actor: "officer", Comment: "The photo is <b>old</b>."})
	s.get(leila, path(v)+"?lang=en").want(200, "a[href$='/path']", "See the way in the plan")
	page := s.get(leila, path(v)+"/path?lang=en").want(200, "h1", "The way so far", "tbody", "The photo is <b>old</b>.", "tbody", "Leila Mansour", "tbody", "Came to this step")
	if page.Find(".picture svg [data-key=licence]").Length() != 1 || page.Find("tbody b").Length() != 0 {
		t.Error("the picture lacks the step, or a comment is not written as text")
	}
	if last := s.audit[len(s.audit)-1]; last.Action != "read" || last.Detail["page"] != "path" {
		t.Errorf("audit %+v", last)
	}
	s.get(amin, path(v)+"/path").want(200)
}
