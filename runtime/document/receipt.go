package document

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// receiptNode begins the node at which a receipt is issued. No step of a service is called so, and receipts are not among its papers.
const receiptNode = "receipt:"

// ReceiptNode is the node at which the receipt of a payment is issued.
func ReceiptNode(payment uuid.UUID) string { return receiptNode + payment.String() }

// takenBack is why the receipt of a payment is no longer valid that was taken back at the till.
var takenBack = plan.Text{
	"ar": "أُلغيت الدفعة في الصندوق.", "en": "The payment was taken back at the till.", "kk": "Төлем кассада қайтарылды.", "ru": "Платёж отменён в кассе.",
	"fr": "Le paiement a été annulé à la caisse.",
}

// RevokeReceipt says, in the caller's transaction, that the paper of a payment's receipt is no longer valid, where one was drawn: the payment was
// taken back at the till.
func (a *Archive) RevokeReceipt(ctx context.Context, tx pgx.Tx, application, payment uuid.UUID, at time.Time) error {
	node := ReceiptNode(payment)
	c := Cause{Application: application, Node: node, Visit: 1, Because: takenBack, At: at}
	return turnDocuments(ctx, tx, Revoked, "", c, "application = $1 AND node = $2", application, node)
}
