package main

import (
	"net/http"
	neturl "net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// market is a catalogue whose services grant, hand on and end a right, and see applicants at a time that they have booked.
const market = "testdata/market"

// held is a right as the API says it.
type held struct {
	Number, Status, GrantedOn, ValidUntil string
	Terms                                 map[string]any
}

// apply sends a form and waits until the application is where it should be.
func (c *caller) apply(t testing.TB, service string, form map[string]any, what string, is func(seen) bool) seen {
	t.Helper()
	var made struct{ ID string }
	must(t, c, "POST", services+service+"/applications", "", map[string]any{"form": form}, &made, http.StatusCreated)
	return c.await(t, made.ID, what, is)
}

func ended(outcome string) func(seen) bool {
	return func(a seen) bool { return a.Status == "ended" && a.Outcome == outcome }
}

// at tells that an application has come to a step: who applied does not see the task of an officer.
func at(step string) func(seen) bool { return func(a seen) bool { return a.Step == step } }

func waits(step string) func(seen) bool {
	return func(a seen) bool {
		return slices.ContainsFunc(a.Tasks, func(task openTask) bool { return task.Step == step && len(task.Actions) > 0 })
	}
}

func (c *caller) holds(t testing.TB) []held {
	t.Helper()
	var list struct{ Items []held }
	must(t, c, "GET", "/api/v1/rights", "", nil, &list, http.StatusOK)
	return list.Items
}

// decide takes the open task of a step.
func (c *caller) decide(t testing.TB, a seen, step, action string) {
	t.Helper()
	i := slices.IndexFunc(a.Tasks, func(task openTask) bool { return task.Step == step })
	must(t, c, "POST", ownPath+a.ID+"/acts", "", map[string]any{"task": a.Tasks[i].ID, "action": action, "revision": a.Tasks[i].Revision}, nil, http.StatusOK, http.StatusAccepted)
}

// page opens a page of this product; it must answer with the status and hold the words.
func (v *payer) page(path string, status int, words ...string) landing {
	v.t.Helper()
	at, err := v.open(v.url + path)
	if err != nil {
		v.t.Fatal(err)
	}
	if at.status != status {
		v.t.Errorf("%s answers %d, not %d", path, at.status, status)
	}
	for _, w := range words {
		if !strings.Contains(at.body, w) {
			v.t.Errorf("%s does not say %q", path, w)
		}
	}
	return at
}

func TestARightOutlivesItsApplicationAndAPaperIsRevoked(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), market)
	layla, yusuf, clerk := p.as(t, "citizen"), p.as(t, "citizen2"), p.as(t, "clerk")
	desk, browser, stranger := newPayer(t, p), newPayer(t, p), newPayer(t, p)
	desk.signIn("clerk")
	browser.signIn("citizen")

	a := layla.apply(t, "town.stall.permit", map[string]any{"area": 8, "goods": "خضار"}, "waits for the season to end", at("season"))
	mine := layla.holds(t)
	if len(mine) != 1 || mine[0].Status != "valid" || mine[0].ValidUntil <= mine[0].GrantedOn || mine[0].Terms["area"] != 8.0 || mine[0].Terms["goods"] != "خضار" {
		t.Fatalf("%+v", mine)
	}
	number := mine[0].Number
	browser.page("/rights", http.StatusOK, "حق البسطة", number, "خضار", "ساري")
	public := stranger.page("/rights/check?number="+number, http.StatusOK, "حق البسطة", number, "ساري")
	if strings.Contains(public.body, "خضار") || strings.Contains(public.body, "401234567") {
		t.Error("a stranger is told what is not published")
	}
	desk.page("/desk/applications/"+a.ID, http.StatusOK, "الرخص والتصاريح", number, "401234567", "مُنحت")

	// The paper is revoked, and whoever verifies it is told why; the right goes on.
	paper := a.Documents[0].ID
	stranger.page("/verify/"+paper, http.StatusOK, "هذه الوثيقة صحيحة وسارية")
	clerk.decide(t, clerk.await(t, a.ID, "can be decided", waits("season")), "season", "over")
	layla.await(t, a.ID, "has ended", ended("issued"))
	stranger.page("/verify/"+paper, http.StatusOK, "هذه الوثيقة ملغاة", "انتهى موسم السوق.")
	if mine = layla.holds(t); len(mine) != 1 || mine[0].Status != "valid" {
		t.Fatalf("%+v", mine)
	}

	// Only who holds it can hand it on, because the service asks the register.
	handOn := map[string]any{"number": number, "buyer": "402345678"}
	yusuf.apply(t, "town.stall.transfer", handOn, "is refused", ended("refused"))
	layla.apply(t, "town.stall.transfer", handOn, "is handed on", ended("completed"))
	if len(layla.holds(t)) != 0 || len(yusuf.holds(t)) != 1 {
		t.Fatal("the right is not where it should be")
	}
	layla.apply(t, "town.stall.transfer", handOn, "is no longer hers", ended("refused"))

	// The town takes it away; once, and the second time an operator is told why it cannot be.
	for _, outcome := range []string{"completed", ""} {
		a := layla.apply(t, "town.stall.end", map[string]any{"number": number}, "waits for the town", at("rules"))
		clerk.decide(t, clerk.await(t, a.ID, "can be decided", waits("rules")), "rules", "approve")
		if outcome == "" {
			clerk.await(t, a.ID, "needs an operator", waits("taken"))
			desk.page("/desk/applications/"+a.ID, http.StatusOK, "حالة الرخصة أو التصريح الآن لا تسمح بهذا التغيير")
			break
		}
		layla.await(t, a.ID, "has ended", ended(outcome))
		stranger.page("/rights/check?number="+number, http.StatusOK, "ملغى", "غير ساري المفعول اليوم")
	}
	stranger.page("/rights/check?number=RS-2020-000001", http.StatusNotFound, "لا نعرف هذا الرقم")

	// A paper follows the right that it proves: once that is another's, the paper is of no use to whoever still has it.
	second := layla.apply(t, "town.stall.permit", map[string]any{"area": 4, "goods": "كتب"}, "waits for the season to end", at("season"))
	stranger.page("/verify/"+second.Documents[0].ID, http.StatusOK, "هذه الوثيقة صحيحة وسارية")
	handOn["number"] = layla.holds(t)[0].Number
	layla.apply(t, "town.stall.transfer", handOn, "is handed on", ended("completed"))
	stranger.page("/verify/"+second.Documents[0].ID, http.StatusOK, "هذه الوثيقة مستبدلة", "استُبدلت في")
}

func TestATimeIsOpenedBookedChangedAndFreeAgain(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), market)
	layla, yusuf := p.as(t, "citizen"), p.as(t, "citizen2")
	desk, browser := newPayer(t, p), newPayer(t, p)
	desk.signIn("clerk")
	browser.signIn("citizen")

	mine := layla.apply(t, "town.stall.place", map[string]any{"area": 8}, "is to be booked", waits("look"))
	his := yusuf.apply(t, "town.stall.place", map[string]any{"area": 4}, "is to be booked", waits("look"))
	choosing := "/applications/" + mine.ID + "/appointment/" + mine.Tasks[0].ID
	browser.page("/applications/"+mine.ID, http.StatusOK, "احجز موعدك", choosing)
	browser.page(choosing, http.StatusOK, "لا مواعيد متاحة الآن")

	day := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	hours := neturl.Values{"step": {"town.stall.place look"}, "place": {"ساحة السوق"}, "day": {day}, "from": {"09:00"}, "until": {"10:00"}}
	opened, err := desk.post(p.url+"/desk/appointments", hours)
	if err != nil || opened.status != http.StatusOK || !strings.Contains(opened.body, "فُتح موعدان.") {
		t.Fatalf("%d, %v", opened.status, err)
	}

	var free struct {
		Items []struct{ ID, Place string }
	}
	slots := "/api/v1/applications/" + his.ID + "/tasks/" + his.Tasks[0].ID + "/slots"
	must(t, yusuf, "GET", slots, "", nil, &free, http.StatusOK)
	if len(free.Items) != 2 || free.Items[0].Place != "ساحة السوق" {
		t.Fatalf("%+v", free)
	}
	first, second := free.Items[0].ID, free.Items[1].ID

	// Layla books in the browser, and Yusuf comes too late for the same time.
	choose := browser.page(choosing, http.StatusOK, first, second)
	form := neturl.Values{"slot": {first}, "revision": {"1"}, "key": {"book-1"}}
	booked, err := browser.post(choose.url.String(), form)
	if err != nil || booked.status != http.StatusOK || !strings.Contains(booked.body, "حُجز موعدك.") || !strings.Contains(booked.body, "ساحة السوق") {
		t.Fatalf("%d at %v, %v", booked.status, booked.url, err)
	}
	book := map[string]any{"task": his.Tasks[0].ID, "action": "book", "revision": his.Tasks[0].Revision, "slot": first}
	must(t, yusuf, "POST", ownPath+his.ID+"/acts", "", book, nil, http.StatusConflict)
	desk.page("/desk/appointments?day="+day, http.StatusOK, mine.Reference, "ساحة السوق", "09:00")

	// It is too early to say whether she came; she changes the time, and the first is free for Yusuf.
	clerk := p.as(t, "clerk")
	expected := clerk.await(t, mine.ID, "is expected", func(a seen) bool {
		return len(a.Tasks) == 1 && slices.Contains(a.Tasks[0].Actions, "attended")
	})
	task := expected.Tasks[0]
	must(t, clerk, "POST", ownPath+mine.ID+"/acts", "", map[string]any{"task": task.ID, "action": "attended", "revision": task.Revision}, nil, http.StatusConflict)
	must(t, layla, "POST", ownPath+mine.ID+"/acts", "", map[string]any{"task": task.ID, "action": "book", "revision": task.Revision, "slot": second}, nil, http.StatusOK, http.StatusAccepted)
	must(t, yusuf, "POST", ownPath+his.ID+"/acts", "", book, nil, http.StatusOK, http.StatusAccepted)
	must(t, yusuf, "GET", slots, "", nil, &free, http.StatusOK)
	if len(free.Items) != 0 {
		t.Fatalf("%+v", free)
	}
	desk.page("/desk/appointments?day="+day, http.StatusOK, mine.Reference, his.Reference)
}

func TestADayOfARightOffersAServiceOnceOverRestarts(t *testing.T) {
	t.Parallel()
	data := newData(t)
	p := launch(t, data, market)
	p.as(t, "citizen").apply(t, "town.stall.permit", map[string]any{"area": 8, "goods": "خضار"}, "waits for the season to end", at("season"))
	number := p.as(t, "citizen").holds(t)[0].Number
	for range 2 { // whoever starts looks for what is due; the second time nothing is
		p.stop(t)
		p = launch(t, data, market)
	}
	browser, conn := newPayer(t, p), p.database(t)
	browser.signIn("citizen")
	var offers int
	err := eventually(func() (bool, error) {
		err := conn.QueryRow(t.Context(), "SELECT count(*) FROM diwan.draft WHERE service = 'town.stall.renewal' AND form->>'number' = $1", number).Scan(&offers)
		return offers > 0, err
	})
	if err != nil || offers != 1 {
		t.Fatalf("%d offers, %v", offers, err)
	}
	browser.page("/applications?lang=en", http.StatusOK, "Renewal of the right to a stall")
	browser.signIn("citizen2")
	if at, err := browser.open(browser.url + "/applications?lang=en"); err != nil || strings.Contains(at.body, "Renewal of the right") {
		t.Errorf("somebody else is offered it: %v", err)
	}
}
