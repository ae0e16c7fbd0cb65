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
	case action == Reopen && pl.Reopen != nil:
		return pl.Authority + ":" + pl.Reopen.Role, []string{Reopen}
	case action == Suspend && pl.Suspend != nil:
		return pl.Authority + ":" + pl.Suspend.Role, []string{Suspend}
	case action == Resume && pl.Suspend != nil:
		return pl.Authority + ":" + pl.Suspend.Role, nil
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
	switch {
	case !ok || v.Status == Received || v.Undoing:
		return
	case v.Status == Ended:
		if b.reopenable(pl, v) && slices.Contains(capacities, pl.Authority+":"+pl.Reopen.Role) {
			v.Anytime = append(v.Anytime, Reopen)
		}
		return
	}
	for i := range pl.Anytime {
		if a := &pl.Anytime[i]; a.By != "" && slices.Contains(capacities, happensBy(pl, a)) {
			v.Anytime = append(v.Anytime, a.Event)
		}
	}
	if o := pl.Suspend; o != nil && slices.Contains(capacities, pl.Authority+":"+o.Role) {
		switch {
		case v.SuspendedUntil != nil:
			v.Anytime = append(v.Anytime, Resume)
		case v.times("suspended") < o.Times:
			v.Anytime = append(v.Anytime, Suspend)
		}
	}
	if role, _ := b.anytime(v.Plan, Extend); role != "" && v.times("extended") == 0 && slices.Contains(capacities, role) {
		v.Anytime = append(v.Anytime, Extend)
	}
}

// reopenable tells whether what has ended may be taken up again now.
func (b *Book) reopenable(pl *plan.Plan, v *View) bool {
	o := pl.Reopen
	if o == nil || v.EndedAt == nil || v.ErasedAt != nil {
		return false
	}
	there := slices.ContainsFunc(v.Timeline, func(e Event) bool { return e.Kind == "entered" && e.Step == pl.Nodes[o.To].Step })
	return v.times("reopened") < o.Times && there && b.mayReopen(v.Plan, v.Outcome, *v.EndedAt)
}

// times is how often something has happened.
func (v *View) times(kind string) (n int) {
	for _, e := range v.Timeline {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
