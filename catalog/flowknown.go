package catalog

import "slices"

// knowledge says of each point what steps before it have given: surely, on every way to it, or perhaps, on some.
type knowledge struct {
	codes  []string // of steps, then of fees
	bits   map[string]int
	fees   int // first bit of a fee
	surely []bitset
	// unless is what surely holds where the conditions of a step are taken to bring its value too: what its conditions say.
	unless  []bitset
	perhaps []bitset
	paid    []bitset // fees that may have been paid, those in branches beside the point among them
}

type bitset []uint64

func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) drop(i int)     { b[i/64] &^= 1 << (i % 64) }

func (b bitset) join(o bitset) (changed bool) {
	for i, w := range o {
		changed = changed || b[i]|w != b[i]
		b[i] |= w
	}
	return changed
}

func (b bitset) meet(o bitset) (changed bool) {
	for i, w := range o {
		changed = changed || b[i]&w != b[i]
		b[i] &= w
	}
	return changed
}

// mostFees bounds what is remembered of payments.
const mostFees = 1000

// learn follows the ways from the start until nothing new is known. Each round changes a bit or is the last, so it ends.
func (f *Flow) learn(s *Service) *knowledge {
	k := &knowledge{bits: map[string]int{}}
	for st := range s.AllSteps() {
		if f.At(st) >= 0 {
			k.bits[st.Code.Value] = len(k.codes)
			k.codes = append(k.codes, st.Code.Value)
		}
	}
	k.fees = len(k.codes)
	for st := range s.AllSteps() {
		for _, fee := range st.Pay {
			if _, known := k.bits["fee/"+fee.Value]; !known && s.Fee(fee.Value) != nil && len(k.codes) < k.fees+mostFees {
				k.bits["fee/"+fee.Value] = len(k.codes)
				k.codes = append(k.codes, fee.Value)
			}
		}
	}
	excused := f.excuses(k)
	k.surely, k.unless, k.perhaps = k.sets(f, true), k.sets(f, true), k.sets(f, false)
	for i := range f.Points {
		if i == f.Start || slices.ContainsFunc(f.Asides, func(a Aside) bool { return a.Point == i }) {
			clear(k.surely[i])
			clear(k.unless[i])
		}
	}
	for _, a := range f.Asides {
		if a.Point >= 0 { // whatever has been asked, it may come from there
			for i := range k.codes {
				k.perhaps[a.Point].add(i)
			}
		}
	}
	out := make(bitset, k.words())
	for changed := true; changed; {
		changed = false
		for i := range f.Ways {
			w := &f.Ways[i]
			changed = k.surely[w.To].meet(k.through(f, w, k.surely, out, true)) || changed
			k.through(f, w, k.unless, out, true)
			for _, bit := range excused[i] {
				out.add(bit)
			}
			changed = k.unless[w.To].meet(out) || changed
			changed = k.perhaps[w.To].join(k.through(f, w, k.perhaps, out, false)) || changed
		}
	}
	k.pay(f)
	return k
}

func (k *knowledge) words() int { return len(k.codes)/64 + 1 }

func (k *knowledge) sets(f *Flow, full bool) []bitset {
	sets := make([]bitset, len(f.Points))
	all := make(bitset, k.words()*len(sets))
	if full {
		for i := range all {
			all[i] = ^uint64(0)
		}
	}
	for i := range sets {
		sets[i] = all[i*k.words() : (i+1)*k.words()]
	}
	return sets
}

// through is what is known behind a way. all says that only what every branch gives counts.
func (k *knowledge) through(f *Flow, w *Way, before []bitset, out bitset, all bool) bitset {
	copy(out, before[w.From])
	p := &f.Points[w.From]
	if w.Branch == nil && f.forks(w.From) {
		k.branches(f, w, before, out, all)
	}
	if p.Step == nil {
		return out
	}
	if bit, ok := k.bits[p.Step.Code.Value]; ok && w.Gives && p.Kind == StepPoint {
		out.add(bit)
	}
	if w.Pays {
		for _, fee := range p.Step.Pay {
			if bit, ok := k.bits["fee/"+fee.Value]; ok {
				out.add(bit)
			}
		}
	}
	for _, step := range w.Invalidates {
		if bit, ok := k.bits[step]; ok {
			out.drop(bit)
		}
	}
	return out
}

// branches adds what the branches of a together step have given when it is over.
func (k *knowledge) branches(f *Flow, w *Way, before []bitset, out bitset, all bool) {
	every := f.Points[w.From].Step.Until.Value
	every = map[bool]string{true: allWord, false: every}[every == ""]
	common := make(bitset, len(out)) // what each branch gives
	for i := range common {
		common[i] = ^uint64(0)
	}
	for a := range f.Areas {
		area := &f.Areas[a]
		if area.Fork != w.From {
			continue
		}
		given := make(bitset, len(out))
		if all && len(area.Joins) > 0 {
			for i := range given {
				given[i] = ^uint64(0)
			}
		}
		for _, j := range area.Joins {
			switch {
			case !all:
				given.join(before[j])
			case !f.Points[j].Against:
				given.meet(before[j])
			}
		}
		switch {
		case !all:
			out.join(given)
		case w.On != DoneOutcome:
		case area.Each != nil || area.Branch.When.Value != "":
			clear(common)
		case every == allWord:
			out.join(given)
		default:
			common.meet(given)
		}
	}
	if all && w.On == DoneOutcome && every != allWord {
		out.join(common)
	}
}

// allWord says that all branches are needed.
const allWord = "all"

// excuses lists for each way the steps for which it is taken only because their conditions do not hold.
func (f *Flow) excuses(k *knowledge) [][]int {
	out := make([][]int, len(f.Ways))
	for i := range f.Points {
		p := &f.Points[i]
		if p.Kind != StepPoint || p.Step == nil {
			continue
		}
		bit, ok := k.bits[p.Step.Code.Value]
		if !ok {
			continue
		}
		for _, g := range p.gates {
			if g < 0 {
				continue
			}
			for _, j := range f.ways[f.Ways[g].From] {
				if j != g {
					out[j] = append(out[j], bit)
				}
			}
		}
	}
	return out
}

// pay works out what may have been paid at each point: before it, and in the branches beside it.
func (k *knowledge) pay(f *Flow) {
	within := make([]bitset, len(f.Areas))
	for a := range within {
		within[a] = make(bitset, k.words())
	}
	for i := range f.Ways {
		w := &f.Ways[i]
		if !w.Pays {
			continue
		}
		for _, fee := range f.Points[w.From].Step.Pay {
			bit, ok := k.bits["fee/"+fee.Value]
			for a := f.Points[w.From].Area; ok; a = f.Areas[a].Parent {
				within[a].add(bit)
				if a == 0 {
					break
				}
			}
		}
	}
	// What a branch that was called off had paid is paid.
	for changed := true; changed; {
		changed = false
		for i := range f.Ways {
			w := &f.Ways[i]
			if w.Branch == nil && f.forks(w.From) {
				for a := range f.Areas {
					if f.Areas[a].Fork == w.From {
						changed = k.perhaps[w.To].join(within[a]) || changed
					}
				}
			}
			changed = k.perhaps[w.To].join(k.onlyFees(k.perhaps[w.From])) || changed
		}
	}
	k.paid = k.sets(f, false)
	for i := range f.Points {
		k.paid[i].join(k.perhaps[i])
		for a := f.Points[i].Area; a != 0; a = f.Areas[a].Parent {
			for b := range f.Areas {
				if f.Areas[b].Fork == f.Areas[a].Fork && (b != a || f.Areas[b].Each != nil) {
					k.paid[i].join(within[b])
				}
			}
		}
	}
}

func (k *knowledge) onlyFees(b bitset) bitset {
	out := slices.Clone(b)
	for i := range k.fees {
		out.drop(i)
	}
	return out
}
