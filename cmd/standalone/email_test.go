package main

import (
	"bytes"
	"context"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	emailHref   = regexp.MustCompile(`/email/[A-Z2-7]{26}`)
	mailboxAt   = regexp.MustCompile(`sample mailbox (http://\S+)`)
	mailedToken = regexp.MustCompile(`href="http://[^"]*/link/([A-Za-z0-9_-]{43})\?lang=(..)"`)
)

// Layla has a link to her licence sent to her mailbox. It gives the paper five times to whoever has it, and nothing once it is over, a newer one came, or the
// licence is suspended.
func TestALicenceIsSentAsALinkByEmail(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	j := &journey{key: uuid.NewString()}
	if err := j.drive(ctx, p.people(t)); err != nil {
		t.Fatal(err)
	}
	samer, nadia, layla, yusuf, stranger := newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p), newPayer(t, p)
	for person, who := range map[string]*payer{"officer.transport": samer, "officer2.transport": nadia, "citizen": layla, "citizen2": yusuf} {
		who.signIn(person)
	}
	at := emailHref.FindString(layla.page("/applications/"+j.id, http.StatusOK, "أرسلوا رابطها بالبريد الإلكتروني").body)
	paper := strings.TrimPrefix(at, "/email/")
	yusuf.page(at, http.StatusNotFound)
	layla.say(at, http.StatusUnprocessableEntity, "عنوان بريد إلكتروني صحيحًا", "address", "layla at example")
	box := mailboxAt.FindStringSubmatch(p.log())[1]
	var tokens []string
	// ask asks for a link, and waits for the mail with it.
	ask := func() string {
		t.Helper()
		layla.say(at, http.StatusOK, "الرابط", "address", "layla@example.com")
		for ctx.Err() == nil {
			got, err := stranger.open(box)
			if err != nil {
				t.Fatal(err)
			}
			if all := mailedToken.FindAllStringSubmatch(html.UnescapeString(got.body), -1); len(all) > len(tokens) {
				if all[0][2] != "ar" || !strings.Contains(got.body, "layla@example.com") || !strings.Contains(got.body, "وثيقتك") || strings.Contains(got.body, "ليلى") {
					t.Fatalf("the mail is\n%s", got.body)
				}
				tokens = append(tokens, all[0][1]) // the newest comes first
				return "/link/" + all[0][1]
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("no mail came\n%s", p.log())
		return ""
	}
	first := ask()
	file := func(link string) []byte {
		t.Helper()
		got, err := stranger.client.Post(p.url+link, "application/x-www-form-urlencoded", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		body, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d, %v:\n%s", got.StatusCode, err, body)
		}
		return body
	}
	own := layla.page("/documents/"+paper, http.StatusOK).body
	for range 7 { // scanners of mails follow every link
		if page := stranger.page(first, http.StatusOK, "تنزيل الوثيقة"); strings.Contains(page.body, "ليلى") || strings.Contains(page.body, j.id) {
			t.Fatalf("the page says whose it is:\n%s", page.body)
		}
	}
	for range 5 {
		if !bytes.Equal(file(first), []byte(own)) {
			t.Fatal("the link gives another file")
		}
	}
	stranger.say(first, http.StatusGone, "هذا الرابط لا يفتح شيئًا")
	stranger.page(first, http.StatusGone, "هذا الرابط لا يفتح شيئًا")
	stranger.page("/link/"+strings.Repeat("A", 43), http.StatusNotFound, "هذا الرابط لا يفتح شيئًا")

	second := ask()
	conn := p.database(t)
	if _, err := conn.Exec(ctx, "UPDATE paper_link SET expires_at = now() - interval '1 second' WHERE closed_at IS NULL"); err != nil {
		t.Fatal(err)
	}
	stranger.say(second, http.StatusGone, "هذا الرابط لا يفتح شيئًا")
	third := ask()
	file(third)
	fourth := ask()
	stranger.page(third, http.StatusGone, "هذا الرابط لا يفتح شيئًا")
	asked := samer.say("/desk/applications/"+j.id+"/holds", http.StatusOK, "", "_paper", paper, "_action", "paper-hold", "_reason", "صورة غير مقروءة")
	nadia.say(holdHref.FindString(asked.body), http.StatusOK, "", "_action", "approve")
	stranger.say(fourth, http.StatusGone, "هذه الوثيقة غير سارية الآن")

	for _, action := range []string{"link-asked", "link-sent"} {
		if n := number(t, conn, "SELECT count(*) FROM audit WHERE action = $1", action); n != 4 {
			t.Errorf("%s is %d times in the audit", action, n)
		}
	}
	if n := number(t, conn, "SELECT count(*) FROM audit WHERE action = 'download' AND actor = 'link'"); n != 6 {
		t.Errorf("%d downloads by links are in the audit", n)
	}
	if n := number(t, conn, "SELECT count(*) FROM paper_link WHERE address IS NOT NULL"); n != 0 {
		t.Errorf("%d addresses are kept after their mails have gone", n)
	}
	var tables []string
	rows, err := conn.Query(ctx, "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if rows.Err() != nil || len(tables) < 30 {
		t.Fatalf("%d tables, %v", len(tables), rows.Err())
	}
	for _, secret := range append(tokens, "layla@example.com") {
		for _, table := range tables {
			if n := number(t, conn, "SELECT count(*) FROM "+table+" x WHERE strpos(x::text, $1) > 0 OR strpos(x::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0", secret); n != 0 {
				t.Errorf("%s stands in %s", secret, table)
			}
		}
		if strings.Contains(p.log(), secret) {
			t.Errorf("%s stands in the log", secret)
		}
	}
}
