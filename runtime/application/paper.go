package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// issue asks for the paper of an issue node.
func (s *step) issue(ctx context.Context, e *activity.Effect) error {
	program, texts, err := s.plan()
	if err != nil {
		return err
	}
	pl := program.Plan()
	i := slices.IndexFunc(pl.Documents, func(d plan.Document) bool { return d.Code == e.Document })
	if i < 0 {
		return fmt.Errorf("no document %q in the plan", e.Document)
	}
	source, err := s.source(ctx, program)
	if err != nil {
		return err
	}
	document, text := pl.Documents[i], texts.Documents[e.Document]
	var kept *plan.Span
	if at := slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == e.Node && n.Issue != nil }); at >= 0 {
		kept = pl.Nodes[at].Issue.Kept
	}
	on := s.at.In(program.Zone()).Format(time.DateOnly)
	s.event("issued", &activity.Effect{Step: e.Step, Visit: e.Visit, Outcome: e.Document}, "")
	return s.b.o.Documents.Issue(ctx, s.tx, IssueRequest{
		Application: s.id, Reference: s.reference, Service: s.service, Authority: s.authority, Language: s.language, Zone: program.Zone(),
		Node: e.Node, Visit: e.Visit, Document: document, Text: text, Deliver: e.Deliver, Kept: kept, At: s.at,
		Print: func(number string) (p Paper, err error) {
			source.Issued = &machine.Issued{Number: number, On: on}
			values, err := program.Values(source)
			if err != nil {
				return p, err
			}
			cells, err := program.Rows(document.Rows, values)
			if err != nil {
				return p, err
			}
			if p.Rows, err = paper.Shown(document.Rows, cells, text.Rows, texts); err != nil {
				return p, err
			}
			p.ValidUntil, err = program.ValidUntil(document.Code, values)
			return p, err
		},
	})
}

// revoke takes the validity of what was issued, with the reason that the definition gives.
func (s *step) revoke(ctx context.Context, e *activity.Effect) error {
	_, texts, err := s.plan()
	if err != nil {
		return err
	}
	return s.b.o.Documents.Revoke(ctx, s.tx, RevokeRequest{
		Application: s.id, Node: e.Node, Visit: e.Visit, Document: e.Document, Because: texts.Messages[e.Step], At: s.at,
	})
}

// answer stores what an enquiry shows.
func (s *step) answer(ctx context.Context, e *activity.Effect) error {
	program, texts, err := s.plan()
	if err != nil {
		return err
	}
	nodes := program.Plan().Nodes
	i := slices.IndexFunc(nodes, func(n plan.Node) bool { return n.Key == e.Node && n.Answer != nil })
	if i < 0 {
		return errors.New("the plan has no such answer")
	}
	source, err := s.source(ctx, program)
	if err != nil {
		return err
	}
	values, err := program.Values(source)
	if err != nil {
		return err
	}
	cells, err := program.Rows(nodes[i].Answer.Rows, values)
	if err != nil {
		return err
	}
	rows, err := paper.Shown(nodes[i].Answer.Rows, cells, texts.Answers[e.Node], texts)
	if err != nil {
		return err
	}
	b, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	s.batch.Queue("UPDATE application SET answer = $2 WHERE id = $1", s.id, b)
	return nil
}

func (s *step) plan() (*machine.Program, *plan.Texts, error) {
	program, ok := s.b.o.Releases.Program(s.digest)
	if !ok {
		return nil, nil, fmt.Errorf("%w: plan %s", ErrUnavailable, s.digest)
	}
	texts, ok := s.b.o.Releases.Texts(s.texts)
	if !ok {
		return nil, nil, fmt.Errorf("%w: texts %s", ErrUnavailable, s.texts)
	}
	return program, texts, nil
}

// source gathers everything that formulas may read of the application.
func (s *step) source(ctx context.Context, program *machine.Program) (src machine.Source, err error) {
	var form, facts, tariff []byte
	var submitted time.Time
	var decided *time.Time
	err = s.tx.QueryRow(ctx, `
		SELECT form, facts, tariff, submitted_at, (SELECT max(at) FROM timeline WHERE application = $1 AND kind = 'done' AND actor = 'officer')
		FROM application WHERE id = $1`, s.id).Scan(&form, &facts, &tariff, &submitted, &decided)
	if err != nil {
		return src, err
	}
	if src.Form, err = raw(form); err != nil {
		return src, err
	}
	if src.Applicant, err = raw(facts); err != nil {
		return src, err
	}
	if src.Tariff, src.Tariffs, err = storedTariff(program.Plan(), tariff); err != nil {
		return src, err
	}
	src.Submitted = submitted.In(program.Zone()).Format(time.DateOnly)
	if decided != nil {
		src.Decided = decided.In(program.Zone()).Format(time.DateOnly)
	}
	src.Answers, err = answers(ctx, s.tx, s.id, program.Plan())
	return src, err
}
