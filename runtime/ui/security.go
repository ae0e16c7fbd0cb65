package ui

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
)

type nonceKey struct{}

// Policy is what a page may reach beyond this site. The zero Policy allows nothing more. Browsers apply
// FormAction to redirects after a form too, so a payment gateway's origin belongs there.
type Policy struct {
	FormAction []string // origins that a form may end at
	Images     []string // origins or schemes of images, such as data:
	Workers    bool     // scripts may start workers from blob: URLs (editors do)
	HTTPS      bool     // announces Strict-Transport-Security for a year
}

// SecurityHeaders sets the headers of the zero Policy.
func SecurityHeaders(next http.Handler) http.Handler { return Policy{}.Wrap(next) }

// Wrap sets the security headers on every answer and puts a fresh nonce in the request's context.
func (p Policy) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := rand.Text()
		h := w.Header()
		h.Set("Content-Security-Policy", p.contentSecurity(nonce))
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers older than frame-ancestors
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()")
		if p.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce)))
	})
}

// Nonce is the nonce of this answer, empty outside SecurityHeaders.
func Nonce(ctx context.Context) string {
	nonce, _ := ctx.Value(nonceKey{}).(string)
	return nonce
}

func (p Policy) contentSecurity(nonce string) string {
	own := "'self' 'nonce-" + nonce + "'"
	directives := []string{
		"default-src 'none'",
		"script-src " + own,
		"style-src " + own,
		"img-src " + sources(p.Images),
		"font-src 'self'",
		"connect-src 'self'",
		"manifest-src 'self'",
		"form-action " + sources(p.FormAction),
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}
	if p.Workers {
		directives = append(directives, "worker-src 'self' blob:")
	}
	return strings.Join(directives, "; ")
}

func sources(more []string) string {
	return strings.Join(append([]string{"'self'"}, more...), " ")
}
