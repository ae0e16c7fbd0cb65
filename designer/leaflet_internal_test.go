package designer

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// Whatever stands on a leaflet, the service that is made of it has no finding that is an error, in any country, and its examples come out.
func TestWhateverStandsOnALeafletBecomesASoundService(t *testing.T) {
	for _, country := range []string{"palestine", "qatar", "kazakhstan"} {
		c, _ := catalog.Load(os.DirFS("../samples/" + country))
		a := c.Authorities[0]
		for _, other := range c.Authorities {
			if len(other.Roles) > len(a.Roles) {
				a = other
			}
		}
		t.Run(country, func(t *testing.T) {
			for seed := range uint64(100) {
				rnd := rand.New(rand.NewPCG(seed, 1))
				l := randomLeaflet(rnd, c, a)
				file := "services/" + a.Code.Value + "/" + l.Code + ".yaml"
				now, list := c.WithFile(file, []byte(l.service()))
				if l.Paper != nil {
					now, list = now.WithFile("documents/"+l.Code+".yaml", []byte(l.paper()))
				}
				s := now.Service(l.Authority + "." + l.Code)
				if list.HasErrors() || s == nil {
					t.Fatalf("seed %d: %v\n%s", seed, list, l.service())
				}
				if found := check.Service(now, s); found.HasErrors() {
					t.Fatalf("seed %d: %v\n%s%s", seed, found, l.service(), l.paper())
				}
				report := servicetest.New(now, nil).Service(s, nil)
				if f := report.Findings(); f.HasErrors() || len(report.Results) != 2 {
					t.Fatalf("seed %d: %v\n%s", seed, f, l.service())
				}
				asked := 0
				for range s.Fields() {
					asked++
				}
				if asked != len(l.Questions) {
					t.Errorf("seed %d: %d questions of %d", seed, asked, len(l.Questions))
				}
			}
		})
	}
}

func randomLeaflet(rnd *rand.Rand, c *catalog.Catalogue, a *catalog.Authority) *leaflet {
	l := &leaflet{
		Authority: a.Code.Value, Code: "leaf-permit", Days: 1 + rnd.IntN(60), Later: rnd.IntN(2) == 0, Keeps: rnd.IntN(2) == 0, Together: rnd.IntN(2) == 0, SendBack: rnd.IntN(3) > 0, On: "2026-11-22",
		say: func(lang, key string) string { return lang + ": " + key + " – “x”, {y}" },
	}
	for _, lang := range c.Settings.Languages {
		l.Languages = append(l.Languages, lang.Value)
	}
	texts := []string{"Kind of the vehicle", "نوع المركبة: خاصة #1", "true", "Do you have it?", "- a\\b 'c' \"d\"", "What is your name, and {what} else?", "Көлік түрі", "12", "a"}
	words := func() map[string]string {
		out := map[string]string{}
		for _, lang := range l.Languages {
			out[lang] = texts[rnd.IntN(len(texts))]
		}
		return out
	}
	l.Title, l.Summary = words(), words()
	for range 1 + rnd.IntN(12) {
		q := leafletQuestion{Words: words(), Kind: leafletKinds[rnd.IntN(len(leafletKinds))], Optional: rnd.IntN(4) == 0}
		if q.Kind == catalog.ChoiceField {
			for range 2 + rnd.IntN(3) {
				q.Options = append(q.Options, words())
			}
		}
		l.Questions = append(l.Questions, q)
	}
	if rnd.IntN(2) == 0 {
		l.Fee = "20.00 " + c.Settings.Currency.Value
	}
	if rnd.IntN(2) == 0 {
		l.Paper = words()
	}
	for range 1 + rnd.IntN(3) {
		r := a.Roles[rnd.IntN(len(a.Roles))]
		l.Deciders = append(l.Deciders, decider{r.Code.Value, r.Title.Plain()})
	}
	return l
}

func TestAQuestionIsReadWithItsKindAndItsAnswers(t *testing.T) {
	for en, want := range map[string]string{
		"Name of the stall": "text", "Telephone": "phone", "E-mail": "email", "Date of birth": "date", "Do you sell food?": "yes-no", "How many square metres": "integer", "Copy of the lease": "file",
		"Describe the place": "long-text", "Kind of car: private, taxi, lorry": "choice [private taxi lorry]", "Note: in short": "text",
	} {
		q, ok := question(map[string]string{"en": en}, []string{"en"})
		got := string(q.Kind)
		if len(q.Options) > 0 {
			var options []string
			for _, o := range q.Options {
				options = append(options, o["en"])
			}
			got += " " + fmt.Sprint(options)
		}
		if !ok || got != want {
			t.Errorf("%q is %s, want %s", en, got, want)
		}
	}
	for ar, want := range map[string]catalog.FieldType{
		"اسم البسطة": "text", "رقم الهاتف": "phone", "البريد الإلكتروني": "email", "تاريخ الميلاد": "date", "هل تبيع طعاما؟": "yes-no", "كم مترا مربعا": "integer", "صورة الهوية": "file", "وصف المكان": "long-text",
		"نوع المركبة: خاصة، أجرة": "choice",
	} {
		if q, ok := question(map[string]string{"ar": ar}, []string{"ar"}); !ok || q.Kind != want {
			t.Errorf("%q is %s, want %s", ar, q.Kind, want)
		}
	}
	for _, uneven := range []map[string]string{{"ar": "نوع: أ، ب", "en": "Kind"}, {"ar": "نوع", "en": "Kind: a, b"}, {"ar": "نوع: أ، ب", "en": "Kind: a, b, c"}} {
		if q, ok := question(uneven, []string{"ar", "en"}); ok {
			t.Errorf("%v is read as %+v", uneven, q)
		}
	}
}

func TestCodesAreOfTheWordsAndEachIsOne(t *testing.T) {
	taken := map[string]bool{}
	var got []string
	for _, en := range []string{"What is the name of your stall?", "The name of the stall", "true", "", "رقم", "Name of the stall in the old market of the town"} {
		got = append(got, codeFrom(map[string]string{"en": en}, "question", taken))
	}
	if want := []string{"nameStall", "nameStall1", "question1", "question2", "question3", "nameStallOld"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(slices.Collect(maps.Keys(taken))) != len(got) {
		t.Errorf("%v", taken)
	}
}
