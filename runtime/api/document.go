package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// addMoney adds what was assessed and what is or was to be paid.
func (a *API) addMoney(ctx context.Context, out *Application, texts *plan.Texts) error {
	payments, err := a.o.Payments.OfApplication(ctx, out.ID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		shown := Payment{
			ID: p.ID.String(), Lines: feeLines(p.Lines, p.Currency, texts), Amount: money(p.Amount, p.Currency), Status: string(p.Status),
			DueAt: p.DueAt, PaidAt: p.PaidAt, Late: p.Late, Part: p.Part, Parts: p.Parts,
		}
		for _, c := range p.Coming {
			shown.Coming = append(shown.Coming, Coming{money(c.Amount, p.Currency), c.DueAt})
		}
		for _, w := range p.Waivers {
			shown.Waived = append(shown.Waived, Waiver{Amount: money(w.Amount(), p.Currency), Reason: w.Reason, Basis: w.Basis})
		}
		if p.Refunded != 0 {
			back := money(p.Refunded, p.Currency)
			shown.Refunded = &back
		}
		for _, x := range p.Less {
			shown.Less = append(shown.Less, FeeLine{Fee: x.Fee, Title: texts.Fees[x.Fee], Amount: money(x.Amount, p.Currency)})
		}
		for _, d := range p.Deposits {
			shown.Deposits = append(shown.Deposits, Deposit{d.Fee, money(d.Amount, p.Currency), string(d.Status), d.HeldWith, d.SettledAt})
		}
		if p.Payable {
			shown.Checkout = a.o.PublicURL + "/pay/" + shown.ID
		}
		out.Payments = append(out.Payments, shown)
		if p.Status != payment.Cancelled {
			out.Fees = append(out.Fees, shown.Lines...)
		}
	}
	payouts, err := a.o.Payments.PayoutsOf(ctx, out.ID)
	for _, x := range payouts {
		out.Payouts = append(out.Payouts, Payout{x.ID.String(), x.Step, money(x.Amount, x.Currency), string(x.Status), x.Account, x.Failure, x.EndedAt})
	}
	return err
}

func feeLines(lines []activity.Line, currency string, texts *plan.Texts) []FeeLine {
	out := make([]FeeLine, len(lines))
	for i, l := range lines {
		out[i] = FeeLine{Fee: l.Fee, Title: texts.Fees[l.Fee], Amount: money(l.Amount, currency)}
		if len(l.Changes) == 0 {
			continue
		}
		full := money(l.Full, currency)
		out[i].Full = &full
		for _, c := range l.Changes {
			out[i].Changes = append(out[i].Changes, FeeChange{c.Kind, texts.Fees[c.TextKey(l.Fee)], money(c.By, currency)})
		}
	}
	return out
}

func (a *API) addDocuments(ctx context.Context, out *Application) error {
	papers, err := a.o.Documents.OfApplication(ctx, out.ID)
	if err != nil || len(papers) == 0 {
		return err
	}
	ways := map[string][]Way{}
	collected, err := a.o.Delivery.Of(ctx, out.ID)
	if err != nil {
		return err
	}
	for _, c := range collected {
		ways[c.Paper] = append(ways[c.Paper], Way{Channel: delivery.PickUp, State: string(c.State), Since: c.Since, Office: c.Office, Until: c.Until})
	}
	posted, err := a.o.Delivery.PostOf(ctx, out.ID)
	if err != nil {
		return err
	}
	for _, x := range posted {
		way := Way{Channel: delivery.ByPost, State: string(x.State), Since: x.Since}
		if x.Manifest != "" {
			way.Item = x.Item
		}
		ways[x.Paper] = append(ways[x.Paper], way)
	}
	emailed, err := a.o.Delivery.LinksOf(ctx, out.ID)
	if err != nil {
		return err
	}
	for _, x := range emailed {
		ways[x.Paper] = append(ways[x.Paper], Way{Channel: delivery.ByEmail, State: string(x.State), Since: x.Since, Until: x.Until})
	}
	for _, p := range papers {
		shown := Document{p.ID, p.Title, p.Number, string(p.Status), p.Since, p.ReplacedBy, "", ways[p.ID]}
		if !p.Withheld {
			shown.Href = a.o.PublicURL + Prefix + "documents/" + p.ID
		}
		out.Documents = append(out.Documents, shown)
	}
	return nil
}

func (a *API) document(described huma.API) {
	op := a.operation(described, http.MethodGet, "documents/{id}", "get-document", "An issued paper, as a PDF to be saved")
	op.Description = "Its holder gets it where the definition delivers it by download, officers always."
	op.Responses["200"] = &huma.Response{Description: "The paper", Content: map[string]*huma.MediaType{
		"application/pdf": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
	}}
	huma.Register(described, op, func(ctx context.Context, in *idInput) (*huma.StreamResponse, error) {
		of, err := a.o.Documents.ApplicationOf(ctx, in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		v, as, err := a.view(ctx, of)
		if err == nil && !as.applicant {
			err = a.o.Audit(ctx, entry(caller(ctx), "download", v, map[string]string{"document": in.ID}))
		}
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		open := a.o.Documents.Open
		if as.applicant {
			open = a.o.Documents.Download
		}
		file, err := open(ctx, of, in.ID)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			r, w := humago.Unwrap(ctx)
			file.ServeHTTP(w, r)
		}}, nil
	})
}

// entry notes what an officer does with somebody's application.
func entry(p *identity.Person, action string, v *application.View, detail map[string]string) audit.Entry {
	return audit.Entry{Authority: v.Authority, Actor: p.ID.String(), Action: action, Subject: v.ID.String(), Detail: detail}
}
