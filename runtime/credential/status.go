package credential

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/sdjwt"
)

const (
	listPath    = "/credentials/status/"
	listFresh   = time.Minute // how soon the list of a paper that was revoked says so
	listExpires = time.Hour
)

type published struct {
	text  string
	until time.Time
}

func (f *Office) listURI(list int) string { return f.o.PublicURL + listPath + strconv.Itoa(list) }

// list gives the signed list, made at most once a minute by each process; "" where there is none.
func (f *Office) list(ctx context.Context, list int) (string, error) {
	f.mu.Lock() // who comes meanwhile waits for the one that is made
	defer f.mu.Unlock()
	now := f.o.Now()
	if p, made := f.lists[list]; made && now.Before(p.until) {
		return p.text, nil
	}
	l, ok, err := f.standings(ctx, list)
	if err != nil || !ok {
		return "", err
	}
	text, err := l.Sign(f.signers[sdjwt.ListType], f.listURI(list), now, listFresh, listExpires)
	if err == nil {
		f.lists[list] = published{text, now.Add(listFresh)}
	}
	return text, err
}

func (f *Office) status(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("list"))
	if err != nil || number < 1 || number > 1<<20 {
		http.NotFound(w, r)
		return
	}
	text, err := f.list(r.Context(), number)
	if err != nil {
		f.broken(w, r, err)
		return
	}
	if text == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/statuslist+jwt")
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(listFresh/time.Second)))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write([]byte(text))
}

// Shown is what a holder has shown, and how it stands: no more. Status is Unknown where it is none of ours and Altered where it was changed.
type Shown struct {
	document.Verification // without the number and the day of issue, which the holder has not shown
	Type                  Type
	Claims                []sdjwt.Claim
	Bound                 *sdjwt.Binding // what the holder has signed about this showing, or nil
}

// Verify reads what a holder shows: an SD-JWT with the disclosures that they have chosen.
func (f *Office) Verify(ctx context.Context, text string) (Shown, error) {
	unknown, altered := Shown{}, Shown{}
	unknown.Status, altered.Status = document.Unknown, document.Altered
	s, err := sdjwt.Verify(strings.Join(strings.Fields(text), ""), f.keys)
	switch {
	case isAltered(err):
		return altered, nil
	case err != nil, s.Issuer != f.o.PublicURL, s.Status == nil, s.Status.List == nil:
		return unknown, nil
	}
	list, err := strconv.Atoi(strings.TrimPrefix(s.Status.List.URI, f.o.PublicURL+listPath))
	if err != nil {
		return unknown, nil
	}
	paper, err := f.paperAt(ctx, list, s.Status.List.Index)
	if err != nil || paper == "" {
		return unknown, err
	}
	v, err := f.o.Papers.Verify(ctx, paper)
	if err != nil || v.Status == document.Unknown {
		return unknown, err
	}
	v.ID, v.Number, v.IssuedAt = "", "", time.Time{}
	out := Shown{Verification: v, Claims: s.Claims, Bound: s.Binding}
	if code, ok := f.codeOf(s.Type); ok {
		out.Type, _ = f.typed(code)
	}
	return out, nil
}
