// Package gallery shows every component of the kit on sample pages, in every language of the kit, for
// looking and for the browser tests. It is not part of the product and its people and services are invented.
//
//	http.ListenAndServe("127.0.0.1:8080", gallery.Handler())
package gallery

import (
	"embed"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/ui"
)

//go:embed templates
var files embed.FS

// Paths are the pages of the gallery.
var Paths = []string{"/", "/service", "/form", "/form?errors=1", "/check", "/done", "/application", "/desk", "/task", "/confirm", "/404", "/503"}

// Templates are the gallery's own, built on the kit's.
func Templates() *ui.Templates {
	templates, err := ui.New(ui.Site{Footer: []ui.FooterLink{
		{Text: map[string]string{"ar": "إمكانية الوصول", "en": "Accessibility"}, Href: "/404"},
		{Text: map[string]string{"ar": "الخصوصية", "en": "Privacy"}, Href: "/404"},
		{Text: map[string]string{"ar": "تقديم شكوى", "en": "Complain"}, Href: "/404"},
	}}, files)
	if err != nil {
		panic(err)
	}
	return templates
}

// Handler serves the gallery with the kit's own middleware.
func Handler() http.Handler {
	templates := Templates()
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPath, ui.Static())
	show := func(path, name string, build func(w words, r *http.Request) ui.Page) {
		mux.HandleFunc(path, func(rw http.ResponseWriter, r *http.Request) {
			page := build(words(ui.Language(r.Context())), r)
			if err := templates.Render(rw, r, http.StatusOK, name, page); err != nil {
				panic(err) // the gallery is for tests: be loud
			}
		})
	}
	show("GET /{$}", "home", home)
	show("GET /service", "parts", service)
	show("/form", "form", form)
	show("GET /check", "parts", check)
	show("GET /done", "done", done)
	show("GET /application", "parts", application)
	show("GET /desk", "parts", desk)
	show("GET /task", "parts", task)
	show("GET /confirm", "parts", confirm)
	mux.HandleFunc("GET /503", func(w http.ResponseWriter, r *http.Request) {
		templates.Error(w, r, http.StatusServiceUnavailable, ui.Page{}, "7F3K-22")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		templates.Error(w, r, http.StatusNotFound, ui.Page{Nav: portalNav(words(ui.Language(r.Context())), "")}, "")
	})
	return ui.SecurityHeaders(ui.Lang(mux))
}

// words chooses between the two languages of the samples.
type words string

func (w words) in(ar, en string) string {
	if w == "ar" {
		return ar
	}
	return en
}
