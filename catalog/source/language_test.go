package source_test

import (
	"github.com/diwan-gov/diwan/catalog/source"
)

// A small language with every kind of field, for the tests of this package.
type (
	definition struct {
		source.Ranged
		Service  source.Text               `diwan:"service,required" doc:"The code of the service."`
		Title    source.Map[string]        `diwan:"title" doc:"What people read, by language."`
		Promised *span                     `diwan:"promised"`
		Version  int                       `diwan:"version"`
		Live     bool                      `diwan:"live"`
		Price    source.Decimal            `diwan:"price"`
		Rates    source.Map[source.Text]   `diwan:"rates"`
		Fields   []formField               `diwan:"fields"`
		Steps    []step                    `diwan:"steps"`
		Groups   source.Map[[]source.Text] `diwan:"groups"`
		Extra    *source.Node              `diwan:"extra"`
	}
	common struct {
		Label string `diwan:"label" doc:"What people read."`
	}
	formField struct {
		source.Ranged
		common
		ID       string      `diwan:"field,required"`
		Type     fieldType   `diwan:"type,required"`
		Required bool        `diwan:"required"`
		Max      int64       `diwan:"max"`
		When     source.Text `diwan:"when"`
	}
	step struct {
		source.Ranged
		Name  string               `diwan:"step,required"`
		Then  source.Map[decision] `diwan:"then"`
		Steps []step               `diwan:"steps"`
	}
	fieldType string
	// span is "14 days" and nothing else.
	span struct{ Text string }
	// decision is a word or a mapping.
	decision struct {
		source.Ranged
		Word string
		To   string `diwan:"to,required"`
		End  string `diwan:"end"`
	}
)

func (fieldType) Values() []string { return []string{"text", "number", "date", "choice", "file"} }

func (s *span) DecodeNode(n *source.Node, d *source.Decoder) {
	if n.Kind != source.Scalar || len(n.Value) < 3 {
		d.Expected(n, "a duration such as 14 days")
		return
	}
	s.Text = n.Value
}

func (c *decision) DecodeNode(n *source.Node, d *source.Decoder) {
	switch n.Kind {
	case source.Scalar:
		if n.Value != "continue" {
			d.Expected(n, "continue or a mapping", "continue")
			return
		}
		c.Word = n.Value
	default:
		type usual decision
		d.Decode(n, (*usual)(c))
	}
}

func (*decision) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{{Kind: "choice", Values: []string{"continue"}}, {Kind: "mapping"}}}
}

// example is a good definition in that language, with every style of scalar.
const example = `# A comment that stays.
service: transport.licence.renew  # and this one
title: {ar: تجديد رخصة القيادة, en: "Licence \"renewal\""}
promised: 3 working days
version: 1
live: true
price: 12.50
rates:
  late: min(tariff.cap, 2 * facts.months)
  رسم: 'it''s free'
fields:
  - field: licenceNumber
    label: رقم الرخصة
    type: text
    required: true
    max: 60
  - field: code
    type: choice
    when: |
      form.years > 1

        && form.age >= 60
  - {field: no, type: date, when: form.a == 'x'}
steps:
- step: review
  then:
    approve: continue
    refuse: {to: end, end: refused}
  steps:
    - step: folded
groups:
  a: [one, "two", 'three']
  b:
    - plain over
      two lines
extra: {x: [1, 2]}
`
