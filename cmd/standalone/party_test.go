package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

const (
	kazakhstan = "../../samples/kazakhstan"
	carSale    = "police.car.sale"
	yerlan     = "Yerlan Ospanov"
	dana       = "Dana Sarsenova"
	aigul      = "Aigul Bekova"
)

// sell sends a sale of Yerlan's car to Dana, and gives the path of its page.
func (p *product) sell(t *testing.T) string {
	t.Helper()
	form := map[string]any{"plate": "123ABC02", "keepPlate": true, "buyer": map[string]any{"nationalNumber": "402345678", "name": "Дана Сәрсенова", "birthDate": "1990-05-05"}}
	var sent struct{ ID string }
	seller := p.as(t, "citizen")
	must(t, seller, "POST", services+carSale+"/applications", "", map[string]any{"form": form}, &sent, http.StatusCreated)
	seller.await(t, sent.ID, "the buyer's signature", func(a seen) bool { return a.Step == "signature" })
	return "/applications/" + sent.ID
}

func TestTheBuyerOfACarSignsInAnotherBrowserOrDeclines(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), kazakhstan)
	browser := uitest.Browser(t)
	seller, buyer, stranger := p.visit(t, browser, "en", true), p.visit(t, browser, "en", false), p.visit(t, browser, "en", false)

	sale := p.sell(t)
	seller.open(sale)
	seller.signIn(yerlan)
	seller.sees("We are waiting for the answer of somebody else", "Signature of the buyer", "/invitations/")
	link := seller.text()[strings.Index(seller.text(), p.url+"/invitations/"):]
	link = strings.Fields(link)[0]

	stranger.open(link)
	stranger.signIn(aigul)
	stranger.sees("This link leads to nothing for you")
	stranger.misses("Yerlan", "Signature", "123ABC02")

	buyer.open(link)
	buyer.signIn(dana)
	buyer.sees("Signature of the buyer", "Re-registration of a car on sale", "Yerlan Ospanov has named you", "Answer before", "the application lapses")
	buyer.misses("401234567", "402345678")
	asked := buyer.path()
	buyer.expect(stranger.open(asked), 404)
	buyer.choose("I sign")
	buyer.press("Continue")
	buyer.sees("Check your answer", "I sign", "you cannot take it back")
	buyer.press("I sign")
	buyer.sees("Your answer was sent", "You have answered")
	buyer.open(link)
	buyer.sees("This link leads to nothing for you")
	buyer.open("/applications")
	buyer.sees("What you were asked before", "You have answered")

	seller.open(sale)
	seller.sees("Signature of the buyer", "I sign")
	seller.pay("5406.25")
	seller.awaits("Your document is ready")

	second := p.sell(t)
	buyer.open("/applications")
	buyer.sees("Others ask you", "Your answer is needed")
	buyer.press("Signature of the buyer")
	buyer.choose("I decline")
	buyer.fill("Why, or what you want to add", "Found another one.")
	buyer.press("Continue")
	buyer.press("I decline")
	buyer.sees("You have answered", "I decline")
	seller.open(second)
	seller.reloads("Your application was refused")
	seller.sees("I decline", "Found another one.")

	conn := p.database(t)
	numbers := newFinder("402345678", "Found another one")
	if _, found := numbers.search(t, conn, "temporal", "temporal_visibility"); len(found) > 0 {
		t.Errorf("outside of our own tables stands %v", found)
	}
	logs, err := os.ReadFile(filepath.Join(p.data, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if found := numbers.in(append(logs, p.log()...)); len(found) > 0 {
		t.Errorf("in the logs stands %v", found)
	}
}

// upload sends a file and gives its ID.
func (c *caller) upload(name string) string {
	c.t.Helper()
	body, contentType := multipartFile(c.t, name, smallPDF)
	got, err := c.send("POST", "/api/v1/uploads", "", contentType, body)
	if err != nil || got.status != http.StatusCreated {
		c.t.Fatalf("the upload is answered %d (%v): %s", got.status, err, got.body)
	}
	var up struct{ ID string }
	if err := json.Unmarshal(got.body, &up); err != nil {
		c.t.Fatal(err)
	}
	return up.ID
}

func TestAWorkerAgreesWithAFormOfTheirOwnAndIsToldHowItEnds(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), "../../samples/qatar")
	browser := uitest.Browser(t)
	worker, employer, officer := p.visit(t, browser, "ar", true), p.visit(t, browser, "en", true), p.visit(t, browser, "en", true)

	api := p.as(t, "employer")
	form := map[string]any{"worker": map[string]any{"nationalNumber": "402345678", "name": "راجو كومار", "birthDate": "1990-05-05"}, "wage": "2500.00", "offer": api.upload("offer.pdf")}
	var sent struct{ ID string }
	must(t, api, "POST", services+"labour.employer.change/applications", "", map[string]any{"form": form}, &sent, http.StatusCreated)
	api.await(t, sent.ID, "the worker's consent", func(a seen) bool { return a.Step == "consent" })

	worker.open("/applications")
	worker.signIn("راجو كومار")
	worker.sees("مطلوب منك في طلبات غيرك", "موافقة العامل", "ناصر علي المري")
	worker.press("موافقة العامل")
	worker.sees("هل تنازلت جهة العمل الحالية عن مدة الإشعار؟", "سقط الطلب")
	worker.choose("أوافق")
	worker.expect(worker.press("متابعة"), 422)
	worker.choose("نعم")
	worker.press("متابعة")
	worker.sees("راجع جوابك", "نعم", "أوافق")
	worker.press("أوافق")
	worker.sees("وصل جوابك")

	officer.open("/desk")
	officer.signIn("Khalid Al-Suwaidi")
	officer.press(officer.reference())
	officer.sees("Consent of the worker", "Has the present employer given up the notice period?", "Yes")
	officer.decide("Approve", "")

	employer.open("/applications/" + sent.ID)
	employer.signIn("Nasser Al-Marri")
	employer.pay("60.00")
	worker.open("/messages")
	worker.reloads("تم تغيير جهة عملك")
	worker.misses(sent.ID)
	worker.sees("جديدة")
	worker.load("reload", chromedp.Reload())
	worker.misses("جديدة")
}

func TestThePublicIsHeardAndAnExpertLooksAtWhatItSays(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), kazakhstan)
	browser := uitest.Browser(t)
	api := p.as(t, "citizen")
	var sent struct{ ID string }
	form := map[string]any{"project": "A wind farm of twelve turbines", "place": "Ereymentau", "report": api.upload("report.pdf")}
	must(t, api, "POST", services+"ecology.impact.assessment/applications", "", map[string]any{"form": form}, &sent, http.StatusCreated)
	api.await(t, sent.ID, "the hearing", func(a seen) bool { return a.Step == "hearing" })

	neighbour, expert, stranger := p.visit(t, browser, "en", true), p.visit(t, browser, "en", true), p.visit(t, browser, "en", false)
	stranger.open("/hearings")
	stranger.press("Public hearing")
	stranger.sees("A wind farm of twelve turbines", "Ereymentau", "Sign in and take part")
	hearing := stranger.path()
	stranger.misses("Yerlan", sent.ID)

	neighbour.open(hearing)
	neighbour.press("Sign in and take part")
	neighbour.signIn(dana)
	neighbour.fill("What you say", "The cranes breed there in May.")
	neighbour.fill("Telephone", "+77011234567")
	neighbour.press("Continue")
	neighbour.press("Send")
	neighbour.sees("Your answer was sent", "An officer will look at it")

	expert.open("/desk/statements")
	expert.signIn("Baurzhan Seitkali")
	expert.press(expert.reference())
	expert.sees("The cranes breed there in May.", "77011234567")
	expert.press("Set it aside")
	expert.sees("Write why it is set aside")
	expert.press("Take it")
	expert.sees("It was recorded")

	stranger.open(hearing)
	stranger.sees("The cranes breed there in May.")
	stranger.misses("Dana", "77011234567")
	neighbour.open(hearing)
	neighbour.sees("It was taken and counts")
}
