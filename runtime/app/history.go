package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/portal"
	"github.com/diwan-gov/diwan/runtime/release"
)

// Bounds of what is kept and worked out: pages of histories, at once, and sentences of one release.
const (
	mostHistories    = 3000
	mostAtOnce       = 2
	mostTold         = 30
	historiesWorking = time.Minute
)

// histories are what releases changed of services, as citizens read it. What was worked out is kept until another release is live; it is worked out
// beside the page that asks, so that one that does not wait finds it the next time.
type histories struct {
	changes  *change.Changes
	releases *release.Store
	now      func() time.Time

	working chan struct{} // holds one for each that is being worked out

	mu      sync.Mutex
	of      int64 // publication
	known   map[historyKey]*history
	offered map[historyKey]bool // pages to which one of those known leads
}

type historyKey struct {
	service string
	below   int64
}

type history struct {
	ready chan struct{} // closed when it is known
	list  []portal.Changed
	older int64
	err   error
}

func newHistories(changes *change.Changes, releases *release.Store, now func() time.Time) *histories {
	return &histories{changes: changes, releases: releases, now: now, working: make(chan struct{}, mostAtOnce)}
}

// Of is portal.History.
func (h *histories) Of(ctx context.Context, service string, below int64) ([]portal.Changed, int64, error) {
	if _, live := h.releases.Service(service); !live {
		return nil, 0, nil
	}
	key, head := historyKey{service, below}, h.releases.Head().Publication
	h.mu.Lock()
	if h.of != head || h.known == nil || len(h.known) >= mostHistories {
		h.of, h.known, h.offered = head, map[historyKey]*history{}, map[historyKey]bool{}
	}
	if !h.offered[key] { // whoever makes up addresses makes no work
		key.below = 0
	}
	one, there := h.known[key]
	if !there {
		one = &history{ready: make(chan struct{})}
		h.known[key] = one
		known := h.known
		go h.work(context.WithoutCancel(ctx), known, key, one)
	}
	h.mu.Unlock()
	select {
	case <-one.ready:
		return one.list, one.older, one.err
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
}

// work works a history out; one that fails is asked for again the next time.
func (h *histories) work(ctx context.Context, known map[historyKey]*history, key historyKey, one *history) {
	ctx, cancel := context.WithTimeout(ctx, historiesWorking)
	defer cancel()
	defer close(one.ready)
	select {
	case h.working <- struct{}{}:
		defer func() { <-h.working }()
		one.list, one.older, one.err = h.read(ctx, key)
	case <-ctx.Done():
		one.err = ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case one.err != nil:
		delete(known, key)
	case one.older != 0:
		h.offered[historyKey{key.service, one.older}] = true
	}
}

func (h *histories) read(ctx context.Context, key historyKey) (out []portal.Changed, older int64, err error) {
	_, list, more, err := h.changes.ServiceHistory(ctx, key.service, key.below)
	if err != nil {
		return nil, 0, err
	}
	for _, p := range list {
		if p.LiveFrom.After(h.now()) {
			continue // nobody outside hears of it before it is live
		}
		one := portal.Changed{LiveFrom: p.LiveFrom, First: p.Was.Service(key.service) == nil, Back: p.Way == release.Rollback}
		if p.Change != 0 {
			ch, err := h.changes.Find(ctx, p.Change)
			if err != nil {
				return nil, 0, err
			}
			one.Basis = ch.Words.Basis
		}
		if !one.First {
			one.Items = told(compare.Catalogues(p.Was, p.Is))
		}
		if one.Left = len(one.Items) - mostTold; one.Left > 0 {
			one.Items = one.Items[:mostTold]
		}
		one.Left = max(0, one.Left)
		out = append(out, one)
	}
	if more {
		older = list[len(list)-1].Publication
	}
	return out, older, nil
}

// told are the differences that concern citizens: not those of examples and of what only machines read. A sentence with a formula in it says only what
// it is about.
func told(d compare.Difference) (out []portal.ChangedItem) {
	for _, c := range d {
		if c.Concern == compare.Example || c.Definition.Kind == "settings" {
			continue
		}
		c.Affects = nil // it is the page of one service
		item := portal.ChangedItem{Concern: string(c.Concern)}
		if n := len(c.Subject); n > 0 {
			item.Name = c.Subject[n-1].Name
		} else {
			item.Name = c.Definition.Name
		}
		if !slices.ContainsFunc(c.Segments("en"), func(s compare.Segment) bool { return s.Code && s.Role != "name" }) {
			item.Words = map[string]string{"ar": c.Sentence("ar"), "en": c.Sentence("en")}
		}
		out = append(out, item)
	}
	slices.SortStableFunc(out, func(a, b portal.ChangedItem) int {
		return slices.Index(compare.Concerns(), compare.Concern(a.Concern)) - slices.Index(compare.Concerns(), compare.Concern(b.Concern))
	})
	return slices.CompactFunc(out, func(a, b portal.ChangedItem) bool { // two formulas of one thing
		return a.Words == nil && b.Words == nil && a.Concern == b.Concern && a.Name["en"] == b.Name["en"]
	})
}
