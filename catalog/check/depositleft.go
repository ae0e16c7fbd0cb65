package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// depositsLeft: whatever way an application goes behind the payment of a deposit, it is written what becomes of the money. Where an application
// ends in favour of nobody, refunds says so; here it is the ways that pass the last step. Fees in but are left out.
func depositsLeft(p *pass, but map[string]bool) {
	for i := range p.service.Fees {
		fee := &p.service.Fees[i]
		if fee.Has("heldWith") {
			heldWith(p, fee)
		}
		if !fee.Deposit || but[fee.Code.Value] {
			continue
		}
		for w := range p.flow.Ways {
			way := &p.flow.Ways[w]
			step := p.flow.Points[way.From].Step
			if !way.Pays || step == nil {
				continue
			}
			at := slices.IndexFunc(step.Pay, func(t source.Text) bool { return t.Value == fee.Code.Value })
			if at < 0 {
				continue
			}
			if left := p.leftOn(way, fee); left != nil {
				p.add(problem("deposit-left", step.Pay[at].Range(), "nothing says what becomes of the deposit {fee} on the way {way}", "fee", fee.Code.Value, "way", strings.Join(left, " → ")).
					WithRelated(fee.Code.Range(), "the deposit").
					WithHelp("Write a step with {release} or {forfeit} on this way, or heldWith at the fee with the right as long as which it is held.",
						"release", "release: ["+fee.Code.Value+"]", "forfeit", "forfeit: ["+fee.Code.Value+"]"))
				break
			}
		}
	}
}

// heldWith: the right is granted here, or nothing would ever end the holding.
func heldWith(p *pass, fee *catalog.Fee) {
	switch {
	case !fee.Deposit:
		p.add(problem("misplaced-key", fee.KeyRange("heldWith"), "only a deposit is held").WithHelp("Write deposit: true, or remove it."))
	case p.catalogue.Right(fee.HeldWith.Value) == nil:
		knownRight(p, fee.HeldWith)
	case !grants(p.service, fee.HeldWith.Value):
		p.add(problem("never-granted", fee.HeldWith.Range(), "no step grants {right}, so nothing ever ends the holding", "right", fee.HeldWith.Value).
			WithHelp("Write a step with {grant}, or remove it.", "grant", "grant: "+fee.HeldWith.Value))
	}
}

// settles tells that behind the point it is written what becomes of a deposit.
func (p *pass) settles(point int, fee *catalog.Fee) bool {
	at := &p.flow.Points[point]
	if at.Kind != catalog.StepPoint || at.Step == nil {
		return false
	}
	return slices.Contains(values(at.Step.Release), fee.Code.Value) || slices.Contains(values(at.Step.Forfeit), fee.Code.Value) ||
		!fee.HeldWith.IsZero() && at.Step.Grant.Value == fee.HeldWith.Value
}

// settledBefore tells that on every way to the point it was written what becomes of a deposit.
func (p *pass) settledBefore(point int, code string) bool {
	fee := p.service.Fee(code)
	if fee == nil || !fee.Deposit {
		return false
	}
	var settling []int
	for i := range p.flow.Points {
		if p.settles(i, fee) {
			settling = append(settling, i)
		}
	}
	return len(settling) > 0 && p.flow.Avoids(point, nil) && !p.flow.Avoids(point, settling) // what may come at any time comes by no way
}

// leftOn are the steps of a shortest way on which a deposit is left, with the outcome last; nil where there is none.
func (p *pass) leftOn(paid *catalog.Way, fee *catalog.Fee) []string {
	f := p.flow
	from := map[int]int{paid.To: paid.From}
	queue := []int{paid.To}
	put := func(at, next int) {
		if _, seen := from[next]; !seen {
			from[next] = at
			queue = append(queue, next)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		point := &f.Points[at]
		switch {
		case p.settles(at, fee):
			continue
		case point.Kind == catalog.EndPoint:
			if _, said := point.Refund.Get(fee.Code.Value); point.Earned() && !said {
				return p.stepsTo(at, paid.From, from)
			}
			continue
		case point.Kind == catalog.JoinPoint:
			fork := f.Areas[point.Area].Fork
			for _, w := range f.From(fork) {
				if way := &f.Ways[w]; way.Branch == nil && way.On != "" && !p.settledBeside(fork, way.On, fee) {
					put(at, way.To)
				}
			}
			continue
		}
		forks := point.Kind == catalog.StepPoint && point.Step != nil && point.Step.Kind() == catalog.TogetherStep
		for _, w := range f.From(at) {
			if way := &f.Ways[w]; !forks || way.Branch != nil || !p.settledBeside(at, way.On, fee) {
				put(at, way.To)
			}
		}
	}
	return nil
}

// settledBeside tells that a deposit is settled whenever a together step is over by an outcome: all branches are needed in favour, and one that
// always runs comes to its end only by a step that settles it. Where the step is over otherwise, any branch may have been called off before that.
func (p *pass) settledBeside(fork int, on string, fee *catalog.Fee) bool {
	f := p.flow
	if until := f.Points[fork].Step.Until.Value; on != catalog.DoneOutcome || until != "" && until != "all" {
		return false
	}
	for a := range f.Areas {
		area := &f.Areas[a]
		if area.Fork != fork || area.Branch == nil || !area.Branch.When.IsZero() {
			continue
		}
		var settling []int
		for i := range f.Points {
			if f.Inside(f.Points[i].Area, a) && p.settles(i, fee) {
				settling = append(settling, i)
			}
		}
		if len(settling) > 0 && !slices.ContainsFunc(area.Joins, func(j int) bool { return !f.Points[j].Against && f.Avoids(j, settling) }) {
			return true
		}
	}
	return false
}

// stepsTo are the codes of the steps on a way, each once in a row, and the outcome at which it ends.
func (p *pass) stepsTo(end, start int, from map[int]int) []string {
	out := []string{p.flow.Points[end].Outcome}
	for at := end; ; at = from[at] {
		if step := p.flow.Points[at].Step; step != nil && at != end && out[0] != step.Code.Value && p.flow.Points[at].Kind == catalog.StepPoint {
			out = append([]string{step.Code.Value}, out...)
		}
		if at == start {
			return out
		}
	}
}
