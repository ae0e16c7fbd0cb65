package form

import (
	"cmp"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// offer is what a field that chooses among records offers now. It is not known where the formula of its list has no value: nobody has asked the
// registry then.
type offer struct {
	known   bool
	options []Option
}

// offered works out what field i offers, once for each use of the form. Records without a value are left out, and those with one that is there
// already.
func (a *answers) offered(i int) offer {
	f := &a.block.fields[i]
	if o, done := a.offers[i]; done {
		return o
	}
	if a.offers == nil {
		a.offers = map[int]offer{}
	}
	var o offer
	if v, err := a.eval(f.records); err == nil {
		o.known = true
		records, _ := formula.EncodeValue(v).([]any)
		seen := map[string]bool{}
		for _, item := range records {
			record, _ := item.(map[string]any)
			value, _ := record[f.From.Value].(string)
			label, _ := record[f.From.Label].(string)
			if value = line(value); value == "" || seen[value] || len(o.options) == mostItems {
				continue
			}
			if label = line(label); label == "" {
				label = value
			}
			seen[value] = true
			o.options = append(o.options, Option{Value: value, Label: label})
		}
	}
	a.offers[i] = o
	return o
}

// choose tells of an answer that is not offered. It stays what it is, as any other wrong answer does.
func (a *answers) choose(i int, value any) {
	f := &a.block.fields[i]
	if f.records != nil && value != nil && !slices.ContainsFunc(a.offered(i).options, func(o Option) bool { return o.Value == value }) {
		a.problem(i, OptionProblem, nil)
	}
}

// nothing tells that there is nothing to choose from, as the definition says it.
func (a *answers) nothing(i int) bool {
	if a.block.fields[i].records == nil {
		return false
	}
	o := a.offered(i)
	return o.known && len(o.options) == 0
}

// missing notes that a field has no answer: it was not given, or there is none to give.
func (a *answers) missing(i int) {
	if !a.nothing(i) {
		a.problem(i, RequiredProblem, nil)
		return
	}
	a.problem(i, NoOptionsProblem, nil)
	if p := a.found[i]; p.Code == NoOptionsProblem {
		p.Message = "none." + a.named(i)
	}
}

// choices are the options of a field in a view. Where they are not known, the answer that is there stands alone, under the label that was kept
// with it.
func (a *answers) choices(i int, none string, value any, out *Field) {
	o := a.offered(i)
	list, _ := items(value)
	for _, option := range o.options {
		option.Chosen = slices.ContainsFunc(list, func(item any) bool { return typed(item) == option.Value })
		out.Options = append(out.Options, option)
	}
	if o.known {
		if len(o.options) == 0 {
			out.None = none
		}
		return
	}
	for _, item := range list {
		if v := typed(item); v != "" {
			out.Options = append(out.Options, Option{Value: v, Label: cmp.Or(a.with.Labels[LabelKey(a.codes(i), v)], v), Chosen: true})
		}
	}
}
