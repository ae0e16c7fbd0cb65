package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// rolesOf compares the roles that the sample people hold with those of the catalogue: each that does not exist, and each that a service waits
// for while nobody could sign in with it. Authorities whose file is wrong are left to the check.
func rolesOf(people []samplePerson, c *catalog.Catalogue) (told diag.List, unheld []need) {
	known := roles(c)
	held := map[string]bool{}
	for i := range people {
		for _, role := range people[i].Roles {
			held[role.Value] = true
			authority, _, _ := strings.Cut(role.Value, ":")
			if a := c.Authority(authority); slices.Contains(known, role.Value) || a != nil && !c.Sound(a.Head().File) || a == nil && !c.Complete("authorities") {
				continue
			}
			told.Add(unknownRole(role, known))
		}
	}
	for _, n := range needed(c) {
		if !held[n.role] && slices.Contains(known, n.role) {
			unheld = append(unheld, n)
		}
	}
	return told, unheld
}

// mostRoles is how many roles that nobody holds are named in one line.
const mostRoles = 12

// saidUnheld is the line about roles that nobody holds.
func saidUnheld(unheld []need) string {
	var names []string
	for _, n := range unheld[:min(len(unheld), mostRoles)] {
		names = append(names, fmt.Sprintf("%s (%s:%d)", n.role, n.at.File, n.at.Start.Line))
	}
	if more := len(unheld) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("nobody in %s of the catalogue holds %s: what waits for that role waits until somebody has it in roles", peopleFile, strings.Join(names, ", "))
}

// roles are the capacities that somebody may hold, as authority:role. Each authority has an operator, who looks after incidents, cashiers, who take
// cash in, and accountants and auditors, who look after its book; the platform has officers of finance too.
func roles(c *catalog.Catalogue) (all []string) {
	for _, a := range c.Authorities {
		for _, r := range c.Roles(a.Code.Value) {
			all = append(all, a.Code.Value+":"+r.Code.Value)
		}
		for _, role := range []string{machine.Operator, ledger.Cashier, ledger.Accountant, ledger.Auditor} {
			if capacity := a.Code.Value + ":" + role; !slices.Contains(all, capacity) {
				all = append(all, capacity)
			}
		}
	}
	if c.Authority(ledger.Platform) != nil {
		all = append(all, ledger.Platform+":"+ledger.Finance)
	}
	return all
}

func unknownRole(role source.Text, known []string) diag.Diagnostic {
	d := diag.New(diag.Warning, "unknown-role", role.Range(), "there is no role {name:q}", "name", role.Value).WithSuggestion(diag.Near(role.Value, known))
	authority, _, ok := strings.Cut(role.Value, ":")
	own := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return !strings.HasPrefix(k, authority+":") })
	switch {
	case d.Suggestion != "":
		return d
	case !ok:
		return d.WithHelp("Write authority:role, as in {names}.", "names", known[:min(len(known), 3)])
	case len(own) > 0:
		return d.WithHelp("There is {names}.", "names", own)
	}
	return d.WithHelp("There is no authority {authority:q}.", "authority", authority)
}

// need is a role that something in a service waits for.
type need struct {
	role string
	at   diag.Range
}

// needed are the roles of all services, each once, at the first place that waits for it.
func needed(c *catalog.Catalogue) (all []need) {
	seen := map[string]bool{}
	for _, s := range c.Services {
		for step := range s.AllSteps() {
			role, authority := step.Role(), s.Authority.Value
			switch of := step.Of.Value; {
			case of == "":
			case catalog.NamesAuthority(of):
				authority = of
			default: // of whichever authority an application names
				continue
			}
			if n := (need{authority + ":" + role.Value, role.Range()}); role.Value != "" && !seen[n.role] {
				seen[n.role] = true
				all = append(all, n)
			}
		}
	}
	return all
}
