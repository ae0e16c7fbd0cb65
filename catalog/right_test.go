package catalog_test

import (
	"strings"
	"testing"
)

func TestARightIsReadAsARegistryOfItsOwn(t *testing.T) {
	c, list := loaded(t, map[string]string{"rights/permit.yaml": `right: permit
title: {en: Permit}
authority: town
holder: person
register: TP
terms: {zone: text}
keep: 10 years after end
`})
	if len(list) > 0 {
		t.Fatal(list)
	}
	_, op := c.Operation("rights/permit")
	if op == nil {
		t.Fatal("nothing reads the right")
	}
	if got := strings.Join(op.Gives.Keys(), " "); got != "holder status grantedOn validUntil zone" {
		t.Errorf("it gives %s", got)
	}
	if got := op.Head().File; got != "rights/permit.yaml" {
		t.Errorf("it stands in %q", got)
	}
	for _, r := range c.Registries {
		t.Errorf("the catalogue declares no registry %s", r.Code)
	}
}
