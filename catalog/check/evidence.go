package check

import (
	"github.com/diwan-gov/diwan/catalog"
)

// evidence: what proves something are fields that may stay empty, and it can be told beside one of them that all are missing.
func evidence(p *pass) {
	s := p.service
	codes := newRegister("evidence", catalog.IsName, nameHelp, p.add)
	for i := range s.Evidence {
		e := &s.Evidence[i]
		codes.enter(e.Code)
		known := true
		for j := range e.AnyOf {
			if len(e.AnyOf[j].Fields) == 0 {
				p.add(problem("no-evidence", e.AnyOf[j].Head(), "this alternative names no field").
					WithHelp("Name the fields that prove it together, or remove it."))
			}
			for _, name := range e.AnyOf[j].Fields {
				a, found := s.FieldList().At(name.Value)
				known = known && found
				switch {
				case !found:
					p.add(unknown("field", name, fieldCodes(s)))
				case a.Group == nil && !a.Field.IsList() && !a.Field.Optional && a.Field.Require.IsZero() && a.Field.When.IsZero():
					p.add(problem("evidence-needed", name.Range(), "the field {field} is always filled in, so the others are never needed", "field", name.Value).
						WithRelated(a.Field.Code.Range(), "the field").WithHelp("Write optional: true on it."))
				}
			}
		}
		if len(e.AnyOf) == 0 && e.Has("anyOf") {
			p.add(problem("no-evidence", e.RangeOf("anyOf"), "nothing could prove it").
				WithHelp("Name the fields of which one is enough: anyOf: [lease, bill]."))
		} else if known && e.Beside(s.FieldList()) == nil {
			p.add(problem("evidence-hidden", e.RangeOf("anyOf"), "none of these fields is always shown, so nobody could be told that they are missing").
				WithHelp("Let one of them be shown whatever the others say, and write the condition of the evidence as its when."))
		}
	}
}
