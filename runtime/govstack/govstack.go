// Package govstack lets banks and wallets pay bills by their reference, in the words of GovStack's Payments building block: bill inquiry and
// payment notice (markBillPayment), of which we are the Government Entity.
//
// It owns the two calls and who may make them; bills are package payment's. It follows GovStack's bb-payments, section 8.3 of version 3.0.0
// (December 2025) with api/P2G.yaml 1.0.0 (GET /bills/{billId}) and markBillPpaymentRequest.yml 1.0.0 (POST /billTransferRequests). Where those
// leave open what money needs, this is what holds here:
//
//   - A caller is known by a key, "Authorization: Bearer KEY", which goes with its X-PayerFI-Id. The specification names X-CorrelationID as the
//     key of an API; whoever has read one request would know it.
//   - Answers come with the call (202), not to an address that a caller names.
//   - Amounts are integers in minor units of the currency that stands beside them.
//   - A notice says amount and currency, or names in billInquiryRequestId the inquiry (its X-CorrelationID) to whose answer it holds.
//   - requestID is the key of a notice: the same again has the same answer. A refusal (400) says in rejectReason why; nothing was received then.
//
// An installation is one tenant, so X-Platform-TenantId says nothing new and is not read.
//
//	mux.Handle(govstack.Prefix, govstack.New(govstack.Options{Bills: desk, Biller: "4170", Payers: payers}))
package govstack

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment"
)

// Prefix is where everything stands.
const Prefix = "/govstack/payments/"

// Bills is what is needed of *payment.Desk.
type Bills interface {
	InquireBill(ctx context.Context, payer, request, reference string) (payment.Bill, error)
	PayBill(ctx context.Context, n payment.BillNotice) (payment.BillResult, error)
}

// Options of the calls.
type Options struct {
	Bills  Bills
	Biller string              // our number
	Payers map[string][]string // keys of each bank and wallet by its code: the current one, then those that still count while they are exchanged
	Now    func() time.Time    // nil = time.Now
	Log    *slog.Logger        // nil = slog.Default()
}

// codes of payers: they stand in the ledger.
var payerCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)

// biller numbers begin every reference.
var billerNumber = regexp.MustCompile(`^[0-9]{1,7}$`)

const shortestKey = 16

// Check says what is wrong with who may pay bills. It says no key.
func Check(biller string, payers map[string][]string) error {
	if !billerNumber.MatchString(biller) {
		return errors.New("govstack: the biller's number must have one to seven digits")
	}
	for code, keys := range payers {
		switch {
		case !payerCode.MatchString(code):
			return fmt.Errorf("govstack: code of a bank or wallet %q: want up to 20 of a-z, 0-9 and -", code)
		case payment.Kept(code):
			return fmt.Errorf("govstack: code of a bank or wallet %q: the book calls something else so, choose another one", code)
		case len(keys) == 0:
			return fmt.Errorf("govstack: %s has no key", code)
		}
		for _, k := range keys {
			if len(k) < shortestKey {
				return fmt.Errorf("govstack: a key of %s is shorter than %d characters", code, shortestKey)
			}
		}
	}
	return nil
}

type calls struct{ Options }

// New serves the calls under Prefix.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &calls{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"bills/{bill}", c.known(c.inquire))
	mux.HandleFunc("POST "+Prefix+"billTransferRequests", c.known(c.notice))
	return http.MaxBytesHandler(mux, mostBody)
}

const (
	mostBody    = 16 << 10
	mostRequest = 20 // characters of X-CorrelationID
)

// known lets callers through whose key is theirs, and tells the handler their code and the request.
func (c *calls) known(next func(w http.ResponseWriter, r *http.Request, payer, request string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		payer := r.Header.Get("X-PayerFI-Id")
		if payer == "" { // so it is called in the inquiry
			payer = r.Header.Get("PayerFI-Id")
		}
		key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer || !c.theirs(payer, key) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "", "unknown-payer", "X-PayerFI-Id and the key do not belong together")
			return
		}
		request := r.Header.Get("X-CorrelationID")
		if request == "" || len(request) > mostRequest || !printable(request) {
			refuse(w, http.StatusBadRequest, "", "invalid", "X-CorrelationID must have 1 to 20 characters")
			return
		}
		next(w, r, payer, request)
	}
}

// theirs compares in the same time whatever is wrong.
func (c *calls) theirs(payer, key string) bool {
	got, ok := sha256.Sum256([]byte(key)), 0
	for _, k := range c.Payers[payer] {
		want := sha256.Sum256([]byte(k))
		ok |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	return ok == 1
}

// detail is one bill. Its names are the specification's.
type detail struct {
	BillerID   string `json:"billerId"`
	BillerName string `json:"billerName"`
	Status     string `json:"billStatus"`
	DueDate    string `json:"dueDate,omitempty"`
	OnDue      int64  `json:"amountonDueDate"`
	AfterDue   *int64 `json:"amountAfterDueDate,omitempty"` // missing where it cannot be paid any more then
	Currency   string `json:"currency"`
}

func (c *calls) inquire(w http.ResponseWriter, r *http.Request, payer, request string) {
	if r.URL.Query().Get("fields") != "inquiry" {
		refuse(w, http.StatusBadRequest, request, "invalid", "fields must be inquiry")
		return
	}
	reference := r.PathValue("bill")
	b, err := c.Bills.InquireBill(r.Context(), payer, request, reference)
	switch {
	case errors.Is(err, payment.ErrNotFound):
		refuse(w, http.StatusBadRequest, request, string(payment.BillUnknown), "there is no such bill")
		return
	case errors.Is(err, payment.ErrRequestReused):
		refuse(w, http.StatusBadRequest, request, "request-reused", "this X-CorrelationID was used for another bill")
		return
	case err != nil:
		c.fail(w, request, err)
		return
	}
	d := detail{BillerID: c.Biller, BillerName: first(b.Authority, 10), Status: c.status(b), OnDue: b.Amount.Minor, Currency: b.Amount.Currency}
	if b.DueAt != nil {
		d.DueDate = b.DueAt.UTC().Format(time.RFC3339)
	}
	if b.DueAt == nil || b.Late {
		d.AfterDue = &b.Amount.Minor
	}
	answer(w, http.StatusAccepted, map[string]any{"code": "00", "reason": "found", "requestId": request, "billId": b.Reference, "billDetails": []detail{d}})
}

// status is that of the bill in at most ten letters.
func (c *calls) status(b payment.Bill) string {
	switch {
	case b.Status == payment.BillPaid:
		return "PAID"
	case b.Status == payment.BillOver:
		return "CANCELLED"
	case b.DueAt != nil && !c.Now().Before(*b.DueAt):
		return "OVERDUE"
	}
	return "UNPAID"
}

// whatIsPaid is the payer's own reference; it becomes part of an ID of ours.
var whatIsPaid = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,16}$`)

func (c *calls) notice(w http.ResponseWriter, r *http.Request, payer, _ string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "", "invalid", "the body is too large or incomplete")
		return
	}
	var said struct {
		RequestID          string `json:"requestID"`
		BillID             string `json:"billId"`
		InquiryID          string `json:"billInquiryRequestId"`
		PaymentReferenceID string `json:"paymentReferenceID"`
		Amount             *int64 `json:"amount"`
		Currency           string `json:"currency"`
	}
	problem := ""
	switch {
	case json.Unmarshal(body, &said) != nil:
		problem = "the body is not the JSON of a notice"
	case said.RequestID == "" || len(said.RequestID) > 12 || !printable(said.RequestID):
		said.RequestID, problem = "", "requestID must have 1 to 12 characters"
	case said.BillID == "" || len(said.BillID) > 20 || !printable(said.BillID):
		problem = "billId must have 1 to 20 characters"
	case !whatIsPaid.MatchString(said.PaymentReferenceID):
		problem = "paymentReferenceID must have 1 to 16 letters, digits or . _ / -"
	case (said.Amount == nil) != (said.Currency == ""):
		problem = "amount and currency stand together or not at all"
	}
	if problem != "" {
		refuse(w, http.StatusBadRequest, said.RequestID, "invalid", problem)
		return
	}
	n := payment.BillNotice{Payer: payer, Request: said.RequestID, Reference: said.BillID, Paid: said.PaymentReferenceID, Inquiry: said.InquiryID, Body: body}
	if said.Amount != nil {
		n.Amount = &formula.Money{Minor: *said.Amount, Currency: said.Currency}
	}
	result, err := c.Bills.PayBill(r.Context(), n)
	switch {
	case errors.Is(err, payment.ErrRequestReused):
		refuse(w, http.StatusBadRequest, said.RequestID, "request-reused", "this requestID was used for another notice")
	case err != nil:
		c.fail(w, said.RequestID, err)
	case result != payment.BillTaken:
		c.Log.Warn("govstack: a notice was refused", "payer", payer, "result", result)
		refuse(w, http.StatusBadRequest, said.RequestID, string(result), refusals[result])
	default:
		answer(w, http.StatusAccepted, map[string]string{"responseCode": "00", "reason": "the bill is paid", "requestID": said.RequestID, "billId": said.BillID})
	}
}

// refusals say to the bank what it does now.
var refusals = map[payment.BillResult]string{
	payment.BillUnknown:   "there is no such bill; give the money back to whoever has paid",
	payment.BillMismatch:  "the bill is of another amount; give the money back to whoever has paid",
	payment.BillNoAmount:  "say amount and currency, or in billInquiryRequestId an inquiry about this bill",
	payment.BillPaidTwice: "the bill was paid before; give the money back to whoever has paid",
	payment.BillNotDue:    "the bill cannot be paid any more; give the money back to whoever has paid",
	payment.BillReused:    "this paymentReferenceID has paid another bill",
}

func (c *calls) fail(w http.ResponseWriter, request string, err error) {
	c.Log.Error("govstack: not answered", "error", err)
	refuse(w, http.StatusServiceUnavailable, request, "unavailable", "send the same again in a minute")
}

func refuse(w http.ResponseWriter, status int, request, why, reason string) {
	answer(w, status, map[string]string{"code": "01", "reason": reason, "requestID": request, "rejectReason": why})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone
}

// printable tells whether a text is of visible ASCII.
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

func first(s string, n int) string { return s[:min(len(s), n)] }
