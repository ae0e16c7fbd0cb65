package provider

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

var (
	//go:embed page.html
	pageText string
	//go:embed style.css
	styleText []byte

	page = template.Must(template.New("page").Parse(pageText))
)

// pageData is what page.html shows: a note, or people to choose from.
type pageData struct {
	Language, Direction  string
	OtherLanguage        string // the same page in the other language; empty: none
	OtherName, Other     string
	Style                string
	Title, Lead, Warning string
	Action               string // where the form goes; empty: no form
	Leave                string
	Groups               []group
}

type group struct {
	Title string
	Cards []card
}

type card struct{ Subject, Name, About, Initial string }

// words are the page's texts by language.
var words = map[string]map[string]string{
	"en": {
		"title": "Sign in", "lead": "Choose who you want to be.", "warning": "Sample people, no password. Nobody here is real.",
		"leave": "Go back without signing in", "citizens": "Citizens", "officers": "Officers", "number": "National number",
		"other": "ar", "otherName": "العربية", "direction": "ltr", "note": "Sample sign-in",
	},
	"ar": {
		"title": "تسجيل الدخول", "lead": "اختر الشخص الذي تريد الدخول باسمه.", "warning": "أشخاص تجريبيون، بلا كلمة مرور. لا أحد هنا حقيقي.",
		"leave": "العودة دون تسجيل الدخول", "citizens": "المواطنون", "officers": "الموظفون", "number": "رقم الهوية",
		"other": "en", "otherName": "English", "direction": "rtl", "note": "دخول تجريبي",
	},
}

// language is the first supported one of ui_locales, Arabic otherwise.
func language(r *http.Request) string {
	for _, wish := range strings.Fields(r.FormValue("ui_locales")) {
		short, _, _ := strings.Cut(strings.ToLower(wish), "-")
		if words[short] != nil {
			return short
		}
	}
	return "ar"
}

func (p *Provider) newPage(r *http.Request) (pageData, map[string]string) {
	lang := language(r)
	text := words[lang]
	return pageData{Language: lang, Direction: text["direction"], Style: p.issuer + "/style.css", Warning: text["warning"], Title: text["note"]}, text
}

func (p *Provider) showPeople(w http.ResponseWriter, r *http.Request, req request) {
	data, text := p.newPage(r)
	data.Title, data.Lead, data.Leave = text["title"], text["lead"], text["leave"]
	data.Action = p.issuer + "/authorize?" + req.query.Encode()
	other := url.Values{}
	for name, values := range req.query {
		other[name] = values
	}
	other.Set("ui_locales", text["other"])
	data.Other, data.OtherName, data.OtherLanguage = p.issuer+"/authorize?"+other.Encode(), text["otherName"], text["other"]
	citizens, officers := group{Title: text["citizens"]}, group{Title: text["officers"]}
	for _, person := range p.people {
		name := person.Name[data.Language]
		if name == "" {
			name = person.Subject
		}
		one := card{Subject: person.Subject, Name: name, Initial: string([]rune(name)[:1])}
		if len(person.Roles) > 0 {
			if one.About = person.Post[data.Language]; one.About == "" {
				one.About = strings.Join(person.Roles, " · ")
			}
			officers.Cards = append(officers.Cards, one)
			continue
		}
		if person.NationalNumber != "" {
			one.About = text["number"] + " " + person.NationalNumber
		}
		citizens.Cards = append(citizens.Cards, one)
	}
	for _, g := range []group{citizens, officers} {
		if len(g.Cards) > 0 {
			data.Groups = append(data.Groups, g)
		}
	}
	// Browsers hold the redirect that answers a form to form-action too.
	if target, err := url.Parse(req.redirectURI); err == nil {
		w.Header().Set("Content-Security-Policy", policy(target.Scheme+"://"+target.Host))
	}
	show(w, http.StatusOK, data)
}

// showNote tells the visitor one sentence.
func (p *Provider) showNote(w http.ResponseWriter, r *http.Request, status int, english, arabic string) {
	data, _ := p.newPage(r)
	data.Lead = arabic
	if data.Language == "en" {
		data.Lead = english
	}
	show(w, status, data)
}

func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, english, arabic string) {
	p.showNote(w, r, http.StatusBadRequest, english, arabic)
}

func show(w http.ResponseWriter, status int, data pageData) {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // the browser went away
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(styleText)
}
