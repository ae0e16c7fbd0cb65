package source

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// flat writes a value as it stands on one line inside brackets; false where it cannot.
func (p *printer) flat(n *Node) (string, bool) {
	switch {
	case n.Kind == Null && n.start == n.end:
		return "", false
	case n.Kind != List && n.Kind != Mapping:
		text := p.scalar(n, 0, true)
		return text, !strings.Contains(text, "\n")
	case !p.bracketed(n):
		return "", false
	}
	if strings.Contains(p.src[n.start:n.end], "#") && p.comments(n) {
		return "", false
	}
	var parts []string
	for i := 0; i < len(n.children); i++ {
		text, ok := p.flat(n.children[i])
		if ok && n.Kind == Mapping {
			i++
			var value string
			value, ok = p.flat(n.children[i])
			text += ": " + value
		}
		if !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	if n.Kind == Mapping {
		return "{" + strings.Join(parts, ", ") + "}", true
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}

// comments tells whether comments stand between the values of n.
func (p *printer) comments(n *Node) bool {
	at := int(n.start)
	found := false
	var visit func(n *Node)
	gap := func(to int) {
		for _, piece := range pieces(p.src[min(at, to):to]) {
			found = found || piece.kind == commentPiece
		}
	}
	visit = func(n *Node) {
		if n.Kind == List || n.Kind == Mapping {
			for _, c := range n.children {
				visit(c)
			}
			return
		}
		gap(int(n.start))
		at = max(at, int(n.end))
	}
	visit(n)
	gap(int(n.end))
	return found
}

// unfold writes a list or mapping without its brackets, since it is too long for one line. The output stands behind a key or hyphen in column
// indent.
func (p *printer) unfold(n *Node, indent int) {
	hyphen := p.behindHyphen()
	if !hyphen {
		p.out = bytes.TrimSuffix(p.out, []byte(" "))
	}
	step := func(i int) {
		if i > 0 || !hyphen {
			p.write("\n" + strings.Repeat(" ", indent+2))
		}
	}
	for i := 0; i < len(n.children); i++ {
		step(i)
		c := n.children[i]
		if n.Kind == List {
			p.write("- ")
		} else {
			p.write(p.scalar(c, indent+2, false) + ": ")
			i++
			c = n.children[i]
		}
		flat, ok := p.flat(c)
		column := utf8.RuneCountInString(p.line())
		switch {
		case !ok:
			p.unusual = true
			return
		case (c.Kind == List || c.Kind == Mapping) && len(c.children) > 0 && column+utf8.RuneCountInString(flat) > formatWidth:
			p.unfold(c, indent+2)
		default:
			p.write(flat)
		}
	}
	p.pos = int(n.end)
}
