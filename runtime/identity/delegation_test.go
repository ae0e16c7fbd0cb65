package identity_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/identity"
)

// known makes a person with capacities, who has signed in before.
func (s *site) known(name string, capacities ...string) uuid.UUID {
	s.Helper()
	id := uuid.New()
	if capacities == nil {
		capacities = []string{}
	}
	_, err := s.pool.Exec(s.Context(), "INSERT INTO person (id, issuer, subject, facts, capacities) VALUES ($1::uuid, 'test', $1::text, jsonb_build_object('name', jsonb_build_object('en', $2::text)), $3)", id, name, capacities)
	if err != nil {
		s.Fatal(err)
	}
	return id
}

func TestACapacityIsDelegatedForAPeriodAndWhileItsHolderHasIt(t *testing.T) {
	s := newSite(t)
	samer, hiba := s.known("Samer", "transport:licensing-officer"), s.known("Hiba", "transport:archivist")
	now := time.Now()
	d := identity.Delegation{Capacity: "transport:licensing-officer", From: samer, To: hiba, Since: now.Add(time.Hour), Until: now.Add(3 * time.Hour)}
	id, err := s.guard.Delegate(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	holds := func(after time.Duration) bool {
		t.Helper()
		s.later.Store(int64(after))
		p, err := s.guard.Entrusted(t.Context(), hiba)
		if err != nil {
			t.Fatal(err)
		}
		held := slices.Contains(p.Capacities, d.Capacity)
		if held != (p.Delegated[d.Capacity] == samer) || !slices.Contains(p.Capacities, "transport:archivist") {
			t.Errorf("%+v", p)
		}
		return held
	}
	if holds(0) || !holds(2*time.Hour) || holds(4*time.Hour) {
		t.Error("it holds at another time than it was given for")
	}
	if list, err := s.guard.Delegations(t.Context(), samer); err != nil || len(list) != 0 { // it is over by now
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE person SET capacities = '{transport:archivist}' WHERE id = $1", samer); err != nil {
		t.Fatal(err)
	}
	if holds(2 * time.Hour) {
		t.Error("it outlives the role of who gave it")
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE person SET capacities = '{transport:licensing-officer}' WHERE id = $1", samer); err != nil {
		t.Fatal(err)
	}
	if err := s.guard.EndDelegation(t.Context(), hiba, id); err != nil || !holds(2*time.Hour) {
		t.Error("somebody else has taken it back", err)
	}
	if err := s.guard.EndDelegation(t.Context(), samer, id); err != nil || holds(2*time.Hour) {
		t.Error("it was taken back, and holds", err)
	}
}

func TestNobodyDelegatesWhatTheyDoNotHoldOrToAStranger(t *testing.T) {
	s := newSite(t)
	samer, hiba, nurse := s.known("Samer", "transport:licensing-officer"), s.known("Hiba", "transport:archivist"), s.known("Rania", "health:nurse")
	now := time.Now()
	for _, c := range []struct {
		capacity string
		from, to uuid.UUID
		until    time.Duration
		want     error
	}{
		{"transport:operator", samer, hiba, time.Hour, identity.ErrNotHeld},
		{"transport:licensing-officer", hiba, samer, time.Hour, identity.ErrNotHeld},
		{"transport:licensing-officer", samer, nurse, time.Hour, identity.ErrNoColleague},
		{"transport:licensing-officer", samer, samer, time.Hour, identity.ErrNoColleague},
		{"transport:licensing-officer", samer, uuid.New(), time.Hour, identity.ErrNoColleague},
		{"transport:licensing-officer", samer, hiba, -time.Hour, identity.ErrPeriod},
		{"transport:licensing-officer", samer, hiba, 400 * 24 * time.Hour, identity.ErrPeriod},
	} {
		d := identity.Delegation{Capacity: c.capacity, From: c.from, To: c.to, Since: now, Until: now.Add(c.until)}
		if _, err := s.guard.Delegate(t.Context(), d); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c, err, c.want)
		}
	}
	holders, err := s.guard.Holders(t.Context(), "transport:licensing-officer")
	if err != nil || len(holders) != 1 || holders[0].ID != samer {
		t.Errorf("holders %+v, %v", holders, err)
	}
	if list, err := s.guard.Colleagues(t.Context(), "transport"); err != nil || len(list) != 2 {
		t.Errorf("colleagues %+v, %v", list, err)
	}
	if named, err := s.guard.Named(t.Context(), []uuid.UUID{samer, uuid.New()}); err != nil || len(named) != 1 || named[samer].DisplayName("en") != "Samer" {
		t.Errorf("named %+v, %v", named, err)
	}
}
