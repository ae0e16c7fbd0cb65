package check

import (
	"github.com/diwan-gov/diwan/catalog"
)

const submissionDay = catalog.AsOfRoot + ".submitted"

// tariffDay: where a tariff has versions, it is written which day chooses among them.
func tariffDay(p *pass) {
	s := p.service
	t := p.catalogue.Tariff(s.Tariff.Value)
	switch {
	case s.Has("tariffOn") && !s.Has("tariff"):
		p.add(problem("tariff-day", s.KeyRange("tariffOn"), "a day is chosen for a tariff, but the service has no tariff").WithHelp("Write tariff: with its code."))
	case t != nil && len(t.Versions) > 1 && !s.Has("tariffOn"):
		p.add(problem("no-tariff-day", s.Tariff.Range(), "the tariff {tariff} has several versions, and it is not written which day chooses among them", "tariff", s.Tariff.Value).
			WithHelp("Write tariffOn: asOf.submitted, or another day."))
	}
	if p.tariffDay == nil || p.tariffDay.formula == nil {
		return
	}
	for _, read := range p.rootsRead(p.tariffDay.formula) {
		if read[0] == catalog.TariffRoot {
			p.add(problem("tariff-day", where(s.TariffOn, read[0], read[1]), "the day that chooses the tariff cannot be read from the tariff").
				WithHelp("Read a day of the form or of an answer, or asOf.submitted."))
			return
		}
	}
}

// tariffInForm: while the form is filled in, the tariff is that of the day of submission. It tells whether it has reported something.
func tariffInForm(p *pass, at *position) bool {
	if p.tariffDay == nil || p.tariffDay.formula == nil || p.service.TariffOn.Value == submissionDay {
		return false
	}
	for _, read := range p.rootsRead(at.formula) {
		if read[0] == catalog.TariffRoot {
			p.add(problem("form-reads", where(at.text, read[0], read[1]), "the tariff is not known yet here, while the form is filled in: {day} chooses it", "day", p.service.TariffOn.Value).
				WithHelp("Check it in a step, or let asOf.submitted choose the tariff."))
			return true
		}
	}
	return false
}
