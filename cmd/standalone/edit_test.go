package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const licenceFile = "services/transport/driving-licence-renew.yaml"

// edit replaces text in a file of a catalogue; each old text must stand there once.
func edit(t *testing.T, catalogue, file string, oldNew ...string) {
	t.Helper()
	path := filepath.Join(catalogue, file)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(oldNew); i += 2 {
		if strings.Count(text, oldNew[i]) != 1 {
			t.Fatalf("%q stands %d times in %s", oldNew[i], strings.Count(text, oldNew[i]), file)
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// between cuts the part of a text from one mark up to another.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	i := strings.Index(text, from)
	j := strings.Index(text, to)
	if i < 0 || j < i {
		t.Fatalf("no part from %q to %q", from, to)
	}
	return text[i:j]
}

func TestAnEditedCatalogueIsSeenAfterARestartAndOpenApplicationsGoOnAsTheyBegan(t *testing.T) {
	t.Parallel()
	data, catalogue := newData(t), newCatalogue(t)
	p := launch(t, data, catalogue)
	with := p.people(t)
	before, a := dueNow(t, with)
	if a.Fees[0].Amount != (amount{"250.00", "ILS"}) {
		t.Fatalf("before the edit it costs %+v", a.Fees)
	}
	p.stop(t)

	edit(t, catalogue, "tariffs/transport.yaml", "licencePerYear: 50.00 ILS", "licencePerYear: 60.00 ILS")
	source, err := os.ReadFile(filepath.Join(catalogue, licenceFile))
	if err != nil {
		t.Fatal(err)
	}
	pay := between(t, string(source), "  - step: pay\n", "  - step: review\n")
	review := between(t, string(source), "  - step: review\n", "  - step: card\n")
	edit(t, catalogue, licenceFile,
		"en: Driving licence renewal}", "en: Renewal of a driver's licence}",
		"amount: tariff.licencePerYear * form.years", `amount: tariff.licencePerYear * form.years + money("1.00 ILS")`,
		"  - section: contact\n", newField+"  - section: contact\n",
		string(source)[strings.Index(string(source), "  - scenario: sent back once"):], "", // the first five scenarios are enough
		pay+review, strings.Replace(review, "refuse: {end: refused, refund: {renewal: all, late: keep}}", "refuse: {end: refused}", 1)+pay,
	)
	edit(t, catalogue, "tariffs/interior.yaml", "birthCertificateCopy: 10.00 ILS", "birthCertificateCopy: 12.00 ILS")
	edit(t, catalogue, "services/interior/birth-certificate-copy.yaml", "amount: tariff.birthCertificateCopy", `amount: tariff.birthCertificateCopy + money("1.00 ILS")`,
		"certificate], fees: {copy: 10.00 ILS}", "certificate], fees: {copy: 13.00 ILS}",
		"fees: {copy: 10.00 ILS}, dates", "fees: {copy: 13.00 ILS}, dates",
		"fees: {copy: 10.00 ILS}, end: withdrawn", "fees: {copy: 13.00 ILS}, end: withdrawn")
	edit(t, catalogue, licenceFile, // the scenarios say what is expected, so they change with it
		"expect: {path: [licence, pay, review, card], fees: {renewal: 250.00 ILS}, end: issued}",
		"expect: {path: [licence, review, pay, card], fees: {renewal: 301.00 ILS}, end: issued}",
		"expect: {path: [licence, pay, review], fees: {renewal: 50.00 ILS, late: 50.00 ILS}, end: refused}",
		"expect: {path: [licence, review], end: refused}",
	)
	p = launch(t, data, catalogue)
	if said := p.log(); strings.Contains(said, "refused") {
		t.Fatalf("the edit was refused:\n%s", said)
	}
	edited(t, p, with)

	// What was open before goes its old way at its old price.
	if err := before.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	a = before.last
	if want := []string{"licence", "pay", "review", "card"}; !slices.Equal(unique(a.path()), want) {
		t.Errorf("the old application went %v, not %v", unique(a.path()), want)
	}
	if a.Payments[0].Amount != (amount{"250.00", "ILS"}) || a.Payments[0].Status != "paid" || a.Outcome != "issued" {
		t.Errorf("the old application ended %s with %+v", a.Outcome, a.Payments)
	}
	conn := p.database(t)
	if n := number(t, conn, "SELECT count(DISTINCT plan) FROM application"); n != 2 {
		t.Errorf("the two applications stand on %d plans", n)
	}
	p.stop(t)
	refusedEdit(t, data, catalogue)
}

const newField = `      - field: emergencyContact
        type: text
        label: {ar: للطوارئ, en: In an emergency}
        optional: true
`

// edited checks that the API and the pages show the edit, and that a new application takes the new way.
func edited(t *testing.T, p *product, with people) {
	t.Helper()
	quoted(t, with.citizen)
	var detail struct {
		Title  map[string]string
		Fields []struct{ Code string }
		Steps  []struct{ Step string }
	}
	must(t, with.citizen, "GET", services+licence, "", nil, &detail, http.StatusOK)
	var fields, steps []string
	for _, f := range detail.Fields {
		fields = append(fields, f.Code)
	}
	for _, s := range detail.Steps {
		steps = append(steps, s.Step)
	}
	if detail.Title["en"] != "Renewal of a driver's licence" || !slices.Contains(fields, "emergencyContact") ||
		slices.Index(steps, "review") > slices.Index(steps, "pay") {
		t.Errorf("described as %q with fields %v and steps %v", detail.Title["en"], fields, steps)
	}
	for path, want := range map[string]string{
		"/services/" + licence: "Renewal of a driver&#39;s licence", "/services/" + licence + "/apply": `name="emergencyContact"`,
	} {
		if at, err := with.browser.open(p.url + path + "?lang=en"); err != nil || !strings.Contains(at.body, want) {
			t.Errorf("%s does not show %q (%d, %v)", path, want, at.status, err)
		}
	}
	j := &journey{key: uuid.NewString()}
	if err := j.submit(with.citizen); err != nil {
		t.Fatal(err)
	}
	a := with.citizen.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	if len(a.Payments) != 0 {
		t.Errorf("the new application pays before its review: %+v", a.Payments)
	}
	if err := j.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	if want := []string{"licence", "review", "pay", "card"}; !slices.Equal(unique(j.last.path()), want) || j.last.Payments[0].Amount.Value != "301.00" {
		t.Errorf("the new application went %v and paid %+v", unique(j.last.path()), j.last.Payments)
	}
}

// quoted checks the quote of a service whose tariff and formula were edited.
func quoted(t *testing.T, c *caller) {
	t.Helper()
	var quote struct{ Total amount }
	form := map[string]any{"form": map[string]any{"nationalNumber": "401234567"}}
	must(t, c, "POST", services+"interior.birth-certificate.copy/quote", "", form, &quote, http.StatusOK)
	if quote.Total != (amount{"13.00", "ILS"}) {
		t.Errorf("the new quote is %+v", quote.Total)
	}
}

// place is where a finding begins: file:line:column.
func place(file string) *regexp.Regexp {
	return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(file) + `:[1-9][0-9]*:[1-9][0-9]*: `)
}

// refusedEdit breaks the catalogue: the last good release goes on, and the findings say where.
func refusedEdit(t *testing.T, data, catalogue string) {
	t.Helper()
	edit(t, catalogue, licenceFile, "form.years + money", "form.yeers + money")
	p := launch(t, data, catalogue)
	said := p.log()
	found := place(licenceFile).FindAllString(said, -1)
	if len(found) == 0 || !strings.Contains(said, "yeers") {
		t.Errorf("the mistake is found as %v:\n%s", found, said)
	}
	if !strings.Contains(said, "the last good release goes on") {
		t.Errorf("it does not say that the last good release goes on:\n%s", said)
	}
	with := p.people(t)
	quoted(t, with.citizen)
	j := &journey{key: uuid.NewString()}
	if err := j.drive(t.Context(), with); err != nil || j.last.Payments[0].Amount.Value != "301.00" {
		t.Errorf("under the refused edit %+v was paid (%v)", j.last.Payments, err)
	}
}

func TestABrokenFirstCatalogueIsRefusedWithItsFindings(t *testing.T) {
	t.Parallel()
	catalogue := newCatalogue(t)
	edit(t, catalogue, licenceFile, "authority: transport", "autority: transport")
	const copyFile = "services/interior/birth-certificate-copy.yaml"
	edit(t, catalogue, copyFile, "tariff.birthCertificateCopy", "tariff.birthCertificateCopi")
	dir, err := os.MkdirTemp("", "diwan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeData(dir) })
	_, err = tryLaunch(dir, catalogue)
	if err == nil {
		t.Fatal("it started")
	}
	said := err.Error()
	if !strings.Contains(said, "exit status 3") || !place(licenceFile).MatchString(said) || !strings.Contains(said, "autority") ||
		!place(copyFile).MatchString(said) || !strings.Contains(said, "birthCertificateCopi") {
		t.Errorf("it says:\n%s", said)
	}
}

// TestNobodyDecidesOnTheirOwnApplication needs somebody who is both: an officer with a licence.
func TestNobodyDecidesOnTheirOwnApplication(t *testing.T) {
	t.Parallel()
	data, catalogue := newData(t), newCatalogue(t)
	edit(t, catalogue, "sample/people.yaml", "  - person: officer.interior\n", `  - person: layla.at.work
    name: {ar: ليلى خليل النجار, en: Layla Khalil Al-Najjar}
    nationalNumber: "401234567"
    birthDate: 1988-03-21
    sex: female
    authority: transport
    roles: [transport:licensing-officer]
  - person: officer.interior
`)
	p := launch(t, data, catalogue)
	both := p.as(t, "layla.at.work")
	with := p.people(t)
	with.citizen = both
	j, a := dueNow(t, with)
	if err := with.browser.pay(a.checkout()); err != nil && !strings.Contains(err.Error(), "after the gateway") { // the browser is somebody else's
		t.Fatal(err)
	}
	a = both.await(t, j.id, "under review", func(a seen) bool { return a.Step == "review" })
	var official seen
	must(t, with.officer, "GET", ownPath+j.id, "", nil, &official, http.StatusOK)
	for _, action := range []string{"approve", "refuse", "sendBack"} {
		act := map[string]any{"task": official.Tasks[0].ID, "action": action, "revision": official.Tasks[0].Revision, "comment": "mine"}
		refused(t, both, "POST", ownPath+j.id+"/acts", "", act, http.StatusForbidden, "own-application")
	}
	must(t, with.officer, "POST", ownPath+j.id+"/acts", "", approval(official.Tasks[0]), nil, http.StatusOK, http.StatusAccepted)
	if a = both.await(t, j.id, "ended", func(a seen) bool { return a.Status == "ended" }); a.Outcome != "issued" {
		t.Errorf("it ended %s", a.Outcome)
	}
}
