package ui

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"strconv"
)

// problem is the body of an error page.
type problem struct {
	Status    int
	Key       string // of the messages: problem.404
	Reference string
	Retry     bool
}

// Error answers with a page that says in plain words what went wrong and what to do. Reference is a number
// that an operator can find in the log; it may be empty. Statuses other than 403, 404, 409, 413, 429, 500
// and 503 get the words of 404 (below 500) or 500.
func (ts *Templates) Error(w http.ResponseWriter, r *http.Request, status int, page Page, reference string) error {
	words := status
	switch status {
	case 403, 404, 409, 413, 429, 500, 503:
	default:
		words = http.StatusNotFound
		if status >= 500 {
			words = http.StatusInternalServerError
		}
	}
	key := "problem." + strconv.Itoa(words)
	page.Title = ts.Locale(ts.complete(r, page).Lang).T(key + ".title")
	page.Body = problem{Status: status, Key: key, Reference: reference, Retry: status == 503 || status == 429}
	return ts.Render(w, r, status, "ui/problem", page)
}

// Fail answers with Error. What is not foreseen, a status of 500 and above, is logged in the name of who under the number that the page shows; err must
// hold no personal data.
func (ts *Templates) Fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, who string, status int, page Page, err error) {
	reference := ""
	if status >= http.StatusInternalServerError {
		reference = rand.Text()[:8]
		log.ErrorContext(r.Context(), who+": request failed", "reference", reference, "error", err)
	}
	if err := ts.Error(w, r, status, page, reference); err != nil {
		log.ErrorContext(r.Context(), who+": page not rendered", "error", err)
	}
}
