package main

import (
	"net/http"
	"slices"
	"testing"
)

// given tells whether the open task of a step was given to the caller in their turn.
func (c *caller) given(t testing.TB, id, step string) bool {
	t.Helper()
	var a struct {
		Tasks []struct {
			Step    string
			Claimed *struct {
				Mine     bool
				Assigned string
			}
		}
	}
	must(t, c, "GET", ownPath+id, "", nil, &a, http.StatusOK)
	for _, task := range a.Tasks {
		if task.Step == step && task.Claimed != nil && task.Claimed.Assigned == "turns" {
			return task.Claimed.Mine
		}
	}
	return false
}

func TestANurseryIsLookedAtByTwoInspectorsInTurnAndItsDepositIsHeld(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), qatar)
	maryam, safety := p.as(t, "employer"), p.as(t, "officer.civil-defence")
	inspectors := [2]*caller{p.as(t, "officer.education"), p.as(t, "officer.education.licensing")}
	for _, c := range inspectors { // who has signed in is known
		must(t, c, "GET", tasksPath, "", nil, nil, http.StatusOK)
	}
	browser := newPayer(t, p)
	browser.signIn("employer")

	const service = "education.nursery.licence"
	form := map[string]any{"name": "دار الياسمين", "registration": "CR-100", "address": "الدوحة - الوعب", "kind": "education"}
	first := maryam.apply(t, service, form, "the first look", at("building")).ID
	second := maryam.apply(t, service, form, "the first look", at("building")).ID
	turn := func(id, step string) int {
		t.Helper()
		one, other := inspectors[0].given(t, id, step), inspectors[1].given(t, id, step)
		if one == other {
			t.Fatalf("%s of %s is given to the one: %v, to the other: %v", step, id, one, other)
		}
		if one {
			return 0
		}
		return 1
	}
	one := turn(first, "building")
	if turn(second, "building") == one {
		t.Error("one of two has both")
	}
	act := func(c *caller, step, action string, data map[string]any, status int) {
		t.Helper()
		a := c.await(t, first, "it waits at "+step, waits(step))
		task := a.Tasks[slices.IndexFunc(a.Tasks, func(task openTask) bool { return task.Step == step })]
		must(t, c, "POST", ownPath+first+"/acts", "", map[string]any{"task": task.ID, "action": action, "revision": task.Revision, "data": data}, nil, status)
	}
	act(inspectors[one], "building", "approve", map[string]any{"places": 40}, http.StatusOK)
	act(maryam, "lease", "send", map[string]any{"contract": maryam.upload("lease.pdf")}, http.StatusOK)
	if err := browser.pay(maryam.await(t, first, "is to be paid", func(a seen) bool { return a.checkout() != "" }).checkout()); err != nil {
		t.Fatal(err)
	}
	safety.await(t, first, "is looked at by both", waits("safety"))
	if turn(first, "inspection") == one {
		t.Error("who has seen the building is to see the nursery too")
	}
	act(inspectors[one], "inspection", "approve", nil, http.StatusConflict)
	act(inspectors[1-one], "inspection", "approve", nil, http.StatusOK)
	act(safety, "safety", "approve", nil, http.StatusOK)
	licensed := maryam.await(t, first, "is licensed", ended("issued"))
	deposits := licensed.Payments[0].Deposits
	if len(deposits) != 1 || deposits[0].Status != "held" || deposits[0].HeldWith != "nursery-licence" || deposits[0].Amount != (amount{"100000.00", "QAR"}) {
		t.Errorf("%+v", licensed.Payments)
	}
	if list := maryam.holds(t); len(list) != 1 || list[0].Status != "valid" {
		t.Errorf("%+v", list)
	}
}
