package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// documents issues the paper of the sample service (number, PDF in two languages, both signatures, rows and commit; the bodies
// stay in memory) and verifies the file of one.
func documents(ctx context.Context, r *report) (err error) {
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	keys, err := document.OpenKeys(filepath.Join(d.dir, "document.pem"), nil)
	if err != nil {
		return err
	}
	archive, err := document.New(document.Options{
		Pool: d.pool, Files: &bodies{by: map[uuid.UUID][]byte{}}, Masters: [][]byte{random()}, Keys: keys, PublicURL: publicURL,
		Authority: func(string) plan.Text {
			return plan.Text{"ar": "وزارة النقل والمواصلات", "en": "Ministry of Transport"}
		},
	})
	if err != nil {
		return err
	}
	request, err := samplePaper()
	if err != nil {
		return err
	}
	var id string
	issue := func() error {
		request.Application = uuid.New()
		return postgres.InTx(ctx, d.pool, func(tx pgx.Tx) (err error) {
			id, err = archive.Issue(ctx, tx, request)
			return err
		})
	}
	took, err := perCall(issue)
	if err != nil {
		return err
	}
	r.figure("document.certificate_ms", millis(took), "ms")
	extract := extractOf(request)
	if took, err = perCall(func() error {
		extract.Application = uuid.New()
		return postgres.InTx(ctx, d.pool, func(tx pgx.Tx) error {
			_, err := archive.Issue(ctx, tx, extract)
			return err
		})
	}); err != nil {
		return err
	}
	r.figure("document.extract_ms", millis(took), "ms")
	file, err := archive.Open(ctx, request.Application, id)
	if err != nil {
		return err
	}
	took, err = perCall(func() error {
		v, err := archive.VerifyFile(ctx, bytes.NewReader(file.Body))
		if err != nil || v.Status != document.Valid || v.ID != id {
			return fmt.Errorf("%+v, %w", v, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.figure("document.verify_ms", millis(took), "ms")
	return nil
}

// publicURL is an address that a paper can show as a QR code; nothing is asked there.
const publicURL = "https://services.example.gov"

// samplePaper is the driving licence of the sample person.
func samplePaper() (document.IssueRequest, error) {
	p, texts, err := samplePlan()
	if err != nil {
		return document.IssueRequest{}, err
	}
	if len(p.Documents) != 1 {
		return document.IssueRequest{}, errors.New("the sample service has not one document")
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return document.IssueRequest{}, err
	}
	r := document.IssueRequest{
		Reference: "D7K2-94QM", Service: p.Service, Authority: p.Authority, Language: "ar", Zone: zone, Node: "card", Visit: 1,
		Document: p.Documents[0], Text: texts.Documents[p.Documents[0].Code], Deliver: []string{"download"},
		At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
	}
	values := []string{"ليلى خليل النجار", "401234567", "1988-03-21", licenceNumber, "B", "2026-11-22", "2031-11-22"}
	if len(values) != len(r.Text.Rows) {
		return r, fmt.Errorf("the sample document has %d rows, not %d", len(r.Text.Rows), len(values))
	}
	r.Print = func(string) (document.Paper, error) {
		says := document.Paper{ValidUntil: values[6]}
		for i, label := range r.Text.Rows {
			says.Rows = append(says.Rows, paper.Row{Code: p.Documents[0].Rows[i].Code, Label: label, Cell: paper.Cell{Kind: p.Documents[0].Rows[i].Kind, Value: values[i]}})
		}
		return says, nil
	}
	return r, nil
}

// partners is how many lines the table of the extract has: it goes over eight pages.
const partners = 200

// extractOf is a paper with a long table in place of the facts of r.
func extractOf(r document.IssueRequest) document.IssueRequest {
	words := func(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }
	list := paper.Cell{Kind: "list", Columns: []paper.Column{{Code: "name", Label: words("الاسم", "Name")}, {Code: "paid", Label: words("المدفوع", "Paid up")}}}
	for i := range partners {
		list.Rows = append(list.Rows, []paper.Cell{
			{Kind: "text", Value: []string{"خليل عبد الرحمن النجار", "Maria Fernandes"}[i%2]}, {Kind: "money", Value: fmt.Sprintf("%d.50 ILS", 100+i)},
		})
	}
	r.Text = plan.DocumentText{Title: words("مستخرج من السجل", "Extract of the register"), Layout: &plan.Layout{Blocks: []plan.Block{
		{Kind: "heading"}, {Kind: "title"}, {Kind: "table", Of: "partners", Counted: true, Columns: []plan.BlockColumn{{Code: "name"}, {Code: "paid", Total: true}}},
	}}}
	r.Print = func(string) (document.Paper, error) {
		return document.Paper{Rows: []paper.Row{{Code: "partners", Label: words("الشركاء", "Partners"), Cell: list}}}, nil
	}
	return r
}

// bodies keeps files in memory, as they are: the disk is not measured here.
type bodies struct {
	mu sync.Mutex
	by map[uuid.UUID][]byte
}

func (b *bodies) Put(_ context.Context, id uuid.UUID, body []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by[id] = body
	return nil
}

func (b *bodies) Get(_ context.Context, id uuid.UUID) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if body, ok := b.by[id]; ok {
		return body, nil
	}
	return nil, document.ErrNotFound
}

func (b *bodies) Remove(context.Context, uuid.UUID) error { return nil }

func (b *bodies) Older(context.Context, time.Time, uuid.UUID, int) ([]uuid.UUID, error) {
	return nil, nil
}
