// Package filling is a form in somebody's hands, on a page: it reads what was posted, keeps files as they come, checks it by the one form
// implementation, and makes the questions as components of a page. The portal asks applicants and whoever they invite with it, the desk officers.
//
// It may not know whose application it is, nor send anything: its caller opens the form, and takes what was validated. All works without scripts.
//
//	f := filling.New(ctx, filling.Options{Form: own, Texts: texts, With: with, Locale: locale, Owner: me, Documents: archive, Path: r.URL.Path})
//	controls, err := f.Read(w, r)
//	values, problems, err := f.Validate(ctx)
//	view := f.View(problems) // what was typed stays as it was typed
package filling
