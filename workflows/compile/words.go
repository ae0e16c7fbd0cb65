package compile

import (
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// texts gathers the words of a service under what they speak of.
func texts(c *catalog.Catalogue, s *catalog.Service, p *plan.Plan) *plan.Texts {
	t := &plan.Texts{
		Service: s.Code.Value, Languages: values(c.Settings.Languages), Title: text(s.Title), Summary: text(s.Summary), LegalBasis: text(s.LegalBasis), Closed: text(s.Closed),
		Promised: s.Promised.Value, Keep: s.Keep.Value, Type: s.Type.Value, LifeEvents: values(s.LifeEvents), Sample: s.Sample,
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
	feeWords(t, s)
	factWords(t, s)
	for i := range s.Validate {
		if s.Validate[i].Script.Value == "" {
			t.Rules = append(t.Rules, text(s.Validate[i].Message))
		} else {
			t.Scripts = append(t.Scripts, text(s.Validate[i].Message))
		}
	}
	evidenceWords(t, s)
	reasonsBefore(t, s)
	flow := s.Flow()
	for st := range s.AllSteps() {
		stepWords(t, st)
		for _, ref := range []string{st.Ask.Value, st.Write.Value} {
			if _, op := c.Operation(ref); op != nil {
				answerWords(t, st.Code.Value, op.Gives)
			}
		}
		if e := c.Event(eventOf(st)); e != nil {
			answerWords(t, st.Code.Value, e.Gives)
		}
	}
	for i := range flow.Points {
		if end := &flow.Points[i]; end.Text.Len() > 0 {
			t.Reasons[end.Key] = text(end.Text)
		}
	}
	for i := range s.Anytime {
		put(&t.Anytime, s.Anytime[i].Event.Value, s.Anytime[i].Title)
	}
	for i := range s.Triggers {
		if e := c.Event(s.Triggers[i].Event.Value); e != nil {
			put(&t.Triggers, e.Code.Value, e.Title)
		}
		if r := c.Right(s.Triggers[i].Right.Value); r != nil {
			put(&t.Triggers, r.Code.Value, r.Title)
		}
	}
	for _, d := range p.Documents {
		doc := c.Document(d.Code)
		dt := plan.DocumentText{Title: text(doc.Title), Body: text(doc.Body), Rows: []plan.Text{}}
		for i := range doc.Rows {
			dt.Rows = append(dt.Rows, text(doc.Rows[i].Label))
		}
		dt.Layout = layout(c, doc)
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
	if f.From != nil {
		out.None = text(f.From.None)
	}
	for i := range f.Fields {
		out.Fields = append(out.Fields, fieldText(&f.Fields[i]))
	}
	return out
}

// reasonsBefore takes why somebody may not fill in the form.
func reasonsBefore(t *plan.Texts, s *catalog.Service) {
	for i := range s.Before {
		if b := &s.Before[i]; b.NotFound != nil {
			t.Reasons["before/"+b.As.Value+"/notFound"] = text(b.NotFound.Refuse)
		}
	}
	for i := range s.OnBehalf {
		r := &s.OnBehalf[i]
		put(&t.OnBehalf, string(r.As), r.Title)
		if r.Mandate != nil {
			t.Reasons["onBehalf/"+string(r.As)+"/refused"] = text(r.Mandate.Otherwise)
		}
	}
	for i := range s.Eligible {
		t.Reasons["eligible/"+strconv.Itoa(i)+"/refused"] = text(s.Eligible[i].Otherwise)
	}
}

// stepWords takes the words of one step, under the keys of the nodes that it became.
func stepWords(t *plan.Texts, st *catalog.Step) {
	code := st.Code.Value
	if st.Title.Len() > 0 {
		t.Steps[code] = text(st.Title)
	}
	for i := range st.Decisions.Entries {
		if d := &st.Decisions.Entries[i]; d.Value.Title.Len() > 0 {
			t.Decisions[code+"/"+d.Key.Value] = text(d.Value.Title)
		}
	}
	for i := range st.Answer {
		t.Answers[code] = append(t.Answers[code], text(st.Answer[i].Label))
	}
	if st.Kind() == catalog.NotifyStep {
		put(&t.Messages, code, st.Text)
	}
	put(&t.Messages, code, st.Reason)
	if st.Together != nil {
		for i := range st.Together.Branches {
			put(&t.Branches, code+"/"+st.Together.Branches[i].Code.Value, st.Together.Branches[i].Title)
		}
	}
	if len(st.Fields) > 0 {
		if t.OwnFields == nil {
			t.OwnFields = map[string][]plan.FieldText{}
		}
		t.OwnFields[code] = FieldTexts(catalog.NewFieldList(code, st.Fields))
	}
}

// put adds words where there are some.
func put(to *map[string]plan.Text, key string, words catalog.Text) {
	if words.Len() == 0 {
		return
	}
	if *to == nil {
		*to = map[string]plan.Text{}
	}
	(*to)[key] = text(words)
}

func eventOf(st *catalog.Step) string {
	if st.Wait == nil {
		return ""
	}
	return st.Wait.Event.Value
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
