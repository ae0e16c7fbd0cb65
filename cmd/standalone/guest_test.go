package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

const (
	pageLimit = 20 * time.Second       // one page, from the click until it is loaded
	newsLimit = 15 * time.Second       // until something that the engine does by itself is seen
	lookAgain = 100 * time.Millisecond // between two looks
)

// guest is one person at a real browser of their own: no cookie is shared with another one. Things are found as people find them, by the
// words on them.
type guest struct {
	t    testing.TB
	p    *product
	tab  context.Context
	lang string

	mu       sync.Mutex // guards the two below
	wrong    []string   // what the browser complained about
	reported int
}

// visit opens a browser for one person. Without scripts nothing of a page's JavaScript runs.
func (p *product) visit(t testing.TB, browser context.Context, lang string, scripts bool) *guest {
	t.Helper()
	tab, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	v := &guest{t: t, p: p, tab: tab, lang: lang}
	messages := chromedp.Console(tab)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			v.hear(m)
		}
	}()
	uitest.Do(t, tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
		return err
	}))
	uitest.Resize(t, tab, uitest.Desktop)
	t.Cleanup(v.quiet)
	return v
}

// hear keeps what a page must not say. A page that answers with a status of its own is no fault: tests look at the status themselves.
func (v *guest) hear(m chromedp.ConsoleMessage) {
	if m.Source == "network" && strings.Contains(m.Text, "responded with a status of 4") {
		return
	}
	if m.IsException() || m.Type == "error" || m.Type == "warning" || m.Source == "security" {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.wrong = append(v.wrong, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, m.URL))
	}
}

// quiet fails for each complaint of the browser since the last call: a script's error, a breach of the Content-Security-Policy.
func (v *guest) quiet() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, complaint := range v.wrong[v.reported:] {
		v.t.Errorf("the browser complains: %s", complaint)
	}
	v.reported = len(v.wrong)
}

// open loads an address of the product, in the guest's language, and gives the status of the page at which that ended.
func (v *guest) open(path string) int {
	v.t.Helper()
	address := path
	if path = strings.TrimPrefix(path, v.p.url); strings.HasPrefix(path, "/") {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		address = v.p.url + path + separator + "lang=" + v.lang
	}
	return v.load("open "+path, chromedp.Navigate(address))
}

// load performs a step that leads to another page, and waits until that is there.
func (v *guest) load(what string, step chromedp.Action[chromedp.Void]) int {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.tab, pageLimit)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		v.t.Fatalf("%s: %v\nthe page was %s:\n%s", what, err, v.address(), v.text())
	}
	return int(answer.Status)
}

// press clicks the button or link with these words and waits for the page that it leads to.
func (v *guest) press(name string) int {
	v.t.Helper()
	return v.load(fmt.Sprintf("press %q", name), chromedp.Click(v.find("button, a[href]", name)))
}

// choose picks the option, or ticks the box, with this label.
func (v *guest) choose(label string) {
	v.t.Helper()
	uitest.Do(v.t, v.tab, chromedp.Click(v.find("label", label)))
}

// unfold opens what stands behind a line with these words.
func (v *guest) unfold(title string) {
	v.t.Helper()
	uitest.Do(v.t, v.tab, chromedp.Click(v.find("summary", title)))
}

// plain is JavaScript that takes the marks of writing directions out of a text, and what is white space only.
const plain = `((text) => text.replace(/[\u200e\u200f\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim())`

// find is the element of a kind with these words, those of the page's main part first. It fails where there is none.
func (v *guest) find(kind, words string) chromedp.JSPath {
	v.t.Helper()
	path := `(() => {
		const plain = ` + plain + `;
		const all = [...document.querySelectorAll('main'), document].flatMap((part) => [...part.querySelectorAll(` + strconv.Quote(kind) + `)])
			.filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"));
		const words = ` + strconv.Quote(words) + `;
		return all.find((e) => plain(e.textContent) === words) ?? all.find((e) => plain(e.textContent).includes(words));
	})()`
	if !uitest.Eval[bool](v.t, v.tab, path+" !== undefined") {
		v.t.Fatalf("no %s says %q on %s:\n%s", kind, words, v.address(), v.text())
	}
	return chromedp.JSPath(path)
}

// control is the input that a label names.
func (v *guest) control(label string) chromedp.JSPath {
	v.t.Helper()
	return v.find("label", label) + ".control"
}

// fill types into the field with this label, in place of what was there.
func (v *guest) fill(label, words string) {
	v.t.Helper()
	v.write(v.control(label), words)
}

// write types into a field, in place of what was there.
func (v *guest) write(field chromedp.JSPath, words string) {
	v.t.Helper()
	uitest.Eval[bool](v.t, v.tab, string(field)+`.select() ?? true`)
	uitest.Do(v.t, v.tab, chromedp.SendKeys(field, "\b"+words))
	if got := uitest.Eval[string](v.t, v.tab, string(field)+".value"); got != words {
		v.t.Fatalf("%q was typed and the field holds %q", words, got)
	}
}

// search writes words into the page's search and sends it.
func (v *guest) search(words string) {
	v.t.Helper()
	v.write(`document.querySelector('main input[type=search]')`, words)
	v.load("search", chromedp.Click(chromedp.CSS("main form[role=search] button")))
}

// attach chooses a file of this machine in the field with this label.
func (v *guest) attach(label, file string) {
	v.t.Helper()
	uitest.Do(v.t, v.tab, chromedp.SetUploadFiles(v.control(label), []string{file}))
}

// value is what the field with this label holds.
func (v *guest) value(label string) string {
	v.t.Helper()
	return uitest.Eval[string](v.t, v.tab, string(v.control(label))+".value")
}

// problem is the sentence beside the field with this label that says what is wrong with it and that is read out with the field. The label may
// be that of an option.
func (v *guest) problem(label string) string {
	v.t.Helper()
	return uitest.Eval[string](v.t, v.tab, `(() => {
		const described = `+string(v.control(label))+`.closest('[aria-describedby]');
		return (described?.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id.endsWith('-error'))
			.map((id) => (`+plain+`)(document.getElementById(id).innerText)).join(' ');
	})()`)
}

// text is what the page's main part says; between two pages it is empty.
func (v *guest) text() string {
	ctx, cancel := context.WithTimeout(v.tab, pageLimit)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](
		`(document.querySelector('main')?.innerText ?? '').replace(/[\u200e\u200f\u2066-\u2069]/g, '').replace(/[ \u00a0]+/g, ' ')`))
	return text
}

// sees fails for each of these words that the page does not say.
func (v *guest) sees(words ...string) {
	v.t.Helper()
	text := v.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.t.Errorf("%s does not say %q:\n%s", v.address(), w, text)
		}
	}
}

// misses fails for each of these words that the page says.
func (v *guest) misses(words ...string) {
	v.t.Helper()
	text := v.text()
	for _, w := range words {
		if strings.Contains(text, w) {
			v.t.Errorf("%s says %q:\n%s", v.address(), w, text)
		}
	}
}

// expect fails when a page came with another status.
func (v *guest) expect(status, want int) {
	v.t.Helper()
	if status != want {
		v.t.Fatalf("%s answers %d, want %d:\n%s", v.address(), status, want, v.text())
	}
}

// awaits waits, a bounded while, until the page says these words: it asks for news by itself.
func (v *guest) awaits(words string) {
	v.t.Helper()
	v.until(words, func() {})
}

// reloads loads the page again and again, a bounded while, until it says these words.
func (v *guest) reloads(words string) {
	v.t.Helper()
	v.until(words, func() { v.load("reload", chromedp.Reload()) })
}

func (v *guest) until(words string, again func()) {
	v.t.Helper()
	clock := time.NewTicker(lookAgain)
	defer clock.Stop()
	for end := time.Now().Add(newsLimit); !strings.Contains(v.text(), words); <-clock.C {
		if time.Now().After(end) {
			v.t.Fatalf("%s does not say %q within %v:\n%s", v.address(), words, newsLimit, v.text())
		}
		again()
	}
}

// address is where the guest is; addresses of the product begin with a slash.
func (v *guest) address() string {
	ctx, cancel := context.WithTimeout(v.tab, pageLimit)
	defer cancel()
	address, _ := chromedp.Run(ctx, chromedp.Location())
	return strings.TrimPrefix(address, v.p.url)
}

// path is the address without its query.
func (v *guest) path() string {
	path, _, _ := strings.Cut(v.address(), "?")
	return path
}

var referencePattern = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

// reference is the number of the application that the page shows.
func (v *guest) reference() string {
	v.t.Helper()
	found := referencePattern.FindString(v.text())
	if found == "" {
		v.t.Fatalf("%s shows no reference number:\n%s", v.address(), v.text())
	}
	return found
}

// links are the addresses of the page's links that hold a part.
func (v *guest) links(part string) []string {
	v.t.Helper()
	return uitest.Eval[[]string](v.t, v.tab,
		`[...document.querySelectorAll('main a[href]')].map((a) => a.href).filter((to) => to.includes(`+strconv.Quote(part)+`))`)
}

// signIn chooses a sample person on the provider's page, where the guest has just been sent.
func (v *guest) signIn(name string) {
	v.t.Helper()
	if strings.HasPrefix(v.address(), "/") {
		v.t.Fatalf("not at the provider but at %s", v.address())
	}
	v.press(name)
}

// fetch loads an address with the browser's cookies, as a download does.
func (v *guest) fetch(address string) (*http.Response, []byte) {
	v.t.Helper()
	cookies := uitest.Get(v.t, v.tab, func(ctx context.Context, target *chromedp.Target) ([]*network.Cookie, error) {
		got, err := cdp.Call(ctx, target, network.GetCookies, network.GetCookiesParams{URLs: []string{address}})
		return got.Cookies, err
	})
	ctx, cancel := context.WithTimeout(v.t.Context(), pageLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer, body
}
