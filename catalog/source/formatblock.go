package source

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// printer lays out one file. The text is copied value by value; between the values only comments and empty lines are taken over.
type printer struct {
	src string
	doc *document
	out []byte
	pos int // bytes of src that are dealt with
	// levels are the blocks that are open, outermost first: the column in src and the one in the output.
	levels  []level
	unusual bool // something that cannot be laid out
}

type level struct{ from, to int }

func (p *printer) write(s string) { p.out = append(p.out, s...) }

// line is the line on which the output stands.
func (p *printer) line() string { return string(p.out[bytes.LastIndexByte(p.out, '\n')+1:]) }

func (p *printer) document(root *Node) {
	p.pos = p.doc.bom
	if root.Kind != Mapping && root.Kind != List || p.bracketed(root) {
		p.unusual = true // no definition is
		return
	}
	p.levels = []level{{0, 0}}
	p.block(root, 0)
	p.gap(len(p.src), 0, false)
	p.out = append(bytes.Trim(p.out, "\n "), '\n')
}

// bracketed tells whether a list or mapping stands in brackets.
func (p *printer) bracketed(n *Node) bool {
	return int(n.start) < len(p.src) && (p.src[n.start] == '{' || p.src[n.start] == '[')
}

// block writes a list or mapping without brackets whose lines begin in column indent. The first line goes on where the output stands if that is
// behind a hyphen.
func (p *printer) block(n *Node, indent int) {
	if n.Kind == List {
		for i, item := range n.children {
			if p.unusual {
				return
			}
			p.item(n, item, indent, i > 0 || !p.behindHyphen())
		}
		return
	}
	for i := 0; i+1 < len(n.children); i += 2 {
		if p.unusual {
			return
		}
		k, v := n.children[i], n.children[i+1]
		p.open(int(k.start), indent, i > 0 || !p.behindHyphen())
		p.write(p.scalar(k, indent, false))
		p.pos = int(k.end)
		p.value(v, indent)
	}
}

// behindHyphen tells whether the output stands behind the hyphen of an item.
func (p *printer) behindHyphen() bool {
	line := p.line()
	return strings.HasSuffix(line, "- ") && strings.Trim(line, " -") == ""
}

// open begins a line for what stands at the byte, with the comments and the empty line before it.
func (p *printer) open(at, indent int, line bool) {
	column := at - p.doc.lineStart(at)
	p.gap(at, indent, line)
	for len(p.levels) > 0 && p.levels[len(p.levels)-1].to >= indent {
		p.levels = p.levels[:len(p.levels)-1]
	}
	p.levels = append(p.levels, level{column, indent})
	if line {
		p.write(strings.Repeat(" ", indent))
	}
}

// gap takes over the comments and empty lines up to the byte. With line, what follows begins a line of its own.
func (p *printer) gap(to, indent int, line bool) {
	if to < p.pos {
		p.unusual = true
		return
	}
	breaks, begun := 0, len(p.out) > 0
	for _, piece := range pieces(p.src[p.pos:to]) {
		switch {
		case piece.kind == signPiece:
			p.unusual = true
			return
		case piece.kind == breakPiece:
			breaks++
		case breaks == 0 && begun && piece.column < 0: // behind the value before
			p.write(" " + piece.text)
		default:
			p.lines(breaks, begun)
			p.write(strings.Repeat(" ", p.commentIndent(piece.column, indent)) + piece.text)
			breaks, begun = 0, true
		}
	}
	p.pos = to
	switch {
	case line && begun:
		p.lines(max(1, breaks), true)
	case !line && breaks > 0 && to < len(p.src):
		p.unusual = true // a line ends behind a hyphen
	}
}

// lines ends the line and leaves at most one empty.
func (p *printer) lines(breaks int, begun bool) {
	if begun {
		p.write(strings.Repeat("\n", max(1, min(2, breaks))))
	}
}

// commentIndent is the column of a comment: that of the block to which it belongs by where it stands.
func (p *printer) commentIndent(column, next int) int {
	if n := len(p.levels); n == 0 || p.levels[n-1].to < next {
		return next
	}
	out := next
	for _, l := range p.levels {
		if l.from <= column && l.to >= next {
			out = l.to
		}
	}
	return out
}

// item writes an item of a list.
func (p *printer) item(list, n *Node, indent int, line bool) {
	hyphen := p.hyphen(n)
	if hyphen < 0 {
		p.unusual = true
		return
	}
	p.open(hyphen, indent, line)
	p.pos = hyphen + 1
	if n.Kind == Null && n.start == n.end {
		p.write("-")
		return
	}
	p.write("- ")
	if (n.Kind == List || n.Kind == Mapping) && !p.bracketed(n) {
		p.block(n, indent+2)
		return
	}
	p.between(int(n.start))
	p.leaf(n, indent)
}

// hyphen is the byte of the hyphen before an item, or -1.
func (p *printer) hyphen(n *Node) int {
	for _, piece := range pieces(p.src[p.pos:max(p.pos, int(n.start))]) {
		if piece.kind == signPiece {
			if piece.text == "-" {
				return p.pos + piece.at
			}
			return -1
		}
	}
	return -1
}

// value writes what stands behind a key.
func (p *printer) value(n *Node, indent int) {
	gap := pieces(p.src[p.pos:max(p.pos, int(n.start))])
	if len(gap) == 0 || gap[0].kind != signPiece || gap[0].text != ":" {
		if n.Kind != Null || n.start != n.end || int(n.start) >= len(p.src) || p.src[n.start] != ':' {
			// The value of a key with nothing behind it may begin before its colon.
			at := strings.IndexByte(p.src[p.pos:], ':')
			if n.Kind != Null || at < 0 || strings.TrimSpace(p.src[p.pos:p.pos+at]) != "" {
				p.unusual = true
				return
			}
			p.pos += at + 1
			p.write(":")
			return
		}
		p.pos = int(n.start) + 1
		p.write(":")
		return
	}
	p.pos += gap[0].at + 1
	p.write(":")
	switch {
	case n.Kind == Null && n.start == n.end:
	case (n.Kind == List || n.Kind == Mapping) && !p.bracketed(n):
		p.block(n, indent+2)
	default:
		p.write(" ")
		p.between(int(n.start))
		p.leaf(n, indent)
	}
}

// between passes over the space before a value that stands on the line of its key or hyphen. A comment there has no place.
func (p *printer) between(to int) {
	for _, piece := range pieces(p.src[p.pos:max(p.pos, to)]) {
		if piece.kind != breakPiece {
			p.unusual = true
		}
	}
	p.pos = to
}

// leaf writes a scalar, or a list or mapping in brackets, behind a key or hyphen in column indent.
func (p *printer) leaf(n *Node, indent int) {
	if n.Kind != List && n.Kind != Mapping {
		p.write(p.scalar(n, indent, false))
		p.pos = int(n.end)
		return
	}
	flat, ok := p.flat(n)
	raw := p.src[n.start:n.end]
	column := utf8.RuneCountInString(p.line())
	switch {
	case !ok: // comments stand in it: the author has laid it out
		p.write(raw)
		p.pos = int(n.end)
	case len(n.children) == 0 || column+utf8.RuneCountInString(flat) <= formatWidth:
		p.write(flat)
		p.pos = int(n.end)
	default:
		p.unfold(n, indent)
	}
}
