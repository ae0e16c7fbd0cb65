package designer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// place is the innermost thing in which a byte of the open file stands; nil where none is.
func (b *workbench) place(offset int) *thing {
	if b.kind == nil {
		return nil
	}
	var found *thing
	var within func([]thing)
	within = func(list []thing) {
		for i := range list {
			if offset >= list[i].Start && offset <= list[i].Node.Range().End.Offset {
				found = &list[i]
				within(list[i].Below)
			}
		}
	}
	within(b.everything())
	return found
}

// everything are all things of the open file, listed once.
func (b *workbench) everything() []thing {
	if b.all == nil && b.kind != nil {
		b.all = outline(b.root, b.kind, nil, nil)
	}
	return b.all
}

// sideOf is the side on which a thing is shown.
func (b *workbench) sideOf(p edit.Path) string {
	for _, tab := range b.tabs() {
		if slices.Contains(tabKeys[tab], first(p)) {
			return tab
		}
	}
	return headTab
}

// addressed gives findings the address of the thing in which they stand, on the side that shows it.
func (b *workbench) addressed(list []finding) []finding {
	for i := range list {
		f := &list[i]
		if f.At < 0 {
			continue
		}
		i := b.exampleAt(f.At)
		f.Mends = append(f.Mends, b.exampleMends(i)...)
		switch x := b.place(f.At); {
		case i >= 0:
			f.Side = ui.Link{Text: b.locale.T("designer.try.examples"), Href: editPath(b.ch.Number, b.file, tryTab) + "&" + url.Values{"scenario": {strconv.Itoa(i)}}.Encode()}
		case slices.Contains(textCodes, f.Code):
			f.Side = ui.Link{Text: b.locale.T("designer.tab.texts"), Href: editPath(b.ch.Number, b.file, textsTab)}
		case x != nil:
			f.Side = ui.Link{Text: b.titled(x), Href: editPath(b.ch.Number, b.file, b.sideOf(x.Path)) + "&" + url.Values{"at": {x.Path.String()}}.Encode()}
		}
	}
	return list
}

// textCodes are the findings that are mended where all texts stand.
var textCodes = []string{"missing-language"}

// noExample is the finding of a service without examples: the first is made by trying it.
const noExample = "no-scenario"

// unsound tells that something is wrong with the service itself, and not with its examples alone.
func (b *workbench) unsound() bool {
	for _, f := range b.findings {
		if f.Severity == diag.Error && f.Code != noExample && (f.Range.File != b.file || b.exampleAt(f.Range.Start.Offset) < 0) {
			return true
		}
	}
	return false
}

// foundAt is what is found at a key of a thing, to be shown beside its control.
func (b *workbench) foundAt(value *source.Node) (out []string) {
	if value == nil {
		return nil
	}
	r := value.Range()
	for _, f := range b.findings {
		if f.Range.File == b.file && f.Severity == diag.Error && f.Range.Start.Offset >= r.Start.Offset && f.Range.End.Offset <= r.End.Offset {
			said := f.In(b.told())
			out = append(out, strings.TrimSpace(said.Summary+". "+said.Help))
		}
	}
	return out
}
