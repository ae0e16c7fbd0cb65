package application

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// What becomes of each table when an application is erased. What is not named here holds nothing about a person, or is forgotten by itself: drafts when
// they are over, outbox, idempotency and event after a month, sessions when they end.
//
//	application        stays with its number, service, dates and outcome; form, labels, facts, answer, behalf, key and request are emptied
//	application_form   versions stay, their forms are emptied
//	answer             stays with its step; body and labels are emptied
//	timeline, task     stay; what was written in comments is emptied
//	act                stays with who, when and what came of it; comment, data, labels, key and request are emptied
//	vote, awaited      stay: IDs of officers and of acts; what was awaited goes
//	recusal            stays; its reason is emptied
//	invitation         goes: it is a national number
//	message            goes with message_read: whoever was told, was told
//	statement          stays, as it was counted; comment, data and reason are emptied
//	draft              its form is empty already; what is tied to the application is emptied again
//	round_*, booking   stay: a round must be worked out again; they know the application by its number
//	"right"            stays: a register of its own, which outlives applications
//	upload, file       their keys and names go (document.Archive.Erase); papers as long as they are valid, receipts not
//	collection         stays; who else may come for the paper is emptied (delivery.Deliveries.Erase)
//	post, post_item    stay; the address and the row of the manifest are emptied (delivery.Deliveries.Erase)
//	emailed, paper_link   go: links that were sent by e-mail (delivery.Deliveries.Erase)
//	payout             stays; person and account are emptied (payment.Desk.Erase)
//	money_incident     stays; how it was settled by hand is emptied, as is what a bank has sent with a bill_notice (payment.Desk.Erase)
//	proposal           stays with who and when; its reason is emptied, but of corrections of the book (payment, till and document)
//	document_hold      stays; its reason is emptied (document.Archive.Erase)
//	assessment, payment, refund, deposit, entry, posting, till_*, settlement_*, bill_*   stay: the book, with IDs and amounts
//	audit              stays: IDs
//	person             facts go when nothing else needs them (identity.Forget)
//
// In each statement $1 is the application.
var erasures = []string{
	`UPDATE application_form SET form = '{}' WHERE application = $1`,
	`UPDATE answer SET body = '{}', labels = '{}' WHERE application = $1`,
	`UPDATE timeline SET comment = '' WHERE application = $1 AND comment <> ''`,
	`UPDATE act SET comment = '', data = NULL, labels = '{}', key = id::text, request = '' WHERE application = $1`,
	`DELETE FROM awaited WHERE application = $1`,
	`UPDATE recusal SET reason = '' WHERE application = $1`,
	`DELETE FROM invitation WHERE task IN (SELECT id FROM task WHERE application = $1)`,
	`DELETE FROM message_read WHERE message IN (SELECT id FROM message WHERE application = $1)`,
	`DELETE FROM message WHERE application = $1`,
	`UPDATE statement SET data = NULL, comment = '', reason = '' WHERE task IN (SELECT id FROM task WHERE application = $1)`,
	`UPDATE draft SET form = '{}' WHERE application = $1`,
}

// Erase erases, in the caller's transaction, what is personal of an application that Expired has given; see erasures. What others keep of it is theirs to
// erase. It is false where the application was erased or taken up again meanwhile.
func (b *Book) Erase(ctx context.Context, tx pgx.Tx, e Expired, at time.Time) (bool, error) {
	done, err := tx.Exec(ctx, `UPDATE application SET erased_at = $2, erased_by = $3, form = '{}', labels = '{}', facts = '{}', answer = NULL,
			behalf = CASE WHEN behalf IS NULL THEN NULL ELSE '{}'::jsonb END, key = id::text, request = ''
		WHERE id = $1 AND status = 'ended' AND erased_at IS NULL AND ended_at = $4`, e.ID, at, e.Rule, e.EndedAt)
	if err != nil || done.RowsAffected() == 0 {
		return false, err
	}
	batch := &pgx.Batch{}
	for _, sql := range erasures {
		batch.Queue(sql, e.ID)
	}
	return true, tx.SendBatch(ctx, batch).Close()
}

// Unneeded gives those of some people whom no application, draft or message needs to be known any more.
func (b *Book) Unneeded(ctx context.Context, people []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT p FROM unnest($1::uuid[]) p
		WHERE NOT EXISTS (SELECT FROM application WHERE applicant = p AND erased_at IS NULL)
			AND NOT EXISTS (SELECT FROM application WHERE representative = p AND erased_at IS NULL)
			AND NOT EXISTS (SELECT FROM draft WHERE applicant = p AND status = 'open')
			AND NOT EXISTS (SELECT FROM draft WHERE representative = p AND status = 'open')
			AND NOT EXISTS (SELECT FROM message WHERE person = p) AND NOT EXISTS (SELECT FROM message WHERE beside = p)`, people)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
