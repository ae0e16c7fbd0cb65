package gallery

import (
	"fmt"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/ui"
)

func officer(w words) *ui.User {
	return &ui.User{Name: w.in("ليلى منصور", "Leila Mansour"), RoleLabel: w.in("موظفة ترخيص", "Licensing officer"), Officer: true}
}

func deskNav(w words) []ui.NavItem {
	return []ui.NavItem{
		{Text: w.in("قائمة العمل", "Queue"), Href: "/desk", Current: true, Count: 12},
		{Text: w.in("مهامي", "My tasks"), Href: "/task", Count: 3},
		{Text: w.in("بحث", "Search"), Href: "/desk"},
		{Text: w.in("أرقام", "Figures"), Href: "/desk"},
	}
}

func desk(w words, _ *http.Request) ui.Page {
	row := func(ref, name string, state string, ar, en, due string, late bool) ui.Row {
		return ui.Row{Late: late, Cells: []ui.Cell{
			{Text: ref, Href: "/task"}, {Text: w.in(ar, en), Note: w.in("دائرة الترخيص", "Licensing")}, {Text: name},
			{Tag: &ui.Tag{State: state}}, {Text: due}, {Text: "270.00"}}}
	}
	return ui.Page{Title: w.in("قائمة العمل", "Queue"), User: officer(w), Nav: deskNav(w), Wide: true, Body: []ui.Component{
		ui.Stats{Items: []ui.Stat{
			{Label: w.in("مفتوح", "Open"), Value: "12", Href: "/desk"}, {Label: w.in("ينتظر المتقدم", "With the applicant"), Value: "4", Tone: "wait", Href: "/desk"},
			{Label: w.in("متأخر", "Overdue"), Value: "1", Tone: "bad", Href: "/desk"}, {Label: w.in("أُنجز اليوم", "Done today"), Value: "9", Tone: "good", Note: w.in("متوسط 1.4 يوم", "1.4 days on average")}}},
		ui.Filters{Action: "/desk", Clear: "/desk", Fields: []ui.Component{
			ui.Select{Field: ui.Field{Name: "service", Label: w.in("الخدمة", "Service")}, Prompt: w.in("كل الخدمات", "All services")},
			ui.Select{Field: ui.Field{Name: "state", Label: w.in("الحالة", "State")}, Prompt: w.in("كل الحالات", "All states")},
			ui.Input{Field: ui.Field{Name: "number", Label: w.in("رقم الطلب", "Number")}}}},
		ui.Table{Caption: w.in("طلبات بانتظار قرار", "Waiting for a decision"), Columns: []ui.Column{
			{Text: w.in("رقم الطلب", "Number"), Sort: "/desk"}, {Text: w.in("الخدمة", "Service")}, {Text: w.in("المتقدم", "Applicant")},
			{Text: w.in("الحالة", "State")}, {Text: w.in("الاستحقاق", "Due"), Sort: "/desk", Sorted: "ascending"}, {Text: w.in("الرسوم", "Fees"), Number: true}},
			Rows: []ui.Row{
				row("DL-2026-004498", w.in("أحمد ناصر", "Ahmad Naser"), ui.Overdue, "تجديد رخصة القيادة", "Driving licence renewal", w.in("1 آذار 2026", "1 March 2026"), true),
				row("DL-2026-004512", "Samar Khalil", ui.Open, "تجديد رخصة القيادة", "Driving licence renewal", w.in("5 آذار 2026", "5 March 2026"), false),
				row("VT-2026-000871", w.in("شركة النور للتجارة", "Al-Nour Trading Co."), ui.Waiting, "نقل ملكية مركبة", "Vehicle transfer", w.in("8 آذار 2026", "8 March 2026"), false),
				row("DL-2026-004533", "Айгүл Нұрланқызы", ui.Received, "رخصة قيادة دولية", "International permit", w.in("9 آذار 2026", "9 March 2026"), false),
			}},
		ui.Paginate(4, 12, func(page int) string { return fmt.Sprintf("/desk?page=%d", page) }),
		ui.Table{Caption: "x", Empty: &ui.Empty{Title: w.in("لا شيء متأخر", "Nothing is late"), Text: w.in("أحسنت.", "Well done."), Drawing: "inbox"}},
		ui.Text{Text: "Ә Ғ Қ Ң Ө Ұ Ү Һ І — Қазақша · Русский · Français"},
	}}
}

func task(w words, _ *http.Request) ui.Page {
	states := []ui.Component{}
	for _, state := range []string{ui.Draft, ui.Received, ui.Open, ui.Waiting, ui.Returned, ui.Approved, ui.Issued, ui.Refused, ui.Lapsed, ui.Ended, ui.Due, ui.Paid, ui.Refunded, ui.Overdue, ui.Valid, ui.Replaced, ui.Revoked, ui.Done, ui.ToDo, ui.Locked} {
		states = append(states, ui.Tag{State: state})
	}
	return ui.Page{Title: w.in("طلب DL-2026-004512", "Application DL-2026-004512"), User: officer(w), Nav: deskNav(w), Wide: true,
		Crumbs: []ui.Link{{Text: w.in("قائمة العمل", "Queue"), Href: "/desk"}, {Text: "DL-2026-004512"}},
		Body: []ui.Component{ui.Columns{
			Main: []ui.Component{
				ui.SummaryList{Title: w.in("الطلب", "Application"), Rows: []ui.SummaryRow{{Key: w.in("المتقدم", "Applicant"), Value: "Samar Khalil"}, {Key: w.in("رقم الرخصة", "Licence"), Value: "1234567"}, {Key: w.in("الحالات", "States"), Body: states}}},
				ui.Radios{Field: ui.Field{Name: "decision", Label: w.in("القرار", "Decision")}, Options: []ui.Option{
					{Value: "approve", Text: w.in("موافقة", "Approve")}, {Value: "return", Text: w.in("إعادة إلى المتقدم", "Return to the applicant"), Selected: true, Reveal: []ui.Component{ui.Textarea{Field: ui.Field{Name: "why", Label: w.in("ما الذي ينقص؟", "What is missing?")}, Rows: 3}}},
					{Value: "refuse", Text: w.in("رفض", "Refuse"), Divider: w.in("أو", "or")}}},
				ui.ButtonRow{Buttons: []ui.Button{{Text: w.in("تسجيل القرار", "Record the decision"), Icon: "check"}, {Text: w.in("رفض الطلب", "Refuse"), Kind: ui.Warning, Href: "/confirm"}}},
			},
			Aside: []ui.Component{ui.Heading{Text: w.in("ما جرى", "What happened")}, ui.Timeline{Steps: []ui.TimelineStep{
				{Title: w.in("استلام", "Received"), State: ui.StepDone, At: now}, {Title: w.in("سجل المخالفات لا يجيب", "Fines register unreachable"), State: ui.StepFailed, At: now}, {Title: w.in("مراجعة", "Review"), State: ui.StepCurrent, By: now}}}},
		}}}
}
