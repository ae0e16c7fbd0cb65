package gateway

import (
	"context"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// movement is money that has come in or gone out on a day. Key is what the merchant knows it by: the checkout of a payment, the idempotency key
// of everything else.
type movement struct {
	ID, Kind, Key, Amount, Currency string // Amount below zero went out

	At time.Time
}

// movements is every movement: a payout that came back had gone out before.
const movements = `
	(select id, 'payment' as kind, id as key, amount, currency, ended as at from sample_gateway.checkout where status = 'paid'
	union all select f.id, 'refund', f.key, -f.amount, c.currency, f.at from sample_gateway.refund f join sample_gateway.checkout c on c.id = f.checkout
	union all select id, 'payout', key, -amount, currency, ended from sample_gateway.payout where status in ('paid', 'returned')
	union all select d.id, 'chargeback', d.id, -d.amount, c.currency, d.at from sample_gateway.dispute d join sample_gateway.checkout c on c.id = d.checkout
	union all select d.id, 'reinstated', d.id, d.amount, c.currency, d.ended from sample_gateway.dispute d join sample_gateway.checkout c on c.id = d.checkout where d.status = 'won'
	union all select id, 'return', key, amount, currency, returned from sample_gateway.payout where status = 'returned') m`

// pageOfMovements is how many one answer lists.
const pageOfMovements = 500

// listMovements answers with those of a day in their order; after is the id of the last one that the merchant has seen.
func (g *Gateway) listMovements(w http.ResponseWriter, r *http.Request) {
	from, until, ok := g.day(w, r.URL.Query().Get("day"))
	if !ok {
		return
	}
	after := r.URL.Query().Get("after")
	list, err := g.store.movements(r.Context(), `at >= $1 and at < $2 and kind || ':' || id > $3 order by kind || ':' || id limit $4`, from, until, after, pageOfMovements)
	if err != nil {
		g.fail(w, err)
		return
	}
	type shown struct {
		Kind   string            `json:"kind"`
		Key    string            `json:"key"`
		Amount map[string]string `json:"amount"`
	}
	said := struct {
		Movements []shown `json:"movements"`
		After     string  `json:"after,omitempty"` // there may be more after this one
	}{Movements: []shown{}}
	for _, m := range list {
		said.Movements = append(said.Movements, shown{m.Kind, m.Key, map[string]string{"value": m.Amount, "currency": m.Currency}})
	}
	if len(list) == pageOfMovements {
		last := list[len(list)-1]
		said.After = last.Kind + ":" + last.ID
	}
	answer(w, http.StatusOK, said)
}

// day reads a day; it answers where that is none, or is not over yet.
func (g *Gateway) day(w http.ResponseWriter, text string) (from, until time.Time, ok bool) {
	from, err := time.ParseInLocation(time.DateOnly, text, g.zone)
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid", "day must be a day such as 2026-11-30")
		return from, until, false
	}
	until = from.AddDate(0, 0, 1)
	if g.now().Before(until) {
		refuse(w, http.StatusNotFound, "not-over", "the day is not over")
		return from, until, false
	}
	return from, until, true
}

// settlement is the file of a day: camt.053 for whoever accepts XML, otherwise CSV.
func (g *Gateway) settlement(w http.ResponseWriter, r *http.Request) {
	from, until, ok := g.day(w, r.PathValue("day"))
	if !ok {
		return
	}
	list, err := g.store.movements(r.Context(), "at >= $1 and at < $2 order by at, id, kind", from, until)
	if err == nil && strings.Contains(r.Header.Get("Accept"), "application/xml") {
		var opening []balance
		if opening, err = g.store.balances(r.Context(), from); err == nil {
			w.Header().Set("Content-Type", "application/xml; charset=utf-8")
			_, _ = w.Write([]byte(xml.Header))
			_ = xml.NewEncoder(w).Encode(camt(from, g.now(), list, opening)) // the client went away
			return
		}
	}
	if err != nil {
		g.fail(w, err)
		return
	}
	day := from.Format(time.DateOnly)
	lines := [][]string{{"day", "kind", "key", "amount", "currency"}}
	for _, m := range list {
		lines = append(lines, []string{day, m.Kind, m.Key, m.Amount, m.Currency})
	}
	lines = append(lines, []string{day, "end", strconv.Itoa(len(list)), "", ""})
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	_ = csv.NewWriter(w).WriteAll(lines) // the client went away
}

// statement is a camt.053.001.08, with the elements that a card acquirer fills in.
type statement struct {
	XMLName xml.Name `xml:"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08 Document"`
	Header  struct {
		MsgID   string `xml:"MsgId"`
		Created string `xml:"CreDtTm"`
	} `xml:"BkToCstmrStmt>GrpHdr"`
	Statements []account `xml:"BkToCstmrStmt>Stmt"`
}

type account struct {
	ID       string        `xml:"Id"`
	From     string        `xml:"FrToDt>FrDtTm"`
	To       string        `xml:"FrToDt>ToDtTm"`
	Account  string        `xml:"Acct>Id>Othr>Id"`
	Currency string        `xml:"Acct>Ccy"`
	Balances []camtBalance `xml:"Bal"`
	Entries  int           `xml:"TxsSummry>TtlNtries>NbOfNtries"`
	Entry    []entry       `xml:"Ntry"`
}

type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type camtBalance struct {
	Code   string     `xml:"Tp>CdOrPrtry>Cd"`
	Amount camtAmount `xml:"Amt"`
	Sign   string     `xml:"CdtDbtInd"`
	Day    string     `xml:"Dt>Dt"`
}

type entry struct {
	Amount camtAmount `xml:"Amt"`
	Sign   string     `xml:"CdtDbtInd"`
	Status string     `xml:"Sts>Cd"`
	Booked string     `xml:"BookgDt>Dt"`
	ID     string     `xml:"AcctSvcrRef"`
	Kind   string     `xml:"BkTxCd>Prtry>Cd"`
	Key    string     `xml:"NtryDtls>TxDtls>Refs>EndToEndId"`
}

// camt writes a statement for each currency: with its balances a merchant sees that nothing is missing.
func camt(from, now time.Time, list []movement, opening []balance) statement {
	day := from.Format(time.DateOnly)
	s := statement{}
	s.Header.MsgID, s.Header.Created = "sample-"+day, now.UTC().Format(time.RFC3339)
	if len(opening) == 0 { // there is a statement also where nothing has ever moved
		opening = []balance{{"ILS", "0", "0"}}
	}
	of := map[string]int{}
	for i, b := range opening {
		of[b.Currency] = i
		s.Statements = append(s.Statements, account{
			ID: "sample-" + day + "-" + b.Currency, From: day + "T00:00:00", To: day + "T23:59:59", Account: "sample-merchant", Currency: b.Currency,
			Balances: []camtBalance{{"OPBD", unsigned(b.Opening, b.Currency), indicator(b.Opening), day}, {"CLBD", unsigned(b.Closing, b.Currency), indicator(b.Closing), day}},
		})
	}
	for _, m := range list {
		a := &s.Statements[of[m.Currency]]
		a.Entries++
		a.Entry = append(a.Entry, entry{unsigned(m.Amount, m.Currency), indicator(m.Amount), "BOOK", day, m.ID, m.Kind, m.Key})
	}
	return s
}

func unsigned(amount, currency string) camtAmount {
	return camtAmount{currency, strings.TrimPrefix(amount, "-")}
}

func indicator(amount string) string {
	if strings.HasPrefix(amount, "-") {
		return "DBIT"
	}
	return "CRDT"
}

func (s store) movements(ctx context.Context, where string, args ...any) ([]movement, error) {
	rows, err := s.pool.Query(ctx, "select id, kind, key, amount::text, currency, at from "+movements+" where "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("movements: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[movement])
}

// balance is what the merchant's account held in a currency at the beginning and at the end of a day.
type balance struct{ Currency, Opening, Closing string }

func (s store) balances(ctx context.Context, from time.Time) ([]balance, error) {
	rows, err := s.pool.Query(ctx, `select currency, coalesce(sum(amount) filter (where at < $1), 0)::text, coalesce(sum(amount), 0)::text
		from `+movements+` where at < $2 group by currency order by currency`, from, from.AddDate(0, 0, 1))
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[balance])
}
