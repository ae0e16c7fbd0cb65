package main

import (
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// A licence is renewed in Arabic with scripts switched off, from the search until a stranger has checked the document.
func TestALicenceIsRenewedInArabicWithoutScripts(t *testing.T) {
	p := shared.get(t)
	browser := uitest.Browser(t)
	layla := p.visit(t, browser, "ar", false)
	samer := p.visit(t, browser, "ar", false)

	layla.open("/")
	layla.search("رخصة السياقة")
	layla.sees("تجديد رخصة القيادة")
	layla.press("تجديد رخصة القيادة")
	layla.sees("3 أيام عمل", "يُحسب من إجاباتك", "رقم الرخصة", "تقرير طبي", "متى يُرفض الطلب؟")
	layla.press("قدّم الطلب الآن")
	layla.signIn("ليلى خليل النجار")
	layla.sees("رخصتك")

	wrongLicence(layla)
	layla.sees("رسم التجديد", "250.00 شيكل", "1234567", "خمس سنوات", "0599123456")
	layla.misses("غرامة تأخير")
	layla.expect(layla.press("أرسل الطلب"), 200)
	layla.awaits("ادفع الآن")
	layla.sees("استلمنا طلبك", "250.00 شيكل", "ادفع قبل نهاية يوم")
	application := layla.path()
	reference := layla.reference()

	layla.press("ادفع الآن")
	layla.sees("250.00", "تجديد رخصة القيادة")
	layla.press("جرّب رفض البنك")
	layla.sees("لم يكتمل الدفع ولم يُخصم منك شيء")
	layla.press("ادفع الآن")
	layla.press("ادفع الآن")
	layla.sees("وصلنا الدفع، شكرًا لك", "دُفع في", "ينظر موظف من")
	if got := layla.path(); got != application {
		t.Fatalf("after paying the citizen is at %s, not at %s", got, application)
	}

	samer.open("/desk")
	samer.signIn("سامر عوض")
	samer.sees(reference, "تجديد رخصة القيادة")
	samer.press(reference)
	samer.sees("ليلى خليل النجار", "401234567", "1234567", "خمس سنوات", "0599123456", "250.00 شيكل", "مدفوع")
	samer.choose("إعادة للتصحيح")
	samer.fill("تعليق لمقدّم الطلب", "رقم الهاتف لا يجيب، اكتب رقمًا آخر.")
	samer.press("تسجيل القرار")
	samer.sees("سُجّل القرار", reference)

	layla.open(application)
	layla.sees("صحّح طلبك", "رقم الهاتف لا يجيب، اكتب رقمًا آخر.")
	layla.press("صحّح وأرسل من جديد")
	layla.sees("رقم الهاتف لا يجيب، اكتب رقمًا آخر.")
	if got := layla.value("رقم الهاتف المحمول"); got != "0599123456" {
		t.Errorf("the correction begins with the phone number %q", got)
	}
	layla.fill("رقم الهاتف المحمول", "٠٥٩٨٧٦٥٤٣٢")
	layla.press("أرسل من جديد")
	layla.sees("أُرسل طلبك المصحَّح", "ينظر موظف من")

	samer.open("/desk?reference=" + reference)
	samer.press(reference)
	samer.sees("0598765432", "وكان:", "0599123456")
	samer.choose("موافقة")
	samer.press("تسجيل القرار")
	samer.sees("سُجّل القرار")

	layla.open(application)
	layla.reloads("وثيقتك جاهزة")
	layla.sees("دفع الرسوم", "أُعيد إليك", "أرسلت التصحيح", "إصدار الرخصة") // the timeline
	layla.misses("الآن", "سحب هذا الطلب")
	pdf := layla.download()

	stranger := p.visit(t, browser, "ar", false)
	links := layla.links("/verify/")
	if len(links) != 1 {
		t.Fatalf("the document's verification is at %q", links)
	}
	stranger.open(links[0])
	stranger.sees("هذه الوثيقة صحيحة وسارية")
	stranger.misses("ليلى", "401234567")
	checks(t, stranger, pdf)
}

// wrongLicence fills the form of a licence wrongly, sees why beside each field, and corrects it in the digits of an Arabic keyboard.
func wrongLicence(v *guest) {
	v.t.Helper()
	v.fill("رقم الرخصة", "١٢٣٤")
	v.fill("رقم الهاتف المحمول", "٠٥٩٩١٢٣٤٥٦")
	v.expect(v.press("متابعة"), 422)
	for label, want := range map[string]string{
		"رقم الرخصة": "خطأ: رقم الرخصة سبعة أرقام", "سنة واحدة": "خطأ: ", "أقرّ بأن المعلومات": "خطأ: ", "رقم الهاتف المحمول": "",
	} {
		if got := v.problem(label); !strings.HasPrefix(got, want) || want == "" && got != "" {
			v.t.Errorf("beside %q stands %q, want %q", label, got, want)
		}
	}
	if got := v.value("رقم الرخصة"); got != "1234" && got != "١٢٣٤" {
		v.t.Errorf("the licence number that was typed has become %q", got)
	}
	v.fill("رقم الرخصة", "١١١١١١١") // seven digits, and no licence's
	v.choose("خمس سنوات")
	v.choose("أقرّ بأن المعلومات")
	v.expect(v.press("متابعة"), 422)
	if got := v.problem("رقم الرخصة"); got != "خطأ: رقم الرخصة غير صحيح؛ تحقق من الأرقام" {
		v.t.Errorf("beside a number that is none stands %q", got)
	}
	v.fill("رقم الرخصة", "١٢٣٤٥٦٧")
	v.expect(v.press("متابعة"), 200)
}

// checks verifies a document as a stranger does: its file, the file changed, and a number that was never given.
func checks(t *testing.T, v *guest, pdf []byte) {
	t.Helper()
	words := map[string][]string{
		"ar": {"ملف الوثيقة", "تحقق من الملف", "هذه الوثيقة صحيحة وسارية", "هذه الوثيقة معدَّلة", "لا نعرف هذه الوثيقة", "الرقم المكتوب تحت الرمز على الوثيقة", "تحقق من الرقم"},
		"en": {"The document's file", "Check the file", "This document is real and valid", "This document was changed", "We do not know this document", "Number under the code on the document", "Check the number"},
	}[v.lang]
	v.open("/verify")
	v.attach(words[0], file(t, "document.pdf", pdf))
	v.press(words[1])
	v.sees(words[2])
	v.attach(words[0], file(t, "document.pdf", altered(pdf)))
	v.press(words[1])
	v.sees(words[3])
	v.fill(words[5], "ZZZZZZZZZZZZZZZZZZZZZZZZZZ")
	v.press(words[6])
	v.sees(words[4])
}
