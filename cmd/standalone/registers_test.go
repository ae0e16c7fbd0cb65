package main

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/cmd/standalone/registries"
)

func TestARegistryWithoutSampleRowsIsNamedAndNotConfigured(t *testing.T) {
	rows, err := registries.New(registries.Options{Key: "k", Files: fstest.MapFS{"land.yaml": {Data: []byte(
		"registry: land\noperations:\n  - operation: parcel\n    arguments: [number]\n    rows: []\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	operation := func(codes ...string) []byte {
		text := "title: {en: x}\noperations:\n"
		for _, code := range codes {
			text += "  - operation: " + code + "\n    with: {number: text}\n    gives: {area: decimal}\n"
		}
		return []byte(text)
	}
	answering, silent := declared(fstest.MapFS{
		"registries/land.yaml":   {Data: append([]byte("registry: land\n"), operation("parcel", "owner")...)},
		"registries/trade.yaml":  {Data: append([]byte("registry: trade\n"), operation("shop")...)},
		"registries/broken.yaml": {Data: []byte("registry: broken\n")},
	}, rows)
	if !slices.Equal(answering, []string{"land"}) || !slices.Equal(silent, []string{"land/owner", "trade/shop"}) {
		t.Errorf("answering %v, silent %v", answering, silent)
	}
}
