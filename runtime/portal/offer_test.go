package portal_test

import (
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/release"
)

const (
	stallForm = "/services/interior.stall.give-back/apply"
	stalls    = `{"stalls":[{"number":"S-1","street":"شارع الميناء","size":4},{"number":"S-2","size":12}]}`
)

// stall is a service whose form offers what a registry knows.
var stall = sync.OnceValue(func() *release.Live {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	content, err := os.ReadFile("testdata/stall.yaml")
	if err != nil {
		panic(err)
	}
	c, _ = c.WithFile("registries/stalls.yaml", []byte("registry: stalls\ntitle: {ar: الأكشاك, en: Stalls}\nauthority: interior\noperations:\n"+
		"  - operation: held-by\n    title: {ar: أكشاك شخص, en: Stalls of a person}\n    with: {nationalNumber: text}\n"+
		"    gives: {stalls: {list: {number: text, street: 'text?', size: integer}}}\n"))
	return live(c, "services/interior/stall.yaml", content)
})

func TestAFormOffersWhatARegistryKnowsAndAsksAgainWhenItIsSent(t *testing.T) {
	w := newWorld(t, stall())
	w.person, w.book.known = &layla, stalls
	page := w.get(t, stallForm).is(http.StatusOK)
	page.has(`input[type="radio"][name="stall"][value="S-1"] + label`, "شارع الميناء").has(`input[name="stall"][value="S-2"] + label`, "S-2").hasNot(`[name="reason"]`)
	page.send(map[string]string{"stall": "S-2"}, "").is(http.StatusOK).has(`[name="reason"]`, "") // the answer shows another question, without scripts
	page.send(map[string]string{"stall": "S-9"}, "").is(http.StatusUnprocessableEntity).has(".field--error", "Choose one of the answers")
	check := page.send(map[string]string{"stall": "S-1"}, "").is(http.StatusOK).has("h1", "Check your answers").has(".summary", "شارع الميناء")
	w.book.known = `{"stalls":[{"number":"S-2","size":12}]}` // the other was sold while the form was filled in
	check.send(nil, "").is(http.StatusUnprocessableEntity).has(".field--error", "Choose one of the answers").hasNot(`input[value="S-1"]`)
	if len(w.book.sent) > 0 {
		t.Error("a stall of somebody else was given back")
	}
	other := layla
	other.ID[15], w.person, w.book.known = 6, &other, `{"stalls":[]}`
	page = w.get(t, stallForm).is(http.StatusOK).has(".hint", "go to the town hall").hasNot(`input[type="radio"]`)
	page.send(nil, "").is(http.StatusUnprocessableEntity).has(".field--error", "go to the town hall")
}

func TestWhatWasChosenFromARegistryKeepsItsLabel(t *testing.T) {
	w := newWorld(t, stall())
	w.person, w.book.known = &layla, stalls
	check := w.get(t, stallForm).send(map[string]string{"stall": "S-1"}, "").is(http.StatusOK)
	check.send(nil, "").is(http.StatusSeeOther)
	if len(w.book.all) != 1 {
		t.Fatalf("%d applications", len(w.book.all))
	}
	w.get(t, "/applications/"+w.book.all[0].ID.String()).is(http.StatusOK).has(".summary", "شارع الميناء")
}
