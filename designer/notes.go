package designer

import (
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// flowNote says in a line who acts in a step, until when and where it leads back or elsewhere.
func (b *workbench) flowNote(x *thing) string {
	when := ""
	if _, n := x.Node.Get("when"); n != nil && n.Kind == source.Scalar {
		if when = b.inWords(n.Value); when != "" {
			when = b.locale.T("designer.note.when", "what", shortened(when))
		}
	}
	if x.Type != reflect.TypeFor[catalog.Step]() && x.Type != reflect.TypeFor[catalog.Decision]() {
		return when
	}
	var parts []string
	if when != "" {
		parts = append(parts, when)
	}
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	title := func(sense, key string) {
		if _, n := x.Node.Get(key); n != nil && n.Kind == source.Scalar {
			if _, of := x.Node.Get("of"); of != nil && sense == "role" {
				if r := b.c.Role(of.Value, n.Value); r != nil { // of another authority
					add(b.say(r.Title))
					return
				}
			}
			list := b.namedOf(sense, key)
			if i := slices.IndexFunc(list, func(one named) bool { return one.Code == n.Value }); i >= 0 && list[i].Title != "" {
				add(list[i].Title)
			} else {
				add(n.Value)
			}
		}
	}
	if x.Type == reflect.TypeFor[catalog.Decision]() {
		return b.leadNote(leadOf(x.Node))
	}
	title("role", string(catalog.ReviewStep))
	title("role", string(catalog.InspectStep))
	title("role", string(catalog.AppointmentStep))
	title(toldSense, string(catalog.NotifyStep))
	title(invitedSense, string(catalog.InviteStep))
	title("document", string(catalog.IssueStep))
	title("operation", string(catalog.LookupStep))
	title("operation", string(catalog.WriteStep))
	if _, fees := x.Node.Get(string(catalog.PayStep)); fees != nil && fees.Kind == source.List {
		list := b.namedOf("fee", "")
		for _, item := range fees.Items() {
			if i := slices.IndexFunc(list, func(one named) bool { return one.Code == item.Value }); i >= 0 {
				add(list[i].Title)
			}
		}
	}
	if _, to := x.Node.Get(string(catalog.GoStep)); to != nil {
		add(b.leadNote(stepLead + to.Value))
	}
	if _, list := x.Node.Get("decisions"); list != nil {
		for _, v := range list.Pairs() {
			if lead := leadOf(v); lead == applicantLead || strings.HasPrefix(lead, stepLead) {
				add(b.leadNote(lead))
			}
		}
	}
	if _, within := x.Node.Get("within"); within != nil && within.Kind == source.Mapping {
		add(b.limitsNote(within))
	}
	return strings.Join(parts, " · ")
}

// longestNote is how much of a condition stands in the outline; the rest stands beside it.
const longestNote = 120

func shortened(text string) string {
	if letters := []rune(text); len(letters) > longestNote {
		return string(letters[:longestNote]) + "…"
	}
	return text
}

// leadNote says where it goes on.
func (b *workbench) leadNote(lead string) string {
	switch {
	case lead == applicantLead:
		return "↺ " + b.locale.T("designer.lead.applicant")
	case lead == continueLead:
		return b.locale.T("designer.lead.continue")
	case lead == againstLead:
		return b.locale.T("designer.lead.against")
	case strings.HasPrefix(lead, endLead):
		word := strings.TrimPrefix(lead, endLead)
		return b.locale.T("designer.lead.end", "outcome", b.said("designer.word."+word, word))
	}
	code := strings.TrimPrefix(lead, stepLead)
	if b.service != nil {
		if st := b.service.Step(code); st != nil && b.say(st.Title) != "" {
			code = b.say(st.Title)
		}
	}
	return "↪ " + b.locale.T("designer.lead.step", "step", code)
}
