package pdf_test

import (
	"fmt"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
)

func ExampleRender() {
	out, err := pdf.Render(pdf.Document{
		Languages: []string{"ar", "en"},
		Authority: []pdf.Text{{Lang: "ar", Value: "وزارة النقل"}, {Lang: "en", Value: "Ministry of Transport"}},
		Title:     []pdf.Text{{Lang: "ar", Value: "رخصة قيادة"}, {Lang: "en", Value: "Driving licence"}},
		Rows: []pdf.Row{{
			Label: []pdf.Text{{Lang: "ar", Value: "رقم الرخصة"}, {Lang: "en", Value: "Licence number"}},
			Value: []pdf.Text{{Value: "4471203"}},
		}},
		VerifyURL: "https://verify.example.gov/c/8F3K-22QX",
		CreatedAt: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC),
	})
	fmt.Println(string(out[:8]), err)
	// Output: %PDF-1.7 <nil>
}
