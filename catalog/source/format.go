package source

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// formatWidth is the longest line, in characters, on which a list or mapping in brackets is left.
const formatWidth = 180

// Format gives the bytes of a definition in the one layout that there is: two spaces for each level, also before the hyphen of a list; one
// space behind a colon and a comma; at most one empty line; quotation marks only where they are needed; lists and mappings in brackets on one
// line, or without brackets where they are too long for one. Comments, the order of keys and the languages of texts stay. What the definition
// means stays too: the result is read again and compared, and a file that uses something unusual which cannot be laid out so is given back as
// it is. Formatting twice changes nothing more. A file with problems that Parse reports as errors is refused: nil, and the problems.
func Format(file string, content []byte) ([]byte, diag.List) {
	root, problems := Parse(file, content, Limits{})
	if root == nil || problems.HasErrors() {
		return nil, problems
	}
	text := strings.ReplaceAll(root.doc.src[root.doc.bom:], "\r\n", "\n")
	once, ok := layout(file, text)
	if !ok {
		return content, nil
	}
	twice, ok := layout(file, once)
	if !ok || once != twice {
		return content, nil
	}
	return []byte(once), nil
}

// layout formats a text once and proves that it means the same.
func layout(file, text string) (string, bool) {
	root, problems := Parse(file, []byte(text), unlimited)
	if root == nil || problems.HasErrors() {
		return "", false
	}
	p := &printer{src: root.doc.src, doc: root.doc}
	p.document(root)
	if p.unusual {
		return "", false
	}
	out := string(p.out)
	after, problems := Parse(file, []byte(out), unlimited)
	if after == nil || problems.HasErrors() || !same(root, after) {
		return "", false
	}
	if !slices.Equal(comments(root), comments(after)) {
		return "", false
	}
	return out, true
}

// same tells whether two trees mean the same.
func same(a, b *Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.typ != b.typ && a.Style == Plain || len(a.children) != len(b.children) {
		return false
	}
	// Numbers and truth values are told from texts by their quotation marks.
	if a.Style != b.Style && (b.Style != Plain || b.typ != typeText || a.Style != SingleQuoted && a.Style != DoubleQuoted) {
		return false
	}
	for i := range a.children {
		if !same(a.children[i], b.children[i]) {
			return false
		}
	}
	return true
}

// comments are the comments of a file in order, each without the space behind it.
func comments(root *Node) []string {
	var out []string
	src, at := root.doc.src, root.doc.bom
	gap := func(to int) {
		for _, piece := range pieces(src[min(at, to):to]) {
			if piece.kind == commentPiece {
				out = append(out, piece.text)
			}
		}
	}
	var visit func(n *Node)
	visit = func(n *Node) {
		if n.Kind != List && n.Kind != Mapping {
			gap(int(n.start))
			at = max(at, int(n.end))
			return
		}
		for _, c := range n.children {
			visit(c)
		}
	}
	visit(root)
	gap(len(src))
	return out
}

type pieceKind uint8

const (
	breakPiece   pieceKind = iota // the end of a line
	commentPiece                  // from # to the end of the line
	signPiece                     // a colon, comma, hyphen or bracket
)

// piece is what can stand between two values.
type piece struct {
	kind   pieceKind
	text   string
	at     int // byte in the gap
	column int // of a comment that has its line to itself; -1 for one behind something
}

// pieces takes the text between two values apart.
func pieces(gap string) []piece {
	var out []piece
	line := -1 // where the line begins, if it begins in the gap
	for i := 0; i < len(gap); i++ {
		switch c := gap[i]; {
		case c == '\n':
			out = append(out, piece{kind: breakPiece, at: i})
			line = i + 1
		case c == '#':
			end := len(gap)
			if n := strings.IndexByte(gap[i:], '\n'); n >= 0 {
				end = i + n
			}
			column := -1
			if line >= 0 && strings.TrimLeft(gap[line:i], " \t") == "" {
				column = i - line
			}
			out = append(out, piece{commentPiece, strings.TrimRight(gap[i:end], " \t"), i, column})
			i = end - 1
		case c != ' ' && c != '\t':
			out = append(out, piece{kind: signPiece, text: string(c), at: i})
		}
	}
	return out
}
