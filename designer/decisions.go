package designer

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// decisionsPart is what may be decided at a step, and where each leads.
type decisionsPart struct {
	ui.Field
	Rows []decisionRow
	New  []ui.Option // what may be decided besides
	Lead []ui.Option // where it leads
}

func (decisionsPart) Component() string { return "designer/decisions" }

// decisionRow is one decision.
type decisionRow struct {
	Control, Title string
	Lead           []ui.Option
	Note           string // what is said of it besides, which stands in its own panel
	Href           string // of its panel, where it has one
}

// Leads beside steps and outcomes, which stand behind a colon.
const (
	continueLead  = catalog.ContinueWord
	applicantLead = catalog.ApplicantPlace
	againstLead   = "against"
	removeLead    = "remove"
	stepLead      = "to:"
	endLead       = "end:"
)

// usualDecisions are those that have words of their own in every language.
var usualDecisions = []string{"approve", "sendBack", "refuse"}

// otherDecision is a decision that gets a name of its own.
const otherDecision = "other"

// decisionTitle is what a decision is called.
func (b *workbench) decisionTitle(code string, value *source.Node) string {
	if _, title := value.Get("title"); title != nil {
		if said := b.locale.Pick(languagesOf(title)); said != "" {
			return said
		}
	}
	return b.said("designer.decision."+code, code)
}

// leadOf is where a decision leads.
func leadOf(value *source.Node) string {
	if value.Kind == source.Scalar {
		return continueLead
	}
	if _, to := value.Get("to"); to != nil {
		if to.Value == catalog.ApplicantPlace {
			return applicantLead
		}
		return stepLead + to.Value
	}
	if _, end := value.Get("end"); end != nil {
		return endLead + end.Value
	}
	if key, _ := value.Get("against"); key != nil {
		return againstLead
	}
	return continueLead
}

func (b *workbench) leads(at edit.Path, now string) (out []ui.Option) {
	add := func(lead, text string) { out = append(out, ui.Option{Value: lead, Text: text, Selected: lead == now}) }
	add(continueLead, b.locale.T("designer.lead.continue"))
	add(applicantLead, b.locale.T("designer.lead.applicant"))
	for _, w := range []string{catalog.RefusedOutcome, "approved", catalog.CompletedOutcome} {
		add(endLead+w, b.locale.T("designer.lead.end", "outcome", b.locale.T("designer.word."+w)))
	}
	if strings.Contains(at.String(), "/together/") || now == againstLead {
		add(againstLead, b.locale.T("designer.lead.against"))
	}
	own := ""
	if step := b.stepAt(at); step != nil {
		if _, code := step.Get("step"); code != nil {
			own = code.Value
		}
	}
	for _, st := range b.namedOf("step", "") {
		if st.Code != own {
			title := st.Title
			if title == "" {
				title = st.Code
			}
			add(stepLead+st.Code, b.locale.T("designer.lead.step", "step", title))
		}
	}
	if now != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Selected }) {
		add(now, strings.TrimPrefix(strings.TrimPrefix(now, stepLead), endLead))
	}
	return out
}

func (b *workbench) decisionsControl(field ui.Field, at edit.Path, value *source.Node, was func(name, value string)) ui.Component {
	part := decisionsPart{Field: field, Lead: b.leads(at, "")}
	for code, v := range value.Pairs() {
		row := decisionRow{Control: field.Name + "." + code.Value, Title: b.decisionTitle(code.Value, v), Lead: b.leads(at, leadOf(v))}
		row.Lead = append(row.Lead, ui.Option{Value: removeLead, Text: b.locale.T("designer.lead.remove")})
		if v.Kind == source.Mapping {
			row.Href, row.Note = b.here("at", at.To("decisions", code.Value).String()), b.decisionNote(v)
		}
		was("decisions."+code.Value, leadOf(v))
		part.Rows = append(part.Rows, row)
	}
	for _, code := range usualDecisions {
		if _, there := value.Get(code); there == nil {
			part.New = append(part.New, ui.Option{Value: code, Text: b.locale.T("designer.decision." + code)})
		}
	}
	part.New = append(part.New, ui.Option{Value: otherDecision, Text: b.locale.T("designer.decision.other")})
	return part
}

// decisionNote says how often and how long a decision sends back.
func (b *workbench) decisionNote(v *source.Node) string {
	var parts []string
	if _, most := v.Get("atMost"); most != nil {
		parts = append(parts, b.locale.T("designer.note.atMost", "times", most.Value))
	}
	if _, within := v.Get("within"); within != nil {
		parts = append(parts, b.limitsNote(within))
	}
	return strings.Join(parts, " · ")
}

// limitsNote says time limits in a line.
func (b *workbench) limitsNote(n *source.Node) string {
	var parts []string
	for text, then := range n.Pairs() {
		how := text.Value
		if d, ok := catalog.ParseDuration(how); ok {
			how = b.locale.Duration(d.Count, string(d.Unit))
		}
		what := ""
		if then.Kind == source.Scalar {
			what = b.said("designer.word."+then.Value, b.said("designer.decision."+then.Value, then.Value))
		}
		parts = append(parts, strings.TrimSpace(how+" → "+what))
	}
	return strings.Join(parts, ", ")
}

// decisionEdits are those of decisions: what a decision leads to is written anew where it leads elsewhere, what else is said of it stays.
func (b *workbench) decisionEdits(here edit.Path, value *source.Node, order []string, form posted) (out []edit.Do) {
	left := lenOf(value)
	for code, v := range value.Pairs() {
		lead, differs := form.changed("decisions." + code.Value)
		switch {
		case !differs:
		case lead == removeLead:
			left--
			out = append(out, edit.Remove(b.file, here.To(code.Value)))
		case strings.Contains(v.Text(), "#"): // a comment would be lost
			out = append(out, func([]byte) ([]byte, error) { return nil, source.ErrRefused })
		default:
			out = append(out, edit.Put(b.file, here.To(code.Value), b.decision(here, lead, v, ""), nil))
		}
	}
	if left == 0 && len(out) > 0 {
		out = []edit.Do{edit.Remove(b.file, here)}
		value = nil
	}
	code, lead := form.value("decisions.+code"), form.value("decisions.+lead")
	if code == "" || lead == "" {
		return out
	}
	title := ""
	if !slices.Contains(usualDecisions, code) {
		code = fresh("decision", takenIn(b.root, map[string]bool{}))
		title = b.inEach("designer.decision.named")
	}
	body := b.decision(here, lead, nil, title)
	if value == nil {
		return append(out, edit.Put(b.file, here, code+": "+body, order))
	}
	return append(out, edit.Put(b.file, here.To(code), body, nil))
}

// inEach is a message as a text in each language of the catalogue.
func (b *workbench) inEach(key string) string {
	var parts []string
	for _, lang := range b.c.Settings.Languages {
		parts = append(parts, lang.Value+": "+source.Quote(b.ui.Locale(lang.Value).T(key)))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// decision is a decision that leads somewhere, with what is kept of the one before.
func (b *workbench) decision(list edit.Path, lead string, was *source.Node, title string) string {
	var parts []string
	keep := func(key string) bool {
		_, n := was.Get(key)
		if n == nil || n.Kind == source.Mapping && strings.Contains(n.Text(), "\n") {
			return false
		}
		parts = append(parts, key+": "+strings.TrimSpace(n.Text()))
		return true
	}
	if title != "" {
		parts = append(parts, "title: "+title)
	}
	for _, key := range []string{"title", "when", "comment"} {
		keep(key)
	}
	step := list[:len(list)-1]
	refusal := ""
	if n := b.root.Lookup(step...); n != nil {
		if _, decisions := n.Get("decisions"); decisions != nil {
			for code, v := range decisions.Pairs() {
				if refusal == "" && strings.HasPrefix(leadOf(v), endLead) && (was == nil || v != was) {
					refusal = code.Value
				}
			}
		}
	}
	limits := func() {
		if !keep("atMost") {
			parts = append(parts, "atMost: 2")
		}
		if !keep("then") && refusal != "" {
			parts = append(parts, "then: "+refusal)
		}
	}
	switch {
	case lead == continueLead:
		if len(parts) == 0 {
			return catalog.ContinueWord
		}
		parts = append(parts, "continue: true")
	case lead == applicantLead:
		parts = append(parts, "to: "+catalog.ApplicantPlace)
		limits()
		if refusal == "" {
			refusal = catalog.LapseWord
		}
		if !keep("within") {
			parts = append(parts, "within: {14 days: "+refusal+"}")
		}
	case lead == againstLead:
		parts = append(parts, "against: true")
	case strings.HasPrefix(lead, stepLead):
		to := strings.TrimPrefix(lead, stepLead)
		parts = append(parts, "to: "+source.Quote(to))
		if b.leadsBack(step, to) {
			limits()
		}
	case strings.HasPrefix(lead, endLead):
		parts = append(parts, "end: "+source.Quote(strings.TrimPrefix(lead, endLead)))
		if !keep("text") && lead == endLead+catalog.RefusedOutcome {
			parts = append(parts, "text: "+b.inEach("designer.new.refused"))
		}
		if refund := b.refunds(step); !keep("refund") && refund != "" {
			parts = append(parts, "refund: "+refund)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// leadsBack tells that a step stands before the one at a path, or is it.
func (b *workbench) leadsBack(step edit.Path, to string) bool {
	n := b.root.Lookup(step...)
	if b.service == nil || n == nil {
		return false
	}
	_, own := n.Get("step")
	for st := range b.service.AllSteps() {
		if st.Code.Value == to {
			return true
		}
		if own != nil && st.Code.Value == own.Value {
			return false
		}
	}
	return false
}

// refunds says of each fee that may be paid before a step that it goes back; "" where there is none.
func (b *workbench) refunds(step edit.Path) string {
	n := b.root.Lookup(step...)
	if b.service == nil || n == nil {
		return ""
	}
	_, own := n.Get("step")
	var parts []string
	for st := range b.service.AllSteps() {
		if own != nil && st.Code.Value == own.Value {
			break
		}
		for _, fee := range st.Pay {
			if word := fee.Value + ": all"; !slices.Contains(parts, word) {
				parts = append(parts, word)
			}
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
