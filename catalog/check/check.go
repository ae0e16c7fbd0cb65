package check

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// Rule is one thing that is looked at. One of the two functions is set.
type Rule struct {
	Name string // stable, kebab-case; findings have codes of their own
	Doc  string // one sentence for the reference

	catalogue func(*overview)
	service   func(*pass)
}

// rules is what is checked, in the order of the reference. The order of the findings does not depend on it.
var rules = []Rule{
	{Name: "settings", Doc: "The catalogue names its languages, currency, time zone and calendar.", catalogue: settings},
	{Name: "codes", Doc: "Every code is well-formed and declared once.", catalogue: codes},
	{Name: "authorities", Doc: "Registries and tariffs name an authority that exists.", catalogue: authorities},
	{Name: "tariffs", Doc: "Amounts are money or numbers, in the currency of the catalogue.", catalogue: tariffs},
	{Name: "calendars", Doc: "Weekends are days of the week and holidays are dates, each once.", catalogue: calendars},
	{Name: "documents", Doc: "Papers have rows and a register of their own, show rights that exist, and name what wallets keep of them.", catalogue: documents},
	{Name: "layouts", Doc: "The blocks of a layout are complete, name rows and drawings that there are, and fit the paper.", catalogue: layouts},
	{Name: "rights", Doc: "Rights have a register of their own, the services that they name change them, and nobody waits for a reminder that never comes.", catalogue: rights},
	{Name: "families", Doc: "Blueprints and fragments have only holes and places that they declare, and are used.", catalogue: families},
	{Name: "events", Doc: "Events name an authority and a field that exist.", catalogue: events},
	{Name: "texts", Doc: "Every text is given in every language of the catalogue.", catalogue: sharedTexts},

	{Name: "service-texts", Doc: "Every text of a service is given in every language of the catalogue, and is plain.", service: serviceTexts},
	{Name: "service", Doc: "The head of a service: authority, tariff, promised time, how long the case is kept.", service: head},
	{Name: "tariff-day", Doc: "It is written which day chooses the version of a tariff.", service: tariffDay},
	{Name: "service-codes", Doc: "Codes inside a service are well-formed and unique.", service: serviceCodes},
	{Name: "fields", Doc: "The keys of a field fit its type.", service: fields},
	{Name: "triggers", Doc: "What starts a service exists, fills in fields that there are, and nobody pays, competes or is asked for who has agreed to nothing.", service: triggers},
	{Name: "before", Doc: "What is asked before the form exists, is complete and is read; it is said what holds where nothing is found.", service: before},
	{Name: "on-behalf", Doc: "Whoever applies for another proves that they may, by a registry or a paper.", service: onBehalf},
	{Name: "prefills", Doc: "What fills in a record or a group has values of the same names and kinds.", service: prefills},
	{Name: "groups", Doc: "What holds several answers or fields has bounds and is not nested; computed fields are not asked.", service: groups},
	{Name: "options", Doc: "Options are there for choices alone and differ.", service: options},
	{Name: "offers", Doc: "Options that a registry gives are made of a list of records with texts.", service: offers},
	{Name: "units", Doc: "Units are of the table, and numbers of different units do not meet.", service: units},
	{Name: "patterns", Doc: "Patterns mean the same to the server and to a browser.", service: patterns},
	{Name: "validations", Doc: "A validation is a rule or a script, beside a field.", service: validations},
	{Name: "evidence", Doc: "Each piece of evidence has alternatives that may stay empty, and one beside which it is asked for.", service: evidence},
	{Name: "scripts", Doc: "Scripts exist and can be run within their limits.", service: scripts},
	{Name: "facts", Doc: "Facts have a type and do not need themselves; of their rows one always fits, on every day.", service: facts},
	{Name: "formulas", Doc: "Each formula fits its place and meets no absent value.", service: formulas},
	{Name: "visibility", Doc: "What shows a field is known before the form is sent, and goes round in no circle.", service: visibility},
	{Name: "order", Doc: "What a step gives is read only after it, and where it may be missing only with a guard.", service: order},
	{Name: "steps", Doc: "A step is of one kind and has the keys of that kind.", service: steps},
	{Name: "lookups", Doc: "What is asked or written exists and its arguments are complete.", service: lookups},
	{Name: "undos", Doc: "What takes a step back exists, and fits what the step does.", service: undos},
	{Name: "reviews", Doc: "Whoever decides has a role, a title and decisions that lead somewhere.", service: reviews},
	{Name: "limits", Doc: "Time limits ascend and lead on, every wait has one, and nothing is approved by silence that is not written twice.", service: timeLimits},
	{Name: "targets", Doc: "Where it goes on is a step, and no way leads into or out of a branch or a case but by its beginning and its end.", service: targets},
	{Name: "loops", Doc: "Every way back is bounded, and what follows the last is written.", service: loops},
	{Name: "choices", Doc: "Of the cases of a choice one always fits, and each can.", service: choices},
	{Name: "branches", Doc: "Branches can come together again, and it is written what follows when they cannot.", service: branches},
	{Name: "invitations", Doc: "Whoever is asked has something to answer.", service: invitations},
	{Name: "persons", Doc: "Whoever is asked, told or paid is somebody.", service: persons},
	{Name: "waits", Doc: "What is waited for exists, and services do not start each other without end.", service: waits},
	{Name: "draws", Doc: "Channels and computed values have names; a draw has a choice.", service: draws},
	{Name: "whole", Doc: "The deadline, what may happen anytime and the round of a service lead somewhere.", service: whole},
	{Name: "fee-lines", Doc: "What is taken off a fee, rounded and shared is written so that nothing is lost, and lines read earlier lines.", service: feeLines},
	{Name: "table-rows", Doc: "A table of the tariff has a row for each case that can be known beforehand.", service: tableRows},
	{Name: "payments", Doc: "Each fee is paid, and on no way twice.", service: payments},
	{Name: "deposits", Doc: "What is released, kept or revoked was paid or issued before, and no deposit is left without a word on what becomes of it.", service: deposits},
	{Name: "changes", Doc: "A right that is granted or changed exists, is said with its terms, and lets the service do so.", service: changes},
	{Name: "issues", Doc: "Documents that are issued exist, and the right that one shows was given before.", service: issues},
	{Name: "layout-rows", Doc: "A table shows a list of records, and a picture a photograph that was uploaded.", service: layoutRows},
	{Name: "unread", Doc: "What an officer fills in is read by something.", service: unread},
	{Name: "endings", Doc: "Every step can be reached and every path ends.", service: endings},
	{Name: "refunds", Doc: "Wherever an application can end after a payment, it is written what goes back.", service: refunds},
	{Name: "scenarios", Doc: "A service has scenarios and they speak of what it has.", service: scenarios},
}

// Rules are the rules in the order of the reference.
func Rules() []Rule { return slices.Clone(rules) }

// Check gives what is wrong with a catalogue, sorted, and nothing of what Load has reported. It works on all cores and always ends.
func Check(c *catalog.Catalogue) diag.List {
	list := Shared(c)
	found := make([]diag.List, len(c.Services))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(c.Services)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(c.Services); i = int(next.Add(1)) - 1 {
				found[i] = Service(c, c.Services[i])
			}
		})
	}
	wg.Wait()
	for _, l := range found {
		list.Add(l...)
	}
	list.Sort()
	return list.Once()
}

// Shared gives what is wrong with what services share: settings, authorities, registries, tariffs, calendars and documents.
func Shared(c *catalog.Catalogue) diag.List {
	o := &overview{catalogue: c}
	for _, r := range rules {
		if r.catalogue != nil {
			r.catalogue(o)
		}
	}
	o.list.Sort()
	return o.list.Once()
}

// Service gives what is wrong with one service of c, and with the documents that it issues.
func Service(c *catalog.Catalogue, s *catalog.Service) diag.List {
	if !c.Sound(s.File) {
		return nil
	}
	p := newPass(c, s)
	for _, r := range rules {
		if r.service != nil {
			r.service(p)
		}
	}
	p.list.Sort()
	return p.list.Once()
}
