package portal_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
)

var renewal = map[string]string{"licenceNumber": "١٢٣٤٥٦٧", "years": "5", "phone": "٠٥٩٩ ١٢٣٤٥٦", "declaration": "yes"}

func with(answers map[string]string, name, value string) map[string]string {
	out := map[string]string{name: value}
	for k, v := range answers {
		if k != name {
			out[k] = v
		}
	}
	return out
}

func TestTheFormNeedsASignInAndComesBackToItself(t *testing.T) {
	w := newWorld(t)
	w.get(t, "/services/"+licence).is(http.StatusOK).has("a.button", "Apply now")
	if v := w.get(t, "/services/"+licence+"/apply").is(http.StatusSeeOther); v.to != "/sign-in?then=%2Fservices%2Ftransport.driving-licence.renew%2Fapply" {
		t.Errorf("leads to %s", v.to)
	}
	for _, path := range []string{"/applications", "/applications/" + layla.ID.String(), "/documents/X"} {
		w.get(t, path).is(http.StatusSeeOther)
	}
}

func TestAWrongValueIsToldBesideItsFieldAndEverythingTypedStays(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	page := w.get(t, "/services/"+licence+"/apply").is(http.StatusOK)
	page.hasNot(".field--error")
	wrong := page.send(with(renewal, "licenceNumber", `12"><script>alert(1)</script>`), "").is(http.StatusUnprocessableEntity)
	wrong.has(`.error-summary[data-focus] a[href="#licenceNumber"]`, "seven digits").has("#licenceNumber-error", "seven digits").has("title", "Error:")
	wrong.hasNot("#phone-error").hasNot("main script")
	if got := wrong.Find("#licenceNumber").AttrOr("value", ""); got != `12"><script>alert(1)</script>` {
		t.Errorf("typed %q", got)
	}
	if got := wrong.Find("#phone").AttrOr("value", ""); got != renewal["phone"] {
		t.Errorf("phone %q", got)
	}
	if wrong.Find(`input[name=years][value="5"][checked]`).Length() != 1 || wrong.Find("#declaration[checked]").Length() != 1 {
		t.Error("a choice was lost")
	}
	if wrong.head.Get("Content-Security-Policy") == "" {
		t.Error("no policy")
	}
	wrong.send(map[string]string{"licenceNumber": "0000000"}, "").is(http.StatusUnprocessableEntity).has("#licenceNumber-error", "not valid; check its digits")
}

func TestArabicDigitsAreTakenAndTheCheckPageShowsWhatWillBeSent(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &layla, priced
	check := w.get(t, "/services/"+licence+"/apply").send(renewal, "").is(http.StatusOK)
	check.has("h1", "Check your answers").has(".summary", "1234567").has(".summary", "0599123456").has(".summary", "Five years").
		has(".fees tfoot", "₪290.00").has("main form .button--large", "Send the application").hasNot(".banner")
	again := check.send(nil, "change:all").is(http.StatusOK)
	if got := again.Find("#licenceNumber").AttrOr("value", ""); got != renewal["licenceNumber"] {
		t.Errorf("on the way back %q", got)
	}
	again.send(map[string]string{"years": "1"}, "").is(http.StatusOK).has("h1", "Check your answers").has(".summary", "One year")
}

func TestARefusalThatIsKnownAlreadyIsToldBeforeSending(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	w.book.quote = func(map[string]any) (application.Quote, error) {
		live, _ := w.Service(licence)
		for key, reason := range live.Texts.Reasons {
			if strings.Contains(reason["en"], "unpaid fines") {
				return application.Quote{Kind: "end", Node: key, Outcome: "refused", Reason: key}, nil
			}
		}
		t.Fatal("the definition has no such reason")
		return application.Quote{}, nil
	}
	w.get(t, "/services/"+licence+"/apply").send(renewal, "").is(http.StatusOK).
		has(".banner--warning[role=alert]", "You have unpaid fines; pay them and apply again").has("main form .button--large", "Send it all the same")
	w.book.quote = nil // nobody can tell now
	w.get(t, "/services/"+licence+"/apply").send(renewal, "").is(http.StatusOK).hasNot(".banner").has("main form", "cannot be calculated just now")
}

func TestTheSameFormSentTwiceIsOneApplication(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &layla, priced
	check := w.get(t, "/services/"+licence+"/apply").send(renewal, "")
	first, second := check.send(nil, ""), check.send(nil, "")
	if len(w.book.all) != 1 || first.to != second.to || first.code != http.StatusSeeOther {
		t.Fatalf("%d applications, %s and %s", len(w.book.all), first.to, second.to)
	}
	first.follow().is(http.StatusOK).has(".panel__reference", "D7K2-94QM").has(".lead", "We have your application")
	sent := w.book.all[0].Form
	if sent["licenceNumber"] != "1234567" || sent["phone"] != "0599123456" || sent["declaration"] != true {
		t.Errorf("sent %v", sent)
	}
	other := check.send(nil, "change:all").send(map[string]string{"years": "1"}, "").send(nil, "").is(http.StatusOK)
	other.has(".banner--warning", "You have sent this form before").has("h1", "Check your answers")
	other.send(nil, "").is(http.StatusSeeOther)
	if len(w.book.all) != 2 {
		t.Error("a second application that is meant is not sent")
	}
}

func TestWithoutScriptsEveryPageOfALongFormIsReached(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &layla, priced
	first := w.get(t, "/services/"+insurance+"/apply").is(http.StatusOK).has(".steps__of", "Step 1 of 4").hasNot("#phone")
	whom := first.send(map[string]string{"months": "6"}, "").is(http.StatusOK).has(".steps__of", "Step 2 of 4").has("h1", "The dependant and the proof")
	whom.send(map[string]string{"dependant": "none"}, "").is(http.StatusOK).hasNot("#dependantName").has("h1", "How to reach you")
	page := whom.send(map[string]string{"dependant": "studentSon"}, "").is(http.StatusOK).has(".steps__of", "Step 2 of 4").has(".banner", "further questions")
	page.hasNot("#singleStatus").has("label[for=studyProof]", "Proof of study")
	wrong := page.send(map[string]string{"dependantName": "خالد", "dependantNumber": layla.NationalNumber}, "", map[string]file{"studyProof": {"proof.pdf", pdfFile}})
	wrong.is(http.StatusUnprocessableEntity).has("#dependantNumber-error", "not your own").has(".file__name", "proof.pdf")
	last := wrong.send(map[string]string{"dependantNumber": "404567893"}, "").is(http.StatusOK).has("h1", "How to reach you")
	last.send(nil, "back").is(http.StatusOK).has("h1", "The dependant and the proof").has(".file__name", "proof.pdf")
	check := last.send(map[string]string{"phone": "0599123456"}, "").is(http.StatusOK).has(".summary", "proof.pdf").has(".summary", "A son who studies")
	check.send(nil, "").is(http.StatusSeeOther)
	if form := w.book.all[0].Form; form["studyProof"] != w.archive.uploads[0].ID.String() || form["dependantName"] != "خالد" {
		t.Errorf("sent %v", form)
	}
	changed := check.send(nil, "change:dependant").send(map[string]string{"dependant": "none"}, "").is(http.StatusOK).has("h1", "Check your answers")
	changed.has(".summary", "Nobody").hasNot(".summary:contains('proof.pdf')")
}

func TestAFileIsKeptUntilItIsReplacedOrRemoved(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &yusuf, priced
	page := w.get(t, "/services/"+licence+"/apply").is(http.StatusOK).has("label[for=medicalReport]", "Medical report")
	wrong := page.send(with(renewal, "licenceNumber", "1"), "", map[string]file{"medicalReport": {"<b>.pdf", pdfFile}}).is(http.StatusUnprocessableEntity)
	wrong.has(".file__name", "<b>.pdf").hasNot("#medicalReport-error").hasNot(".file__name b")
	fixed := wrong.send(map[string]string{"licenceNumber": "1234567"}, "").is(http.StatusOK).has("h1", "Check your answers")
	id := w.archive.uploads[0].ID.String()
	if got := fixed.Find("input[name=medicalReport]").AttrOr("value", ""); got != id {
		t.Errorf("carries %q", got)
	}
	wrong.send(map[string]string{"licenceNumber": "1234567", "medicalReport-remove": id}, "").is(http.StatusUnprocessableEntity).
		has("#medicalReport-error", "Upload the file").hasNot(".file__name")
	replaced := wrong.send(map[string]string{"licenceNumber": "1234567"}, "", map[string]file{"medicalReport": {"new.pdf", pdfFile}}).is(http.StatusOK)
	replaced.has(".summary", "new.pdf")
	bad := wrong.send(nil, "", map[string]file{"medicalReport": {"virus.exe", []byte("MZ")}}).is(http.StatusUnprocessableEntity)
	bad.has("#medicalReport-error", "one of these kinds: PDF, JPEG, PNG").has(".file__name", "<b>.pdf")
	large := append([]byte("%PDF"), make([]byte, 5<<20)...)
	wrong.send(nil, "", map[string]file{"medicalReport": {"large.pdf", large}}).is(http.StatusUnprocessableEntity).has("#medicalReport-error", "at most 5 MB")
}

func TestAFormGoesOnWithAFileThatWaitsForTheScannerAndNotWithOneInWhichItFoundSomething(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &yusuf, priced
	check := w.get(t, "/services/"+licence+"/apply").send(renewal, "", map[string]file{"medicalReport": {"report.pdf", append(pdfFile, "%waits"...)}})
	check.is(http.StatusOK).has("h1", "Check your answers").has(".summary", "report.pdf – Being checked for viruses")
	check.send(nil, "change:all").has(".file__name .tag--wait", "Being checked for viruses")
	w.archive.uploads[0].State = document.Infected
	refused := check.send(nil, "").is(http.StatusUnprocessableEntity)
	refused.has("#medicalReport-error", "A virus was found in this file. Choose another one.").hasNot(".file__name").has(".error-summary", "A virus was found")
	refused.send(nil, "", map[string]file{"medicalReport": {"second.pdf", pdfFile}}).is(http.StatusOK).send(nil, "").is(http.StatusSeeOther)
	if len(w.book.all) != 1 || w.book.all[0].Form["medicalReport"] != w.archive.uploads[1].ID.String() {
		t.Errorf("%d applications were sent", len(w.book.all))
	}
}

func TestAFileOfAnEarlierApplicationIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &yusuf, priced
	check := w.get(t, "/services/"+licence+"/apply").send(renewal, "", map[string]file{"medicalReport": {"report.pdf", pdfFile}})
	check.send(nil, "").is(http.StatusSeeOther)
	other := check.send(nil, "change:all").send(map[string]string{"years": "1"}, "").send(nil, "").has(".banner--warning", "You have sent this form before")
	again := other.send(nil, "").is(http.StatusUnprocessableEntity).has("#medicalReport-error", "upload it again").hasNot(".file__name")
	again.send(nil, "", map[string]file{"medicalReport": {"second.pdf", pdfFile}}).is(http.StatusOK).send(nil, "").is(http.StatusSeeOther)
	if len(w.book.all) != 2 {
		t.Errorf("%d applications, want 2", len(w.book.all))
	}
}

func TestAnotherPersonsUploadIsNoAnswer(t *testing.T) {
	w := newWorld(t)
	w.person = &yusuf
	page := w.get(t, "/services/"+licence+"/apply")
	other, _ := w.archive.Upload(t.Context(), layla.ID, "hers.pdf", strings.NewReader(string(pdfFile)))
	page.send(with(renewal, "medicalReport", other.ID.String()), "").is(http.StatusUnprocessableEntity).
		has("#medicalReport-error", "upload it again").hasNot(".file__name")
}

func TestAnEnquiryAnswersAtOnce(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	w.book.begun = func(v *application.View) {
		found := w.answered(layla)
		v.Status, v.Outcome, v.Answer, v.Timeline = found.Status, found.Outcome, found.Answer, found.Timeline
	}
	page := w.get(t, "/services/"+fines+"/apply").has("main form .button--large", "Show the answer")
	first := page.send(map[string]string{"plate": "6-1234-96"}, "")
	if other := page.send(map[string]string{"plate": "6-4321-96"}, ""); other.is(http.StatusSeeOther).to == first.to {
		t.Error("another question gets the first answer")
	}
	first.follow().is(http.StatusOK).has(".summary", "₪450.00").
		has(".table caption", "Fines").has(".table", "19 July 2026").has("a.button", "Ask again")
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	r := httptest.NewRequest(http.MethodPost, "/services/"+fines+"/apply", strings.NewReader("plate="+strings.Repeat("x", 3<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.do(t, r).is(http.StatusRequestEntityTooLarge)
}
