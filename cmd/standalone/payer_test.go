package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// payer is a browser without scripts: it keeps cookies and follows redirects.
type payer struct {
	t      testing.TB
	url    string
	client *http.Client
}

func newPayer(t testing.TB, p *product) *payer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &payer{t, p.url, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// landing is where a payer ends at.
type landing struct {
	status int
	url    *neturl.URL
	body   string
}

func (v *payer) open(address string) (landing, error) {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return landing{}, err
	}
	return v.do(r)
}

func (v *payer) post(address string, form neturl.Values) (landing, error) {
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return landing{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// say posts a form, and reads what comes of it.
func (v *payer) say(path string, status int, want string, pairs ...string) landing {
	v.t.Helper()
	form := neturl.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	got, err := v.post(v.url+path, form)
	if err != nil || got.status != status || !strings.Contains(got.body, want) {
		v.t.Fatalf("%s: %d, %v, without %q:\n%s", path, got.status, err, want, got.body)
	}
	return got
}

func (v *payer) do(r *http.Request) (landing, error) {
	r.Header.Set("Accept", "text/html")
	got, err := v.client.Do(r)
	if err != nil {
		return landing{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return landing{got.StatusCode, got.Request.URL, string(body)}, err
}

// signIn chooses a sample person on the provider's page.
func (v *payer) signIn(person string) {
	v.t.Helper()
	chosen, err := v.open(v.url + "/sign-in")
	if err == nil {
		chosen, err = v.post(chosen.url.String(), neturl.Values{"person": {person}})
	}
	if err != nil || chosen.status != http.StatusOK || !strings.HasPrefix(chosen.url.String(), v.url+"/") {
		v.t.Fatalf("sign-in of %s ends with %d at %v: %v", person, chosen.status, chosen.url, err)
	}
}

// signedIn tells whether the page of one's own applications is shown.
func (v *payer) signedIn() bool {
	v.t.Helper()
	own, err := v.open(v.url + "/applications")
	if err != nil {
		v.t.Fatal(err)
	}
	return own.status == http.StatusOK && own.url.Path == "/applications"
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// pay follows a checkout's link and presses the gateway's button. Somebody who has paid already is led past it.
func (v *payer) pay(checkout string) error {
	at, err := v.open(checkout)
	if err != nil {
		return err
	}
	if at.status != http.StatusOK {
		return fmt.Errorf("the checkout answers %d", at.status)
	}
	if strings.HasPrefix(at.url.String(), v.url+"/") {
		return nil
	}
	return v.press(at, "pay")
}

// press takes one of the gateway's buttons.
func (v *payer) press(at landing, choice string) error {
	action := formAction.FindStringSubmatch(at.body)
	if action == nil {
		return fmt.Errorf("no form at %v", at.url)
	}
	back, err := v.post(html.UnescapeString(action[1]), neturl.Values{"choice": {choice}, "card": {"4111 1111 1111 1111"}})
	if err != nil {
		return err
	}
	if back.status != http.StatusOK || !strings.HasPrefix(back.url.Path, "/applications/") {
		return fmt.Errorf("after the gateway: %d at %v", back.status, back.url)
	}
	return nil
}

// reply is a response as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send is one request of a program with a body as given; key "" sends no idempotency key.
func (c *caller) send(method, path, key, contentType string, body []byte, header ...string) (a reply, err error) {
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Timeout: 30 * time.Second}
	got, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer got.Body.Close()
	a.status, a.header = got.StatusCode, got.Header
	a.body, err = io.ReadAll(got.Body)
	return a, err
}

// multipartFile is a body with one file, and its content type.
func multipartFile(t testing.TB, name string, content []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}
