package pdf

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// checker makes a clean copy of a Document and remembers the first problem.
type checker struct {
	languages []string
	runes     int
	err       error
}

// check returns a copy of d whose texts are safe to shape, or an *InputError.
func check(d Document) (Document, error) {
	c := &checker{languages: d.Languages}
	if len(d.Languages) == 0 || len(d.Languages) > MaxLanguages {
		c.fail("languages", fmt.Sprintf("%d languages; 1 to %d are possible", len(d.Languages), MaxLanguages))
	}
	for i, l := range d.Languages {
		if !isTag(l) || slices.Contains(d.Languages[:i], l) {
			c.fail(fmt.Sprintf("languages[%d]", i), "not a language tag, or given twice")
		}
	}
	d.Authority = c.texts("authority", d.Authority)
	if d.Title = c.texts("title", d.Title); len(d.Title) == 0 {
		c.fail("title", "missing")
	}
	d.VerifyHint = c.texts("verifyHint", d.VerifyHint)
	d.Footer = c.texts("footer", d.Footer)
	d.Watermark = c.texts("watermark", d.Watermark)
	d.Number = c.short("number", d.Number)
	d.VerifyCode = c.short("verifyCode", d.VerifyCode)
	c.atMost("rows", len(d.Rows), MaxRows)
	c.atMost("paragraphs", len(d.Paragraphs), MaxRows)
	if c.err == nil {
		d.Rows = slices.Clone(d.Rows)
		for i, r := range d.Rows {
			d.Rows[i].Label = c.texts(fmt.Sprintf("rows[%d].label", i), r.Label)
			d.Rows[i].Value = c.texts(fmt.Sprintf("rows[%d].value", i), r.Value)
		}
		d.Paragraphs = slices.Clone(d.Paragraphs)
		for i, p := range d.Paragraphs {
			d.Paragraphs[i] = c.texts(fmt.Sprintf("paragraphs[%d]", i), p)
		}
		d.Table = c.table(d.Table)
		d.Blocks = c.blocks(d.Blocks)
	}
	if !(d.Sheet.Margin == 0 || d.Sheet.Margin >= 0.5 && d.Sheet.Margin <= 2) {
		c.fail("sheet.margin", "not between 0.5 and 2")
	}
	c.verifyURL(d.VerifyURL)
	c.attachment(d.Attachment)
	if d.SealBytes < 0 || d.SealBytes > MaxSealBytes {
		c.fail("sealBytes", fmt.Sprintf("not between 0 and %d", MaxSealBytes))
	}
	return d, c.err
}

func (c *checker) fail(where, problem string) {
	if c.err == nil {
		c.err = &InputError{Where: where, Problem: problem}
	}
}

func (c *checker) atMost(where string, n, limit int) {
	if n > limit {
		c.fail(where, fmt.Sprintf("%d entries; at most %d", n, limit))
	}
}

func (c *checker) texts(where string, in []Text) []Text {
	c.atMost(where, len(in), MaxLanguages)
	if c.err != nil {
		return nil
	}
	var out []Text
	for i, t := range in {
		at := fmt.Sprintf("%s[%d]", where, i)
		if t.Lang != "" && !slices.Contains(c.languages, t.Lang) {
			c.fail(at, "language is not one of the document's")
		}
		if t.Value = c.clean(at, t.Value); t.Value != "" {
			out = append(out, t)
		}
	}
	return out
}

func (c *checker) clean(where, s string) string {
	s, problem := clean(s)
	n := len([]rune(s))
	if c.runes += n; problem == "" && c.runes > MaxTotalRunes {
		problem = fmt.Sprintf("the document's texts together exceed %d characters", MaxTotalRunes)
	}
	if problem != "" {
		c.fail(where, problem)
		return ""
	}
	return s
}

func (c *checker) short(where, s string) string {
	if s = c.clean(where, s); len(s) > 64 {
		c.fail(where, "longer than 64 bytes")
	}
	return s
}

func (c *checker) table(t *Table) *Table {
	if t == nil || c.err != nil {
		return nil
	}
	if len(t.Columns) == 0 || len(t.Columns) > MaxColumns {
		c.fail("table.columns", fmt.Sprintf("%d columns; 1 to %d are possible", len(t.Columns), MaxColumns))
	}
	c.atMost("table.lines", len(t.Lines), MaxRows)
	if c.err != nil {
		return nil
	}
	out := &Table{Columns: slices.Clone(t.Columns)}
	for i, col := range t.Columns {
		out.Columns[i].Title = c.texts(fmt.Sprintf("table.columns[%d].title", i), col.Title)
		if !(col.Share >= 0 && col.Share <= 100) { // refuses NaN too
			c.fail(fmt.Sprintf("table.columns[%d].share", i), "not between 0 and 100")
		}
	}
	for i, line := range t.Lines {
		out.Lines = append(out.Lines, c.cells(fmt.Sprintf("table.lines[%d]", i), line, len(t.Columns)))
	}
	if t.Total != nil {
		out.Total = c.cells("table.total", t.Total, len(t.Columns))
	}
	return out
}

func (c *checker) cells(where string, in []Cell, columns int) []Cell {
	if len(in) != columns {
		c.fail(where, fmt.Sprintf("%d cells for %d columns", len(in), columns))
		return nil
	}
	out := make([]Cell, len(in))
	for i, cell := range in {
		out[i] = c.texts(fmt.Sprintf("%s[%d]", where, i), cell)
	}
	return out
}

func (c *checker) verifyURL(s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || len(s) > MaxURLBytes || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		c.fail("verifyURL", fmt.Sprintf("not an https address of at most %d bytes", MaxURLBytes))
		return
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			c.fail("verifyURL", "contains a character other than printable ASCII")
		}
	}
}

// loopback tells the machine itself, where nobody else can stand between and a trial has no certificate.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *checker) attachment(a *Attachment) {
	if a == nil {
		return
	}
	name := func(s, extra string) bool {
		return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(r rune) bool {
			return !isAlphanumeric(r) && !strings.ContainsRune(extra, r)
		}) < 0
	}
	if !name(a.Name, "._-") || !name(a.MediaType, "./+-") {
		c.fail("attachment", "name or media type missing, too long or with a character that is not allowed")
	}
	if len(a.Data) > MaxAttachment {
		c.fail("attachment", fmt.Sprintf("%d bytes; at most %d", len(a.Data), MaxAttachment))
	}
}

func isTag(s string) bool {
	return len(s) >= 2 && len(s) <= 35 && strings.IndexFunc(s, func(r rune) bool { return !isAlphanumeric(r) && r != '-' }) < 0
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
