package designer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// exampleAt is the example of the open file in which a byte stands; below 0 where none does.
func (b *workbench) exampleAt(offset int) int {
	if b.root == nil {
		return -1
	}
	list := b.root.Lookup("scenarios")
	if list == nil || list.Kind != source.List {
		return -1
	}
	for i, item := range list.Items() {
		if r := item.Range(); offset >= r.Start.Offset && offset <= r.End.Offset {
			return i
		}
	}
	return -1
}

// exampleMends are what can be done about an example that no longer fits: what comes out now is what is expected, or it goes.
func (b *workbench) exampleMends(i int) []mend {
	if i < 0 {
		return nil
	}
	at := strconv.Itoa(i)
	return []mend{{Act: "expect", Text: b.locale.T("designer.example.expect"), From: at}, {Act: "forget", Text: b.locale.T("designer.example.forget"), From: at}}
}

// expectAnew has an example expect what comes of it now.
func (b *workbench) expectAnew(i int) edit.Do {
	at := edit.Path{"scenarios", i, "expect"}
	return func(now []byte) ([]byte, error) {
		open, err := edit.Put(b.file, at, "{end: none}", nil)(now) // what comes out does not hang on what is expected
		if err != nil {
			return nil, err
		}
		c, problems := b.c.WithFile(b.file, open)
		s := serviceOf(c, b.file)
		if problems.HasErrors() || s == nil || i >= len(s.Scenarios) {
			return nil, errExample
		}
		came := servicetest.New(c, b.o.Scripts).Outcomes(s, s.Scenarios[i:i+1])
		if len(came) != 1 || !came[0].Ran {
			return nil, errExample
		}
		return edit.Put(b.file, at, "{"+b.expected(came[0])+"}", nil)(now)
	}
}

// refunded writes what becomes of the fees of which it is not said, as its finding says it.
func (b *workbench) refunded(at string) (edit.Do, string, error) {
	offset, err := strconv.Atoi(at)
	if err != nil {
		return nil, "", edit.ErrGone
	}
	for _, f := range b.findings {
		rule, is := strings.CutPrefix(f.Args["refund"], "refund: ")
		if f.Code != noRefund || f.Range.Start.Offset != offset || !is {
			continue
		}
		x := b.place(offset)
		for ; x != nil; x = b.above(x) {
			if order := orderOf(x.Type); slices.Contains(order, "refund") {
				return edit.Put(b.file, x.Path.To("refund"), rule, order), x.Path.String(), nil
			}
		}
	}
	return nil, "", edit.ErrGone
}

// above is the thing in which another one stands; nil where it stands in none.
func (b *workbench) above(x *thing) *thing {
	for i := len(x.Path) - 1; i > 0; i-- {
		if n, t := typeAt(b.root, b.kind, x.Path[:i]); n != nil && t != nil {
			return &thing{Path: x.Path[:i], Type: t, Node: n}
		}
	}
	return nil
}
