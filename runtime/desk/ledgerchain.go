package desk

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// chainPage is the body of the template chain.
type chainPage struct {
	Result ui.Banner
	Head   string // of what was verified
	More   *ui.Button
}

// verifyFor bounds how long one page verifies; the next one goes on.
const verifyFor = 8 * time.Second

// chain recomputes the chain of entries and names the first one that does not fit.
func (v *visit) chain() error {
	if _, err := v.books(); err != nil {
		return err
	}
	var at ledger.Head
	if after := v.r.URL.Query().Get("after"); after != "" {
		number, err := strconv.ParseInt(after, 10, 64)
		if err == nil {
			at, err = v.o.Ledger.Link(v.ctx, number)
		}
		if err != nil {
			return application.ErrNotFound
		}
	}
	began := time.Now() // how long a page takes does not go by the clock of the catalogue
	more, broken := true, (*ledger.TamperedError)(nil)
	for more && time.Since(began) < verifyFor {
		var err error
		at, more, err = v.o.Ledger.VerifyNext(v.ctx, at)
		if errors.As(err, &broken) {
			break
		}
		if err != nil {
			return err
		}
	}
	body := chainPage{Head: hex.EncodeToString(at.Hash)}
	number := v.locale.Number(at.Number)
	switch {
	case broken != nil:
		v.o.Log.ErrorContext(v.ctx, "desk: the chain of the ledger does not hold", "number", broken.Number, "entry", broken.Entry, "problem", broken.Problem)
		body.Head = ""
		body.Result = ui.Banner{Kind: ui.Failure, Title: v.locale.T("desk.ledger.chain.broken", "number", v.locale.Number(broken.Number)), Text: v.locale.T("desk.ledger.chain.brokenText")}
		if broken.Entry != uuid.Nil {
			body.Result.Link = &ui.Link{Text: v.locale.T("desk.ledger.look"), Href: ledgerPath + "/entries/" + broken.Entry.String()}
		}
	case more:
		body.Result = ui.Banner{Kind: ui.Info, Title: v.locale.T("desk.ledger.chain.upTo", "number", number), Text: v.locale.T("desk.ledger.chain.upToText")}
		body.More = &ui.Button{Text: v.locale.T("desk.ledger.chain.more"), Kind: ui.Secondary, Href: ledgerPath + "/chain?after=" + strconv.FormatInt(at.Number, 10)}
	default:
		body.Result = ui.Banner{Kind: ui.Success, Title: v.locale.T("desk.ledger.chain.whole", "number", number), Text: v.locale.T("desk.ledger.chain.wholeText")}
	}
	title := v.locale.T("desk.ledger.chain.title")
	page := v.page(title, body)
	page.Crumbs = v.ledgerCrumbs(ledger.Scope{}, title)
	return v.render(http.StatusOK, "chain", page)
}
