package source

import "strings"

// Excerpt is the value of the i-th pair, or the i-th item, of n as it would stand at the left edge of a file, with its comments: those inside of it, the one
// behind it on its last line, and those directly above it. An Editor takes it as a value.
func (n *Node) Excerpt(i int) string {
	e := &Editor{doc: n.doc}
	v, first := n.children[i], n.children[i]
	if n.Kind == Mapping {
		v, first = n.children[2*i+1], n.children[2*i]
	}
	src := n.doc.src
	if v.start == v.end {
		return "null"
	}
	if n.bracketed() {
		return e.leftwards(src[v.start:v.end], v)
	}
	end := n.doc.lineEnd(int(v.end))
	if rest := strings.TrimSpace(src[v.end:end]); rest != "" && rest[0] != '#' {
		end = int(v.end)
	}
	text := e.leftwards(src[v.start:end], v)
	if it, ok := e.extent(n, i); ok && n.doc.first(it.start) {
		first := n.doc.lineStart(int(first.start))
		if n.Kind == List {
			first = n.doc.lineStart(it.start)
		}
		above := ""
		for line := range strings.Lines(src[e.withComments(first, n.floor(e, i)):first]) {
			above += strings.TrimSpace(line) + "\n"
		}
		text = above + text
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// floor is where the comments above the i-th child may begin: behind the child before it.
func (n *Node) floor(e *Editor, i int) int {
	if i == 0 {
		return n.doc.lineStart(int(n.start)) // what stands above the first one may be about all of them
	}
	before, ok := e.extent(n, i-1)
	if !ok {
		return len(n.doc.src)
	}
	return n.doc.after(before.end)
}

// leftwards moves the lines of a value behind the first so that they stand as if it began at the left edge.
func (e *Editor) leftwards(text string, v *Node) string {
	lines := strings.Split(text, "\n")
	by := e.doc.column(int(v.start))
	if v.Kind == Scalar { // its lines are indented from its key
		by = 1 << 20
		for _, l := range lines[1:] {
			if trimmed := strings.TrimLeft(l, " "); trimmed != "" {
				by = min(by, len(l)-len(trimmed)-2)
			}
		}
	}
	for i, l := range lines {
		if i > 0 {
			space := len(l) - len(strings.TrimLeft(l, " "))
			lines[i] = l[min(max(by, 0), space):]
		}
	}
	return strings.Join(lines, "\n")
}

// Text is a value as it would stand at the left edge of a file, with the comments inside of it.
func (n *Node) Text() string {
	if n == nil || n.start == n.end {
		return ""
	}
	return strings.ReplaceAll((&Editor{doc: n.doc}).leftwards(n.doc.src[n.start:n.end], n), "\r\n", "\n")
}

// Means tells whether two values mean the same: comments, space and the way in which they are written aside.
func (n *Node) Means(other *Node) bool { return modelOf(n).equal(modelOf(other)) }
