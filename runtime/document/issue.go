package document

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// IssueRequest asks for a paper. Print evaluates what it says, as soon as its number is known.
type IssueRequest struct {
	Application uuid.UUID
	Reference   string
	Service     string
	Authority   string
	Language    string // of the applicant: it comes first on the paper
	Zone        *time.Location
	Node        string
	Visit       int
	Document    plan.Document
	Text        plan.DocumentText
	Deliver     []string // channels: download, pick-up, post, email; none = download
	At          time.Time
	Number      string // taken before; "" = the next of the register
	Right       Right  // that the paper proves
	Print       func(number string) (Paper, error)
}

// withheld tells whether the holder gets no file of the paper.
func (r *IssueRequest) withheld() bool {
	return len(r.Deliver) > 0 && !slices.Contains(r.Deliver, "download")
}

// Right is the right that a paper proves, as it stands when the paper is issued; the paper follows it from then on. Number is "" for none.
type Right struct {
	Number    string
	Suspended bool
}

// Paper is what a paper says.
type Paper struct {
	Rows       []paper.Row
	ValidUntil string // YYYY-MM-DD, or "" without end
}

// Issue issues a paper in the caller's transaction, once for (application, node, visit), and gives its ID: a repeat gives the same ID and
// changes nothing. Its number is the next of its authority's register in that year; the register has no gaps, so another paper of the same
// register waits until this transaction ends.
func (a *Archive) Issue(ctx context.Context, tx pgx.Tx, r IssueRequest) (id string, err error) {
	id, err = readIssued(ctx, tx, r.Application, r.Node, r.Visit)
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	number := r.Number
	if number == "" {
		if number, err = nextNumber(ctx, tx, r.Authority, r.Document.Register, r.At.In(r.Zone).Year()); err != nil {
			return "", err
		}
	}
	says, err := r.Print(number)
	if err != nil {
		return "", fmt.Errorf("document: print: %w", err)
	}
	rec := record{ID: rand.Text(), Number: number, Code: r.Document.Code, Title: r.Text.Title, Authority: r.Authority,
		IssuedAt: r.At.UTC().Truncate(time.Millisecond), ValidUntil: says.ValidUntil}
	if rec.Rows, err = hashRows(rec.ID, says.Rows); err != nil {
		return "", err
	}
	carried, err := a.o.Keys.sign(rec)
	if err != nil {
		return "", err
	}
	body, sealed, err := a.sealed(ctx, tx, r, says, rec, carried)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	rec.File = hex.EncodeToString(sum[:])
	signed, err := a.o.Keys.sign(rec)
	if err != nil {
		return "", err
	}
	file := fileRow{id: uuid.New(), sha256: sum[:], size: int64(len(body)), mediaType: "application/pdf"}
	// Before the commit: a body without a row is swept away, a row without a body would be a paper that cannot be opened.
	if file.key, err = a.put(ctx, file.id, body); err != nil {
		return "", err
	}
	if err := insertFile(ctx, tx, file); err != nil {
		return "", err
	}
	claims, err := a.putClaims(ctx, tx, says.Rows)
	if err != nil {
		return "", err
	}
	if err := insertDocument(ctx, tx, r, rec, signed, file, claims, sealed && a.o.Stamps != nil); err != nil {
		return "", err
	}
	return rec.ID, succeed(ctx, tx, r, rec)
}

// draw makes the file with room for a signature. Where the public address cannot be a QR code (it has no TLS, as on one's own machine), it stands as text.
func (a *Archive) draw(ctx context.Context, tx pgx.Tx, r IssueRequest, p Paper, rec record, carried string, room int) ([]byte, error) {
	c := paper.Content{
		Text: r.Text, Authority: a.o.Authority(r.Authority), Language: r.Language, Number: rec.Number, Rows: p.Rows, Sample: r.Document.Sample,
		IssuedAt: rec.IssuedAt,
	}
	var err error
	if c.Photos, err = a.photos(ctx, tx, r.Application, c.Pictures()); err != nil {
		return nil, err
	}
	d := c.Document()
	d.SealBytes = room
	d.Attachment = &pdf.Attachment{Name: attachmentName, MediaType: "application/jose", Data: []byte(carried)}
	d.VerifyURL, d.VerifyCode = a.o.PublicURL+"/verify/"+rec.ID, grouped(rec.ID)
	body, err := pdf.Render(d)
	if input := (*pdf.InputError)(nil); errors.As(err, &input) && input.Where == "verifyURL" {
		paper.OpenByHand(&d)
		body, err = pdf.Render(d)
	}
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return body, nil
}

// grouped writes an ID in fours, to be read aloud and typed.
func grouped(id string) string {
	var b bytes.Buffer
	for i, c := range []byte(id) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Issued is one paper of an application.
type Issued struct {
	ID         string
	Code       string
	Number     string
	Title      plan.Text
	Status     Status // none of Unknown and Altered
	IssuedAt   time.Time
	ValidUntil string    // YYYY-MM-DD or ""
	Since      time.Time // since when it has its status
	Because    plan.Text // why, where that is said
	Reason     string    // of officers who have suspended it, or let it hold again
	Held       bool      // by officers, whatever its right does
	ReplacedBy string    // number of the paper that came in its place: for who may see this one, and nobody else
	History    []Turn    // what became of it, the first first
	Wallet     bool      // whether a wallet gets it
	Withheld   bool      // from its holder, as a file: it comes to them otherwise
}

// OfApplication lists the papers of an application in the order in which they were issued, without receipts.
func (a *Archive) OfApplication(ctx context.Context, application uuid.UUID) ([]Issued, error) {
	rows, err := readDocuments(ctx, a.o.Pool, "application = $1 AND NOT starts_with(node, $2) AND EXISTS (SELECT FROM file f WHERE f.id = d.file AND f.key <> '') ORDER BY issued_at, d.id", application, receiptNode)
	if err != nil {
		return nil, err
	}
	history, err := a.history(ctx, application)
	if err != nil {
		return nil, err
	}
	out := make([]Issued, len(rows))
	for i, d := range rows {
		turn := a.status(d)
		out[i] = Issued{d.id, d.code, d.number, d.title, turn.Status, d.issuedAt, d.validUntil, turn.At, turn.Because, turn.Reason, d.held, d.successor, history[d.id], d.claims != nil, d.withheld}
	}
	return out, nil
}

// Open opens a paper of the application; the caller has made sure that the reader may see that application. The ID alone opens nothing: it
// stands on the paper for everybody. ErrNotFound.
func (a *Archive) Open(ctx context.Context, application uuid.UUID, id string) (*File, error) {
	return a.openWhere(ctx, "application = $1 AND d.id = $2", application, id)
}

// Download is Open for the holder of a paper. ErrNotFound also where the paper comes to them otherwise, at an office or by post.
func (a *Archive) Download(ctx context.Context, application uuid.UUID, id string) (*File, error) {
	return a.openWhere(ctx, "application = $1 AND d.id = $2 AND NOT d.withheld", application, id)
}

func (a *Archive) openWhere(ctx context.Context, where string, application uuid.UUID, id string) (*File, error) {
	id, ok := cleanID(id)
	if !ok {
		return nil, ErrNotFound
	}
	rows, err := readDocuments(ctx, a.o.Pool, where, application, id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	d := a.stampNow(ctx, rows[0])
	body, err := a.body(ctx, d)
	if err != nil {
		return nil, err
	}
	return &File{Name: d.number + ".pdf", MediaType: "application/pdf", Body: body}, nil
}
