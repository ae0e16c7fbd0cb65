package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/mail"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// How mails leave: few at once, each within half of its lease, which is mail.Limit with room for what is written before and after it.
const (
	mailsAtOnce = 4
	mailLease   = 3 * mail.Limit
	mailPoll    = 5 * time.Second
)

// mailer sends links to papers; nil where no mail server is configured, which is said to the operator.
func (a *App) mailer(ctx context.Context) (func(context.Context, delivery.Letter) error, error) {
	c := a.config
	if c.Mail.Server == "" {
		c.Log.InfoContext(ctx, "app: there is no mail server, so nobody is offered a link to a paper by e-mail")
		return nil, nil
	}
	sender, err := mail.New(c.Mail)
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return func(ctx context.Context, l delivery.Letter) error {
		digest, err := a.Book.TextsOf(ctx, l.Application)
		if err != nil {
			return err
		}
		var title plan.Text
		if texts, ok := a.Releases.Texts(digest); ok {
			title = texts.Title
		}
		link := c.PublicURL + "/link/" + l.Token + "?" + url.Values{"lang": {l.Language}}.Encode()
		err = sender.Send(ctx, mail.PaperLink(l.Language, picked(title, l.Language), link, delivery.LinkDays, delivery.MostDownloads).For(l.To))
		if errors.Is(err, mail.ErrRefused) {
			err = fmt.Errorf("%w: %w", delivery.ErrRefused, err)
		}
		return err
	}, nil
}

// picked is a text in a language, or in the first of the others that has it.
func picked(text plan.Text, language string) string {
	for _, one := range append([]string{language}, mail.Languages()...) {
		if text[one] != "" {
			return text[one]
		}
	}
	return ""
}
