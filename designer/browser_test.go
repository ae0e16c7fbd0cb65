package designer_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	w := serve(t)
	ch := w.begun()
	w.edit(ch.Number, licence, "promised: 3 working days", "promised: 4 working days")
	if err := w.changes.Describe(t.Context(), w.leila, ch.Number, change.Words{Title: "تجديد الرخصة في أربعة أيام", Reason: "قرار مجلس الوزراء", Basis: "القرار 5 لسنة 2026"}); err != nil {
		t.Fatal(err)
	}
	w.releases(map[string][2]string{licence: {"promised: 3 working days", "promised: 5 working days"}})
	server := httptest.NewServer(as(w.leila, w.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	of := url.Values{"file": {licence}}.Encode()
	for name, address := range map[string]string{
		"home": "/designer", "changes": "/designer/changes", "start": "/designer/changes?" + of, "change": "/designer/changes/1",
		"form": at(licence, "form", "form/0/fields/1"), "steps": at(licence, "steps", "steps/0"), "fees": at(licence, "fees", "fees/0"), "head": at(licence, "head", ""),
		"new": "/designer/changes/1/new", "leaflet": leafletPath, "family": at(passport, "family", ""), "bulk": bulkAt,
		"merge": mergePage,
		"texts": at(licence, "texts", ""), "preview": at(licence, "preview", "") + "&scenario=0", "try": at(licence, "try", "") + "&scenario=1", "text": at(licence, "text", ""),
	} {
		for _, lang := range []string{"ar", "en"} {
			for _, width := range []int{uitest.Phone, uitest.Desktop} {
				t.Run(fmt.Sprintf("%s-%s-%d", name, lang, width), func(t *testing.T) {
					to, err := url.Parse(server.URL + address)
					if err != nil {
						t.Fatal(err)
					}
					q := to.Query()
					q.Set("lang", lang)
					to.RawQuery = q.Encode()
					uitest.Open(t, browser, to.String(), width)
					uitest.NoViolations(t, browser)
					uitest.NoSidewaysScroll(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, lang, width)))
					}
				})
			}
		}
	}
}

// A walk by clicking, from the empty form to the example that is kept, in both languages; what stands on the way fits its window.
func TestAWalkIsGoneByClicking(t *testing.T) {
	w := serve(t)
	w.begun()
	server := httptest.NewServer(as(w.leila, w.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	press := func(value string, look bool) {
		t.Helper()
		waitFor(t, func() bool {
			return uitest.Eval[bool](t, browser, fmt.Sprintf("document.readyState === 'complete' && !!document.querySelector('button[name=_do][value=%q]')", value))
		})
		uitest.Eval[bool](t, browser, fmt.Sprintf("(() => { window.left = true; [...document.querySelectorAll('button[name=_do][value=%q]')].at(-1).click(); return true })()", value))
		waitFor(t, func() bool {
			return uitest.Eval[bool](t, browser, "!window.left && document.readyState === 'complete'")
		})
		for _, width := range []int{uitest.Phone, uitest.Desktop} {
			if look {
				uitest.Resize(t, browser, width)
				uitest.NoViolations(t, browser)
				uitest.NoSidewaysScroll(t, browser)
			}
		}
	}
	for i, lang := range []string{"ar", "en"} {
		uitest.Open(t, browser, server.URL+at(licence, "try", "")+"&lang="+lang, uitest.Desktop)
		press("begin", false)
		press("submit", i == 0)
		uitest.Eval[bool](t, browser, `(() => { const set = (name, value) => { document.querySelector('#questions [name=' + name + ']').value = value };
			set('licenceNumber', '1234567'); set('phone', '0599123456');
			document.querySelector('#questions [name=years][value="5"]').click(); document.querySelector('#questions [name=declaration]').click(); return true })()`)
		press("submit", i == 1)
		press("answer", false)
		press("act:paid", i == 0)
		press("pass", false)
		press("act:approve", i == 0)
		uitest.Eval[bool](t, browser, fmt.Sprintf("(() => { document.getElementById('walk-title').value = 'clicked %d'; return true })()", i))
		press("save", false)
		if last := uitest.Eval[string](t, browser, "document.querySelector('.outline__row--selected').textContent"); !strings.Contains(last, fmt.Sprintf("clicked %d", i)) {
			t.Errorf("%s: kept is %q", lang, last)
		}
	}
}

// Two people type in one text: what each has typed is soon seen by the other, also what was typed at the same time.
func TestTwoPeopleTypeInOneText(t *testing.T) {
	w := serve(t)
	w.begun()
	mona := w.person("منى حداد", "Mona Haddad", "transport:"+change.Analyst)
	servers := []*httptest.Server{httptest.NewServer(as(w.leila, w.handler)), httptest.NewServer(as(mona, w.handler))}
	browsers := []context.Context{uitest.Browser(t), uitest.Browser(t)}
	for i, browser := range browsers {
		defer servers[i].Close()
		uitest.Open(t, browser, servers[i].URL+at(licence, "text", "")+"&lang=en", uitest.Desktop)
		waitFor(t, func() bool { return uitest.Eval[bool](t, browser, "!!document.querySelector('.cm-content')") })
	}
	uitest.NoViolations(t, browsers[0])
	if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
		uitest.Screenshot(t, browsers[0], filepath.Join(folder, "editor.png"))
	}
	for round := range 3 {
		for i, browser := range browsers {
			uitest.Eval[bool](t, browser, fmt.Sprintf(`(() => { const line = [...document.querySelectorAll('.cm-line')].find((l) => l.textContent.startsWith(%q));
				const range = document.createRange(); range.selectNodeContents(line); range.collapse(false);
				document.querySelector('.cm-content').focus(); getSelection().removeAllRanges(); getSelection().addRange(range);
				return document.execCommand('insertText', false, %q) })()`, []string{"service:", "type:"}[i], fmt.Sprintf(" # عدّل%d-%d", i, round)))
		}
		waitFor(t, func() bool {
			text := w.text(licence)
			return strings.Contains(text, fmt.Sprintf("# عدّل0-%d", round)) && strings.Contains(text, fmt.Sprintf("# عدّل1-%d", round))
		})
		waitFor(t, func() bool {
			text := w.text(licence)
			return uitest.Eval[string](t, browsers[0], "document.getElementById('source').value") == text && uitest.Eval[string](t, browsers[1], "document.getElementById('source').value") == text
		})
	}
	if others := uitest.Eval[string](t, browsers[0], "document.getElementById('others').textContent"); !strings.Contains(others, "Mona Haddad") {
		t.Errorf("Leila sees %q", others)
	}
}

// waitFor waits until something holds, half a minute at most.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come to hold")
		}
	}
}

func TestANameIsPutIntoAFormulaWhereTheCursorStands(t *testing.T) {
	w := serve(t)
	w.begun()
	server := httptest.NewServer(as(w.leila, w.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	uitest.Open(t, browser, server.URL+at(licence, "fees", "fees/0")+"&lang=en", uitest.Desktop)
	got := uitest.Eval[string](t, browser, `(() => {
		const list = document.querySelector('.usable');
		list.open = true;
		const box = document.querySelector('[name="p.amount"]');
		box.focus();
		box.setSelectionRange(0, 0);
		[...list.querySelectorAll('button')].find((b) => b.textContent === 'form.years').click();
		return box.value;
	})()`)
	if got != "form.yearstariff.licencePerYear * form.years" {
		t.Errorf("the box holds %q", got)
	}
	uitest.NoViolations(t, browser)
}

// A formula is completed by the keys alone, judged before it is saved, and saved by a key; the other keys lead through the page.
func TestAFormulaIsTypedByTheKeysAlone(t *testing.T) {
	w := serve(t)
	w.begun()
	server := httptest.NewServer(as(w.leila, w.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	uitest.Open(t, browser, server.URL+at(licence, "form", "form/0/fields/2")+"&lang=en", uitest.Desktop)
	const box = `document.querySelector('[name="p.when"]')`
	types := func(text string) {
		t.Helper()
		uitest.Eval[bool](t, browser, fmt.Sprintf("(() => { const box = %s; box.focus(); box.setSelectionRange(box.value.length, box.value.length); return document.execCommand('insertText', false, %q) })()", box, text))
	}
	press := func(on, key string, with string) {
		t.Helper()
		uitest.Eval[bool](t, browser, fmt.Sprintf("(() => { window.left = true; %s.dispatchEvent(new KeyboardEvent('keydown', { key: %q, code: %q, bubbles: true, cancelable: true, %s })); return true })()", on, key, key, with))
	}
	holds := func(what string) {
		t.Helper()
		waitFor(t, func() bool { return uitest.Eval[bool](t, browser, what) })
	}
	types(" and ")
	press(box, " ", "ctrlKey: true")
	holds("(() => { const list = document.querySelector('.offers:not([hidden])'); return !!list && list.scrollHeight > list.clientHeight })()") // more than it shows at once
	uitest.NoViolations(t, browser)
	types("form.years == ")
	holds("!!document.querySelector('.offers:not([hidden]) li')?.textContent.includes('One year')")
	uitest.Eval[bool](t, browser, "("+box+".value = 'facts.age >= 60 and ', true)")
	types("form.ye")
	holds("!!document.querySelector('.offers:not([hidden]) [role=option][aria-selected=true]')?.textContent.startsWith('years')")
	if said := uitest.Eval[string](t, browser, "document.querySelector('.offers li').textContent"); !strings.HasPrefix(said, "years") {
		t.Errorf("the first proposal is %q", said)
	}
	for _, width := range []int{uitest.Phone, uitest.Desktop} {
		uitest.Resize(t, browser, width)
		uitest.NoViolations(t, browser)
		uitest.NoSidewaysScroll(t, browser)
		if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
			uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("offers-%d.png", width)))
		}
	}
	press(box, "Enter", "")
	if got := uitest.Eval[string](t, browser, box+".value"); got != "facts.age >= 60 and form.years" {
		t.Fatalf("the box holds %q", got)
	}
	holds("[...document.querySelectorAll('.property__problem')].some((p) => p.textContent.includes('yes or no'))")
	types(" == 5")
	holds("[...document.querySelectorAll('.property__problem')].every((p) => p.hidden || !p.textContent)")
	press(box, "s", "ctrlKey: true")
	holds("!window.left && document.readyState === 'complete'")
	if text := w.text(licence); !strings.Contains(text, "when: facts.age >= 60 and form.years == 5") {
		t.Error("it was not saved")
	}
	press("document.body", "ArrowUp", "altKey: true")
	holds("!window.left && document.readyState === 'complete' && new URL(location).searchParams.get('at') === 'form/0/fields/1/options/1'")
	press("document.body", "Digit2", "altKey: true")
	holds("!window.left && document.readyState === 'complete' && new URL(location).searchParams.get('tab') === 'steps'")
	press("document.body", "Digit5", "altKey: true")
	holds("!window.left && document.readyState === 'complete' && new URL(location).searchParams.get('tab') === 'texts'")
	uitest.Eval[bool](t, browser, "(document.querySelector('.texts textarea[lang=en]').value = 'Renewed by a key', true)")
	press("document.querySelector('.texts textarea')", "s", "ctrlKey: true")
	holds("!window.left && document.readyState === 'complete'")
	if !strings.Contains(w.text(licence), "Renewed by a key") {
		t.Error("the texts were not saved")
	}
	press("document.body", "Digit2", "altKey: true")
	holds("!window.left && document.readyState === 'complete' && new URL(location).searchParams.get('tab') === 'steps'")
	press("document.body", "/", "ctrlKey: true")
	holds("document.getElementById('keys').open && document.activeElement.tagName === 'SUMMARY'")
	uitest.NoViolations(t, browser)
}
