package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// MostJoint is how many payments one checkout takes.
const MostJoint = 20

// JointRequest asks for one place to make several payments, whose authorities may differ.
type JointRequest struct {
	Lines     []JointLine
	ReturnURL string // absolute; where the browser comes back, paid or not
	Language  string // in which the gateway greets the payer; empty: its own choice
	Provider  string // where the payer wants to pay, as in CheckoutRequest
}

// JointLine is one of the payments. Description is shown by the gateway and holds no personal data.
type JointLine struct {
	Payment     uuid.UUID
	Description map[string]string // by language: the service's title
}

// Errors of joint checkouts, for errors.Is.
var (
	// ErrCurrencies: the payments are of more than one currency, and a checkout has one.
	ErrCurrencies = errors.New("payment: several currencies in one checkout")
	// ErrTooMany: more than MostJoint payments at once, or none.
	ErrTooMany = errors.New("payment: too many payments for one checkout, or none")
)

// CheckoutJointly gives the address at which all of the payments can be made at once: the open checkout of an earlier call for the same ones, or a
// new one. It settles all of them or none. Each can still be made by itself: what then comes twice for one goes back for that one. The caller has
// made sure that the visitor may pay them. One payment is Checkout's. ErrNotDue where one of them cannot be paid, also where it turns out to be
// paid already; ErrCurrencies, ErrTooMany, ErrUnavailable, ErrNotFound, ErrNoProvider.
func (d *Desk) CheckoutJointly(ctx context.Context, r JointRequest) (url string, err error) {
	lines := slices.Clone(r.Lines)
	slices.SortFunc(lines, func(x, y JointLine) int { return slices.Compare(x.Payment[:], y.Payment[:]) })
	lines = slices.CompactFunc(lines, func(x, y JointLine) bool { return x.Payment == y.Payment })
	switch {
	case len(lines) == 0 || len(lines) > MostJoint:
		return "", ErrTooMany
	case len(lines) == 1:
		return d.Checkout(ctx, CheckoutRequest{Payment: lines[0].Payment, Description: lines[0].Description, ReturnURL: r.ReturnURL, Language: r.Language, Provider: r.Provider})
	}
	at, err := d.choose(r.Provider)
	if err != nil {
		return "", err
	}
	for range maxAttempts {
		due, err := d.dueJointly(ctx, lines)
		if err != nil {
			return "", err
		}
		if url, err := d.openJointly(ctx, due, r.Provider); err != nil || url != "" {
			return url, err
		}
		o := provider.Order{Reference: jointly(due).String(), Amount: formula.Money{Currency: due[0].currency}, ReturnURL: r.ReturnURL, CallbackURL: d.CallbackURL, Language: r.Language}
		for i, p := range due {
			line := provider.OrderLine{Amount: formula.Money{Minor: p.amount, Currency: p.currency}, Description: lines[i].Description}
			o.Amount.Minor += p.amount
			o.Lines = append(o.Lines, line)
		}
		c, err := at.Open(ctx, o.Reference, o)
		if errors.Is(err, provider.ErrKeyReused) { // opened with other words; see Checkout
			for _, p := range due {
				if err := skipAttempt(ctx, d.Pool, p.id, p.attempt+1); err != nil {
					return "", err
				}
			}
			continue
		}
		if err != nil {
			return "", err
		}
		stored, err := d.storeJointly(ctx, due, at.Name, o.Reference, c)
		if err != nil {
			return "", err
		}
		if stored {
			return c.URL, nil
		}
	}
	return "", fmt.Errorf("%w: no joint checkout after %d attempts", ErrUnavailable, maxAttempts)
}

// dueJointly are the payments of the lines in their order, all of which can be made now.
func (d *Desk) dueJointly(ctx context.Context, lines []JointLine) ([]payment, error) {
	due := make([]payment, len(lines))
	for i, l := range lines {
		p, err := readPayment(ctx, d.Pool, l.Payment)
		switch {
		case err != nil:
			return nil, err
		case !payable(p.status, p.dueAt, p.late, d.now()):
			return nil, ErrNotDue
		case p.currency != due[0].currency && i > 0:
			return nil, ErrCurrencies
		}
		due[i] = p
	}
	return due, nil
}

// openJointly asks the provider about the checkouts that the payments have: one that was paid is recorded, and where all of them have the same
// one that is open, where the payer wants to pay ("" = wherever) and for nothing else, its address is given.
func (d *Desk) openJointly(ctx context.Context, due []payment, wanted string) (url string, err error) {
	asked, at := map[string]provider.Checkout{}, At{}
	for _, p := range due {
		if _, known := asked[p.checkout]; known || p.checkout == "" {
			continue
		}
		var c provider.Checkout
		if at, c, err = d.ask(ctx, p.checkout); err != nil {
			return "", err
		}
		if c.Status == provider.Paid {
			if _, err := d.settleNow(ctx, at.Name, c); err != nil {
				return "", err
			}
			return "", ErrNotDue
		}
		asked[p.checkout] = c
	}
	one := due[0].checkout
	if len(asked) != 1 || asked[one].Status != provider.Open || wanted != "" && at.Name != wanted {
		return "", nil
	}
	carried, err := carriedBy(ctx, d.Pool, at.Name, one, "")
	if err != nil || len(carried) != len(due) {
		return "", err
	}
	for _, p := range due {
		if p.checkout != one || carried[p.id] != p.amount {
			return "", nil
		}
	}
	return due[0].checkoutURL, nil
}

// jointSpace is the name space of references of joint checkouts.
var jointSpace = uuid.MustParse("0b1d6a52-5d0e-4a5f-9a35-3f0c1f4f8a11")

// jointly is the reference and the key of a checkout for payments: the attempt of each is part of it, so two calls at once ask for the same one.
func jointly(due []payment) uuid.UUID {
	var name strings.Builder
	for _, p := range due {
		fmt.Fprintf(&name, "%s:%d:%d\n", p.id, p.attempt+1, p.amount)
	}
	return uuid.NewSHA1(jointSpace, []byte(name.String()))
}

// storeJointly keeps a checkout for all of the payments, in whose order they are locked; false where one of them is no longer as it was read.
func (d *Desk) storeJointly(ctx context.Context, due []payment, at, reference string, c provider.Checkout) (stored bool, err error) {
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		stored = false
		lines := map[uuid.UUID]int64{}
		for _, was := range inOrder(due) {
			p, err := lockPayment(ctx, tx, was.id)
			if err != nil {
				return err
			}
			if p.status != Due || p.amount != was.amount || p.attempt > was.attempt && p.checkout != c.ID {
				return nil
			}
			lines[p.id] = p.amount
		}
		if err := insertCheckout(ctx, tx, at, c.ID, reference, lines); err != nil {
			return err
		}
		for _, p := range due {
			if err := moveCheckout(ctx, tx, p.id, p.attempt+1, c); err != nil {
				return err
			}
		}
		stored = true
		return nil
	})
	return stored, err
}

// inOrder are payments in the order in which they are locked: by authority, since the numbers of its receipts are taken in it too.
func inOrder(list []payment) []payment {
	list = slices.Clone(list)
	slices.SortFunc(list, func(x, y payment) int {
		if c := strings.Compare(x.authority, y.authority); c != 0 {
			return c
		}
		return slices.Compare(x.id[:], y.id[:])
	})
	return list
}

// ConfirmJointly is Confirm for payments that were to be made at once; it asks about each of their checkouts once. It says how each stands after
// that, in the order of the IDs. ErrUnavailable, ErrNotFound, ErrTooMany.
func (d *Desk) ConfirmJointly(ctx context.Context, ids []uuid.UUID) ([]View, error) {
	if len(ids) > MostJoint {
		return nil, ErrTooMany
	}
	asked, views := map[string]bool{}, make([]View, len(ids))
	for i, id := range ids {
		p, err := readPayment(ctx, d.Pool, id)
		if err == nil && p.paidAt == nil && !asked[p.checkout] {
			asked[p.checkout] = true
			if _, err = d.Confirm(ctx, id); err == nil {
				p, err = readPayment(ctx, d.Pool, id)
			}
		}
		if err != nil {
			return nil, err
		}
		views[i] = p.view()
	}
	return views, nil
}
