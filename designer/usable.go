package designer

import "github.com/diwan-gov/diwan/catalog"

// mostUsable bounds the list of what a formula can read.
const mostUsable = 120

// usable are the names that a formula of the open service can read, with what people call each: answers of the form, named values, amounts of the
// tariff, answers of registries, and what is known of the applicant. Which of them are known where it stands, the checker says.
func (b *workbench) usable() (out []named) {
	if b.service == nil {
		return nil
	}
	add := func(path, title string) {
		if len(out) < mostUsable {
			out = append(out, named{path, title})
		}
	}
	for _, f := range b.service.Fields() {
		add("form."+f.Code.Value, b.say(f.Label))
	}
	for _, name := range b.service.Facts.Keys() {
		add("facts."+name, "")
	}
	if t := b.c.Tariff(b.service.Tariff.Value); t != nil {
		amounts := t.Amounts
		if len(t.Versions) > 0 {
			amounts = t.Versions[len(t.Versions)-1].Amounts
		}
		for i := range amounts.Entries {
			add(catalog.TariffRoot+"."+amounts.Entries[i].Key.Value, amounts.Entries[i].Value.Value)
		}
	}
	for st := range b.service.AllSteps() {
		for _, ref := range []string{st.Ask.Value, st.Write.Value} {
			if _, op := b.c.Operation(ref); op != nil {
				for i := range op.Gives.Entries {
					e := &op.Gives.Entries[i]
					title := b.say(e.Value.Label)
					if title == "" {
						title = b.say(st.Title)
					}
					add(st.Code.Value+"."+e.Key.Value, title)
				}
			}
		}
		for i := range st.Fields {
			add(st.Code.Value+"."+st.Fields[i].Code.Value, b.say(st.Fields[i].Label))
		}
	}
	for _, path := range []string{"applicant.birthDate", "applicant.nationalNumber", "applicant.name", "applicant.sex", "asOf.submitted"} {
		add(path, b.inWords(path))
	}
	return out
}
