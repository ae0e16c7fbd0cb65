package docs

import (
	"bytes"
	"html/template"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// engine renders tables and gives headings addresses; raw HTML is left out but for what turns a part from right to left.
var engine = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(scrolled{}, 100))),
)

func render(lang, markdown string) (document, error) {
	source := []byte(markdown)
	root := engine.Parser().Parse(text.NewReader(source))
	d := document{Lang: lang, Dir: "ltr"}
	if lang == "ar" {
		d.Dir = "rtl"
	}
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering && h.Level == 2 {
			id, _ := h.AttributeString("id")
			address, _ := id.([]byte)
			d.Headings = append(d.Headings, ui.Link{Text: words(h, source), Href: "#" + string(address)})
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return d, err
	}
	var out bytes.Buffer
	err = engine.Renderer().Render(&out, source, root)
	d.HTML = template.HTML(out.String())
	return d, err
}

// turns are the only lines of HTML that are passed on.
var turns = []string{`<div dir="rtl">`, `</div>`}

// words is the text of a node without its marks.
func words(n ast.Node, source []byte) string {
	var out bytes.Buffer
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			out.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// scrolled puts each table in a region of its own that scrolls, so that a phone's page does not, and keeps code left to right.
type scrolled struct{}

func (scrolled) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(extast.KindTable, func(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString("<div class=\"prose__table\" tabindex=\"0\"><table>\n")
		} else {
			_, _ = w.WriteString("</table></div>\n")
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindHTMLBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			if text := strings.TrimSpace(string(line.Value(source))); entering && slices.Contains(turns, text) {
				_, _ = w.WriteString(text + "\n")
			}
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindFencedCodeBlock, func(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		_, _ = w.WriteString("<pre dir=\"ltr\" tabindex=\"0\"><code>")
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			_, _ = w.Write(util.EscapeHTML(line.Value(source)))
		}
		_, _ = w.WriteString("</code></pre>\n")
		return ast.WalkSkipChildren, nil
	})
}
