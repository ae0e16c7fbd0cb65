package main

import (
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// Steps that citizens and officers take in English, with scripts.

const (
	layla = "Layla Khalil Al-Najjar"
	yusuf = "Yusuf Ahmad Hamdan"
	sara  = "Sara Mahmoud Issa"
)

// apply opens the form of a service as a sample person, in a browser of their own.
func (p *product) apply(t testing.TB, service, person string) *guest {
	t.Helper()
	v := p.visit(t, uitest.Browser(t), "en", true)
	v.open("/services/" + service)
	v.press("Apply now")
	v.signIn(person)
	return v
}

// send sends a form that stands on its last page.
func (v *guest) send() {
	v.t.Helper()
	v.press("Send the application")
}

// pay pays at the gateway, from the page of an application that waits for it.
func (v *guest) pay(amount string) {
	v.t.Helper()
	v.awaits("Pay now")
	v.press("Pay now")
	v.sees(amount, "No money moves")
	v.press("Pay now")
	v.sees("We have your payment, thank you.")
}

// officer signs an officer in, in another browser.
func (p *product) officer(t testing.TB, name string) *guest {
	t.Helper()
	v := p.visit(t, uitest.Browser(t), "en", true)
	v.open("/desk")
	v.signIn(name)
	return v
}

// take opens an application from the queue, as an officer.
func (v *guest) take(reference string) {
	v.t.Helper()
	v.open("/desk?reference=" + reference)
	v.press(reference)
}

// decide takes a decision on the application that the officer has open.
func (v *guest) decide(action, comment string) {
	v.t.Helper()
	v.choose(action)
	if comment != "" {
		v.fill("Comment for the applicant", comment)
	}
	v.press("Record the decision")
	if action == "Refuse" {
		v.sees("This cannot be undone", comment)
		v.press("Yes, refuse it")
	}
	v.sees("Decision recorded")
}

func TestACopyOfABirthCertificateIsIssuedAsSoonAsItIsPaid(t *testing.T) {
	v := shared.get(t).apply(t, "interior.birth-certificate.copy", layla)
	if got := v.value("National number of that person"); got != "401234567" {
		t.Errorf("the form begins with the number %q, not with the applicant's own", got)
	}
	v.press("Continue")
	v.sees("Fee for the copy", "10.00")
	v.send()
	v.pay("10.00")
	v.awaits("Your document is ready")
	v.misses("An officer of")
	checks(t, v, v.download())
}

func TestAParentMayNotAskForTheCertificateOfAStranger(t *testing.T) {
	v := shared.get(t).apply(t, "interior.birth-certificate.copy", layla)
	v.fill("National number of that person", "402345678")
	v.press("Continue")
	v.sees("With what we know now, this application would be refused", "The certificate is given to the person or to a parent")
	v.misses("Fee for the copy")
}

func TestAnInsuranceIsRenewedWithASonWhoStudies(t *testing.T) {
	p := shared.get(t)
	v := p.apply(t, "health.insurance.renew", layla)
	v.choose("Six months")
	v.press("Continue")
	v.misses("Proof of study", "Name of the dependant")
	uitest.Eval[bool](t, v.tab, `window.stays = true`)
	v.choose("A divorced daughter")
	v.awaits("Divorce certificate")
	v.misses("Proof of study")
	v.choose("A son who studies")
	v.awaits("Proof of study")
	v.misses("Divorce certificate")
	if !uitest.Eval[bool](t, v.tab, `window.stays === true`) {
		t.Error("the page was loaded anew to ask for a file")
	}
	v.fill("Name of the dependant", "خالد")
	v.fill("National number of the dependant", "404567893")
	v.expect(v.press("Continue"), 422)
	if got := v.problem("Proof of study"); got == "" {
		t.Error("nothing is said beside the missing proof")
	}
	v.attach("Proof of study", paper(t, "study.pdf", "the son studies"))
	v.press("Continue")
	v.fill("Mobile phone", "0599123456")
	v.press("Continue")
	v.sees("A son who studies", "study.pdf", "Premium of the dependant", "90.00", "550.00", "You pay only after your application was approved")
	v.send()
	v.sees("We have your application")
	application, reference := v.path(), v.reference()

	officer := p.officer(t, "Raed Mansour")
	officer.take(reference)
	officer.sees("A son who studies", "404567893", "study.pdf")
	if answer, body := officer.fetch(officer.links("/uploads/")[0]); answer.StatusCode != 200 || string(body[:5]) != "%PDF-" {
		t.Errorf("the proof answers %d with %q", answer.StatusCode, body[:min(len(body), 20)])
	}
	officer.decide("Send back", "The proof is of last year.")

	v.open(application)
	v.sees("The proof is of last year.")
	v.press("Correct and send again")
	v.sees("study.pdf")
	v.attach("Proof of study", paper(t, "faculty.pdf", "the son studies at a faculty"))
	v.press("Send again")
	v.sees("Your corrected application was sent")
	officer.take(reference)
	officer.sees("faculty.pdf")
	officer.decide("Approve", "")

	v.open(application)
	v.sees("Card fee", "10.00", "450.00", "Premium of the dependant", "90.00", "550.00")
	v.pay("550.00")
	v.awaits("Your document is ready")
	v.download()
}

func TestAFirstBirthCertificateIsFreeAndItsRefusalIsExplained(t *testing.T) {
	p := shared.get(t)
	v := p.apply(t, "interior.birth-certificate.first", layla)
	v.fill("Birth notice number", "BN-20260001")
	v.fill("First name of the child", "Layan")
	v.choose("Mother")
	v.fill("Mobile phone", "0599123456")
	v.attach("Marriage contract", file(t, "contract.pdf", []byte("this is no PDF, whatever its name says")))
	v.expect(v.press("Continue"), 422)
	if got := v.problem("First name of the child"); got != "Error: Write the name in Arabic letters" {
		t.Errorf("beside the name stands %q", got)
	}
	if got := v.problem("Marriage contract"); got != "Error: This kind of file cannot be read. Choose one of these kinds: PDF, JPEG, PNG." {
		t.Errorf("beside the file stands %q", got)
	}
	v.fill("First name of the child", "ليان")
	v.attach("Marriage contract", paper(t, "contract.pdf", "married"))
	v.press("Continue")
	v.sees("With these answers there is nothing to pay")
	v.send()
	v.sees("We have your application")
	v.awaits("Review by a civil status officer")
	application, reference := v.path(), v.reference()

	officer := p.officer(t, "Hiba Qasem")
	officer.take(reference)
	officer.sees("ليان", "contract.pdf", "401234567")
	officer.decide("Refuse", "The contract cannot be read.")

	v.open(application)
	v.sees("Refused", "The contract cannot be read.", "Apply again")
	v.misses("Withdraw this application", "Pay now")
}

func TestTheFinesOfAVehicleAreShownToItsOwnerAtOnce(t *testing.T) {
	p := shared.get(t)
	for _, c := range []struct {
		person, plate string
		sees, misses  []string
	}{
		{layla, "6-1234-96", []string{"Number of fines", "0"}, []string{"Total"}},
		{sara, "6-3456-91", []string{"Number of fines", "3", "450.00", "Offence", "200.00", "رام الله - شارع الإرسال"}, nil},
		{yusuf, "6-3456-91", []string{"This vehicle is not in your name"}, []string{"450.00"}},
	} {
		v := p.visit(t, uitest.Browser(t), "en", true)
		v.open("/services/transport.traffic-fines.enquiry")
		v.press("Begin the enquiry")
		v.signIn(c.person)
		v.fill("Plate number", c.plate)
		v.press("Show the answer")
		v.awaits(c.sees[0])
		v.sees(c.sees...)
		v.misses(append(c.misses, "An officer of", "Withdraw this application")...)
	}
}

func TestUnpaidFinesAreToldBeforeTheApplicationIsSent(t *testing.T) {
	v := shared.get(t).apply(t, "transport.driving-licence.renew", sara)
	v.fill("Licence number", "3456789")
	v.choose("One year")
	v.fill("Mobile phone", "0599123456")
	v.choose("I declare")
	v.press("Continue")
	v.sees("With what we know now, this application would be refused", "You have unpaid fines; pay them and apply again")
	v.misses("Renewal fee")
	v.press("Send it all the same")
	v.awaits("Refused")
	v.sees("You have unpaid fines; pay them and apply again", "Apply again")
	v.misses("Pay now")
}

func TestALateLicenceOfAnOlderDriverIsWithdrawnAndTheFeeComesBack(t *testing.T) {
	v := shared.get(t).apply(t, "transport.driving-licence.renew", yusuf)
	v.fill("Licence number", "2345678")
	v.choose("One year")
	v.fill("Mobile phone", "0599123456")
	v.choose("I declare")
	v.expect(v.press("Continue"), 422)
	if got := v.problem("Medical report"); got == "" {
		t.Error("nothing is said beside the missing medical report")
	}
	v.attach("Medical report", paper(t, "report.pdf", "sees well"))
	v.press("Continue")
	v.sees("report.pdf", "Renewal fee", "50.00", "Late fine", "Total")
	v.send()
	v.pay("")
	v.sees("An officer of")
	v.press("Withdraw this application")
	v.sees("Renewal fee", "You get it back", "Late fine", "It is not given back")
	v.press("Yes, withdraw it")
	v.sees("Your application was withdrawn")
	v.reloads("50.00 was given back to you")
	v.misses("Pay now", "Withdraw this application")
}
