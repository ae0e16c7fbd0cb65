package pdf

// BlockKind is what a Block is.
type BlockKind int

// The kinds of blocks, and what each reads.
const (
	Heading      BlockKind = iota // Text above the authority, Drawing in the middle
	Title                         // the document's title and number
	Facts                         // Text above, Rows, Across
	Paragraph                     // Text, Size
	List                          // Text above, Items numbered
	Lines                         // Text above, Table
	Picture                       // Drawing or Photo, Alt, Place, Size
	Signatures                    // Items, what stands under each line
	Verification                  // Place, Size
	NewPage
)

// Place is where a picture or the verification stands.
type Place int

// The places. What is Beside stands at that side of the next block.
const (
	Centred Place = iota
	BesideStart
	BesideEnd
)

// Size is how large something is.
type Size int

// The sizes.
const (
	Usual Size = iota
	Small
	Large
)

// Block is one part of a document that has a layout of its own.
type Block struct {
	Kind    BlockKind
	Text    []Text
	Items   [][]Text
	Rows    []Row
	Across  bool // two columns of facts
	Table   *Table
	Drawing *Drawing
	Photo   *Photo
	Alt     []Text
	Place   Place
	Size    Size
}

// Drawing is filled outlines in a box whose longer side is 1; y grows downwards.
type Drawing struct {
	Width, Height float64
	Shapes        []Shape
}

// Shape is rings of straight lines, filled with one colour.
type Shape struct {
	Red, Green, Blue float64
	NonZero          bool // the rule by which rings within rings are holes
	Rings            [][][2]float64
}

// Photo is a JPEG of three colours.
type Photo struct {
	JPEG          []byte
	Width, Height int // in pixels
}

// Arrangement is how several languages share the paper.
type Arrangement int

// The arrangements.
const (
	Together Arrangement = iota // every block in all languages
	SideBySide
	OneAfterOther // all blocks in one language, then all in the next
)

// Bounds of blocks.
const (
	MaxBlocks = 60
	MaxPhoto  = 1 << 20
	maxPoints = 40_000 // of one drawing
)
