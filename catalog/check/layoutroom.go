package check

import (
	"github.com/diwan-gov/diwan/catalog"
)

// Of a card: how many facts one side holds below a heading and a title, and beside a picture in two columns.
const (
	mostOnCard = 6
	mostAcross = 10
)

// mostColumns is how many columns of a table can be read on a paper.
func mostColumns(l *catalog.Layout) int {
	switch {
	case l.Paper == catalog.CardPaper:
		return 0
	case l.Paper == catalog.A5Paper && !l.Landscape:
		return 5
	case l.Paper == catalog.A5Paper, !l.Landscape:
		return 7
	}
	return 8
}

// room: what a block needs is there on the paper. How long values are nobody knows yet, so only what can never fit is found here; a
// preview shows the rest.
func room(o *overview, d *catalog.Document) {
	l := d.Layout
	if l.Paper == catalog.CardPaper && l.Landscape {
		o.add(problem("no-room", l.RangeOf("landscape"), "a card always lies on its long side").WithHelp("Remove landscape."))
	}
	facts := 0
	for i := range l.Blocks {
		b := &l.Blocks[i]
		switch b.Kind {
		case catalog.NewPageBlock:
			facts = 0
		case catalog.TableBlock:
			columns, most := len(b.Columns), mostColumns(l)
			if b.Counted {
				columns++
			}
			switch {
			case most == 0:
				o.add(problem("no-room", b.RangeOf("block"), "a card has no room for a table").WithHelp("Print it on A5 or A4."))
			case columns > most:
				o.add(problem("no-room", b.RangeOf("columns"), "this paper has room for {most} columns, and the table has {count}", "most", most, "count", columns).
					WithHelp("Leave some out, or lay the paper on its long side: landscape: true."))
			}
		case catalog.FactsBlock:
			most := mostOnCard
			if b.Across == 2 {
				most = mostAcross
			}
			if facts += shownBy(d, b); l.Paper == catalog.CardPaper && facts > most {
				o.add(problem("no-room", b.RangeOf("block"), "one side of a card has room for {most} facts, and here stand {count}", "most", most, "count", facts).
					WithHelp("Put some on the back: write a block new page between."))
			}
		case catalog.PictureBlock, catalog.VerificationBlock:
			if l.Paper == catalog.CardPaper && b.Size == "large" {
				o.add(problem("no-room", b.RangeOf("size"), "a card has no room for something large").WithHelp("Remove size."))
			}
		}
	}
}

// shownBy is how many rows a block facts shows at most.
func shownBy(d *catalog.Document, b *catalog.Block) int {
	if len(b.Rows) > 0 {
		return len(b.Rows)
	}
	elsewhere := map[string]bool{}
	for i := range d.Layout.Blocks {
		for _, name := range d.Layout.Blocks[i].Shown() {
			elsewhere[name.Value] = true
		}
	}
	n := 0
	for i := range d.Rows {
		if !elsewhere[d.Rows[i].Code.Value] {
			n++
		}
	}
	return n
}
