package check

import (
	"regexp"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

var typeForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$`)

// head looks at what stands above the form.
func head(p *pass) {
	s, c := p.service, p.catalogue
	knownAuthority(c, s.Authority, p.add)
	if s.Has("tariff") && c.Tariff(s.Tariff.Value) == nil && c.Complete("tariffs") {
		p.add(unknown("tariff", s.Tariff, codesOf(c.Tariffs, func(x *catalog.Tariff) string { return x.Code.Value })))
	}
	if !s.Type.IsZero() && !typeForm.MatchString(s.Type.Value) {
		p.add(problem("type", s.Type.Range(), "{value:q} cannot be a type of service", "value", s.Type.Value).
			WithHelp("Write small letters, words joined by points: licence.renew."))
	}
	if v := s.Promised.Value; v != "" && v != "at once" {
		if _, ok := catalog.ParseDuration(v); !ok {
			p.add(problem("duration", s.Promised.Range(), "{value:q} is no promised time", "value", v).
				WithHelp("Write at once, or a duration such as 3 working days.").WithSuggestion(catalog.DurationMeant(v)))
		}
	}
	kept(s.Keep, p.add)
	for i, e := range s.LifeEvents {
		if !kebabForm.MatchString(e.Value) {
			p.add(problem("code", e.Range(), "this {what} cannot have the code {code:q}", "code", e.Value, "what", diag.Phrase("life event")).WithHelp(kebabHelp))
		}
		for _, before := range s.LifeEvents[:i] {
			if before.Value == e.Value {
				p.add(problem("twice", e.Range(), "the life event {code:q} is given twice", "code", e.Value).WithHelp("Remove one of the two."))
			}
		}
	}
}

func knownAuthority(c *catalog.Catalogue, name source.Text, add func(diag.Diagnostic)) {
	if !name.IsZero() && c.Authority(name.Value) == nil && c.Complete("authorities") {
		add(unknown("authority", name, codesOf(c.Authorities, func(x *catalog.Authority) string { return x.Code.Value })))
	}
}

// kept looks at how long something is kept.
func kept(keep source.Text, add func(diag.Diagnostic)) {
	if keep.Value == "" {
		return
	}
	if _, ok := catalog.ParseKeep(keep.Value); !ok {
		add(problem("keep", keep.Range(), "{value:q} does not say how long the case is kept", "value", keep.Value).
			WithHelp("Write days, weeks, months or years and when they begin: 5 years after end."))
	}
}
