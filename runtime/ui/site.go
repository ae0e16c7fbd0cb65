package ui

import "time"

// Site is what one installation says about itself. The zero Site is usable: Diwan, Arabic and English, UTC.
type Site struct {
	Name      map[string]string // by language; shown as the wordmark
	Line      map[string]string // the small line beside the wordmark, such as the government's name
	Languages []string          // offered where the interface speaks them, first is the default; nil means ar, en
	Zone      *time.Location    // in which instants are written; nil means UTC
	Footer    []FooterLink
	SignIn    string // path, gets ?then=; empty means /sign-in
	SignOut   string // path, receives a POST; empty means /sign-out
}

// FooterLink is a link at the foot of every page.
type FooterLink struct {
	Text map[string]string
	Href string
}

// Default languages of a Site that names none.
var defaultLanguages = []string{"ar", "en"}

func (s Site) withDefaults() Site {
	if s.Name == nil {
		s.Name = map[string]string{"ar": "ديوان", "en": "Diwan", "kk": "Диуан", "ru": "Диван"}
	}
	if len(s.Languages) == 0 {
		s.Languages = defaultLanguages
	}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.SignIn == "" {
		s.SignIn = "/sign-in"
	}
	if s.SignOut == "" {
		s.SignOut = "/sign-out"
	}
	return s
}
