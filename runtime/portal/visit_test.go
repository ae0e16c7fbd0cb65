package portal_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// visit is what a browser without scripts has got.
type visit struct {
	*goquery.Document
	t    testing.TB
	w    *world
	code int
	to   string // where a redirect leads
	head http.Header
	body string
}

func (w *world) do(t testing.TB, r *http.Request) visit {
	t.Helper()
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", "en")
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	body := rec.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return visit{doc, t, w, rec.Code, rec.Header().Get("Location"), rec.Header(), body}
}

func (w *world) get(t testing.TB, path string) visit {
	t.Helper()
	return w.do(t, httptest.NewRequest(http.MethodGet, path, nil))
}

// file is what is chosen in a file control.
type file struct {
	name string
	body []byte
}

// send fills in the page's form and presses a button; button is the value of _go, "" for the main one.
func (v visit) send(answers map[string]string, button string, files ...map[string]file) visit {
	v.t.Helper()
	form := v.Find("main form[method=post]").First()
	if form.Length() == 0 {
		v.t.Fatalf("no form on the page: %s", v.Find("main").Text())
	}
	values := url.Values{}
	form.Find("input,textarea,select").Each(func(_ int, c *goquery.Selection) {
		name, kind := c.AttrOr("name", ""), c.AttrOr("type", "text")
		switch _, checked := c.Attr("checked"); {
		case kind == "file", (kind == "radio" || kind == "checkbox") && !checked:
		case goquery.NodeName(c) == "textarea":
			values.Add(name, strings.TrimPrefix(c.Text(), "\n"))
		case goquery.NodeName(c) == "select":
			values.Add(name, c.Find("option[selected]").AttrOr("value", ""))
		default:
			values.Add(name, c.AttrOr("value", ""))
		}
	})
	for name, value := range answers {
		values.Set(name, value)
	}
	action := form.AttrOr("action", "")
	if button != "" {
		pressed := form.Find(`button[name="_go"][value="` + button + `"]`)
		if pressed.Length() == 0 {
			v.t.Fatalf("no button %s", button)
		}
		values.Set("_go", button)
		action, _, _ = strings.Cut(pressed.AttrOr("formaction", action), "#")
	}
	if form.AttrOr("enctype", "") != "multipart/form-data" {
		r := httptest.NewRequest(http.MethodPost, action, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Language", v.Find("html").AttrOr("lang", ""))
		return v.w.do(v.t, r)
	}
	r := multipartRequest(action, values, files...)
	r.Header.Set("Accept-Language", v.Find("html").AttrOr("lang", ""))
	return v.w.do(v.t, r)
}

func multipartRequest(action string, values url.Values, files ...map[string]file) *http.Request {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, list := range values {
		for _, value := range list {
			parts.WriteField(name, value)
		}
	}
	for _, chosen := range files {
		for name, f := range chosen {
			part, _ := parts.CreateFormFile(name, f.name) // a buffer does not fail
			part.Write(f.body)
		}
	}
	parts.Close()
	r := httptest.NewRequest(http.MethodPost, action, &body)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	return r
}

func (v visit) is(code int) visit {
	v.t.Helper()
	if v.code != code {
		v.t.Fatalf("status %d, want %d: %s", v.code, code, strings.Join(strings.Fields(v.Find("main").Text()), " "))
	}
	return v
}

func (v visit) follow() visit {
	v.t.Helper()
	v.is(http.StatusSeeOther)
	return v.w.get(v.t, v.to)
}

// text is the words of what a selector finds, with single spaces.
func (v visit) text(selector string) string {
	text := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(v.Find(selector).Text()) // isolates of foreign words
	return strings.Join(strings.Fields(text), " ")
}

func (v visit) has(selector, words string) visit {
	v.t.Helper()
	if got := v.text(selector); v.Find(selector).Length() == 0 || !strings.Contains(got, words) {
		v.t.Errorf("%s is %q, want %q", selector, got, words)
	}
	return v
}

func (v visit) hasNot(selector string) visit {
	v.t.Helper()
	if v.Find(selector).Length() > 0 {
		v.t.Errorf("there is %s: %s", selector, v.text(selector))
	}
	return v
}
