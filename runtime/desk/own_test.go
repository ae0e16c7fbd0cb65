package desk_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// visited is an application at a review with a form of its own.
func (w *world) visited() *application.View {
	v := w.add("D7K2-94QM", licensing)
	v.Tasks[0].Node, v.Tasks[0].Step, v.Tasks[0].Form = "visit", "visit", true
	return v
}

// fill posts the panel of an open page as a browser posts a form with files; files hold names by control.
func (s *served) fill(who *identity.Person, p page, files map[string]string, values ...string) page {
	s.t.Helper()
	panel := p.Find("form[method=post][enctype='multipart/form-data'][action$='/decide']")
	if panel.Length() != 1 {
		s.t.Fatalf("%d panels that take files", panel.Length())
	}
	var body bytes.Buffer
	out := multipart.NewWriter(&body)
	panel.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { _ = out.WriteField(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for i := 0; i < len(values); i += 2 {
		_ = out.WriteField(values[i], values[i+1])
	}
	for name, file := range files {
		part, err := out.CreateFormFile(name, file)
		if err != nil {
			s.t.Fatal(err)
		}
		_, _ = part.Write([]byte("%PDF-1.7"))
	}
	_ = out.Close()
	r := httptest.NewRequest("POST", panel.AttrOr("action", "")+"?lang=en", &body)
	r.Header.Set("Content-Type", out.FormDataContentType())
	return s.send(who, r)
}

func TestAnOfficerFillsInAFormBesideTheDecision(t *testing.T) {
	s := serve(t)
	v := s.visited()
	open := s.get(leila, path(v)+"?lang=en").want(200, "#decision", "Is the vehicle fit?")
	if open.Find("#decision [name=lacks]").Length() > 0 {
		t.Error("what is not asked is shown")
	}
	wrong := s.fill(leila, open, nil, "_action", "approve", "_comment", "typed").want(422, ".error-summary a[href='#fit']", "Is the vehicle fit?", "#_comment", "typed")
	if wrong.Find("#_action[checked]").Length() != 1 || len(s.acts) > 0 {
		t.Error("the choice is forgotten, or something was decided")
	}
	more := s.fill(leila, wrong, map[string]string{"photo": "car.pdf"}, "_action", "approve", "fit", "no").want(200, "#decision label[for=lacks]", "What it lacks", ".banner", "further questions")
	if more.Find("#decision input[name=photo][value='"+report+"']").Length() == 0 {
		t.Error("the file that was uploaded is forgotten")
	}
	s.fill(leila, more, nil, "_action", "approve", "fit", "no", "lacks", "lights").want(303)
	for _, act := range s.acts {
		if act.Data["fit"] != false || act.Data["lacks"] != "lights" || act.Data["photo"] != report || len(act.Uploads) != 1 || act.Uploads[0] != uuid.MustParse(report) {
			t.Errorf("act %+v", act)
		}
	}
	if len(s.acts) != 1 {
		t.Errorf("%d acts", len(s.acts))
	}
	s.fill(leila, more, nil, "_action", "approve", "fit", "no", "lacks", "lights").want(303) // sent twice, it counts once
}

func TestWhatWasFilledInIsKeptWhenARefusalIsThoughtOver(t *testing.T) {
	s := serve(t)
	open := s.get(leila, path(s.visited()))
	ask := s.fill(leila, open, nil, "_action", "refuse", "_comment", "worn out", "fit", "yes").want(200, "h1", "D7K2-94QM")
	back := s.decide(leila, ask, "_back", "yes").want(200)
	if back.Find("#fit[checked]").Length() != 1 || back.Find("#_action-3[checked]").Length() != 1 {
		t.Error("what was filled in is forgotten")
	}
	s.decide(leila, ask, "_confirm", "yes").want(303)
	for _, act := range s.acts {
		if act.Data["fit"] != true {
			t.Errorf("act %+v", act)
		}
	}
}

func TestWhatWasFilledInTooLateIsShown(t *testing.T) {
	s := serve(t)
	v := s.visited()
	open := s.get(leila, path(v)+"?lang=en")
	v.Tasks[0].ClosedAt = &now
	s.fill(leila, open, nil, "_action", "approve", "fit", "no", "lacks", "both wings").want(409, ".columns__aside", "both wings")
}

func TestWhatWasFilledInStandsInTheCase(t *testing.T) {
	s := serve(t)
	v := s.visited()
	s.filled = []application.RegistryAnswer{{Node: "visit", Visit: 1, Found: true, At: now, Values: map[string]any{"fit": false, "lacks": "lights", "photo": report}}}
	got := s.get(leila, path(v)+"?lang=en").want(200, ".columns__main", "What it lacks", ".columns__main", "lights")
	if got.Find(".columns__main a[href$='/uploads/"+report+"']").Length() == 0 {
		t.Error("there is no way to the file")
	}
}

func TestAnAnswerThatOpensAQuestionIsAnsweredWithTheQuestions(t *testing.T) {
	s := serve(t)
	open := s.get(leila, path(s.visited()))
	form := open.Find("form[action$='/decide']")
	r := httptest.NewRequest("POST", form.AttrOr("action", ""), bytes.NewBufferString("_key=k&_revision=1&fit=no"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("HX-Request", "true")
	got := s.send(leila, r).want(200, "#questions label[for=lacks]", "ما ينقصها")
	if got.Find("h1").Length() > 0 {
		t.Error("a whole page")
	}
}
