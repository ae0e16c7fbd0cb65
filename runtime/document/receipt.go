package document

import "github.com/google/uuid"

// receiptNode begins the node at which a receipt is issued. No step of a service is called so, and receipts are not among its papers.
const receiptNode = "receipt:"

// ReceiptNode is the node at which the receipt of a payment is issued.
func ReceiptNode(payment uuid.UUID) string { return receiptNode + payment.String() }
