package interpret_test

import (
	"context"
	"errors"
	"testing"
	"time"

	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
)

func TestARoundDoesWhatThereIsToDoAndSleepsInBetween(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	interpret.RegisterRounds(env)
	key := activity.RoundKey{Service: "town.kindergarten", Opens: "2026-03-01"}
	says := []activity.RoundNext{{Wait: 30 * 24 * time.Hour}, {Wait: time.Hour}, {More: true}, {Wait: 6 * time.Hour}, {Over: true}}
	var looks []time.Time
	failed := false
	env.RegisterActivityWithOptions(func(_ context.Context, k activity.RoundKey) (activity.RoundNext, error) {
		if k != key {
			t.Errorf("it looks after %v", k)
		}
		if !failed {
			failed = true
			return activity.RoundNext{}, errors.New("the database is away")
		}
		looks = append(looks, env.Now())
		return says[len(looks)-1], nil
	}, sdkactivity.RegisterOptions{Name: activity.AdvanceName})
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(activity.RoundWake, nil) }, 27*time.Hour)
	env.ExecuteWorkflow(activity.RoundName, key)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	var gaps []time.Duration
	for i := 1; i < len(looks); i++ {
		gaps = append(gaps, looks[i].Sub(looks[i-1]).Round(time.Hour))
	}
	want := []time.Duration{24 * time.Hour, time.Hour, 0, 2 * time.Hour} // it looks every day, and wakes when it is told
	for i := range want {
		if i >= len(gaps) || gaps[i] != want[i] {
			t.Fatalf("it slept %v, want %v", gaps, want)
		}
	}
}
