package app

import (
	"context"
	"errors"
	"fmt"
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
	"means":       {"ar": "طريقة الدفع", "en": "Means of payment", "kk": "Төлем тәсілі", "ru": "Способ оплаты", "fr": "Moyen de paiement"},
	"online":      {"ar": "عبر الإنترنت", "en": "Online", "kk": "Онлайн", "ru": "Онлайн", "fr": "En ligne"},
	"bank":        {"ar": "في بنك أو من محفظة إلكترونية", "en": "At a bank or from a wallet", "kk": "Банкте немесе әмияннан", "ru": "В банке или из кошелька", "fr": "Dans une banque ou depuis un portefeuille"},
	"cash":        {"ar": "نقدًا في الصندوق", "en": "In cash at a till", "kk": "Кассада қолма-қол", "ru": "Наличными в кассе", "fr": "En espèces à une caisse"},
	"instalment":  {"ar": "القسط", "en": "Instalment", "kk": "Бөліп төлеу", "ru": "Часть платежа", "fr": "Versement"},
	"of":          {"ar": "%d من %d", "en": "%d of %d", "kk": "%d, барлығы %d", "ru": "%d из %d", "fr": "%d sur %d"},
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
	issue := func(tx pgx.Tx) (err error) {
		if err := a.Payments.Receipted(ctx, tx, id, p.Receipt); err != nil {
			if errors.Is(err, payment.ErrNotFound) { // taken back since it was read
				return application.ErrNotFound
			}
			return err
		}
		issued, err = a.Archive.Issue(ctx, tx, receiptRequest(v, &p, texts, a.Payments.Zone))
		return err
	}
	if err = postgres.InTx(ctx, a.Pool, issue); postgres.Unique(err, "") { // somebody has asked at the same moment: it is there now
		err = postgres.InTx(ctx, a.Pool, issue)
	}
	return issued, err
}

// receiptRequest asks for the paper of a payment's receipt.
func receiptRequest(v *application.View, p *payment.View, texts *plan.Texts, zone *time.Location) document.IssueRequest {
	return document.IssueRequest{
		Application: v.ID, Reference: v.Reference, Service: v.Service, Authority: v.Authority, Language: v.Language, Zone: zone,
		Node: document.ReceiptNode(p.ID), Visit: 1 + p.Voided, Number: p.Receipt, At: *p.PaidAt,
		Document: plan.Document{Code: "receipt", Sample: texts.Sample}, Text: plan.DocumentText{Title: receiptText(texts, "title")},
		Print: func(string) (document.Paper, error) { return document.Paper{Rows: receiptRows(v, p, texts, zone)}, nil },
	}
}

// receiptText is a word of a receipt in the languages of a service.
func receiptText(texts *plan.Texts, key string) plan.Text {
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

// receiptRows is what the receipt of a payment that was made says.
func receiptRows(v *application.View, p *payment.View, texts *plan.Texts, zone *time.Location) []paper.Row {
	words := func(key string) plan.Text { return receiptText(texts, key) }
	money := func(minor int64) paper.Cell {
		return paper.Cell{Kind: "money", Value: formula.Money{Minor: minor, Currency: p.Currency}.String()}
	}
	rows := []paper.Row{
		{Label: words("application"), Cell: paper.Cell{Kind: "text", Value: v.Reference}},
		{Label: words("service"), Cell: paper.Cell{Kind: "text", Value: v.Service, Words: texts.Title}},
		{Label: words("paid"), Cell: paper.Cell{Kind: "date", Value: p.PaidAt.In(zone).Format(time.DateOnly)}},
		{Label: words("means"), Cell: paper.Cell{Kind: "text", Value: string(p.Means), Words: words(string(p.Means))}},
	}
	if p.Parts > 1 {
		of := words("of")
		for l, text := range of {
			of[l] = fmt.Sprintf(text, p.Part, p.Parts)
		}
		rows = append(rows, paper.Row{Label: words("instalment"), Cell: paper.Cell{Kind: "text", Value: fmt.Sprintf("%d/%d", p.Part, p.Parts), Words: of}})
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
	return append(rows, paper.Row{Label: words("total"), Cell: money(p.Amount), Total: true})
}
