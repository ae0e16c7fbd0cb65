package pdf

import (
	"fmt"
	"slices"
	"strings"
)

// structureTree is what the rest of the file needs to know about the written
// structure: its root and the link annotations.
type structureTree struct {
	root  int
	links []*element
	notes []int // annotation objects, as links
}

func (t structureTree) onPage(page int) string {
	out := ""
	for i, e := range t.links {
		if e.linkPage == page {
			out += fmt.Sprintf("%d 0 R ", t.notes[i])
		}
	}
	return out
}

// structure writes the logical tree: who says what, in which language and order.
func (f *file) structure(l *layout, pages []int) structureTree {
	t := structureTree{root: f.reserve()}
	var number func(e *element)
	number = func(e *element) {
		e.object = f.reserve()
		if e.link != "" {
			t.links = append(t.links, e)
			t.notes = append(t.notes, f.add("<</Type/Annot/Subtype/Link/Rect[%.2f %.2f %.2f %.2f]/Border[0 0 0]/F 4/Contents%s/StructParent %d/A<</S/URI/URI(%s)>>>>",
				e.linkBox[0], e.linkBox[1], e.linkBox[2], e.linkBox[3], textString(e.link), len(pages)+len(t.notes), literal(e.link)))
		}
		for _, k := range e.kids {
			number(k)
		}
	}
	number(l.root)
	var write func(e *element, parent int)
	write = func(e *element, parent int) {
		f.set(e.object, e.dictionary(t, parent, pages))
		for _, k := range e.kids {
			write(k, e.object)
		}
	}
	write(l.root, t.root)
	var nums strings.Builder
	for i, p := range l.pages {
		fmt.Fprintf(&nums, "%d[", i)
		for _, e := range p.owners {
			fmt.Fprintf(&nums, "%d 0 R ", e.object)
		}
		nums.WriteString("]")
	}
	for i, e := range t.links {
		fmt.Fprintf(&nums, "%d %d 0 R ", len(pages)+i, e.object)
	}
	f.set(t.root, fmt.Sprintf("<</Type/StructTreeRoot/K[%d 0 R]/ParentTree<</Nums[%s]>>/ParentTreeNextKey %d>>",
		l.root.object, nums.String(), len(pages)+len(t.links)))
	return t
}

func (e *element) dictionary(t structureTree, parent int, pages []int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<</Type/StructElem/S/%s/P %d 0 R", e.role, parent)
	if e.lang != "" {
		fmt.Fprintf(&b, "/Lang(%s)", e.lang)
	}
	if e.text != "" {
		fmt.Fprintf(&b, "/ActualText%s", textString(e.text))
	}
	if e.alt != "" {
		fmt.Fprintf(&b, "/Alt%s/A<</O/Layout/BBox[%.2f %.2f %.2f %.2f]/Placement/Block>>", textString(e.alt), e.linkBox[0], e.linkBox[1], e.linkBox[2], e.linkBox[3])
	}
	if e.role == "TH" {
		scope := "Row"
		if !slices.ContainsFunc(e.parent.kids, func(k *element) bool { return k.role != "TH" }) {
			scope = "Column" // a line of heads only
		}
		fmt.Fprintf(&b, "/A<</O/Table/Scope/%s>>", scope)
	}
	if len(e.marks) > 0 {
		fmt.Fprintf(&b, "/Pg %d 0 R", pages[e.marks[0].page])
	}
	b.WriteString("/K[")
	for _, k := range e.kids {
		fmt.Fprintf(&b, "%d 0 R ", k.object)
	}
	for _, m := range e.marks {
		if m.page == e.marks[0].page {
			fmt.Fprintf(&b, "%d ", m.id)
		} else {
			fmt.Fprintf(&b, "<</Type/MCR/Pg %d 0 R/MCID %d>>", pages[m.page], m.id)
		}
	}
	for i, link := range t.links {
		if link == e {
			fmt.Fprintf(&b, "<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>", t.notes[i], pages[e.linkPage])
		}
	}
	b.WriteString("]>>")
	return b.String()
}

// literal escapes printable ASCII for a PDF string in parentheses.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
}
