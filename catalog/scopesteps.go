package catalog

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// areaScope is what formulas read in an area of the flow: in a branch for each item also the item, its number, and what steps of the branch
// give.
type areaScope struct {
	fields []formula.Field
	plain  *formula.Env
}

// answers are the roots that steps fill, those of branches for each item aside. Values that are computed come later, since they read facts.
func (sc *Scope) answers(c *Catalogue, s *Service) {
	sc.Fields = sc.given(c, s, 0, sc.Fields)
}

// given adds to fields what the steps give that stand in an area, and in branches inside it that are not for each item.
func (sc *Scope) given(c *Catalogue, s *Service, area int, fields []formula.Field) []formula.Field {
	fields = fields[:len(fields):len(fields)]
	for st := range s.AllSteps() {
		if sc.itemArea(st) != area || slices.Contains(Roots(), st.Code.Value) {
			continue
		}
		types, known := answerOf(c, st)
		switch {
		case !known:
			sc.missing = append(sc.missing, st.Code.Value)
			continue
		case types == nil:
			continue
		}
		f := object(st.Code.Value, types)
		f.When, f.Optional = sc.Flow.presence(c, s, st)
		fields = addField(fields, f)
	}
	return fields
}

// itemArea is the innermost area for each item in which a step stands, or the whole.
func (sc *Scope) itemArea(st *Step) int {
	i := sc.Flow.At(st)
	if i < 0 {
		return 0
	}
	return sc.Flow.ItemArea(sc.Flow.Points[i].Area)
}

// ItemArea is area, or the innermost area round it, that stands for an item of a list; 0 where there is none.
func (f *Flow) ItemArea(area int) int {
	for area != 0 && f.Areas[area].Each == nil {
		area = f.Areas[area].Parent
	}
	return area
}

// answerOf are the fields that a step gives, nil for none. It is false where that is not known because of a problem that is reported itself.
func answerOf(c *Catalogue, st *Step) ([]formula.Field, bool) {
	switch st.Kind() {
	case LookupStep, WriteStep:
		ref := st.Ask
		if st.Kind() == WriteStep {
			ref = st.Write
		}
		_, op := c.Operation(ref.Value)
		if op == nil || !c.Sound(op.Head().File) {
			return nil, false
		}
		if fields := typeFields(op.Gives, 0); len(fields) > 0 || st.Kind() == LookupStep {
			return slices.Concat([]formula.Field{}, fields), true
		}
	case ReviewStep, InspectStep:
		return ownFields(st), true
	case InviteStep:
		fields := ownFields(st)
		if st.Invite.Value == PublicInvited {
			fields = addField(fields, field("count", formula.KindInt))
		}
		return fields, true
	case WaitStep:
		if st.Wait == nil || !st.Wait.Has("event") {
			return nil, true
		}
		e := c.Event(st.Wait.Event.Value)
		if e == nil || !c.Sound(e.Head().File) {
			return nil, false
		}
		return typeFields(e.Gives, 0), true
	case StartStep:
		outcome := field("outcome", formula.KindText)
		outcome.Optional = st.Wait == nil || !st.Wait.Ends
		return []formula.Field{outcome}, true
	case DrawStep:
		return []formula.Field{field("channel", formula.KindText)}, true
	}
	return nil, true
}

// PublicInvited is whom an invitation asks when it is open to everybody.
const PublicInvited = "public"

// ownFields are the answers of an officer's, or an invited person's, own form.
func ownFields(st *Step) []formula.Field {
	return NewFieldList(st.Code.Value, st.Fields).Type().Object.Fields
}

// inside builds the scopes of the areas, and adds to each the values that its steps compute, in their order.
func (sc *Scope) inside(c *Catalogue, s *Service) {
	flow := sc.Flow
	sc.areas = make([]areaScope, len(flow.Areas))
	for a := range flow.Areas {
		area := &flow.Areas[a]
		here := &sc.areas[a]
		switch {
		case a == 0:
			here.fields = sc.Fields
		case area.Each == nil:
			*here = sc.areas[area.Parent]
			continue
		default:
			here.fields = sc.given(c, s, a, sc.items(area))
		}
		here.fields = sc.computed(c, s, a, here.fields)
		here.plain = environment(here.fields)
	}
	sc.Fields, sc.Plain, sc.Paper = sc.areas[0].fields, sc.areas[0].plain, sc.areas[0].plain
	for st := range s.AllSteps() {
		if st.Has(string(IssueStep)) {
			issued := object(IssuedRoot, []formula.Field{field("number", formula.KindText), field("on", formula.KindDate)})
			sc.Paper = environment(append(sc.Fields[:len(sc.Fields):len(sc.Fields)], issued))
			break
		}
	}
}

// ItemFields are what only formulas in branches for each item read: the items, their numbers, and what steps of the branches give.
func (sc *Scope) ItemFields() []formula.Field {
	var out []formula.Field
	for a := range sc.areas {
		if sc.Flow.Areas[a].Each == nil {
			continue
		}
		for _, f := range sc.areas[a].fields {
			if !slices.ContainsFunc(sc.Fields, func(g formula.Field) bool { return g.Name == f.Name }) {
				out = addField(out, f)
			}
		}
	}
	return out
}

// items are the fields round an area for each item, with the item and its number.
func (sc *Scope) items(area *Area) []formula.Field {
	outer := sc.areas[area.Parent]
	fields := outer.fields[:len(outer.fields):len(outer.fields)]
	number := field(area.Each.Number(), formula.KindInt)
	f, problems := sc.compile(outer.plain, area.Each.In, formula.Type{Kind: formula.KindList}, sc.guards(area.Fork, outer.fields))
	sc.Problems.Add(problems...)
	if f != nil && f.Type().Elem != nil && f.Type().Elem.Kind != formula.KindObject {
		sc.Problems.Add(diag.New(diag.Error, "no-items", area.Each.In.Range(), "this gives {got}; a branch is for each row of a group or a table", "got", f.Type().Said()).
			WithHelp("Name a group of the form, or a list of records that a registry answers."))
		f = nil
	}
	if f == nil || f.Type().Elem == nil {
		sc.missing = append(sc.missing, area.Each.Item.Value)
		return addField(fields, number)
	}
	return addField(addField(fields, formula.Field{Name: area.Each.Item.Value, Type: *f.Type().Elem}), number)
}

// computed adds what the steps of an area compute. Each step reads those before it.
func (sc *Scope) computed(c *Catalogue, s *Service, area int, fields []formula.Field) []formula.Field {
	for st := range s.AllSteps() {
		if st.Kind() != ComputeStep || sc.itemArea(st) != area || slices.Contains(Roots(), st.Code.Value) {
			continue
		}
		env := environment(fields)
		var values []formula.Field
		for _, e := range st.Compute.Entries {
			f, problems := sc.compile(env, e.Value, formula.Type{}, sc.guards(sc.Flow.At(st), fields))
			if f == nil {
				sc.Problems.Add(problems...)
				sc.missing = append(sc.missing, st.Code.Value)
				continue
			}
			values = addField(values, formula.Field{Name: e.Key.Value, Type: f.Type()})
		}
		f := object(st.Code.Value, values)
		f.When, f.Optional = sc.Flow.presence(c, s, st)
		fields = addField(fields[:len(fields):len(fields)], f)
	}
	return fields
}

// CompileAt is Compile for a formula that is evaluated at a point of the flow: it reads what is read there, under the conditions that hold
// there, and what surely has been given by then need not be asked for.
func (sc *Scope) CompileAt(point int, text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	area := sc.areaOf(point)
	return sc.compile(area.plain, text, want, sc.guards(point, area.fields, guards...))
}

func (sc *Scope) areaOf(point int) *areaScope {
	if point < 0 {
		return &sc.areas[0]
	}
	return &sc.areas[sc.Flow.Points[point].Area]
}

// Given are the conditions that hold at a point: those under which it is reached, and that what has surely been given by then is there.
func (sc *Scope) Given(point int) []source.Text { return sc.guards(point, sc.areaOf(point).fields) }

func (sc *Scope) guards(point int, fields []formula.Field, more ...source.Text) []source.Text {
	if point < 0 {
		return more
	}
	out := append(slices.Clone(sc.Flow.Points[point].Given), more...)
	for i := range fields {
		if f := &fields[i]; (f.Optional || f.When != "") && sc.Flow.Surely(point, f.Name) {
			out = append(out, source.Text{Value: "has(" + f.Name + ")"})
		}
	}
	return out
}
