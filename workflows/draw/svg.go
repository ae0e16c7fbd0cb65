package draw

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Sizes of the picture for people.
const (
	titleSize  = 14.0
	detailSize = 12.0
	codeSize   = 11.0
	boxWidth   = 232.0
	endWidth   = 176.0
	padding    = 12.0
	headSize   = 17.0
)

// faces are the faces of text; the picture names none that must be fetched.
const (
	faces     = `'IBM Plex Sans Arabic','Noto Sans Arabic','Segoe UI',Tahoma,'Noto Sans',Arial,sans-serif`
	codeFaces = `'IBM Plex Mono',Consolas,'DejaVu Sans Mono',monospace`
)

// written is a line of a box as it is drawn.
type written struct {
	text   string
	size   float64
	bold   bool
	code   bool
	offset float64 // of its base line from the top of the box
}

// SVG draws the plan for people: dark on light, from right to left in Arabic, with a title and a description for those who do not see it.
// The same plan and texts always give the same bytes.
func SVG(p *plan.Plan, t *plan.Texts, o Options) []byte {
	g := newGraph(p, t, o, false)
	g.label(128)
	rows := make([][]written, len(g.boxes))
	for i := range g.boxes {
		rows[i] = g.boxes[i].size()
	}
	g.lay()
	s := &svg{graph: g, rtl: o.Lang == "ar"}
	if o.Taken != nil {
		s.lit = g.light(o.Taken)
	}
	s.write(rows)
	return []byte(s.String())
}

// role is what the picture is to those who do not see it: one image, or several things of which each leads somewhere.
func (s *svg) role() string {
	if s.words.Href != nil {
		return "group"
	}
	return "img"
}

// size breaks the words of a box into lines and gives it its size.
func (b *box) size() []written {
	wide := boxWidth
	most := 3
	switch b.form {
	case end, start:
		wide = endWidth
		if b.whole {
			wide = boxWidth
		}
	case merge:
		most = 2
	}
	inner := wide - 2*padding
	if b.form == choice {
		inner -= 22
	}
	var out []written
	at := padding
	add := func(text string, size float64, bold, code bool, most int) {
		measure := func(s string) float64 {
			w := width(s, size)
			if code {
				w = codeWidth(s, size)
			}
			if bold {
				w *= 1.2
			}
			return w
		}
		for _, s := range wrap(text, inner, most, measure) {
			at += size
			out = append(out, written{s, size, bold, code, at})
			at += size * 0.36
		}
	}
	add(b.title, titleSize, true, false, most)
	for _, l := range b.lines {
		if l.code {
			add(l.text, codeSize, false, true, 3)
		} else {
			add(l.text, detailSize, false, false, 3)
		}
	}
	b.w, b.h = wide, at+padding-3
	return out
}

type svg struct {
	strings.Builder
	*graph
	rtl bool
	lit map[int]bool // links that an application has taken; nil where the plan alone is drawn
}

func (s *svg) write(rows [][]written) {
	lang, direction := "en", "ltr"
	if s.rtl {
		lang, direction = "ar", "rtl"
	}
	heading := s.words.say("picture", s.words.text(s.texts.Title))
	lines := wrap(heading, max(320, s.width-2*margin), 3, func(t string) float64 { return width(t, headSize) * 1.06 })
	head := float64(len(lines))*headSize*1.4 + 8
	longest := 0.0
	for _, l := range lines {
		longest = max(longest, width(l, headSize)*1.06)
	}
	if wide := longest + 2*margin; wide > s.width {
		s.shift((wide - s.width) / 2)
		s.width = wide
	}
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" role="%s" aria-labelledby="%s %s" lang="%s" direction="%s" font-family="%s">`+"\n",
		number(s.width), number(s.height+head), number(s.width), number(s.height+head), s.role(), s.id("title"), s.id("desc"), lang, direction, faces)
	fmt.Fprintf(s, "<title id=\"%s\">%s</title>\n<desc id=\"%s\">%s</desc>\n", s.id("title"), escape(heading), s.id("desc"), escape(s.about()))
	fmt.Fprintf(s, `<defs><marker id="%s" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#3d4852"/></marker></defs>`+"\n", s.id("to"))
	if s.lit != nil {
		fmt.Fprintf(s, `<defs><marker id="%s" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="4" markerHeight="4" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="%s"/></marker></defs>`+"\n", s.id("went"), went)
	}
	fmt.Fprintf(s, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", number(s.width), number(s.height+head))
	for i, l := range lines {
		s.text(s.width/2, margin+headSize+float64(i)*headSize*1.4-4, "middle", written{text: l, size: headSize, bold: true}, "#12212e")
	}
	fmt.Fprintf(s, `<g transform="translate(0 %s)">`+"\n", number(head))
	for i := range s.links {
		if !s.lit[i] {
			s.link(&s.links[i], false)
		}
	}
	for i := range s.links { // over the others
		if s.lit[i] {
			s.link(&s.links[i], true)
		}
	}
	for i := range s.boxes {
		s.box(&s.boxes[i], rows[i])
	}
	for i := range s.links {
		s.labels(&s.links[i])
	}
	s.WriteString("</g>\n</svg>\n")
}

// id is one of the picture's own ids.
func (s *svg) id(name string) string { return escape(s.words.ID) + name }

// shift moves the picture to the right.
func (s *svg) shift(by float64) {
	for i := range s.boxes {
		s.boxes[i].x += by
	}
	for i := range s.links {
		for j := range s.links[i].points {
			s.links[i].points[j].x += by
		}
		s.links[i].at.x += by
	}
}

// about tells the picture in words: how much there is, and the steps in their order.
func (g *graph) about() string {
	var steps []string
	ends := 0
	count := 0
	for row := 0; row < len(g.boxes); row++ {
		for i := range g.boxes {
			b := &g.boxes[i]
			if b.row != row {
				continue
			}
			switch b.form {
			case end:
				ends++
			case task, choice, split:
				count++
				if b.beside < 0 {
					steps = append(steps, b.title)
				}
			}
		}
	}
	return g.words.say("about", strconv.Itoa(count), strconv.Itoa(ends), strings.Join(steps, g.words.comma()))
}

// x mirrors the picture where one reads from right to left.
func (s *svg) x(x float64) float64 {
	if s.rtl {
		return s.width - x
	}
	return x
}

// paint is the fill and the line of a box. Contrast of text to any fill is above 12, and no meaning is in the colour alone.
func (b *box) paint() (fill, stroke string) {
	switch {
	case b.form == end && b.good:
		return "#e3f4e8", "#1e6b3a"
	case b.form == end:
		return "#fbe9e7", "#9c2b1f"
	case b.form == start:
		return "#eef1f4", "#3d4852"
	case b.form == choice:
		return "#fff6dd", "#7a5c00"
	case b.form == split || b.form == merge:
		return "#eae6f7", "#4b3a8c"
	case b.actor == officer:
		return "#e4eefb", "#1d4f91"
	case b.actor == applicant:
		return "#fdf0e2", "#8a4b08"
	}
	return "#f6f7f9", "#55606b"
}

func (s *svg) box(b *box, rows []written) {
	fill, stroke := b.paint()
	x, y := s.x(b.x)-b.w/2, b.y-b.h/2
	line := "1.5"
	been, now := s.been(b)
	mark := s.mark(b)
	switch {
	case mark != "":
		line, stroke = "3.5", markPaint[mark]
	case now || been > 0:
		line = "3.5"
	case s.lit != nil && b.form != choice && b.form != split && b.form != merge && b.form != start:
		fill, stroke = "#ffffff", "#8b95a0"
	}
	style := fmt.Sprintf(`fill="%s" stroke="%s" stroke-width="%s"`, fill, stroke, line)
	if mark == Removed {
		style += ` stroke-dasharray="7 4"`
	}
	kind := [...]string{"start", "task", "choice", "split", "merge", "end"}[b.form]
	key := ""
	if b.node != nil {
		key = b.node.Key
	}
	href, chosen := "", false
	if b.node != nil {
		if s.words.Href != nil {
			href = s.words.Href(b.node.Step)
		}
		chosen = s.words.Chosen != "" && s.words.Chosen == b.node.Step
	}
	if chosen {
		itself := ""
		if b.node.Key == b.node.Step { // the step, and not what comes with it
			itself = ` data-chosen=""`
		}
		fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s" rx="10" fill="none" stroke="%s" stroke-width="3"%s/>`, number(x-6), number(y-6), number(b.w+12), number(b.h+12), went, itself)
	}
	if href != "" {
		fmt.Fprintf(s, `<a href="%s">`, escape(href))
		defer s.WriteString("</a>\n")
	}
	marked := ""
	if mark != "" {
		marked = ` data-mark="` + string(mark) + `"`
	}
	fmt.Fprintf(s, `<g data-kind="%s" data-key="%s"%s>`, kind, escape(key), marked)
	switch b.form {
	case start, end:
		fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" %s/>`, number(x), number(y), number(b.w), number(b.h), number(min(b.h/2, 20)), style)
	case choice:
		fmt.Fprintf(s, `<path d="M%s %sh%sl16 %sl-16 %sh-%sl-16 -%sz" %s/>`, number(x+16), number(y), number(b.w-32), number(b.h/2), number(b.h/2), number(b.w-32), number(b.h/2), style)
	default:
		fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s" rx="6" %s/>`, number(x), number(y), number(b.w), number(b.h), style)
	}
	for _, w := range rows {
		s.text(s.x(b.x), y+w.offset, "middle", w, "#12212e")
	}
	switch {
	case mark != "":
		s.badge(b, s.words.say("mark/"+string(mark)), markPaint[mark])
	case now && been > 1:
		s.badge(b, s.words.say("now")+" · ×"+strconv.Itoa(been), "#8a4b08")
	case now:
		s.badge(b, s.words.say("now"), "#8a4b08")
	case been > 1:
		s.badge(b, "×"+strconv.Itoa(been), went)
	}
	s.WriteString("</g>\n")
}

// went is the colour of the way that was taken.
const went = "#0b5d3b"

// been says how often the application was at a box, and whether it is there.
func (s *svg) been(b *box) (times int, now bool) {
	t := s.words.Taken
	if t == nil || b.node == nil || b.form == merge {
		return 0, false
	}
	return t.Visits[b.node.Key], slices.Contains(t.Now, b.node.Key)
}

// markPaint are the colours of marks; white words on them have a contrast above 4.5.
var markPaint = map[Mark]string{Added: "#1e6b3a", Removed: "#9c2b1f", Moved: "#4b3a8c", Changed: "#8a4b08"}

// mark is what became of a box, or "".
func (s *svg) mark(b *box) Mark {
	if b.node == nil || b.form == merge {
		return ""
	}
	mark := s.words.Marks[b.node.Key]
	if markPaint[mark] == "" {
		return ""
	}
	return mark
}

// badge writes a word on the upper edge of a box.
func (s *svg) badge(b *box, text, colour string) {
	w := written{text: text, size: detailSize, bold: true}
	wide := width(text, detailSize)*1.2 + 16
	x, y := s.x(b.x), b.y-b.h/2
	fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="20" rx="10" fill="%s"/>`, number(x-wide/2), number(y-14), number(wide), colour)
	s.text(x, y, "middle", w, "#ffffff")
}

func (s *svg) link(k *link, lit bool) {
	if len(k.points) < 2 {
		return
	}
	var d strings.Builder
	for i, p := range k.points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		d.WriteString(letter + number(s.x(p.x)) + " " + number(p.y))
	}
	dash := ""
	if k.rung != nil {
		dash = ` stroke-dasharray="5 4"`
	}
	if lit {
		fmt.Fprintf(s, `<path d="%s" fill="none" stroke="%s" stroke-width="4"%s stroke-linejoin="round" marker-end="url(#%s)" data-taken="yes"/>`+"\n", d.String(), went, dash, s.id("went"))
		return
	}
	stroke := "#3d4852"
	if s.lit != nil {
		stroke = "#8b95a0"
	}
	fmt.Fprintf(s, `<path d="%s" fill="none" stroke="%s" stroke-width="1.4"%s stroke-linejoin="round" marker-end="url(#%s)"/>`+"\n", d.String(), stroke, dash, s.id("to"))
}

// labels write the words of a link on a white ground, so that a line that crosses them does not hide them.
func (s *svg) labels(k *link) {
	for i, text := range k.lines {
		w := written{text: text, size: labelSize, code: k.code}
		if k.code {
			w.size = codeSize
		}
		x, y := s.x(k.at.x), k.at.y+float64(i)*labelLine
		wide := k.measure(text)
		left, anchor := x-wide/2, "middle"
		if k.anchor < 0 {
			left, anchor = x, "start"
			if s.rtl {
				left = x - wide
			}
			if s.rtl && k.code {
				anchor = "end"
			}
		}
		fmt.Fprintf(s, `<rect x="%s" y="%s" width="%s" height="%s" fill="#ffffff" fill-opacity="0.9"/>`, number(left), number(y-labelSize+1), number(wide), number(labelSize+3))
		s.text(x, y, anchor, w, "#2b3640")
	}
}

func (s *svg) text(x, y float64, anchor string, w written, colour string) {
	more := ""
	if w.bold {
		more += ` font-weight="600"`
	}
	if w.code {
		more += ` direction="ltr" font-family="` + codeFaces + `"`
	}
	fmt.Fprintf(s, `<text x="%s" y="%s" text-anchor="%s" font-size="%s" fill="%s"%s>%s</text>`+"\n", number(x), number(y), anchor, number(w.size), colour, more, escape(w.text))
}

func number(f float64) string { return strconv.FormatFloat(float64(int64(f*10+0.5))/10, 'f', -1, 64) }

func escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}
