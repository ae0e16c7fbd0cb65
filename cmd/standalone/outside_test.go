package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// births is the catalogue of Kazakhstan with people and rows of its own. The confirmation of a place in a kindergarten has tests of its own; here
// the birth waits until the place is found, and then for nothing else: the allowance is paid out beside it.
func births(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := copyFolder("../../samples/kazakhstan", dir); err != nil {
		t.Fatal(err)
	}
	edit := func(file string, change func(string) string) {
		path := filepath.Join(dir, file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		after := change(string(b))
		if after == string(b) {
			t.Fatalf("nothing was changed in %s", file)
		}
		if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("services/education/kindergarten-queue.yaml", func(s string) string {
		s = regexp.MustCompile(`(?s)  - step: confirm\n.*?  - step: papers\n`).ReplaceAllString(s, "  - step: papers\n")
		return regexp.MustCompile(`(?s)\nscenarios:\n.*`).ReplaceAllString(s, `
scenarios:
  - scenario: a place is found
    on: 2026-11-23
    form: {child: "261120500001", privilege: none}
    answers: {education/queue: {number: 118}}
    events: [{after: 300 days, event: education.place-offered, about: "261120500001", gives: {kindergarten: Балапан}}]
    expect: {path: [queue, offer, referral], end: issued}
`)
	})
	edit("services/civil/birth-proactive.yaml", func(s string) string {
		return strings.Replace(s, "    with: {child: record.child, privilege: form.privilege}\n", "    with: {child: record.child, privilege: form.privilege}\n    wait: true\n    within: {7 years: escalate}\n", 1)
	})
	for file, text := range map[string]string{
		"sample/people.yaml": `people:
  - {person: mother, name: {kk: Дана Сәрсенова, ru: Дана Сарсенова, en: Dana Sarsenova}, nationalNumber: "402345678", birthDate: 1990-05-05, sex: female}
  - {person: other, name: {kk: Айгүл Бекова, ru: Айгуль Бекова, en: Aigul Bekova}, nationalNumber: "403456789", birthDate: 1996-09-30, sex: female}
  - {person: clerk, name: {kk: Жанар Мұратова, ru: Жанар Муратова, en: Zhanar Muratova}, nationalNumber: "409012345", birthDate: 1992-07-14, sex: female, authority: one-stop, roles: ["one-stop:counter-clerk"]}
`,
		"sample/registries/civil.yaml": `registry: civil
operations:
  - operation: birth-notice
    arguments: [number]
    rows:
      - {match: {number: BN-7}, answer: {mother: "402345678", bornOn: 2026-11-20, sex: male}}
  - operation: register-birth
    arguments: [notice, name, mother]
    rows:
      - {match: {notice: BN-7, name: Айсұлтан, mother: "402345678"}, answer: {record: A-43, child: "261120500001"}}
  - operation: children-of
    arguments: [parent]
    rows:
      - {match: {parent: "402345678"}, answer: {count: 1}}
`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// system is a caller with a token that a system takes by its secret.
func (p *product) system(t *testing.T, client string) *caller {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(p.data, "secrets", "events"))
	if err != nil {
		t.Fatal(err)
	}
	return p.signedIn(t, neturl.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {strings.TrimSpace(string(secret))}})
}

// tell sends an event in structured mode.
func (c *caller) tell(id, kind string, data map[string]any) (status int) {
	c.t.Helper()
	body, err := json.Marshal(map[string]any{"specversion": "1.0", "id": id, "source": "/test", "type": kind, "data": data})
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+"/api/v1/events", bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/cloudevents+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

func TestABirthIsToldTheMotherAgreesAndTheChildIsOnTheQueueUntilAPlaceIsOffered(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), births(t))
	civil, education, mother, other := p.system(t, "events.civil"), p.system(t, "events.education"), p.as(t, "mother"), p.as(t, "other")
	born := map[string]any{"notice": "BN-7", "mother": "402345678", "bornOn": "2026-11-20", "sex": "male"}
	for _, c := range []struct {
		from *caller
		kind string
		data map[string]any
		want int
	}{
		{mother, "civil.birth-recorded", born, 403}, {education, "civil.birth-recorded", born, 403}, {&caller{t: t, url: p.url}, "civil.birth-recorded", born, 401},
		{civil, "civil.unheard-of", born, 422}, {civil, "civil.birth-recorded", map[string]any{"mother": 7}, 422},
		{civil, "civil.birth-recorded", born, 202}, {civil, "civil.birth-recorded", born, 202},
	} {
		if got := c.from.tell("born-1", c.kind, c.data); got != c.want {
			t.Fatalf("%s: %d, not %d", c.kind, got, c.want)
		}
	}

	dana := p.visit(t, uitest.Browser(t), "en", false)
	dana.open("/applications")
	dana.signIn("Dana Sarsenova")
	dana.reloads("Waiting for your consent")
	dana.press("Birth of a child")
	dana.sees("Nothing is sent before you have looked through it")
	dana.press("Look through and agree")
	if got := dana.value("Number of the birth notice"); got != "BN-7" {
		t.Fatalf("the notice is %q", got)
	}
	dana.fill("Name of the child", "Айсұлтан")
	dana.choose("None")
	dana.fill("Account for the allowance", "KZ86125KZT5004100100")
	dana.choose("I agree to all three services")
	dana.press("Continue")
	dana.press("Send the application")
	dana.reloads("Kindergarten queue")
	id := strings.TrimPrefix(dana.path(), "/applications/")
	mother.await(t, id, "it waits for the kindergarten", func(a seen) bool { return a.Step == "kindergarten" && len(a.Documents) == 1 })
	if status, _ := other.call("GET", ownPath+id, "", nil, nil); status != http.StatusNotFound {
		t.Errorf("somebody else's application answers %d", status)
	}
	var mine struct {
		Items []struct{ ID, Service string }
	}
	must(t, mother, "GET", "/api/v1/applications", "", nil, &mine, http.StatusOK)
	at := slices.IndexFunc(mine.Items, func(a struct{ ID, Service string }) bool { return a.Service == "education.kindergarten.queue" })
	if len(mine.Items) != 2 || at < 0 {
		t.Fatalf("%+v", mine.Items)
	}
	child := mine.Items[at].ID
	mother.await(t, child, "it waits for a place", func(a seen) bool { return a.Step == "offer" })
	for _, about := range []string{"999999999999", "261120500001"} {
		if got := education.tell("place-"+about, "education.place-offered", map[string]any{"child": about, "kindergarten": "Балапан"}); got != http.StatusAccepted {
			t.Fatalf("a place is offered: %d", got)
		}
	}
	mother.await(t, child, "the referral", func(a seen) bool { return a.Outcome == "issued" })
	mother.await(t, id, "the end of the birth", func(a seen) bool { return a.Outcome == "issued" })
	must(t, mother, "GET", "/api/v1/applications", "", nil, &mine, http.StatusOK)
	at = slices.IndexFunc(mine.Items, func(a struct{ ID, Service string }) bool { return a.Service == "social.child-care-allowance" })
	if len(mine.Items) != 3 || at < 0 {
		t.Fatalf("%+v", mine.Items)
	}
	allowance := mother.await(t, mine.Items[at].ID, "the allowance", func(a seen) bool { return a.Outcome == "completed" })
	if len(allowance.Payouts) != 1 || allowance.Payouts[0].Status != "paid" || allowance.Payouts[0].Account != "0100" {
		t.Fatalf("%+v", allowance.Payouts)
	}
	if rights := mother.holds(t); len(rights) != 1 || rights[0].Status != "valid" {
		t.Fatalf("%+v", rights)
	}
	dana.open("/applications/" + allowance.ID)
	dana.sees("was paid out", "ends in 0100")
	gatewayEqual(t, p.database(t), gatewayHolds)
	dana.open("/applications/" + child)
	dana.sees("Related applications", "It has started this one", "Birth of a child")
	dana.open("/applications")
	dana.misses("Waiting for your consent")
	dana.quiet()
}

func TestAClerkAppliesForSomebodyWhoHasNeverBeenHereAndFindsItInTheirAccountLater(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), births(t))
	browser := uitest.Browser(t)
	clerk := p.visit(t, browser, "en", false)
	clerk.open("/desk")
	clerk.signIn("Zhanar Muratova")
	clerk.press("Apply for somebody")
	uitest.Eval[string](t, clerk.tab, `document.querySelector('select[name=service]').value = 'education.kindergarten.queue'`)
	clerk.fill("National number of the applicant", "403456789")
	clerk.press("Open the form")
	clerk.sees("national number 403456789")
	if strings.Contains(clerk.address(), "403456789") {
		t.Errorf("the number is in the address %s", clerk.address())
	}
	clerk.fill("IIN of the child", "220305500012")
	clerk.choose("None")
	clerk.press("Continue")
	clerk.sees("national number 403456789")
	clerk.press("Send the application")
	clerk.sees("The application was sent")
	reference := clerk.reference()
	aigul := p.visit(t, browser, "en", false)
	aigul.open("/applications")
	aigul.signIn("Aigul Bekova")
	aigul.sees(reference, "Kindergarten queue")
}

func TestAChildLeavesTheQueueWhereTheApplicationIsWithdrawn(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), births(t))
	mother := p.as(t, "mother")
	var mine seen
	must(t, mother, "POST", "/api/v1/services/education.kindergarten.queue/applications", "",
		map[string]any{"form": map[string]any{"child": "261120500001", "privilege": "none"}}, &mine, http.StatusCreated)
	mother.await(t, mine.ID, "it waits for a place", func(a seen) bool { return a.Step == "offer" })
	must(t, mother, "POST", ownPath+mine.ID+"/acts", "", map[string]any{"action": "withdraw"}, nil, http.StatusOK, http.StatusAccepted)
	mother.await(t, mine.ID, "the child has left the queue", func(a seen) bool {
		return a.Outcome == "withdrawn" && slices.ContainsFunc(a.Timeline, func(e struct{ Kind, Step, Outcome, Actor, Comment string }) bool {
			return e.Step == "queue" && e.Outcome == "undone"
		})
	})
}
