package portal

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"rsc.io/qr"

	"github.com/diwan-gov/diwan/runtime/credential"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// walletPage offers a paper to a wallet. Before it is asked for, Link is empty.
type walletPage struct {
	Wrong string // why it is not offered, where it is not
	Ask   *ui.Button
	Link  template.URL // opens a wallet on this phone
	QR    *qrPicture   // of the link, for another phone
	Code  string       // that the wallet asks for
	Until string
}

// qrPicture is a QR code as the path of an SVG.
type qrPicture struct {
	Size int // with the margin that scanners need
	Path string
}

// wallet says what a wallet gets of a paper of one's own. An offer is made by a button, since each is a secret of its own.
func (p *Portal) wallet(w http.ResponseWriter, r *http.Request) error {
	if p.o.Wallets == nil {
		return errNotFound
	}
	_, of, err := p.ownPaper(r)
	if err != nil {
		return err
	}
	l := p.locale(r)
	return p.walletPage(w, r, http.StatusOK, of, walletPage{Ask: &ui.Button{Text: l.T("wallet.ask"), Icon: "wallet"}})
}

// walletOffered offers a paper to a wallet.
func (p *Portal) walletOffered(w http.ResponseWriter, r *http.Request) error {
	if p.o.Wallets == nil {
		return errNotFound
	}
	id, of, err := p.ownPaper(r)
	if err != nil {
		return err
	}
	l := p.locale(r)
	offer, err := p.o.Wallets.Offer(r.Context(), id)
	switch {
	case errors.Is(err, credential.ErrNotValid):
		return p.walletPage(w, r, http.StatusConflict, of, walletPage{Wrong: l.T("wallet.notValid")})
	case errors.Is(err, credential.ErrTooMany):
		return p.walletPage(w, r, http.StatusTooManyRequests, of, walletPage{Wrong: l.T("wallet.tooMany")})
	case err != nil:
		return err
	}
	body := walletPage{Link: template.URL(offer.Link), Code: offer.Code, Until: l.T("wallet.until", "time", l.DateTime(offer.Until))} // our own link: its scheme is not one that templates know
	if body.QR, err = picture(offer.Link); err != nil {
		return err
	}
	return p.walletPage(w, r, http.StatusOK, of, body)
}

func (p *Portal) walletPage(w http.ResponseWriter, r *http.Request, status int, of uuid.UUID, body walletPage) error {
	page := p.page(r, p.locale(r).T("wallet.title"))
	page.Back = &ui.BackLink{Href: "/applications/" + of.String()}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "wallet", page)
}

// ownPaper is the ID of the path, if it is of a paper of who asks, and the application in which it was issued.
func (p *Portal) ownPaper(r *http.Request) (id string, of uuid.UUID, err error) {
	me, err := p.me(r)
	if err != nil {
		return "", of, err
	}
	id = r.PathValue("id")
	if of, err = p.o.Documents.ApplicationOf(r.Context(), id); err != nil {
		return "", of, err
	}
	_, err = p.o.Applications.ForApplicant(r.Context(), me.ID, of)
	return id, of, err
}

// picture draws a QR code: one dark square after the other, row by row.
func picture(text string) (*qrPicture, error) {
	code, err := qr.Encode(text, qr.L) // on a screen nothing is creased, and larger squares are read from further away
	if err != nil {
		return nil, fmt.Errorf("portal: QR code: %w", err)
	}
	const margin = 4
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return &qrPicture{code.Size + 2*margin, path.String()}, nil
}
