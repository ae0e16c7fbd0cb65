// Package paper puts what a document says into the form in which it is drawn: rows that were evaluated, in the layout that the catalogue gives
// the document. It is pure, so that a preview shows what will be issued.
//
// It owns the values of rows and the words that every paper has. It decides nothing, signs nothing and reads no file.
//
//	rows, err := paper.Shown(document.Rows, cells, text.Rows, texts)
//	out, err := pdf.Render(paper.Content{Text: text, Rows: rows, Language: "ar", Number: number}.Document())
package paper
