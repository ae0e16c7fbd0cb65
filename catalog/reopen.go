package catalog

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Reopen lets an officer take up again what has ended.
type Reopen struct {
	source.Ranged
	By       source.Text   `diwan:"by,required" doc:"Role that may, with a reason."`
	To       source.Text   `diwan:"to,required" doc:"Step with which it goes on, outside of branches; only where the application has been there. From there everything is decided anew, while what was paid, and did not go back, counts."`
	Within   source.Text   `diwan:"within,required" doc:"How long after the end: 30 days."`
	Outcomes []source.Text `diwan:"outcomes,required" doc:"With what it must have ended, such as refused; not with what the applicant has been given."`
	AtMost   int           `diwan:"atMost" doc:"How often; once where nothing is written."`
}

// Times is how often an application may be reopened.
func (r *Reopen) Times() int { return max(r.AtMost, 1) }

// Reopens are the ends after which an application may be taken up again, by point.
func (f *Flow) Reopens(s *Service) (out []int) {
	if s.Reopen == nil {
		return nil
	}
	for i := range f.Points {
		p := &f.Points[i]
		if p.Kind == EndPoint && slices.ContainsFunc(s.Reopen.Outcomes, func(o source.Text) bool { return o.Value == p.Outcome }) {
			out = append(out, i)
		}
	}
	return out
}
