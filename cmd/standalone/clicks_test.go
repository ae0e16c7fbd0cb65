package main

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

const stallFile = "services/transport/stall-permit.yaml"

// clicks is an analyst at the workbench of a new service, who writes words and numbers and no line of a definition.
type clicks struct {
	*guest
	number string // of the change
}

// side opens a side of the service, with a thing of it selected.
func (c *clicks) side(tab, at string) {
	c.t.Helper()
	c.expect(c.open("/designer/changes/"+c.number+"/edit?file="+stallFile+"&tab="+tab+"&at="+at), 200)
}

// property is the control of a property of the selected thing.
func property(name string) chromedp.JSPath {
	return chromedp.JSPath(`document.querySelector('.bench__panel [name="` + name + `"]')`)
}

// chooses picks an option of a list by its words.
func (c *clicks) chooses(list chromedp.JSPath, words string) {
	c.t.Helper()
	c.unfolds(list)
	if !uitest.Eval[bool](c.t, c.tab, `(() => {
		const plain = `+plain+`;
		const list = `+string(list)+`;
		const option = [...(list?.options ?? [])].find((o) => plain(o.textContent) === `+strconv.Quote(words)+`);
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})()`) {
		c.t.Fatalf("%s has no %q on %s", list, words, c.address())
	}
}

// writes types into a control.
func (c *clicks) writes(control chromedp.JSPath, words string) {
	c.t.Helper()
	c.unfolds(control)
	c.write(control, words)
}

// unfolds opens what a control stands in.
func (c *clicks) unfolds(control chromedp.JSPath) {
	c.t.Helper()
	if !uitest.Eval[bool](c.t, c.tab, `(() => {
		const one = `+string(control)+`;
		for (let parent = one?.closest('details'); parent; parent = parent.parentElement.closest('details')) parent.open = true;
		return one != null;
	})()`) {
		c.t.Fatalf("there is no %s on %s:\n%s", control, c.address(), c.text())
	}
}

// adds presses a choice of the palette that is open, and names in both languages what has come.
func (c *clicks) adds(what string, control, ar, en string) {
	c.t.Helper()
	c.load("add "+what, chromedp.Click(c.find(".palette[open] button", what)))
	if control == "" {
		return
	}
	c.writes(property("p."+control+".ar"), ar)
	c.writes(property("p."+control+".en"), en)
}

// saves presses the button of a form in the panel.
func (c *clicks) saves(button string) {
	c.t.Helper()
	c.load("press "+button, chromedp.Click(c.find(".bench__panel button", button)))
	if strings.Contains(c.text(), "Nothing was changed") {
		c.t.Fatalf("%s is refused:\n%s", button, c.text())
	}
}

// acts presses a button outside of the panel.
func (c *clicks) acts(button string) {
	c.t.Helper()
	c.press(button)
	if strings.Contains(c.text(), "Nothing was changed") {
		c.t.Fatalf("%s is refused:\n%s", button, c.text())
	}
}

// stall fills the form in, as whoever walks an application through and whoever applies do.
func stall(v *guest, metres string) {
	v.t.Helper()
	v.fill("Name of the stall", "Bread")
	v.fill("How many square metres", metres)
	v.choose("Yes")
	v.awaits("Number of the health certificate")
	v.fill("Number of the health certificate", "H-1")
	v.fill("Phone of the stall", "0599123456")
	v.fill("Day", "1")
	v.fill("Month", "12")
	v.fill("Year", "2026")
	v.fill("Where it stands", "At the market")
	v.choose("All of this is true")
}

// goesLiveIn says on the page of a change that it goes live on a day at an hour: the first full minute after a while.
func (c *clicks) goesLiveIn(while time.Duration) time.Time {
	c.t.Helper()
	zone, err := time.LoadLocation("Asia/Hebron")
	if err != nil {
		c.t.Fatal(err)
	}
	live := time.Now().Add(while + time.Minute).Truncate(time.Minute).In(zone)
	c.unfold("Edit title and reason")
	c.fill("Day", live.Format("2"))
	c.fill("Month", live.Format("1"))
	c.fill("Year", live.Format("2006"))
	c.fill("Hour", live.Format("15:04"))
	c.press("Save")
	c.sees(live.Format("2 January 2006 at 15:04"))
	return live
}

// Somebody who has never seen a definition builds a service by clicks: eight fields, a condition, a fee of two bands, a review that can send back, a
// certificate; it is tried, an example is kept, it is proposed, finance sends it back with a remark on the fee, it is mended, the reviewers approve, it
// is live, a citizen applies and finishes. The fee is changed by a second release while another application is open, which finishes with the old one.
// Then that release is taken back.
func TestAServiceIsBuiltByClicksReviewedReleasedAndUsed(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), newCatalogue(t))
	browser := uitest.Browser(t)
	person := func(name string) *guest {
		v := p.visit(t, browser, "en", true)
		v.open("/designer")
		v.signIn(name)
		return v
	}
	dana := &clicks{guest: person("Dana Salameh"), number: "1"}
	dana.open("/designer/changes")
	dana.fill("Title of the change", "Permits for stalls")
	dana.press("Begin")
	dana.press("New service")
	dana.writes(`document.querySelector('[name="title.ar"]')`, "تصريح بسطة")
	dana.writes(`document.querySelector('[name="title.en"]')`, "Stall permit")
	dana.writes(`document.querySelector('[name="code"]')`, "stall-permit")
	dana.press("Make the service")

	// The form: eight questions, of which one is asked only of those who sell food.
	dana.side("form", "form/0/fields/0")
	dana.writes(property("p.label.ar"), "اسم البسطة")
	dana.writes(property("p.label.en"), "Name of the stall")
	dana.saves("Save")
	for _, field := range [][3]string{
		{"Whole number", "كم مترا مربعا", "How many square metres"}, {"Yes or no", "هل تبيع طعاما؟", "Do you sell food?"}, {"Short text", "رقم شهادة الصحة", "Number of the health certificate"},
		{"Phone", "رقم الهاتف", "Phone of the stall"}, {"Date", "يوم البدء", "First day"}, {"Long text", "وصف المكان", "Where it stands"}, {"Declaration", "أقرّ بصحة المعلومات", "All of this is true"},
	} {
		dana.adds(field[0], "label", field[1], field[2])
		if field[0] == "Declaration" {
			dana.writes(property("p.declaration.ar"), field[1])
			dana.writes(property("p.declaration.en"), field[2])
		}
		dana.saves("Save")
	}
	dana.side("form", "form/0/fields/3")
	dana.chooses(property("if.when.what"), "Do you sell food?")
	dana.chooses(property("if.when.how"), "is")
	dana.writes(property("if.when.value"), "Yes")
	dana.saves("Use this condition")
	dana.look("clicks-condition")

	// The fee: twenty up to ten square metres, fifty above.
	dana.side("fees", "")
	dana.adds("Fee", "title", "رسم البسطة", "Fee of the stall")
	dana.saves("Save")
	dana.chooses(property("amount.over"), "How many square metres")
	dana.writes(property("amount.upTo.1"), "10")
	dana.writes(property("amount.band.1"), "20")
	dana.writes(property("amount.above"), "50")
	dana.saves("Use these bands")

	// The steps: payment, the review that came with the service, a certificate in place of the end that came with it.
	dana.side("steps", "steps/0")
	dana.adds("Payment", "title", "دفع الرسم", "Payment of the fee")
	dana.saves("Save")
	dana.saves("Up")
	for range 6 {
		dana.side("steps", "steps/0")
		if !strings.Contains(dana.text(), "The fee goes back") {
			break
		}
		dana.saves("The fee goes back")
	}
	dana.side("steps", "steps/1")
	dana.adds("Issue a document", "title", "إصدار التصريح", "Issue of the permit")
	dana.saves("Save")
	dana.writes(property("paper.title.ar"), "تصريح بسطة")
	dana.writes(property("paper.title.en"), "Stall permit")
	dana.writes(property("paper.code"), "stall-permit")
	dana.writes(property("paper.register"), "SP")
	dana.saves("Make the document")
	dana.side("steps", "steps/3")
	dana.saves("Remove")
	dana.look("clicks-steps")

	// What the first, empty service was tried with goes; one example is added by filling the form in.
	dana.side("try", "")
	dana.acts("Remove this example")
	dana.side("try", "")
	dana.acts("Remove this example")
	dana.side("try", "")
	dana.look("clicks-try")
	dana.press("Begin the walk")
	stall(dana.guest, "8")
	dana.press("Send the form")
	dana.sees("20.00")
	dana.look("clicks-walk")
	dana.press("Pay")
	dana.press("Send back")
	dana.press("Send the form")
	dana.press("One step back")
	dana.press("One step back")
	dana.press("Approve")
	dana.fill("What the example shows", "a small stall that sells food")
	dana.press("Keep as an example")
	dana.sees("As expected", "a small stall that sells food")
	dana.look("clicks-example")

	// It is proposed, with a reason.
	dana.open("/designer/changes/1")
	dana.unfold("Edit title and reason")
	dana.fill("Reason", "Stalls have no permit yet")
	dana.press("Save")
	dana.press("Send for review")
	dana.sees("In review")
	const change = "/designer/changes/1"
	muna, fadi, sawsan := person("Muna Abdulrahman"), person("Fadi Nassar"), person("Sawsan Jaber")
	decides := func(v *guest, change, what, why string) {
		t.Helper()
		v.open(change + "/review")
		v.reloads("Your decision")
		v.choose(what)
		if why != "" {
			v.fill("Comment", why)
		}
		v.press("Send the decision")
	}
	// Its author is asked nothing, on no page.
	dana.open(change + "/review")
	dana.misses("Your decision")
	decides(muna, change, "Approve", "")
	fadi.open(change + "/review")
	fadi.reloads("Your decision")
	fadi.look("clicks-review")
	fadi.unfold("Remark")
	fadi.fill("What is to be said?", "Fifty is too much for a stall")
	fadi.press("Send the remark")
	decides(fadi, change, "Return", "See the remark on the fee")
	dana.open(change)
	dana.reloads("Returned")
	dana.open(change + "/review")
	dana.sees("Fifty is too much for a stall")

	dana.side("fees", "fees/0")
	dana.writes(property("amount.above"), "40")
	dana.saves("Use these bands")
	dana.open(change)
	live := dana.goesLiveIn(2 * time.Minute)
	dana.press("Send for review")
	dana.sees("In review")
	for _, v := range []*guest{muna, fadi, sawsan, sawsan} { // the owner, finance, the lawyer, data protection
		decides(v, change, "Approve", "")
	}
	dana.open(change)
	dana.reloads("Approved")

	// Nobody finds the service before its moment.
	early := p.visit(t, browser, "en", true)
	early.expect(early.open("/services/transport.stall-permit"), 404)
	if wait := time.Until(live); wait > 0 {
		time.Sleep(wait)
	} else {
		t.Errorf("it was approved %v after its moment: what is before it was not seen", -wait)
	}

	// A citizen applies and finishes.
	permit := func(metres string) *guest {
		t.Helper()
		v := p.visit(t, browser, "en", true)
		v.until("Apply now", func() { v.open("/services/transport.stall-permit") })
		v.press("Apply now")
		v.signIn(layla)
		stall(v, metres)
		v.press("Continue")
		v.press("Send the application")
		v.awaits("Pay now")
		return v
	}
	finishes := func(v *guest, amount string) {
		t.Helper()
		v.sees(amount)
		application, reference := v.path(), v.reference()
		v.press("Pay now")
		v.press("Pay now")
		v.open(application)
		v.reloads("An officer of")
		samer := p.visit(t, browser, "en", true)
		samer.open("/desk?reference=" + reference)
		samer.signIn("Samer Awad")
		samer.open("/desk?reference=" + reference)
		samer.press(reference)
		samer.choose("Approve")
		samer.press("Record the decision")
		v.open(application)
		v.reloads("Your document is ready")
	}
	finishes(permit("8"), "20.00")
	open := permit("12")

	// The fee is changed while that one is open: it ends with the fee that it began with, and whoever applies now pays the new one.
	dana.open("/designer/changes")
	dana.fill("Title of the change", "Dearer stalls")
	dana.press("Begin")
	dana.number = "2"
	dana.side("fees", "fees/0")
	dana.writes(property("amount.above"), "60")
	dana.saves("Use these bands")
	dana.open("/designer/changes/2")
	dana.unfold("Edit title and reason")
	dana.fill("Reason", "The council has decided")
	dana.press("Save")
	dana.press("Send for review")
	muna.open("/designer/changes/2/review")
	muna.sees("How last year's applications would have gone", "Stall permit\t2\t2\t0\t1\t1") // both go the same way, and the open one could be moved
	muna.look("clicks-replay")
	decides(muna, "/designer/changes/2", "Approve", "")
	decides(fadi, "/designer/changes/2", "Approve", "")
	dana.open("/designer/changes/2")
	dana.reloads("Approved")
	permit("12").sees("60.00")
	finishes(open, "40.00")

	// It is taken back, by whoever operates the platform and nobody else.
	dana.open("/designer/releases")
	dana.look("clicks-releases")
	dana.misses("Go back to it")
	operator := p.visit(t, browser, "en", true)
	operator.open("/designer/releases")
	operator.signIn("Nader Saleh")
	operator.sees("Dearer stalls", "Permits for stalls")
	operator.look("clicks-rollback")
	operator.press("Go back to it") // the one before
	operator.expect(operator.press("Yes, go back"), 422)
	operator.fill("Reason", "The council has postponed it")
	operator.press("Yes, go back")
	operator.sees("The council has postponed it", "Went back to an earlier one")
	permit("12").sees("40.00")
}
