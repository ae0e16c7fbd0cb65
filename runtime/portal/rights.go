package portal

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// rightsPage shows what somebody holds: permits, licences, benefits.
type rightsPage struct {
	Rights []heldRight
	Empty  *ui.Empty
	Check  ui.Link
}

// heldRight is one of them. Reminder is what the holder is told now that its end is near.
type heldRight struct {
	Title    string
	Number   string
	Tag      ui.Tag
	Facts    ui.SummaryList
	Reminder string
}

func (p *Portal) rights(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	list, err := p.o.Rights.OfHolder(r.Context(), me.ID, me.NationalNumber)
	if err != nil {
		return err
	}
	l := p.locale(r)
	body := rightsPage{Check: ui.Link{Text: l.T("rights.check.title"), Href: "/rights/check"}}
	for i := range list {
		body.Rights = append(body.Rights, p.heldRight(l, &list[i]))
	}
	if len(list) == 0 {
		body.Empty = &ui.Empty{Title: l.T("rights.none"), Text: l.T("rights.noneText"), Drawing: "inbox",
			Action: &ui.Button{Text: l.T("nav.services"), Href: "/services"}}
	}
	page := p.page(r, l.T("rights.title"))
	page.Body = body
	return p.ui.Render(w, r, http.StatusOK, "rights", page)
}

func (p *Portal) heldRight(l *ui.Locale, e *right.Entry) heldRight {
	out := heldRight{Title: l.Pick(e.Title), Number: e.Number, Tag: rightTag(l, e.Status), Reminder: l.Pick(e.Reminder)}
	out.Facts.Rows = append(out.Facts.Rows, ui.SummaryRow{Key: l.T("service.authority"), Value: p.authority(l, e.Authority)},
		ui.SummaryRow{Key: l.T("rights.grantedOn"), Value: l.Day(e.GrantedOn)},
		ui.SummaryRow{Key: l.T("rights.validUntil"), Value: cmp.Or(l.Day(e.ValidUntil), l.T("rights.noEnd"))})
	for _, t := range e.Terms {
		value, words := t.Plain()
		out.Facts.Rows = append(out.Facts.Rows, ui.SummaryRow{Key: heading(l, application.Column{Code: t.Name, Label: t.Label}),
			Value: cellText(l, application.Cell{Kind: t.Kind, Value: value, Words: words})})
	}
	var happened []string
	for _, h := range e.History {
		happened = append(happened, l.T("rights.was."+h.What)+" ("+l.Date(h.At)+")")
	}
	if len(happened) > 0 {
		out.Facts.Rows = append(out.Facts.Rows, ui.SummaryRow{Key: l.T("rights.history"), Value: strings.Join(happened, "\n")})
	}
	return out
}

// rightTag is how a right stands, in a word.
func rightTag(l *ui.Locale, status string) ui.Tag {
	state := map[string]string{right.Valid: ui.Valid, right.Suspended: ui.Waiting, right.Revoked: ui.Revoked}[status]
	return ui.Tag{State: cmp.Or(state, ui.Ended), Text: l.T("rights.status." + status)}
}

// rightPage answers whether a right that somebody is shown is real, to anybody who has its number.
type rightPage struct {
	Number ui.Input
	Result *heldRight
	Banner *ui.Banner
}

func (p *Portal) checkRight(w http.ResponseWriter, r *http.Request) error {
	l := p.locale(r)
	number := r.URL.Query().Get("number")
	body := rightPage{Number: ui.Input{
		Field: ui.Field{Name: "number", Label: l.T("rights.check.number"), Hint: l.T("rights.check.hint")}, Dir: "ltr", Width: 20, MaxLength: 60, Value: number,
	}}
	page := p.page(r, l.T("rights.check.title"))
	status := http.StatusOK
	w.Header().Add("Vary", "Accept")
	if number != "" {
		e, err := p.o.Rights.Public(r.Context(), number)
		unknown := errors.Is(err, right.ErrNotFound)
		switch {
		case err != nil && !unknown:
			return err
		case wantsJSON(r):
			return p.rightJSON(w, e, unknown)
		case unknown:
			status, body.Banner = http.StatusNotFound, &ui.Banner{Kind: ui.Failure, Title: l.T("rights.check.unknown"), Text: l.T("rights.check.unknownText")}
		default:
			shown := p.heldRight(l, &e)
			body.Result = &shown
			if e.Status != right.Valid {
				body.Banner = &ui.Banner{Kind: ui.Caution, Title: l.T("rights.check.notValid"), Text: l.T("rights.check.notValidText")}
			}
		}
	}
	page.Body = body
	return p.ui.Render(w, r, status, "right", page)
}

// publicRight is what is public about a right, as programs read it.
type publicRight struct {
	Status     string                     `json:"status"` // valid, suspended, replaced, revoked, expired, unknown
	Number     string                     `json:"number,omitempty"`
	Code       string                     `json:"code,omitempty"`
	Title      map[string]string          `json:"title,omitempty"`
	Authority  map[string]string          `json:"authority,omitempty"`
	GrantedOn  string                     `json:"grantedOn,omitempty"`
	ValidUntil string                     `json:"validUntil,omitempty"`
	Terms      map[string]json.RawMessage `json:"terms,omitempty"`
}

func (p *Portal) rightJSON(w http.ResponseWriter, e right.Entry, unknown bool) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	out := publicRight{Status: "unknown"}
	if unknown {
		w.WriteHeader(http.StatusNotFound)
		return json.NewEncoder(w).Encode(out)
	}
	out = publicRight{Status: e.Status, Number: e.Number, Code: e.Code, Title: e.Title, Authority: p.authorityName(e.Authority), GrantedOn: e.GrantedOn, ValidUntil: e.ValidUntil}
	for _, t := range e.Terms {
		if out.Terms == nil {
			out.Terms = map[string]json.RawMessage{}
		}
		out.Terms[t.Name] = t.Value
	}
	return json.NewEncoder(w).Encode(out)
}
