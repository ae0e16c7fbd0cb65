package api

import "net/http"

// said is what a problem says in a language.
type said struct{ title, detail string }

// sentence is one kind of problem: its status and its words.
type sentence struct {
	status int
	ar, en said
}

// sentences are all problems by code. Codes of refused acts are those of activity.ActResult.
var sentences = map[string]sentence{
	"bad-request": {http.StatusBadRequest,
		said{"طلب غير مفهوم", "تعذّرت قراءة ما أُرسل؛ يجب أن يكون JSON صحيحًا كما في وصف الواجهة."},
		said{"Request not understood", "What was sent could not be read: send valid JSON as the description of this interface says."}},
	"unauthorized": {http.StatusUnauthorized,
		said{"يلزم تسجيل الدخول", "أرسل رمز دخول صالحًا في الترويسة Authorization: Bearer."},
		said{"Sign-in needed", "Send a valid token in the header Authorization: Bearer."}},
	"forbidden": {http.StatusForbidden,
		said{"ليس لك هذا", "هذه المهمة لصفة أخرى غير صفتك."},
		said{"Not yours to do", "This task is for a role that you do not hold."}},
	"same-officer": {http.StatusForbidden,
		said{"سبق أن قررت في هذا الطلب", "تحتاج هذه الخطوة إلى موظف غيرك."},
		said{"You have decided on this application before", "This step needs another officer."}},
	"voted": {http.StatusConflict,
		said{"سبق أن صوّتّ", "لكل عضو صوت واحد، له أو لمن ينوب عنه."},
		said{"You have voted already", "Every member votes once, with whoever stands in for them."}},
	"recused": {http.StatusForbidden,
		said{"تنحّيت عن هذا الطلب", "ذكرت أنه لا يجوز لك أن تقرر في هذا الطلب؛ يقرر فيه موظف آخر."},
		said{"You have stepped aside", "You have said that you must not decide on this application: another officer must."}},
	"claimed": {http.StatusConflict,
		said{"المهمة عند موظف آخر", "استلم موظف آخر هذه المهمة. تعود متاحة حين يعيدها، وبعد يوم على أبعد تقدير."},
		said{"Somebody else works on this task", "Another officer has claimed this task. It is free again when they release it, at the latest after a day."}},
	"panel": {http.StatusConflict,
		said{"كل الأعضاء يصوّتون", "يقرر في هذه المهمة عدة أشخاص معًا، فلا يستلمها أحد لنفسه."},
		said{"Every member votes", "Several decide on this task together, so nobody can claim it."}},
	"too-early": {http.StatusConflict,
		said{"لم يحن الوقت بعد", "لا يُتخذ القرار قبل الموعد المحدد له."},
		said{"It is too early", "Nobody can decide before the date that is set for it."}},
	"being-undone": {http.StatusConflict,
		said{"الطلب على وشك أن ينتهي", "يُلغى الآن ما سُجّل لهذا الطلب في جهات أخرى، ثم ينتهي."},
		said{"This application is about to end", "What was entered elsewhere for this application is being taken back; then it ends."}},
	"suspended": {http.StatusConflict,
		said{"الطلب موقوف مؤقتًا", "لا يُتخذ فيه شيء حتى يُستأنف؛ اقرأ الطلب لترى السبب وإلى متى."},
		said{"This application is suspended", "Nothing is done about it until it is resumed: read the application for the reason and until when."}},
	"slot-taken": {http.StatusConflict,
		said{"سبقك أحد إلى هذا الموعد", "لم يعد في هذا الموعد مكان. اختر موعدًا آخر."},
		said{"This time is taken", "No place is left at this time. Choose another one."}},
	"own-application": {http.StatusForbidden,
		said{"هذا طلبك أنت", "لا يبتّ أحد في طلبه؛ يقرر فيه موظف آخر."},
		said{"This is your own application", "Nobody decides on their own application: another officer must."}},
	"not-found": {http.StatusNotFound,
		said{"غير موجود", "لا يوجد شيء بهذا العنوان، أو لا يحق لك رؤيته."},
		said{"Not found", "There is nothing at this address, or you may not see it."}},
	"method": {http.StatusMethodNotAllowed,
		said{"طريقة غير مقبولة", "لا يقبل هذا العنوان هذه الطريقة؛ انظر الترويسة Allow."},
		said{"Method not allowed", "This address does not take this method: see the header Allow."}},
	"closed": {http.StatusConflict,
		said{"أُغلقت هذه المهمة", "أنجز شخص ما هذه المهمة أو لم تعد مطلوبة. اقرأ الطلب من جديد."},
		said{"This task is closed", "Somebody has already done this task, or it is no longer needed. Read the application again."}},
	"revision": {http.StatusConflict,
		said{"تغيّرت هذه المهمة", "تغيّرت المهمة بعد أن قرأتها. اقرأ الطلب من جديد ثم أعد ما أردت فعله."},
		said{"This task has changed", "The task has changed since you read it. Read the application again and repeat what you wanted to do."}},
	"ended": {http.StatusConflict,
		said{"انتهى هذا الطلب", "انتهى الطلب ولا يمكن عمل شيء فيه بعد."},
		said{"This application has ended", "The application has ended; nothing more can be done with it."}},
	"key-reused": {http.StatusConflict,
		said{"المفتاح مستعمل لطلب آخر", "استُعمل Idempotency-Key هذا من قبل مع محتوى آخر. استعمل مفتاحًا جديدًا لكل طلب جديد."},
		said{"Key used for another request", "This Idempotency-Key was used before with another body. Use a new key for every new request."}},
	"underway": {http.StatusConflict,
		said{"الطلب الأول لم ينته بعد", "لم يُجَب بعد عن الطلب الأول بهذا المفتاح. أعد المحاولة بعد لحظات."},
		said{"The first request is under way", "The first request with this key has not been answered yet. Try again in a moment."}},
	"too-large": {http.StatusRequestEntityTooLarge,
		said{"المحتوى كبير جدًا", "ما أُرسل أكبر من الحد المسموح."},
		said{"Too large", "What was sent is larger than allowed."}},
	"media-type": {http.StatusUnsupportedMediaType,
		said{"نوع غير مقبول", "نوع المحتوى هذا غير مقبول هنا."},
		said{"Type not accepted", "Content of this type is not accepted here."}},
	"invalid": {http.StatusUnprocessableEntity,
		said{"هناك ما يحتاج إلى تصحيح", "صحّح ما تذكره errors ثم أرسل من جديد."},
		said{"There is something to correct", "Correct what errors lists, then send it again."}},
	"not-eligible": {http.StatusUnprocessableEntity,
		said{"لا يمكنك تقديم هذا الطلب", "لا ينطبق عليك ما تشترطه هذه الخدمة."},
		said{"You cannot apply for this", "You do not meet the conditions of this service."}},
	"unknown-action": {http.StatusUnprocessableEntity,
		said{"إجراء غير معروف", "لا تقبل هذه المهمة هذا الإجراء؛ انظر actions."},
		said{"Unknown action", "This task does not take this action: see its actions."}},
	"comment-required": {http.StatusUnprocessableEntity,
		said{"التعليق مطلوب", "اكتب سبب هذا القرار في comment."},
		said{"A comment is needed", "Give the reason for this decision in comment."}},
	"frozen": {http.StatusUnprocessableEntity,
		said{"قيمة لم يعد تغييرها ممكنًا", "اعتُمد على هذه القيمة من قبل، ولم يعد تغييرها ممكنًا."},
		said{"A value that can no longer change", "This value has already been relied upon and can no longer be changed."}},
	"too-many-uploads": {http.StatusTooManyRequests,
		said{"ملفات كثيرة لم تُستعمل", "لك ملفات مرفوعة كثيرة لم يذكرها أي طلب بعد. قدّم الطلب أو انتظر حتى تُحذف."},
		said{"Too many unused uploads", "You have many uploads that no application names yet. Apply, or wait until they are removed."}},
	"too-many-forms": {http.StatusTooManyRequests,
		said{"نماذج كثيرة عن آخرين", "قدّمت اليوم أقصى عدد مسموح به من الطلبات عن آخرين. حاول غدًا."},
		said{"Too many forms for others", "You have applied for others as often as one may in a day. Try again tomorrow."}},
	"not-open": {http.StatusConflict,
		said{"لا تقديم إلى هذه الخدمة الآن", "إما أن مكتبًا أو حدثًا هو الذي يبدأ هذه الخدمة، أو أن جولتها ليست مفتوحة. اقرأ صفحتها."},
		said{"Nobody applies for this service now", "An office or an event starts this service, or its round is not open. Read its page."}},
	"event-forbidden": {http.StatusForbidden,
		said{"ليس لهذا النظام أن يبلّغ بهذا الحدث", "يلزم رمزٌ يحمل الصلاحية events: يتبعها رمز الجهة التي ينسب الفهرس هذا الحدث إليها."},
		said{"This system may not tell this event", "Its token must hold events: with the authority that the catalogue names for this event."}},
	"event-reused": {http.StatusConflict,
		said{"هذا الرقم لحدث آخر", "أُبلغ من هذا المصدر عن حدث آخر بالرقم نفسه. لكل حدث رقم خاص به."},
		said{"This id is another event's", "This source has told another event under this id. Give every event an id of its own."}},
	"unavailable": {http.StatusServiceUnavailable,
		said{"متوقف لوقت قصير", "لا يمكن الوصول الآن إلى ما يحتاجه هذا الطلب. أعد المحاولة بعد قليل."},
		said{"Paused for a short time", "Something that this request needs cannot be reached now. Try again in a moment."}},
	"internal": {http.StatusInternalServerError,
		said{"حدث خلل من جهتنا", "ليس الخطأ منك. أعد المحاولة بعد قليل بالمفتاح نفسه."},
		said{"Something went wrong on our side", "It is not your fault. Try again in a moment, with the same key."}},
}

// messages are what the API itself says of one place of a request, by code. What forms say comes from runtime/form.
var messages = map[string]struct{ ar, en string }{
	"required":         {"هذا الحقل مطلوب", "This is required"},
	"unknown-field":    {"حقل غير معروف", "This is not a known field"},
	"type":             {"قيمة من نوع غير مقبول", "This value has the wrong type"},
	"unknown-action":   {"اختر أحد الإجراءات المذكورة في actions", "Choose one of the task's actions"},
	"comment-required": {"اكتب السبب", "Give the reason"},
	"comment-too-long": {"اختصر النص إلى ألفي حرف على الأكثر", "Shorten it to 4000 bytes at most: 2000 letters of most scripts other than the Latin one"},
	"frozen":           {"اعتُمد على هذه القيمة ولم يعد تغييرها ممكنًا", "This value was relied upon and can no longer be changed"},
	"file-empty":       {"هذا الملف فارغ", "This file is empty"},
	"file-type":        {"اختر ملف PDF أو JPEG أو PNG", "Choose a PDF, JPEG or PNG file"},
	"file-unclean":     {"وجد الفحص في هذا الملف ما يمنع قبوله؛ اختر ملفًا آخر", "The scanner has refused this file; choose another one"},
	"not-them":         {"لا تصح الصفة أو الرقم أو تاريخ الميلاد معًا؛ راجع بطاقة هوية مَن تقدّم عنه", "Capacity, number and date of birth do not belong together; look at their identity card"},
	"event-data":       {"لا يطابق ما يصرّح به الفهرس لهذا الحدث", "This is not as the catalogue declares it for this event"},
	"unknown-event":    {"لا يعرف الفهرس حدثًا بهذا الرمز", "The catalogue has no event of this code"},
	"event-version":    {"اكتب 1.0", "Write 1.0"},
	"event-json":       {"تُرسل بيانات الحدث بصيغة JSON", "Send the data as JSON"},
	"no-task":          {"حدّد المهمة", "Name the task"},
}

func (s sentence) in(lang string) said {
	if lang == "ar" {
		return s.ar
	}
	return s.en
}

func message(code, lang string) string {
	if lang == "ar" {
		return messages[code].ar
	}
	return messages[code].en
}
