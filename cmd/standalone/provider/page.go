package provider

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
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
	Others               []link // the same page in the other languages
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

type link struct{ Language, Name, Address string }

type card struct{ Subject, Name, About, Initial string }

// words are the page's texts by language.
var words = map[string]map[string]string{
	"en": {
		"title": "Sign in", "lead": "Choose who you want to be.", "warning": "Sample people, no password. Nobody here is real.",
		"leave": "Go back without signing in", "citizens": "Citizens", "officers": "Officers", "number": "National number",
		"name": "English", "direction": "ltr", "note": "Sample sign-in",
	},
	"ar": {
		"title": "تسجيل الدخول", "lead": "اختر الشخص الذي تريد الدخول باسمه.", "warning": "أشخاص تجريبيون، بلا كلمة مرور. لا أحد هنا حقيقي.",
		"leave": "العودة دون تسجيل الدخول", "citizens": "المواطنون", "officers": "الموظفون", "number": "رقم الهوية",
		"name": "العربية", "direction": "rtl", "note": "دخول تجريبي",
	},
	"kk": {
		"title": "Жүйеге кіру", "lead": "Кім болып кіретініңізді таңдаңыз.", "warning": "Үлгі адамдар, құпиясөзсіз. Мұндағылардың ешқайсысы шын емес.",
		"leave": "Кірмей, артқа қайту", "citizens": "Азаматтар", "officers": "Қызметкерлер", "number": "Сәйкестендіру нөмірі",
		"name": "Қазақша", "direction": "ltr", "note": "Үлгі кіру",
	},
	"ru": {
		"title": "Вход", "lead": "Выберите, кем вы хотите войти.", "warning": "Вымышленные люди, без пароля. Настоящих людей здесь нет.",
		"leave": "Вернуться без входа", "citizens": "Граждане", "officers": "Сотрудники", "number": "Идентификационный номер",
		"name": "Русский", "direction": "ltr", "note": "Пробный вход",
	},
	"fr": {
		"title": "Connexion", "lead": "Choisissez qui vous voulez être.", "warning": "Personnes d’exemple, sans mot de passe. Personne ici n’est réel.",
		"leave": "Revenir sans se connecter", "citizens": "Usagers", "officers": "Agents", "number": "Numéro national",
		"name": "Français", "direction": "ltr", "note": "Connexion d’essai",
	},
}

// languages are those of the page in which the sample people have names; Arabic and English where they have none.
func (p *Provider) languages() []string {
	var out []string
	for _, lang := range []string{"ar", "en", "kk", "ru", "fr"} {
		if p.people[0].Name[lang] != "" {
			out = append(out, lang)
		}
	}
	if out == nil {
		return []string{"ar", "en"}
	}
	return out
}

// language is the first offered one of ui_locales, else the first that is offered.
func (p *Provider) language(r *http.Request) string {
	offered := p.languages()
	for _, wish := range strings.Fields(r.FormValue("ui_locales")) {
		short, _, _ := strings.Cut(strings.ToLower(wish), "-")
		if slices.Contains(offered, short) {
			return short
		}
	}
	return offered[0]
}

func (p *Provider) newPage(r *http.Request) (pageData, map[string]string) {
	lang := p.language(r)
	text := words[lang]
	return pageData{Language: lang, Direction: text["direction"], Style: p.issuer + "/style.css", Warning: text["warning"], Title: text["note"]}, text
}

func (p *Provider) showPeople(w http.ResponseWriter, r *http.Request, req request) {
	data, text := p.newPage(r)
	data.Title, data.Lead, data.Leave = text["title"], text["lead"], text["leave"]
	data.Action = p.issuer + "/authorize?" + req.query.Encode()
	for _, lang := range p.languages() {
		if lang == data.Language {
			continue
		}
		other := maps.Clone(req.query)
		other.Set("ui_locales", lang)
		data.Others = append(data.Others, link{Language: lang, Name: words[lang]["name"], Address: p.issuer + "/authorize?" + other.Encode()})
	}
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

// showNote tells the visitor one sentence, in Arabic to who reads Arabic.
func (p *Provider) showNote(w http.ResponseWriter, r *http.Request, status int, english, arabic string) {
	data, _ := p.newPage(r)
	data.Lead = english
	if data.Language == "ar" {
		data.Lead = arabic
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
