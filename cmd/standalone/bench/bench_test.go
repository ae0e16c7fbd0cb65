package bench

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
)

var line = regexp.MustCompile(`^bench [a-z_0-9.]+ [0-9.]+ (/s|s|ms|us|MB|kB|events|ratio)$`)

func TestEveryFigureStandsOnALineOfItsOwn(t *testing.T) {
	t.Chdir("../../..")
	for only, want := range map[string][]string{
		"machine": {"machine.steps_per_s"}, "form": {"formula.guard_us", "form.validate_us"}, "document.verify": {"document.verify_ms"},
		"script": {"script.call_us"}, "ledger": {"ledger.posted_per_s", "ledger.ratio_to_insert", "ledger.trial_balance_ms", "ledger.trial_ratio_to_sum"},
		"till": {"till.take_ms"}, "credential": {"credential.issue_ms", "credential.verify_ms"},
		"check": {"check.catalogue_s", "check.ratio_to_parse", "check.heap_mb", "check.one_edit_ms"}, "compile": {"compile.catalogue_s"},
		"scenarios": {"scenarios.per_s"}, "designer": {"designer.edit_ms", "designer.complete_ms", "designer.review_ms", "designer.first_load_kb"},
	} {
		var out strings.Builder
		if err := Run(t.Context(), &out, only); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%s prints %q", only, lines)
		}
		for i, l := range lines {
			if !line.MatchString(l) || strings.Fields(l)[1] != want[i] || strings.Fields(l)[2] == "0" {
				t.Errorf("%s prints %q", only, l)
			}
		}
	}
}

func TestAFigureThatDoesNotExistIsAnError(t *testing.T) {
	var out strings.Builder
	if err := Run(t.Context(), &out, "engin.ratio"); err == nil || out.Len() > 0 {
		t.Errorf("%v, printed %q", err, out.String())
	}
}

func TestWhatIsWrongIsNotMeasured(t *testing.T) {
	wrong := errors.New("wrong")
	if took, err := perCall(func() error { return wrong }); !errors.Is(err, wrong) || took != 0 {
		t.Errorf("%v, %v", took, err)
	}
}

func TestSettingsAreCheckedBeforeAnythingStarts(t *testing.T) {
	s, err := readSettings()
	if err != nil || s.users != 16 || s.rounds != 12 || s.each != 2*time.Second {
		t.Errorf("%+v, %v", s, err)
	}
	for _, wrong := range []string{"0", "many", "-1", "100000"} {
		t.Setenv("DIWAN_BENCH_ROUNDS", wrong)
		if _, err := readSettings(); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestQuantilesAreValuesThatWereMeasured(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 4, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if median([]float64{}) != 0 || values[0] != 5 {
		t.Error("none is zero, and the values stay in their order")
	}
}
