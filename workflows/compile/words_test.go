package compile_test

import (
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/compile"
)

func TestWhatARegistryAnswersIsCalledAsItsDeclarationSays(t *testing.T) {
	c, list := catalog.Load(fstest.MapFS{
		"catalogue.yaml": {Data: []byte("catalogue: test\ntitle: {en: Test}\nlanguages: [en]\ncurrency: ILS\ntimeZone: Asia/Hebron\ncalendar: days\n")},
		"registries/cards.yaml": {Data: []byte(`registry: cards
title: {en: Cards}
operations:
  - operation: by-number
    with: {number: text}
    gives:
      stage: {label: {en: Stage}, choice: {printing: {en: Being printed}, ready: {en: Ready}}}
      readyOn: {type: date, optional: true}
      visits: {list: {office: {type: text, label: {en: Office}}}}
`)},
		"authorities/town.yaml": {Data: []byte("authority: town\ntitle: {en: Town}\n")},
		"services/card.yaml": {Data: []byte(`service: town.card
title: {en: Card}
summary: {en: See a card.}
authority: town
type: enquiry
promised: at once
keep: 30 days after end
form:
  - {section: card, title: {en: Card}, fields: [{field: number, type: text, label: {en: Number}}]}
steps:
  - {step: card, ask: cards/by-number, with: {number: form.number}, notFound: {refuse: {en: No such card}}}
  - step: result
    answer:
      - {label: {en: Stage}, value: card.stage, when: card.stage != "ready"}
      - {label: {en: Ready since}, value: card.readyOn, when: has(card.readyOn)}
`)},
	})
	if len(list) > 0 {
		t.Fatal(list)
	}
	_, words, list := compile.Compile(c, c.Services[0])
	if list.HasErrors() {
		t.Fatal(list)
	}
	if got := words.Columns["card.stage"]["en"]; got != "Stage" {
		t.Errorf("the stage is called %q", got)
	}
	if got := words.Codes["card.stage"]["ready"]["en"]; got != "Ready" {
		t.Errorf("ready is called %q", got)
	}
	if got := words.Columns["card.visits.office"]["en"]; got != "Office" {
		t.Errorf("a column is called %q", got)
	}
}
