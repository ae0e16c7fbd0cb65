package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// A proof was overlooked: what was refused is taken up again by the officer, who says why, is decided anew and ends with the card. Only who
// holds the role may do it, and only as long as the service says.
func TestWhatWasRefusedIsReopenedWithAReasonAndEndsWithTheCard(t *testing.T) {
	p := shared.get(t)
	browser := uitest.Browser(t)
	layla, raed := p.visit(t, browser, "ar", false), p.visit(t, browser, "ar", false)

	layla.open("/services/health.insurance.renew/apply")
	layla.signIn("ليلى خليل النجار")
	layla.choose("ستة أشهر")
	layla.press("متابعة")
	layla.choose("ابن طالب")
	layla.press("متابعة") // what is asked about a son comes now
	layla.fill("اسم المعال", "خالد")
	layla.fill("رقم هوية المعال", "404567893")
	layla.attach("إثبات قيد من الجامعة أو المدرسة", file(t, "proof.pdf", smallPDF))
	layla.press("متابعة")
	layla.fill("رقم الهاتف المحمول", "0599123456")
	layla.expect(layla.press("متابعة"), http.StatusOK)
	layla.expect(layla.press("أرسل الطلب"), http.StatusOK)
	layla.awaits("ينظر موظف من")
	application, reference := layla.path(), layla.reference()
	id := strings.TrimPrefix(application, "/applications/")

	raed.open("/desk?reference=" + reference)
	raed.signIn("رائد منصور")
	raed.press(reference)
	raed.misses("إعادة فتح الطلب") // it is open
	raed.choose("رفض")
	raed.fill("تعليق لمقدّم الطلب", "لا يوجد إثبات قيد.")
	raed.press("تسجيل القرار")
	raed.press("نعم، ارفض الطلب")
	raed.sees("سُجّل القرار")
	layla.open(application)
	layla.reloads("مرفوض")
	layla.sees("لا يوجد إثبات قيد.")

	// Neither the applicant nor an officer of another authority may, not even by the API.
	for person, status := range map[string]int{"citizen": http.StatusUnprocessableEntity, "officer.transport": http.StatusNotFound} {
		body := map[string]any{"action": "reopen", "comment": "again"}
		must(t, p.as(t, person), "POST", ownPath+id+"/acts", uuid.NewString(), body, nil, status)
	}

	// The page lay open until it was too late: the reason is not lost, and nothing has changed.
	raed.open("/desk" + application)
	raed.unfold("إعادة فتح الطلب")
	raed.expect(raed.press("إعادة فتح الطلب"), http.StatusUnprocessableEntity)
	raed.sees("اكتب السبب")
	conn := p.database(t)
	moved := func(interval string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), "UPDATE application SET ended_at = ended_at + $2::interval WHERE id = $1", id, interval); err != nil {
			t.Fatal(err)
		}
	}
	moved("-32 days") // 31 days may be 30 on the calendar of Hebron, whose summer time ends meanwhile
	const why = "إثبات القيد مرفق بالطلب، ولم يُنتبه إليه."
	raed.fill("لماذا يُقرَّر فيه من جديد، ويقرؤه مقدّم الطلب", why)
	raed.expect(raed.press("إعادة فتح الطلب"), http.StatusConflict)
	raed.sees("لم يعد هذا ممكنًا", why)
	raed.open("/desk" + application)
	raed.misses("إعادة فتح الطلب")
	moved("32 days")

	raed.open("/desk" + application)
	raed.unfold("إعادة فتح الطلب")
	raed.fill("لماذا يُقرَّر فيه من جديد، ويقرؤه مقدّم الطلب", why)
	raed.expect(raed.press("إعادة فتح الطلب"), http.StatusOK)
	raed.sees("أُعيد فتح الطلب", reference)
	layla.open(application)
	layla.reloads("أُعيد فتح طلبك")
	layla.sees(why, "ينظر موظف من")
	layla.misses("مرفوض")

	raed.open("/desk?reference=" + reference)
	raed.press(reference)
	raed.sees(why)
	raed.choose("موافقة")
	raed.press("تسجيل القرار")
	layla.open(application)
	layla.reloads("ادفع الآن")
	layla.sees("550.00 شيكل")
	layla.press("ادفع الآن")
	layla.press("ادفع الآن")
	layla.open(application)
	layla.reloads("وثيقتك جاهزة")
	layla.sees("أُعيد فتح طلبك", why)
	layla.download()
	raed.open("/desk" + application)
	raed.misses("إعادة فتح الطلب") // what was issued is not among what may be
}
