package ui

import (
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
