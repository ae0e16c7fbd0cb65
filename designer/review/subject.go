package review

import (
	"bytes"
	"slices"
	"strconv"
	"sync"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/workflows/impact"
)

// subject is what a page is about: a proposal, or a draft, beside what it is compared with.
type subject struct {
	change    *change.Change
	proposals []change.Proposal // the latest first
	proposal  *change.Proposal  // the one that is shown; nil of a draft that was never proposed
	since     int               // number of the proposal with which it is compared; 0: the release on which it rests
	reading   diag.List         // of a draft
	*sides
}

// latest tells whether reviewers are asked about what is shown.
func (s *subject) latest() bool {
	return s.proposal != nil && s.proposal.Number == s.proposals[0].Number
}

// words are those of what is shown: a proposal keeps its own.
func (s *subject) words() change.Words {
	if s.proposal != nil {
		return s.proposal.Words
	}
	return s.change.Words
}

// sides are two catalogues and what is different, with what follows from it.
type sides struct {
	was, is    *catalog.Catalogue
	difference compare.Difference
}

// files are those that differ, sorted.
func (s *sides) files() (out []string) {
	for path, now := range s.is.Files {
		if was, there := s.was.Files[path]; !there || !bytes.Equal(was, now) {
			out = append(out, path)
		}
	}
	for path := range s.was.Files {
		if _, there := s.is.Files[path]; !there {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

func compared(was, is *catalog.Catalogue) *sides {
	d := compare.Catalogues(was, is)
	return &sides{was, is, d.With(impact.Of(was, is, d)...)}
}

// mostKept is how many comparisons of proposals stay in memory: a reviewer comes back to the same few.
const mostKept = 8

// kept are comparisons of proposals, which never change, the one used last at the end.
type kept struct {
	mu   sync.Mutex
	list []keptSides
}

type keptSides struct {
	key string
	*sides
}

func (k *kept) get(key string, make func() (*sides, error)) (*sides, error) {
	k.mu.Lock()
	if i := slices.IndexFunc(k.list, func(s keptSides) bool { return s.key == key }); i >= 0 {
		s := k.list[i]
		k.list = append(slices.Delete(k.list, i, i+1), s)
		k.mu.Unlock()
		return s.sides, nil
	}
	k.mu.Unlock()
	s, err := make()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = append(k.list, keptSides{key, s})
	if len(k.list) > mostKept {
		k.list = slices.Delete(k.list, 0, 1)
	}
	return s, nil
}

func (v *visit) number() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, change.ErrNotFound
	}
	return n, nil
}

// subject finds what the address names: the latest proposal where it says nothing.
func (v *visit) subject() (*subject, error) {
	number, err := v.number()
	if err != nil {
		return nil, err
	}
	s := &subject{}
	if s.change, err = v.o.Changes.Find(v.ctx, number); err != nil {
		return nil, err
	}
	if s.proposals, err = v.o.Changes.Proposals(v.ctx, number); err != nil {
		return nil, err
	}
	if len(s.proposals) == 0 {
		was, err := v.o.Changes.Base(v.ctx, number)
		if err != nil {
			return nil, err
		}
		is, reading, _, err := v.o.Changes.Catalogue(v.ctx, number)
		if err != nil {
			return nil, err
		}
		s.reading, s.sides = reading, compared(was, is)
		return s, nil
	}
	s.proposal = &s.proposals[0]
	if n, err := strconv.Atoi(v.r.FormValue("proposal")); err == nil {
		if s.proposal = s.numbered(n); s.proposal == nil {
			return nil, change.ErrNotFound
		}
	}
	key, before := s.proposal.Digest, (*change.Proposal)(nil)
	if n, err := strconv.Atoi(v.r.FormValue("since")); err == nil && n < s.proposal.Number {
		if before = s.numbered(n); before == nil {
			return nil, change.ErrNotFound
		}
		s.since, key = n, key+" "+before.Digest
	}
	s.sides, err = v.kept.get(key, func() (*sides, error) {
		was, is, err := v.o.Changes.Proposed(v.ctx, *s.proposal)
		if err == nil && before != nil {
			_, was, err = v.o.Changes.Proposed(v.ctx, *before)
		}
		if err != nil {
			return nil, err
		}
		return compared(was, is), nil
	})
	return s, err
}

func (s *subject) numbered(n int) *change.Proposal {
	i := slices.IndexFunc(s.proposals, func(p change.Proposal) bool { return p.Number == n })
	if i < 0 {
		return nil
	}
	return &s.proposals[i]
}
