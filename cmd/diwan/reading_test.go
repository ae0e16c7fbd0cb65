package main

import (
	"os"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/reading"
)

// Every formula of the samples is said in every language of pages.
func TestEveryFormulaOfTheSamplesIsSaidInWords(t *testing.T) {
	said := 0
	for _, country := range []string{"palestine", "qatar", "kazakhstan"} {
		c, _ := catalog.Load(os.DirFS("../../samples/" + country))
		for _, s := range c.Services {
			formulas := s.FeeFormulas()
			for _, f := range s.Fields() {
				formulas = append(formulas, f.When, f.Require, f.Value)
			}
			for step := range s.AllSteps() {
				formulas = append(formulas, step.When)
				for _, e := range step.With.Entries {
					formulas = append(formulas, e.Value)
				}
			}
			for _, f := range formulas {
				if f.Value == "" {
					continue
				}
				for _, lang := range []string{"ar", "en", "kk", "ru", "fr"} {
					if reading.Say(f.Value, reading.Words{Lang: lang}) == "" {
						t.Errorf("%s: %s is not said in %s", s.Code.Value, f.Value, lang)
					}
				}
				said++
			}
		}
	}
	if said < 100 {
		t.Errorf("%d formulas were looked at", said)
	}
}
