package main

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

func TestRolesThatDoNotExistOrThatNobodyHoldsAreNamed(t *testing.T) {
	const service = `service: roads.kerb.lower
authority: roads
steps:
  - {step: look, inspect: inspector}
  - {step: review, review: clerk}
  - {step: doctor, review: doctor, of: health}
  - {step: again, review: clerk}
  - {step: definitions, review: reviewer, of: health}
`
	c, _ := catalog.Load(fstest.MapFS{
		"catalogue.yaml":           {Data: []byte("catalogue: x\nroles:\n  - {role: reviewer, title: {en: R}}\n")},
		"authorities/roads.yaml":   {Data: []byte("authority: roads\ntitle: {en: Roads}\nroles:\n  - {role: clerk, title: {en: C}}\n  - {role: inspector, title: {en: I}}\n")},
		"authorities/health.yaml":  {Data: []byte("authority: health\ntitle: {en: Health}\nroles:\n  - {role: doctor, title: {en: D}}\n")},
		"services/roads/kerb.yaml": {Data: []byte(service)},
	})
	for _, tt := range []struct {
		roles string
		want  []string
	}{
		{"[roads:clerk, roads:inspector, roads:operator, health:doctor, health:reviewer]", nil},
		{"[roads:clerc, roads:inspector, roads:reviewer, health:doctor, health:reviewer]", []string{
			`unknown-role there is no role "roads:clerc" (roads:clerk)`,
			"nobody in sample/people.yaml of the catalogue holds roads:clerk (services/roads/kerb.yaml:5): what waits for that role waits until somebody has it in roles"}},
		{"[roads:clerk, roads:inspector, water:diver, doctor, health:reviewer]", []string{
			`unknown-role there is no role "water:diver" ()`, `unknown-role there is no role "doctor" ()`,
			"nobody in sample/people.yaml of the catalogue holds health:doctor (services/roads/kerb.yaml:6): what waits for that role waits until somebody has it in roles"}},
	} {
		var f sampleFile
		n, found := source.Parse(peopleFile, []byte(`people:
  - {person: p, name: {en: P}, nationalNumber: "1", birthDate: 2000-01-01, sex: male, roles: `+tt.roles+"}\n"), source.Limits{})
		if found = append(found, source.Decode(n, &f)...); found.HasErrors() {
			t.Fatal(found)
		}
		var got []string
		told, unheld := rolesOf(f.People, c)
		for _, d := range told {
			got = append(got, string(d.Code)+" "+d.Summary+" ("+d.Suggestion+")")
			if d.Suggestion == "" && d.Help == "" {
				t.Errorf("%s says nothing of what to do", d.Summary)
			}
		}
		if len(unheld) > 0 {
			got = append(got, saidUnheld(unheld))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q", tt.roles, got)
		}
	}
}

func TestTheSamplePeopleHoldEveryRoleThatASampleWaitsFor(t *testing.T) {
	for _, sample := range []string{"palestine", "kazakhstan", "qatar"} {
		dir := "../../samples/" + sample
		if _, err := os.Stat(dir + "/" + peopleFile); err != nil {
			continue // a catalogue to read and to test, nobody signs in there
		}
		people, told, unheld, err := loadPeople(dir)
		if err != nil || len(people) == 0 || len(told) > 0 || len(unheld) > 0 {
			t.Errorf("%s: %v %v %v", sample, told, unheld, err)
		}
	}
}
