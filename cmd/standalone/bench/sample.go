package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/handwritten"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

const (
	samples       = "samples/palestine"
	service       = "transport.driving-licence.renew"
	licenceNumber = "1234567" // of the sample person with nationalNumber
)

// facts are what identity attests about the sample person.
func facts() map[string]any {
	return map[string]any{"nationalNumber": "401234567", "name": "ليلى خليل النجار", "birthDate": "1988-03-21", "sex": "female"}
}

func sampleCatalogue() (*catalog.Catalogue, error) {
	c, found := catalog.Load(os.DirFS(samples))
	if found.HasErrors() {
		return nil, fmt.Errorf("%s, which is read from the working directory: %s", samples, found[0].Summary)
	}
	return c, nil
}

// engineCatalogue is the sample catalogue, and in it the long service that one is written for by hand.
func engineCatalogue() (*catalog.Catalogue, error) {
	files, err := nationalCatalogue(0)
	if err != nil {
		return nil, err
	}
	files["services/transport/workshop-permit.yaml"] = &fstest.MapFile{Data: handwritten.LongService}
	c, found := catalog.Load(files)
	if found.HasErrors() {
		return nil, fmt.Errorf("%s: %s", samples, found[0].Summary)
	}
	return c, nil
}

// samplePlan is the driving-licence renewal, compiled, with its words.
func samplePlan() (*plan.Plan, *plan.Texts, error) {
	c, err := sampleCatalogue()
	if err != nil {
		return nil, nil, err
	}
	s := c.Service(service)
	if s == nil {
		return nil, nil, errors.New("the sample catalogue has no " + service)
	}
	p, texts, found := compile.Compile(c, s)
	if found.HasErrors() {
		return nil, nil, fmt.Errorf("%s: %s", service, found[0].Summary)
	}
	return p, texts, nil
}

// sampleStart is a start of the sample service for the pure machine.
func sampleStart() *activity.Start {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	money := func(s string) json.RawMessage { return json.RawMessage(`{"value":"` + s + `","currency":"ILS"}`) }
	return &activity.Start{
		Interpreter: activity.Interpreter, Application: "A1", Applicant: "P1",
		Facts: activity.Facts{At: at, Calendar: &worktime.Calendar{Version: "1", From: "2026-11-20", Week: "aaaaa--"}},
		Reads: map[string]json.RawMessage{
			"applicant.nationalNumber": json.RawMessage(`"401234567"`), "form.licenceNumber": json.RawMessage(`"1234567"`), "form.years": json.RawMessage("5"),
		},
		Tariff: &activity.Tariff{Version: "1", Amounts: map[string]json.RawMessage{
			"licencePerYear": money("50.00"), "latePerMonth": money("10.00"), "lateCap": money("120.00"),
		}},
	}
}

// sampleAnswer is what the licensing register says of the sample licence.
func sampleAnswer() map[string]json.RawMessage {
	return map[string]json.RawMessage{
		"holder": json.RawMessage(`"401234567"`), "expiresOn": json.RawMessage(`"2027-01-01"`), "unpaidFines": json.RawMessage("0"),
		"blocked": json.RawMessage("false"),
	}
}
