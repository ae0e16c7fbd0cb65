package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/designer"
	"github.com/diwan-gov/diwan/designer/review"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// analysts is who the designer is asked by.
type analysts map[uuid.UUID]*identity.Person

func (a analysts) Named(context.Context, []uuid.UUID) (map[uuid.UUID]*identity.Person, error) {
	return a, nil
}

// designerPages measures the designer over a national catalogue: one visual edit with the page that shows what has come of it, what the box of a formula
// is offered while somebody types, the page on which that edit is reviewed, and what a browser fetches for the first page in Arabic.
func designerPages(ctx context.Context, r *report) (err error) {
	c, err := loadNational()
	if err != nil {
		return err
	}
	d, err := openDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	keys, err := releasetest.NewKeys()
	if err != nil {
		return err
	}
	built, list := release.Build(c)
	if list.HasErrors() {
		return errors.New(list[0].Summary)
	}
	if _, err := releasetest.Publish(ctx, d.pool, keys, built); err != nil {
		return err
	}
	store, err := release.Open(ctx, d.pool, keys, nil)
	if err != nil {
		return err
	}
	analyst := &identity.Person{ID: uuid.New(), Name: map[string]string{"ar": "ليلى"}, Capacities: []string{c.Service(service).Authority.Value + ":" + change.Analyst}}
	if _, err := d.pool.Exec(ctx, "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'bench', 'analyst', '{}')", analyst.ID); err != nil {
		return err
	}
	changes := change.New(change.Options{Pool: d.pool, Keys: keys, Releases: store})
	pages, err := designer.New(designer.Options{Site: ui.Site{Languages: []string{"ar", "en"}}, Changes: changes, People: analysts{analyst.ID: analyst}})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPath, ui.Static())
	pages.Register(mux)
	reviews, err := review.New(review.Options{Site: ui.Site{Languages: []string{"ar", "en"}}, Changes: changes, People: analysts{analyst.ID: analyst}, Audit: func(context.Context, audit.Entry) error { return nil },
		Book: nobody{}, Route: nobody{}, Moves: nobody{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	reviews.Register(mux)
	asks := browser{ui.SecurityHeaders(ui.Lang(mux, "ar", "en")), analyst}
	ch, err := changes.Start(ctx, analyst, change.Words{Title: "bench"}, c.Service(service).Authority.Value)
	if err != nil {
		return err
	}
	edits := 0
	took, err := perCall(func() error {
		edits++
		form := url.Values{"file": {c.Service(service).File}, "tab": {"form"}, "at": {"form/0/fields/0"}, "act": {"set"}, "was.label.ar": {""}, "p.label.ar": {fmt.Sprintf("رقم %d", edits)}}
		answer, err := asks.ask(ctx, http.MethodPost, fmt.Sprintf("/designer/changes/%d/edit", ch.Number), form)
		if err != nil {
			return err
		}
		_, err = asks.ask(ctx, http.MethodGet, answer.Header().Get("Location"), nil)
		return err
	})
	if err != nil {
		return err
	}
	r.figure("designer.edit_ms", millis(took), "ms")
	if took, err = perCall(func() error {
		form := url.Values{"file": {c.Service(service).File}, "at": {"fees/0"}, "key": {"amount"}, "before": {"form."}, "after": {""}}
		_, err := asks.ask(ctx, http.MethodPost, fmt.Sprintf("/designer/changes/%d/formula", ch.Number), form)
		return err
	}); err != nil {
		return err
	}
	r.figure("designer.complete_ms", millis(took), "ms")
	if took, err = perCall(func() error {
		_, err := asks.ask(ctx, http.MethodGet, fmt.Sprintf("/designer/changes/%d/review", ch.Number), nil)
		return err
	}); err != nil {
		return err
	}
	r.figure("designer.review_ms", millis(took), "ms")
	size, err := asks.firstLoad(ctx, "/designer")
	if err != nil {
		return err
	}
	r.figure("designer.first_load_kb", float64(size)/1000, "kB")
	return nil
}

// nobody is asked about a draft.
type nobody struct {
	review.Book
	review.Route
	review.Moves
}

// browser asks as somebody.
type browser struct {
	http.Handler
	who *identity.Person
}

func (b browser) ask(ctx context.Context, method, address string, form url.Values) (*httptest.ResponseRecorder, error) {
	req := httptest.NewRequestWithContext(identity.WithPerson(ctx, b.who), method, address, strings.NewReader(form.Encode()))
	req.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer := httptest.NewRecorder()
	b.ServeHTTP(answer, req)
	if answer.Code >= http.StatusBadRequest {
		return nil, fmt.Errorf("%s answers %d", address, answer.Code)
	}
	return answer, nil
}

var (
	linked = regexp.MustCompile(`<(?:link|script)[^>]* (?:href|src)="(/[^"]+\.(?:css|js|woff2|svg))"`)
	fonts  = regexp.MustCompile(`url\((plex-(?:arabic|latin)-[46]00\.[0-9a-f]+\.woff2)\)`)
)

// firstLoad is how many bytes a browser with nothing kept fetches for a page: its text as it is sent, what it names, and the fonts of Arabic and Latin.
func (b browser) firstLoad(ctx context.Context, address string) (int, error) {
	page, err := b.ask(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	size, fetched := page.Body.Len(), map[string]bool{}
	fetch := func(address string) error {
		if fetched[address] {
			return nil
		}
		fetched[address] = true
		answer, err := b.ask(ctx, http.MethodGet, address, nil)
		if err == nil {
			size += answer.Body.Len()
		}
		return err
	}
	for _, m := range linked.FindAllSubmatch(page.Body.Bytes(), -1) {
		if err := fetch(string(m[1])); err != nil {
			return 0, err
		}
	}
	sheet, err := ui.Asset("diwan.css")
	if err != nil {
		return 0, err
	}
	plain := httptest.NewRecorder()
	b.ServeHTTP(plain, httptest.NewRequestWithContext(ctx, http.MethodGet, sheet, bytes.NewReader(nil)))
	found := fonts.FindAllSubmatch(plain.Body.Bytes(), -1)
	if len(found) == 0 || len(fetched) == 0 {
		return 0, errors.New("no fonts or no sheets are named")
	}
	for _, m := range found {
		if err := fetch(ui.StaticPath + string(m[1])); err != nil {
			return 0, err
		}
	}
	return size, nil
}
