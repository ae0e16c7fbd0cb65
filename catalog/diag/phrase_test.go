package diag_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/diag"
)

var arabic = &diag.Language{Code: "ar", Sentences: map[diag.Phrase]string{
	"error": "خطأ", "there is no {what} {name:q}": "لا وجود لما كُتب: {what} {name:q}", "fee": "رسم", "Write pay: {names}.": "اكتب `pay:` ثم {names}.",
	"{this} and {next}": "{this} و{next}", "{this}, {next}": "{this}، {next}", "did you mean {word:q}?": "هل تقصد {word:q}؟", "the first one": "الأول",
	"help: {what}": "ما العمل: {what}",
}}

func unknownFee() diag.Diagnostic {
	return diag.New(diag.Error, "unknown-fee", diag.Range{File: "f", Start: diag.Position{Line: 1, Column: 1}}, "there is no {what} {name:q}", "what", diag.Phrase("fee"), "name", "{what}\u202e").
		WithHelp("Write pay: {names}.", "names", []string{"a", "b", "c"}).WithSuggestion("late").WithRelated(diag.Range{File: "g"}, "the first one")
}

func TestAFindingIsToldInAnotherLanguage(t *testing.T) {
	d := unknownFee()
	if want := `there is no fee "{what}\u202e"`; d.Summary != want {
		t.Errorf("got %s", d.Summary)
	}
	if want := "Write pay: a, b and c."; d.Help != want {
		t.Errorf("got %s", d.Help)
	}
	told := d.In(arabic)
	for _, test := range []struct{ got, want string }{
		{told.Summary, "لا وجود لما كُتب: رسم \u2068\"{what}\\u202e\"\u2069"},
		{told.Help, "اكتب \u2066pay:\u2069 ثم \u2068a\u2069، \u2068b\u2069 و\u2068c\u2069."},
		{told.Related[0].Message, "الأول"},
		{told.In(nil).Summary, d.Summary},
		{d.Related[0].Message, "the first one"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// What a definition holds may hold anything; the isolates are ours alone.
func TestAnArgumentCannotTurnTheLine(t *testing.T) {
	d := diag.New(diag.Error, "c", diag.Range{}, "{name} {name:q}", "name", "x\u2069\u202ey\x1b")
	var b strings.Builder
	if err := diag.WriteTextIn(&b, &diag.Language{Code: "ar", Sentences: map[diag.Phrase]string{"{name} {name:q}": "{name}"}}, diag.List{d}, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\u2068x\ufffd\ufffdy\ufffd\u2069") {
		t.Errorf("got %q", b.String())
	}
}

func TestTextIsWrittenInTheLanguage(t *testing.T) {
	var b strings.Builder
	if err := diag.WriteTextIn(&b, arabic, diag.List{unknownFee()}, nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if !strings.HasPrefix(lines[0], "f:1:1: خطأ[unknown-fee]: لا وجود") || !strings.HasSuffix(lines[0], "(هل تقصد \u2068\"late\"\u2069؟)") || !strings.HasPrefix(lines[2], "ما العمل: اكتب") {
		t.Errorf("got %q", lines)
	}
}

func TestJSONHasTheOtherLanguagesToo(t *testing.T) {
	var b bytes.Buffer
	if err := diag.WriteJSON(&b, diag.List{unknownFee()}, arabic); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Diagnostics []struct {
			Summary string
			In      map[string]struct {
				Summary, Help string
				Related       []string
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := unknownFee().In(arabic)
	if d := got.Diagnostics[0]; d.Summary != unknownFee().Summary || d.In["ar"].Summary != want.Summary || d.In["ar"].Help != want.Help || d.In["ar"].Related[0] != "الأول" {
		t.Errorf("got %+v", d)
	}
}

// A sentence that a language lacks is told in English, whole.
func TestWhatALanguageLacksIsToldInEnglish(t *testing.T) {
	d := diag.New(diag.Warning, "c", diag.Range{}, "odd {what}", "what", diag.Phrase("fee"))
	if got := d.In(&diag.Language{Code: "ar"}).Summary; got != "odd fee" {
		t.Errorf("got %q", got)
	}
}

// What happened in a scenario is told as a message in a message; it must not take twice as long with each event.
func TestAMessageInAMessageIsSaidOnce(t *testing.T) {
	story := diag.Say("begun")
	for range 300 {
		story = diag.Say("{story} → {next}", "story", story, "next", "done")
	}
	if got := strings.Count(story.String(), "done"); got != 300 {
		t.Errorf("%d of 300 are told", got)
	}
}
