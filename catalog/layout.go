package catalog

import (
	"path"
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Layout is how a paper looks. It decides nothing, so it is no part of the plan: it hangs beside it, with the texts. What it does not say has
// a default that prints well.
type Layout struct {
	source.Ranged
	Paper      PaperSize     `diwan:"paper" doc:"A4, A5, or card: a plastic card in the size of a bank card, with a front and a back. A4 where nothing is said."`
	Landscape  bool          `diwan:"landscape" doc:"true lays an A4 or A5 sheet on its long side."`
	Margins    Margins       `diwan:"margins" doc:"narrow, usual or wide."`
	Languages  []source.Text `diwan:"languages" doc:"Languages in which it is printed, in this order. Where nothing is said: those of the catalogue, the applicant's first."`
	Arrange    Arrangement   `diwan:"arrange" doc:"together (each line in every language, the usual way), side by side (two languages in two columns), or one after the other (each language on pages of its own)."`
	Border     Border        `diwan:"border" doc:"double, line or none. A sheet has a double one where nothing is said, and a card a line."`
	Background Background    `diwan:"background" doc:"plain, or waves: fine lines that a copier does not reproduce well."`
	Watermark  Text          `diwan:"watermark" doc:"Words across the paper, as thin as a veil."`
	Numbers    PageNumbers   `diwan:"pageNumbers" doc:"always, several (only where there is more than one page) or never. A sheet has them always where nothing is said, and a card never."`
	Blocks     []Block       `diwan:"blocks,required" doc:"What stands on it, from the top down."`
}

// Block is one part of a layout.
type Block struct {
	source.Ranged
	Kind    BlockKind     `diwan:"block,required" doc:"What it is: heading, title, facts, text, list, table, picture, signatures, verification or new page."`
	Text    Text          `diwan:"text" doc:"Of a text: what it says; {owner} in it is the value of the row owner. Of a heading: words above the authority's name. Of facts, a list or a table: words above it."`
	Items   []Text        `diwan:"items" doc:"Of a list: its numbered lines, such as conditions."`
	Rows    []source.Text `diwan:"rows" names:"row" doc:"Of facts: the rows that stand here, in this order. Where nothing is said: all that no other block shows."`
	Across  int64         `diwan:"across" doc:"Of facts: 2 puts them in two columns."`
	Of      source.Text   `diwan:"of" names:"row" doc:"Of a table: the row with the list. Of a picture: the row with the picture that was uploaded. Beside a block it is cut like a photograph for a passport; on a line of its own it is printed whole."`
	Columns []BlockColumn `diwan:"columns" doc:"Of a table: its columns. Where nothing is said: all that the list has."`
	Counted bool          `diwan:"counted" doc:"Of a table: true numbers its lines."`
	Image   source.Text   `diwan:"image" names:"drawing" doc:"Of a heading or a picture: a drawing beside the document's file, such as eagle.svg."`
	Alt     Text          `diwan:"alt" doc:"Of a picture with an image: what it shows, for those who do not see it."`
	At      BlockPlace    `diwan:"at" doc:"Of a picture or the verification: start or end lets it stand beside the next block; centre gives it a line of its own, as where nothing is said."`
	Size    BlockSize     `diwan:"size" doc:"Of a text, a picture or the verification: small, usual or large. A large picture on a line of its own is as wide as the page."`
	Signers []Text        `diwan:"signers" doc:"Of signatures: what stands under each line, such as a function."`
}

// BlockColumn is one column of a table.
type BlockColumn struct {
	source.Ranged
	Code  source.Text `diwan:"column,required" doc:"Field of the list's records."`
	Title Text        `diwan:"title" doc:"Its head; what the form or the registry calls it where nothing is said."`
	Share int64       `diwan:"share" doc:"Its width beside the others: a column with 2 is twice as wide as one with 1."`
	Total bool        `diwan:"total" doc:"true adds its numbers up in a last line."`
}

// PaperSize is the closed set of papers.
type PaperSize string

// The papers; a card is ISO/IEC 7810 ID-1.
const (
	A4Paper   PaperSize = "A4"
	A5Paper   PaperSize = "A5"
	CardPaper PaperSize = "card"
)

// Values lists the set.
func (PaperSize) Values() []string {
	return []string{string(A4Paper), string(A5Paper), string(CardPaper)}
}

// Margins is the closed set of margins.
type Margins string

// Values lists the set.
func (Margins) Values() []string { return []string{"narrow", "usual", "wide"} }

// Arrangement is the closed set of ways to put languages on one paper.
type Arrangement string

// Two of the arrangements of languages.
const (
	SideBySide    Arrangement = "side by side"
	OneAfterOther Arrangement = "one after the other"
)

// Values lists the set.
func (Arrangement) Values() []string {
	return []string{"together", string(SideBySide), string(OneAfterOther)}
}

// Border is the closed set of borders.
type Border string

// Values lists the set.
func (Border) Values() []string { return []string{"double", "line", "none"} }

// Background is the closed set of backgrounds.
type Background string

// Values lists the set.
func (Background) Values() []string { return []string{"plain", "waves"} }

// PageNumbers is the closed set of when pages are numbered.
type PageNumbers string

// Values lists the set.
func (PageNumbers) Values() []string { return []string{"always", "several", "never"} }

// BlockPlace is the closed set of places of a block that may stand beside another.
type BlockPlace string

// CentrePlace is a line of its own.
const CentrePlace BlockPlace = "centre"

// Values lists the set.
func (BlockPlace) Values() []string { return []string{"start", string(CentrePlace), "end"} }

// BlockSize is the closed set of sizes.
type BlockSize string

// Values lists the set.
func (BlockSize) Values() []string { return []string{"small", "usual", "large"} }

// BlockKind is the closed set of blocks.
type BlockKind string

// The kinds of blocks.
const (
	HeadingBlock      BlockKind = "heading"
	TitleBlock        BlockKind = "title"
	FactsBlock        BlockKind = "facts"
	TextBlock         BlockKind = "text"
	ListBlock         BlockKind = "list"
	TableBlock        BlockKind = "table"
	PictureBlock      BlockKind = "picture"
	SignaturesBlock   BlockKind = "signatures"
	VerificationBlock BlockKind = "verification"
	NewPageBlock      BlockKind = "new page"
)

// BlockKinds lists the kinds in the order of the reference.
func BlockKinds() []BlockKind {
	return []BlockKind{HeadingBlock, TitleBlock, FactsBlock, TextBlock, ListBlock, TableBlock, PictureBlock, SignaturesBlock, VerificationBlock, NewPageBlock}
}

// Values lists the set.
func (BlockKind) Values() []string {
	var out []string
	for _, k := range BlockKinds() {
		out = append(out, string(k))
	}
	return out
}

var rowHole = regexp.MustCompile(`\{([a-z][A-Za-z0-9]*)\}`)

// RowsNamed are the rows that a text of a layout names, as {owner}: where each stands in the text, with its braces, and its code.
func RowsNamed(text source.Text) []source.Text {
	var out []source.Text
	for _, at := range rowHole.FindAllStringSubmatchIndex(text.Value, -1) {
		out = append(out, text.Part(at[2], at[3]))
	}
	return out
}

// Shown are the rows that a block shows by name: as facts, as its table or picture, or in its texts.
func (b *Block) Shown() []source.Text {
	out := append([]source.Text(nil), b.Rows...)
	if !b.Of.IsZero() {
		out = append(out, b.Of)
	}
	for _, t := range append([]Text{b.Text}, b.Items...) {
		for _, e := range t.Entries {
			out = append(out, RowsNamed(e.Value)...)
		}
	}
	return out
}

const (
	documentFolder = "documents"
	imageExtension = ".svg"
)

// Image gives the path inside the catalogue and the drawing that stands beside the definitions of documents; nil where there is none.
func (c *Catalogue) Image(name string) (file string, content []byte) {
	file = path.Join(documentFolder, name)
	if path.Dir(file) != documentFolder || path.Ext(file) != imageExtension {
		return file, nil
	}
	return file, c.Files[file]
}

// Images are the names of the drawings that there are.
func (c *Catalogue) Images() []string {
	var out []string
	for _, d := range c.definitions {
		if path.Dir(d.path) == documentFolder && path.Ext(d.path) == imageExtension {
			out = append(out, strings.TrimPrefix(d.path, documentFolder+"/"))
		}
	}
	return out
}
