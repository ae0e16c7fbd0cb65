package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

type applicationPage struct {
	Panel     *ui.Panel // just sent, or well ended
	Head      *applicationHead
	Erased    string // when what was personal of it was erased, and why
	Behalf    string // who has applied for whom
	Next      string // what happens now, in a sentence
	Why       string // what the officer wrote who refused it
	Action    *actionBox
	Answer    []ui.Component // of an enquiry
	Documents []ui.DocumentCard
	Timeline  ui.Timeline
	Money     []ui.Component
	Related   ui.CardGrid    // applications to which it is tied
	Answers   []ui.Component // what the applicant wrote
	Again     *ui.Button     // ask again
	Withdraw  string
	Says      []ui.Link    // what may be said at any time
	Links     []invitation // of whom others wait for
	Poll      *poll
}

// applicationHead stands where no panel does.
type applicationHead struct {
	Reference string
	Tag       ui.Tag
	Sent      string
}

// actionBox is what the applicant has to do now.
type actionBox struct {
	Title, Text, Comment string
	Amount               *ui.Money
	Icon                 string
	Button               *ui.Button  // nil where nothing is to be done but to come
	Others               []ui.Action // other ways to do it
}

// invitation is somebody who is asked, and the link that the applicant may pass on to them.
type invitation struct{ Title, Text, Link string }

// Notices that a redirect may ask the application's page to show.
var notices = map[string]string{"paid": ui.Success, "unpaid": ui.Failure, "unconfirmed": ui.Caution, "notdue": ui.Info,
	"corrected": ui.Success, "booked": ui.Success, "account": ui.Success, "withdrawn": ui.Success, "answered": ui.Success, "said": ui.Success, "voted": ui.Caution, "pending": ui.Info, "changed": ui.Caution}

// opened is an application with what its page is made of.
type opened struct {
	*application.View
	l        *ui.Locale
	plan     *plan.Plan
	texts    *plan.Texts
	payments []payment.View
	payouts  []payment.Payout
	papers   []document.Issued
	collects []delivery.Collection // of its papers
	posts    []delivery.Posting
	emailed  []delivery.Emailed
	bookings []appointment.Booking
	body     string // name of the public body
	banks    bool   // take bills
}

// open reads an application of the person who is signed in.
func (p *Portal) open(r *http.Request, me *identity.Person) (*opened, error) {
	id, err := pathID(r, "id")
	if err != nil {
		return nil, err
	}
	v, err := p.o.Applications.ForApplicant(r.Context(), me.ID, id)
	if err != nil {
		return nil, err
	}
	return p.complete(r, v)
}

func (p *Portal) complete(r *http.Request, v *application.View) (o *opened, err error) {
	o = &opened{View: v, l: p.locale(r), banks: p.o.Banks}
	var ok bool
	if o.plan, ok = p.o.Releases.Plan(v.Plan); ok {
		o.texts, ok = p.o.Releases.Texts(v.Texts)
	}
	if !ok {
		return nil, application.ErrUnavailable
	}
	o.body = p.authority(o.l, v.Authority)
	if o.payments, err = p.o.Payments.OfApplication(r.Context(), v.ID); err != nil {
		return nil, err
	}
	if o.payouts, err = p.o.Payments.PayoutsOf(r.Context(), v.ID); err != nil {
		return nil, err
	}
	if o.papers, err = p.o.Documents.OfApplication(r.Context(), v.ID); err != nil {
		return nil, err
	}
	if p.o.Delivery != nil && len(o.papers) > 0 {
		if o.collects, err = p.o.Delivery.Of(r.Context(), v.ID); err != nil {
			return nil, err
		}
		if o.posts, err = p.o.Delivery.PostOf(r.Context(), v.ID); err != nil {
			return nil, err
		}
		if o.emailed, err = p.o.Delivery.LinksOf(r.Context(), v.ID); err != nil {
			return nil, err
		}
		if v.ErasedAt != nil { // an address would lie under a key that is no more
			o.posts, o.emailed = slices.DeleteFunc(o.posts, func(x delivery.Posting) bool { return x.Open() }), nil
		}
	}
	if slices.ContainsFunc(v.Tasks, func(t application.Task) bool { return t.Kind == appointmentTask }) {
		o.bookings, err = p.o.Appointments.OfApplication(r.Context(), v.ID)
	}
	return o, err
}

func (p *Portal) application(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	o, err := p.open(r, me)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	tries, _ := strconv.Atoi(query.Get("poll"))
	if ui.IsFragment(r) && query.Has("poll") {
		return p.polled(w, r, o, query.Get("since"), tries)
	}
	var flash []ui.Banner
	if kind, ok := notices[query.Get("notice")]; ok {
		flash = []ui.Banner{{Kind: kind, Text: o.l.T("notice." + query.Get("notice"))}}
	}
	return p.show(w, r, http.StatusOK, o, flash)
}

// show answers with the page of an application.
func (p *Portal) show(w http.ResponseWriter, r *http.Request, status int, o *opened, flash []ui.Banner) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	answers, err := p.answers(r, o, me)
	if err != nil {
		return err
	}
	links, err := p.links(r, o, me)
	if err != nil {
		return err
	}
	sent := r.URL.Query().Has("sent")
	page := p.page(r, o.l.Pick(o.texts.Title))
	page.Wide, page.Flash = true, flash
	page.Crumbs = []ui.Link{{Text: o.l.T("nav.applications"), Href: "/applications"}, {Text: o.Reference}}
	page.Body = applicationPage{
		Panel: o.panel(sent), Head: o.head(sent), Erased: o.erased(), Behalf: o.behalf(me), Next: o.next(), Why: o.why(), Action: o.action(p.o.Now()),
		Answer: o.answer(), Documents: o.documents(), Timeline: o.timeline(), Money: o.money(), Answers: answers,
		Related: ui.CardGrid{Cards: o.related(p)}, Again: p.again(o), Withdraw: o.withdrawLink(), Says: o.says(), Links: links, Poll: o.poll(0),
	}
	return p.ui.Render(w, r, status, "application", page)
}

// panel celebrates: the application has arrived, or what was asked for is there.
func (o *opened) panel(sent bool) *ui.Panel {
	title := o.l.Pick(o.texts.Title)
	switch {
	case o.Outcome == "issued":
		return &ui.Panel{Title: o.l.T("application.issued"), Text: title, Reference: o.Reference}
	case sent && o.Status != application.Ended:
		return &ui.Panel{Title: o.l.T("application.received"), Text: title, Reference: o.Reference}
	}
	return nil
}

func (o *opened) head(sent bool) *applicationHead {
	if o.panel(sent) != nil {
		return nil
	}
	tag := statusTag(o.l, o.Status, o.Outcome, o.askedKind())
	if o.Undoing {
		tag.Text = o.l.T("status.undoing")
	}
	if o.SuspendedUntil != nil {
		tag = ui.Tag{State: ui.Waiting, Text: o.l.T("status.suspended")}
	}
	return &applicationHead{Reference: o.Reference, Tag: tag, Sent: o.l.Date(o.SubmittedAt)}
}

// erased says when what was personal was erased, and by which rule; "" where it was not.
func (o *opened) erased() string {
	if o.ErasedAt == nil {
		return ""
	}
	return o.l.T("application.erased", "date", o.l.Date(*o.ErasedAt), "time", o.l.Kept(o.ErasedBy))
}

// waiting is the open task of a kind that waits for the applicant, or nil.
func (o *opened) waiting(kind string) *application.Task {
	for i := range o.Tasks {
		if t := &o.Tasks[i]; t.Open() && t.Kind == kind && t.Role == string(application.Applicant) {
			return t
		}
	}
	return nil
}

// correction is the task that asks the applicant to correct the form.
func (o *opened) correction() *application.Task { return o.waiting(correctTask) }

// Kinds of tasks that the portal looks at.
const (
	correctTask = "correct"
	inviteTask  = "invite"
)

// invited is the open task that asks the applicant for an answer of their own.
func (o *opened) invited() *application.Task { return o.waiting(inviteTask) }

// askedKind is the kind of the task that waits for the applicant, or "".
func (o *opened) askedKind() string {
	switch {
	case o.correction() != nil:
		return correctTask
	case o.invited() != nil:
		return inviteTask
	case o.place() != nil:
		return placeTask
	case o.mustBook():
		return appointmentTask
	}
	return ""
}

// links are the invitations that still wait, for the applicant to pass on.
func (p *Portal) links(r *http.Request, o *opened, me *identity.Person) (out []invitation, err error) {
	waits := func(t application.Task) bool { return t.Open() && t.Role == application.InvitedRole }
	if !slices.ContainsFunc(o.Tasks, waits) {
		return nil, nil
	}
	tokens, err := p.o.Applications.Links(r.Context(), me.ID, o.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range o.Tasks {
		token := tokens[t.ID]
		if !waits(t) || token == "" {
			continue
		}
		i := invitation{Title: o.stepTitle(t.Step), Text: o.l.T("invite.text"), Link: p.o.PublicURL + "/invitations/" + token}
		if t.DueAt != nil {
			i.Text = o.l.T("invite.textBefore", "date", o.l.Deadline(*t.DueAt))
		}
		out = append(out, i)
	}
	return out, nil
}

// due is the payment that can be made now.
func (o *opened) due() *payment.View {
	for i := range o.payments {
		if o.payments[i].Payable {
			return &o.payments[i]
		}
	}
	return nil
}

// next says what happens now.
func (o *opened) next() string {
	switch {
	case o.Status == application.Ended:
		return o.ending(o.Outcome)
	case o.due() != nil:
		return o.l.T("next.pay")
	case o.SuspendedUntil != nil:
		return o.l.T("next.suspended", "authority", o.body, "until", o.l.Deadline(*o.SuspendedUntil))
	case o.correction() != nil:
		return o.l.T("next.correct", "authority", o.body)
	case o.asksAccount() != nil:
		return o.l.T("next.account")
	case o.mustBook():
		return o.l.T("next.book")
	case o.isExpected():
		return o.l.T("next.appointment")
	case o.invited() != nil:
		return o.l.T("next.answer")
	case o.Status == application.Received:
		return o.l.T("next.received")
	}
	if said := o.inRound(); said != "" {
		return said
	}
	if slices.ContainsFunc(o.Tasks, func(t application.Task) bool { return t.Open() && t.Role == application.InvitedRole }) {
		return o.l.T("next.invited")
	}
	if n := o.node(); n != nil && n.Kind == plan.Review {
		return o.l.T("next.review", "authority", o.body, "time", o.l.Promised(o.texts.Promised))
	}
	return o.l.T("next.open")
}

func (o *opened) node() *plan.Node {
	i := slices.IndexFunc(o.plan.Nodes, func(n plan.Node) bool { return n.Key == o.Node })
	if i < 0 {
		return nil
	}
	return &o.plan.Nodes[i]
}

// ending says how the application ended, and why where the definition tells.
func (o *opened) ending(outcome string) string {
	if reason := o.l.Pick(o.texts.Reasons[o.Reason]); reason != "" && o.Reason != "" {
		return reason
	}
	recalled := func(e application.Event) bool {
		return e.Actor == application.Parent && e.Outcome == application.Withdraw
	}
	if outcome == "withdrawn" && slices.ContainsFunc(o.Timeline, recalled) {
		return o.l.T("ending.recalled")
	}
	key := "ending." + outcome
	if text := o.l.T(key); text != key {
		return text
	}
	return o.l.T("ending.other")
}

func (o *opened) action(now time.Time) *actionBox {
	if due := o.due(); due != nil && o.Status != application.Ended {
		box := &actionBox{Title: o.l.T("action.payTitle"), Amount: &ui.Money{Minor: due.Amount, Currency: due.Currency},
			Icon: "credit-card", Button: &ui.Button{Text: o.l.T("action.payNow"), Href: "/pay/" + due.ID.String(), Icon: "credit-card", Large: true}}
		if due.DueAt != nil {
			key := "action.payBefore"
			switch {
			case due.Overdue:
				key = "action.payOverdue"
			case due.Late:
				key = "action.payUntil"
			}
			box.Text = o.l.T(key, "date", o.l.Deadline(*due.DueAt))
		}
		if o.banks {
			box.Others = append(box.Others, ui.Action{Text: o.l.T("action.payAtBank"), Href: "/pay/" + due.ID.String() + "/bank"})
		}
		box.Others = append(box.Others, ui.Action{Text: o.l.T("share.title"), Href: "/pay/" + due.ID.String() + "/bill"})
		if due.Parts > 0 {
			box.Title = o.l.T("action.payPart", "part", due.Part, "parts", due.Parts)
		}
		return box
	}
	if o.SuspendedUntil != nil {
		return nil
	}
	if task := o.correction(); task != nil {
		box := &actionBox{Title: o.l.T("action.correctTitle"), Comment: o.comment(), Icon: "pencil",
			Button: &ui.Button{Text: o.l.T("action.correctNow"), Href: "/applications/" + o.ID.String() + "/correct/" + task.ID.String(), Icon: "pencil", Large: true}}
		if task.DueAt != nil {
			box.Text = o.l.T("action.correctBefore", "date", o.l.Deadline(*task.DueAt))
		}
		return box
	}
	if o.Status == application.Ended {
		if x := o.asksAccount(); x != nil && (x.Refund || x.Status == payment.PayoutBack) { // no step waits for it any more
			return o.accountBox()
		}
		return nil
	}
	if box := o.placeBox(); box != nil {
		return box
	}
	if task := o.invited(); task != nil {
		box := &actionBox{Title: o.stepTitle(task.Step), Icon: "pencil", Button: &ui.Button{Text: o.l.T("action.answerNow"), Href: "/asked/" + task.ID.String(), Icon: "pencil", Large: true}}
		if task.DueAt != nil {
			box.Text = o.l.T("action.answerBefore", "date", o.l.Deadline(*task.DueAt))
		}
		return box
	}
	if box := o.accountBox(); box != nil {
		return box
	}
	return o.appointmentBox(now)
}

// comment is what an officer wrote last.
func (o *opened) comment() string {
	for _, e := range slices.Backward(o.Timeline) {
		if e.Actor == string(application.Officer) && e.Comment != "" {
			return e.Comment
		}
	}
	return ""
}

// why is the comment with which the application was refused.
func (o *opened) why() string {
	if o.Outcome != ui.Refused {
		return ""
	}
	return o.comment()
}

func (o *opened) documents() []ui.DocumentCard {
	var out []ui.DocumentCard
	for _, d := range o.papers {
		card := ui.DocumentCard{Title: o.l.Pick(d.Title), Number: d.Number, Issued: d.IssuedAt, Format: "PDF",
			Href: "/documents/" + d.ID, Verify: "/verify/" + d.ID}
		if d.ValidUntil != "" {
			card.Valid = o.l.T("application.validUntil", "date", o.l.Day(d.ValidUntil))
		}
		if d.ReplacedBy != "" {
			card.Valid = o.l.T("application.replacedBy", "number", d.ReplacedBy)
		}
		card.Tag = &ui.Tag{State: string(d.Status)}
		if d.Withheld {
			card.Href, card.Format = "", ""
		}
		if d.Wallet && d.Status == document.Valid {
			card.Wallet = "/wallet/" + d.ID
		}
		if i := slices.IndexFunc(o.collects, func(c delivery.Collection) bool { return c.Paper == d.ID }); i >= 0 && (d.Status == document.Valid || o.collects[i].State == delivery.Collected) {
			card.Collect = &ui.Link{Href: "/collect/" + d.ID, Text: o.l.T("collect.link." + string(o.collects[i].State))}
		}
		if i := slices.IndexFunc(o.posts, func(x delivery.Posting) bool { return x.Paper == d.ID }); i >= 0 {
			o.byPost(&card, d, o.posts[i])
		}
		if i := slices.IndexFunc(o.emailed, func(x delivery.Emailed) bool { return x.Paper == d.ID }); i >= 0 && d.Status == document.Valid {
			card.Email = &ui.Link{Href: "/email/" + d.ID, Text: o.l.T("email.link." + string(o.emailed[i].State))}
		}
		switch d.Status {
		case document.Expired:
			card.Tag = &ui.Tag{State: ui.Lapsed, Text: o.l.T("status.expired")}
		case document.Suspended:
			card.Tag = &ui.Tag{State: ui.Waiting, Text: o.l.T("verify.tag.suspended")}
			if d.Reason != "" {
				card.Valid = o.l.T("application.suspendedFor", "date", o.l.Date(d.Since), "reason", d.Reason)
			}
		}
		out = append(out, card)
	}
	return out
}

// byPost links to where a paper is on its way by post. A paper that may go both ways goes one at a time.
func (o *opened) byPost(card *ui.DocumentCard, d document.Issued, x delivery.Posting) {
	collected := slices.ContainsFunc(o.collects, func(c delivery.Collection) bool { return c.Paper == d.ID && c.State == delivery.Collected })
	if collected || d.Status != document.Valid && x.State == delivery.PostOffered {
		return
	}
	card.Post = &ui.Link{Href: "/post/" + d.ID, Text: o.l.T("post.link." + string(x.State))}
	if x.Away() {
		card.Collect = nil
	}
}

// again offers an enquiry once more, and after an ending without success a new application, where one may apply today.
func (p *Portal) again(o *opened) *ui.Button {
	live, offered := p.o.Releases.Service(o.Service)
	if offered {
		_, closed := roundText(o.l, live.Plan, p.o.Now())
		offered = !closed
	}
	if !offered || o.Status != application.Ended || o.Outcome == "issued" {
		return nil
	}
	key := "application.applyAgain"
	if enquiry(o.plan) {
		key = "application.askAgain"
	}
	return &ui.Button{Text: o.l.T(key), Href: "/services/" + o.Service + "/apply", Kind: ui.Secondary, Icon: "refresh-cw"}
}

func (o *opened) withdrawLink() string {
	if !o.Withdrawable {
		return ""
	}
	return "/applications/" + o.ID.String() + "/withdraw"
}

// stepTitle is the name of a step.
func (o *opened) stepTitle(code string) string { return cmp.Or(o.l.Pick(o.texts.Steps[code]), code) }
