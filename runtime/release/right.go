package release

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// rightOf takes out the declaration of a right.
func rightOf(r *catalog.Right) plan.RightKind {
	out := plan.RightKind{
		Code: r.Code.Value, Title: r.Title.Plain(), Authority: r.Authority.Value, Holder: string(r.Holder), Register: r.Register.Value,
		Public: words(r.Public),
	}
	fields := fieldsOf(r.Terms)
	for i, e := range r.Terms.Entries {
		t := plan.Term{Field: fields[i], Label: e.Value.Label.Plain()}
		for code, text := range e.Value.Options.All() {
			if t.Words == nil {
				t.Words = map[string]plan.Text{}
			}
			t.Words[code] = text.Plain()
		}
		out.Terms = append(out.Terms, t)
	}
	for change, services := range r.May.All() {
		if out.May == nil {
			out.May = map[string][]string{}
		}
		out.May[change] = words(services)
	}
	for i := range r.Reminders {
		d, _ := catalog.ParseDuration(r.Reminders[i].Before.Value) // the checker has made sure that it is one
		out.Reminders = append(out.Reminders, plan.Reminder{Before: plan.Span{Count: d.Count, Unit: string(d.Unit)}, Text: r.Reminders[i].Text.Plain()})
	}
	return out
}

// Right finds the declaration of a right.
func (r *Reference) Right(code string) (*plan.RightKind, bool) {
	i := slices.IndexFunc(r.Rights, func(k plan.RightKind) bool { return k.Code == code })
	if i < 0 {
		return nil, false
	}
	return &r.Rights[i], true
}
