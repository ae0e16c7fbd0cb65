package payment

import (
	"context"
	"math/big"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

// feeSpace is the name space of the subjects of what providers have kept.
var feeSpace = uuid.MustParse("5f1f3c0a-3a53-4f0e-8c1a-0e2a6f4f7b12")

// Keeps books in the caller's transaction what a provider has kept for itself of a movement of ours, once for each line of its list: an expense of the
// authorities whose movement it is, each by its share.
func (d *Desk) Keeps(ctx context.Context, tx pgx.Tx, provider string, l settlement.Line, m settlement.Movement) error {
	shares := m.Shares
	if len(shares) == 0 {
		shares = []settlement.Share{{Authority: m.Authority, Application: m.Application, Amount: m.Amount.Minor}}
	}
	e := ledger.Entry{Kind: ledger.ProviderFee, Subject: uuid.NewSHA1(feeSpace, []byte(provider+":"+l.FeeOf)), Application: m.Application, At: d.now()}
	left, of := l.Fee.Minor, m.Amount.Minor
	for i, s := range shares {
		part := left
		if i < len(shares)-1 && of != 0 {
			part = new(big.Int).Quo(new(big.Int).Mul(big.NewInt(l.Fee.Minor), big.NewInt(s.Amount)), big.NewInt(of)).Int64()
		}
		if left -= part; part == 0 {
			continue
		}
		e.Postings = append(e.Postings, ledger.Posting{Account: ledger.Expense(s.Authority, provider), Amount: part, Currency: l.Fee.Currency},
			ledger.Posting{Account: ledger.ClearingAt(s.Authority, provider), Amount: -part, Currency: l.Fee.Currency})
	}
	return d.post(ctx, tx, e)
}
