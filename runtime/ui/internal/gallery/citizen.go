package gallery

import (
	"net/http"
	"time"

	"github.com/diwan-gov/diwan/runtime/ui"
)

var now = time.Date(2026, 3, 3, 10, 15, 0, 0, time.UTC)

func portalNav(w words, current string) []ui.NavItem {
	items := []ui.NavItem{
		{Text: w.in("الخدمات", "Services"), Href: "/"},
		{Text: w.in("طلباتي", "My applications"), Href: "/application", Count: 2},
		{Text: w.in("وثائقي", "My documents"), Href: "/done"},
	}
	for i := range items {
		items[i].Current = items[i].Href == current
	}
	return items
}

func citizen(w words) *ui.User { return &ui.User{Name: w.in("سمر خليل", "Samar Khalil")} }

func home(w words, _ *http.Request) ui.Page {
	card := func(icon, ar, en string, n string) ui.Card {
		return ui.Card{Title: w.in(ar, en), Icon: icon, Href: "/service", Meta: []ui.Meta{{Text: n}}}
	}
	service := func(ar, en, arText, enText, time, fee string) ui.Card {
		return ui.Card{Title: w.in(ar, en), Text: w.in(arText, enText), Href: "/service", Meta: []ui.Meta{
			{Icon: "clock", Label: w.in("المدة", "Time"), Text: time}, {Icon: "banknote", Label: w.in("الرسوم", "Fees"), Text: fee}}}
	}
	return ui.Page{Title: w.in("الخدمات الحكومية", "Government services"), Bare: true, Nav: portalNav(w, "/"), Body: struct {
		Hero                       ui.Hero
		GroupsTitle, ServicesTitle string
		Groups, Services           ui.CardGrid
	}{
		Hero: ui.Hero{Title: w.in("كل الخدمات الحكومية في مكان واحد", "Every government service, in one place"),
			Text:       w.in("ابحث عن خدمتك، قدّم طلبك، وتابعه حتى يصلك القرار.", "Find your service, apply, and follow it until you have the decision."),
			Search:     &ui.Search{Action: "/", Label: w.in("ما الذي تريد إنجازه؟", "What do you want to do?"), Large: true},
			LinksLabel: w.in("الأكثر طلبًا:", "Often asked for:"),
			Links:      []ui.Link{{Text: w.in("شهادة ميلاد", "Birth certificate"), Href: "/service"}, {Text: w.in("رخصة قيادة", "Driving licence"), Href: "/service"}, {Text: w.in("رخصة بناء", "Building permit"), Href: "/service"}}},
		GroupsTitle: w.in("بحسب الموضوع", "By subject"),
		Groups: ui.CardGrid{Small: true, Cards: []ui.Card{
			card("car", "السياقة والمركبات", "Driving and vehicles", w.in("84 خدمة", "84 services")),
			card("baby", "الأسرة والأحوال المدنية", "Family and civil status", w.in("61 خدمة", "61 services")),
			card("building-2", "الأرض والبناء", "Land and building", w.in("120 خدمة", "120 services")),
			card("briefcase", "العمل والشركات", "Work and companies", w.in("203 خدمات", "203 services")),
			card("heart-pulse", "الصحة", "Health", w.in("97 خدمة", "97 services")),
			card("graduation-cap", "التعليم", "Education", w.in("75 خدمة", "75 services")),
			card("plane", "السفر والإقامة", "Travel and residence", w.in("44 خدمة", "44 services")),
			card("sprout", "الزراعة والمياه", "Farming and water", w.in("58 خدمة", "58 services")),
		}},
		ServicesTitle: w.in("خدمات مطلوبة هذا الشهر", "In demand this month"),
		Services: ui.CardGrid{Cards: []ui.Card{
			service("تجديد رخصة القيادة", "Driving licence renewal", "جدّد رخصتك لسنة أو خمس سنوات دون زيارة المكتب.", "Renew for one or five years without a visit.", w.in("3 أيام عمل", "3 working days"), w.in("من 50.00 شيكل", "from ₪50.00")),
			service("شهادة ميلاد", "Birth certificate", "نسخة موقعة إلكترونيًا تصلك فور الدفع.", "A signed copy as soon as you have paid.", w.in("فورًا", "At once"), w.in("10.00 شيكل", "₪10.00")),
			service("تسجيل شركة", "Company registration", "احجز الاسم وسجّل الشركة في طلب واحد.", "Reserve the name and register in one application.", w.in("5 أيام عمل", "5 working days"), w.in("بحسب رأس المال", "by capital")),
		}},
	}}
}

func service(w words, _ *http.Request) ui.Page {
	return ui.Page{Title: w.in("تجديد رخصة القيادة", "Driving licence renewal"), Nav: portalNav(w, "/"), Wide: true,
		Crumbs: []ui.Link{{Text: w.in("الخدمات", "Services"), Href: "/"}, {Text: w.in("السياقة والمركبات", "Driving and vehicles"), Href: "/"}, {Text: w.in("تجديد رخصة القيادة", "Driving licence renewal")}},
		Body: []ui.Component{
			ui.Text{Lead: true, Text: w.in("جدّد رخصتك لسنة أو خمس سنوات. إن كان عمرك 60 عامًا أو أكثر فستحتاج إلى تقرير طبي.", "Renew your licence for one or five years. From 60 years of age you need a medical report.")},
			ui.Facts{Items: []ui.Meta{
				{Icon: "clock", Label: w.in("المدة الموعودة", "Promised time"), Text: w.in("3 أيام عمل", "3 working days")},
				{Icon: "banknote", Label: w.in("الرسوم", "Fees"), Text: w.in("50.00 شيكل عن كل سنة", "₪50.00 a year")},
				{Icon: "landmark", Label: w.in("الجهة المختصة", "Competent authority"), Text: w.in("وزارة النقل والمواصلات", "Ministry of Transport")},
			}},
			ui.Columns{
				Main: []ui.Component{
					ui.Heading{Text: w.in("ما تحتاج إليه", "What you need")},
					ui.List{Items: []string{w.in("رقم الرخصة، من 7 أرقام", "Your licence number, 7 digits"), w.in("صورة شخصية حديثة", "A recent photograph"), w.in("بطاقة للدفع", "A card to pay with")}},
					ui.Inset{Warning: true, Text: w.in("إن مضى على انتهاء رخصتك أكثر من خمس سنوات فعليك إعادة الفحص.", "If it expired more than five years ago you must take the test again.")},
					ui.Details{Summary: w.in("كيف تُحسب غرامة التأخير؟", "How is the late fine found?"), Text: w.in("عشرة شواكل عن كل شهر بدأ بعد انتهاء الرخصة، على ألا تزيد على 300 شيكل.", "Ten shekels for each month begun after the expiry, at most 300.")},
					ui.ButtonRow{Buttons: []ui.Button{{Text: w.in("قدّم الطلب الآن", "Apply now"), Href: "/form", Large: true}}},
				},
				Aside: []ui.Component{
					ui.Heading{Text: w.in("خدمات قريبة", "Related"), Level: 2},
					ui.CardGrid{Cards: []ui.Card{{Title: w.in("بدل فاقد لرخصة", "Replace a lost licence"), Href: "/service", Icon: "id-card"}, {Title: w.in("نقل ملكية مركبة", "Transfer a vehicle"), Href: "/service", Icon: "car"}}},
				},
			},
		}}
}

func check(w words, _ *http.Request) ui.Page {
	change := func(about string) []ui.Action {
		return []ui.Action{{Text: w.in("تعديل", "Change"), Href: "/form", About: about}}
	}
	name, number := w.in("الاسم", "Name"), w.in("رقم الرخصة", "Licence number")
	return ui.Page{Title: w.in("راجع إجاباتك", "Check your answers"), User: citizen(w), Nav: portalNav(w, ""), Back: &ui.BackLink{Href: "/form"},
		Body: []ui.Component{
			ui.SummaryList{Title: w.in("أنت", "You"), Actions: change(w.in("بياناتك", "your details")), Rows: []ui.SummaryRow{
				{Key: name, Value: "Samar Khalil (سمر خليل)"}, {Key: w.in("تاريخ الميلاد", "Date of birth"), Value: w.in("27 آذار 1990", "27 March 1990")},
				{Key: w.in("الهاتف", "Telephone"), Value: "+970 59 123 4567"}}},
			ui.SummaryList{Rows: []ui.SummaryRow{
				{Key: number, Value: "1234567", Actions: change(number)},
				{Key: w.in("العنوان", "Address"), Value: w.in("شارع القدس 12\nرام الله", "12 Jerusalem Street\nRamallah"), Actions: change(w.in("العنوان", "address"))},
				{Key: w.in("صندوق البريد", "Post box"), Actions: change(w.in("صندوق البريد", "post box"))},
				{Key: w.in("تقرير طبي", "Medical report"), Missing: true, Actions: change(w.in("التقرير الطبي", "medical report"))}}},
			ui.FeeTable{Rows: []ui.FeeRow{
				{Text: w.in("رسم التجديد", "Renewal fee"), Note: "5 × 50.00", Amount: ui.Money{Minor: 25000, Currency: "ILS"}},
				{Text: w.in("غرامة تأخير", "Late fine"), Note: w.in("شهران", "2 months"), Amount: ui.Money{Minor: 2000, Currency: "ILS"}},
				{Text: w.in("رسم البريد", "Postage"), Amount: ui.Money{Minor: 1500, Currency: "ILS"}, Waived: true}},
				Total: ui.Money{Minor: 27000, Currency: "ILS"}, Note: w.in("حُسبت في 3 آذار 2026.", "Assessed on 3 March 2026.")},
			ui.ButtonRow{Buttons: []ui.Button{{Text: w.in("إرسال ودفع", "Submit and pay"), Icon: "lock"}, {Text: w.in("حفظ وإكمال لاحقًا", "Save and finish later"), Kind: ui.Secondary}}},
		}}
}

func done(w words, _ *http.Request) ui.Page {
	return ui.Page{Title: w.in("استلمنا طلبك", "We have your application"), User: citizen(w), Nav: portalNav(w, "/done"), Body: []ui.Component{
		ui.Panel{Title: w.in("استلمنا طلبك", "We have your application"), Reference: "DL-2026-004512", Text: w.in("أرسلنا نسخة إلى هاتفك.", "We have sent a copy to your phone.")},
		ui.ButtonRow{Buttons: []ui.Button{{Print: true, Kind: ui.Secondary}}},
		ui.Heading{Text: w.in("وثائقك", "Your documents")},
		ui.DocumentCard{Title: w.in("إيصال دفع", "Receipt"), Number: "R-2026-88121", Issued: now, Format: "PDF", Size: 86_000, Href: "/done", Verify: "/done"},
		ui.DocumentCard{Title: w.in("رخصة قيادة", "Driving licence"), Number: "1234567", Issued: now, Valid: w.in("سارية حتى 3 آذار 2031", "valid until 3 March 2031"), Format: "PDF", Size: 1_310_000, Href: "/done", Tag: &ui.Tag{State: ui.Valid}},
		ui.Empty{Title: w.in("لا وثائق أخرى", "No other documents"), Text: w.in("ما يصدر لك لاحقًا يظهر هنا.", "What is issued to you later appears here."), Drawing: "documents", Action: &ui.Button{Text: w.in("تصفح الخدمات", "Browse services"), Href: "/", Kind: ui.Secondary}},
		ui.Empty{Title: w.in("لا نتائج", "No results"), Drawing: "search"},
	}}
}

func application(w words, _ *http.Request) ui.Page {
	return ui.Page{Title: w.in("طلب تجديد رخصة القيادة", "Driving licence renewal"), User: citizen(w), Nav: portalNav(w, "/application"), Wide: true,
		Flash: []ui.Banner{
			{Kind: ui.Success, Text: w.in("وصلنا الدفع، شكرًا لك.", "We have your payment, thank you.")},
			{Kind: ui.Caution, Title: w.in("نحتاج منك إلى صورة أوضح", "We need a clearer photograph"), Text: w.in("أعد رفع الصورة قبل 10 آذار 2026.", "Upload it again before 10 March 2026."), Link: &ui.Link{Text: w.in("رفع الصورة", "Upload the photograph"), Href: "/form"}},
			{Text: w.in("المكاتب مغلقة يوم الأحد.", "Offices are closed on Sunday.")},
			{Kind: ui.Failure, Text: w.in("لم يكتمل الدفع السابق ولم يُخصم منك شيء.", "Your earlier payment did not go through; nothing was taken.")},
		},
		Body: []ui.Component{ui.Columns{
			Main: []ui.Component{
				ui.Heading{Text: w.in("سير الطلب", "Progress")},
				ui.Timeline{Steps: []ui.TimelineStep{
					{Title: w.in("استلام الطلب", "Received"), State: ui.StepDone, At: now.AddDate(0, 0, -2)},
					{Title: w.in("دفع الرسوم", "Paid"), State: ui.StepDone, At: now.AddDate(0, 0, -1), Text: w.in("الإيصال R-2026-88121", "Receipt R-2026-88121")},
					{Title: w.in("صورة غير واضحة", "Photograph not clear"), State: ui.StepReturned, At: now, Who: w.in("دائرة الترخيص", "Licensing office")},
					{Title: w.in("مراجعة الموظف", "Review"), State: ui.StepCurrent, By: now.AddDate(0, 0, 3)},
					{Title: w.in("إصدار الرخصة", "Licence issued"), State: ui.StepUpcoming},
				}},
				ui.TaskList{Title: w.in("ما عليك", "What you have to do"), Items: []ui.TaskItem{
					{Title: w.in("بياناتك", "Your details"), Href: "/form", Tag: ui.Tag{State: ui.Done}},
					{Title: w.in("الصورة الشخصية", "Photograph"), Hint: w.in("JPEG أو PNG، حتى 5 ميغابايت", "JPEG or PNG, up to 5 MB"), Href: "/form", Tag: ui.Tag{State: ui.ToDo}},
					{Title: w.in("استلام الرخصة", "Collect the licence"), Tag: ui.Tag{State: ui.Locked}},
				}},
			},
			Aside: []ui.Component{
				ui.SummaryList{Title: w.in("الطلب", "Application"), Rows: []ui.SummaryRow{
					{Key: w.in("الرقم", "Number"), Value: "DL-2026-004512"}, {Key: w.in("الحالة", "State"), Body: []ui.Component{ui.Tag{State: ui.Waiting}}}}},
			},
		}}}
}

func confirm(w words, _ *http.Request) ui.Page {
	return ui.Page{User: citizen(w), Back: &ui.BackLink{Href: "/application"}, Body: []ui.Component{
		ui.Confirm{Title: w.in("أتريد سحب طلبك؟", "Withdraw your application?"), Text: w.in("لا يمكن التراجع عن السحب، ويُرد إليك رسم التجديد.", "This cannot be undone. The renewal fee is refunded."),
			Action: "/form", Yes: w.in("نعم، اسحب الطلب", "Yes, withdraw it"), Warning: true, No: ui.Link{Text: w.in("لا، ارجع إلى الطلب", "No, go back"), Href: "/application"},
			Fields: []ui.Hidden{{Name: "revision", Value: "4"}}, Body: []ui.Component{ui.Textarea{Field: ui.Field{Name: "reason", Label: w.in("السبب", "Reason"), Optional: true}, Rows: 3}}},
	}}
}
