package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Suspend lets an officer let an application stand still.
type Suspend struct {
	source.Ranged
	By     source.Text `diwan:"by,required" doc:"Role that may, with a reason that the applicant reads, and that lets it go on."`
	For    source.Text `diwan:"for,required" doc:"How long at most: 90 days. Then it goes on by itself."`
	AtMost int         `diwan:"atMost" doc:"How often; once where nothing is written."`
}

// Times is how often an application may be suspended.
func (s *Suspend) Times() int { return max(s.AtMost, 1) }
