package main

import (
	"os"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// mistakes is how many were made in the archive, each of another kind; forty of them in services/shop.yaml.
const mistakes = 56

// Many mistakes in one definition are as many findings, each at its place: nothing follows from another, and nothing is told twice.
func TestEachOfManyMistakesIsToldOnceAtItsPlace(t *testing.T) {
	const name = "testdata/mistakes/many.txtar"
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	want := &a.Files[len(a.Files)-1]
	for _, f := range a.Files[:len(a.Files)-1] {
		all[f.Name] = string(f.Data)
	}
	list, sources := judged(all)
	codes, inOne := map[diag.Code]bool{}, 0
	for _, d := range list {
		codes[d.Code] = true
		if d.Range.File == "services/shop.yaml" {
			inOne++
		}
		if d.Range.Start.Line == 0 || d.Help == "" && d.Suggestion == "" {
			t.Errorf("no place, or not what to do: %s", d)
		}
	}
	if len(list) != mistakes || len(codes) != mistakes || inOne < 40 {
		t.Errorf("%d findings of %d kinds, %d of them in one definition", len(list), len(codes), inOne)
	}
	got := printed(t, nil, list, sources)
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(want.Data) {
		t.Errorf("got:\n%s", got)
	}
}
