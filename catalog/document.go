package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Document is the paper that a service issues (CPSV-AP: output): what it says in its rows, and how it looks in its layout.
type Document struct {
	source.Ranged
	Code     source.Text   `diwan:"document,required" doc:"Code of the document."`
	Title    Text          `diwan:"title,required" doc:"Heading of the paper, in each language it is printed in."`
	Register source.Text   `diwan:"register,required" doc:"Prefix of its numbers, for instance DL."`
	Rows     []DocumentRow `diwan:"rows,required" doc:"Labelled values: all that the paper says of the case."`
	Body     Text          `diwan:"body" doc:"A sentence under the rows, in each language. A layout has text blocks in its place."`
	Sample   bool          `diwan:"sample" doc:"true prints a SAMPLE watermark."`
	Proves   source.Text   `diwan:"proves" names:"right" doc:"Right that the paper shows. It then follows the right: it is suspended and revoked with it, and a newer paper of the same right takes its place."`
	Valid    source.Text   `diwan:"validUntil" doc:"Formula of the last day on which it is valid; absent means without end."`
	Layout   *Layout       `diwan:"layout" doc:"How it looks. Where nothing is said, the rows and the body stand under the authority's name on A4."`
}

// DocumentRow is one labelled value of a paper.
type DocumentRow struct {
	source.Ranged
	Code  source.Text `diwan:"row" doc:"Name under which the layout speaks of the row, such as owners; {owners} in its texts."`
	Label Text        `diwan:"label,required" doc:"Label, in each language."`
	Value source.Text `diwan:"value,required" doc:"Formula over form, applicant, facts, answers and issued. A list is for a table of the layout, and a file for a picture."`
	Claim source.Text `diwan:"claim" doc:"Name under which a wallet keeps the value, such as given_name; a document with such rows is offered to wallets, and the holder chooses which of them a verifier sees."`
	When  source.Text `diwan:"when" doc:"Formula: the row is printed only when it is true, and so are the texts of the layout that name it."`
}

// Row is the row of that code, or nil.
func (d *Document) Row(code string) *DocumentRow {
	for i := range d.Rows {
		if d.Rows[i].Code.Value == code && code != "" {
			return &d.Rows[i]
		}
	}
	return nil
}

// ReservedClaims are names that a credential has for itself.
func ReservedClaims() []string {
	return []string{"iss", "vct", "iat", "nbf", "exp", "cnf", "status", "sub", "aud"}
}
