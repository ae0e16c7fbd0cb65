package review

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// replays is what would become of the applications of the last year, service by service.
type replays struct {
	Table    *ui.Table
	Services []replayed
}

// replayed is why the applications of one service would go another way, or could not be moved.
type replayed struct {
	Title               string
	Partings, Obstacles *ui.Table
}

// replays tells what was found when the change was proposed; nil where nobody has applied.
func (v *visit) replays(s *subject, list []change.Replay) *replays {
	if len(list) == 0 {
		return nil
	}
	l := v.locale
	out := &replays{Table: &ui.Table{Caption: l.T("review.replay.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: l.T("review.past.service")}, {Text: l.T("review.past.looked"), Number: true}, {Text: l.T("review.replay.same"), Number: true},
		{Text: l.T("review.replay.other"), Number: true}, {Text: l.T("review.replay.open"), Number: true}, {Text: l.T("review.replay.movable"), Number: true},
	}}}
	number := func(n int) ui.Cell { return ui.Cell{Text: l.Number(int64(n))} }
	for _, r := range list {
		one := replayed{Title: r.Service}
		is, was := s.is.Service(r.Service), s.was.Service(r.Service)
		if is != nil {
			one.Title = v.pick(is.Title)
		}
		looked, other := number(r.Looked), number(r.Looked-r.Same)
		if r.Unknown+r.Left > 0 {
			looked.Note = l.T("review.past.others", "count", r.Unknown+r.Left)
		}
		if r.Same < r.Looked {
			other.Tag = &ui.Tag{State: ui.Returned, Text: share(int64(r.Looked-r.Same), int64(r.Looked), "")}
		}
		out.Table.Rows = append(out.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: one.Title}, looked, number(r.Same), other, number(r.Open), number(r.Movable)}})
		for _, p := range r.Partings {
			one.Partings = v.counted(one.Partings, "review.replay.why", v.parting(is, was, p), p.Count)
		}
		for _, o := range r.Obstacles {
			from := was
			if from == nil {
				from = is
			}
			if from != nil {
				one.Obstacles = v.counted(one.Obstacles, "review.replay.stays", v.reason(from, activity.Obstacle{Code: o.Code, At: o.At}), o.Count)
			}
		}
		if one.Partings != nil || one.Obstacles != nil {
			out.Services = append(out.Services, one)
		}
	}
	return out
}

// counted adds a row to a table of reasons, which begins with the first one.
func (v *visit) counted(t *ui.Table, caption, text string, count int) *ui.Table {
	if t == nil {
		t = &ui.Table{Caption: v.locale.T(caption), Columns: []ui.Column{{Text: v.locale.T("review.move.reason.title")}, {Text: v.locale.T("review.past.looked"), Number: true}}}
	}
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: text}, {Text: v.locale.Number(int64(count))}}})
	return t
}

// parting says where applications would go another way: steps by their titles, before or after.
func (v *visit) parting(is, was *catalog.Service, p change.Parting) string {
	step := func(code string) string {
		for _, s := range []*catalog.Service{is, was} {
			if s == nil {
				continue
			}
			if title := v.titleIn(s, code); title != code {
				return title
			}
		}
		return code
	}
	outcome := func(code string) string { return v.said("review.replay.outcome."+code, code) }
	to := p.To
	switch p.Code {
	case machine.EndsAs, machine.EndsBefore:
		to = outcome(p.To)
	case machine.NotTaken, machine.NotBegun, machine.FindsNoWay:
		to = v.said("review.replay.because."+p.To, p.To)
	default:
		to = step(p.To)
	}
	key := "review.replay.parting." + p.Code
	if p.Code == machine.EndsAs && p.Was == "" {
		key += "-open"
	}
	return v.locale.T(key, "step", step(p.Step), "to", to, "was", outcome(p.Was))
}
