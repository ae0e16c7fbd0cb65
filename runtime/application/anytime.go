package application

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/machine"
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
	extended := slices.ContainsFunc(v.Timeline, func(e Event) bool { return e.Kind == "extended" })
	if role, _ := b.anytime(v.Plan, Extend); role != "" && !extended && slices.Contains(capacities, role) {
		v.Anytime = append(v.Anytime, Extend)
	}
}

// reopenable tells whether what has ended may be taken up again now.
func (b *Book) reopenable(pl *plan.Plan, v *View) bool {
	o := pl.Reopen
	if o == nil || v.EndedAt == nil || !slices.Contains(o.Outcomes, v.Outcome) {
		return false
	}
	times, there := 0, false
	for _, e := range v.Timeline {
		if e.Kind == "reopened" {
			times++
		}
		there = there || e.Kind == "entered" && e.Step == pl.Nodes[o.To].Step
	}
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil || times >= o.Times || !there {
		return false
	}
	until, err := machine.After(o.Within, *v.EndedAt, zone, b.o.Releases.Reference().CalendarSlice(*v.EndedAt))
	return err == nil && b.now().Before(until)
}
