package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/drawing"
	"github.com/diwan-gov/diwan/catalog/source"
)

// blockKeys says for which kinds of blocks a key is; block is for all.
var blockKeys = []struct {
	key   string
	kinds []catalog.BlockKind
}{
	{"text", []catalog.BlockKind{catalog.HeadingBlock, catalog.FactsBlock, catalog.TextBlock, catalog.ListBlock, catalog.TableBlock}},
	{"items", []catalog.BlockKind{catalog.ListBlock}},
	{"rows", []catalog.BlockKind{catalog.FactsBlock}},
	{"across", []catalog.BlockKind{catalog.FactsBlock}},
	{"of", []catalog.BlockKind{catalog.TableBlock, catalog.PictureBlock}},
	{"columns", []catalog.BlockKind{catalog.TableBlock}},
	{"counted", []catalog.BlockKind{catalog.TableBlock}},
	{"image", []catalog.BlockKind{catalog.HeadingBlock, catalog.PictureBlock}},
	{"alt", []catalog.BlockKind{catalog.PictureBlock}},
	{"at", []catalog.BlockKind{catalog.PictureBlock, catalog.VerificationBlock}},
	{"size", []catalog.BlockKind{catalog.TextBlock, catalog.PictureBlock, catalog.VerificationBlock}},
	{"signers", []catalog.BlockKind{catalog.SignaturesBlock}},
}

// neededOfBlock are keys without which a kind of block says nothing, with what is written.
var neededOfBlock = []struct {
	kind catalog.BlockKind
	key  string
	help diag.Phrase
}{
	{catalog.TextBlock, "text", "Write text in each language: what the paper says."},
	{catalog.ListBlock, "items", "Write items: a list of texts, each in every language."},
	{catalog.TableBlock, "of", "Write of: with the code of the row that holds the list."},
	{catalog.SignaturesBlock, "signers", "Write signers: a list of texts, each in every language."},
}

// layouts looks at how papers look, apart from what their formulas give.
func layouts(o *overview) {
	for _, d := range o.catalogue.Documents {
		if d.Layout == nil || !o.catalogue.Sound(d.Head().File) {
			continue
		}
		if d.Has("body") {
			o.add(problem("misplaced-key", d.KeyRange("body"), "a document with a layout has no body").WithHelp("Write a block text in its place."))
		}
		languagesOfLayout(o, d.Layout)
		known := true
		for i := range d.Layout.Blocks {
			known = block(o, d, &d.Layout.Blocks[i]) && known
		}
		if known { // or else a misspelt name is told twice
			everyRowShown(o, d)
		}
		room(o, d)
	}
}

func languagesOfLayout(o *overview, l *catalog.Layout) {
	known := languages(o.catalogue)
	for i, name := range l.Languages {
		if !slices.Contains(known, name.Value) {
			o.add(problem("unknown-language", name.Range(), "{name:q} is no language of the catalogue", "name", name.Value).
				WithHelp("The languages are {languages}.", "languages", known))
		}
		if slices.Index(values(l.Languages), name.Value) < i {
			o.add(problem("twice", name.Range(), "the language {name:q} is given twice", "name", name.Value).WithHelp("Remove one of the two."))
		}
	}
	printed := len(l.Languages)
	if printed == 0 {
		printed = len(known)
	}
	if l.Arrange == catalog.SideBySide && printed != 2 {
		o.add(problem("two-languages", l.RangeOf("arrange"), "two languages stand side by side, and this paper is printed in {count}", "count", printed).
			WithHelp("Write languages: with two of {languages}.", "languages", known))
	}
}

// block looks at one block: that it has the keys of its kind, and that what it names is there. It is false where it names no row.
func block(o *overview, d *catalog.Document, b *catalog.Block) (known bool) {
	known = true
	for _, k := range blockKeys {
		if b.Has(k.key) && !slices.Contains(k.kinds, b.Kind) {
			o.add(problem("misplaced-key", b.KeyRange(k.key), "a block {kind} has no {key}", "kind", string(b.Kind), "key", k.key).
				WithHelp("It is for {kinds}.", "kinds", words(k.kinds)))
		}
	}
	for _, n := range neededOfBlock {
		if n.kind == b.Kind && !b.Has(n.key) {
			o.add(incompleteBlock(b, n.key).WithHelp(n.help))
		}
	}
	if b.Kind == catalog.PictureBlock {
		switch {
		case b.Of.IsZero() == b.Image.IsZero():
			o.add(problem("incomplete-block", b.RangeOf("block"), "a picture is either a drawing or a photograph").
				WithHelp("Write image: with a drawing beside this file, or of: with the row of a photograph that was uploaded."))
		case !b.Image.IsZero() && b.Alt.Len() == 0:
			o.add(incompleteBlock(b, "alt").WithHelp("Write alt in each language: what it shows, for those who do not see it."))
		}
	}
	if b.Has("across") && b.Across != 1 && b.Across != 2 {
		o.add(problem("block-number", b.RangeOf("across"), "facts stand in one or in two columns").WithHelp("Write across: 2, or remove the key."))
	}
	var codes []string
	for i := range d.Rows {
		if !d.Rows[i].Code.IsZero() {
			codes = append(codes, d.Rows[i].Code.Value)
		}
	}
	for _, name := range b.Shown() {
		if d.Row(name.Value) == nil {
			known = false
			missed := unknown("row", name, codes)
			if len(codes) == 0 {
				missed = missed.WithHelp("Give the row a name: {row: owner, label: …, value: …}.")
			}
			o.add(missed)
		}
	}
	image(o, b.Image)
	for i := range b.Columns {
		c := &b.Columns[i]
		if c.Has("share") && (c.Share < 1 || c.Share > 20) {
			o.add(problem("block-number", c.RangeOf("share"), "a column's share is a number from 1 to 20").WithHelp("Write share: 2 for a column that is twice as wide as the others."))
		}
	}
	return known
}

func incompleteBlock(b *catalog.Block, key string) diag.Diagnostic {
	return problem("incomplete-block", b.RangeOf("block"), "a block {kind} needs {key}", "kind", string(b.Kind), "key", key)
}

// image: the drawing is there, and can be drawn.
func image(o *overview, name source.Text) {
	if name.IsZero() {
		return
	}
	_, svg := o.catalogue.Image(name.Value)
	if svg == nil {
		o.add(unknown("drawing", name, o.catalogue.Images()))
		return
	}
	if _, err := drawing.Parse(svg); err != nil {
		o.add(problem("broken-drawing", name.Range(), "{name} cannot be drawn: {why}", "name", name.Value, "why", err.Error()).
			WithHelp("Save it as a plain SVG of at most 64 KB: paths and simple shapes with a viewBox; letters turned into paths, no pictures inside."))
	}
}

// everyRowShown: what the paper says stands somewhere on it.
func everyRowShown(o *overview, d *catalog.Document) {
	shown := map[string]bool{}
	for i := range d.Layout.Blocks {
		b := &d.Layout.Blocks[i]
		if b.Kind == catalog.FactsBlock && len(b.Rows) == 0 {
			return // it shows the rest
		}
		for _, name := range b.Shown() {
			shown[name.Value] = true
		}
	}
	for i := range d.Rows {
		if r := &d.Rows[i]; !shown[r.Code.Value] {
			o.add(warning("unshown-row", r.Head(), "no block of the layout shows this row").
				WithHelp("Name it in a block, or write a block facts without rows: it shows what is left."))
		}
	}
}
