package stripe

import (
	"testing"

	api "github.com/stripe/stripe-go/v85"

	"github.com/diwan-gov/diwan/runtime/payment/provider"
)

func TestOnlyTheBalanceSaysWhetherADisputeHasTakenMoney(t *testing.T) {
	out, back := &api.BalanceTransaction{Amount: -1000}, &api.BalanceTransaction{Amount: 990} // in a currency of the account the rate has changed
	for _, c := range []struct {
		status api.DisputeStatus
		moved  []*api.BalanceTransaction
		want   string
	}{
		{api.DisputeStatusWarningNeedsResponse, nil, provider.DisputeOpen}, {api.DisputeStatusWarningUnderReview, nil, provider.DisputeOpen},
		{api.DisputeStatusNeedsResponse, nil, provider.DisputeOpen}, {api.DisputeStatusNeedsResponse, []*api.BalanceTransaction{out}, provider.DisputeTaken},
		{api.DisputeStatusUnderReview, []*api.BalanceTransaction{out}, provider.DisputeTaken}, {api.DisputeStatusWon, []*api.BalanceTransaction{out}, provider.DisputeTaken},
		{api.DisputeStatusWon, []*api.BalanceTransaction{out, back}, provider.DisputeWon}, {api.DisputeStatusLost, []*api.BalanceTransaction{out}, provider.DisputeLost},
		{api.DisputeStatusLost, nil, provider.DisputeWon}, {api.DisputeStatusWarningClosed, nil, provider.DisputeWon}, {api.DisputeStatusPrevented, nil, provider.DisputeWon},
	} {
		if got := stands(&api.Dispute{Status: c.status, BalanceTransactions: c.moved}); got != c.want {
			t.Errorf("%s with %d movements is %s, want %s", c.status, len(c.moved), got, c.want)
		}
	}
}
