// Package pdf draws certificates and receipts as tagged PDF files, with Arabic,
// Latin and Cyrillic text shaped and ordered as their readers expect.
//
// It owns the appearance of a state document: frame, bilingual title, labelled
// rows, a table of amounts, paragraphs, a QR code that leads to verification,
// and the structure that screen readers and text search need. It is pure: no
// clock, no files but the embedded fonts, nothing of Diwan's. The same Document
// gives the same bytes, so a digest of the result can be compared with one kept.
// It does not sign; Seal gives the signer the slot and puts the signature there.
// It claims no conformance (PDF/A, PDF/UA) that nobody has checked.
//
//	out, err := pdf.Render(pdf.Document{
//		Languages: []string{"ar", "en"},
//		Authority: []pdf.Text{{Lang: "ar", Value: "وزارة النقل"}, {Lang: "en", Value: "Ministry of Transport"}},
//		Title:     []pdf.Text{{Lang: "ar", Value: "رخصة قيادة"}, {Lang: "en", Value: "Driving licence"}},
//		Rows: []pdf.Row{{
//			Label: []pdf.Text{{Lang: "ar", Value: "رقم الرخصة"}, {Lang: "en", Value: "Licence number"}},
//			Value: []pdf.Text{{Value: "4471203"}},
//		}},
//		VerifyURL: "https://verify.example.gov/c/8F3K-22QX",
//		CreatedAt: decided,
//	})
package pdf
