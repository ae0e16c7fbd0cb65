package credential

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

const (
	offerFor   = 10 * time.Minute
	tokenFor   = 5 * time.Minute
	mostOffers = 5  // of one paper, at once
	mostTries  = 5  // at the code of an offer
	mostHeld   = 20 // credentials of one paper: phones are lost and exchanged
	codeDigits = 6
)

const preAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

// Offer is an invitation to a wallet. Link opens the wallet on the same phone, and as a QR code on another; the wallet asks for Code, which the link
// does not hold.
type Offer struct {
	Link, Code string
	Until      time.Time
}

type offerJSON struct {
	Issuer         string           `json:"credential_issuer"`
	Configurations []string         `json:"credential_configuration_ids"`
	Grants         map[string]grant `json:"grants"`
}

type grant struct {
	Code   string `json:"pre-authorized_code"`
	TxCode struct {
		Length int    `json:"length"`
		Mode   string `json:"input_mode"`
	} `json:"tx_code"`
}

// Offer offers a paper to a wallet, for ten minutes and once. The caller has made sure that it is asked by whose paper it is. document.ErrNotFound,
// ErrNotValid, ErrTooMany.
func (f *Office) Offer(ctx context.Context, paper string) (Offer, error) {
	held, err := f.o.Papers.Claimed(ctx, paper)
	if err != nil {
		return Offer{}, err
	}
	if held.Status != document.Valid {
		return Offer{}, ErrNotValid
	}
	number, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return Offer{}, err
	}
	secret := rand.Text()
	out := Offer{Code: fmt.Sprintf("%0*d", codeDigits, number), Until: f.o.Now().Add(offerFor)}
	g := grant{Code: secret}
	g.TxCode.Length, g.TxCode.Mode = codeDigits, "numeric"
	b, err := json.Marshal(offerJSON{f.o.PublicURL, []string{held.Code}, map[string]grant{preAuthorized: g}})
	if err != nil {
		return Offer{}, err
	}
	out.Link = "openid-credential-offer://?credential_offer=" + url.QueryEscape(string(b))
	return out, postgres.InTx(ctx, f.o.Pool, func(tx pgx.Tx) error {
		return insertOffer(ctx, tx, held.ID, digest(secret), digest(secret, out.Code), f.o.Now(), out.Until)
	})
}

// digest is what is kept of a secret.
func digest(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return h.Sum(nil)
}
