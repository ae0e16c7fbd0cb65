// Package ui owns how every page of Diwan looks and reads: the layout, the components, their CSS and
// fonts, the vendored browser files, the messages of the interface and how dates, money and numbers are
// written in a language. It knows nothing about services, applications or people: it imports no other
// package of this module, reads no database and decides nothing about access.
//
// Everything works without JavaScript. Pages are rendered by html/template under a strict
// Content-Security-Policy: no inline script, no inline style, one nonce for each answer.
//
// A package that has pages keeps its templates, messages and page structs in its own folder:
//
//	//go:embed templates messages
//	var files embed.FS
//
//	templates, err := ui.New(site, files) // templates/*.html and messages/{ar,en}.yaml
//	…
//	err = templates.Render(w, r, http.StatusOK, "apply", ui.Page{
//		Title: templates.Locale(ui.Language(r.Context())).T("apply.title"),
//		User:  user,
//		Body:  applyPage{Licence: ui.Input{Field: ui.Field{Name: "licence", Label: "…"}, Type: ui.Digits}},
//	})
//
// where templates/apply.html holds
//
//	{{define "apply"}}
//	<h1>{{.Title}}</h1>
//	<form method="post">{{show .Body.Licence}}{{show (button (t "action.continue"))}}</form>
//	{{end}}
//
// A template's dot is the Page. Components are plain structs; `show` renders any of them. Labels, titles and
// sentences are in the page's language and stand as they are; values that people typed or that come from
// elsewhere are isolated with bdi, which guesses their direction.
package ui
