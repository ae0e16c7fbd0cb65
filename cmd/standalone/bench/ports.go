package bench

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// starts is Temporal as the book sees it. Where a workflow is set, every application starts that one in place of its service's: the one thing
// in which the variants differ.
type starts struct {
	client.Client
	workflow atomic.Pointer[string]
}

// ExecuteWorkflow starts what is measured now.
func (s *starts) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, name any, args ...any) (client.WorkflowRun, error) {
	if instead := s.workflow.Load(); instead != nil && *instead != "" {
		name = *instead
	}
	return s.Client.ExecuteWorkflow(ctx, o, name, args...)
}

// payments lets the book ask the payment desk.
type payments struct{ desk *payment.Desk }

func (p payments) Assess(ctx context.Context, tx pgx.Tx, r application.AssessRequest) error {
	return p.desk.Assess(ctx, tx, payment.AssessRequest(r))
}

func (p payments) Cancel(ctx context.Context, tx pgx.Tx, id uuid.UUID, node string, visit int) error {
	return p.desk.Cancel(ctx, tx, id, node, visit)
}

func (p payments) Refund(ctx context.Context, tx pgx.Tx, id uuid.UUID, outcome string, lines []activity.LineRefund, at time.Time) error {
	return p.desk.Refund(ctx, tx, id, outcome, lines, at)
}

func (p payments) Refused(ctx context.Context, tx pgx.Tx, id uuid.UUID, reference, code string) error {
	return p.desk.Refused(ctx, tx, id, reference, code)
}

// acts lets the payment desk tell the book.
type acts struct{ book *application.Book }

func (a *acts) SystemAct(ctx context.Context, tx pgx.Tx, s payment.SystemAct) (uuid.UUID, error) {
	return a.book.SystemAct(ctx, tx, application.SystemAct(s))
}

// papers lets the book ask the archive.
type papers struct{ archive *document.Archive }

func (p papers) Claim(ctx context.Context, tx pgx.Tx, owner, id uuid.UUID, uploads []uuid.UUID) error {
	return p.archive.Claim(ctx, tx, owner, id, uploads)
}

func (p papers) Issue(ctx context.Context, tx pgx.Tx, r application.IssueRequest) error {
	_, err := p.archive.Issue(ctx, tx, document.IssueRequest{
		Application: r.Application, Reference: r.Reference, Service: r.Service, Authority: r.Authority, Language: r.Language, Zone: r.Zone,
		Node: r.Node, Visit: r.Visit, Document: r.Document, Text: r.Text, Deliver: r.Deliver, At: r.At,
		Print: func(number string) (document.Paper, error) {
			said, err := r.Print(number)
			if err != nil {
				return document.Paper{}, err
			}
			paper := document.Paper{ValidUntil: said.ValidUntil}
			for _, row := range said.Rows {
				paper.Rows = append(paper.Rows, document.Row{Label: row.Label, Cell: cell(row.Cell)})
			}
			return paper, nil
		},
	})
	return err
}

func cell(c application.Cell) document.Cell {
	out := document.Cell{Kind: c.Kind, Value: c.Value}
	for _, column := range c.Columns {
		out.Columns = append(out.Columns, document.Column(column))
	}
	for _, line := range c.Rows {
		cells := make([]document.Cell, len(line))
		for i, one := range line {
			cells[i] = cell(one)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
