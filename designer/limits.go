package designer

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// units are those in which times are chosen, the usual first.
var units = []catalog.Unit{catalog.WorkingDays, catalog.Days, catalog.Weeks, catalog.Months, catalog.Years, catalog.WorkingHours, catalog.Hours, catalog.Minutes}

// howLong is a number and a unit, and what follows then; Then is empty where nothing does.
type howLong struct {
	Name  string // of the controls: Name.count, Name.unit, Name.then
	Label string
	Count string
	Units []ui.Option
	Then  []ui.Option
	After string // behind the number, where nothing follows
}

func (howLong) Component() string { return "designer/how-long" }

// Behind a duration in the two keys that say more than how long.
const (
	atOnceWord = "at once"
	afterEnd   = " after end"
)

// isDuration tells a key whose text is a duration.
func isDuration(t reflect.Type, key string) bool {
	switch t {
	case reflect.TypeFor[catalog.Service]():
		return key == "promised" || key == "keep"
	case reflect.TypeFor[catalog.Step]():
		return key == "kept"
	case reflect.TypeFor[catalog.Wait]():
		return key == "for"
	}
	return false
}

// plainDuration tells a text that a number and a unit can say.
func plainDuration(text string) bool {
	_, ok := catalog.ParseDuration(strings.TrimSuffix(text, afterEnd))
	return ok || text == atOnceWord || text == ""
}

func (b *workbench) unitOptions(chosen catalog.Unit) (out []ui.Option) {
	for _, u := range units {
		out = append(out, ui.Option{Value: string(u), Text: b.locale.T("designer.unit." + strings.ReplaceAll(string(u), " ", "-")), Selected: u == chosen})
	}
	return out
}

func (b *workbench) durationControl(field ui.Field, key, now string, was func(name, value string)) ui.Component {
	d, ok := catalog.ParseDuration(strings.TrimSuffix(now, afterEnd))
	box := howLong{Name: field.Name, Label: field.Label, Units: b.unitOptions(d.Unit)}
	if ok {
		box.Count = strconv.Itoa(d.Count)
	}
	if key == "promised" {
		box.Units = append(box.Units, ui.Option{Value: atOnceWord, Text: b.locale.T("designer.unit.at-once"), Selected: now == atOnceWord})
	}
	if key == "keep" {
		box.After = b.locale.T("designer.limits.afterEnd")
	}
	unit := string(d.Unit)
	if now == atOnceWord {
		unit = atOnceWord
	} else if !ok {
		unit = string(units[0])
	}
	was(key+".count", box.Count)
	was(key+".unit", unit)
	return ui.Fieldset{Field: field, Body: []ui.Component{box}}
}

func (b *workbench) durationEdits(here edit.Path, k source.Key, _ *source.Node, order []string, form posted) ([]edit.Do, error) {
	count, one := form.changed(k.Name + ".count")
	unit, other := form.changed(k.Name + ".unit")
	if !one && !other {
		return nil, nil
	}
	if unit == atOnceWord {
		return []edit.Do{edit.Set(b.file, here, atOnceWord, order)}, nil
	}
	if strings.TrimSpace(count) == "" {
		if !one { // a unit alone says nothing
			return nil, nil
		}
		return []edit.Do{edit.Remove(b.file, here)}, nil
	}
	text, err := duration(count, unit)
	if err != nil {
		return nil, err
	}
	if k.Name == "keep" {
		text += afterEnd
	}
	return []edit.Do{edit.Set(b.file, here, text, order)}, nil
}

// duration writes how long, as definitions do.
func duration(count, unit string) (string, error) {
	d, ok := catalog.ParseDuration(source.PlainDigits(strings.TrimSpace(count)) + " " + unit)
	if !ok {
		return "", errNumber
	}
	return d.String(), nil
}

// ladderIsPlain tells time limits that are durations with a word each; others are shown as they are written.
func ladderIsPlain(n *source.Node) bool {
	if n == nil {
		return true
	}
	for key, then := range n.Pairs() {
		if _, ok := catalog.ParseDuration(key.Value); !ok || then.Kind != source.Scalar {
			return false
		}
	}
	return n.Kind == source.Mapping && !strings.Contains(n.Text(), "#")
}

// thenOptions are what may follow a time limit at a place: words, and the decisions of the step that waits.
func (b *workbench) thenOptions(at edit.Path, now string) (out []ui.Option) {
	add := func(code, text string) {
		out = append(out, ui.Option{Value: code, Text: text, Selected: code == now})
	}
	for _, word := range []string{catalog.RemindWord, catalog.EscalateWord, catalog.LapseWord} {
		add(word, b.locale.T("designer.word."+word))
	}
	if step := b.stepAt(at); step != nil {
		if _, list := step.Get("decisions"); list != nil {
			for code, value := range list.Pairs() {
				add(code.Value, b.locale.T("designer.limits.decides", "decision", b.decisionTitle(code.Value, value)))
			}
		}
	}
	if now != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Selected }) {
		add(now, b.said("designer.word."+now, now))
	}
	return out
}

// stepAt is the step in which a place stands.
func (b *workbench) stepAt(at edit.Path) *source.Node {
	for i := len(at); i > 0; i-- {
		if n, t := typeAt(b.root, b.kind, at[:i]); t == reflect.TypeFor[catalog.Step]() {
			return n
		}
	}
	return nil
}

func (b *workbench) limitsControl(field ui.Field, at edit.Path, value *source.Node, was func(name, value string)) ui.Component {
	set := ui.Fieldset{Field: field}
	key := strings.TrimPrefix(field.Name, valueControl)
	row := func(name, text, then string) {
		d, _ := catalog.ParseDuration(text)
		box := howLong{Name: valueControl + key + "." + name, Label: b.locale.T("designer.limits.after"), Units: b.unitOptions(d.Unit), Then: b.thenOptions(at, then)}
		unit := string(units[0])
		if d.Count > 0 {
			box.Count, unit = strconv.Itoa(d.Count), string(d.Unit)
		}
		if then == "" {
			then = box.Then[0].Value
		}
		was(key+"."+name+".count", box.Count)
		was(key+"."+name+".unit", unit)
		was(key+"."+name+".then", then)
		set.Body = append(set.Body, box)
	}
	i := 0
	for text, then := range value.Pairs() {
		row(strconv.Itoa(i), text.Value, then.Value)
		i++
	}
	row("+", "", "")
	set.Hint = b.locale.T("designer.limits.hint")
	return set
}

// limitEdits are those of time limits. A word alone is edited where it stands; another time gives the limits anew, ascending.
func (b *workbench) limitEdits(here edit.Path, k source.Key, value *source.Node, order []string, form posted) (out []edit.Do, err error) {
	type rung struct {
		limit catalog.Duration
		text  string
	}
	var rungs []rung
	anew, i := false, 0
	take := func(name string) error {
		count, a := form.changed(k.Name + "." + name + ".count")
		unit, c := form.changed(k.Name + "." + name + ".unit")
		then := form.value(k.Name + "." + name + ".then")
		if a || c && name != "+" {
			anew = true
		}
		if strings.TrimSpace(count) == "" {
			return nil
		}
		text, err := duration(count, unit)
		if err != nil {
			return err
		}
		d, _ := catalog.ParseDuration(text)
		rungs = append(rungs, rung{d, text + ": " + source.Quote(then)})
		return nil
	}
	for text := range value.Pairs() {
		name := strconv.Itoa(i)
		i++
		if _, shown := form[wasControl+k.Name+"."+name+".count"]; !shown {
			return nil, nil // the form did not show them
		}
		if err := take(name); err != nil {
			return nil, err
		}
		if then, differs := form.changed(k.Name + "." + name + ".then"); differs {
			out = append(out, edit.Set(b.file, here.To(text.Value), then, nil))
		}
	}
	if err := take("+"); err != nil {
		return nil, err
	}
	if !anew {
		return out, nil
	}
	if len(rungs) == 0 {
		return []edit.Do{edit.Remove(b.file, here)}, nil
	}
	slices.SortStableFunc(rungs, func(x, y rung) int { return length(x.limit) - length(y.limit) })
	parts := make([]string, len(rungs))
	for i, r := range rungs {
		parts[i] = r.text
	}
	return []edit.Do{edit.Put(b.file, here, "{"+strings.Join(parts, ", ")+"}", order)}, nil
}

// length orders durations by about how long they are, in minutes; a working day is taken for longer than a day, as it is.
func length(d catalog.Duration) int {
	return d.Count * map[catalog.Unit]int{catalog.Minutes: 1, catalog.Hours: 60, catalog.WorkingHours: 180, catalog.Days: 1440, catalog.WorkingDays: 2016,
		catalog.Weeks: 10080, catalog.Months: 43200, catalog.Years: 525600}[d.Unit]
}
