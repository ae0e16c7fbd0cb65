package api

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// DuePayment is one that can be made now.
type DuePayment struct {
	ID          string     `json:"id"`
	Application string     `json:"application"`
	Reference   string     `json:"reference" doc:"Of the application"`
	Title       plan.Text  `json:"title" doc:"Of the service"`
	Authority   string     `json:"authority" doc:"To which it is due"`
	Amount      Money      `json:"amount"`
	DueAt       *time.Time `json:"dueAt,omitempty"`
	Part        int        `json:"part,omitempty" doc:"Of a payment by instalments: which it is, from 1"`
	Parts       int        `json:"parts,omitempty"`
	Checkout    string     `json:"checkout" format:"uri" doc:"Where it is made by itself"`
}

// JointCheckout makes payments of one currency at once.
type JointCheckout struct {
	Payments []string `json:"payments" doc:"At most 20, those that are due first"`
	Total    Money    `json:"total"`
	Checkout string   `json:"checkout" format:"uri" doc:"A page to be opened in a browser, as the checkout of one payment. It names each payment in a parameter of: leave some out, or put another one of that currency beside them whose ID you know, such as a bill of somebody else. It settles all of them or none"`
}

// DuePayments is what the caller can pay now.
type DuePayments struct {
	Items     []DuePayment    `json:"items" doc:"What is due first comes first"`
	Checkouts []JointCheckout `json:"checkouts" doc:"One for each currency"`
}

func (a *API) payments(described huma.API) {
	op := a.operation(described, http.MethodGet, "payments", "list-due-payments", "What the caller can pay now in all their applications, each by itself or all at once")
	huma.Register(described, op, func(ctx context.Context, _ *struct{}) (*answer[DuePayments], error) {
		out, err := a.duePayments(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[DuePayments]{Body: out}, nil
	})
}

func (a *API) duePayments(ctx context.Context) (DuePayments, error) {
	out := DuePayments{Items: []DuePayment{}, Checkouts: []JointCheckout{}}
	mine, err := a.o.Book.OwnOf(ctx, caller(ctx).ID)
	if err != nil {
		return out, err
	}
	var applications []uuid.UUID
	for id := range mine {
		applications = append(applications, id)
	}
	views, err := a.o.Payments.DueOf(ctx, applications, nil)
	if err != nil {
		return out, err
	}
	at := map[string][]payment.View{}
	for _, v := range views {
		own := mine[v.Application]
		due := DuePayment{
			ID: v.ID.String(), Application: v.Application.String(), Reference: own.Reference, Authority: v.Authority, Amount: money(v.Amount, v.Currency), DueAt: v.DueAt,
			Part: v.Part, Parts: v.Parts, Checkout: a.o.PublicURL + "/pay/" + v.ID.String(),
		}
		if texts, ok := a.o.Releases.Texts(own.Texts); ok {
			due.Title = texts.Title
		}
		out.Items = append(out.Items, due)
		if len(at[v.Currency]) < payment.MostJoint {
			at[v.Currency] = append(at[v.Currency], v)
		}
	}
	for currency, all := range at {
		out.Checkouts = append(out.Checkouts, a.joint(currency, all))
	}
	slices.SortFunc(out.Checkouts, func(x, y JointCheckout) int { return cmp.Compare(x.Total.Currency, y.Total.Currency) })
	return out, nil
}

func (a *API) joint(currency string, all []payment.View) JointCheckout {
	var sum int64
	j, of := JointCheckout{}, url.Values{}
	slices.SortFunc(all, func(x, y payment.View) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	for _, v := range all {
		sum += v.Amount
		j.Payments = append(j.Payments, v.ID.String())
		of.Add("of", v.ID.String())
	}
	j.Total, j.Checkout = money(sum, currency), a.o.PublicURL+"/payments/pay?"+of.Encode()
	return j
}
