package main

import (
	"maps"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// words are what the guests of this test press and read, by language.
var words = map[string]map[string]string{
	"ar": {
		"apply": "قدّم الطلب الآن", "continue": "متابعة", "number": "رقم الرخصة", "five": "خمس سنوات", "phone": "رقم الهاتف المحمول", "declare": "أقرّ بأن",
		"send": "أرسل الطلب", "pay": "ادفع الآن", "decline": "جرّب رفض البنك", "review": "ينظر موظف من", "correct": "صحّح وأرسل من جديد", "again": "أرسل من جديد",
		"sendBack": "إعادة للتصحيح", "approve": "موافقة", "refuse": "رفض", "comment": "تعليق لمقدّم الطلب", "record": "تسجيل القرار", "yes": "نعم، ارفض الطلب",
		"issued": "وثيقتك جاهزة", "ask": "اعرض النتيجة", "plate": "رقم اللوحة", "result": "عدد المخالفات", "empty": "لا مهام بانتظارك", "refused": "مرفوض",
		"file": "ملف الوثيقة", "check": "تحقق من الملف", "valid": "هذه الوثيقة صحيحة وسارية", "altered": "هذه الوثيقة معدَّلة", "unknown": "لا نعرف هذه الوثيقة",
		"layla": "ليلى خليل النجار", "sara": "سارة محمود عيسى", "samer": "سامر عوض", "raed": "رائد منصور",
		"withdraw": "سحب هذا الطلب", "why": "رقم الهاتف لا يجيب، اكتب رقمًا آخر.", "recorded": "سُجّل القرار", "copy": "رقم هوية صاحب الشهادة",
	},
	"en": {
		"apply": "Apply now", "continue": "Continue", "number": "Licence number", "five": "Five years", "phone": "Mobile phone", "declare": "I declare",
		"send": "Send the application", "pay": "Pay now", "decline": "Let the bank decline", "review": "An officer of", "correct": "Correct and send again", "again": "Send again",
		"sendBack": "Send back", "approve": "Approve", "refuse": "Refuse", "comment": "Comment for the applicant", "record": "Record the decision", "yes": "Yes, refuse it",
		"issued": "Your document is ready", "ask": "Show the answer", "plate": "Plate number", "result": "Number of fines", "empty": "Nothing waits for you", "refused": "Refused",
		"file": "The document's file", "check": "Check the file", "valid": "This document is real and valid", "altered": "This document was changed", "unknown": "We do not know this document",
		"layla": layla, "sara": sara, "samer": "Samer Awad", "raed": "Raed Mansour",
		"withdraw": "Withdraw this application", "why": "Nobody answers at this number, give another one.", "recorded": "Decision recorded", "copy": "National number of that person",
	},
}

// walk is one visit of every page, by a citizen and an officer.
type walk struct {
	citizen, officer *guest
	w                map[string]string
	issued           string // the address of the application that ended with a document
}

const renewalPage = "/services/transport.driving-licence.renew"

func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	for lang := range maps.Keys(words) {
		t.Run(lang, func(t *testing.T) {
			t.Parallel() // with the other language only
			p := shared.get(t)
			browser := uitest.Browser(t)
			k := &walk{citizen: p.visit(t, browser, lang, true), officer: p.visit(t, browser, lang, true), w: words[lang]}
			k.public()
			k.fillIn()
			k.payFor()
			k.decided()
			k.refused()
			k.enquiry()
			k.checked()
			k.turnedAway()
		})
	}
}

// public looks at the pages before the sign-in.
func (k *walk) public() {
	for name, path := range map[string]string{
		"home": "/", "services": "/services", "found": "/services?q=رخصة", "nothing-found": "/services?q=zzzz", "service": renewalPage,
		"service-insurance": "/services/health.insurance.renew", "service-enquiry": "/services/transport.traffic-fines.enquiry",
		"verify": "/verify", "help": "/help", "accessibility": "/accessibility", "privacy": "/privacy", "sample-data": "/about-sample-data",
	} {
		k.citizen.lookAt(name, path, 200)
	}
	k.citizen.lookAt("not-found", "/nowhere", 404)
	k.citizen.open(renewalPage)
	k.citizen.press(k.w["apply"])
	k.citizen.look("sign-in")
	k.citizen.signIn(k.w["layla"])
}

// fillIn looks at a form, empty, wrong and right, and sends it.
func (k *walk) fillIn() {
	v := k.citizen
	v.look("form")
	v.fill(k.w["number"], "12")
	v.expect(v.press(k.w["continue"]), 422)
	v.look("form-errors")
	v.fill(k.w["number"], "1234567")
	v.choose(k.w["five"])
	v.fill(k.w["phone"], "0599123456")
	v.choose(k.w["declare"])
	v.press(k.w["continue"])
	v.look("check")
	v.press(k.w["send"])
	v.awaits(k.w["pay"])
	v.look("application-sent")
	v.open(v.path())
	v.look("application-waiting")
}

// payFor looks at the gateway's page and what follows.
func (k *walk) payFor() {
	v := k.citizen
	v.press(k.w["pay"])
	v.look("gateway")
	v.press(k.w["decline"])
	v.look("application-unpaid")
	v.press(k.w["pay"])
	v.press(k.w["pay"])
	v.look("application-paid")
	v.open(v.path())
	v.awaits(k.w["review"])
	v.look("application-in-review")
}

// decided looks at the officer's pages, the correction between two decisions, and the end.
func (k *walk) decided() {
	v, o := k.citizen, k.officer
	application, reference := v.path(), v.reference()
	v.lookAt("withdraw", application+"/withdraw", 200)
	v.lookAt("applications", "/applications", 200)
	o.open("/desk")
	o.signIn(k.w["samer"])
	o.look("queue")
	o.lookAt("queue-none", "/desk?reference=ZZZZ-ZZZZ", 200)
	o.open("/desk?reference=" + reference)
	o.press(reference)
	o.look("case")
	o.choose(k.w["sendBack"])
	o.expect(o.press(k.w["record"]), 422)
	o.look("case-no-comment")
	o.choose(k.w["sendBack"])
	o.fill(k.w["comment"], k.w["why"])
	o.press(k.w["record"])
	o.look("queue-decided")
	v.open(application)
	v.look("application-sent-back")
	v.press(k.w["correct"])
	v.look("correction")
	v.fill(k.w["phone"], "12")
	v.expect(v.press(k.w["again"]), 422)
	v.look("correction-errors")
	v.fill(k.w["phone"], "0598765432")
	v.press(k.w["again"])
	v.look("application-corrected")
	other := o.p.visit(o.t, o.tab, o.lang, true)
	for _, one := range []*guest{o, other} {
		one.open("/desk?reference=" + reference)
		if one == other {
			one.signIn(k.w["samer"])
		}
		one.press(reference)
	}
	o.look("case-corrected")
	o.choose(k.w["approve"])
	o.press(k.w["record"])
	other.choose(k.w["sendBack"])
	other.fill(k.w["comment"], k.w["why"])
	other.expect(other.press(k.w["record"]), 409)
	other.sees(k.w["why"])
	other.look("case-conflict")
	v.open(application)
	v.reloads(k.w["issued"])
	v.look("application-issued")
	k.issued = application
	o.open("/desk" + application)
	o.look("case-ended")
}

// refused looks at an application that comes to nothing, and at the officer's question before that.
func (k *walk) refused() {
	v, o := k.citizen, k.officer
	v.open("/services/interior.birth-certificate.copy/apply")
	v.fill(k.w["copy"], "402345678")
	v.press(k.w["continue"])
	v.look("check-refusal")
	v.open(renewalPage + "/apply")
	v.fill(k.w["number"], "1234567")
	v.choose(k.w["five"])
	v.fill(k.w["phone"], "0599123456")
	v.choose(k.w["declare"])
	v.press(k.w["continue"])
	v.press(k.w["send"])
	v.awaits(k.w["pay"])
	v.press(k.w["pay"])
	v.press(k.w["pay"])
	application, reference := v.path(), v.reference()
	o.open("/desk?reference=" + reference)
	o.press(reference)
	o.choose(k.w["refuse"])
	o.fill(k.w["comment"], k.w["why"])
	o.press(k.w["record"])
	o.look("case-confirm")
	o.press(k.w["yes"])
	v.open(application)
	v.reloads(k.w["refused"])
	v.look("application-refused")
	v.lookAt("applications-ended", "/applications", 200)
}

// enquiry looks at a question and its answer.
func (k *walk) enquiry() {
	v := k.citizen.p.visit(k.citizen.t, k.citizen.tab, k.citizen.lang, true)
	v.open("/applications")
	v.signIn(k.w["sara"])
	v.open("/services/transport.traffic-fines.enquiry/apply")
	v.look("enquiry")
	v.fill(k.w["plate"], "6-3456-91")
	v.press(k.w["ask"])
	v.awaits(k.w["result"])
	v.look("enquiry-answer")
}

// checked looks at what a stranger learns about a document.
func (k *walk) checked() {
	v := k.citizen
	v.open(k.issued)
	pdf := v.download()
	for name, body := range map[string][]byte{"valid": pdf, "altered": altered(pdf), "unknown": []byte("%PDF-1.4 of somebody else")} {
		v.open("/verify")
		v.attach(k.w["file"], file(v.t, "document.pdf", body))
		v.press(k.w["check"])
		v.sees(k.w[name])
		v.look("verify-" + name)
	}
}

// turnedAway looks at what is shown to those who have come to the wrong page.
func (k *walk) turnedAway() {
	k.citizen.lookAt("forbidden", "/desk", 403)
	k.citizen.lookAt("application-of-nobody", "/applications/00000000-0000-4000-8000-000000000000", 404)
	raed := k.citizen.p.visit(k.citizen.t, k.citizen.tab, k.citizen.lang, true)
	raed.open("/desk")
	raed.signIn(k.w["raed"])
	raed.sees(k.w["empty"])
	raed.look("queue-empty")
}
