package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Concern is what a change touches, which is what a reviewer asks first. The most important comes first.
type Concern string

// The concerns, the most important first.
const (
	Money   Concern = "money"   // what people pay and get back
	Right   Concern = "right"   // who may, who decides, what is granted or refused
	Time    Concern = "time"    // limits, promises, days that count
	Course  Concern = "course"  // what happens, and in which order
	Data    Concern = "data"    // what is asked, looked up, shown and kept
	Wording Concern = "wording" // what people read
	Example Concern = "example" // scenarios
)

// Concerns lists the concerns, the most important first.
func Concerns() []Concern {
	return []Concern{Money, Right, Time, Course, Data, Wording, Example}
}

// Part is one stage of the way to what a change speaks of: a thing of the language and its code, such as a step and pay.
type Part struct {
	Kind string            `json:"kind"`
	Code string            `json:"code"`
	Name map[string]string `json:"name,omitempty"` // its title or label, by language
}

// Change is one difference. A Change is never changed after it was made.
type Change struct {
	// Kind is stable and in kebab-case: field-required, fee-amount, step-added.
	Kind    string
	Concern Concern
	// Definition is the file's own thing, a service for instance; Subject leads from there to what changed and is empty where it is the
	// definition itself. Key is the key of the last of them, "" where it was added, removed, moved or renamed as a whole.
	Definition Part
	Subject    []Part
	Key        string
	// Old and New are the places in the two files; one without a file is no place.
	Old, New diag.Range
	// Affects are the codes of the services that use what changed, where it is shared, sorted.
	Affects []string

	sentence string
	args     map[string]value
}

// Args are the values of the sentence by name, as they are written in the definitions.
func (c Change) Args() map[string]string {
	out := make(map[string]string, len(c.args))
	for name, v := range c.args {
		out[name] = v.plain
	}
	return out
}

// Difference is what changed, sorted: definition by definition, the one with the most important change first, and in each the most
// important first.
type Difference []Change

// Group is what changed in one definition.
type Group struct {
	Definition Part
	Old, New   string // files; "" where there is none
	Changes    []Change
}

// Groups are the definitions that changed, in order.
func (d Difference) Groups() []Group {
	var out []Group
	for _, c := range d {
		n := len(out) - 1
		if n < 0 || out[n].Definition.Kind != c.Definition.Kind || out[n].Definition.Code != c.Definition.Code {
			out = append(out, Group{Definition: c.Definition})
			n++
		}
		g := &out[n]
		g.Changes = append(g.Changes, c)
		g.Old, g.New = cmp.Or(g.Old, c.Old.File), cmp.Or(g.New, c.New.File)
	}
	return out
}

// With gives the difference with more changes, sorted.
func (d Difference) With(more ...Change) Difference {
	all := append(slices.Clone(d), more...)
	all.sort()
	return all
}

func (d Difference) sort() {
	weight := func(c *Change) int { return slices.Index(Concerns(), c.Concern) }
	first := map[string]int{}
	group := func(c *Change) string { return c.Definition.Kind + " " + c.Definition.Code }
	for i := range d {
		g, w := group(&d[i]), weight(&d[i])
		if have, ok := first[g]; !ok || w < have {
			first[g] = w
		}
	}
	slices.SortStableFunc(d, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(first[group(&a)], first[group(&b)]),
			strings.Compare(group(&a), group(&b)),
			cmp.Compare(weight(&a), weight(&b)),
			cmp.Compare(offset(&a), offset(&b)),
		)
	})
}

// offset is where a change stands in the new file, or, where it is gone, in the old one.
func offset(c *Change) int {
	if c.New.File != "" {
		return c.New.Start.Offset
	}
	return c.Old.Start.Offset
}
