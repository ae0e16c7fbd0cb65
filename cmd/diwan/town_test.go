package main

import (
	"os"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/reference"
)

const town = "../../catalog/reference/guide/town"

// What the chapter on the kinds of step shows is a part of a catalogue that is checked and whose scenarios are played.
func TestTheCatalogueOfTheGuideIsClean(t *testing.T) {
	c, loaded := catalog.Load(os.DirFS(town))
	for _, f := range findings(c, loaded) {
		t.Error(f)
	}
}

func TestTheGuideShowsEachKindOfStep(t *testing.T) {
	c, _ := catalog.Load(os.DirFS(town))
	var used []catalog.StepKind
	for _, s := range c.Services {
		for step := range s.AllSteps() {
			used = append(used, step.Kind())
		}
	}
	for _, kind := range catalog.StepKinds() {
		if !slices.Contains(used, kind) {
			t.Errorf("no service of the town has a step of the kind %s", kind)
		}
		if !slices.Contains(reference.ShownKinds(), string(kind)) {
			t.Errorf("the chapter has no heading with `%s`", kind)
		}
	}
}
