package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
)

// onBehalf: each capacity in which somebody may apply for another is there once and is proved, by a registry or by a paper that nobody who
// applies so can leave out.
func onBehalf(p *pass) {
	s := p.service
	first := map[catalog.PersonRole]*catalog.Representation{}
	for i := range s.OnBehalf {
		r := &s.OnBehalf[i]
		if other := first[r.As]; other != nil {
			p.add(problem("twice", r.RangeOf("as"), "the capacity {name} is given twice", "name", string(r.As)).WithRelated(other.RangeOf("as"), "the first one"))
		} else if r.As != "" {
			first[r.As] = r
		}
		switch {
		case !r.Has("mandate") && !r.Has("evidence"):
			p.add(problem("no-mandate", r.Head(), "nothing proves that one may apply as {role}", "role", string(r.As)).
				WithHelp("Write mandate: {ask: …} where a registry knows it, or evidence: with the field of a file."))
		case r.Has("mandate") && r.Has("evidence"):
			p.add(problem("no-mandate", r.KeyRange("evidence"), "it is proved twice, by a registry and by a paper").
				WithRelated(r.KeyRange("mandate"), "{key}", "key", "mandate").WithHelp("Keep the one or the other."))
		case r.Mandate != nil:
			askedBefore(p, r.Mandate.Ask, r.Mandate.With, r.Mandate.RangeOf("ask"))
		case !r.Evidence.IsZero():
			proved(p, r)
		}
	}
}

// proved: the paper is a file, is shown whenever somebody applies in the capacity, and cannot be left out then.
func proved(p *pass, r *catalog.Representation) {
	section, f := p.service.Field(r.Evidence.Value)
	if f == nil {
		p.add(unknown("field", r.Evidence, fieldCodes(p.service)))
		return
	}
	when := catalog.Both(section.When.Value, f.When.Value)
	fewest, _ := f.Bounds()
	d := problem("no-mandate", r.Evidence.Range(), "a field of type {type} proves nothing", "type", string(f.Type)).
		WithHelp("Name the field of a file.")
	switch {
	case f.Type != catalog.FileField:
	case f.Optional || !f.Require.IsZero() || f.Several() && fewest == 0:
		d = problem("no-mandate", r.Evidence.Range(), "the field {field} may stay empty, so nothing would prove that one may apply as {role}", "field", f.Code.Value, "role", string(r.As)).
			WithHelp("Let it be needed wherever it is shown.")
	case when == "":
		d = problem("no-mandate", r.Evidence.Range(), "the field {field} is asked of those too who apply for themselves", "field", f.Code.Value).
			WithHelp("Write {when} on the field.", "when", "when: "+r.Holds())
	default:
		found := prove([]string{when}, []string{"has(" + catalog.RepresentativeRoot + ")", "has(" + catalog.RepresentativeRoot + ".as)", r.Holds()}, p.domain)
		if found.known && found.open == "" {
			return
		}
		d = problem("no-mandate", r.Evidence.Range(), "the field {field} is not always shown to whoever applies as {role}", "field", f.Code.Value, "role", string(r.As)).
			WithHelp("Write {when} on the field.", "when", "when: "+r.Holds())
	}
	p.add(d.WithRelated(f.Code.Range(), "the field"))
}

// capacities are the words that a scenario may write for as.
func capacities(s *catalog.Service) []string {
	var out []string
	for i := range s.OnBehalf {
		if as := string(s.OnBehalf[i].As); !slices.Contains(out, as) {
			out = append(out, as)
		}
	}
	return out
}
