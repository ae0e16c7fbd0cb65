package compare

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// word is a word of the language as people read it. Arabic things are definite, as the sentences need them.
type word struct{ en, ar string }

// kindWords name the things of the language.
var kindWords = map[string]word{
	"service": {"service", "الخدمة"}, "authority": {"authority", "الجهة"}, "role": {"role", "الدور"}, "registry": {"registry", "السجل"},
	"operation": {"operation", "العملية"}, "tariff": {"tariff", "التعرفة"}, "amount": {"tariff amount", "مبلغ التعرفة"}, "version": {"version from", "الإصدار الساري من"},
	"calendar": {"calendar", "التقويم"}, "holiday": {"holiday", "العطلة"}, "document": {"document", "الوثيقة"}, "row": {"row", "السطر"},
	"settings": {"catalogue", "الكتالوج"}, "section": {"section", "القسم"}, "field": {"field", "الحقل"}, "option": {"option", "الخيار"},
	"validation": {"rule", "قاعدة التحقق"}, "fee": {"fee", "الرسم"}, "subtotal": {"subtotal", "المجموع الفرعي"}, "rebate": {"rebate", "الحسم"},
	"exemption": {"exemption", "الإعفاء"}, "step": {"step", "الخطوة"}, "decision": {"decision", "القرار"}, "fact": {"fact", "القيمة المسماة"},
	"scenario": {"scenario", "السيناريو"}, "argument": {"argument", "المُدخل"}, "gift": {"answer", "المُخرج"}, "refund": {"refund of", "استرداد"},
	"script": {"script", "ملف التحقق"}, "drawing": {"drawing", "الرسم"}, "branch": {"branch", "الفرع"}, "right": {"right", "الحق"}, "blueprint": {"blueprint", "القالب"},
	"fragment": {"fragment", "الجزء المشترك"}, "list": {"list", "القائمة"}, "event": {"event", "الحدث"}, "trigger": {"trigger", "طريقة البدء"},
	"trigger-by": {"start by", "بدء الخدمة بواسطة"}, "trigger-event": {"start by the event", "بدء الخدمة بالحدث"}, "trigger-right": {"start by a day of the right", "بدء الخدمة بيوم من عمر الحق"},
	"case": {"case", "الحالة"}, factRow: {"row", "السطر"}, "table": {"table", "الجدول"}, "column": {"column", "العمود"}, "eligibility": {"condition of eligibility", "شرط الأهلية"},
	"representation": {"capacity of a representative", "صفة مَن ينوب"}, "block": {"block", "الكتلة"}, "block-column": {"column", "العمود"},
}

// keyWords name keys as the sentences speak of them; a key that is not here is named as it is written.
var keyWords = map[string]word{
	"title": {"title", "العنوان"}, "label": {"label", "التسمية"}, "hint": {"hint", "الإرشاد"}, "intro": {"introduction", "المقدمة"},
	"message": {"message", "الرسالة"}, "summary": {"summary", "الوصف"}, "keywords": {"search words", "كلمات البحث"}, "legalBasis": {"legal basis", "الأساس القانوني"},
	"authority": {"authority", "الجهة المختصة"}, "type": {"type", "النوع"}, "lifeEvents": {"life events", "أحداث الحياة"}, "promised": {"promised time", "المدة الموعودة"},
	"keep": {"time for which the case is kept", "مدة حفظ الملف"}, "sample": {"mark of sample data", "وسم البيانات النموذجية"}, "tariff": {"tariff", "التعرفة"},
	"tariffOn": {"day that chooses the tariff", "اليوم الذي تُختار به التعرفة"}, "form": {"form", "النموذج"}, "when": {"condition", "الشرط"},
	"pattern": {"pattern", "النمط"}, "min": {"lowest value", "الحد الأدنى"}, "max": {"highest value", "الحد الأعلى"}, "maxSize": {"largest size", "أكبر حجم"}, "maxPages": {"most pages", "أكبر عدد للصفحات"},
	"atLeast": {"least", "الحد الأدنى"}, "atMost": {"most", "الحد الأعلى"}, "accept": {"kinds of file", "أنواع الملفات"}, "prefill": {"prefilled value", "القيمة المعبأة مسبقًا"},
	"value": {"value", "القيمة"}, "require": {"condition of being required", "شرط الإلزام"}, "optional": {"whether it may stay empty", "جواز تركه فارغًا"},
	"amount": {"amount", "المبلغ"}, "account": {"account", "الحساب"}, "round": {"rounding", "التقريب"}, "exempt": {"exemptions", "الإعفاءات"}, "rebates": {"rebates", "الحسومات"},
	"payee": {"payee", "الجهة المستفيدة"}, "split": {"split between payees", "توزيع الرسم"}, "deposit": {"whether it is a deposit", "كونه تأمينًا مستردًا"},
	"ask": {"register that is asked", "السجل المستعلَم منه"}, "with": {"arguments", "المُدخلات"}, "undo": {"what takes it back", "ما يلغي القيد"}, "suspend": {"who may suspend an application", "مَن يوقف الطلب مؤقتا"}, "reopen": {"who may reopen what has ended", "مَن يعيد فتح ما انتهى"}, "notFound": {"what happens where nothing is found", "ما يحدث إن لم يوجد شيء"},
	"refuse": {"reason of the refusal", "سبب الرفض"}, "pay": {"fees to be paid", "الرسوم المطلوب دفعها"}, "within": {"time limit", "المهلة"},
	"review": {"role that decides", "الدور الذي يقرر"}, "decisions": {"decisions", "القرارات"}, "issue": {"document that is issued", "الوثيقة التي تصدر"},
	"deliver": {"channels of delivery", "قنوات التسليم"}, "refund": {"refund", "الاسترداد"}, "answer": {"answer", "الجواب"}, "to": {"where it leads", "الوجهة"},
	"then": {"what follows after that", "ما يلي بعد ذلك"}, "end": {"ending", "النهاية"}, "rule": {"rule", "القاعدة"}, "script": {"script", "ملف التحقق"},
	"field": {"field beside which the message stands", "الحقل الذي تظهر عنده الرسالة"}, "register": {"prefix of its numbers", "بادئة أرقامها"},
	"body": {"sentence under the rows", "النص أسفل السطور"}, "validUntil": {"validity", "الصلاحية"}, "rows": {"rows", "السطور"}, "proves": {"right that it shows", "الحق الذي تثبته"}, "claim": {"name in a wallet", "الاسم في المحفظة"},
	"withdraw": {"withdrawal by the applicant", "سحب مقدّم الطلب لطلبه"}, "since": {"first day", "أول يوم"}, "until": {"last day", "آخر يوم"},
	"source": {"source", "المصدر"}, "languages": {"languages", "اللغات"}, "currency": {"currency", "العملة"}, "timeZone": {"time zone", "المنطقة الزمنية"},
	"calendar": {"calendar", "التقويم"}, "weekend": {"weekend", "عطلة نهاية الأسبوع"}, "fees": {"fees", "الرسوم"}, "steps": {"steps", "الخطوات"},
	"facts": {"facts", "القيم المسماة"}, "scenarios": {"scenarios", "السيناريوهات"}, "comment": {"comment", "التعليق"}, "silence": {"what silence means", "أثر السكوت"},
	"instalments": {"instalments", "الأقساط"}, "panel": {"panel", "اللجنة"}, "triage": {"triage of submissions", "فرز ما يرد"}, "publish": {"what is published", "ما يُنشر"}, "deadline": {"time limit of the whole case", "مهلة الطلب كله"},
	"decision.atMost": {"number of times at most", "أقصى عدد للمرات"}, "decision.title": {"name", "الاسم"}, "decision.within": {"time limit", "المهلة"},
	"scenario.form": {"answers of the form", "إجابات النموذج"}, "scenario.applicant": {"applicant", "مقدّم الطلب"},
	"scenario.answers": {"answers of registers", "إجابات السجلات"}, "scenario.decide": {"decisions", "القرارات"}, "scenario.expect": {"what is expected", "المتوقع"},
	"on": {"day that counts", "اليوم المعتدّ به"}, "cases": {"rows", "السطور"}, "scenario.on": {"day", "اليوم"},
	"options": {"options", "الخيارات"}, "unit": {"unit", "الوحدة"}, "code": {"code", "الرمز"}, "must": {"condition", "الشرط"}, "optionsFrom": {"source of the options", "مصدر الخيارات"},
	"optionsFrom.list": {"list of the options", "قائمة الخيارات"}, "optionsFrom.value": {"value of the options", "قيمة الخيارات"},
	"optionsFrom.label": {"label of the options", "تسمية الخيارات"}, "optionsFrom.none": {"text for an empty list", "نص القائمة الفارغة"},
	"onBehalf": {"who may apply for the applicant", "مَن يحق له التقديم عن صاحب الطلب"}, "mandate": {"proof of the mandate", "إثبات النيابة"},
	"representation.as": {"capacity", "الصفة"}, "scenario.ineligible": {"why nobody may apply", "سبب عدم الأهلية"}, "representation.evidence": {"paper that proves it", "الورقة التي تثبتها"}, "scenario.onBehalf": {"who applies for the applicant", "مَن يقدّم عن صاحب الطلب"},
	"before": {"lookups before the form", "الاستعلامات قبل النموذج"}, "otherwise": {"what happens otherwise", "ما يحدث خلاف ذلك"},
	"triggers": {"what starts it", "ما يبدأ الخدمة"}, "scenario.trigger": {"what starts it", "ما يبدأ الخدمة"}, "for": {"person for whom it is started", "الشخص الذي تُبدأ له"},
	"trigger-event.form": {"fields that are filled in", "الحقول المعبأة"}, "trigger-right.form": {"fields that are filled in", "الحقول المعبأة"},
	"trigger-right.on": {"day on which it starts", "اليوم الذي تبدأ فيه"}, "consent": {"consent", "الموافقة"}, "trigger-by.of": {"authority of the role", "الجهة التي يتبعها الدور"}, "step.of": {"authority that decides", "الجهة التي تقرر"},
	"trigger-event.within": {"time for the consent", "مهلة الموافقة"}, "trigger-right.within": {"time for the consent", "مهلة الموافقة"},
	"heldWith": {"right as long as which it is held", "الحق الذي يبقى التأمين ما بقي"}, "reminders": {"reminders", "التذكيرات"}, "dues": {"what is asked for from time to time", "ما يُطلب دوريًا"},
	"may": {"what services may make of it", "ما للخدمات أن تجعله"}, "terms": {"terms", "الشروط"},
	"eligible": {"conditions of eligibility", "شروط الأهلية"}, "notice": {"notice", "الإشعار"}, "readOnly": {"whether it can be changed", "جواز تعديله"},
	"layout": {"layout", "التخطيط"}, "blocks": {"blocks", "الكتل"}, "paper": {"paper", "الورقة"}, "landscape": {"whether it lies on its long side", "كونها عرضية"},
	"margins": {"margins", "الهوامش"}, "arrange": {"arrangement of the languages", "ترتيب اللغات"}, "border": {"border", "الإطار"},
	"background": {"background", "الخلفية"}, "watermark": {"watermark", "العلامة المائية"}, "pageNumbers": {"page numbers", "أرقام الصفحات"},
	"row.row": {"name", "الاسم"}, "block.block": {"kind", "النوع"}, "block.text": {"text", "النص"}, "block.items": {"lines", "الأسطر"},
	"block.rows": {"rows", "السطور"}, "block.across": {"columns of facts", "أعمدة القيم"}, "block.of": {"row that it shows", "السطر الذي تعرضه"},
	"block.columns": {"columns", "الأعمدة"}, "block.counted": {"numbers of the lines", "ترقيم الأسطر"}, "block.image": {"drawing", "الرسم"},
	"block.alt": {"words for those who do not see it", "وصفها لمن لا يراها"}, "block.at": {"place", "المكان"}, "block.size": {"size", "الحجم"},
	"block.signers": {"who signs", "مَن يوقّع"}, "block-column.share": {"width", "العرض"}, "block-column.total": {"sum in the last line", "المجموع في آخر سطر"},
}

// codeWords are the Arabic names of things that have none of their own, by kind and code.
var codeWords = map[string]string{
	"trigger-by.applicant": "مقدّم الطلب", "decision.approve": "موافقة", "decision.sendBack": "إعادة للتصحيح", "decision.refuse": "رفض",
}

// plainWords are words that stand as values, in the words of people.
var plainWords = map[string]word{
	"lapse": {"lapse of the application", "سقوط الطلب"}, "escalate": {"escalation", "رفع الأمر"}, "remind": {"a reminder", "تذكير"}, "refuse": {"refusal", "رفض"},
	"all": {"all of it", "كله"}, "keep": {"nothing", "لا شيء"}, "continue": {"on to the next step", "الخطوة التالية"}, "applicant": {"the applicant", "مقدّم الطلب"},
	"refused": {"refused", "مرفوض"}, "issued": {"issued", "صدرت الوثيقة"}, "lapsed": {"lapsed", "سقط"}, "withdrawn": {"withdrawn", "سُحب"},
	"answered": {"answered", "أُجيب"}, "completed": {"completed", "اكتمل"}, "true": {"yes", "نعم"}, "false": {"no", "لا"}, "today": {"today", "اليوم"},
	"text": {"text", "نص"}, "long-text": {"long text", "نص طويل"}, "integer": {"whole number", "عدد صحيح"}, "decimal": {"decimal number", "عدد عشري"},
	"money": {"amount", "مبلغ"}, "date": {"date", "تاريخ"}, "yes-no": {"yes or no", "نعم أو لا"}, "choice": {"choice", "اختيار"}, "choices": {"several choices", "اختيارات"},
	"file": {"file", "ملف"}, "national-number": {"national number", "رقم وطني"}, "phone": {"phone number", "رقم هاتف"}, "email": {"e-mail address", "بريد إلكتروني"},
	"consent": {"consent", "موافقة"}, "iban": {"IBAN", "رقم حساب دولي"}, "address": {"address", "عنوان"}, "place": {"place on a map", "موقع على الخريطة"},
	"group": {"repeating group", "مجموعة متكررة"}, "person": {"person", "شخص"}, "download": {"download", "تنزيل"}, "pick-up": {"pick-up", "استلام باليد"}, "post": {"post", "بريد"},
	"at once": {"at once", "فورًا"}, "friday": {"Friday", "الجمعة"}, "saturday": {"Saturday", "السبت"}, "sunday": {"Sunday", "الأحد"}, "monday": {"Monday", "الاثنين"},
	"tuesday": {"Tuesday", "الثلاثاء"}, "wednesday": {"Wednesday", "الأربعاء"}, "thursday": {"Thursday", "الخميس"},
}

// languageWords name languages; another is named by its code.
var languageWords = map[string]word{
	"ar": {"Arabic", "بالعربية"}, "en": {"English", "بالإنجليزية"}, "fr": {"French", "بالفرنسية"}, "kk": {"Kazakh", "بالقازاقية"}, "ru": {"Russian", "بالروسية"},
	"he": {"Hebrew", "بالعبرية"}, "tr": {"Turkish", "بالتركية"}, "ur": {"Urdu", "بالأردية"}, "ku": {"Kurdish", "بالكردية"}, "fa": {"Persian", "بالفارسية"},
}

// in is the word in a language; English stands for what we do not speak.
func (w word) in(lang string) string {
	if lang == "ar" {
		return w.ar
	}
	return w.en
}

// factRow is the kind of the rows of a fact.
const factRow = "fact-row"

// kindNames are the kinds of things whose Go name or key says something else.
var kindNames = map[string]string{
	"document-row": "row", "answer-row": "row", "holidays": "holiday", "amounts": "amount", "facts": "fact", "decisions": "decision", "with": "argument",
	"gives": "gift", "refund": "refund", "eligible": "eligibility", "tariff-entry": "amount", "tariff-version": "version", "tariff-table": "table", "tariff-column": "column", "rows": "row", "validations": "validation", "fact-case": factRow, "cases": "case", "tables": "table",
}

// triggerKind is the kind of what starts a service.
const triggerKind = "trigger"

// kindOf is the kind of a thing: the name of its type, or that of the key under which it stands.
func kindOf(t source.Type, key string) string {
	name := kebab(key)
	if t.Go != nil && t.Kind != "text" {
		name = kebab(t.Go.Name())
	}
	for _, n := range []string{name, kebab(key)} {
		if k, ok := kindNames[n]; ok {
			return k
		}
	}
	return name
}

// orderCounts tells of which maps people see the order: the decisions are buttons in a row.
func orderCounts(k source.Key) bool { return k.Name == "decisions" && k.Type.Kind == "map" }

// roams tells of which things one that went here and came there is the same.
func roams(kind string) bool { return kind == "field" || kind == "step" }

// kebab writes AnswerRow as answer-row and maxSize as max-size.
func kebab(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' {
			if i > 0 && !strings.HasSuffix(b.String(), ".") {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		if r == '.' {
			r = '-'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// spaced writes maxSize as max size.
func spaced(s string) string { return strings.ReplaceAll(kebab(s), "-", " ") }
