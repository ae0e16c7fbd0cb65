package source

import (
	"strings"

	yaml "gopkg.in/yaml.v3"
)

// scalar writes a scalar that belongs to a key or hyphen in column indent, or that stands in brackets.
func (p *printer) scalar(n *Node, indent int, flow bool) string {
	raw := p.src[n.start:n.end]
	switch {
	case n.Style == Literal || n.Style == Folded:
		return p.blockScalar(n, raw, indent)
	case (n.Style == SingleQuoted || n.Style == DoubleQuoted) && plainEnough(n.Value, flow):
		return n.Value
	case !strings.Contains(raw, "\n"):
		return raw
	}
	// Where the lines of a text are folded, their indentation means nothing.
	lines := strings.Split(raw, "\n")
	for i := range lines {
		if lines[i] = strings.Trim(lines[i], " \t"); i > 0 && lines[i] != "" {
			lines[i] = strings.Repeat(" ", indent+2) + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// blockScalar moves the lines of a block so that they begin two columns behind its key.
func (p *printer) blockScalar(n *Node, raw string, indent int) string {
	header, rest, many := strings.Cut(raw, "\n")
	if !many || strings.ContainsAny(header, "0123456789+") {
		p.unusual = true // with a number or a plus the empty space itself means something
		return raw
	}
	lines := strings.Split(rest, "\n")
	base := -1
	for _, l := range lines {
		if trimmed := strings.TrimLeft(l, " "); trimmed != "" && base < 0 {
			base = len(l) - len(trimmed)
		}
	}
	for i, l := range lines {
		switch {
		case strings.TrimLeft(l, " ") == "":
			lines[i] = ""
		case len(l)-len(strings.TrimLeft(l, " ")) < base:
			p.unusual = true
		default:
			lines[i] = strings.Repeat(" ", indent+2) + l[base:]
		}
	}
	return strings.TrimRight(header, " \t") + "\n" + strings.Join(lines, "\n")
}

// plainEnough tells whether a text needs no quotation marks: it is read as the same text without them, and no reader of YAML takes it for
// something else.
func plainEnough(value string, flow bool) bool {
	if value == "" || len(value) > 200 || ambiguous.MatchString(value) || strings.ContainsAny(value, ":#\n\t\\[]{}") || strings.ContainsAny(value[:1], "-?!&*@%`|>'\"[]{},=<") {
		return false
	}
	if flow && strings.ContainsAny(value, ",?'\"") {
		return false
	}
	for _, r := range value {
		if r < ' ' || r == 0x7f || direction(r) {
			return false
		}
	}
	var n yaml.Node
	text := "k: " + value + "\n"
	if flow {
		text = "{k: " + value + "}\n"
	}
	if yaml.Unmarshal([]byte(text), &n) != nil || len(n.Content) != 1 || len(n.Content[0].Content) != 2 {
		return false
	}
	v := n.Content[0].Content[1]
	return v.Kind == yaml.ScalarNode && v.Tag == "!!str" && v.Value == value
}
