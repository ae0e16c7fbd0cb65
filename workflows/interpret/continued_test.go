package interpret_test

import (
	"testing"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/interpret"
)

// continued reads the input with which a run is to be continued.
func continued(t *testing.T, e *workflow.ContinueAsNewError) interpret.Input {
	t.Helper()
	var in interpret.Input
	if err := converter.GetDefaultDataConverter().FromPayloads(e.Input, &in); err != nil {
		t.Fatal(err)
	}
	if in.State == nil || in.Plan != "d1" || in.Reads != nil {
		t.Fatalf("continued with %+v", in)
	}
	return in
}
