package compile

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// texts gathers the words of a service under what they speak of.
func texts(c *catalog.Catalogue, s *catalog.Service, p *plan.Plan) *plan.Texts {
	t := &plan.Texts{
		Service: s.Code.Value, Languages: values(c.Settings.Languages), Title: text(s.Title), Summary: text(s.Summary), LegalBasis: text(s.LegalBasis),
		Promised: s.Promised.Value, Type: s.Type.Value, LifeEvents: values(s.LifeEvents), Sample: s.Sample,
		Sections: []plan.SectionText{}, Fees: map[string]plan.Text{}, Steps: map[string]plan.Text{},
		Decisions: map[string]plan.Text{}, Reasons: map[string]plan.Text{}, Answers: map[string][]plan.Text{}, Documents: map[string]plan.DocumentText{},
	}
	if a := c.Authority(s.Authority.Value); a != nil {
		t.Authority = text(a.Title)
	}
	for _, e := range s.Keywords.Entries {
		if t.Keywords == nil {
			t.Keywords = map[string][]string{}
		}
		t.Keywords[e.Key.Value] = values(e.Value)
	}
	for i := range s.Form {
		t.Sections = append(t.Sections, plan.SectionText{Code: s.Form[i].Code.Value, Title: text(s.Form[i].Title), Intro: text(s.Form[i].Intro)})
	}
	t.Fields = FieldTexts(s.FieldList())
	for i := range s.Fees {
		t.Fees[s.Fees[i].Code.Value] = text(s.Fees[i].Title)
	}
	for i := range s.Validate {
		if s.Validate[i].Script.Value == "" {
			t.Rules = append(t.Rules, text(s.Validate[i].Message))
		} else {
			t.Scripts = append(t.Scripts, text(s.Validate[i].Message))
		}
	}
	for i := range s.Steps {
		stepWords(t, &s.Steps[i])
		if _, op := c.Operation(s.Steps[i].Ask.Value); op != nil {
			answerWords(t, s.Steps[i].Code.Value, op.Gives)
		}
	}
	for _, d := range p.Documents {
		doc := c.Document(d.Code)
		dt := plan.DocumentText{Title: text(doc.Title), Body: text(doc.Body), Rows: []plan.Text{}}
		for i := range doc.Rows {
			dt.Rows = append(dt.Rows, text(doc.Rows[i].Label))
		}
		t.Documents[d.Code] = dt
	}
	return t
}

func fieldText(f *catalog.Field) plan.FieldText {
	out := plan.FieldText{
		Code: f.Code.Value, Label: text(f.Label), Hint: text(f.Hint), Message: text(f.Message), Declaration: text(f.Declaration), Row: text(f.Row),
	}
	for i := range f.Options {
		out.Options = append(out.Options, plan.OptionText{Label: text(f.Options[i].Label), Hint: text(f.Options[i].Hint)})
	}
	for i := range f.Fields {
		out.Fields = append(out.Fields, fieldText(&f.Fields[i]))
	}
	return out
}

// stepWords takes the words of one step, under the keys of the nodes that it became.
func stepWords(t *plan.Texts, st *catalog.Step) {
	code := st.Code.Value
	if st.Title.Len() > 0 {
		t.Steps[code] = text(st.Title)
	}
	if st.Refuse.Len() > 0 {
		t.Reasons[code+"/refused"] = text(st.Refuse)
	}
	if st.NotFound != nil {
		t.Reasons[code+"/notFound"] = text(st.NotFound.Refuse)
	}
	for i := range st.Decisions.Entries {
		if d := &st.Decisions.Entries[i]; d.Value.Title.Len() > 0 {
			t.Decisions[code+"/"+d.Key.Value] = text(d.Value.Title)
		}
	}
	for i := range st.Answer {
		t.Answers[code] = append(t.Answers[code], text(st.Answer[i].Label))
	}
}

// answerWords takes what the values of a registry's answer are called, and their codes.
func answerWords(t *plan.Texts, path string, gives source.Map[catalog.Type]) {
	for name, of := range gives.All() {
		at := path + "." + name
		if of.Label.Len() > 0 {
			if t.Columns == nil {
				t.Columns = map[string]plan.Text{}
			}
			t.Columns[at] = text(of.Label)
		}
		if of.Options.Len() > 0 {
			codes := map[string]plan.Text{}
			for code, words := range of.Options.All() {
				codes[code] = text(words)
			}
			if t.Codes == nil {
				t.Codes = map[string]map[string]plan.Text{}
			}
			t.Codes[at] = codes
		}
		answerWords(t, at, of.Fields)
	}
}

// text is nil where nothing is written.
func text(t catalog.Text) plan.Text {
	if t.Len() == 0 {
		return nil
	}
	return t.Plain()
}
