package delivery

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// ByEmail is the channel of the language by which the holder of a paper is sent a link to it.
const ByEmail = "email"

// LinkState is how a paper stands of which its holder is sent a link.
type LinkState string

// The states. What is to be sent or could not be can be asked for again, as everything else can.
const (
	LinkOffered LinkState = "offered" // none was asked for
	LinkAsked   LinkState = "asked"   // the mail is on its way out
	LinkSent    LinkState = "sent"    // a mail server has taken it
	LinkFailed  LinkState = "failed"  // no mail could be sent
	LinkOver    LinkState = "over"    // its days are over, or it was used up
)

// Bounds of links. The mail and the pages say the first three.
const (
	LinkDays       = 7
	MostDownloads  = 5
	MostLinksADay  = 5   // of one paper in 24 hours: nobody fills a stranger's mailbox
	MostMailTries  = 30  // with the pauses of the outbox some twenty minutes
	MostMailbox    = 254 // bytes of an address (RFC 5321)
	mostMailboxOwn = 64  // of its part before the @
)

// Errors of links, for errors.Is.
var (
	// ErrMailbox: it is no address of e-mail.
	ErrMailbox = errors.New("delivery: no address of e-mail")
	// ErrTooOften: MostLinksADay were asked for.
	ErrTooOften = errors.New("delivery: asked for too often")
	// ErrOver: there was such a link.
	ErrOver = errors.New("delivery: the link is over")
	// ErrRefused is for Mail: the address takes no mail, today or tomorrow.
	ErrRefused = errors.New("delivery: the mail is refused")
)

// ToldUnsent is what an applicant is told of a mail that could not be sent: a topic of the pages.
const ToldUnsent = "linkUnsent"

// mailKind is that of the outbox's messages; the subject is the ID of a link.
const mailKind = "paper-link"

// Letter is a mail to be sent. Its token is in no table.
type Letter struct {
	Application         uuid.UUID
	To, Language, Token string
}

// Emailed is a paper of which its holder may be sent a link, with the last link that was asked for.
type Emailed struct {
	Paper, Number string // ID and number of the paper
	Title         plan.Text
	Application   uuid.UUID
	Authority     string
	State         LinkState
	Since         time.Time
	Until         *time.Time // of one that was sent
	Opened        int        // how often it was used
}

// Mailbox is an address of e-mail as somebody has typed it; false where it is none. Names are in Latin letters, as mail servers everywhere take them.
func Mailbox(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	if len(typed) > MostMailbox || strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) {
		return "", false
	}
	parsed, err := netmail.ParseAddress(typed)
	own, domain, _ := strings.Cut(typed, "@")
	return typed, err == nil && parsed.Address == typed && len(own) <= mostMailboxOwn && strings.Contains(strings.Trim(domain, "."), ".") && !strings.Contains(domain, "[")
}

// OfferLink offers to send a link to a paper, in the transaction in which it is issued; a repeat changes nothing.
func (d *Deliveries) OfferLink(ctx context.Context, tx pgx.Tx, o Offer) error {
	_, err := tx.Exec(ctx, "INSERT INTO emailed (paper, application, authority) VALUES ($1, $2, $3) ON CONFLICT (paper) DO NOTHING", o.Paper, o.Application, o.Authority)
	return wrap(err)
}

// LinksOf are the papers of an application of which a link can be sent, none where there is no mail server; the caller has made sure that the reader may see
// them.
func (d *Deliveries) LinksOf(ctx context.Context, application uuid.UUID) ([]Emailed, error) {
	if d.o.Mail == nil {
		return nil, nil
	}
	return readEmailed(ctx, d.o.Pool, d.o.Now(), application)
}

// AskLink asks for a link to a paper in a mail of a language; the links before it are over at once. The caller has made sure that it is the holder who asks.
// ErrNotFound, ErrMailbox, ErrPaper, ErrTooOften.
func (d *Deliveries) AskLink(ctx context.Context, application uuid.UUID, paper string, by uuid.UUID, to, language string) error {
	to, ok := Mailbox(to)
	if !ok {
		return ErrMailbox
	}
	if d.o.Mail == nil {
		return ErrNotFound
	}
	if err := d.valid(ctx, paper); err != nil {
		return err
	}
	err := postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var authority string
		err := tx.QueryRow(ctx, "SELECT authority FROM emailed WHERE paper = $1 AND application = $2 FOR UPDATE", paper, application).Scan(&authority)
		if err != nil {
			return wrap(err)
		}
		now, id := d.now(), uuid.New()
		var today int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM paper_link WHERE paper = $1 AND asked_at > $2", paper, now.Add(-24*time.Hour)).Scan(&today); err != nil {
			return wrap(err)
		}
		if today >= MostLinksADay {
			return ErrTooOften
		}
		sealed, err := d.o.Conceal(ctx, tx, application, []byte(to))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE paper_link SET closed_at = $2, address = NULL WHERE paper = $1 AND closed_at IS NULL", paper, now); err != nil {
			return wrap(err)
		}
		_, err = tx.Exec(ctx, "INSERT INTO paper_link (id, paper, application, asked_by, language, address, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			id, paper, application, by, language, sealed, now)
		if err != nil {
			return wrap(err)
		}
		if err := outbox.Add(ctx, tx, outbox.Message{Kind: mailKind, Subject: id.String(), Payload: json.RawMessage("{}")}); err != nil {
			return err
		}
		return d.noted(ctx, tx, authority, by.String(), "link-asked", application, paper)
	})
	if err == nil {
		d.o.Wake()
	}
	return err
}

// noted writes into the audit what was done with a link.
func (d *Deliveries) noted(ctx context.Context, tx pgx.Tx, authority, actor, action string, application uuid.UUID, paper string) error {
	return audit.Record(ctx, tx, audit.Entry{Authority: authority, Actor: actor, Action: action, Subject: application.String(), Detail: map[string]string{"file": paper}})
}

// Handlers deliver the mails that were asked for.
func (d *Deliveries) Handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{mailKind: d.mail}
}

// mail sends one. Each try has a token of its own, of which the hash is written before the mail leaves: a process that dies between the two has sent nothing
// that opens a paper, or the link of a mail that is sent once more.
func (d *Deliveries) mail(ctx context.Context, m outbox.Delivery) error {
	id, err := uuid.Parse(m.Subject)
	if err != nil {
		return err
	}
	letter, err := d.letter(ctx, id)
	if errors.Is(err, ErrNotFound) { // a newer one came, or the application was erased
		return nil
	}
	if err != nil {
		return err
	}
	if d.o.Mail == nil {
		return d.unsent(ctx, id)
	}
	switch err := d.o.Mail(ctx, letter); {
	case err == nil:
		return d.sent(ctx, id)
	case errors.Is(err, ErrRefused), m.Attempt >= MostMailTries:
		return d.unsent(ctx, id)
	default:
		return &outbox.Failed{Code: "mail", Err: err}
	}
}

// letter makes the token of a try. ErrNotFound where nothing is to be sent.
func (d *Deliveries) letter(ctx context.Context, id uuid.UUID) (l Letter, err error) {
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var sealed []byte
		err := tx.QueryRow(ctx, "SELECT application, language, address FROM paper_link WHERE id = $1 AND closed_at IS NULL AND sent_at IS NULL AND address IS NOT NULL FOR UPDATE", id).
			Scan(&l.Application, &l.Language, &sealed)
		if err != nil {
			return wrap(err)
		}
		plain, err := d.o.Reveal(ctx, tx, l.Application, sealed)
		if err != nil {
			return err
		}
		var token [32]byte
		if _, err := rand.Read(token[:]); err != nil {
			return err
		}
		l.To, l.Token = string(plain), base64.RawURLEncoding.EncodeToString(token[:])
		_, err = tx.Exec(ctx, "UPDATE paper_link SET hash = $2, expires_at = $3 WHERE id = $1", id, hashed(l.Token), d.now().AddDate(0, 0, LinkDays))
		return wrap(err)
	})
	return l, err
}

// hashed is what is kept of a token.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// sent forgets the address: the mail has gone.
func (d *Deliveries) sent(ctx context.Context, id uuid.UUID) error {
	return d.ended(ctx, id, "UPDATE paper_link l SET sent_at = $2, address = NULL FROM emailed e WHERE l.id = $1 AND l.sent_at IS NULL AND e.paper = l.paper", "link-sent", "")
}

// unsent forgets the address and tells the holder that no mail will come.
func (d *Deliveries) unsent(ctx context.Context, id uuid.UUID) error {
	return d.ended(ctx, id, "UPDATE paper_link l SET failed_at = $2, closed_at = $2, address = NULL FROM emailed e WHERE l.id = $1 AND l.sent_at IS NULL AND l.closed_at IS NULL AND e.paper = l.paper",
		"link-unsent", ToldUnsent)
}

func (d *Deliveries) ended(ctx context.Context, id uuid.UUID, sql, action, topic string) error {
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var paper, authority string
		var application uuid.UUID
		err := tx.QueryRow(ctx, sql+" RETURNING l.paper, l.application, e.authority", id, d.now()).Scan(&paper, &application, &authority)
		if errors.Is(err, pgx.ErrNoRows) { // it was done, or erased, meanwhile
			return nil
		}
		if err != nil {
			return wrap(err)
		}
		if topic != "" {
			if err := d.o.Tell(ctx, tx, application, paper, topic); err != nil {
				return err
			}
		}
		return d.noted(ctx, tx, authority, "mail", action, application, paper)
	})
}

// Linked is a paper as whoever has a link may know of it.
type Linked struct {
	Paper       string
	Title       plan.Text // of the paper
	Application uuid.UUID
	Left        int // downloads
	Until       time.Time
}

// Link finds a paper by the token of a link, and uses nothing up. ErrNotFound where there was never such a link, ErrOver where there was, ErrPaper where
// the paper is not valid.
func (d *Deliveries) Link(ctx context.Context, token string) (*Linked, error) {
	l, over, err := readLink(ctx, d.o.Pool, hashed(token), d.o.Now())
	if err != nil {
		return nil, err
	}
	if over {
		return nil, ErrOver
	}
	return l, d.valid(ctx, l.Paper)
}

// Used takes one download of a link, just before the file is given. Of two who take the last at once one gets ErrOver.
func (d *Deliveries) Used(ctx context.Context, token string) error {
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		now := d.now()
		var paper, authority string
		var application uuid.UUID
		err := tx.QueryRow(ctx, `UPDATE paper_link l SET opened = opened + 1, closed_at = CASE WHEN opened + 1 < $3 THEN NULL ELSE $2 END FROM emailed e
			WHERE l.hash = $1 AND l.closed_at IS NULL AND l.expires_at > $2 AND e.paper = l.paper RETURNING l.paper, l.application, e.authority`, hashed(token), now, MostDownloads).
			Scan(&paper, &application, &authority)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrOver
		}
		if err != nil {
			return wrap(err)
		}
		return d.noted(ctx, tx, authority, "link", "download", application, paper)
	})
}
