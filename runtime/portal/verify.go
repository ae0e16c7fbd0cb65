package portal

import (
	"bufio"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const mostVerified = 21 << 20 // bytes of a file to be verified, with the form round it

type verifyPage struct {
	Number ui.Input
	File   ui.Upload
	Shown  *ui.Textarea // what a wallet shows, where papers are given to wallets
	Result *verified
}

// verified is the answer to "is this paper real?".
type verified struct {
	Status      string // as document.Status
	Banner      bool   // anything but valid
	Title, Text string
	Kind        string // of the banner
	Facts       ui.SummaryList
	Disclosed   *disclosed // of what a wallet has shown
}

// verify asks for a number or a file. An ID in the query is what the form without scripts sends.
func (p *Portal) verify(w http.ResponseWriter, r *http.Request) error {
	if id := compactID(r.URL.Query().Get("id")); id != "" {
		return see(w, r, "/verify/"+url.PathEscape(id))
	}
	return p.verifyForm(w, r, http.StatusOK, "", nil)
}

// compactID is what somebody typed or pasted: an ID, or the whole address of a paper.
func compactID(text string) string {
	text = strings.TrimSpace(text)
	if at := strings.LastIndex(text, "/verify/"); at >= 0 {
		text = text[at+len("/verify/"):]
	}
	return strings.ReplaceAll(text, " ", "")
}

func (p *Portal) verifyID(w http.ResponseWriter, r *http.Request) error {
	found, err := p.o.Documents.Verify(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.verification(w, r, found)
}

const (
	mostVerifying = 8                // files at once: anybody may send one, and each is in memory whole
	verifyWait    = 20 * time.Second // for one to arrive
)

// verifyFile reads the file of a form as it comes: it is kept nowhere.
func (p *Portal) verifyFile(w http.ResponseWriter, r *http.Request) error {
	select {
	case p.verifying <- struct{}{}:
		defer func() { <-p.verifying }()
	default:
		return application.ErrUnavailable
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(verifyWait)) // a server that cannot has a limit of its own
	r.Body = http.MaxBytesReader(w, r.Body, mostVerified)
	parts, err := r.MultipartReader()
	if err != nil {
		return p.verifyForm(w, r, http.StatusUnprocessableEntity, "verify.noFile", nil)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return p.verifyForm(w, r, http.StatusUnprocessableEntity, "verify.noFile", nil)
		}
		if err != nil {
			return err
		}
		if part.FormName() == "shown" && p.o.Wallets != nil {
			return p.verifyShown(w, r, part)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		body := bufio.NewReader(part)
		if looksShown(body) && p.o.Wallets != nil {
			return p.verifyShown(w, r, body)
		}
		found, err := p.o.Documents.VerifyFile(r.Context(), body)
		if err != nil {
			return err
		}
		return p.verification(w, r, found)
	}
}

// verification answers with a page, or with JSON for a program that asks for it.
func (p *Portal) verification(w http.ResponseWriter, r *http.Request, found document.Verification) error {
	w.Header().Add("Vary", "Accept")
	if wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		return json.NewEncoder(w).Encode(p.public(found))
	}
	return p.verifyForm(w, r, http.StatusOK, "", p.result(p.locale(r), found))
}

// publicJSON is a verification as programs read it.
type publicJSON struct {
	Status     string            `json:"status"`
	Title      map[string]string `json:"title,omitempty"`
	Number     string            `json:"number,omitempty"`
	Authority  map[string]string `json:"authority,omitempty"`
	IssuedAt   string            `json:"issuedAt,omitempty"`
	ValidUntil string            `json:"validUntil,omitempty"`
	Since      string            `json:"since,omitempty"` // since when it has its status
	Because    map[string]string `json:"because,omitempty"`
}

func (p *Portal) public(v document.Verification) publicJSON {
	out := publicJSON{Status: string(v.Status), Title: v.Title, Number: v.Number, Authority: p.authorityName(v.Authority), ValidUntil: v.ValidUntil}
	if !v.IssuedAt.IsZero() {
		out.IssuedAt = v.IssuedAt.UTC().Format(time.RFC3339)
	}
	if !v.Since.IsZero() {
		out.Since, out.Because = v.Since.UTC().Format(time.RFC3339), v.Because
	}
	return out
}

// wantsJSON tells a program from a browser: it names JSON and no HTML.
func wantsJSON(r *http.Request) bool {
	json := false
	for _, accepted := range strings.Split(r.Header.Get("Accept"), ",") {
		media, _, err := mime.ParseMediaType(strings.TrimSpace(accepted))
		if err == nil && media == "text/html" {
			return false
		}
		json = json || err == nil && media == "application/json"
	}
	return json
}

func (p *Portal) verifyForm(w http.ResponseWriter, r *http.Request, status int, wrong string, found *verified) error {
	l := p.locale(r)
	body := verifyPage{
		Number: ui.Input{Field: ui.Field{Name: "id", Label: l.T("verify.id"), Hint: l.T("verify.idHint")}, Dir: "ltr"},
		File:   ui.Upload{Field: ui.Field{Name: "file", Label: l.T("verify.file"), Hint: l.T("verify.fileHint")}, Accept: ".pdf"},
	}
	if p.o.Wallets != nil {
		body.File.Accept += ",.txt"
		body.Shown = &ui.Textarea{Field: ui.Field{Name: "shown", Label: l.T("verify.shown"), Hint: l.T("verify.shownHint")}, Rows: 4}
	}
	title := l.T("verify.title")
	page := p.page(r, title)
	switch {
	case wrong == "verify.noShown":
		body.Shown.Error = l.T(wrong)
		page.Errors = []ui.FieldError{{Name: "shown", Text: body.Shown.Error}}
	case wrong != "":
		body.File.Error = l.T(wrong)
		page.Errors = []ui.FieldError{{Name: "file", Text: body.File.Error}}
	}
	if found != nil {
		body.Result = found
		page.Title = body.Result.Title
	}
	page.Body = body
	return p.ui.Render(w, r, status, "verify", page)
}

// since says from when a paper has its status; one that was never anything but valid has its day of issue for that.
func since(l *ui.Locale, v document.Verification) string {
	if v.Since.IsZero() || v.Since.Equal(v.IssuedAt) || v.Status == document.Altered {
		return ""
	}
	return l.Date(v.Since)
}

func (p *Portal) result(l *ui.Locale, v document.Verification) *verified {
	out := &verified{Status: string(v.Status), Title: l.T("verify." + string(v.Status) + ".title"), Text: l.T("verify." + string(v.Status) + ".text")}
	switch v.Status {
	case document.Valid:
	case document.Expired, document.Suspended, document.Replaced:
		out.Banner, out.Kind = true, ui.Caution
	default:
		out.Banner, out.Kind = true, ui.Failure
	}
	for _, row := range []ui.SummaryRow{
		{Key: l.T("verify.document"), Value: l.Pick(v.Title)},
		{Key: l.T("verify.number"), Value: v.Number},
		{Key: l.T("service.authority"), Value: l.Pick(p.authorityName(v.Authority))},
		{Key: l.T("verify.issued"), Value: l.Date(v.IssuedAt)},
		{Key: l.T("verify.until"), Value: l.Day(v.ValidUntil)},
		{Key: l.T("verify.since." + string(v.Status)), Value: since(l, v)},
		{Key: l.T("verify.because"), Value: l.Pick(v.Because)},
	} {
		if row.Value != "" {
			out.Facts.Rows = append(out.Facts.Rows, row)
		}
	}
	return out
}
