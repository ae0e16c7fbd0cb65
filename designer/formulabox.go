package designer

import (
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
)

// The box of a formula asks, while somebody types in it, what could stand at the cursor, what the formula says in words, and what is wrong with it. Nothing
// is kept: the definition is read as if the formula stood in it.

// cursor stands for the place of the cursor in a definition: a letter of no formula and no text.
const cursor = "ꙮ"

// mostOffered is how many proposals are shown.
const mostOffered = 50

// offered is a proposal: Text is what it writes in the place of so many letters before and after the cursor, and Back how many of it stand behind the
// cursor then.
type offered struct {
	Label  string `json:"label"`
	Detail string `json:"detail"`
	Doc    string `json:"doc"`
	Text   string `json:"text"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	Back   int    `json:"back"`
}

// answeredBox is what a box is told.
type answeredBox struct {
	Offers   []offered `json:"offers"`
	Said     string    `json:"said"`
	Gives    string    `json:"gives"`
	Problems []string  `json:"problems"`
}

// formulaBox answers the box of a formula.
func (v *visit) formulaBox() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	before, after, key := v.r.PostFormValue("before"), v.r.PostFormValue("after"), v.r.PostFormValue("key")
	at := b.at.To(key)
	order := b.orderAt(at)
	if b.root == nil || !b.editable || !slices.Contains(order, key) || len(before)+len(after) > formula.MaxSource || strings.Contains(before+after, cursor) || strings.ContainsAny(before+after, "\x00") {
		return change.ErrInvalid
	}
	out := answeredBox{Offers: []offered{}, Problems: []string{}}
	if with, err := edit.Set(b.file, at, before+cursor+after, order)(b.text.Body); err == nil {
		place := strings.Index(string(with), cursor)
		content := strings.Replace(string(with), cursor, "", 1)
		if place >= 0 {
			for _, item := range editor.Of(b.c, b.file, []byte(content)).Complete(place) {
				if len(out.Offers) == mostOffered || item.From > place || item.To < place {
					break
				}
				out.Offers = append(out.Offers, b.offer(item, place, before))
			}
		}
	}
	typed := before + after
	if strings.TrimSpace(typed) == "" {
		return b.json(http.StatusOK, out)
	}
	out.Said = b.inWords(typed)
	if now, err := edit.Set(b.file, at, typed, order)(b.text.Body); err == nil {
		b.c, b.findings = b.c.WithFile(b.file, now)
		if b.service = serviceOf(b.c, b.file); b.service != nil {
			b.findings.Add(check.Service(b.c, b.service)...)
		}
		if root, _ := edit.Root(b.file, now); root != nil {
			value := root.Lookup(at...)
			out.Problems = append(out.Problems, b.foundAt(value)...)
			out.Gives = b.givenBy(editor.Of(b.c, b.file, now), value)
		}
	}
	return b.json(http.StatusOK, out)
}

// offer is a proposal at a place of the definition, in the words of the page.
func (b *workbench) offer(item editor.Item, place int, before string) offered {
	text, back := item.Insert, 0
	if item.Snippet {
		if head, tail, in := strings.Cut(text, "$0"); in {
			text, back = plainOf(editor.Item{Insert: head, Snippet: true})+plainOf(editor.Item{Insert: tail, Snippet: true}), len(tail)
		} else {
			text = plainOf(item)
		}
	}
	doc, _ := reference.Help(item.Doc, b.locale.Lang())
	return offered{item.Label, b.detailOf(item, before[:max(0, len(before)-(place-item.From))]), doc, text, place - item.From, item.To - place, back}
}
