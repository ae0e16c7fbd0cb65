package gateway

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	styleText []byte

	page = template.Must(template.New("page").Parse(pageText))
)

// pageData is what page.html shows: a checkout to decide on, or a note.
type pageData struct {
	Language, Direction, Other, OtherName, OtherLink, Style string
	Text                                                    map[string]string
	Note                                                    string // instead of the form
	Action, Amount, Currency, Description, Reference, Card  string
	Lines                                                   []pageLine // instead of the description
}

// pageLine is one of several things that are paid at once.
type pageLine struct{ Description, Amount string }

// sampleCard is in the range that card schemes keep for tests.
const sampleCard = "4111 1111 1111 1111"

var words = map[string]map[string]string{
	"en": {
		"bank": "Olive Test Bank", "title": "Card payment", "warning": "Test gateway. No money moves.", "amount": "Amount", "for": "For", "reference": "Reference",
		"card": "Card number", "expires": "Expires", "code": "Security code", "pay": "Pay now", "decline": "Let the bank decline", "cancel": "Cancel and go back",
		"gone": "There is no such payment.", "direction": "ltr", "other": "ar", "otherName": "العربية",
	},
	"ar": {
		"bank": "بنك الزيتون التجريبي", "title": "الدفع بالبطاقة", "warning": "بوابة تجريبية، لا تُحوَّل أي أموال.", "amount": "المبلغ", "for": "عن", "reference": "المرجع",
		"card": "رقم البطاقة", "expires": "تاريخ الانتهاء", "code": "رمز الأمان", "pay": "ادفع الآن", "decline": "جرّب رفض البنك", "cancel": "إلغاء والعودة",
		"gone": "لا توجد عملية دفع كهذه.", "direction": "rtl", "other": "en", "otherName": "English", "ILS": "شيكل", "JOD": "دينار", "USD": "دولار", "EUR": "يورو",
	},
	"kk": {
		"bank": "Зәйтүн сынақ банкі", "title": "Картамен төлеу", "warning": "Сынақ шлюзі. Ақша аударылмайды.", "amount": "Сома", "for": "Не үшін", "reference": "Нөмірі",
		"card": "Карта нөмірі", "expires": "Жарамдылық мерзімі", "code": "Қауіпсіздік коды", "pay": "Төлеу", "decline": "Банктің бас тартуын тексеру", "cancel": "Бас тартып, артқа қайту",
		"gone": "Мұндай төлем жоқ.", "direction": "ltr", "other": "ru", "otherName": "Русский", "KZT": "₸",
	},
	"ru": {
		"bank": "Тестовый банк «Олива»", "title": "Оплата картой", "warning": "Тестовый шлюз. Деньги не переводятся.", "amount": "Сумма", "for": "За что", "reference": "Номер",
		"card": "Номер карты", "expires": "Срок действия", "code": "Код безопасности", "pay": "Оплатить", "decline": "Проверить отказ банка", "cancel": "Отменить и вернуться",
		"gone": "Такого платежа нет.", "direction": "ltr", "other": "kk", "otherName": "Қазақша", "KZT": "₸",
	},
	"fr": {
		"bank": "Banque d’essai Olive", "title": "Paiement par carte", "warning": "Passerelle d’essai. Aucun argent ne circule.", "amount": "Montant", "for": "Pour", "reference": "Référence",
		"card": "Numéro de carte", "expires": "Expire le", "code": "Code de sécurité", "pay": "Payer", "decline": "Essayer un refus de la banque", "cancel": "Annuler et revenir",
		"gone": "Ce paiement n’existe pas.", "direction": "ltr", "other": "ar", "otherName": "العربية", "EUR": "€",
	},
}

func (g *Gateway) newPage(r *http.Request) pageData {
	lang := r.URL.Query().Get("lang")
	if words[lang] == nil {
		lang = "ar"
	}
	text := words[lang]
	return pageData{
		Language: lang, Direction: text["direction"], Text: text, Style: g.address + "/style.css",
		Other: text["other"], OtherName: text["otherName"], OtherLink: g.payURL(r.PathValue("id")) + "?lang=" + text["other"],
	}
}

// in is a text in the language of the page, or in the other one.
func (d *pageData) in(texts map[string]string) string {
	for _, l := range []string{d.Language, d.Other, "ar", "en"} {
		if texts[l] != "" {
			return texts[l]
		}
	}
	return ""
}

// showCheckout is the payer's page.
func (g *Gateway) showCheckout(w http.ResponseWriter, r *http.Request) {
	data := g.newPage(r)
	c, err := g.current(r)
	switch {
	case errors.Is(err, errNotFound):
		data.Note = data.Text["gone"]
		show(w, http.StatusNotFound, data)
		return
	case err != nil:
		g.fail(w, err)
		return
	case c.Status != "open":
		http.Redirect(w, r, c.ReturnURL, http.StatusSeeOther)
		return
	}
	data.Action = g.payURL(c.ID) + "?lang=" + data.Language
	data.Amount, data.Currency, data.Reference, data.Card = c.Amount, c.Currency, c.Reference, sampleCard
	if name := data.Text[c.Currency]; name != "" {
		data.Currency = name
	}
	data.Description = data.in(c.Description)
	for _, l := range c.Lines {
		data.Lines = append(data.Lines, pageLine{data.in(l.Description), strings.Trim(string(l.Amount.Value), `"`)})
	}
	// Browsers hold the redirect that answers a form to form-action too.
	if target, err := url.Parse(c.ReturnURL); err == nil {
		w.Header().Set("Content-Security-Policy", policy(target.Scheme+"://"+target.Host))
	}
	show(w, http.StatusOK, data)
}

// outcomes are the buttons of the page and what they lead to.
var outcomes = map[string]string{"pay": "paid", "decline": "declined", "cancel": "cancelled"}

// decide takes the payer's choice and sends the browser back. A second choice changes nothing.
func (g *Gateway) decide(w http.ResponseWriter, r *http.Request) {
	status, ok := outcomes[r.PostFormValue("choice")]
	if !ok {
		refuse(w, http.StatusBadRequest, "invalid", "choice must be pay, decline or cancel")
		return
	}
	c, err := g.current(r)
	if err == nil && c.Status == "open" {
		c, err = g.end(r.Context(), c.ID, status)
	}
	switch {
	case errors.Is(err, errNotFound):
		data := g.newPage(r)
		data.Note = data.Text["gone"]
		show(w, http.StatusNotFound, data)
	case err != nil:
		g.fail(w, err)
	default:
		http.Redirect(w, r, c.ReturnURL, http.StatusSeeOther)
	}
}

func show(w http.ResponseWriter, status int, data pageData) {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // the browser went away
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(styleText)
}
