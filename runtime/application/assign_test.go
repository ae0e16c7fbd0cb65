package application_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// shared is a plan whose first and last tasks go to somebody, never to the same.
func shared(way string) *plan.Plan {
	p := elsewhere()
	p.Nodes[0].Review.Assign, p.Nodes[2].Review.Assign = way, way
	p.Nodes[2].Review.NotSame = []string{"first"}
	return p
}

// staff are officers of the role who have signed in.
func (o *office) staff(names ...string) (out []application.Actor) {
	o.t.Helper()
	for _, name := range names {
		who := o.colleague(name)
		if _, err := o.pool.Exec(o.t.Context(), "UPDATE person SET capacities = $2 WHERE id = $1", who.Person, officer); err != nil {
			o.t.Fatal(err)
		}
		out = append(out, who)
	}
	return out
}

// whose is the officer to whom the open task of an application went, and how.
func (o *office) whose(v *application.View) (uuid.UUID, string) {
	o.t.Helper()
	seen, err := o.book.ForOfficer(o.t.Context(), officer, v.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	who, _ := seen.Tasks[0].ClaimedBy(time.Now())
	return who, seen.Tasks[0].Assigned
}

func TestTwoHundredTasksAtOnceGoToFourOfficersFiftyEach(t *testing.T) {
	for _, way := range []string{"load", "turns"} {
		o := newOffice(t)
		o.republish(shared(way))
		o.staff("Samer", "Hiba", "Rana", "Omar")
		var ids []uuid.UUID
		for range 200 {
			v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, v.ID)
		}
		var all sync.WaitGroup
		limit := make(chan struct{}, 16)
		for _, id := range ids {
			all.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				err := o.book.Apply(t.Context(), activity.Apply{Application: id.String(), Sequence: 1, At: time.Now(), Status: "open", Node: "first", Effects: []activity.Effect{{
					Kind: activity.OpenTask, Node: "first", Step: "first", Visit: 1, Task: &activity.Task{Kind: "review", Role: officer[0], Actions: []string{"approve", "refuse"}, Revision: 1},
				}}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := o.count("SELECT count(*) FROM (SELECT claimed_by FROM task WHERE assigned = $1 GROUP BY claimed_by HAVING count(*) = 50) x", way); n != 4 {
			t.Errorf("%s: fifty went to %d officers of four", way, n)
		}
	}
}

func TestATaskGoesToWhoHasTheFewestAndIsPresent(t *testing.T) {
	o := newOffice(t)
	o.republish(shared("load"))
	o.work()
	if who, how := o.whose(o.begun()); who != uuid.Nil || how != "" {
		t.Fatalf("with nobody there it went to %s, %s", who, how)
	}
	staff := o.staff("Samer", "Hiba")
	one := o.begun()
	first, how := o.whose(one)
	other := staff[0]
	if first == staff[0].Person {
		other = staff[1]
	} else if first != staff[1].Person {
		t.Fatalf("it went to %s", first)
	}
	if how != "load" {
		t.Errorf("it went by %q", how)
	}
	if who, _ := o.whose(o.begun()); who != other.Person {
		t.Fatal("the second has gone to who has one already")
	}
	if code := o.try(other, one, "approve"); code != "claimed" {
		t.Errorf("somebody else decides: %q", code)
	}
	// Given back, it is in the queue of the role, and whoever has less gets the next.
	mine := application.Actor{Person: first, Capacities: officer, Kind: application.Officer}
	if code := o.handle(mine, one, application.Release, ""); code != "" {
		t.Fatal(code)
	}
	if who, how := o.whose(one); who != uuid.Nil || how != "" {
		t.Errorf("it was given back and is %s's by %q", who, how)
	}
	if code := o.try(other, one, "approve"); code != "" {
		t.Fatalf("from the queue: %q", code)
	}
	if who, _ := o.whose(o.begun()); who != first {
		t.Error("the next has not gone to who has none")
	}
	// Who is away is given nothing; whoever stands in is.
	stand := application.Actor{Person: o.person("Rana").ID, Capacities: officer, Kind: application.Officer}
	for _, away := range staff {
		_, err := o.pool.Exec(t.Context(), "INSERT INTO delegation (id, capacity, from_person, to_person, since, until) VALUES ($1, $2, $3, $4, now() - interval '1 day', now() + interval '1 day')",
			uuid.New(), officer[0], away.Person, stand.Person)
		if err != nil {
			t.Fatal(err)
		}
	}
	if who, _ := o.whose(o.begun()); who != stand.Person {
		t.Error("it has not gone to who stands in")
	}
	if _, err := o.pool.Exec(t.Context(), "UPDATE person SET seen_at = now() - interval '61 days'"); err != nil {
		t.Fatal(err)
	}
	if who, _ := o.whose(o.begun()); who != uuid.Nil {
		t.Error("it has gone to somebody who has not been seen for two months")
	}
}

func TestATaskNeverGoesToWhoMayNotDecideOnIt(t *testing.T) {
	o := newOffice(t)
	o.republish(shared("turns"))
	o.work()
	staff := o.staff("Samer", "Hiba", "Rana")
	if _, err := o.pool.Exec(t.Context(), "UPDATE person SET capacities = $2 WHERE id = $1", o.me.ID, officer); err != nil {
		t.Fatal(err)
	}
	given := map[uuid.UUID]int{}
	for i := range 6 {
		v := o.begun()
		who, how := o.whose(v)
		if who == o.me.ID || how != "turns" {
			t.Fatalf("it went to %s by %q", who, how)
		}
		given[who]++
		if i > 0 {
			continue
		}
		// The last step goes to another of the officers, and to the third where the second has recused themselves before.
		var second uuid.UUID
		for _, s := range staff {
			if s.Person != who {
				second = s.Person
			}
		}
		if _, err := o.pool.Exec(t.Context(), "INSERT INTO recusal (application, person, reason, at) VALUES ($1, $2, 'cousin', now())", v.ID, second); err != nil {
			t.Fatal(err)
		}
		if code := o.try(application.Actor{Person: who, Capacities: officer, Kind: application.Officer}, v, "approve"); code != "" {
			t.Fatal(code)
		}
		v = o.settled(v.ID, func(p application.Progress) bool { return p.Node == "safety" })
		if code := o.try(holder("civil-defence:safety-officer"), v, "approve"); code != "" {
			t.Fatal(code)
		}
		v = o.settled(v.ID, func(p application.Progress) bool { return p.Node == "last" })
		if last, _ := o.whose(v); last == who || last == second || last == o.me.ID || last == uuid.Nil {
			t.Fatalf("the last step went to %s; the first to %s, and %s is recused", last, who, second)
		}
	}
	for _, s := range staff {
		if given[s.Person] < 1 || given[s.Person] > 3 {
			t.Errorf("the turns are %v", fmt.Sprint(given))
		}
	}
}
