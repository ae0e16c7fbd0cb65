package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const collectPath = "/desk/collect"

// Controls of a paper that is collected.
const (
	proofControl = "_proof"
	lastControl  = "_last"
	whoControl   = "_who"
)

// What a clerk does with a paper that is collected, and who comes for it.
const (
	haveWord   = "have"
	handWord   = "hand"
	holderWord = "holder"
	otherWord  = "other"
)

// collectPage is the body of the template collect: the list of an office, or one paper.
type collectPage struct {
	Office []ui.Link // to the list of each office; the one that is shown has no address
	Find   *ui.Input
	Button ui.Button
	State  *ui.Banner
	Facts  *ui.SummaryList
	Forms  []ui.Component
	Table  *ui.Table
}

// hasOffices tells whether an authority of the officer has offices at which papers are collected.
func (v *visit) hasOffices() bool {
	return v.o.Delivery != nil && len(v.offices()) > 0
}

// at is an office of an authority.
type at struct {
	authority string
	release.Office
}

func (v *visit) offices() (out []at) {
	for _, code := range v.holders() {
		if a, ok := v.o.Releases.Reference().Authority(code); ok {
			for _, o := range a.Offices {
				out = append(out, at{code, o})
			}
		}
	}
	return out
}

// officeName is what an office is called, or its code where the catalogue has it no longer.
func (v *visit) officeName(authority, code string) string {
	for _, o := range v.offices() {
		if o.authority == authority && o.Code == code {
			return v.locale.Pick(o.Title)
		}
	}
	return code
}

// collecting lists what waits at the offices of the officer's authorities, and finds one by its number or its code.
func (v *visit) collecting() error { return v.collectList(http.StatusOK, "", "") }

func (v *visit) collectList(status int, typed, wrong string) error {
	if !v.hasOffices() {
		return application.ErrNotFound
	}
	office := v.r.URL.Query().Get("office")
	list, err := v.o.Delivery.AtOffice(v.ctx, v.holders(), office)
	if err != nil {
		return err
	}
	t := v.locale.T
	find := ui.Input{Field: ui.Field{Name: findControl, Label: t("desk.collect.find"), Hint: t("desk.collect.findHint")}, Value: typed, Dir: "ltr", Width: 20, MaxLength: 100}
	body := collectPage{Find: &find, Button: ui.Button{Text: t("desk.collect.findButton"), Kind: ui.Secondary, Icon: "search"}}
	body.Office = append(body.Office, v.officeLink(t("desk.collect.all"), "", office))
	for _, o := range v.offices() {
		body.Office = append(body.Office, v.officeLink(v.locale.Pick(o.Title), o.Code, office))
	}
	body.Table = &ui.Table{Caption: t("desk.collect.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: t("desk.hold.paper")}, {Text: t("desk.collect.document")}, {Text: t("desk.collect.office")}, {Text: t("desk.collect.state")}, {Text: t("desk.collect.since")}},
		Empty: &ui.Empty{Title: t("desk.collect.none"), Text: t("desk.collect.noneText"), Drawing: "inbox"}}
	for _, c := range list {
		since := ui.Cell{Text: v.locale.DateTime(c.Since)}
		if c.Until != nil {
			since.Note = t("desk.collect.until", "date", v.locale.LastDay(*c.Until))
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: c.Number, Href: collectHref(c.Code)}, {Text: v.locale.Pick(c.Title)},
			{Text: v.officeName(c.Authority, c.Office)}, {Tag: v.collectTag(c.State)}, since}})
	}
	page := v.page(t("desk.collect.title"), body)
	if wrong != "" {
		find.Error = t(wrong)
		page.Errors = []ui.FieldError{{Name: findControl, Text: find.Error}}
	}
	return v.render(status, "collect", page)
}

func (v *visit) officeLink(text, code, current string) ui.Link {
	if code == current {
		return ui.Link{Text: text}
	}
	return ui.Link{Text: text, Href: collectPath + "?" + url.Values{"office": {code}}.Encode()}
}

func collectHref(code string) string { return collectPath + "/" + code }

func (v *visit) collectTag(s delivery.State) *ui.Tag {
	state := map[delivery.State]string{delivery.Asked: ui.Open, delivery.Ready: ui.Issued, delivery.Returned: ui.Overdue, delivery.Collected: ui.Ended}[s]
	return &ui.Tag{State: state, Text: v.locale.T("desk.collect.is." + string(s))}
}

// findCollected leads to the paper whose number or code was typed or scanned.
func (v *visit) findCollected() error {
	was, err := v.posted()
	if err != nil {
		return err
	}
	typed := form.Line(was[findControl])
	if i := strings.LastIndexByte(typed, '/'); i >= 0 { // a scanner types the whole address
		typed = typed[i+1:]
	}
	c, err := v.o.Delivery.One(v.ctx, v.holders(), typed)
	if errors.Is(err, delivery.ErrNotFound) {
		return v.collectList(http.StatusUnprocessableEntity, typed, "desk.collect.notFound")
	}
	if err != nil {
		return err
	}
	http.Redirect(v.w, v.r, collectHref(c.Code), http.StatusSeeOther)
	return nil
}

// handing is what was typed about who has come.
type handing struct{ who, proof, last string }

// collected shows one paper that is collected; its address is in the code that the applicant shows.
func (v *visit) collected() error {
	c, err := v.oneCollected()
	if err != nil {
		return err
	}
	if err := v.booked("collection-read", c.Authority, c.Application.String(), map[string]string{"document": c.Paper}); err != nil {
		return err
	}
	return v.showCollected(http.StatusOK, c, handing{}, nil, "")
}

func (v *visit) oneCollected() (*delivery.Collection, error) {
	if !v.hasOffices() {
		return nil, application.ErrNotFound
	}
	c, err := v.o.Delivery.One(v.ctx, v.holders(), v.r.PathValue("code"))
	if errors.Is(err, delivery.ErrNotFound) {
		err = application.ErrNotFound
	}
	return c, err
}

// showCollected shows a paper with what a clerk may do about it.
func (v *visit) showCollected(status int, c *delivery.Collection, was handing, wrong map[string]string, refused string) error {
	a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, c.Application)
	if err != nil {
		return err
	}
	names, err := v.o.People.Named(v.ctx, v.handedBy(c))
	if err != nil {
		return err
	}
	t := v.locale.T
	holder, _ := a.Facts["name"].(string)
	number, _ := a.Facts["nationalNumber"].(string)
	facts := ui.SummaryList{Rows: []ui.SummaryRow{
		{Key: t("desk.collect.document"), Value: v.locale.Pick(c.Title) + "\n" + c.Number},
		{Key: t("desk.collect.office"), Value: v.officeName(c.Authority, c.Office)},
		{Key: t("desk.collect.holder"), Value: strings.TrimSpace(holder + "\n" + number)}}}
	if c.Other != nil {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: t("desk.collect.other"), Value: c.Other.Name + "\n" + c.Other.Number})
	}
	state := ui.Banner{Title: t("desk.collect.is." + string(c.State)), Text: v.locale.DateTime(c.Since)}
	own := v.concerned(a, c)
	body := collectPage{State: &state, Facts: &facts}
	page := v.page(t("desk.collect.one", "number", c.Number), nil)
	page.Crumbs = []ui.Link{{Text: t("desk.collect.title"), Href: collectPath}, {Text: c.Number}}
	switch c.State {
	case delivery.Offered, delivery.Returned:
		state.Kind, state.Text = ui.Caution, t("desk.collect.toAsk")
	case delivery.Asked, delivery.Ready:
		if own { // a colleague sees to it
			state.Kind, state.Text = ui.Caution, t("desk.collect.own")
			break
		}
		if c.State == delivery.Ready {
			if c.Until != nil {
				state.Text += "\n" + t("desk.collect.until", "date", v.locale.LastDay(*c.Until))
			}
			var form handle
			form, page.Errors = v.handsOver(c, was, wrong)
			body.Forms = []ui.Component{form}
			break
		}
		body.Forms = []ui.Component{ui.Button{Text: t("desk.collect.print"), Kind: ui.Secondary, Icon: "printer", Href: casePath(a) + "/documents/" + c.Paper},
			handle{Action: collectHref(c.Code), Fields: []ui.Component{ui.Hidden{Name: actionControl, Value: haveWord}}, Button: ui.Button{Text: t("desk.collect.have")}}}
	case delivery.Collected:
		state.Kind = ui.Success
		facts.Rows = append(facts.Rows, v.handedRows(c, names)...)
	}
	if refused != "" {
		page.Flash = []ui.Banner{{Kind: ui.Caution, Title: t(refused)}}
	}
	page.Body = body
	v.w.Header().Set("Cache-Control", "private, no-store")
	return v.render(status, "collect", page)
}

// concerned tells whether a paper is the officer's own, or was applied for by the officer, or is to be collected by the officer: a colleague sees to it.
func (v *visit) concerned(a *application.View, c *delivery.Collection) bool {
	number := v.officer.NationalNumber
	holder, _ := a.Facts["nationalNumber"].(string)
	same := func(other string) bool { return number != "" && form.Line(other) == number }
	return a.Applicant == v.officer.ID || a.Representative != nil && *a.Representative == v.officer.ID || same(holder) || c.Other != nil && same(c.Other.Number)
}

func (v *visit) handedBy(c *delivery.Collection) []uuid.UUID {
	if c.Handed == nil {
		return nil
	}
	return []uuid.UUID{c.Handed.By}
}

// handedRows are the slip of a paper that was handed over: to whom, on which proof, and by whom.
func (v *visit) handedRows(c *delivery.Collection, names map[uuid.UUID]*identity.Person) []ui.SummaryRow {
	t := v.locale.T
	who := holderWord
	if c.Handed.Other {
		who = otherWord
	}
	return []ui.SummaryRow{
		{Key: t("desk.collect.on"), Value: v.locale.DateTime(c.Since)},
		{Key: t("desk.collect.who"), Value: t("desk.collect.whoIs." + who)},
		{Key: t("desk.collect.proof"), Value: t("desk.collect.proofIs."+c.Handed.Proof) + " … " + c.Handed.Last},
		{Key: t("desk.collect.by"), Value: v.name(names[c.Handed.By])},
	}
}

// handsOver asks who has come, and which proof of identity was seen.
func (v *visit) handsOver(c *delivery.Collection, was handing, wrong map[string]string) (handle, []ui.FieldError) {
	t := v.locale.T
	var errs []ui.FieldError
	box := func(name, key string) ui.Field {
		f := ui.Field{Name: name, Label: t("desk.collect." + key)}
		if wrong[name] != "" {
			f.Error = t(wrong[name])
			errs = append(errs, ui.FieldError{Name: name, Text: f.Error})
		}
		return f
	}
	out := handle{Action: collectHref(c.Code), Fields: []ui.Component{ui.Hidden{Name: actionControl, Value: handWord}}, Button: ui.Button{Text: t("desk.collect.hand")}}
	if c.Other != nil {
		out.Fields = append(out.Fields, ui.Radios{Field: box(whoControl, "whoAsk"), Options: []ui.Option{
			{Value: holderWord, Text: t("desk.collect.whoIs.holder"), Selected: was.who == holderWord}, {Value: otherWord, Text: t("desk.collect.whoIs.other"), Hint: c.Other.Name, Selected: was.who == otherWord}}})
	}
	proof := ui.Radios{Field: box(proofControl, "proofAsk")}
	for _, p := range delivery.Proofs() {
		proof.Options = append(proof.Options, ui.Option{Value: p, Text: t("desk.collect.proofIs." + p), Selected: was.proof == p})
	}
	last := box(lastControl, "last")
	last.Hint = t("desk.collect.lastHint")
	out.Fields = append(out.Fields, proof, ui.Input{Field: last, Value: was.last, Dir: "ltr", Width: 4, MaxLength: delivery.LastDigits})
	return out, errs
}

// seesToCollected says that a paper is ready, or hands it over.
func (v *visit) seesToCollected() error {
	c, err := v.oneCollected()
	if err != nil {
		return err
	}
	posted, err := v.posted()
	if err != nil {
		return err
	}
	action, was := posted[actionControl], handing{posted[whoControl], posted[proofControl], strings.ToUpper(form.Line(posted[lastControl]))}
	if !slices.Contains([]string{haveWord, handWord}, action) {
		return application.ErrNotFound
	}
	a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, c.Application)
	if err != nil {
		return err
	}
	if v.concerned(a, c) {
		return v.showCollected(http.StatusForbidden, c, was, nil, "")
	}
	if action == handWord {
		wrong := map[string]string{}
		if c.Other != nil && was.who != holderWord && was.who != otherWord {
			wrong[whoControl] = "desk.collect.noWho"
		}
		if !slices.Contains(delivery.Proofs(), was.proof) {
			wrong[proofControl] = "desk.collect.noProof"
		}
		if !delivery.Last(was.last) {
			wrong[lastControl] = "desk.collect.noLast"
		}
		if len(wrong) > 0 && c.State == delivery.Ready {
			return v.showCollected(http.StatusUnprocessableEntity, c, was, wrong, "")
		}
	}
	if err := v.booked("collection-"+action, c.Authority, c.Application.String(), map[string]string{"document": c.Paper, "proof": was.proof, "last": was.last, "who": was.who}); err != nil {
		return err
	}
	if action == haveWord {
		err = v.o.Delivery.Have(v.ctx, v.holders(), c.Code, v.officer.ID)
	} else {
		err = v.o.Delivery.HandOver(v.ctx, v.holders(), c.Code, delivery.Handed{By: v.officer.ID, Other: was.who == otherWord, Proof: was.proof, Last: was.last})
	}
	refused := ""
	switch {
	case errors.Is(err, delivery.ErrState):
		refused = "desk.collect.late"
	case errors.Is(err, delivery.ErrPaper):
		refused = "desk.collect.notValid"
	case err != nil:
		return err
	}
	if refused != "" {
		if c, err = v.oneCollected(); err != nil {
			return err
		}
		return v.showCollected(http.StatusConflict, c, was, nil, refused)
	}
	http.Redirect(v.w, v.r, collectHref(c.Code), http.StatusSeeOther)
	return nil
}
