package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// seenWithin is how long ago an officer may last have signed in to be given work: who has left the service, or changed posts, does not sign in
// any more, and of what they hold now nothing is attested here.
const seenWithin = 60 * 24 * time.Hour

// Present is an officer who can be given work of a capacity now.
type Present struct {
	Person uuid.UUID
	Number string    // national number, "" where none is known
	For    uuid.UUID // who has delegated the capacity to them; zero where they hold it themselves
}

// PresentHolders are the officers who can be given work of a capacity: those who hold it and have not delegated it away for now, and those to whom
// it is delegated by somebody who holds it. Only who has signed in within the last sixty days is known; at most 200.
func PresentHolders(ctx context.Context, tx pgx.Tx, capacity string, now time.Time) ([]Present, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		WITH away AS (SELECT from_person, to_person FROM delegation WHERE capacity = $1 AND ended_at IS NULL AND since <= $2 AND until > $2),
			holder AS (SELECT id, facts FROM person WHERE capacities @> ARRAY[$1] AND capacities <> '{}')
		SELECT DISTINCT ON (id) id, coalesce(facts->>'nationalNumber', ''), behalf FROM (
			SELECT h.id, h.facts, '00000000-0000-0000-0000-000000000000'::uuid AS behalf FROM holder h WHERE NOT EXISTS (SELECT FROM away a WHERE a.from_person = h.id)
			UNION ALL
			SELECT p.id, p.facts, a.from_person FROM away a JOIN holder h ON h.id = a.from_person JOIN person p ON p.id = a.to_person
				WHERE NOT EXISTS (SELECT FROM away b WHERE b.from_person = p.id)
		) x WHERE (SELECT seen_at FROM person q WHERE q.id = x.id) > $3 ORDER BY id, behalf LIMIT %d`, mostPeople), capacity, now, now.Add(-seenWithin))
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Present, err error) {
		return p, row.Scan(&p.Person, &p.Number, &p.For)
	})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return list, nil
}
