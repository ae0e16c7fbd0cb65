package main

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/google/uuid"
)

var receiptHref = regexp.MustCompile(`/applications/[0-9a-f-]{36}/receipts/[0-9a-f-]{36}`)

// A receipt is drawn when it is asked for, stays the same paper, and is verified by its code and by its file; one changed byte is seen. Nobody
// else gets it.
func TestAReceiptIsDownloadedAndVerifiedByAnybody(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	with := p.people(t)
	j := &journey{key: uuid.NewString()}
	if err := j.drive(ctx, with); err != nil {
		t.Fatal(err)
	}
	page := with.browser.page("/applications/"+j.id, http.StatusOK, "الإيصال", "RCT-")
	href := receiptHref.FindString(page.body)
	pdf := with.browser.page(href, http.StatusOK).body
	if again := with.browser.page(href, http.StatusOK).body; again != pdf || !bytes.HasPrefix([]byte(pdf), []byte("%PDF-")) {
		t.Errorf("%d bytes, then %d", len(pdf), len(again))
	}
	other, stranger := newPayer(t, p), newPayer(t, p)
	other.signIn("citizen2")
	other.page(href, http.StatusNotFound)

	conn := p.database(t)
	var id, number string
	if err := conn.QueryRow(ctx, "SELECT id, number FROM document WHERE node LIKE 'receipt:%'").Scan(&id, &number); err != nil {
		t.Fatal(err)
	}
	stranger.page("/verify/"+id, http.StatusOK, "إيصال دفع", number)
	check := func(file []byte) string {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		part, err := form.CreateFormFile("file", "receipt.pdf")
		if err == nil {
			_, err = part.Write(file)
		}
		if err == nil {
			err = form.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequest(http.MethodPost, p.url+"/verify", &b)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", form.FormDataContentType())
		r.Header.Set("Accept", "application/json")
		got, err := stranger.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		var said bytes.Buffer
		if _, err := said.ReadFrom(got.Body); err != nil {
			t.Fatal(err)
		}
		return said.String()
	}
	if said := check([]byte(pdf)); !regexp.MustCompile(`"status": ?"valid"`).MatchString(said) || !regexp.MustCompile(number).MatchString(said) {
		t.Errorf("the file is %s", said)
	}
	if said := check(altered([]byte(pdf))); !regexp.MustCompile(`"status": ?"altered"`).MatchString(said) {
		t.Errorf("a changed file is %s", said)
	}
}
