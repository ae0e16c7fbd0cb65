package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/diwan-gov/diwan/runtime/temporal"
)

// operations is where this run's operators look.
func (p *product) operations(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(p.log()) {
		if _, url, ok := strings.Cut(strings.TrimSpace(line), "metrics "); ok {
			return strings.TrimSuffix(url, "/metrics")
		}
	}
	t.Fatalf("it does not say where its metrics are:\n%s", p.log())
	return ""
}

func TestOperatorsSeeWhatRuns(t *testing.T) {
	p := shared.get(t)
	var made struct{ ID string }
	citizen := p.as(t, "citizen3")
	must(t, citizen, "POST", services+"transport.traffic-fines.enquiry/applications", "", map[string]any{"form": map[string]any{"plate": "6-3456-91"}}, &made, http.StatusCreated)
	citizen.await(t, made.ID, "the answer", func(a seen) bool { return a.Status == "ended" })
	answer, err := http.Get(p.operations(t) + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`diwan_applications_started_total{service="transport.traffic-fines.enquiry"}`,
		`diwan_applications_ended_total{outcome="answered",service="transport.traffic-fines.enquiry"}`,
		`diwan_registry_seconds_count{operation="fines-by-plate",registry="police",result="found"}`,
		"diwan_standing_failed 0\n", "diwan_outbox_waiting ",
	} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	web, err := http.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	if web.Body.Close(); web.StatusCode != http.StatusNotFound {
		t.Errorf("citizens reach the metrics: %d", web.StatusCode)
	}
}

func TestOnlyAnOperatorOfThePlatformReadsWhatPassesThroughTemporal(t *testing.T) {
	p := shared.get(t)
	key, err := secret(p.data, "temporal")
	if err != nil {
		t.Fatal(filepath.Join(p.data, "secrets"), err)
	}
	keys, err := temporalKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := temporal.DataConverter(keys).ToPayload("a remark")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{payload}})
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]int{"": http.StatusUnauthorized, "citizen": http.StatusForbidden, "officer.transport": http.StatusForbidden, "operator": http.StatusOK} {
		c := &caller{t: t}
		if person != "" {
			c = p.as(t, person)
		}
		c.url = p.operations(t)
		status, err := c.call("POST", "/codec/decode", "", json.RawMessage(asked), nil)
		if err != nil || status != want {
			t.Errorf("%q is answered %d, %v", person, status, err)
		}
		if want != http.StatusOK {
			continue
		}
		var got struct{ Payloads []struct{ Data []byte } }
		if _, err := c.call("POST", "/codec/decode", "", json.RawMessage(asked), &got); err != nil || len(got.Payloads) != 1 || string(got.Payloads[0].Data) != `"a remark"` {
			t.Errorf("decoded as %+v, %v", got, err)
		}
	}
}
