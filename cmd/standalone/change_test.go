package main

import (
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

const (
	changesPath = "/api/v1/changes"
	tariffFile  = "tariffs/transport.yaml"
	fiveYears   = "250.00" // ILS, for five years in the sample
)

// buildCommand builds the command diwan.
func buildCommand(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "diwan")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../diwan").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// decides does what an officer is asked to do about a change, and says what came of it.
func (c *caller) decides(t *testing.T, application, step, action, comment string) {
	t.Helper()
	var task openTask
	if err := eventually(func() (bool, error) { // until then the application is nothing that the officer may see
		var a seen
		status, _ := c.call("GET", ownPath+application, "", nil, &a)
		at := slices.IndexFunc(a.Tasks, func(t openTask) bool { return t.Step == step })
		if status != http.StatusOK || at < 0 {
			return false, nil
		}
		task = a.Tasks[at]
		return true, nil
	}); err != nil {
		t.Fatalf("nobody is asked at %s: %v", step, err)
	}
	must(t, c, "POST", ownPath+application+"/acts", "", map[string]any{"task": task.ID, "action": action, "revision": task.Revision, "comment": comment}, nil, http.StatusOK, http.StatusAccepted)
}

// page asks for a page, or sends a form.
func (c *caller) page(t *testing.T, path string, form neturl.Values) (*goquery.Document, int) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, c.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stay.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	doc, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc, answer.StatusCode
}

// approves approves a change on its page.
func (c *caller) approves(t *testing.T, path string) {
	t.Helper()
	form := neturl.Values{"action": {"approve"}}
	if err := eventually(func() (bool, error) {
		doc, status := c.page(t, path+"/review", nil)
		doc.Find("#decision input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
			form.Set(s.AttrOr("name", ""), s.AttrOr("value", ""))
		})
		return status == http.StatusOK && form.Has("digest"), nil
	}); err != nil {
		t.Fatalf("nobody is asked on the page: %v", err)
	}
	if _, status := c.page(t, path+"/decide", form); status != http.StatusSeeOther {
		t.Fatalf("the decision is answered with %d", status)
	}
}

// seenChange is a change as the API shows it.
type seenChange struct {
	Number              int64
	Status, Application string
	Files               []string
	Checks              struct {
		Fees, Rules, Data, Texts bool
		Past                     []struct {
			Service            string
			Looked, More, Less int
			Before, After      int64
		}
	}
}

// A ministry that keeps its definitions in a folder takes the catalogue out, edits it and proposes the edit; the owner of the service and finance look at
// it, one sends it back, both approve, it is live for whoever applies then, and an application that was under way goes on as it began. Then it is taken
// back.
func TestAChangeFromAFolderGoesByItsRouteAndIsLive(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), newCatalogue(t))
	with := p.people(t)
	analyst, stranger, owner, finance, operator := p.as(t, "analyst.transport"), p.as(t, "analyst.health"), p.as(t, "reviewer.transport"), p.as(t, "reviewer.finance"), p.as(t, "operator")
	open, _ := dueNow(t, with)

	dir, command := filepath.Join(t.TempDir(), "catalogue"), buildCommand(t)
	diwan := func(as *caller, args ...string) (string, error) {
		c := exec.CommandContext(t.Context(), command, append(args, "--url", as.url)...)
		c.Env = append(os.Environ(), "DIWAN_TOKEN="+as.token)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if said, err := diwan(with.citizen, "pull", dir); err == nil {
		t.Fatalf("a citizen takes the definitions: %s", said)
	}
	if said, err := diwan(analyst, "pull", dir); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	propose := func(as *caller, authority string) (string, error) {
		return diwan(as, "propose", dir, "--authority", authority, "--title", "Fee of a licence", "--reason", "Decision of the council")
	}
	if said, err := propose(analyst, "transport"); err == nil || !strings.Contains(said, "Nothing") {
		t.Errorf("nothing was changed: %v: %s", err, said)
	}
	edit(t, dir, tariffFile, "licencePerYear: 50.00", "licencePerYear: 60.00")
	if said, err := propose(analyst, "transport"); err == nil || !strings.Contains(said, licenceFile) {
		t.Errorf("scenarios that fail were proposed: %v: %s", err, said)
	}
	source, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(licenceFile)))
	if err != nil {
		t.Fatal(err)
	}
	mended := strings.NewReplacer("renewal: 250.00 ILS", "renewal: 300.00 ILS", "renewal: 50.00 ILS", "renewal: 60.00 ILS").Replace(string(source))
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(licenceFile)), []byte(mended), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, as := range []struct {
		caller    *caller
		authority string
	}{{stranger, "transport"}, {stranger, "health"}, {owner, "transport"}, {with.citizen, "transport"}} {
		if said, err := propose(as.caller, as.authority); err == nil {
			t.Errorf("somebody else's service was changed: %s", said)
		}
	}
	said, err := propose(analyst, "transport")
	found := regexp.MustCompile(`change (\d+) is proposed`).FindStringSubmatch(said)
	if err != nil || found == nil {
		t.Fatalf("%v: %s", err, said)
	}
	at := changesPath + "/" + found[1]
	var ch seenChange
	must(t, owner, "GET", at, "", nil, &ch, http.StatusOK)
	if ch.Status != "proposed" || !slices.Equal(ch.Files, []string{licenceFile, tariffFile}) {
		t.Errorf("%+v", ch)
	}
	if c := ch.Checks; !c.Fees || c.Data || len(c.Past) != 1 || c.Past[0].Service != licence || c.Past[0].Looked == 0 || c.Past[0].More != c.Past[0].Looked || c.Past[0].After*5 != c.Past[0].Before*6 {
		t.Errorf("the checks say %+v", c)
	}
	// Its author decides on it by no request.
	if status, _ := analyst.call("POST", ownPath+ch.Application+"/acts", "", map[string]any{"action": "approve"}, nil); status < 400 {
		t.Errorf("its author acts on it: %d", status)
	}
	owner.decides(t, ch.Application, "owner", "approve", "")
	finance.decides(t, ch.Application, "finance", "sendBack", "Why sixty?")
	returned := func() bool {
		must(t, analyst, "GET", at, "", nil, &ch, http.StatusOK)
		return ch.Status == "returned"
	}
	if err := eventually(func() (bool, error) { return returned(), nil }); err != nil {
		t.Fatalf("%+v", ch)
	}
	must(t, analyst, "POST", at+"/proposal", "", nil, &ch, http.StatusOK)
	page := "/designer/changes/" + found[1]
	owner.approves(t, page)
	finance.approves(t, page)
	if err := eventually(func() (bool, error) {
		must(t, analyst, "GET", at, "", nil, &ch, http.StatusOK)
		return ch.Status == "approved", nil
	}); err != nil {
		t.Fatalf("%+v", ch)
	}

	// Who looked at it, what it did and from when stands in the history of the service, for whoever reads changes and for nobody else.
	doc, status := stranger.page(t, "/designer/services/"+licence+"/history", nil)
	told := doc.Find(".history__entry").First().Text()
	for _, want := range []string{"Fee of a licence", "Decision of the council", "50.00 ILS", "60.00 ILS", "Review by finance"} {
		if status != http.StatusOK || !strings.Contains(told, want) {
			t.Errorf("the history does not say %q: %d %s", want, status, told)
		}
	}
	if doc, _ := analyst.page(t, page+"/review", nil); doc.Find(".review-route tbody tr").Length() != 4 || !strings.Contains(doc.Find(".review-route").Text(), "Why sixty?") || doc.Find("#past tbody tr").Length() != 1 {
		t.Errorf("the way of the review is %s", doc.Find(".review-route").Text())
	}
	if _, status := with.citizen.page(t, page+"/review", nil); status != http.StatusForbidden {
		t.Errorf("a citizen reads a review: %d", status)
	}

	// Whoever applies now pays the new fee; what was under way is finished with the old one.
	newer, due := dueNow(t, with)
	if fee := due.Payments[0].Amount.Value; fee == fiveYears {
		t.Errorf("the fee of %s is still %s", newer.id, fee)
	}
	if err := with.browser.pay(with.citizen.await(t, open.id, "what is due", func(a seen) bool { return a.checkout() != "" }).checkout()); err != nil {
		t.Fatal(err)
	}
	with.officer.decides(t, open.id, "review", "approve", "")
	if a := with.citizen.await(t, open.id, "the end", func(a seen) bool { return a.Status == "ended" }); a.Outcome != "issued" || a.Payments[0].Amount.Value != fiveYears {
		t.Errorf("%s: %+v", a.Outcome, a.Payments)
	}

	said, err = diwan(operator, "release")
	first := regexp.MustCompile(`(?m)^(\d+) .* operator`).FindStringSubmatch(said)
	if err != nil || first == nil || !strings.Contains(said, "Fee of a licence") {
		t.Fatalf("%v: %s", err, said)
	}
	if said, err := diwan(analyst, "rollback", "--release", first[1], "--reason", "I would rather not"); err == nil {
		t.Errorf("an analyst has rolled back: %s", said)
	}
	if said, err := diwan(operator, "rollback", "--release", first[1], "--reason", "The council has postponed it"); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if _, due := dueNow(t, with); due.Payments[0].Amount.Value != fiveYears {
		t.Errorf("after the rollback the fee is %s", due.Payments[0].Amount.Value)
	}
	if said, err := diwan(analyst, "pull", dir); err == nil {
		t.Errorf("what was edited in the folder was written over: %s", said)
	}
}

func TestAWithdrawnServiceTakesNothingNewAndEndsWhatIsOpen(t *testing.T) {
	t.Parallel()
	data, catalogue := newData(t), newCatalogue(t)
	p := launch(t, data, catalogue)
	open, _ := dueNow(t, p.people(t))
	p.stop(t)
	edit(t, catalogue, licenceFile, "\nsteps:\n", "\nclosed: {ar: تُجدَّد الرخص في البلديات منذ اليوم., en: Municipalities renew licences from today on.}\n\nsteps:\n")
	p = launch(t, data, catalogue)
	with := p.people(t)
	var refused struct{ Type string }
	must(t, with.citizen, "POST", services+licence+"/applications", "", renewal(5), &refused, http.StatusConflict)
	if refused.Type != "urn:diwan:problem:not-open" {
		t.Errorf("%s", refused.Type)
	}
	var detail struct{ Closed map[string]string }
	must(t, with.citizen, "GET", services+licence, "", nil, &detail, http.StatusOK)
	if detail.Closed["en"] != "Municipalities renew licences from today on." {
		t.Errorf("%+v", detail)
	}
	page, err := http.Get(p.url + "/services/" + licence)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	b, err := io.ReadAll(page.Body)
	if err != nil || !strings.Contains(string(b), "تُجدَّد الرخص في البلديات منذ اليوم.") || strings.Contains(string(b), licence+"/apply") {
		t.Errorf("the page of the service: %v", err)
	}
	if err := open.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	if open.last.Outcome != "issued" {
		t.Errorf("what was open came to %s", open.last.Outcome)
	}
}
