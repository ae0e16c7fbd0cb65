package application

import (
	"testing"

	"github.com/google/uuid"
)

func TestWhoWaitsIsToldOfAStepAndAskedToLookAfterTwo(t *testing.T) {
	h := &hub{waiting: map[uuid.UUID]map[chan *change]struct{}{}}
	id := uuid.New()
	changed, leave := h.join(id)
	first, second := &change{now: Progress{Sequence: 1}}, &change{now: Progress{Sequence: 2}}
	h.changed(uuid.New(), first) // another application
	h.changed(id, first)
	if told := <-changed; told != first {
		t.Errorf("told %+v", told)
	}
	h.changed(id, second) // they may be told in another order than that in which they were committed
	h.changed(id, first)
	if told := <-changed; told != nil {
		t.Errorf("told %+v, and there were two steps", told)
	}
	h.changed(id, nil)
	h.changed(id, nil)
	if told, more := <-changed, len(changed); told != nil || more != 0 {
		t.Errorf("told %+v, and %d more", told, more)
	}
	leave()
	h.changed(id, first)
	if len(changed) != 0 || len(h.waiting) != 0 {
		t.Error("who has left is still told")
	}
}
