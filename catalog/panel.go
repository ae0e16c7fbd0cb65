package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Panel is several members who decide together, by majority.
type Panel struct {
	source.Ranged
	Members int         `diwan:"members,required" doc:"How many vote."`
	Quorum  int         `diwan:"quorum,required" doc:"How many must have voted."`
	Notice  source.Text `diwan:"notice" doc:"Time before which nobody votes: 3 working days."`
	Minutes bool        `diwan:"minutes" doc:"true: the session's minutes are written with the decision."`
	Tie     source.Text `diwan:"tie,required" doc:"Decision that stands where two have as many votes."`
}

// Slots is what can be booked for an appointment.
type Slots struct {
	source.Ranged
	Capacity int `diwan:"capacity,required" doc:"How many applicants a slot takes."`
	Minutes  int `diwan:"minutes,required" doc:"How long a slot is."`
}
