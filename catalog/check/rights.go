package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// rights looks at what outlives the cases in which it is granted.
func rights(o *overview) {
	c := o.catalogue
	if r := c.Registry(catalog.RightsRegistry); r != nil && !r.Code.IsZero() && slices.Contains(c.Registries, r) {
		o.add(problem("reserved", r.Code.Range(), "{name:q} stands for the rights of the catalogue", "name", r.Code.Value).
			WithHelp("Give the registry another code."))
	}
	codes := newRegister("right", kebabForm.MatchString, kebabHelp, o.add)
	registers := newRegister("register of numbers", registerForm.MatchString, "Write one to ten capital letters and digits, and another for each right: DL.", o.add)
	for _, r := range c.Rights {
		codes.enter(r.Code)
		registers.enter(r.Register)
		knownAuthority(c, r.Authority, o.add)
		kept(r.Keep, o.add)
		terms(o, r)
		for i := range r.May.Entries {
			may := &r.May.Entries[i]
			if !slices.Contains(catalog.RightChanges(), may.Key.Value) {
				o.add(unknown("change", may.Key, catalog.RightChanges()))
			}
			for _, s := range may.Value {
				knownService(o, s)
				neverChanged(o, r, may.Key, s)
			}
		}
		for i := range r.Dues {
			d := &r.Dues[i]
			for j := range i {
				if first := r.Dues[j].Service; first.Value == d.Service.Value && !first.IsZero() {
					o.add(problem("twice", d.Service.Range(), "{name} is asked for twice", "name", d.Service.Value).WithRelated(first.Range(), "the first one"))
					break
				}
			}
			knownService(o, d.Service)
			duration(o, d.Every)
			if !d.Missed.IsZero() && !slices.Contains(missed, d.Missed.Value) {
				o.add(unknown("consequence", d.Missed, missed))
			}
		}
		for i := range r.Reminders {
			duration(o, r.Reminders[i].Before)
			for j := range i {
				if first := r.Reminders[j].Before; first.Value == r.Reminders[i].Before.Value {
					o.add(problem("twice", r.Reminders[i].Before.Range(), "the holder is told twice on one day").WithRelated(first.Range(), "the first one"))
					break
				}
			}
		}
		neverTold(o, r)
	}
}

// missed is what may become of a right whose due was not met.
var missed = []string{"suspended", "revoked", "nothing"}

func terms(o *overview, r *catalog.Right) {
	taken := append(catalog.RightTerms(), catalog.NumberTerm)
	names := newRegister("term", catalog.IsName, nameHelp, o.add)
	for i := range r.Terms.Entries {
		key := r.Terms.Entries[i].Key
		names.enter(key)
		if slices.Contains(taken, key.Value) {
			o.add(problem("reserved", key.Range(), "{name:q} stands for what every right has", "name", key.Value).WithHelp("Give the term another name."))
		}
	}
	for _, p := range r.Public {
		if !slices.Contains(r.Terms.Keys(), p.Value) {
			o.add(unknown("term", p, r.Terms.Keys()))
		}
	}
}

func knownService(o *overview, code source.Text) {
	if code.IsZero() || o.catalogue.Service(code.Value) != nil || !o.catalogue.Complete("services") {
		return
	}
	var have []string
	for _, s := range o.catalogue.Services {
		have = append(have, s.Code.Value)
	}
	o.add(unknown("service", code, have))
}

func duration(o *overview, text source.Text) {
	if _, ok := catalog.ParseDuration(text.Value); !ok && !text.IsZero() {
		o.add(problem("duration", text.Range(), "{value:q} is no duration", "value", text.Value).
			WithHelp("Write a count and a unit: 1 year, 60 days.").WithSuggestion(catalog.DurationMeant(text.Value)))
	}
}
