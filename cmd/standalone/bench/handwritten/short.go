package handwritten

import (
	"encoding/json"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// ShortName is the workflow type of Short.
const ShortName = "bench.traffic-fines.handwritten"

// Short answers one enquiry about traffic fines. Nobody can act on it, so it listens to nobody. Like the licence it is written down before the
// register is asked: a citizen sees where it is when the register is slow.
func Short(ctx workflow.Context, start activity.Start) error {
	p := begun(start)
	p.node, p.status = "fines", open
	p.effectAt(activity.Entered, "fines", 1)
	p.write(ctx, "")
	answer := askFines(ctx, &p)
	p.facts(answer.Facts)
	if !answer.Found {
		p.effectAt(activity.Done, "fines", 1).Outcome = "notFound"
		p.refuse("fines/notFound")
		p.write(ctx, "")
		return nil
	}
	p.effectAt(activity.Done, "fines", 1).Outcome = "found"
	var owner, applicant string
	for _, one := range []struct {
		from json.RawMessage
		into *string
	}{{answer.Values["owner"], &owner}, {start.Reads["applicant.nationalNumber"], &applicant}} {
		if err := json.Unmarshal(one.from, one.into); err != nil {
			return temporal.NewNonRetryableApplicationError("a value is missing", "bad-input", nil)
		}
	}
	if owner != applicant {
		p.refuse("owner/refused")
		p.write(ctx, "")
		return nil
	}
	p.effectAt(activity.Entered, "result", 1)
	p.effectAt(activity.ShowRows, "result", 1)
	p.effectAt(activity.Done, "result", 1).Outcome = "answered"
	p.node, p.status, p.outcome = "end/answered", ended, "answered"
	p.effectAt(activity.Ended, p.node, 1).Outcome = p.outcome
	p.write(ctx, "")
	return nil
}

func (p *progress) refuse(node string) {
	p.node, p.status, p.outcome = node, ended, "refused"
	e := p.effectAt(activity.Ended, node, 1)
	e.Outcome, e.Reason = p.outcome, node
}

// askFines asks locally, and where that fails by an ordinary activity that is tried without end.
func askFines(ctx workflow.Context, p *progress) (answer activity.Answer) {
	l := activity.Lookup{
		Application: p.start.Application, Node: "fines", Visit: 1, Registry: "police", Operation: "fines-by-plate",
		With: []activity.Argument{{Name: "plate", Value: p.start.Reads["form.plate"]}}, Keep: []string{"owner"},
	}
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 3 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	if workflow.ExecuteLocalActivity(local, activity.LookupName, l).Get(ctx, &answer) != nil {
		_ = workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 30 * time.Second}),
			activity.LookupName, l).Get(ctx, &answer)
	}
	return answer
}
