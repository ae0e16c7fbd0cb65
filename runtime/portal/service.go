package portal

import (
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

type servicePage struct {
	Summary   string
	Facts     ui.Facts
	Start     ui.Button
	Round     string   // when one may apply, and for how many places
	NotNow    bool     // nobody can apply on this day
	Closed    string   // why nobody can apply any more
	Unasked   bool     // nobody applies: an office or an event starts it
	Behalf    *ui.Link // where one may apply for somebody else
	Answers   []string // what is asked, beside papers
	Papers    []paper
	Fees      ui.SummaryList
	FeesNote  string
	Steps     []numbered
	Refusals  []string
	Legal     string
	Sample    bool
	Related   ui.CardGrid
	Authority string
	Changed   template.HTML // what releases have changed of it; "": that is not told
}

// paper is a document that the applicant has to have at hand. When says in words in which case; empty means always.
type paper struct{ Title, Note, When string }

// numbered is one step of a numbered picture.
type numbered struct{ Title, Text string }

func (p *Portal) service(w http.ResponseWriter, r *http.Request) error {
	s, ok := p.o.Releases.Service(r.PathValue("code"))
	if !ok {
		return errNotFound
	}
	l := p.locale(r)
	title, authority := l.Pick(s.Texts.Title), p.authority(l, s.Authority)
	start := "action.apply"
	if enquiry(s.Plan) {
		start = "service.begin"
	}
	body := servicePage{
		Summary: l.Pick(s.Texts.Summary),
		Facts: ui.Facts{Items: []ui.Meta{
			{Icon: "clock", Label: l.T("service.promised"), Text: l.Promised(s.Texts.Promised)},
			{Icon: "banknote", Label: l.T("service.fees"), Text: p.price(l, s)},
			{Icon: "landmark", Label: l.T("service.authority"), Text: authority},
		}},
		Start:     ui.Button{Text: l.T(start), Href: "/services/" + s.Service + "/apply", Large: true},
		Fees:      p.costs(l, s),
		Steps:     journey(l, s, authority),
		Legal:     l.Pick(s.Texts.LegalBasis),
		Sample:    s.Texts.Sample,
		Unasked:   !s.Plan.ByApplicant(),
		Closed:    l.Pick(s.Texts.Closed),
		Authority: authority,
		Related:   ui.CardGrid{Cards: p.related(l, s)},
	}
	var err error
	if body.Changed, err = p.changed(r, l, s.Service); err != nil {
		return err
	}
	if len(p.o.Applications.Capacities(s.Service)) > 0 {
		body.Behalf = &ui.Link{Text: l.T("behalf.link"), Href: behalfPath(s.Service)}
	}
	body.Answers, body.Papers = needed(l, s)
	body.Round, body.NotNow = roundText(l, s.Plan, p.o.Now())
	for i := range s.Plan.Nodes {
		if reason := l.Pick(s.Texts.Reasons[s.Plan.Nodes[i].Key]); reason != "" {
			body.Refusals = append(body.Refusals, reason)
		}
	}
	page := p.page(r, title)
	page.Wide, page.Body, page.Description = true, body, body.Summary
	page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: l.T("services.title"), Href: "/services"}, {Text: title}}
	return p.ui.Render(w, r, http.StatusOK, "service", page)
}

// enquiry tells a service that answers at once, with nothing to pay or to decide.
func enquiry(pl *plan.Plan) bool {
	answers := false
	for i := range pl.Nodes {
		switch pl.Nodes[i].Kind {
		case plan.Answer:
			answers = true
		case plan.Pay, plan.Review, plan.Issue:
			return false
		}
	}
	return answers
}

// needed lists what to have at hand: what only a paper or a number can answer.
func needed(l *ui.Locale, s *release.Live) (answers []string, papers []paper) {
	for i, f := range s.Plan.Form.Fields {
		if i >= len(s.Texts.Fields) {
			break
		}
		words := s.Texts.Fields[i]
		switch f.Type {
		case "file":
			papers = append(papers, paper{Title: l.Pick(words.Label), Note: l.Pick(words.Hint), When: condition(l, s, f)})
		case "group":
			for j, inner := range f.Fields {
				if inner.Type == "file" && j < len(words.Fields) {
					papers = append(papers, paper{Title: l.Pick(words.Fields[j].Label), Note: l.Pick(words.Fields[j].Hint), When: l.T("service.forEach", "row", l.Pick(words.Row))})
				}
			}
		case "text":
			if f.Pattern != "" && !f.Optional && f.When == "" {
				answers = append(answers, l.Pick(words.Label))
			}
		}
	}
	return answers, papers
}

var equals = regexp.MustCompile(`form\.([A-Za-z0-9]+) == '([^']*)'`)

// condition says in words when a field is asked: which answer leads to it where that is one answer, otherwise only that it depends.
func condition(l *ui.Locale, s *release.Live, f plan.FormField) string {
	if f.When == "" {
		return ""
	}
	found := equals.FindAllStringSubmatch(f.When, -1)
	if len(found) == 1 && !strings.ContainsAny(f.When, "|!?") && !strings.Contains(f.When, " or ") && !strings.Contains(f.When, "not ") {
		for i, asked := range s.Plan.Form.Fields {
			if asked.Code != found[0][1] || i >= len(s.Texts.Fields) {
				continue
			}
			for j, value := range asked.Options {
				if value == found[0][2] && j < len(s.Texts.Fields[i].Options) {
					return l.T("service.ifAnswer", "question", l.Pick(s.Texts.Fields[i].Label), "answer", l.Pick(s.Texts.Fields[i].Options[j].Label))
				}
			}
		}
	}
	return l.T("service.sometimes")
}

// costs explains each fee without its formula.
func (p *Portal) costs(l *ui.Locale, s *release.Live) ui.SummaryList {
	var list ui.SummaryList
	for _, fee := range s.Plan.Fees {
		row := ui.SummaryRow{Key: l.Pick(s.Texts.Fees[fee.Code]), Value: l.T("service.fromAnswers")}
		if m, ok := p.constant(s.Plan, fee); ok {
			row.Value = l.Money(m)
		}
		if fee.When != "" {
			row.Value += "\n" + l.T("service.inSomeCases")
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// journey tells what happens, step by step.
func journey(l *ui.Locale, s *release.Live, authority string) []numbered {
	steps := []numbered{{l.T("service.step.form"), l.T("service.step.formText", "count", len(s.Plan.Form.Fields))}}
	if enquiry(s.Plan) {
		steps[0].Text = l.T("service.step.askText") // it is answered without a check of what was written
	}
	seen := map[string]bool{}
	for i := range s.Plan.Nodes {
		n := &s.Plan.Nodes[i]
		text := ""
		switch n.Kind {
		case plan.Lookup:
			text = l.T("service.step.lookup")
		case plan.Pay:
			text = l.T("service.step.pay")
			if limit, ok := n.Pay.Clock.Promise(); ok {
				text = l.T("service.step.payWithin", "time", l.Duration(limit.Count, limit.Unit))
			}
		case plan.Review:
			text = l.T("service.step.review", "authority", authority)
			if limit, ok := n.Review.Clock.Promise(); ok {
				text = l.T("service.step.reviewWithin", "authority", authority, "time", l.Duration(limit.Count, limit.Unit))
			}
		case plan.Issue:
			text = l.T("service.step.issue")
		case plan.Write:
			text = l.T("service.step.write")
		case plan.Fork:
			text = l.T("service.step.together")
		case plan.Wait:
			text = l.T("service.step.wait")
		case plan.Draw:
			text = l.T("service.step.draw")
		case plan.Notify:
			if n.Notify.Whom == "applicant" {
				text = l.T("service.step.notify")
			}
		case plan.Invite:
			text = l.T("service.step.invite")
		case plan.Appointment:
			text = l.T("service.step.appointment")
		case plan.PayOut:
			text = l.T("service.step.payOut")
		case plan.Right:
			text = l.T("service.step.right")
		case plan.Place:
			text = l.T("service.step.place")
		case plan.Answer:
			text = l.T("service.step.answer")
		}
		if text == "" || seen[n.Step] {
			continue
		}
		seen[n.Step] = true
		if n.When != "" {
			text += " " + l.T("service.inSomeCases")
		}
		steps = append(steps, numbered{l.Pick(s.Texts.Steps[n.Step]), text})
	}
	return steps
}

const mostRelated = 3

// related are other services for the same life event, or of the same body.
func (p *Portal) related(l *ui.Locale, s *release.Live) []ui.Card {
	var near []*release.Live
	for _, other := range p.byUse() {
		if other.Service == s.Service || len(near) == mostRelated {
			continue
		}
		for _, e := range s.Texts.LifeEvents {
			if len(other.Texts.LifeEvents) > 0 && other.Texts.LifeEvents[0] == e {
				near = append(near, other)
				break
			}
		}
	}
	cards := make([]ui.Card, len(near))
	for i, n := range near {
		cards[i] = ui.Card{Title: l.Pick(n.Texts.Title), Href: "/services/" + n.Service, Icon: serviceIcon(n)}
	}
	return cards
}
