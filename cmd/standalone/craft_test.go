package main

import (
	"net/http"
	"slices"
	"testing"
)

// queued tells whether a task of an application is in the caller's queue.
func (c *caller) queued(t testing.TB, application string) bool {
	t.Helper()
	var queue listed[struct{ Application string }]
	must(t, c, "GET", tasksPath+"?limit=100", "", nil, &queue, http.StatusOK)
	return slices.ContainsFunc(queue.Items, func(q struct{ Application string }) bool { return q.Application == application })
}

func TestATaskGoesToTheMunicipalityThatTheFormNamesAndToNoOther(t *testing.T) {
	p := shared.get(t)
	citizen := p.as(t, "citizen2")
	nablus, engineer, hebron := p.as(t, "officer.nablus"), p.as(t, "engineer.nablus"), p.as(t, "officer.hebron")
	form := map[string]any{
		"municipality": "municipality-hebron", "address": "شارع عين سارة", "craft": "نجارة", "company": false,
		"lease": citizen.upload("lease.pdf"), "ownerIdentity": citizen.upload("owner.pdf"),
	}
	sent := citizen.apply(t, "local-government.craft-licence.issue", form, "is taken in", at("intake"))
	own := ownPath + sent.ID
	acts := own + "/acts"

	a := hebron.await(t, sent.ID, "is taken in", waits("intake"))
	if !hebron.queued(t, sent.ID) || nablus.queued(t, sent.ID) {
		t.Error("the task is not in the queue of Hebron, or in that of Nablus")
	}
	first := map[string]any{"task": a.Tasks[0].ID, "action": "approve", "revision": a.Tasks[0].Revision}
	for _, other := range []*caller{nablus, engineer} {
		refused(t, other, "GET", own, "", nil, http.StatusNotFound, "not-found")
		refused(t, other, "POST", acts, "", first, http.StatusNotFound, "not-found")
	}
	refused(t, citizen, "POST", acts, "", first, http.StatusForbidden, "forbidden")
	first["action"], first["comment"] = "sendBack", "The premises are in Nablus"
	must(t, hebron, "POST", acts, "", first, nil, http.StatusOK)

	a = citizen.await(t, sent.ID, "is sent back", waits("intake"))
	form["municipality"] = "municipality-nablus"
	must(t, citizen, "POST", acts, "", map[string]any{"task": a.Tasks[0].ID, "action": "submit", "revision": a.Tasks[0].Revision, "data": form}, nil, http.StatusOK)
	a = nablus.await(t, sent.ID, "is taken in", waits("intake"))
	second := map[string]any{"task": a.Tasks[0].ID, "action": "approve", "revision": a.Tasks[0].Revision}
	refused(t, hebron, "POST", acts, "", second, http.StatusForbidden, "forbidden") // who has seen the case may read it, and not decide
	if hebron.queued(t, sent.ID) {
		t.Error("it is still in the queue of Hebron")
	}
	must(t, nablus, "POST", acts, "", second, nil, http.StatusOK)

	for step, officer := range map[string]*caller{"building": engineer, "hygiene": p.as(t, "officer.environment"), "safety": p.as(t, "officer.civil-defence")} {
		officer.decide(t, officer.await(t, sent.ID, "is looked at", waits(step)), step, "recommend")
	}
	nablus.decide(t, nablus.await(t, sent.ID, "is decided", waits("decision")), "decision", "approve")
	if done := citizen.await(t, sent.ID, "is issued", ended("issued")); len(done.Documents) != 1 {
		t.Errorf("%+v", done)
	}
}
