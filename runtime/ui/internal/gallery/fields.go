package gallery

import (
	"net/http"

	"github.com/diwan-gov/diwan/runtime/ui"
)

func form(w words, r *http.Request) ui.Page {
	page := ui.Page{Title: w.in("بياناتك", "Your details"), User: citizen(w), Nav: portalNav(w, ""), Back: &ui.BackLink{Href: "/service"}}
	problem := func(name, ar, en string) string {
		if r.FormValue("errors") == "" {
			return ""
		}
		page.Errors = append(page.Errors, ui.FieldError{Name: name, Text: w.in(ar, en)})
		return w.in(ar, en)
	}
	fields := []ui.Component{
		ui.Input{Field: ui.Field{Name: "name", Label: w.in("الاسم الرباعي", "Full name"), Hint: w.in("كما هو في الهوية", "As on your identity card")}, Autocomplete: "name", Value: "Samar خليل"},
		ui.Input{Field: ui.Field{Name: "id", Label: w.in("رقم الهوية", "Identity number"), Hint: w.in("9 أرقام", "9 digits"), Error: problem("id", "اكتب رقم الهوية من 9 أرقام", "Enter your identity number, 9 digits")}, Type: ui.Digits, Width: 10, MaxLength: 9, Value: "40123"},
		ui.DateInput{Field: ui.Field{Name: "born", Label: w.in("تاريخ الميلاد", "Date of birth"), Hint: w.in("مثلًا 27 3 1990", "For example 27 3 1990"), Error: problem("born", "تاريخ الميلاد يجب أن يكون في الماضي", "Date of birth must be in the past")}, Day: "27", Month: "3", Year: "2090", Birthday: true},
		ui.Input{Field: ui.Field{Name: "phone", Label: w.in("الهاتف", "Telephone")}, Type: ui.Telephone, Width: 20, Autocomplete: "tel"},
		ui.Input{Field: ui.Field{Name: "email", Label: w.in("البريد الإلكتروني", "E-mail"), Optional: true}, Type: ui.Email, Autocomplete: "email"},
		ui.Select{Field: ui.Field{Name: "city", Label: w.in("المدينة", "City"), Error: problem("city", "اختر المدينة", "Choose the city")}, Options: []ui.Option{{Value: "r", Text: w.in("رام الله", "Ramallah")}, {Value: "n", Text: w.in("نابلس", "Nablus")}}},
		ui.Radios{Field: ui.Field{Name: "years", Label: w.in("مدة التجديد", "Renew for"), Error: problem("years", "اختر مدة التجديد", "Choose how long to renew for")}, Options: []ui.Option{
			{Value: "1", Text: w.in("سنة", "One year"), Hint: w.in("50.00 شيكل", "₪50.00")}, {Value: "5", Text: w.in("خمس سنوات", "Five years"), Hint: w.in("250.00 شيكل", "₪250.00"), Selected: r.FormValue("errors") == ""}}},
		ui.Radios{Field: ui.Field{Name: "sex", Label: w.in("الجنس", "Sex")}, Inline: true, Options: []ui.Option{{Value: "f", Text: w.in("أنثى", "Female"), Selected: true}, {Value: "m", Text: w.in("ذكر", "Male")}}},
		ui.Checkboxes{Field: ui.Field{Name: "by", Label: w.in("كيف نراسلك؟", "How should we write to you?"), Hint: w.in("اختر ما شئت", "Choose any")}, Options: []ui.Option{
			{Value: "sms", Text: w.in("رسالة قصيرة", "Text message"), Selected: true, Reveal: []ui.Component{ui.Input{Field: ui.Field{Name: "sms", Label: w.in("رقم الهاتف المحمول", "Mobile number")}, Type: ui.Telephone, Value: "+970 59 123 4567"}}},
			{Value: "post", Text: w.in("البريد", "Post"), Reveal: []ui.Component{ui.Input{Field: ui.Field{Name: "box", Label: w.in("صندوق البريد", "Post box")}}}}}},
		ui.Fieldset{Field: ui.Field{Name: "address", Label: w.in("العنوان", "Address")}, Body: []ui.Component{
			ui.Input{Field: ui.Field{Name: "street", Label: w.in("الشارع والرقم", "Street and number")}, Autocomplete: "street-address"},
			ui.Input{Field: ui.Field{Name: "area", Label: w.in("مساحة البيت", "Area of the house")}, Type: ui.Decimal, Width: 5, Suffix: w.in("م²", "m²")}}},
		ui.MoneyInput{Field: ui.Field{Name: "value", Label: w.in("قيمة المركبة", "Value of the vehicle")}, Currency: "ILS", Value: "42,500.00"},
		ui.Upload{Field: ui.Field{Name: "photo", Label: w.in("صورة شخصية", "Photograph"), Error: problem("photo", "اختر صورة بصيغة JPEG أو PNG", "Choose a JPEG or PNG photograph")}, Accept: ".jpg,.png", Limits: w.in("JPEG أو PNG، حتى 5 ميغابايت", "JPEG or PNG, up to 5 MB"),
			Current: []ui.File{{ID: "f1", Name: "صورة-IMG_2041.jpg", Href: "/form", Size: 352_000}}},
		ui.Upload{Field: ui.Field{Name: "papers", Label: w.in("وثائق داعمة", "Supporting papers"), Optional: true}, Accept: ".pdf", Multiple: true},
		children(w, problem("children.1.name", "اكتب اسم الطفل", "Write the child's name")),
		ui.Output{Field: ui.Field{Name: "total", Label: w.in("مجموع المخصصات", "Allowance in all"), Hint: w.in("يُحسب من إجاباتك", "Worked out from your answers")}, Value: "₪420.00"},
		ui.Output{Field: ui.Field{Name: "until", Label: w.in("حتى تاريخ", "Until")}, Empty: w.in("يظهر بعد أن تجيب", "Shown when you have answered")},
		ui.Checkboxes{Field: ui.Field{Name: "declared", Label: w.in("إقرارك", "Your declaration")}, Declaration: w.in("أقرّ بأن ما كتبته صحيح.\nوأعلم أن من يكتب بيانًا كاذبًا يعاقب عليه.", "What I have written is true.\nI know that a false statement is punishable."),
			Options: []ui.Option{{Value: "yes", Text: w.in("أوافق على ما سبق", "I agree to the above")}}},
		ui.Textarea{Field: ui.Field{Name: "note", Label: w.in("ملاحظات", "Notes"), Optional: true}},
	}
	page.Body = struct {
		Steps   ui.StepIndicator
		Fields  []ui.Component
		Buttons ui.ButtonRow
	}{
		ui.StepIndicator{Current: 2, Steps: []string{w.in("الرخصة", "Licence"), w.in("بياناتك", "Your details"), w.in("الوثائق", "Papers"), w.in("المراجعة", "Check")}},
		fields,
		ui.ButtonRow{Buttons: []ui.Button{{Text: w.in("متابعة", "Continue")}, {Text: w.in("حفظ وإكمال لاحقًا", "Save and finish later"), Kind: ui.AsLink, Name: "act", Value: "save"}}},
	}
	return page
}

func children(w words, missing string) ui.Rows {
	row := func(name, title, value, problem string) ui.RowItem {
		return ui.RowItem{Name: name, Title: title, Removable: true, Body: []ui.Component{
			ui.Input{Field: ui.Field{Name: name + ".name", Label: w.in("الاسم", "Name"), Error: problem}, Value: value},
			ui.DateInput{Field: ui.Field{Name: name + ".born", Label: w.in("تاريخ الميلاد", "Date of birth")}, Day: "1", Month: "2", Year: "2019"},
			ui.Input{Field: ui.Field{Name: name + ".weight", Label: w.in("الوزن", "Weight"), Optional: true}, Type: ui.Decimal, Width: 5, Suffix: w.in("كغ", "kg")},
		}}
	}
	return ui.Rows{
		Field: ui.Field{Name: "children", Label: w.in("أطفالك", "Your children"), Hint: w.in("كل من لم يبلغ الثامنة عشرة", "Everyone under eighteen")},
		Items: []ui.RowItem{row("children.0", w.in("الطفل 1", "Child 1"), "ليان", ""), row("children.1", w.in("الطفل 2", "Child 2"), "", missing)},
		More:  true, RowName: w.in("طفل", "a child"), Control: "_go", Path: "/form", Status: w.in("أُضيف صف", "A row was added"),
	}
}
