package application

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Message is what a step has told a person, or the holders of a role. Its words are in the texts with the digest Texts, under Step.
type Message struct {
	ID          uuid.UUID
	Application uuid.UUID
	Reference   string // "" for a person whose application it is not
	Service     string
	Texts       string
	Step        string
	Role        string // authority:role, of a message to its holders
	At          time.Time
	Read        bool   // by whoever asks
	Topic       string // in place of a step: what the pages have words of their own for
}

// Reader is whose messages are asked for: those to a person, or as an officer those to the roles that are held.
type Reader struct {
	Person         uuid.UUID
	NationalNumber string
	Capacities     []string
	Kind           ActorKind // Officer, or Applicant for everything that a person is told
}

// tell stores what somebody is told, once for (application, node, visit). The applicant reads it in the timeline too.
func (s *step) tell(e *activity.Effect) error {
	n := e.Notice
	if n == nil {
		return errors.New("without a notice")
	}
	var person, beside *string
	switch {
	case n.Whom == string(Applicant):
		person, beside = &s.applicant, s.representative
		s.event("notice", e, "")
	case n.Person == "" && n.Role == "":
		return errors.New("a notice to nobody")
	}
	s.batch.Queue(`INSERT INTO message (id, application, node, visit, step, person, number, role, at, beside) VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), nullif($8, ''), $9, $10)
		ON CONFLICT (application, node, visit) DO NOTHING`, TaskID(s.id, e.Node, e.Visit), s.id, e.Node, e.Visit, e.Step, person, n.Person, n.Role, s.at, beside)
	return nil
}

// TellApplicant stores, in the caller's transaction, what the applicant is told beside the steps of the application: a topic of the pages. about says what it is
// about, such as a paper, and no more of it than its ID.
func (b *Book) TellApplicant(ctx context.Context, tx pgx.Tx, application uuid.UUID, about, topic string) error {
	_, err := tx.Exec(ctx, `INSERT INTO message (id, application, node, visit, step, person, at, beside, topic)
		SELECT $2, a.id, $3, 1 + (SELECT count(*) FROM message WHERE application = a.id AND node = $3), '', a.applicant, $5, a.representative, $4
		FROM application a WHERE a.id = $1`, application, uuid.New(), about, topic, b.now())
	return err
}

// unreadFor is how long a message counts as news.
const unreadFor = 30 * 24 * time.Hour

// whose is the sub-select of the messages that somebody may read: $1 is the person, and $2 their attested number or, of an officer, the roles
// held with their bodies in $3. Each role is read in the order of its index, so that a page costs the same however much was said.
func (r Reader) whose(since, until string) (rule string, args []any) {
	if r.Kind == Officer {
		return `(SELECT m.* FROM (SELECT DISTINCT unnest($2::text[]) AS role) held CROSS JOIN LATERAL (
			SELECT m.* FROM message m JOIN application a ON a.id = m.application
			WHERE m.role = held.role AND a.authority = ANY($3)` + until + since + ` ORDER BY m.at DESC, m.id DESC LIMIT $4) m)`,
			[]any{r.Person, roles(r.Capacities), authorities(r.Capacities)}
	}
	return `(SELECT m.* FROM message m WHERE (m.person = $1 OR m.beside = $1 OR $2 <> '' AND m.number = $2) AND $3::int = 0` + until + since + ` ORDER BY m.at DESC, m.id DESC LIMIT $4)`,
		[]any{r.Person, r.NationalNumber, 0}
}

const unread = " AND NOT EXISTS (SELECT FROM message_read r WHERE r.message = m.id AND r.person = $1)"

// Messages lists what somebody was told, the newest first.
func (b *Book) Messages(ctx context.Context, r Reader, p Page) (out Paged[Message], err error) {
	after, err := p.cursor()
	if err != nil {
		return out, err
	}
	whose, args := r.whose("", " AND (m.at, m.id) < ($5::timestamptz, $6::uuid)")
	rows, err := b.o.Pool.Query(ctx, `
		SELECT m.id, m.application, CASE WHEN m.role IS NOT NULL OR `+ofCaller+` THEN a.reference ELSE '' END, a.service, a.texts, m.step,
			coalesce(m.role, ''), m.at, EXISTS (SELECT FROM message_read r WHERE r.message = m.id AND r.person = $1), m.topic
		FROM `+whose+` m JOIN application a ON a.id = m.application
		ORDER BY m.at DESC, m.id DESC LIMIT $4`, append(args, p.size()+1, after.until(), after.id)...)
	if err != nil {
		return out, err
	}
	out.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Message])
	if n := p.size(); err == nil && len(out.Items) > n {
		out.Items = out.Items[:n]
		last := out.Items[n-1]
		out.Next = cursor{at: last.At, id: last.ID}.String()
	}
	return out, err
}

// mostNews bounds the counts of what is new: nobody needs to know a larger number.
const mostNews = 100

// News is how much waits to be read and to be answered, for the navigation of every page; each up to a hundred.
type News struct {
	Unread     int // messages of the last thirty days
	Asked      int // open invitations by name; of an officer none
	Statements int // of the public, which wait for an officer to look at them
}

// News counts what is new for somebody, in one round trip.
func (b *Book) News(ctx context.Context, r Reader) (n News, err error) {
	whose, args := r.whose(unread, " AND m.at > $5")
	number, held := r.NationalNumber, []string{}
	if r.Kind == Officer {
		number, held = "", roles(r.Capacities)
	}
	err = b.o.Pool.QueryRow(ctx, "SELECT (SELECT least(count(*), $4) FROM "+whose+` m), (SELECT least(count(*), $4) FROM invitation i
		JOIN task t ON t.id = i.task JOIN application a ON a.id = t.application
		WHERE i.number = $6 AND $6 <> '' AND t.role = '`+InvitedRole+`' AND t.closed_at IS NULL AND `+notOf("$1")+`),
		(SELECT count(*) FROM (SELECT FROM statement s JOIN task t ON t.id = s.task JOIN application a ON a.id = t.application
		WHERE s.role = ANY($7) AND s.state = 'waiting' AND t.closed_at IS NULL AND s.person <> $1 AND`+impartial("$1")+`LIMIT $4) x)`,
		append(args, mostNews, b.now().Add(-unreadFor), number, held)...).Scan(&n.Unread, &n.Asked, &n.Statements)
	return n, err
}

// MarkRead notes that somebody has read messages; those that are not theirs stay as they are.
func (b *Book) MarkRead(ctx context.Context, r Reader, messages []uuid.UUID) error {
	if len(messages) == 0 {
		return nil
	}
	whose, args := r.whose(" AND m.id = ANY($5)", "")
	_, err := b.o.Pool.Exec(ctx, "INSERT INTO message_read (message, person, at) SELECT m.id, $1, $6 FROM "+whose+" m ON CONFLICT DO NOTHING",
		append(args, len(messages), messages, b.now())...)
	return err
}
