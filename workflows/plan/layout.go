package plan

// Layout is how a paper looks, as the catalogue says it; what is empty has its default. It hangs beside the plan with the words.
type Layout struct {
	Paper      string            `json:"paper,omitempty"` // A4, A5, card
	Landscape  bool              `json:"landscape,omitempty"`
	Margins    string            `json:"margins,omitempty"` // narrow, usual, wide
	Languages  []string          `json:"languages,omitempty"`
	Arrange    string            `json:"arrange,omitempty"`    // together, side by side, one after the other
	Border     string            `json:"border,omitempty"`     // double, line, none
	Background string            `json:"background,omitempty"` // plain, waves
	Watermark  Text              `json:"watermark,omitempty"`
	Numbers    string            `json:"pageNumbers,omitempty"` // always, several, never
	Blocks     []Block           `json:"blocks"`
	Images     map[string]string `json:"images,omitempty"` // SVG by name
}

// Block is one part of a layout; which fields it has depends on its kind.
type Block struct {
	Kind    string        `json:"block"`
	Text    Text          `json:"text,omitempty"`
	Items   []Text        `json:"items,omitempty"`
	Rows    []string      `json:"rows,omitempty"` // codes of rows
	Across  int           `json:"across,omitempty"`
	Of      string        `json:"of,omitempty"`
	Columns []BlockColumn `json:"columns,omitempty"`
	Counted bool          `json:"counted,omitempty"`
	Image   string        `json:"image,omitempty"`
	Alt     Text          `json:"alt,omitempty"`
	At      string        `json:"at,omitempty"`   // start, centre, end
	Size    string        `json:"size,omitempty"` // small, usual, large
	Signers []Text        `json:"signers,omitempty"`
}

// BlockColumn is one column of a table.
type BlockColumn struct {
	Code  string `json:"column"`
	Title Text   `json:"title,omitempty"`
	Share int    `json:"share,omitempty"`
	Total bool   `json:"total,omitempty"`
}
