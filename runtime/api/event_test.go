package api_test

import (
	"strings"
	"testing"
)

var registrar = person("a0000000-0000-4000-8000-000000000006", "", "events:civil")

const structured = `{"specversion":"1.0","id":"7","source":"/hospitals/7","type":"civil.birth-recorded","time":"2026-11-22T08:00:00Z","ward":"3","data":{"mother":"401234567"}}`

func TestAnEventIsTakenInBothModes(t *testing.T) {
	s := serve(t)
	s.request(registrar, "POST", "events", structured, "Content-Type", "application/cloudevents+json; charset=utf-8").want(202, "id", "7")
	s.request(registrar, "POST", "events", `{"mother":"401234567"}`, "Ce-Specversion", "1.0", "Ce-Id", "%D8%A3", "Ce-Source", "/hospitals/7", "Ce-Type", "civil.birth-recorded").
		want(202, "id", "أ")
	if len(s.told) != 2 || s.told[0].Source != "/hospitals/7" || string(s.told[0].Data) != `{"mother":"401234567"}` || s.told[1].ID != "أ" || string(s.told[1].Data) != string(s.told[0].Data) {
		t.Errorf("%+v", s.told)
	}
}

func TestAnEventThatIsNoneOrNotTheSendersIsRefusedInPlainWords(t *testing.T) {
	s := serve(t)
	send := func(body string) reply {
		return s.request(registrar, "POST", "events", body, "Content-Type", "application/cloudevents+json")
	}
	send(strings.Replace(structured, "1.0", "0.3", 1)).wantProblem(422, "invalid", "/specversion", "event-version")
	send(strings.Replace(structured, `"id":"7",`, "", 1)).wantProblem(422, "invalid", "/id", "required")
	send(strings.Replace(structured, "civil.birth-recorded", "civil.unheard-of", 1)).wantProblem(422, "invalid", "/type", "unknown-event")
	send(strings.Replace(structured, "401234567", "bad", 1)).wantProblem(422, "invalid", "/data/mother", "event-data")
	send(structured+"x").wantProblem(400, "bad-request")
	send(strings.Repeat(" ", 200<<10)).wantProblem(413, "too-large")
	s.request(registrar, "POST", "events", `{"mother":"1"}`).wantProblem(415, "media-type")
	s.request(registrar, "POST", "events", `[]`, "Content-Type", "application/cloudevents-batch+json").wantProblem(415, "media-type")
	s.request(clerk, "POST", "events", structured, "Content-Type", "application/cloudevents+json").wantProblem(403, "event-forbidden")
	if strings.Contains(s.log.String(), "401234567") {
		t.Error("an event is logged")
	}
}
