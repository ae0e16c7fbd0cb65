package document

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Revoke says, in the caller's transaction, that the papers of that code that the application was issued are no longer valid, and why. Papers that
// were revoked or replaced before keep their day and their reason, so a repeat changes nothing. The file and its signature stay as they are:
// whoever verifies the paper is told.
func (a *Archive) Revoke(ctx context.Context, tx pgx.Tx, code string, c Cause) error {
	return turnDocuments(ctx, tx, Revoked, "", c, "application = $1 AND code = $2", c.Application, code)
}

// ofRight is what becomes of the papers that prove a right when that becomes of the right. A renewal changes none: the paper that it brings takes
// the place of the one before, and without a new paper the old one is good until its last day.
var ofRight = map[string]Status{
	"suspended": Suspended, "resumed": Valid, "transferred": Replaced, "replaced": Replaced, "revoked": Revoked, "expired": Revoked,
}

// RightChanged lets the papers that prove a right follow it, in the transaction in which the right is changed. what is the change, in the words
// of the language.
func (a *Archive) RightChanged(ctx context.Context, tx pgx.Tx, number, what string, c Cause) error {
	to, follows := ofRight[what]
	if !follows || number == "" {
		return nil
	}
	return turnDocuments(ctx, tx, to, "", c, "right_number = $1", number)
}

// succeed lets a new paper take the place of those of its kind that came before: in the same application, where the step was gone through
// again, and of the same right. One of a right that is suspended begins so.
func succeed(ctx context.Context, tx pgx.Tx, r IssueRequest, rec record) error {
	if strings.HasPrefix(r.Node, receiptNode) {
		return nil // each payment has its own
	}
	c := Cause{Application: r.Application, Node: r.Node, Visit: r.Visit, At: rec.IssuedAt}
	err := turnDocuments(ctx, tx, Replaced, rec.ID, c, "code = $1 AND id <> $2 AND NOT starts_with(node, $3) AND (application = $4 OR right_number = $5 AND $5 <> '')",
		rec.Code, rec.ID, receiptNode, r.Application, r.Right.Number)
	if err == nil && r.Right.Suspended {
		err = turnDocuments(ctx, tx, Suspended, "", c, "id = $1", rec.ID)
	}
	return err
}

// history tells what became of the papers of an application, each from its beginning; the caller has made sure that the reader may see it.
func (a *Archive) history(ctx context.Context, application uuid.UUID) (map[string][]Turn, error) {
	rows, err := a.o.Pool.Query(ctx, `SELECT * FROM (
			SELECT s.document, s.status, s.at, s.because, '' FROM document_status s JOIN document d ON d.id = s.document WHERE d.application = $1
			UNION ALL SELECT h.document, CASE WHEN h.held THEN 'suspended' ELSE 'issued' END, h.at, NULL, h.reason
				FROM document_hold h JOIN document d ON d.id = h.document WHERE d.application = $1) turns
		ORDER BY at LIMIT $2`, application, maxPapers*10)
	if err != nil {
		return nil, wrap(err)
	}
	out := map[string][]Turn{}
	var id string
	var t Turn
	_, err = pgx.ForEachRow(rows, []any{&id, &t.Status, &t.At, &t.Because, &t.Reason}, func() error {
		if t.Status == issued {
			t.Status = Valid
		}
		t.At = t.At.UTC()
		out[id] = append(out[id], t)
		t = Turn{}
		return nil
	})
	return out, wrap(err)
}

func (c Cause) at() time.Time { return c.At.UTC().Truncate(time.Millisecond) }
