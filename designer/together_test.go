package designer_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// Two analysts on one service by script: by its panels, as text that they type, as a whole text without scripts, taken back and made again, also what
// breaks it. Whatever was taken stands in the history of the text, and that makes the text; nobody's page of a broken text is without its findings.
func TestTwoAnalystsEditAtRandomAndNothingIsLost(t *testing.T) {
	const each = 500
	w := building(t)
	analysts := []*identity.Person{w.leila, w.person("سمر حداد", "Samar Haddad", "transport:"+change.Analyst)}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	begun, err := w.changes.Text(t.Context(), 1, permit)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var taken, refused [2]int
	for i, who := range analysts {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for k := range each {
				status := w.editAtRandom(r, who, fmt.Sprintf("%d-%d", i, k))
				switch status {
				case http.StatusSeeOther, http.StatusOK:
					taken[i]++
				case http.StatusConflict, http.StatusUnprocessableEntity:
					refused[i]++
				default:
					t.Errorf("%d-%d: status %d", i, k, status)
				}
				if k%50 == 0 {
					w.findingsStandOnThePage(who)
				}
			}
		})
	}
	all.Wait()
	t.Logf("taken %v, refused %v", taken, refused)
	now, err := w.changes.Text(t.Context(), 1, permit)
	if err != nil {
		t.Fatal(err)
	}
	history, err := w.changes.Since(t.Context(), 1, permit, begun.Version)
	if err != nil {
		t.Fatal(err)
	}
	again, by := begun.Body, [2]int{}
	for _, m := range history {
		if string(again[m.Splice.Start:m.Splice.End]) != m.Old {
			t.Fatalf("version %d replaces %q and not %q", m.Version, again[m.Splice.Start:m.Splice.End], m.Old)
		}
		again = m.Splice.Apply(again)
		for i, who := range analysts {
			if m.By == who.ID {
				by[i]++
			}
		}
	}
	if string(again) != string(now.Body) {
		t.Error("the edits that were taken do not make the text")
	}
	for i := range by {
		if by[i] < each/3 || by[i] > taken[i] {
			t.Errorf("of %d edits of %s that were taken %d stand in the history", taken[i], analysts[i].DisplayName("en"), by[i])
		}
	}
	w.findingsStandOnThePage(w.leila)
}

// editAtRandom makes one edit in one of the ways in which a page can, and says with what status it was answered.
func (w *world) editAtRandom(r *rand.Rand, who *identity.Person, mark string) int {
	act := func(form url.Values) int {
		form.Set("file", permit)
		return w.send(who, "/designer/changes/1/edit", form).status
	}
	text, err := w.changes.Text(w.t.Context(), 1, permit)
	if err != nil {
		w.t.Error(err)
		return 0
	}
	body := string(text.Body)
	line := func() int { // where some line begins
		starts := []int{0}
		for i := range body {
			if body[i] == '\n' {
				starts = append(starts, i+1)
			}
		}
		return starts[r.IntN(len(starts))]
	}
	typed := func(at int, what string) int {
		edits, err := json.Marshal([]map[string]any{{"from": at, "to": at, "text": what}})
		if err != nil {
			w.t.Error(err)
		}
		return w.send(who, "/designer/changes/1/type", url.Values{"file": {permit}, "version": {strconv.FormatInt(text.Version, 10)}, "edits": {string(edits)}}).status
	}
	switch r.IntN(10) {
	case 0, 1:
		return act(url.Values{"tab": {"steps"}, "at": {"steps/0"}, "act": {"set"}, "was.title.en": {"?"}, "p.title.en": {"Review " + mark}})
	case 2:
		return act(url.Values{"tab": {"form"}, "act": {"add"}, "list": {"form/0/fields"}, "index": {"1"}, "what": {[]string{"text", "date", "choice", "yes-no"}[r.IntN(4)]}})
	case 3:
		return act(url.Values{"tab": {"form"}, "at": {"form/0/fields/1"}, "act": {"remove"}})
	case 4:
		return act(url.Values{"tab": {"form"}, "act": {"move"}, "list": {"form/0/fields"}, "from": {"1"}, "to": {"2"}})
	case 5:
		return act(url.Values{"act": {"undo"}})
	case 6:
		return act(url.Values{"act": {"redo"}})
	case 7:
		whole := strings.Replace(body, "authority: transport\n", "# "+mark+"\nauthority: transport\n", 1)
		return act(url.Values{"tab": {"text"}, "act": {"save"}, "version": {strconv.FormatInt(text.Version, 10)}, "text": {whole}})
	case 8:
		if strings.Contains(body, "{[") { // and whoever sees it mends it
			at := strings.Index(body, "{[")
			edits := fmt.Sprintf(`[{"from":%d,"to":%d,"text":""}]`, at, at+2)
			return w.send(who, "/designer/changes/1/type", url.Values{"file": {permit}, "version": {strconv.FormatInt(text.Version, 10)}, "edits": {edits}}).status
		}
		return typed(line(), "# typed "+mark+"\n")
	}
	if r.IntN(4) == 0 {
		return typed(line(), "{[") // which breaks it
	}
	return typed(line(), "# typed "+mark+"\n")
}

// findingsStandOnThePage looks at the text as somebody sees it: what is wrong with what is shown stands below it. The text may move on between two
// looks; then it is looked at again.
func (w *world) findingsStandOnThePage(who *identity.Person) {
	for range 20 {
		p := w.get(who, at(permit, "text", ""))
		shown := strings.TrimPrefix(p.Find(".source textarea").Text(), "\n")
		live, err := w.changes.Live(w.t.Context())
		if err != nil {
			w.t.Error(err)
			return
		}
		c, list := live.WithFile(permit, []byte(shown))
		if s := c.Service("transport.permit"); !list.HasErrors() && s != nil {
			list = append(list, check.Service(c, s)...)
		}
		if text, err := w.changes.Text(w.t.Context(), 1, permit); err != nil || string(text.Body) != shown {
			continue
		}
		if errors := p.Find(".finding--error").Length() > 0; errors != list.HasErrors() {
			w.t.Errorf("the page shows errors: %t; there are some: %t\n%s", errors, list.HasErrors(), shown)
		}
		return
	}
}
