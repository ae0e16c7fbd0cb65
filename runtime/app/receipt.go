package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// receiptWords are the words of a receipt, in the languages that papers have words in.
var receiptWords = map[string]plan.Text{
	"title":       {"ar": "إيصال دفع", "en": "Receipt", "kk": "Төлем түбіртегі", "ru": "Квитанция об оплате", "fr": "Reçu"},
	"application": {"ar": "رقم الطلب", "en": "Application", "kk": "Өтініш", "ru": "Заявление", "fr": "Demande"},
	"service":     {"ar": "الخدمة", "en": "Service", "kk": "Қызмет", "ru": "Услуга", "fr": "Service"},
	"paid":        {"ar": "دُفع في", "en": "Paid on", "kk": "Төленген күні", "ru": "Оплачено", "fr": "Payé le"},
	"rounding":    {"ar": "تقريب", "en": "Rounding", "kk": "Дөңгелектеу", "ru": "Округление", "fr": "Arrondi"},
	"total":       {"ar": "المجموع المدفوع", "en": "Total paid", "kk": "Барлығы төленді", "ru": "Всего оплачено", "fr": "Total payé"},
}

// receipt gives the paper of a payment's receipt, the applicant's language first, under the number that was taken when the payment was booked.
// It is drawn when somebody asks for it the first time, and is the same paper from then on.
func (a *App) receipt(ctx context.Context, v *application.View, id uuid.UUID) (issued string, err error) {
	payments, err := a.Payments.OfApplication(ctx, v.ID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(payments, func(p payment.View) bool { return p.ID == id && p.Receipt != "" && p.PaidAt != nil })
	if i < 0 {
		return "", application.ErrNotFound
	}
	p := payments[i]
	texts, ok := a.Releases.Texts(v.Texts)
	if !ok {
		return "", application.ErrUnavailable
	}
	words := func(key string) plan.Text { // in the languages of the service
		out := plan.Text{}
		for _, l := range texts.Languages {
			if word := receiptWords[key][l]; word != "" {
				out[l] = word
			}
		}
		if len(out) == 0 {
			return plan.Text{"en": receiptWords[key]["en"]}
		}
		return out
	}
	money := func(minor int64) paper.Cell {
		return paper.Cell{Kind: "money", Value: formula.Money{Minor: minor, Currency: p.Currency}.String()}
	}
	rows := []paper.Row{
		{Label: words("application"), Cell: paper.Cell{Kind: "text", Value: v.Reference}},
		{Label: words("service"), Cell: paper.Cell{Kind: "text", Value: v.Service, Words: texts.Title}},
		{Label: words("paid"), Cell: paper.Cell{Kind: "date", Value: p.PaidAt.In(a.Payments.Zone).Format(time.DateOnly)}},
	}
	for _, l := range p.Lines {
		label := texts.Fees[l.Fee]
		switch {
		case l.Amount == 0:
			continue
		case l.Fee == activity.RoundingLine:
			label = words("rounding")
		case label == nil:
			label = plan.Text{"en": l.Fee}
		}
		rows = append(rows, paper.Row{Label: label, Cell: money(l.Amount)})
	}
	rows = append(rows, paper.Row{Label: words("total"), Cell: money(p.Amount)})
	issue := func(tx pgx.Tx) (err error) {
		issued, err = a.Archive.Issue(ctx, tx, document.IssueRequest{
			Application: v.ID, Reference: v.Reference, Service: v.Service, Authority: v.Authority, Language: v.Language, Zone: a.Payments.Zone,
			Node: document.ReceiptNode(id), Visit: 1 + p.Voided, Number: p.Receipt, At: *p.PaidAt,
			Document: plan.Document{Code: "receipt", Sample: texts.Sample}, Text: plan.DocumentText{Title: words("title")},
			Print: func(string) (document.Paper, error) { return document.Paper{Rows: rows}, nil },
		})
		return err
	}
	if err = postgres.InTx(ctx, a.Pool, issue); postgres.Unique(err, "") { // somebody has asked at the same moment: it is there now
		err = postgres.InTx(ctx, a.Pool, issue)
	}
	return issued, err
}
