package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// style is all the style there is; the policy of the page names its hash, and lets no other in.
const style = `body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}h1{font-size:1.4rem}h2{font-size:1.1rem;margin:0}
article{border:1px solid #c9c9c9;border-radius:.5rem;padding:1rem;margin:1rem 0;overflow-wrap:anywhere}`

var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sample mailbox</title>
<style>` + style + `</style></head>
<body><h1>Sample mailbox · صندوق بريد تجريبي</h1>
<p>No mail leaves this machine. The last ones are kept until it stops. <span lang="ar" dir="rtl">لا تغادر أي رسالة هذا الجهاز.</span></p>
{{range .}}<article><h2 dir="auto">{{.Subject}}</h2><p>{{.To}} · {{.At}}</p>{{range .Lines}}<p dir="auto">{{if .Link}}<a href="{{.Text}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</p>{{end}}</article>
{{else}}<p>It is empty. <span lang="ar" dir="rtl">لا رسائل.</span></p>{{end}}</body></html>
`))

type shown struct {
	Subject, To, At string
	Lines           []line
}

type line struct {
	Text string
	Link bool
}

// read shows mails by their plain text; one that cannot be read is shown by its address alone.
func read(mails []Mail) (out []shown) {
	for _, m := range mails {
		s := shown{To: strings.Join(m.To, ", "), At: m.At.Format(time.DateTime)}
		if parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw)); err == nil {
			s.Subject, _ = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
			for _, text := range strings.Split(plain(parsed), "\n") {
				if text = strings.TrimSpace(text); text != "" {
					s.Lines = append(s.Lines, line{text, strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")})
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// plain is the first part of plain text of a mail that has alternatives.
func plain(m *mail.Message) string {
	_, with, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || with["boundary"] == "" {
		return ""
	}
	parts := multipart.NewReader(m.Body, with["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if !strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			continue
		}
		var body io.Reader = part
		if strings.EqualFold(part.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
			body = quotedprintable.NewReader(part)
		}
		text, _ := io.ReadAll(body) // what could be read is shown
		return string(text)
	}
}
