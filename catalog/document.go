package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Document is the layout of a paper that a service issues (CPSV-AP: output).
type Document struct {
	source.Ranged
	Code     source.Text   `diwan:"document,required" doc:"Code of the document."`
	Title    Text          `diwan:"title,required" doc:"Heading of the paper, in each language it is printed in."`
	Register source.Text   `diwan:"register,required" doc:"Prefix of its numbers, for instance DL."`
	Rows     []DocumentRow `diwan:"rows,required" doc:"Labelled values."`
	Body     Text          `diwan:"body" doc:"A sentence under the rows, in each language."`
	Sample   bool          `diwan:"sample" doc:"true prints a SAMPLE watermark."`
	Proves   source.Text   `diwan:"proves" names:"right" doc:"Right that the paper shows. It then follows the right: it is suspended and revoked with it, and a newer paper of the same right takes its place."`
	Valid    source.Text   `diwan:"validUntil" doc:"Formula of the last day on which it is valid; absent means without end."`
}

// DocumentRow is one labelled value of a paper.
type DocumentRow struct {
	source.Ranged
	Label Text        `diwan:"label,required" doc:"Label, in each language."`
	Value source.Text `diwan:"value,required" doc:"Formula over form, applicant, facts, answers and issued."`
	When  source.Text `diwan:"when" doc:"Formula: the row is printed only when it is true."`
}
