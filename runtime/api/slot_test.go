package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
)

// diary has one free time for every step.
type diary struct{}

var free = uuid.MustParse("d0000000-0000-4000-8000-000000000001")

func (diary) Free(context.Context, string, string) ([]appointment.Slot, error) {
	at := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	return []appointment.Slot{{ID: free, Place: "Hall", StartsAt: at, EndsAt: at.Add(time.Hour), Left: 2}}, nil
}

func TestAnApplicantSeesTheTimesAndBooksOne(t *testing.T) {
	s := serve(t)
	v := s.sample()
	task := uuid.New()
	v.Tasks = append(v.Tasks, application.Task{ID: task, Node: "look", Step: "look", Visit: 1, Kind: "appointment", Role: "applicant", Actions: []string{"book"}, Revision: 1})
	slots := "applications/" + v.ID.String() + "/tasks/" + task.String() + "/slots"
	s.request(rana, "GET", slots, nil).want(200, "items", 0, "id", free.String())
	s.request(omar, "GET", slots, nil).wantProblem(404, "not-found")
	acts := "applications/" + v.ID.String() + "/acts"
	s.request(rana, "POST", acts, map[string]any{"task": task, "action": "book", "revision": 1}).wantProblem(422, "invalid", "/slot", "required")
	s.request(rana, "POST", acts, map[string]any{"task": task, "action": "book", "revision": 1, "slot": free}).want(200)
}
