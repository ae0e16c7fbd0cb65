package review_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/designer/review"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
)

func at(ch *change.Change) string { return fmt.Sprintf("/designer/changes/%d", ch.Number) }

func TestAReviewerSeesWhatAChangeDoes(t *testing.T) {
	w := serve(t)
	ch, _ := w.proposed()
	p := w.get(w.rami, at(ch)+"/review")
	if p.status != http.StatusOK || !strings.Contains(p.Find("h1").Text(), ch.Words.Title) {
		t.Fatalf("status %d: %s", p.status, p.Find("h1").Text())
	}
	if first := p.Find("#changes .change-group h4").First(); !first.HasClass("change-money") {
		t.Errorf("the first thing that is told is %q", first.Text())
	}
	told := p.Find("#changes .change-list").Text()
	for _, want := range []string{"licencePerYear", "glasses", "250.00", "225.00"} {
		if !strings.Contains(told, want) {
			t.Errorf("what changes does not say %s: %s", want, told)
		}
	}
	forms := p.Find("#service-1 fieldset.citizen")
	if forms.Length() != 2 || forms.Eq(0).Find(".mark--added").Length() != 0 || !strings.Contains(forms.Eq(1).Find(".mark--added legend, .mark--added label").Text(), "Do you wear glasses") {
		t.Errorf("%d forms: %s", forms.Length(), forms.Find(".mark").Text())
	}
	if n := p.Find(`#service-1 .picture [data-mark=moved]`).Length(); n != 1 {
		t.Errorf("%d boxes say that they have moved", n)
	}
	if n := p.Find(`#service-1 .picture [data-mark=changed]`).Length(); n != 1 {
		t.Errorf("%d boxes say that they have changed", n)
	}
	fees := p.Find("#service-1 table").First()
	if row := fees.Find("tbody tr").First().Text(); !strings.Contains(row, "250.00") || !strings.Contains(row, "225.00") || !strings.Contains(row, "25.00") {
		t.Errorf("the first example is %q", row)
	}
	text := p.Find("#texts .text-file").FilterFunction(func(_ int, s *selection) bool { return strings.Contains(s.Find("summary").Text(), tariff) })
	if text.Find(".text-minus code").Text() != "  licencePerYear: 50.00 ILS" || text.Find(".text-plus code").Text() != "  licencePerYear: 45.00 ILS" {
		t.Errorf("the text is %q", text.Find("code").Text())
	}
	why := p.Find(".review-why dt").Text()
	for _, want := range []string{"Finance", "rules", "data"} {
		if !strings.Contains(why, want) {
			t.Errorf("who must look is %q", why)
		}
	}
	ids := map[string]int{}
	p.Find("[id]").Each(func(_ int, s *selection) {
		id, _ := s.Attr("id")
		if ids[id]++; ids[id] == 2 {
			t.Errorf("two elements are %q", id)
		}
	})
}

func TestAReviewerSeesHowPastApplicationsWouldHaveGone(t *testing.T) {
	w := serve(t)
	ch, proposal := w.proposed()
	if len(w.replayed) != 1 || w.replayed[0].Service != renewal || len(proposal.Checks.Replays) != 1 {
		t.Fatalf("asked of %d services: %+v", len(w.replayed), proposal.Checks.Replays)
	}
	p := w.get(w.rami, at(ch)+"/review")
	if row := words(p.Find("#replay tbody tr").First().Text()); !strings.Contains(row, "Driving licence renewal10and 2 that were not worked out7330 %43") {
		t.Errorf("the row is %q", row)
	}
	told := words(p.Find("#replay details").Text())
	for _, want := range []string{
		"What was done at “A look by a licensing officer” would be refused: there is no such decision2",
		"It would have ended otherwise: refused, not document issued1", "It waits at a step that is gone, or is of another kind now: Review by a licensing officer1",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("%q does not say %q", told, want)
		}
	}
	if p := w.get(w.rami, at(ch)+"/review?lang=ar"); !strings.Contains(p.Find("#replay details").Text(), "لا قرار كهذا") {
		t.Errorf("in Arabic: %q", p.Find("#replay details").Text())
	}
}

// words are those of a text with one space between them, without the marks that keep directions apart.
func words(text string) string {
	return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(strings.Join(strings.Fields(text), " "))
}

func TestWhoMayReadAReview(t *testing.T) {
	w := serve(t)
	ch, _ := w.proposed()
	for who, want := range map[*identity.Person]int{nil: http.StatusSeeOther, w.leila: 200, w.nour: 200, w.sami: http.StatusForbidden, {ID: uuid.New()}: http.StatusForbidden} {
		if p := w.get(who, at(ch)+"/review"); p.status != want {
			t.Errorf("%+v: status %d", who, p.status)
		}
	}
	w.view.Tasks[0].Role = w.sami.Capacities[0] // whoever is asked reads what about, and remarks on it
	if p := w.get(w.sami, at(ch)+"/review"); p.status != http.StatusOK || p.Find("#decision").Length() != 1 || p.Find(".say").Length() == 0 {
		t.Errorf("status %d", p.status)
	}
	if p := w.get(w.rami, "/designer/changes/999/review"); p.status != http.StatusNotFound {
		t.Errorf("a change that is not there: status %d", p.status)
	}
	if p := w.get(w.rami, at(ch)+"/review?proposal=7"); p.status != http.StatusNotFound {
		t.Errorf("a version that is not there: status %d", p.status)
	}
}

func TestOnlyWhoIsAskedDecides(t *testing.T) {
	w := serve(t)
	ch, proposal := w.proposed()
	for who, want := range map[*identity.Person]string{w.leila: "your own change", w.omar: "You have edited this change", w.nour: ""} {
		p := w.get(who, at(ch)+"/review")
		if said := p.Find(".decision").Text(); p.Find("#decision").Length() != 0 || !strings.Contains(said, want) || want == "" && said != "" {
			t.Errorf("%s is told %q", who.Name["en"], said)
		}
	}
	p := w.get(w.rami, at(ch)+"/review")
	body := url.Values{}
	p.Find("#decision input[type=hidden]").Each(func(_ int, s *selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		body.Set(name, value)
	})
	if body.Get("digest") != proposal.Digest || body.Get("revision") != "3" {
		t.Fatalf("%v", body)
	}
	if p := w.post(w.nour, at(ch)+"/decide", body); p.status != http.StatusNotFound || len(w.acts) > 0 {
		t.Errorf("somebody else decided: status %d", p.status)
	}
	for _, wrong := range []url.Values{{"action": {"publish"}}, {"action": {"sendBack"}}, {"action": {"refuse"}, "comment": {strings.Repeat("x", 5000)}}} {
		for name := range body {
			wrong.Set(name, body.Get(name))
		}
		if p := w.post(w.rami, at(ch)+"/decide", wrong); p.status != http.StatusUnprocessableEntity || p.Find(".error-summary").Length() != 1 || len(w.acts) > 0 {
			t.Errorf("%s: status %d", wrong.Get("action"), p.status)
		}
	}
	body.Set("action", "refuse")
	body.Set("comment", "The law says otherwise")
	confirm := w.post(w.rami, at(ch)+"/decide", body)
	if value, _ := confirm.Find("input[name=comment]").Attr("value"); confirm.status != http.StatusOK || value != "The law says otherwise" || len(w.acts) > 0 {
		t.Errorf("refused without being asked again: status %d", confirm.status)
	}
	body.Set("action", "approve")
	if p := w.post(w.rami, at(ch)+"/decide", body); p.status != http.StatusSeeOther || len(w.acts) != 1 || w.acts[0].Action != "approve" || w.acts[0].Revision != 3 || w.acts[0].Task != w.view.Tasks[0].ID {
		t.Errorf("status %d, %+v", p.status, w.acts)
	}
	if last := w.audited[len(w.audited)-1]; last.Action != "act" || last.Actor != w.rami.ID.String() || last.Detail["action"] != "approve" {
		t.Errorf("the audit says %+v", last)
	}
	w.code = "revision"
	p = w.post(w.rami, at(ch)+"/decide", body)
	if p.status != http.StatusConflict || !strings.Contains(p.Find(".banner").Text(), "was not taken") || p.Find("#comment").Text() != "The law says otherwise" {
		t.Errorf("status %d: %q, %q", p.status, p.Find(".banner").Text(), p.Find("#comment").Text())
	}
}

// What was proposed anew is not approved by a page of before.
func TestADecisionIsAboutWhatWasLookedAt(t *testing.T) {
	w := serve(t)
	ch, first := w.proposed()
	w.state = change.RouteState{Returned: true}
	w.edit(w.leila, ch.Number, licence, "promised: 3 working days", "promised: 4 working days")
	second, err := w.changes.Propose(t.Context(), w.leila, ch.Number)
	if err != nil {
		t.Fatal(err)
	}
	task := w.view.Tasks[0]
	body := url.Values{"task": {task.ID.String()}, "revision": {"3"}, "key": {"k"}, "digest": {first.Digest}, "action": {"approve"}}
	if p := w.post(w.rami, at(ch)+"/decide", body); p.status != http.StatusConflict || len(w.acts) > 0 || !strings.Contains(p.Find(".banner").Text(), "proposed anew") {
		t.Errorf("status %d, %+v", p.status, w.acts)
	}
	old := w.get(w.rami, at(ch)+"/review?proposal=1")
	if old.Find("#decision").Length() != 0 || !strings.Contains(old.Find(".decision").Text(), "latest version") || strings.Contains(old.Find("#changes").Text(), "4 working days") {
		t.Error("an earlier version is decided on")
	}
	since := w.get(w.rami, at(ch)+"/review?proposal=2&since=1")
	if items := since.Find("#changes .change-list > li"); items.Length() != 1 || !strings.Contains(items.Text(), "4 working days") || since.Find("#decision").Length() != 0 {
		t.Errorf("since the first version: %s", items.Text())
	}
	body.Set("digest", second.Digest)
	if p := w.post(w.rami, at(ch)+"/decide", body); p.status != http.StatusSeeOther || len(w.acts) != 1 {
		t.Errorf("status %d", p.status)
	}
}

func TestRemarksStandBesideWhatTheyAreAbout(t *testing.T) {
	w := serve(t)
	ch, _ := w.proposed()
	p := w.get(w.nour, at(ch)+"/review")
	fee := p.Find("#changes .change-list > li").First()
	body := url.Values{"text": {"Why so much less?"}}
	fee.Find(".say input[type=hidden]").Each(func(_ int, s *selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		body.Add(name, value)
	})
	said := w.post(w.nour, at(ch)+"/remarks", body)
	_, id, found := strings.Cut(said.header.Get("Location"), "#remark-")
	if said.status != http.StatusSeeOther || !found {
		t.Fatalf("status %d to %q", said.status, said.header.Get("Location"))
	}
	for _, more := range []url.Values{
		{"answers": {id}, "text": {"Because\nthe law says so"}}, {"path": {tariff}, "line": {"8"}, "text": {"This line"}}, {"path": {tariff}, "text": {"This file"}}, {"text": {"All of it"}},
		{"path": {"services/transport/gone.yaml"}, "text": {"What is no longer part of it"}},
	} {
		if p := w.post(w.leila, at(ch)+"/remarks", more); p.status != http.StatusSeeOther {
			t.Errorf("%v: status %d", more, p.status)
		}
	}
	p = w.get(w.nour, at(ch)+"/review")
	for place, want := range map[string]string{
		"#changes .change-list > li:first-of-type .remark": "Why so much less?", "#changes .remark__answer": "Because", "#texts .text-remark .remark": "This line",
		"#texts details > .remark": "This file", "#remarks .remark": "All of it",
	} {
		if got := p.Find(place).Text(); !strings.Contains(got, want) {
			t.Errorf("%s says %q", place, got)
		}
	}
	if n := p.Find(".remark").Length(); n != 5 {
		t.Errorf("%d threads are shown", n)
	}
	if p := w.post(w.nour, at(ch)+"/remarks", url.Values{"text": {" "}}); p.status != http.StatusUnprocessableEntity || p.Find(".error-summary").Length() != 1 {
		t.Errorf("an empty remark: status %d", p.status)
	}
	for name, wrong := range map[string]url.Values{"a line that is none": {"path": {tariff}, "line": {"-3"}, "text": {"x"}}, "an answer to nothing": {"answers": {"x"}, "text": {"x"}}, "a file that is none": {"path": {"../go.mod"}, "text": {"x"}}} {
		if p := w.post(w.nour, at(ch)+"/remarks", wrong); p.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, p.status)
		}
	}
	if p := w.post(w.sami, at(ch)+"/remarks", url.Values{"text": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("an officer of something else: status %d", p.status)
	}
	settle := at(ch) + "/remarks/" + id + "/settle"
	if p := w.post(w.rami, settle, nil); p.status != http.StatusNotFound {
		t.Errorf("settled by somebody else: status %d", p.status)
	}
	if p := w.post(w.leila, settle, nil); p.status != http.StatusSeeOther {
		t.Errorf("status %d", p.status)
	}
	if got := w.get(w.nour, at(ch)+"/review").Find("#remark-" + id); !got.HasClass("remark--settled") || got.Find("form").Length() != 0 {
		t.Errorf("%s", got.Text())
	}
}

func TestADraftIsShownAsItStands(t *testing.T) {
	w := serve(t)
	ch := w.drafted()
	p := w.get(w.leila, at(ch)+"/review")
	if p.status != http.StatusOK || !strings.Contains(p.Find(".review-head").Text(), "draft") || !strings.Contains(p.Find("#changes").Text(), "glasses") {
		t.Errorf("status %d: %s", p.status, p.Find(".review-head").Text())
	}
	w.edit(w.leila, ch.Number, licence, "service: transport", "service: [transport")
	if p := w.get(w.leila, at(ch)+"/review"); p.status != http.StatusOK || p.Find("#checks .finding--error").Length() == 0 {
		t.Errorf("a draft that cannot be read: status %d", p.status)
	}
}

func TestALegalReviewerRemarksAndReturns(t *testing.T) {
	w := serve(t)
	ch, _ := w.proposed()
	const legal = "platform:legal-reviewer"
	lawyer, other := w.person("سناء جبر", "Sana Jabr", legal), w.person("وليد قاسم", "Walid Qasim", legal)
	remark := url.Values{"path": {tariff}, "place": {"line", "8"}, "text": {"The law names another amount"}}
	if p := w.post(lawyer, at(ch)+"/remarks", remark); p.status != http.StatusForbidden {
		t.Errorf("who is not asked remarks: %d", p.status)
	}
	task := &w.view.Tasks[0]
	task.Step, task.Role = "legal", legal
	w.view.Recused = append(w.view.Recused, other.ID)
	p := w.get(lawyer, at(ch)+"/review")
	if p.status != http.StatusOK || p.Find(".say").Length() == 0 || p.Find("#decision").Length() != 1 {
		t.Fatalf("status %d, %d forms for remarks", p.status, p.Find(".say").Length())
	}
	said := w.post(lawyer, at(ch)+"/remarks", remark)
	_, id, found := strings.Cut(said.header.Get("Location"), "#remark-")
	if said.status != http.StatusSeeOther || !found {
		t.Fatal(said.status)
	}
	p = w.get(lawyer, at(ch)+"/review")
	if one := p.Find("#remark-" + id); !strings.Contains(one.Text(), "Sana Jabr") || one.Find("form[action$=settle]").Length() != 1 {
		t.Errorf("%s", one.Text())
	}
	if p := w.get(w.leila, at(ch)+"/review"); !strings.Contains(p.Find("#remark-"+id).Text(), "another amount") {
		t.Error("the author does not see it")
	}
	// One who has a part in it may look, and not remark; strangers see nothing.
	if p := w.get(other, at(ch)+"/review"); p.status != http.StatusOK || p.Find(".say").Length() != 0 {
		t.Errorf("status %d, %d forms", p.status, p.Find(".say").Length())
	}
	for _, who := range []*identity.Person{other, w.sami} {
		for _, form := range []url.Values{remark, {"text": {" "}}} {
			if p := w.post(who, at(ch)+"/remarks", form); p.status == http.StatusSeeOther || who == w.sami && p.status != http.StatusForbidden {
				t.Errorf("%s remarks: %d", who.Name["en"], p.status)
			}
		}
	}
	form := url.Values{"action": {"sendBack"}, "comment": {"See the remark"}}
	p.Find("#decision input[type=hidden]").Each(func(_ int, s *selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	if p := w.post(lawyer, at(ch)+"/decide", form); p.status != http.StatusSeeOther || len(w.acts) != 1 || w.acts[0].Action != "sendBack" {
		t.Errorf("%d %+v", p.status, w.acts)
	}
}

func TestTheHistoryOfAServiceSaysWhoAndWhy(t *testing.T) {
	w := serve(t)
	ch, proposal := w.proposed()
	w.asked[0].Open, w.asked[0].By, w.asked[0].Outcome = false, w.rami.ID, "approve"
	if _, err := w.changes.Publish(t.Context(), ch.Number, proposal.Digest); err != nil {
		t.Fatal(err)
	}
	p := w.get(w.nour, "/designer/services/"+renewal+"/history")
	entries := p.Find(".history__entry")
	if p.status != http.StatusOK || entries.Length() != 2 {
		t.Fatalf("status %d, %d entries", p.status, entries.Length())
	}
	newest := entries.First().Text()
	for _, want := range []string{ch.Words.Title, "Leila Mansour", "The council has decided so", "Decision 12 of 2026", "Rami Odeh", "glasses", "licencePerYear"} {
		if !strings.Contains(newest, want) {
			t.Errorf("the newest does not say %q: %s", want, newest)
		}
	}
	if href, _ := entries.First().Find("h2 a").Attr("href"); href != at(ch)+"/review" {
		t.Errorf("it leads to %q", href)
	}
	if last := entries.Last().Text(); !strings.Contains(last, "came with this publication") {
		t.Errorf("the first says %q", last)
	}
	if p := w.get(w.nour, "/designer/services/transport.none/history"); p.status != http.StatusNotFound {
		t.Errorf("a service that is not there: status %d", p.status)
	}
	if p := w.get(w.sami, "/designer/services/"+renewal+"/history"); p.status != http.StatusForbidden {
		t.Errorf("an officer of something else: status %d", p.status)
	}
	if p.Find("a[href='"+movePage+"']").Length() != 1 || w.get(w.rami, at(ch)+"/review").Find("a[href='"+movePage+"']").Length() != 1 {
		t.Error("neither its history nor the change that is live leads to the open applications")
	}
	if done := w.get(w.rami, at(ch)+"/review"); done.Find("#decision, .say").Length() != 0 {
		t.Error("what is over can still be decided, or remarked on")
	}
}

// A member of a panel votes: the page says how far the panel is, that a vote does not yet do what the decision does, and does not ask anybody twice. What
// the route calls its decisions is what the buttons say.
func TestAMemberOfAPanelVotesOnce(t *testing.T) {
	w := serve(t)
	ch, _ := w.proposed()
	task := &w.view.Tasks[0]
	task.Step, task.Node, task.Visit = "commission", "commission", 2
	task.Panel, task.Voted = &application.Panel{Members: 3, Quorum: 2, Tie: "sendBack"}, 1
	w.view.Votes = []application.Vote{{Node: "commission", Visit: 1, Actor: w.rami.ID, Seat: w.rami.ID}} // of the proposal before
	w.asked = []review.Asked{{Step: "commission", Title: map[string]string{"en": "Commission"}, Open: true, At: task.OpenedAt, Decisions: map[string]map[string]string{"sendBack": {"en": "Ask for another draft"}}}}

	decision := w.get(w.rami, at(ch)+"/review").Find("#decision")
	for _, want := range []string{"1 of 3 members have voted", "Cast your vote", "Ask for another draft", "Approve"} {
		if !strings.Contains(decision.Text(), want) {
			t.Errorf("the vote does not say %q: %s", want, decision.Text())
		}
	}
	if strings.Contains(decision.Text(), "The change ends") {
		t.Error("a vote is said to end the change")
	}
	form := url.Values{"action": {"refuse"}, "comment": {"No basis in law"}}
	decision.Find("input[type=hidden]").Each(func(_ int, s *selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	if p := w.post(w.rami, at(ch)+"/decide", form); p.status != http.StatusSeeOther || len(w.acts) != 1 || w.acts[0].Action != "refuse" {
		t.Errorf("a vote is not taken: %d %+v", p.status, w.acts)
	}
	w.code = "voted"
	if p := w.post(w.rami, at(ch)+"/decide", form); p.status != http.StatusConflict || !strings.Contains(p.Text(), "You have voted already") {
		t.Errorf("a second vote: %d", p.status)
	}
	w.view.Votes = append(w.view.Votes, application.Vote{Node: "commission", Visit: 2, Actor: w.rami.ID, Seat: w.rami.ID})
	if p := w.get(w.rami, at(ch)+"/review"); p.Find("#decision").Length() != 0 || !strings.Contains(p.Find(".decision").Text(), "You have voted") {
		t.Errorf("who has voted is asked again: %s", p.Find(".decision").Text())
	}
	w.view.Votes = nil
	from := time.Now().Add(time.Hour)
	if task.From = &from; w.get(w.rami, at(ch)+"/review").Find("#decision").Length() != 0 {
		t.Error("who may vote in an hour is asked now")
	}
}
