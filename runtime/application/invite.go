package application

import (
	"crypto/rand"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Roles of tasks that no officer holds, beside Applicant. The machine says of an invited person who it is (person:number); what is stored and
// read does not, and the number stands in the table invitation alone.
const (
	InvitedRole = "person"
	PublicRole  = "public"
)

// roleOf is the role of a task as it is stored, and the national number of whoever is invited, "" where nobody is by name.
func roleOf(role string) (stored, number string) {
	if number, is := strings.CutPrefix(role, InvitedRole+":"); is {
		return InvitedRole, number
	}
	return role, ""
}

// named are the capacities of an act as the machine knows them: who acted on an invitation had its number when the act was stored.
func named(capacities []string, number string) []string {
	if number == "" {
		return capacities
	}
	out := slices.Clone(capacities)
	for i, c := range out {
		if c == InvitedRole {
			out[i] = InvitedRole + ":" + number
		}
	}
	return out
}

// asked is the rule by which a party may see and answer a task t: it is of the public, or of the person whose attested number is the
// parameter. Its only place, so that reading and acting never differ.
func asked(number string) string {
	return `(t.role = '` + PublicRole + `' OR t.role = '` + InvitedRole + `' AND ` + number + ` <> '' AND EXISTS (
		SELECT FROM invitation i WHERE i.task = t.id AND i.number = ` + number + `))`
}

// invite notes who is asked. The same visit can ask again, after an incident, and then somebody else: the link of the one before is void.
func (s *step) invite(task uuid.UUID, number string) {
	s.batch.Queue(`INSERT INTO invitation (task, number, token) VALUES ($1, $2, $3)
		ON CONFLICT (task) DO UPDATE SET number = excluded.number, token = excluded.token WHERE invitation.number <> excluded.number`,
		task, number, rand.Text())
}
