package main

import (
	"encoding/csv"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// standing is where an application stands in its round, as the API says it.
type standing struct {
	Status, Quota, Closes string
	Reserve               int
}

func (c *caller) stands(t testing.TB, id, status string) standing {
	t.Helper()
	var a struct{ Round *standing }
	err := eventually(func() (bool, error) {
		err := expect(c, "GET", ownPath+id, "", nil, &a, http.StatusOK)
		return err == nil && a.Round != nil && a.Round.Status == status, err
	})
	if err != nil {
		t.Fatalf("application %s is not %s: %v; it stands at %+v", id, status, err, a.Round)
	}
	return *a.Round
}

func TestARoundClosesRanksAndHandsOnOverARestart(t *testing.T) {
	t.Parallel()
	const file, camp = "services/education/summer-camp.yaml", "education.summer-camp"
	dir, err := os.MkdirTemp("", "diwan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeData(dir) })
	if err := copyFolder(kazakhstan, dir); err != nil {
		t.Fatal(err)
	}
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	edit(t, dir, file, "opens: 2026-11-01", "opens: "+day(-10), "closes: 2027-03-31", "closes: "+day(30))
	data := newData(t)
	p := launch(t, data, dir)
	yerlan, dana, aigul := p.as(t, "citizen"), p.as(t, "citizen2"), p.as(t, "citizen3")
	form := func(situation string, children int) map[string]any {
		return map[string]any{"child": "161120500001", "situation": situation, "children": children}
	}
	inTurn := at("turn")
	last := yerlan.apply(t, camp, form("none", 1), "waits for a place", inTurn)
	best := dana.apply(t, camp, form("disability", 5), "waits for a place", inTurn)
	orphan := aigul.apply(t, camp, form("orphan", 1), "waits for a place", inTurn)
	gone := aigul.apply(t, camp, form("disability", 6), "waits for a place", inTurn)
	must(t, aigul, "POST", ownPath+gone.ID+"/acts", "", map[string]any{"action": "withdraw"}, nil, http.StatusOK, http.StatusAccepted)
	aigul.await(t, gone.ID, "is withdrawn", ended("withdrawn"))
	yerlan.stands(t, last.ID, "waiting")
	browser, desk := newPayer(t, p), newPayer(t, p)
	browser.signIn("citizen")
	desk.signIn("officer.education")
	browser.page("/services/"+camp+"?lang=en", http.StatusOK, "all applications are ranked together when the round has closed")
	browser.page("/applications/"+last.ID+"?lang=en", http.StatusOK, "Then all are ranked together")
	desk.page("/desk/rounds?lang=en", http.StatusOK, "Place in a summer camp", "Open")
	round := "/desk/rounds/" + camp + "/" + day(-10)
	desk.page(round+"?lang=en", http.StatusOK, "Waits for the ranking", "Kept for:", "orphans")
	p.stop(t)

	// A release closes the round earlier; nobody can apply any more, and those who did are ranked.
	edit(t, dir, file, "closes: "+day(30), "closes: "+day(-1))
	p = launch(t, data, dir)
	yerlan, dana, aigul = p.as(t, "citizen"), p.as(t, "citizen2"), p.as(t, "citizen3")
	browser, desk = newPayer(t, p), newPayer(t, p)
	browser.signIn("citizen")
	desk.signIn("officer.education")
	if s := yerlan.stands(t, last.ID, "reserve"); s.Reserve != 1 {
		t.Errorf("%+v", s)
	}
	if s := aigul.stands(t, orphan.ID, "placed"); s.Quota != "orphans" {
		t.Errorf("%+v", s)
	}
	browser.page("/services/"+camp+"?lang=en", http.StatusOK, "Applications are not open today")
	if status, _ := yerlan.call("POST", services+camp+"/applications", "late", map[string]any{"form": form("none", 1)}, nil); status != http.StatusConflict {
		t.Errorf("who comes too late is answered %d", status)
	}
	browser.page("/applications/"+last.ID+"?lang=en", http.StatusOK, "on the reserve list. You move up")

	// One accepts; the other hands the place back, and who was next moves up and accepts it on the page.
	offered := aigul.await(t, orphan.ID, "is offered a place", waits("turn"))
	if task := offered.Tasks[0]; strings.Join(task.Actions, " ") != "accept decline" {
		t.Errorf("%+v", task)
	}
	dana.decide(t, dana.await(t, best.ID, "is offered a place", waits("turn")), "turn", "accept")
	dana.await(t, best.ID, "has a referral", ended("issued"))
	aigul.decide(t, offered, "turn", "decline")
	aigul.await(t, orphan.ID, "has ended", ended("refused"))
	own := newPayer(t, p)
	own.signIn("citizen3")
	if at := own.page("/applications/"+orphan.ID+"?lang=en", http.StatusOK, "You declined the place"); strings.Contains(at.body, "Apply again") {
		t.Error("one can apply again although the round has closed")
	}
	up := yerlan.await(t, last.ID, "moves up", waits("turn"))
	yerlan.stands(t, last.ID, "placed")
	browser.page("/applications?lang=en", http.StatusOK, "Accept your place")
	browser.page("/applications/"+last.ID+"?lang=en", http.StatusOK, "A place is yours", "Decline the place")
	browser.page("/applications/"+last.ID+"/place/"+up.Tasks[0].ID+"/accept?lang=en", http.StatusOK, "You accept the place")
	yerlan.decide(t, up, "turn", "accept")
	yerlan.await(t, last.ID, "has a referral", ended("issued"))
	yerlan.stands(t, last.ID, "taken")

	desk.page(round+"?lang=en", http.StatusOK, "The round is over", "Kept for:", "orphans", "Handed back", "Place used", "Hash of the record", best.Reference)
	list, err := csv.NewReader(strings.NewReader(desk.page(round+"/ranking.csv", http.StatusOK).body)).ReadAll()
	if err != nil || len(list) != 4 || list[1][1] != best.Reference || list[2][1] != orphan.Reference || list[2][7] != "orphans" || list[3][6] != "reserve" {
		t.Errorf("%v, %v", list, err)
	}
	stranger := newPayer(t, p)
	stranger.signIn("officer.police")
	stranger.page(round, http.StatusNotFound)
}
