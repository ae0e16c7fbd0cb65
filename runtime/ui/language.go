package ui

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/text/language"
)

const languageCookie = "lang"

type languageKey struct{}

// Lang chooses the language of a request and puts it in the context: ?lang= (which also sets a cookie for
// a year), then the cookie, then Accept-Language, then the first of offered. Without offered it takes
// Arabic and English.
func Lang(next http.Handler, offered ...string) http.Handler {
	if len(offered) == 0 {
		offered = defaultLanguages
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := negotiate(r, offered)
		if asked := r.URL.Query().Get("lang"); asked == lang {
			http.SetCookie(w, &http.Cookie{
				Name: languageCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, SameSite: http.SameSiteLaxMode,
			})
		}
		w.Header().Add("Vary", "Accept-Language, Cookie")
		next.ServeHTTP(w, r.WithContext(WithLanguage(r.Context(), lang)))
	})
}

// Language is the language that Lang chose; Arabic where there was none.
func Language(ctx context.Context) string {
	if lang, ok := ctx.Value(languageKey{}).(string); ok {
		return lang
	}
	return defaultLanguages[0]
}

// WithLanguage sets the language of a context, for work outside a request such as notices.
func WithLanguage(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, languageKey{}, lang)
}

// Dir is the direction in which a language is written: "rtl" or "ltr".
func Dir(lang string) string {
	switch lang {
	case "ar", "fa", "he", "ur", "ckb", "ps":
		return "rtl"
	}
	return "ltr"
}

func negotiate(r *http.Request, offered []string) string {
	if asked := r.URL.Query().Get("lang"); slices.Contains(offered, asked) {
		return asked
	}
	if cookie, err := r.Cookie(languageCookie); err == nil && slices.Contains(offered, cookie.Value) {
		return cookie.Value
	}
	header := r.Header.Get("Accept-Language")
	if len(header) > 200 {
		return offered[0]
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return offered[0]
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		if slices.Contains(offered, base.String()) {
			return base.String()
		}
	}
	return offered[0]
}

// ownName is what a language calls itself.
func ownName(lang string) string {
	switch lang {
	case "ar":
		return "العربية"
	case "en":
		return "English"
	case "kk":
		return "Қазақша"
	case "ru":
		return "Русский"
	case "fr":
		return "Français"
	}
	return lang
}
