package activity

import "time"

// Names under which the round of a service is registered.
const (
	RoundName   = "diwan.round"         // workflow: RoundKey
	AdvanceName = "diwan.round.advance" // activity: RoundKey → RoundNext
	RoundWake   = "wake"                // signal: something has changed
)

// RoundKey names one round of a service by the first day on which one may apply for it. Its workflow's ID is round/SERVICE/DAY.
type RoundKey struct {
	Service string `json:"service"`
	Opens   string `json:"opens"` // YYYY-MM-DD
}

// ID is that of the workflow.
func (k RoundKey) ID() string { return "round/" + k.Service + "/" + k.Opens }

// RoundNext is what a round has to do next. Whatever it has done is in the database, and nothing of it is known to the workflow.
type RoundNext struct {
	Over bool          `json:"over,omitempty"` // nothing any more
	More bool          `json:"more,omitempty"` // more of the same, at once
	Wait time.Duration `json:"wait,omitempty"` // nothing until then, unless it is woken
}
