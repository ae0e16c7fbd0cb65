package compare

import "github.com/diwan-gov/diwan/catalog"

// titles are what things are called in Arabic, by kind and code. English sentences name things by their codes, which is what an analyst looks
// for; in an Arabic sentence a Latin code is a stumbling block.
type titles map[string]map[string]string

func (t titles) of(kind, code string) string { return t[kind][code] }

func (t titles) add(kind, code string, title catalog.Text) {
	words, ok := title.Get("ar")
	if !ok || words.Value == "" || code == "" {
		return
	}
	if t[kind] == nil {
		t[kind] = map[string]string{}
	}
	t[kind][code] = words.Value
}

// titlesOf are those of a service and of what services share; what is new goes before what was.
func titlesOf(before, after *catalog.Catalogue, service string) titles {
	t := titles{}
	for _, c := range []*catalog.Catalogue{before, after} {
		for _, a := range c.Authorities {
			t.add("authority", a.Code.Value, a.Title)
			for i := range a.Roles {
				t.add("role", a.Roles[i].Code.Value, a.Roles[i].Title)
			}
		}
		for i := range c.Settings.Roles {
			t.add("role", c.Settings.Roles[i].Code.Value, c.Settings.Roles[i].Title)
		}
		for i := range c.Settings.Heads {
			t.add("head", c.Settings.Heads[i].Code.Value, c.Settings.Heads[i].Title)
		}
		for _, d := range c.Documents {
			t.add("document", d.Code.Value, d.Title)
		}
		for _, e := range c.Events {
			t.add("event", e.Code.Value, e.Title)
		}
		for _, r := range c.Rights {
			t.add("right", r.Code.Value, r.Title)
		}
		for _, x := range c.Tariffs {
			t.add("tariff", x.Code.Value, x.Title)
		}
		s := c.Service(service)
		if s == nil {
			continue
		}
		for i := range s.Fees {
			t.add("fee", s.Fees[i].Code.Value, s.Fees[i].Title)
		}
		for i := range s.Steps {
			t.add("step", s.Steps[i].Code.Value, s.Steps[i].Title)
		}
		for _, f := range s.Fields() {
			t.add("field", f.Code.Value, f.Label)
		}
	}
	return t
}
