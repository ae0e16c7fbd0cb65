package compare

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// What follows from a difference is worked out where plans are known, and told here in the same words.

// ServicePart names a service as a change does.
func ServicePart(s *catalog.Service) Part {
	return Part{Kind: "service", Code: s.Code.Value, Name: s.Title.Plain()}
}

// mostExamples is how many scenarios a sentence names.
const mostExamples = 3

// examples names scenarios.
func examples(titles []string) value {
	var en, ar []string
	for _, t := range titles[:min(len(titles), mostExamples)] {
		en, ar = append(en, quote(t, "en")), append(ar, quote(t, "ar"))
	}
	v := value{plain: strings.Join(titles, ", "), en: "scenario " + strings.Join(en, ", "), ar: "السيناريو " + strings.Join(ar, "، ")}
	if len(titles) > 1 {
		v.en, v.ar = "scenarios "+strings.Join(en, ", "), "السيناريوهات "+strings.Join(ar, "، ")
	}
	v.en += more(len(titles)-mostExamples, "en")
	v.ar += more(len(titles)-mostExamples, "ar")
	return v
}

// ExampleFee tells that a fee line costs something else in scenarios of the new definition; a nil amount is a line that is not due.
func ExampleFee(s *catalog.Service, titles []string, fee string, old, new *formula.Money, at diag.Range) Change {
	part := Part{Kind: "fee", Code: fee}
	if f := s.Fee(fee); f != nil {
		part.Name = f.Title.Plain()
	}
	return Change{Kind: "example-fee", Concern: Money, Definition: ServicePart(s), Subject: []Part{part}, New: at, sentence: "exampleFee",
		args: map[string]value{"scenario": examples(titles), "fee": phrase([]Part{part}), "old": due(old), "new": due(new)}}
}

func due(m *formula.Money) value {
	if m == nil {
		return value{plain: "", en: "nothing", ar: "لا شيء"}
	}
	return plain(m.String())
}

// ExampleEnd tells that scenarios of the new definition come to another end; "" is one that still waits.
func ExampleEnd(s *catalog.Service, titles []string, old, new string, at diag.Range) Change {
	ending := func(outcome string) value {
		if outcome == "" {
			return value{plain: "", en: "still waiting", ar: "قيد الانتظار"}
		}
		return spoken(outcome)
	}
	return Change{Kind: "example-end", Concern: Right, Definition: ServicePart(s), New: at, sentence: "exampleEnd",
		args: map[string]value{"scenario": examples(titles), "old": ending(old), "new": ending(new)}}
}

// Stranded tells that applications can wait at a step of the old definition that has no place in the new one. node is the place in the plan.
func Stranded(old, new *catalog.Service, step, node string) Change {
	part := Part{Kind: "step", Code: step}
	c := Change{Kind: "step-stranded", Concern: Right, Definition: ServicePart(new), Subject: []Part{part}, sentence: "stranded", New: diag.Range{File: new.File}}
	if st := old.Step(step); st != nil {
		part.Name, c.Old = st.Title.Plain(), st.Code.Range()
	}
	c.Subject[0] = part
	c.args = map[string]value{"what": phrase(c.Subject), "node": plain(node)}
	return c
}
