package source

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Splice is an edit of a text: the bytes [Start, End) become Text. What stands outside of them stays, byte for byte.
type Splice struct {
	Start, End int
	Text       string
}

// Apply gives the text with the splice.
func (s Splice) Apply(src []byte) []byte {
	return slices.Concat(src[:s.Start], []byte(s.Text), src[s.End:])
}

// Inverse is the splice that gives src back after s was applied to it.
func (s Splice) Inverse(src []byte) Splice {
	return Splice{s.Start, s.Start + len(s.Text), string(src[s.Start:s.End])}
}

// Over is s as it reads in a text in which b was made meanwhile, where s was meant for the text before. It is false where the two touch the same
// place. Of two that put something in at one point, s comes behind.
func (s Splice) Over(b Splice) (Splice, bool) {
	switch more := len(b.Text) - (b.End - b.Start); {
	case b.End <= s.Start:
		return Splice{s.Start + more, s.End + more, s.Text}, true
	case b.Start >= s.End:
		return s, true
	}
	return s, false
}

// Editor makes splices of one parsed file. A path is made of names of mappings (string) and indexes of lists (int), as Node.Lookup takes it; a
// value is YAML as it would stand at the left edge of a file, such as "field: age\ntype: number" or "{ar: العمر, en: Age}".
//
// Each edit is proved before it is given: the text with it is parsed again and must mean what the file meant, with only that edit made. Comments
// that do not stand inside what is removed or replaced stay. Where no such splice is found the answer is ErrRefused.
type Editor struct {
	root *Node
	doc  *document
}

// Edit begins to edit the file of which root is the root. A file with problems that Parse reports as errors is not edited so: what was left out of the tree
// would be left out of the proof.
func Edit(root *Node) (*Editor, error) {
	if root == nil || root.doc.root != root || root.doc.problems > 0 {
		return nil, fmt.Errorf("%w: the file cannot be read whole", ErrRefused)
	}
	return &Editor{root, root.doc}, nil
}

// Put gives the node at path another value, or adds the key that path ends with. A key that is added stands behind the last of those that order names before
// it, or at the end. Where the value is a scalar, Set keeps its style, which Put does not.
func (e *Editor) Put(path []any, value string, order []string) (Splice, error) {
	v, err := fragmentOf(value)
	if err != nil {
		return Splice{}, err
	}
	if n := e.root.Lookup(path...); n != nil {
		return e.replace(path, n, v)
	}
	if len(path) == 0 {
		return Splice{}, refusal("there is nothing at that place")
	}
	parent := e.root.Lookup(path[:len(path)-1]...)
	key, isKey := path[len(path)-1].(string)
	if parent == nil || parent.Kind != Mapping || !isKey {
		return Splice{}, refusal("there is no mapping at that place")
	}
	at := parent.Len() // pairs before the new one
	if i := slices.Index(order, key); i >= 0 {
		at = 0
		j := 0
		for k := range parent.Pairs() {
			if j++; slices.Contains(order[:i], k.Value) {
				at = j
			}
		}
	}
	at = max(at, min(1, parent.Len())) // the first key may stand behind a hyphen, and says what the thing is
	s, err := e.addKey(parent, at, key, v)
	return e.proved(s, err, func(m *model) {
		m.lookup(path[:len(path)-1]).add(2*at, &model{kind: Scalar, value: key}, v.model)
	})
}

// Remove takes the key with its value, or the item, at the end of path away. What becomes empty by that goes too.
func (e *Editor) Remove(path []any) (Splice, error) {
	for len(path) > 1 {
		if parent := e.root.Lookup(path[:len(path)-1]...); parent == nil || parent.Len() != 1 {
			break
		}
		path = path[:len(path)-1]
	}
	if len(path) == 0 {
		return Splice{}, refusal("nothing would be left")
	}
	parent := e.root.Lookup(path[:len(path)-1]...)
	i, ok := parent.index(path[len(path)-1])
	if !ok {
		return Splice{}, refusal("there is nothing at that place")
	}
	if parent.Len() == 1 {
		return Splice{}, refusal("nothing would be left")
	}
	s, err := e.cut(parent, i)
	return e.proved(s, err, func(m *model) {
		p := m.lookup(path[:len(path)-1])
		width := len(p.children) / parent.Len()
		p.children = slices.Delete(p.children, i*width, (i+1)*width)
	})
}

// Insert puts an item into the list at path, before the one that has the index now, or at the end.
func (e *Editor) Insert(path []any, index int, value string) (Splice, error) {
	v, err := fragmentOf(value)
	if err != nil {
		return Splice{}, err
	}
	list := e.root.Lookup(path...)
	if list == nil || list.Kind != List || index < 0 || index > list.Len() {
		return Splice{}, refusal("there is no list at that place")
	}
	s, err := e.addItem(list, index, v)
	return e.proved(s, err, func(m *model) { m.lookup(path).add(index, v.model) })
}

// Move puts the item of the list at path that has the index from where the index to is, with the comments directly above it.
func (e *Editor) Move(path []any, from, to int) (Splice, error) {
	list := e.root.Lookup(path...)
	if list == nil || list.Kind != List || min(from, to) < 0 || max(from, to) >= list.Len() {
		return Splice{}, refusal("there is no such item")
	}
	s, err := e.reorder(list, from, to)
	return e.proved(s, err, func(m *model) {
		l := m.lookup(path)
		item := l.children[from]
		l.children = slices.Insert(slices.Delete(l.children, from, from+1), to, item)
	})
}

// Rename gives the key at the end of path another name.
func (e *Editor) Rename(path []any, name string) (Splice, error) {
	if len(path) == 0 {
		return Splice{}, refusal("there is no key at that place")
	}
	parent := e.root.Lookup(path[:len(path)-1]...)
	i, ok := parent.index(path[len(path)-1])
	if !ok || parent.Kind != Mapping {
		return Splice{}, refusal("there is no key at that place")
	}
	k := parent.children[2*i]
	s := Splice{int(k.start), int(k.end), Quote(name)}
	return e.proved(s, nil, func(m *model) {
		m.lookup(path[:len(path)-1]).children[2*i].value = name
	})
}

// Quote writes a text so that it can stand on one line of a definition, inside brackets too, and means just that.
func Quote(text string) string {
	switch {
	case plainEnough(text, true):
		return text
	case !strings.ContainsAny(text, "'\n") && strings.IndexFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == 0x85 || r == 0xfeff || direction(r) || r == 0x2028 || r == 0x2029
	}) < 0:
		return "'" + text + "'"
	}
	return doubleQuoted(text)
}

func refusal(why string) error { return fmt.Errorf("%w: %s", ErrRefused, why) }

// fragment is a value that is put in.
type fragment struct {
	above []string // comments that stand before it
	text  string   // without a break at its end
	model *model
	lines bool // it takes lines of its own
}

func fragmentOf(value string) (fragment, error) {
	text := strings.TrimRight(value, "\n")
	var above []string
	for strings.HasPrefix(text, "#") {
		comment, rest, more := strings.Cut(text, "\n")
		if !more {
			return fragment{}, refusal("it is a comment and no value")
		}
		above, text = append(above, comment), rest
	}
	root, list := Parse("", []byte(text), unlimited)
	if root == nil || list.HasErrors() {
		return fragment{}, refusal("the value cannot be read")
	}
	block := (root.Kind == List || root.Kind == Mapping) && !root.bracketed()
	return fragment{above, text, modelOf(root), block}, nil
}

// indented moves every line but the first.
func (f fragment) indented(columns int) string {
	space := strings.Repeat(" ", columns)
	lines := strings.Split(f.text, "\n")
	for i := range lines {
		if i > 0 && lines[i] != "" {
			lines[i] = space + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// comments are the comments before it, as lines in a column.
func (f fragment) comments(indent int) (lines string) {
	for _, c := range f.above {
		lines += strings.Repeat(" ", indent) + c + "\n"
	}
	return lines
}

func (n *Node) bracketed() bool {
	return int(n.start) < len(n.doc.src) && (n.doc.src[n.start] == '{' || n.doc.src[n.start] == '[')
}

// index is the place of a child among the pairs or items of n.
func (n *Node) index(step any) (int, bool) {
	if n == nil {
		return 0, false
	}
	switch s := step.(type) {
	case int:
		return s, n.Kind == List && s >= 0 && s < n.Len()
	case string:
		i := 0
		for k := range n.Pairs() {
			if k.Value == s {
				return i, true
			}
			i++
		}
	}
	return 0, false
}

// column is where something begins in its line, in characters.
func (d *document) column(offset int) int {
	return utf8.RuneCountInString(d.src[d.lineStart(offset):offset])
}

// first tells whether nothing but space stands before a byte in its line.
func (d *document) first(offset int) bool {
	return strings.Trim(d.src[d.lineStart(offset):offset], " ") == ""
}

// after is the byte behind the line break of the line in which the byte before end stands.
func (d *document) after(end int) int {
	if i := strings.IndexByte(d.src[max(end, 0):], '\n'); i >= 0 {
		return end + i + 1
	}
	return len(d.src)
}

// colon is the byte behind the colon of a key.
func (d *document) colon(k *Node) int {
	return int(k.end) + strings.IndexByte(d.src[k.end:], ':') + 1
}

func (d *document) breaks() string {
	if strings.Contains(d.src, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// replace is Put for what is there.
func (e *Editor) replace(path []any, n *Node, v fragment) (Splice, error) {
	s := Splice{int(n.start), int(n.end), v.text}
	var err error
	switch parent := e.parent(path); {
	case n == e.root:
		return Splice{}, refusal("it is the whole file")
	case v.lines && parent.bracketed():
		err = refusal("there are no lines inside of brackets")
	case parent.Kind == List && v.lines:
		s.Text = v.indented(e.doc.column(s.Start))
	case parent.Kind == Mapping && v.lines:
		i, _ := parent.index(path[len(path)-1])
		k := parent.children[2*i]
		indent := e.doc.column(int(k.start)) + 2
		s.Start = e.doc.colon(k)
		s.End = max(s.Start, s.End)
		s.Text = "\n" + strings.Repeat(" ", indent) + v.indented(indent)
	case (n.Kind == List || n.Kind == Mapping) && !n.bracketed() && parent.Kind == Mapping: // the lines of it become one
		i, _ := parent.index(path[len(path)-1])
		k := parent.children[2*i]
		s.Start = e.doc.colon(k)
		s.Text = " " + v.indented(e.doc.column(int(k.start))+2)
	default:
		s.Text = v.indented(e.doc.column(int(e.anchor(parent, path).start)) + 2)
		if n.start == n.end {
			s.Text = " " + s.Text
		}
	}
	if err == nil && hasComment(e.doc.src[s.Start:s.End], n, s.Start) {
		err = refusal("comments stand in what would be replaced")
	}
	return e.proved(s, err, func(m *model) { *m.lookup(path) = *v.model })
}

func (e *Editor) parent(path []any) *Node {
	if len(path) == 0 {
		return nil
	}
	return e.root.Lookup(path[:len(path)-1]...)
}

// anchor is what the lines of a value at path are indented from: its key, or the item itself.
func (e *Editor) anchor(parent *Node, path []any) *Node {
	i, _ := parent.index(path[len(path)-1])
	if parent.Kind == Mapping {
		return parent.children[2*i]
	}
	return parent.children[i]
}

// hasComment tells whether a comment stands between the values of n, of which text is the part from at on.
func hasComment(text string, n *Node, at int) bool {
	if !strings.Contains(text, "#") {
		return false
	}
	found, pos := false, at
	var visit func(c *Node)
	visit = func(c *Node) {
		if c.Kind == List || c.Kind == Mapping {
			for _, child := range c.children {
				visit(child)
			}
			return
		}
		if int(c.start) > pos {
			found = found || slices.ContainsFunc(pieces(n.doc.src[pos:c.start]), func(p piece) bool { return p.kind == commentPiece })
		}
		pos = max(pos, int(c.end))
	}
	visit(n)
	return found || pos < at+len(text) && slices.ContainsFunc(pieces(text[pos-at:]), func(p piece) bool { return p.kind == commentPiece })
}

// extent is where a pair or an item of n stands: from its first character, the hyphen of an item included, to behind its last.
type extent struct{ start, end int }

func (e *Editor) extent(n *Node, i int) (extent, bool) {
	if n.Kind == Mapping {
		k, v := n.children[2*i], n.children[2*i+1]
		end := max(int(k.end), int(v.end))
		if v.Kind == Null && v.start == v.end {
			end = e.doc.colon(k)
		}
		return extent{int(k.start), end}, true
	}
	c := n.children[i]
	if n.bracketed() {
		return extent{int(c.start), int(c.end)}, true
	}
	from := int(n.start)
	if i > 0 {
		from = int(n.children[i-1].end)
	}
	for _, p := range pieces(e.doc.src[min(from, int(c.start)):c.start]) {
		if p.kind == signPiece && p.text == "-" {
			return extent{from + p.at, max(int(c.end), from+p.at+1)}, true
		}
	}
	if e.doc.src[c.start] == '-' && c.Kind == Null { // an item with nothing in it
		return extent{int(c.start), int(c.start) + 1}, true
	}
	return extent{}, false
}

// addKey writes a pair behind the first at pairs of a mapping.
func (e *Editor) addKey(n *Node, at int, key string, v fragment) (Splice, error) {
	if n.bracketed() {
		if v.lines || len(v.above) > 0 || strings.Contains(v.text, "\n") {
			return Splice{}, refusal("there are no lines inside of brackets")
		}
		return e.addBracketed(n, at, Quote(key)+": "+v.text)
	}
	before, ok := e.extent(n, at-1)
	if !ok {
		return Splice{}, refusal("it cannot be told where the key before it ends")
	}
	indent := e.doc.column(int(n.children[0].start))
	line := v.comments(indent) + strings.Repeat(" ", indent) + Quote(key) + ":"
	if v.lines {
		line += "\n" + strings.Repeat(" ", indent+2) + v.indented(indent+2)
	} else {
		line += " " + v.indented(indent+2)
	}
	place := e.doc.after(before.end)
	if rest := e.doc.src[place:]; indent == 0 && v.lines && (strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n")) {
		line = "\n" + line // apart, as its neighbours are
	}
	return e.line(place, line), nil
}

// line puts whole lines at the beginning of a line, or at the end of the file.
func (e *Editor) line(at int, lines string) Splice {
	if at == len(e.doc.src) && !strings.HasSuffix(e.doc.src, "\n") {
		return Splice{at, at, strings.ReplaceAll("\n"+lines, "\n", e.doc.breaks())}
	}
	return Splice{at, at, strings.ReplaceAll(lines+"\n", "\n", e.doc.breaks())}
}

func (e *Editor) addBracketed(n *Node, at int, text string) (Splice, error) {
	switch {
	case n.Len() == 0:
		return Splice{int(n.start) + 1, int(n.end) - 1, text}, nil
	case at == 0:
		first, _ := e.extent(n, 0)
		return Splice{first.start, first.start, text + ", "}, nil
	}
	before, _ := e.extent(n, at-1)
	return Splice{before.end, before.end, ", " + text}, nil
}

// addItem writes an item before the one of that index.
func (e *Editor) addItem(n *Node, at int, v fragment) (Splice, error) {
	if n.bracketed() {
		if v.lines || len(v.above) > 0 || strings.Contains(v.text, "\n") {
			return Splice{}, refusal("there are no lines inside of brackets")
		}
		return e.addBracketed(n, at, v.text)
	}
	first, ok := e.extent(n, 0)
	if !ok || !e.doc.first(first.start) {
		return Splice{}, refusal("the list does not stand on lines of its own")
	}
	indent := e.doc.column(first.start)
	line := v.comments(indent) + strings.Repeat(" ", indent) + "- " + v.indented(indent+2)
	spaced := false // an empty line stands between items
	if n.Len() > 1 {
		second, ok := e.extent(n, 1)
		spaced = ok && strings.Contains(strings.ReplaceAll(e.doc.src[first.end:second.start], "\r", ""), "\n\n")
	}
	if at == 0 {
		if spaced {
			line += "\n"
		}
		return e.line(e.doc.lineStart(first.start), line), nil
	}
	before, ok := e.extent(n, at-1)
	if !ok {
		return Splice{}, refusal("it cannot be told where the item before it ends")
	}
	if spaced {
		line = "\n" + line
	}
	return e.line(e.doc.after(before.end), line), nil
}

// cut takes a pair or an item away.
func (e *Editor) cut(n *Node, i int) (Splice, error) {
	it, ok := e.extent(n, i)
	if !ok {
		return Splice{}, refusal("it cannot be told where it begins")
	}
	src := e.doc.src
	if n.bracketed() {
		s := Splice{Start: it.start, End: it.end}
		if i > 0 {
			before, _ := e.extent(n, i-1)
			s.Start = before.end
		} else {
			next, _ := e.extent(n, 1)
			s.End = next.start
		}
		if slices.ContainsFunc(pieces(src[s.Start:it.start]+src[it.end:s.End]), func(p piece) bool { return p.kind == commentPiece }) {
			return Splice{}, refusal("a comment stands beside it")
		}
		return s, nil
	}
	if !e.doc.first(it.start) { // the first key behind a hyphen: the next one takes its place
		if i > 0 || n.Len() < 2 {
			return Splice{}, refusal("it does not stand on lines of its own")
		}
		next, _ := e.extent(n, 1)
		if e.doc.lineStart(next.start) != e.doc.after(it.end) {
			return Splice{}, refusal("something stands between it and the next key")
		}
		return Splice{Start: it.start, End: next.start}, nil
	}
	s := Splice{Start: e.doc.lineStart(it.start), End: e.doc.after(it.end)}
	// Of two empty lines that would meet, one goes too; so does the one that stood between the last item and the one before it.
	last := n.Kind == List && i > 0 && i == n.Len()-1
	if empty, above := e.emptyAbove(s.Start); above && (last || s.End == len(src) || strings.TrimSpace(src[s.End:e.doc.after(s.End)]) == "") {
		s.Start = empty
	}
	return s, nil
}

// emptyAbove is the beginning of the line before the byte, if that line is empty.
func (e *Editor) emptyAbove(at int) (int, bool) {
	if at <= e.doc.bom {
		return 0, false
	}
	start := e.doc.lineStart(at - 1)
	return start, strings.TrimSpace(e.doc.src[start:at]) == ""
}

// withComments is where the lines of an item begin, those of comments directly above it included.
func (e *Editor) withComments(start, floor int) int {
	at := e.doc.lineStart(start)
	for at > floor {
		above := e.doc.lineStart(at - 1)
		if above < floor || !strings.HasPrefix(strings.TrimLeft(e.doc.src[above:at], " "), "#") {
			break
		}
		at = above
	}
	return at
}

// reorder moves an item.
func (e *Editor) reorder(n *Node, from, to int) (Splice, error) {
	low, high := min(from, to), max(from, to)
	var parts []string
	var between []string // behind each part, up to the next one
	start, end := 0, 0
	for i := low; i <= high; i++ {
		it, ok := e.extent(n, i)
		if !ok {
			return Splice{}, refusal("it cannot be told where an item begins")
		}
		if !n.bracketed() {
			floor := 0
			if i > 0 {
				before, _ := e.extent(n, i-1)
				floor = e.doc.after(before.end)
			}
			if !e.doc.first(it.start) {
				return Splice{}, refusal("the list does not stand on lines of its own")
			}
			// What stands above the first item may be about the whole list.
			if it.start = e.doc.lineStart(it.start); i > 0 {
				it.start = e.withComments(it.start, floor)
			}
			it.end = e.doc.after(it.end)
		}
		if i > low {
			between = append(between, e.doc.src[end:it.start])
		} else {
			start = it.start
		}
		end = it.end
		parts = append(parts, e.doc.src[it.start:it.end])
	}
	if !n.bracketed() && !strings.HasSuffix(parts[len(parts)-1], "\n") { // the last line of the file
		parts[len(parts)-1] += e.doc.breaks()
	}
	part := parts[from-low]
	parts = slices.Insert(slices.Delete(parts, from-low, from-low+1), to-low, part)
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p)
		if i < len(between) {
			b.WriteString(between[i])
		}
	}
	text := b.String()
	if end == len(e.doc.src) && !strings.HasSuffix(e.doc.src, "\n") && !n.bracketed() {
		text = strings.TrimSuffix(text, e.doc.breaks())
	}
	return Splice{start, end, text}, nil
}

// model is what a text means: the tree without places.
type model struct {
	kind     Kind
	value    string
	typ      valueType
	children []*model
}

func modelOf(n *Node) *model {
	m := &model{kind: n.Kind, value: n.Value}
	if n.Style == Plain {
		m.typ = n.typ
	}
	for _, c := range n.children {
		m.children = append(m.children, modelOf(c))
	}
	return m
}

func (m *model) lookup(path []any) *model {
	for _, step := range path {
		switch s := step.(type) {
		case int:
			m = m.children[s]
		case string:
			for i := 0; i < len(m.children); i += 2 {
				if m.children[i].value == s {
					m = m.children[i+1]
					break
				}
			}
		}
	}
	return m
}

func (m *model) add(at int, children ...*model) {
	m.children = slices.Insert(m.children, at, children...)
}

func (m *model) equal(other *model) bool {
	return m.kind == other.kind && m.value == other.value && m.typ == other.typ && slices.EqualFunc(m.children, other.children, (*model).equal)
}

// proved gives the splice if the text with it means what change makes of what the file means.
func (e *Editor) proved(s Splice, err error, change func(*model)) (Splice, error) {
	if err != nil {
		return Splice{}, err
	}
	want := modelOf(e.root)
	change(want)
	after, list := Parse(e.doc.file, s.Apply([]byte(e.doc.src)), unlimited)
	if after == nil || slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Severity == diag.Error }) || !modelOf(after).equal(want) {
		return Splice{}, ErrRefused
	}
	return s, nil
}
