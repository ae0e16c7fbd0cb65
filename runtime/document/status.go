package document

import (
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Status is what can be said about a paper. A draft has none: what is drawn as a preview gets no ID and no number and is in no table, so that
// nobody can ask for it; a paper is issued with its first row.
type Status string

// The statuses.
const (
	Valid     Status = "valid"
	Unknown   Status = "unknown"   // we have issued no such paper
	Altered   Status = "altered"   // a file that speaks of a paper of ours and is not the one that we issued
	Suspended Status = "suspended" // not valid until it is resumed
	Replaced  Status = "replaced"  // another paper, or another holder's, came in its place
	Revoked   Status = "revoked"
	Expired   Status = "expired" // its last day is over
)

// issued is Valid as it is stored: whether its last day is over is worked out when somebody asks.
const issued = "issued"

// from are the stored statuses of which each can be made. What was replaced or revoked stays so.
var from = map[Status][]string{
	Valid:     {string(Suspended)},
	Suspended: {issued},
	Replaced:  {issued, string(Suspended)},
	Revoked:   {issued, string(Suspended)},
}

func stored(s Status) string {
	if s == Valid {
		return issued
	}
	return string(s)
}

// Cause is what changes the status of papers: a step of an application, when, and the reason where the definition gives one.
type Cause struct {
	Application uuid.UUID
	Node        string
	Visit       int
	At          time.Time
	Because     plan.Text // may be nil
}

// Turn is one change of a paper's status.
type Turn struct {
	Status  Status
	At      time.Time
	Because plan.Text // may be nil
	Reason  string    // of officers who have suspended or resumed it, as one of them wrote it: for the holder and for officers
}

// overlaid is how a paper stands where officers have held it, or held it once: that lies over what its right does to it.
func (d *documentRow) overlaid(turn Turn) Turn {
	switch {
	case turn.Status != Valid || d.heldAt == nil:
	case d.held:
		turn = Turn{Status: Suspended, At: d.heldAt.UTC(), Reason: d.heldFor}
	case d.heldAt.After(turn.At):
		turn = Turn{Status: Valid, At: d.heldAt.UTC(), Reason: d.heldFor}
	}
	return turn
}

// status is how a paper stands now: one that holds or is suspended is over after its last day.
func (a *Archive) status(d documentRow) Turn {
	turn := Turn{Status: Status(d.status), At: d.issuedAt}
	if d.status == issued {
		turn.Status = Valid
	}
	if d.turnedAt != nil {
		turn.At, turn.Because = d.turnedAt.UTC(), d.because
	}
	turn = d.overlaid(turn)
	if d.validUntil == "" || turn.Status != Valid && turn.Status != Suspended {
		return turn
	}
	last, err := time.ParseInLocation(time.DateOnly, d.validUntil, a.o.Zone)
	if err != nil { // it came out of a date
		return turn
	}
	if over := last.AddDate(0, 0, 1); !a.o.Now().Before(over) {
		return Turn{Status: Expired, At: over.UTC()}
	}
	return turn
}
