package servicetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Paper is a document as a scenario issues it.
type Paper struct {
	Document plan.Document
	Texts    *plan.Texts
	Number   string
	Cells    []machine.Cell
	At       time.Time
}

// papers collects what documents may say while a scenario runs, and the documents. A nil one does nothing.
type papers struct {
	form    map[string]json.RawMessage
	answers map[string]map[string]json.RawMessage // by result
	issued  []Paper
	err     error // of the first that cannot be said
}

// Papers runs one scenario and gives the documents that it issues. The differences are why they may not be what is meant; the error says which
// row of a document has no value.
func (x *Suite) Papers(s *catalog.Service, sc *catalog.Scenario) ([]Paper, []Difference, diag.List, error) {
	u, problems := x.compile(s)
	if u == nil {
		return nil, nil, problems, nil
	}
	r := newRehearsal(u, sc, new(machine.Trace))
	r.papers = &papers{answers: map[string]map[string]json.RawMessage{}}
	r.run()
	return r.papers.issued, r.differences, problems, r.papers.err
}

func (p *papers) fill(form map[string]json.RawMessage) {
	if p != nil {
		p.form = form
	}
}

// learn keeps what an event brings under the name by which formulas read it.
func (p *papers) learn(pl *plan.Plan, e machine.Event) {
	switch {
	case p == nil:
	case e.Answer != nil && e.Answer.Answer.Found:
		p.know(pl, e.Answer.Node, e.Answer.Answer.Values)
	case e.Answer != nil:
		p.know(pl, e.Answer.Node, nil)
	case e.Act != nil:
		for path, value := range e.Act.Reads {
			root, name, _ := strings.Cut(path, ".")
			if root == catalog.FormRoot || root == catalog.ApplicantRoot {
				continue
			}
			values := maps.Clone(p.answers[root])
			if values == nil {
				values = map[string]json.RawMessage{}
			}
			values[name] = value
			p.answers[root] = values
		}
	}
}

// know keeps what a node has given, nil for nothing, in place of what it gave before.
func (p *papers) know(pl *plan.Plan, node string, values map[string]json.RawMessage) {
	if p == nil {
		return
	}
	i := slices.IndexFunc(pl.Nodes, func(n plan.Node) bool { return n.Key == node })
	switch {
	case i < 0 || pl.Nodes[i].Root() == "":
	case values == nil:
		delete(p.answers, pl.Nodes[i].Root())
	default:
		p.answers[pl.Nodes[i].Root()] = values
	}
}

// issue says what a document says now. Its number is the first of its register.
func (p *papers) issue(r *course, code string) {
	if p == nil || p.err != nil {
		return
	}
	pl := r.u.p.Plan()
	i := slices.IndexFunc(pl.Documents, func(d plan.Document) bool { return d.Code == code })
	if i < 0 {
		p.err = fmt.Errorf("there is no document %s", code)
		return
	}
	out := Paper{Document: pl.Documents[i], Texts: r.u.texts, At: r.now}
	out.Number = fmt.Sprintf("%s-%d-%06d", out.Document.Register, r.now.Year(), 1)
	on := r.now.Format(time.DateOnly)
	source := machine.Source{
		Form: p.form, Applicant: r.person, Representative: r.behalf, Answers: p.answers, Submitted: r.day, Decided: on,
		Issued: &machine.Issued{Number: out.Number, On: on},
	}
	if pl.TariffOn == "" {
		source.Tariff = r.tariff(pl.TariffReads)
	} else {
		source.Tariffs = r.tariffs(pl.TariffReads)
	}
	values, err := r.u.p.Values(source)
	if err == nil {
		out.Cells, err = r.u.p.Rows(out.Document.Rows, values)
	}
	if err != nil {
		p.err = fmt.Errorf("document %s: %w", code, err)
		return
	}
	p.issued = append(p.issued, out)
}
