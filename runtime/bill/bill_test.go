package bill_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/runtime/bill"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestARowSaysWhatHasChangedItAndWhy(t *testing.T) {
	made, err := ui.New(ui.Site{}, fstest.MapFS{"templates/none.html": &fstest.MapFile{}})
	if err != nil {
		t.Fatal(err)
	}
	texts := &plan.Texts{Fees: map[string]plan.Text{
		"renewal":          {"ar": "رسم التجديد", "en": "Renewal fee"},
		"renewal/exempt/1": {"ar": "إعفاء ذوي الإعاقة", "en": "Persons with a disability"},
		"stamp":            {"ar": "طابع", "en": "Stamp"},
		"stamp/rebate/0":   {"ar": "خصم الطلبة", "en": "Students"},
	}}
	texts.Facts = map[string]plan.FactText{"rate": {Title: plan.Text{"ar": "نسبة الضريبة", "en": "Tax rate"}, Rows: []plan.RowDays{{Until: "2025-12-31"}, {Since: "2026-01-01"}, {}}}}
	lines := []activity.Line{
		{Fee: "renewal", Full: 25000, Changes: []activity.Adjustment{{Kind: "exempt", Index: 1, By: -25000}}},
		{Fee: "stamp", Amount: 850, Full: 1000, Changes: []activity.Adjustment{{Kind: "rebate", By: -200}, {Kind: "atLeast", By: 50}}},
		{Fee: "plain", Amount: 100},
		{Fee: activity.RoundingLine, Amount: -3},
		{Fee: "tax", Amount: 60, Full: 80, Rows: []activity.FactRow{{Fact: "untitled", Row: 1}, {Fact: "rate", Row: 2}}, Changes: []activity.Adjustment{{Kind: "round", By: -20}}},
		{Fee: "tax", Amount: 60, Rows: []activity.FactRow{{Fact: "rate", Row: 1}}},
		{Fee: "tax", Amount: 60, Rows: []activity.FactRow{{Fact: "rate", Row: 3}}}, // its row holds on all days
	}
	for lang, want := range map[string][]string{
		"en": {"Renewal fee|In full: ₪250.00 · Persons with a disability: −₪250.00", "Stamp|In full: ₪10.00 · Students: −₪2.00 · Raised to the least amount: ₪0.50", "plain|", "Rounding|",
			"tax|Tax rate: as in force since 1 January 2026 · In full: ₪0.80 · Rounded: −₪0.20", "tax|Tax rate: as in force until 31 December 2025", "tax|"},
		"ar": {"رسم التجديد|المبلغ كاملًا: 250.00 شيكل · إعفاء ذوي الإعاقة: −250.00 شيكل", "طابع|المبلغ كاملًا: 10.00 شيكل · خصم الطلبة: −2.00 شيكل · رُفع إلى الحد الأدنى: 0.50 شيكل", "plain|", "فرق التقريب|",
			"tax|نسبة الضريبة: كما هو معمول به منذ 1 كانون الثاني 2026 · المبلغ كاملًا: 0.80 شيكل · تقريب: −0.20 شيكل", "tax|نسبة الضريبة: كما كان معمولًا به حتى 31 كانون الأول 2025", "tax|"},
	} {
		for i, row := range bill.Rows(made.Locale(lang), texts, lines, "ILS") {
			if got := row.Text + "|" + strings.NewReplacer("\u2068", "", "\u2069", "").Replace(row.Note); got != want[i] || row.Amount.Minor != lines[i].Amount {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
}
