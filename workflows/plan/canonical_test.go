package plan_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/workflows/plan"
)

func example() *plan.Plan {
	return &plan.Plan{
		Format: plan.Format, Service: "a.b", Zone: "Asia/Hebron", Withdraw: -1,
		Facts: []plan.Fact{{Name: "late", Formula: `form.a < 3 && form.b == "ط"`, Kind: "bool"}},
		Nodes: []plan.Node{{Key: "end/issued", Kind: plan.End, End: &plan.EndNode{Outcome: "issued"}}},
		Form:  plan.Form{Schema: json.RawMessage(`{"type":"object"}`)},
	}
}

func TestAPlanSurvivesItsBytes(t *testing.T) {
	b, err := example().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `form.a < 3 && form.b == \"ط\"`) {
		t.Fatalf("formulas are escaped: %s", b)
	}
	p, err := plan.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.Canonical()
	if err != nil || !bytes.Equal(b, again) {
		t.Fatalf("%v\n%s\n%s", err, b, again)
	}
}

func TestTheDigestIsThatOfTheBytes(t *testing.T) {
	if got := plan.DigestOf(nil); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Fatal(got)
	}
	p := example()
	before, _ := p.Canonical()
	p.Withdraw = 0
	after, _ := p.Canonical()
	if plan.DigestOf(before) == plan.DigestOf(after) {
		t.Fatal("two plans share a digest")
	}
}

func TestDecodeIsStrict(t *testing.T) {
	good, _ := example().Canonical()
	for name, b := range map[string]string{
		"unknown key":    strings.Replace(string(good), `"service"`, `"more":1,"service"`, 1),
		"text after it":  string(good) + " {}",
		"another format": strings.Replace(string(good), `"format":2`, `"format":3`, 1),
		"nothing":        "",
	} {
		if _, err := plan.Decode([]byte(b)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := plan.DecodeTexts([]byte(`{"service":"a","titel":{}}`)); err == nil {
		t.Error("unknown key of texts was read")
	}
}

func TestTextsFallBackToAnotherLanguage(t *testing.T) {
	text := plan.Text{"ar": "رخصة", "en": ""}
	if text.In("en", "ar") != "رخصة" || text.In("ar") != "رخصة" || text.In("fr") != "" {
		t.Fatal(text)
	}
}
