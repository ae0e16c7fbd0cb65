package designer_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// stroll is a walk as somebody goes it on the pages.
type stroll struct {
	*world
	who *identity.Person
	page
}

// start begins a walk through a file of the first change.
func (w *world) start(file string, with url.Values) *stroll {
	w.t.Helper()
	s := &stroll{world: w, who: w.leila, page: w.get(w.leila, at(file, "try", ""))}
	s.press("begin", http.StatusOK, with)
	return s
}

// follow begins with all that an example does.
func (w *world) follow(who *identity.Person, file string, example int) *stroll {
	w.t.Helper()
	s := &stroll{world: w, who: who, page: w.get(who, at(file, "try", "")+"&scenario="+strconv.Itoa(example))}
	s.press("follow:"+strconv.Itoa(example), http.StatusOK, nil)
	return s
}

// press sends the form of a button as a browser does.
func (s *stroll) press(value string, status int, more url.Values) {
	s.t.Helper()
	button := s.Find("button[name=_do][value='" + value + "']").Last()
	if button.Length() != 1 {
		s.t.Fatalf("there is no button %q: %s", value, strings.Join(s.buttons(), ", "))
	}
	form := button.Closest("form")
	body := fill(form)
	body.Set("_do", value)
	for name, v := range more {
		body[name] = v
	}
	s.page = s.post(s.who, form.AttrOr("action", ""), body)
	if s.status != status {
		s.t.Fatalf("%s: status %d %s %s %s", value, s.status, s.Find(".walk-said").Text(), s.Find(".error-summary").Text(), s.log.String())
	}
}

func (s *stroll) buttons() (out []string) {
	s.Find("button[name=_do]").Each(func(_ int, b *goquery.Selection) { out = append(out, b.AttrOr("value", "")) })
	return out
}

// where is how the application stands.
func (s *stroll) where() string { return strings.TrimSpace(s.Find(".walk-bar .tag").Text()) }

func TestAnApplicationIsWalkedThroughAndKeptAsAnExample(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	s := w.start(licence, url.Values{"_day": {"2026-11-22"}})
	if got := s.where(); got != "Before the form" || s.Find("#questions input").Length() == 0 {
		t.Fatalf("%q", got)
	}
	s.press("submit", http.StatusUnprocessableEntity, nil)
	if s.Find("#questions .field--error").Length() == 0 || s.Find(".error-summary li").Length() == 0 {
		t.Error("nothing stands at the fields that are empty")
	}
	filled := url.Values{"licenceNumber": {"1234567"}, "years": {"5"}, "phone": {"0599123456"}, "declaration": {"yes"}}
	s.press("submit", http.StatusOK, filled)
	if s.Find("input[name=_answer][value=notFound], input[name=_answer][value=failed]").Length() != 2 || s.Find("input[name=_answer][checked]").Length() != 1 {
		t.Error("not every answer of the registry is offered")
	}
	s.press("answer", http.StatusOK, nil)
	if got := s.Find(".walk-ask .fee-card").Text(); !strings.Contains(got, "250") || !strings.Contains(got, "form.years = 5") {
		t.Errorf("the fee says %q", got)
	}
	s.press("wait:1", http.StatusOK, nil)
	if got := s.Find(".walk-bar strong").Text(); !strings.Contains(got, "23 November 2026") {
		t.Errorf("a day later it is %q", got)
	}
	s.press("act:paid", http.StatusOK, nil)
	if who := s.Find(".walk-ask__who").Text(); !strings.Contains(who, "icensing") {
		t.Errorf("%q is asked", who)
	}
	s.press("act:sendBack", http.StatusOK, nil)
	if s.Find("button[value=correct]").Length() == 0 || s.Find("#questions input[name=licenceNumber]").AttrOr("value", "") != "1234567" {
		t.Error("the form does not come back as it was sent")
	}
	s.press("correct", http.StatusOK, nil)
	if s.Find("button[value=answer]").Length() > 0 {
		s.press("answer", http.StatusOK, nil)
	}
	s.press("act:refuse", http.StatusOK, nil)
	refused := s.where()
	s.press("undo", http.StatusOK, nil)
	if s.where() == refused || s.Find("button[value='act:approve']").Length() != 1 {
		t.Errorf("one step back it is %q", s.where())
	}
	s.press("act:approve", http.StatusOK, nil)
	if got := s.where(); !strings.Contains(got, "issued") {
		t.Errorf("it is %q", got)
	}
	if s.Find(".walk-paper dd").Length() < 3 || s.Find(".walk-judged li").Length() == 0 && strings.Contains(before, "when:") {
		t.Error("the paper or the conditions are missing")
	}
	if lit := s.Find("svg [stroke='#0b5d3b']").Length(); lit < 5 {
		t.Error("the way is not lit")
	}
	s.press("save", http.StatusUnprocessableEntity, url.Values{"_title": {" "}})
	if w.text(licence) != before {
		t.Error("an example without a name was kept")
	}
	s.press("save", http.StatusSeeOther, url.Values{"_title": {"walked: by hand"}})
	added, removed := lines(before, w.text(licence))
	if text := strings.Join(added, " "); len(removed) != 0 || !strings.Contains(text, "review: [sendBack, approve]") || !strings.Contains(text, "pay: 1 days") || !strings.Contains(text, "fees: {renewal: 250.00 ILS}") || !strings.Contains(text, "end: issued") {
		t.Errorf("removed %q, added %s", removed, text)
	}
	last := w.get(w.leila, s.header.Get("Location")).Find(".outline__row--selected")
	if !strings.Contains(last.Text(), "walked: by hand") || last.Find(".tag--good").Length() != 1 {
		t.Errorf("the example is %q", last.Text())
	}
}

func TestTheWayOfEveryExampleIsWalkedOnThePage(t *testing.T) {
	w := serve(t)
	w.begun()
	live, err := w.changes.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, s := range live.Services {
		for i := range s.Scenarios {
			sc := &s.Scenarios[i]
			p := w.follow(w.rami, s.File, i)
			if said := p.Find(".walk-said").Text(); said != "" && sc.Expect.Has("end") && sc.Expect.End.Value != catalog.NotStarted && len(sc.Events) == 0 {
				t.Errorf("%s: %s: %s", s.File, sc.Title.Value, said)
			}
			if p.Find("button[value=save]").Length() != 0 {
				t.Errorf("%s: whoever only reads is offered to keep it", s.File)
			}
			for back := 0; back < 12 && p.Find("button[value=undo]").Length() == 1; back++ {
				for _, b := range p.buttons() {
					kind, _, _ := strings.Cut(b, ":")
					kinds[kind]++
				}
				p.press("undo", http.StatusOK, nil)
			}
		}
	}
	for _, kind := range []string{"submit", "correct", "answer", "act", "pass", "wait", "happen", "withdraw"} {
		if kinds[kind] == 0 {
			t.Errorf("the samples show no button %s: %v", kind, kinds)
		}
	}
}

func TestEveryExampleOfAnAuthorityIsKeptAgainAndPasses(t *testing.T) {
	w := serve(t)
	w.begun()
	live, err := w.changes.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, s := range live.Services {
		if s.Authority.Value != "transport" {
			continue
		}
		n := len(s.Scenarios)
		for i := range s.Scenarios {
			p := w.follow(w.leila, s.File, i)
			if p.Find("button[value=save]").Length() == 0 {
				continue // nothing was sent
			}
			p.press("save", http.StatusSeeOther, url.Values{"_title": {"again " + strconv.Itoa(i)}})
			last := w.get(w.leila, p.header.Get("Location")).Find(".outline__row--selected")
			if n++; !strings.Contains(last.Text(), "again "+strconv.Itoa(i)) || last.Find(".tag--good").Length() != 1 {
				t.Errorf("%s: %q", s.File, last.Text())
			}
			kept++
		}
	}
	if kept < 8 {
		t.Errorf("only %d examples were kept again", kept)
	}
}

func TestAWalkGoesAsFarAsTheServiceStillDoes(t *testing.T) {
	w := serve(t)
	w.begun()
	s := w.follow(w.leila, licence, 0)
	s.press("undo", http.StatusOK, nil)
	w.edit(1, licence, "- step: pay\n", "- step: payment\n")
	s.press("act:approve", http.StatusOK, nil)
	if said := s.Find(".walk-said").Text(); !strings.Contains(said, "no longer possible") || s.Find("button[value='act:paid']").Length() != 1 {
		t.Errorf("it says %q", said)
	}
	w.edit(1, licence, "service:", "service: [")
	s = &stroll{world: w, who: w.leila, page: w.post(w.leila, "/designer/changes/1/edit", url.Values{"file": {licence}, "tab": {"try"}, "_walk": {`[{"do":"begin","day":"2026-11-22"}]`}, "_do": {"wait:1"}})}
	if s.status >= 500 {
		t.Errorf("a service that cannot be read: status %d", s.status)
	}
}

func TestAHostileWalkIsAnsweredWithAMessage(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	begin := `{"do":"begin","day":"2026-11-22"}`
	many := "[" + strings.Repeat(begin+",", 300) + begin + "]"
	for name, body := range map[string]url.Values{
		"no list":          {"_walk": {"{"}, "_do": {"wait:1"}},
		"another shape":    {"_walk": {`[{"do":7}]`}, "_do": {"wait:1"}},
		"too many":         {"_walk": {many}, "_do": {"wait:1"}},
		"too long":         {"_walk": {`[{"do":"begin","day":"` + strings.Repeat("1", 70<<10) + `"}]`}, "_do": {"wait:1"}},
		"deep":             {"_walk": {`[` + begin + `,{"do":"submit","form":{"years":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}}]`}, "_do": {"wait:1"}},
		"wrong order":      {"_walk": {`[` + begin + `]`}, "_do": {"act:approve"}, "_node": {"review"}},
		"an unknown move":  {"_walk": {`[` + begin + `]`}, "_do": {"fly:away"}},
		"no number":        {"_walk": {`[` + begin + `]`}, "_do": {"wait:many"}},
		"saved too early":  {"_walk": {`[` + begin + `]`}, "_do": {"save"}, "_title": {"x"}},
		"other types":      {"_walk": {`[` + begin + `,{"do":"submit","form":{"years":{"a":[1,null,true]},"declaration":[[]],"licenceNumber":3.5}}]`}, "_do": {"wait:1"}},
		"an unknown first": {"_walk": {`[{"do":"wait","what":"2026-11-25T10:00"}]`}, "_do": {"wait:1"}},
		"no example":       {"_walk": {""}, "_do": {"follow:999"}},
		"no day":           {"_walk": {""}, "_do": {"begin"}, "_day": {"32"}},
	} {
		body.Set("file", licence)
		body.Set("tab", "try")
		p := w.post(w.leila, "/designer/changes/1/edit", body)
		if p.status >= 500 || p.Find("h1").Length() != 1 {
			t.Errorf("%s: status %d %s", name, p.status, w.log.String())
		}
		good := name == "no example"
		if said := strings.TrimSpace(p.Find(".walk-said, .banner").Text()); (said == "") != good {
			t.Errorf("%s: it says %q", name, said)
		}
	}
	if w.text(licence) != before {
		t.Error("a walk has changed the file")
	}
	if p := w.post(w.rami, "/designer/changes/1/edit", url.Values{"file": {licence}, "tab": {"try"}, "_walk": {`[` + begin + `]`}, "_do": {"save"}, "_title": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("a reviewer keeps an example: status %d", p.status)
	}
}

func TestTheFormOfAWalkIsAskedAgainWithoutAMoveWhenAnAnswerOpensOthers(t *testing.T) {
	asked, rows := 0, 0
	for _, country := range []string{"palestine", "qatar"} {
		w := serveOf(t, country)
		w.begun()
		live, err := w.changes.Live(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		more, added := w.askedAgain(live.Services)
		asked, rows = asked+more, rows+added
	}
	if asked == 0 || rows == 0 {
		t.Errorf("%d forms ask again, %d have rows", asked, rows)
	}
}

// askedAgain stands before the form of each service, and counts those that a script asks again and those with rows.
func (w *world) askedAgain(services []*catalog.Service) (asked, rows int) {
	t := w.t
	t.Helper()
	for _, service := range services {
		for i := range service.Scenarios {
			p := w.follow(w.leila, service.File, i)
			for back := 0; back < 20 && p.Find("button[value=submit], button[value=correct]").Length() == 0 && p.Find("button[value=undo]").Length() == 1; back++ {
				p.press("undo", http.StatusOK, nil)
			}
			form := p.Find("#questions").Closest("form")
			if form.Length() != 1 {
				continue
			}
			body := fill(form)
			if p.Find("#questions .asks").Length() > 0 {
				r := httptest.NewRequest(http.MethodPost, form.AttrOr("action", ""), strings.NewReader(body.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("HX-Request", "true")
				if part := w.ask(w.leila, r); part.status != http.StatusOK || part.Find("h1").Length() != 0 || part.Find("#questions .field").Length() == 0 {
					t.Fatalf("%s: status %d", service.File, part.status)
				}
				asked++
			}
			if add := p.Find("#questions button[name=_go][value^='add:']").First(); add.Length() == 1 {
				before := p.Find("#questions .rows__item").Length()
				body.Set("_go", add.AttrOr("value", ""))
				if more := w.post(w.leila, form.AttrOr("action", ""), body); more.Find("#questions .rows__item").Length() != before+1 || more.Find("input[name=_walk]").AttrOr("value", "") != body.Get("_walk") {
					t.Fatalf("%s: no row was added", service.File)
				}
				rows++
			}
			break
		}
	}
	return asked, rows
}
