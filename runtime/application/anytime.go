package application

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// anytime is who may do something that belongs to no task, as a capacity, "" where nobody may; comment names the action where it needs one.
func (b *Book) anytime(digest, action string) (role string, comment []string) {
	pl, ok := b.o.Releases.Plan(digest)
	if !ok {
		return "", nil
	}
	switch {
	case action == Withdraw && pl.Withdraw >= 0:
		return string(Applicant), nil
	case action == Extend && pl.Deadline != nil && pl.Deadline.Extension != nil:
		return pl.Authority + ":" + pl.Deadline.Extension.Role, []string{Extend}
	}
	for i := range pl.Anytime {
		if a := &pl.Anytime[i]; a.Event == action && a.By != "" {
			return happensBy(pl, a), nil
		}
	}
	return "", nil
}

// happensBy is the capacity that says that an event happens.
func happensBy(pl *plan.Plan, a *plan.Anytime) string {
	if a.By == string(Applicant) {
		return a.By
	}
	return pl.Authority + ":" + a.By
}

// mayHappen lists what who holds the capacities may do now without a task. Whether its condition holds is for the machine to say.
func (b *Book) mayHappen(v *View, capacities []string) {
	pl, ok := b.o.Releases.Plan(v.Plan)
	if !ok || v.Status == Ended || v.Status == Received {
		return
	}
	for i := range pl.Anytime {
		if a := &pl.Anytime[i]; a.By != "" && slices.Contains(capacities, happensBy(pl, a)) {
			v.Anytime = append(v.Anytime, a.Event)
		}
	}
	extended := slices.ContainsFunc(v.Timeline, func(e Event) bool { return e.Kind == "extended" })
	if role, _ := b.anytime(v.Plan, Extend); role != "" && !extended && slices.Contains(capacities, role) {
		v.Anytime = append(v.Anytime, Extend)
	}
}
